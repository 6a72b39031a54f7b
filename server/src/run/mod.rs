//! Starting and stopping: from settings to listening sockets.

mod demo;
mod rotate;
mod serve;

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http;
use crate::push::client::{EXCHANGE, PushClient};
use crate::retention;
use crate::secrets::Secrets;
use crate::sender;
use crate::settings::{self, Settings};
use crate::state::App;
use crate::store::{PATIENCE, Place, Store};

pub use demo::demo;
pub use rotate::rotate_vapid;
pub use serve::serve;

/// How long open requests may take after the signal to stop.
const REQUESTS: Duration = Duration::from_secs(5);
/// And sends: a whole exchange with a push service, and writing down what it said. One that is cut off goes out again,
/// although the push service may have taken it.
const SENDS: Duration = EXCHANGE.saturating_add(PATIENCE);
/// And closing the database, which waits for every statement under way, also one that waits for a lock.
const CLOSING: Duration = Duration::from_secs(5);

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
    let secrets = open_secrets(&settings.data_dir)?;
    let place = Place::of(settings);
    let store =
        Store::open(&place).await.map_err(|error| format!("Cannot use the database {}: {error}.", place.shown()))?;
    let lab = settings.lab.as_ref().and_then(|lab| lab.push_url.as_deref());
    let client = PushClient::new(lab)?;
    let app = App::new(settings, secrets, store);
    app.mark_retired().await.map_err(|error| format!("Cannot use the database {}: {error}.", place.shown()))?;
    let stop = watch::Sender::new(());
    let sender = tokio::spawn(sender::run(app.clone(), client, stopped(&stop)));
    tokio::spawn(retention::run(app.clone(), stopped(&stop)));
    Ok(Ready { app, sender, stop })
}

/// The secrets of a data folder, which is made at the first start.
fn open_secrets(data: &Path) -> Result<Secrets, String> {
    // For the owner only: the database holds endpoints.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|error| format!("Cannot make the folder {}: {error}.", data.display()))?;
    Secrets::open(data)
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
    let requests = async move { while servers.join_next().await.is_some() {} };
    tokio::select! {
        () = finish(requests, async { drop(sender.await) }, app.store.close()) => {}
        // Who says it twice does not want to wait.
        () = told_to_stop() => tracing::warn!("stopped at once; sends under way go out again"),
    }
    Ok(())
}

/// Waits for the requests and the sends under way, then closes; for each as long as it may take.
async fn finish(requests: impl Future<Output = ()>, sends: impl Future<Output = ()>, close: impl Future<Output = ()>) {
    let (requests, sends) = (tokio::time::timeout(REQUESTS, requests), tokio::time::timeout(SENDS, sends));
    let (requests, sends) = tokio::join!(requests, sends);
    if requests.is_err() {
        tracing::warn!("open requests are cut off");
    }
    if sends.is_err() {
        tracing::warn!("sends under way are cut off, and go out again");
    }
    if tokio::time::timeout(CLOSING, close).await.is_err() {
        tracing::warn!("the database is left as after a crash");
    }
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::finish;
    use crate::push::client::EXCHANGE;

    /// Who cuts off an exchange does not learn whether the message was taken, and sends it twice.
    #[tokio::test(start_paused = true)]
    async fn a_stop_lets_the_slowest_push_service_answer_but_waits_for_no_request_so_long() {
        let is_written = Cell::new(false);
        let began = Instant::now();
        let send = async {
            sleep(EXCHANGE + Duration::from_secs(1)).await;
            is_written.set(true);
        };
        finish(std::future::pending(), send, async {}).await;
        assert!(is_written.get());
        assert_eq!(began.elapsed(), EXCHANGE + Duration::from_secs(1));
        // Nothing under way: nothing to wait for. What never ends is waited for in vain, and not for ever.
        for (requests_end, sends_end, closes, seconds) in
            [(true, true, true, 0), (false, true, true, 5), (true, false, true, 25), (true, true, false, 5)]
        {
            let began = Instant::now();
            let end = async |ends: bool| {
                if !ends {
                    std::future::pending::<()>().await;
                }
            };
            finish(end(requests_end), end(sends_end), end(closes)).await;
            assert_eq!(began.elapsed().as_secs(), seconds);
        }
    }
}
