//! A list that remembers in which order things came and changed, and lets a reader wait for the next one.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Longest wait that a reader may ask for.
const MAX_WAIT: Duration = Duration::from_mins(2);

/// One record with its place in time.
#[derive(Debug, Clone, Serialize)]
pub struct Entry<T> {
    /// Number of the change that created the record.
    pub seq: u64,
    /// Number of its latest change; equal to `seq` until then.
    pub changed: u64,
    /// The record itself.
    #[serde(flatten)]
    pub value: T,
}

/// What a reader wants: the query string of every list in the control API.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// Only records created after this number.
    pub after: u64,
    /// Only records created or changed after this number.
    pub changed_after: u64,
    /// Only records with this state.
    pub state: Option<String>,
    /// Only records of this subscription.
    pub token: Option<String>,
    /// Wait up to this long until there are `count` records.
    pub wait_ms: u64,
    /// How many records to wait for; one if omitted.
    pub count: Option<usize>,
}

/// Records with a counter which rises with every change.
#[derive(Debug)]
pub struct Journal<T> {
    entries: Mutex<Vec<Entry<T>>>,
    counter: watch::Sender<u64>,
}

impl<T> Default for Journal<T> {
    fn default() -> Self {
        Self { entries: Mutex::default(), counter: watch::Sender::new(0) }
    }
}

impl Query {
    /// Whether a record, seen as JSON, has the state and the token asked for.
    fn admits(&self, value: &impl Serialize) -> bool {
        if self.state.is_none() && self.token.is_none() {
            return true;
        }
        let value = serde_json::to_value(value).unwrap_or_default();
        [("state", &self.state), ("token", &self.token)]
            .iter()
            .all(|(name, wanted)| wanted.as_ref().is_none_or(|wanted| value[name] == **wanted))
    }
}

impl<T: Clone + Serialize> Journal<T> {
    /// Adds a record and returns its number.
    pub fn add(&self, value: T) -> u64 {
        let mut entries = self.lock();
        let seq = *self.counter.borrow() + 1;
        entries.push(Entry { seq, changed: seq, value });
        self.counter.send_replace(seq);
        seq
    }

    /// Offers every record to `change`, which returns whether it changed it; returns how many did.
    pub fn update(&self, mut change: impl FnMut(&mut T) -> bool) -> usize {
        let mut entries = self.lock();
        let mut count = 0;
        for entry in entries.iter_mut() {
            if change(&mut entry.value) {
                count += 1;
                entry.changed = *self.counter.borrow() + 1;
                self.counter.send_replace(entry.changed);
            }
        }
        count
    }

    /// A copy of the latest record that `matches`.
    pub fn latest(&self, matches: impl Fn(&T) -> bool) -> Option<T> {
        self.lock().iter().rev().map(|entry| &entry.value).find(|value| matches(value)).cloned()
    }

    /// The records that match, at once or when there are enough of them, with the counter's value.
    pub async fn wait(&self, query: &Query) -> (u64, Vec<Entry<T>>) {
        let mut counter = self.counter.subscribe();
        let enough = async {
            while self.select(query).1.len() < query.count.unwrap_or(1) {
                if counter.changed().await.is_err() {
                    break;
                }
            }
        };
        let limit = Duration::from_millis(query.wait_ms).min(MAX_WAIT);
        // Running out of time is an answer too: whatever is there.
        let _ = tokio::time::timeout(limit, enough).await;
        self.select(query)
    }

    fn select(&self, query: &Query) -> (u64, Vec<Entry<T>>) {
        let entries = self.lock();
        let wanted = |entry: &&Entry<T>| {
            entry.seq > query.after && entry.changed > query.changed_after && query.admits(&entry.value)
        };
        let found = entries.iter().filter(wanted).cloned().collect();
        (*self.counter.borrow(), found)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry<T>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_waits_for_the_next_record_and_for_changes() {
        let journal = std::sync::Arc::new(Journal::<&str>::default());
        assert_eq!(journal.add("a"), 1);
        let writer = journal.clone();
        tokio::spawn(async move { writer.add("b") });
        let query = Query { after: 1, wait_ms: 5_000, ..Query::default() };
        let (seq, found) = journal.wait(&query).await;
        assert_eq!((seq, found.len(), found[0].value), (2, 1, "b"));

        journal.update(|value| {
            *value == "a" && {
                *value = "c";
                true
            }
        });
        let query = Query { changed_after: 2, ..Query::default() };
        let (seq, found) = journal.wait(&query).await;
        assert_eq!((seq, found[0].seq, found[0].changed, found[0].value), (3, 1, 3, "c"));
    }

    #[tokio::test]
    async fn time_running_out_answers_with_nothing() {
        let journal = Journal::<u8>::default();
        let query = Query { wait_ms: 10, ..Query::default() };
        assert!(journal.wait(&query).await.1.is_empty());
    }
}
