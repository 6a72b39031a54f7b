//! Serving a listener with limits that `axum::serve` does not set: a client that sends its headers slowly, does not read
//! the answer, or keeps a connection without using it, holds it for a short time only, and there are only so many of
//! them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use super::write_timeout::WriteTimeout;

/// For the headers of a request, also of the next one on the same connection.
const HEADERS: Duration = Duration::from_secs(15);
/// Bytes of the headers.
const HEADER_BYTES: usize = 64 * 1024;
/// Connections at once.
const CONNECTIONS: usize = 10_000;
/// Pause when the system gives no more sockets.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`, then finishes the requests under way.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let next = async { (places.clone().acquire_owned().await, listener.accept().await) };
        let (place, accepted) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        match accepted {
            Ok((stream, _)) => {
                let served = connection(stream, router.clone(), connections.watcher());
                tokio::spawn(async move {
                    served.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "connection not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// One connection, to its end. That a client goes away or is cut off is its own affair.
async fn connection(stream: TcpStream, router: Router, watcher: Watcher) {
    let Ok(peer) = stream.peer_addr() else { return };
    // Answers are small and written whole; fails only on a dead socket.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(WriteTimeout::new(stream)), service);
    let _ = watcher.watch(connection).await;
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::ConnectInfo;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;
    use tokio::time::Instant;

    use super::{HEADERS, serve};

    async fn start(router: Router) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, router, async { drop(stopped.await) }));
        (address, stop, server)
    }

    #[tokio::test(start_paused = true)]
    async fn headers_that_do_not_come_end_the_connection() {
        let (address, _stop, _server) = start(Router::new()).await;
        for begun in ["", "GET / HTTP/1.1\r\nhost: a\r\nx: y"] {
            let began = Instant::now();
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(begun.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert_eq!(answer, "");
            assert_eq!(began.elapsed().as_secs(), 15);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_the_answer_does_not_keep_the_connection() {
        const BIG: usize = 64 << 20;
        let (address, _stop, _server) = start(Router::new().route("/", get(async || vec![0; BIG]))).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        tokio::time::sleep(4 * HEADERS).await;
        let mut answer = Vec::new();
        // It ends, with an error or without.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.starts_with(b"HTTP/1.1 200 OK") && answer.len() < BIG, "{}", answer.len());
    }

    #[tokio::test]
    async fn handlers_learn_the_peer_and_a_stop_lets_them_finish() {
        let (begun, reached) = oneshot::channel();
        let (let_go, gate) = oneshot::channel::<()>();
        let waits = std::sync::Mutex::new(Some((begun, gate)));
        let handler = async move |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
            let (begun, gate) = waits.lock().unwrap().take().unwrap();
            begun.send(()).unwrap();
            gate.await.unwrap();
            peer.to_string()
        };
        let handler = std::sync::Arc::new(handler);
        let route = get(async move |info: ConnectInfo<SocketAddr>| handler(info).await);
        let (address, stop, server) = start(Router::new().route("/", route)).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        reached.await.unwrap();
        stop.send(()).unwrap();
        let_go.send(()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.ends_with(&stream.local_addr().unwrap().to_string()), "{answer}");
        server.await.unwrap();
    }
}
