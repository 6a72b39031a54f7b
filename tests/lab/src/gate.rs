//! Serves connections until the outside world "goes down", then cuts them or keeps silent.

use std::{future::Future, io, net::Ipv4Addr};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// The switch between up and down; clones share it.
#[derive(Debug, Clone)]
pub struct Gate(watch::Sender<bool>);

/// What a shut gate means for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenShut {
    /// It is cut, and a new one is closed at once.
    Cut,
    /// It stays, and who serves it keeps silent; a new one waits until the gate opens.
    Hold,
}

impl Default for Gate {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Gate {
    /// Opens (`true`) or shuts the gate.
    pub fn set(&self, up: bool) {
        self.0.send_replace(up);
    }

    /// Whether connections are served.
    #[must_use]
    pub fn is_up(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves when the gate is shut.
    pub async fn shut(&self) {
        let mut state = self.0.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = state.wait_for(|up| !up).await;
    }

    /// Resolves when the gate is open.
    pub async fn open(&self) {
        let mut state = self.0.subscribe();
        let _ = state.wait_for(|up| *up).await;
    }

    /// Accepts for ever; `serve` runs for each connection, cut according to `shut`.
    pub async fn accept<F>(self, listener: TcpListener, shut: WhenShut, serve: impl Fn(TcpStream) -> F)
    where
        F: Future + Send + 'static,
        F::Output: Send,
    {
        let mut connections = JoinSet::new();
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) if self.is_up() || shut == WhenShut::Hold => stream,
                    _ => continue,
                },
                Some(_) = connections.join_next() => continue,
            };
            let (gate, connection) = (self.clone(), serve(stream));
            connections.spawn(async move {
                gate.open().await;
                tokio::select! {
                    _ = connection => {}
                    () = gate.shut(), if shut == WhenShut::Cut => {}
                }
            });
        }
    }

    /// Serves a router behind the gate.
    pub async fn serve_http(self, listener: TcpListener, router: Router) {
        self.accept(listener, WhenShut::Cut, move |stream| {
            let service = TowerToHyperService::new(router.clone());
            http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades()
        })
        .await;
    }
}

/// A listener on a free loopback port, and that port.
///
/// # Errors
/// When the system has no free port.
pub async fn loopback() -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}
