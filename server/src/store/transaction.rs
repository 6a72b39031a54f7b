//! A transaction that has the right to write, and gives it back at its end.

use std::ops::{Deref, DerefMut};

use tokio::sync::OwnedSemaphorePermit;

use super::{Connection, Database};

/// What is written in it holds after [`Transaction::commit`]; dropped before, nothing was.
pub struct Transaction {
    inner: sqlx::Transaction<'static, Database>,
    /// Dropped last, so that the next writer finds the lock free.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Transaction {
    pub(super) fn new(inner: sqlx::Transaction<'static, Database>, turn: Option<OwnedSemaphorePermit>) -> Self {
        Self { inner, _turn: turn }
    }

    /// Makes everything hold, as a whole.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.inner.commit().await
    }
}

impl Deref for Transaction {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.inner
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.inner
    }
}
