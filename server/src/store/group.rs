//! Group commit: writes that wait at the same moment share one transaction, and so one flush to the disk. Each is
//! answered after its commit only.

use tokio::sync::{mpsc, oneshot};

use super::{Connection, Store};

/// Writes that share a transaction at most.
const MOST: usize = 256;

/// Something to write.
pub trait Write: Send + Sync + Sized + 'static {
    /// What its sender is told.
    type Answer: Send + 'static;

    /// Writes all of them, and answers each, in order. After a failure it is called again for one at a time.
    fn write(db: &mut Connection, all: &[Self]) -> impl Future<Output = Result<Vec<Self::Answer>, sqlx::Error>> + Send;
}

/// Nothing was written; the log says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotWritten;

type Told<W> = oneshot::Sender<Result<<W as Write>::Answer, NotWritten>>;

/// The way to a task that writes; it ends when this is dropped.
pub struct Group<W: Write>(mpsc::Sender<(W, Told<W>)>);

impl<W: Write> Group<W> {
    /// Starts the task.
    #[must_use]
    pub fn start(store: Store) -> Self {
        let (sender, receiver) = mpsc::channel(MOST);
        tokio::spawn(serve(store, receiver));
        Self(sender)
    }

    /// Writes; back when it is on the disk.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub async fn write(&self, one: W) -> Result<W::Answer, NotWritten> {
        let (told, answer) = oneshot::channel();
        self.0.send((one, told)).await.map_err(|_| NotWritten)?;
        answer.await.map_err(|_| NotWritten)?
    }
}

async fn serve<W: Write>(store: Store, mut receiver: mpsc::Receiver<(W, Told<W>)>) {
    let mut waiting = Vec::with_capacity(MOST);
    while receiver.recv_many(&mut waiting, MOST).await > 0 {
        let (all, told): (Vec<W>, Vec<Told<W>>) = waiting.drain(..).unzip();
        for (told, answer) in told.into_iter().zip(answers(&store, &all).await) {
            // Who asked may have gone away; it is written all the same.
            let _ = told.send(answer);
        }
    }
}

/// Writes all at once; when the database refuses that, one by one, so that what it refuses spoils nothing else.
async fn answers<W: Write>(store: &Store, all: &[W]) -> Vec<Result<W::Answer, NotWritten>> {
    match together(store, all).await {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        Err(sqlx::Error::Database(_)) if all.len() > 1 => {
            let mut answers = Vec::with_capacity(all.len());
            for one in all {
                let alone = together(store, std::slice::from_ref(one)).await.map_err(complain);
                answers.push(alone.and_then(|mut one| one.pop().ok_or(NotWritten)));
            }
            answers
        }
        Err(error) => {
            complain(error);
            all.iter().map(|_| Err(NotWritten)).collect()
        }
    }
}

async fn together<W: Write>(store: &Store, all: &[W]) -> Result<Vec<W::Answer>, sqlx::Error> {
    let mut db = store.write().await?;
    let answers = W::write(&mut db, all).await?;
    db.commit().await?;
    Ok(answers)
}

#[allow(clippy::needless_pass_by_value)] // takes what `map_err` gives
fn complain(error: sqlx::Error) -> NotWritten {
    tracing::error!(%error, "database");
    NotWritten
}
