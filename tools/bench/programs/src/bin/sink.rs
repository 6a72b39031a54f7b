//! A push service that takes everything: answers each request 201, and `GET /count` with how many pushes came and when.
//!
//! Prints its origin, then serves on one thread until it is killed. As little HTTP as both senders need, so that the
//! sender is measured and not the sink.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

/// Pushes so far, and when the first and the last came, in microseconds since the start.
#[derive(Default)]
struct Seen {
    count: Cell<u64>,
    first: Cell<u128>,
    last: Cell<u128>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let seen = Rc::new(Seen::default());
    let began = Instant::now();
    LocalSet::new()
        .run_until(async move {
            loop {
                let (stream, _) = listener.accept().await?;
                let seen = seen.clone();
                // A sender that goes away is none of our business.
                tokio::task::spawn_local(async move { serve(stream, &seen, began).await.ok() });
            }
        })
        .await
}

/// Answers request after request on one connection, until its end.
async fn serve(mut stream: TcpStream, seen: &Seen, began: Instant) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let Some(length) = whole_request(&buffer) else {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let answer = if buffer.starts_with(b"GET /count") { count(seen) } else { take(seen, began) };
        buffer.drain(..length);
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// The length of the first request, head and body, when all of it is there.
fn whole_request(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let whole = head + length.and_then(|value| value.trim().parse().ok()).unwrap_or(0);
    (buffer.len() >= whole).then_some(whole)
}

fn count(seen: &Seen) -> String {
    let body = format!(r#"{{"count":{},"first":{},"last":{}}}"#, seen.count.get(), seen.first.get(), seen.last.get());
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn take(seen: &Seen, began: Instant) -> String {
    let now = began.elapsed().as_micros();
    if seen.count.get() == 0 {
        seen.first.set(now);
    }
    seen.last.set(now);
    seen.count.set(seen.count.get() + 1);
    "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n".to_owned()
}
