//! Starting and stopping: from settings to listening sockets.

mod demo;
mod serve;

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http;
use crate::push::client::PushClient;
use crate::secrets::Secrets;
use crate::sender;
use crate::settings::{self, Settings};
use crate::state::App;
use crate::store::{Place, Store};

pub use demo::demo;
pub use serve::serve;

/// How long open requests may take after the signal to stop.
const STOP_TIME: Duration = Duration::from_secs(5);

/// A server that is ready but for its sockets.
struct Ready {
    app: App,
    sender: JoinHandle<()>,
    /// Dropped to stop everything.
    stop: watch::Sender<()>,
}

/// Checks the settings and opens everything they name.
async fn prepare(settings: &Settings) -> Result<Ready, String> {
    settings::check(settings)?;
    let data = &settings.data_dir;
    // For the owner only: the database holds endpoints.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|error| format!("Cannot make the folder {}: {error}.", data.display()))?;
    let secrets = Secrets::open(data)?;
    let place = Place::of(settings);
    let store =
        Store::open(&place).await.map_err(|error| format!("Cannot use the database {}: {error}.", place.shown()))?;
    let lab = settings.lab.as_ref().and_then(|lab| lab.push_url.as_deref());
    let client = PushClient::new(lab)?;
    let app = App::new(settings, secrets, store);
    let stop = watch::Sender::new(());
    let sender = tokio::spawn(sender::run(app.clone(), client, stopped(&stop)));
    Ok(Ready { app, sender, stop })
}

/// Ends when the sender of the signal is dropped.
fn stopped(stop: &watch::Sender<()>) -> impl Future<Output = ()> + use<> {
    let mut receiver = stop.subscribe();
    async move { while receiver.changed().await.is_ok() {} }
}

/// Serves on all listeners until told to stop, then finishes what is under way.
async fn run(ready: Ready, services: Vec<(TcpListener, Router)>) -> Result<(), String> {
    let Ready { app, sender, stop } = ready;
    let mut servers = tokio::task::JoinSet::new();
    for (listener, router) in services {
        servers.spawn(http::serve(listener, router, stopped(&stop)));
    }
    told_to_stop().await;
    tracing::info!("stopping");
    app.stopping.send_replace(true);
    drop(stop);
    let all = async {
        while servers.join_next().await.is_some() {}
        sender.await
    };
    if tokio::time::timeout(STOP_TIME, all).await.is_err() {
        tracing::warn!("what was under way is cut off; sends go out again after the next start");
    }
    app.store.close().await;
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C.
fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let term = signal(SignalKind::terminate());
    let int = signal(SignalKind::interrupt());
    async move {
        match (term, int) {
            (Ok(mut term), Ok(mut int)) => {
                tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
            }
            // Without signals the process can only be killed.
            _ => std::future::pending().await,
        }
    }
}

async fn listen(address: std::net::SocketAddr) -> Result<(TcpListener, std::net::SocketAddr), String> {
    let failed = |error: std::io::Error| format!("Cannot listen on {address}: {error}.");
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// The absolute form of a path, for people.
fn shown(path: &Path) -> String {
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string()
}
