//! `serve`: the server that an operator runs.

use std::path::PathBuf;

use super::{listen, prepare, run, shown};
use crate::http;
use crate::settings::{self, Settings};

/// Runs until told to stop. Prints one line of JSON when ready: `{server, listen, data, database}`.
///
/// # Errors
/// One sentence for the operator.
pub async fn serve(file: Option<PathBuf>) -> Result<(), String> {
    let settings = read(file)?;
    settings::check(&settings)?;
    // Bound first: a server that is started beside another one by mistake must not take up the sends of that one.
    let (listener, bound) = listen(settings.listen).await?;
    let ready = prepare(&settings).await?;
    let server = settings.public_url.clone().unwrap_or_else(|| format!("http://{bound}"));
    let router = http::app_with_kit(ready.app.clone(), &settings.kit).merge(http::console(&settings.console));
    let data = &settings.data_dir;
    let database = ready.app.store.place().shown();
    println!(
        "{}",
        serde_json::json!({"server": server, "listen": bound.to_string(), "data": shown(data), "database": database})
    );
    run(ready, vec![(listener, router)]).await
}

/// The settings of an operator.
pub(super) fn read(file: Option<PathBuf>) -> Result<Settings, String> {
    let file = file
        .or_else(|| std::env::var_os("SOFTBELL_SETTINGS").map(PathBuf::from))
        .unwrap_or_else(|| "softbell.toml".into());
    Settings::read(&file, std::env::vars())
}
