//! Reading a body up to a limit, in bytes and in time.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};

use crate::error::Error;

/// For the whole body: 64 KB come in time even at 26 kbit/s, and a client that drips bytes holds nothing for long.
const TIME: Duration = Duration::from_secs(20);

/// The whole body.
///
/// # Errors
/// [`Error::BodyTooLarge`] above `limit` bytes, and when the connection breaks; [`Error::RequestTimeout`].
pub async fn read(body: Body, limit: usize) -> Result<Bytes, Error> {
    match tokio::time::timeout(TIME, to_bytes(body, limit)).await {
        Ok(read) => read.map_err(|_| Error::BodyTooLarge),
        Err(_) => Err(Error::RequestTimeout),
    }
}

#[cfg(test)]
mod tests {
    use core::pin::Pin;
    use core::task::{Context, Poll};
    use std::time::Duration;

    use axum::body::{Body, Bytes, HttpBody};
    use tokio::time::Instant;

    use super::read;
    use crate::error::Error;

    /// A byte every five seconds, for ever.
    struct Drip(Pin<Box<tokio::time::Sleep>>);

    impl HttpBody for Drip {
        type Data = Bytes;
        type Error = core::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
            if self.0.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.0.set(tokio::time::sleep(Duration::from_secs(5)));
            Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(b" ")))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_cut_off() {
        let began = Instant::now();
        let drip = Body::new(Drip(Box::pin(tokio::time::sleep(Duration::ZERO))));
        assert_eq!(read(drip, 1000).await, Err(Error::RequestTimeout));
        assert_eq!(began.elapsed(), Duration::from_secs(20));
        assert_eq!(read(Body::from("12345"), 5).await.as_deref(), Ok(b"12345".as_slice()));
        assert_eq!(read(Body::from("123456"), 5).await, Err(Error::BodyTooLarge));
    }
}
