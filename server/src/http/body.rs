//! Reading a body up to a limit.

use axum::body::{Body, Bytes, to_bytes};

use crate::error::Error;

/// The whole body.
///
/// # Errors
/// [`Error::BodyTooLarge`] above `limit` bytes, and when the connection breaks.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, Error> {
    to_bytes(body, limit).await.map_err(|_| Error::BodyTooLarge)
}
