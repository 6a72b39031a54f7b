//! Empties the send queue. Sends are taken in lots and go out side by side; each place where one goes out, a connection,
//! begins the next one only when what became of the last is on the disk. So a server that is killed repeats at most one
//! send per connection, and loses none.

mod attempt;
mod lot;
mod recipient;
mod record;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::push::client::PushClient;
use crate::state::App;
use crate::store::Group;
use lot::{Lot, Queue};
use record::Tried;

/// Sends under way at once. Each waits for the disk before its next one, so few of them wait more than they send: 64 reach
/// half of what 256 do (docs/bench.md). A killed server repeats at most so many.
pub const CONNECTIONS: usize = 256;

/// What every send needs.
struct Sender {
    app: App,
    client: PushClient,
    records: Group<Tried>,
}

/// Runs until `stop`, then puts back what was not begun and finishes what is under way.
pub async fn run(app: App, client: PushClient, stop: impl Future<Output = ()>) {
    let records = Group::start(app.store.clone());
    let mut queue = Queue::open(app.clone()).await;
    let sender = Arc::new(Sender { app, client, records });
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let mut tries = JoinSet::new();
    tokio::pin!(stop);
    loop {
        queue.order();
        tokio::select! {
            () = &mut stop => break,
            Ok(connection) = connections.clone().acquire_owned(), if !queue.lot.is_empty() => {
                begin(&sender, &mut queue.lot, connection, &mut tries);
            }
            () = queue.news() => {}
        }
        while tries.try_join_next().is_some() {}
    }
    queue.close().await;
    while tries.join_next().await.is_some() {}
}

fn begin(sender: &Arc<Sender>, lot: &mut Lot, connection: OwnedSemaphorePermit, tries: &mut JoinSet<()>) {
    // What waited here for too long may be another server's by now.
    let Some(job) = lot.next(sender.app.clock.millis()) else { return };
    let sender = sender.clone();
    tries.spawn(async move {
        attempt::run(&sender, &job).await;
        drop(connection);
    });
}
