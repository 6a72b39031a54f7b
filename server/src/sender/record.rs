//! Writing down how tries went: those that end at the same moment in one transaction.

use crate::store::sends::{self, Progress, Send};
use crate::store::{Connection, Write, devices};

/// How a try went.
#[derive(Clone)]
pub struct Tried {
    seq: i64,
    progress: Progress,
    now: i64,
    gone: Option<Gone>,
}

/// A subscription that is no more.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Gone {
    site: String,
    device_id: String,
    endpoint: String,
}

impl Tried {
    /// `is_gone`: whether the push service said that the subscription is no more.
    pub fn new(send: &Send, progress: Progress, is_gone: bool, now: i64) -> Self {
        let gone = send.endpoint.as_ref().filter(|_| is_gone).map(|endpoint| Gone {
            site: send.site.clone(),
            device_id: send.device_id.clone(),
            endpoint: endpoint.clone(),
        });
        Self { seq: send.seq, progress, now, gone }
    }
}

impl Write for Tried {
    type Answer = ();

    async fn write(db: &mut Connection, all: &[Self]) -> Result<Vec<()>, sqlx::Error> {
        // Most tries go well, and so alike: one statement for all of a kind.
        let mut kinds: Vec<(&Progress, i64, Vec<i64>)> = Vec::new();
        for tried in all {
            match kinds.iter_mut().find(|(progress, ..)| *progress == &tried.progress) {
                Some((_, _, seqs)) => seqs.push(tried.seq),
                None => kinds.push((&tried.progress, tried.now, vec![tried.seq])),
            }
        }
        for (progress, now, seqs) in kinds {
            sends::advance(db, &seqs, progress, now).await?;
        }
        // In one order everywhere, so that two servers do not wait for each other.
        let mut gone: Vec<_> = all.iter().filter_map(|tried| Some((tried.gone.as_ref()?, tried.now))).collect();
        gone.sort_unstable();
        for (gone, now) in gone {
            devices::release(db, &gone.site, &gone.device_id, &gone.endpoint, Some(now)).await?;
        }
        Ok(vec![(); all.len()])
    }
}
