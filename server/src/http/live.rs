//! `GET /v1/sites/{site}/live`: what happens right now, as server-sent events: `report` and `device` with the rows of
//! the lists, `ping` in between.
//!
//! The database is asked once a second, because the report may have come to another process. It is a window for people,
//! not a log: of a flood the newest rows are shown.

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream};
use serde_json::Value;
use tokio::sync::watch;

use super::devices_list;
use super::query::Query;
use crate::error::Error;
use crate::rows;
use crate::state::App;
use crate::store::lists;

/// How often the database is asked.
const EVERY: Duration = Duration::from_secs(1);
/// Every so many questions a `ping` says that the stream lives: every 15 seconds.
const PING: u32 = 15;
/// Rows that are looked at each time.
const ROWS: usize = 200;

/// Answers events without an end.
pub async fn get(
    State(app): State<App>,
    Path(site): Path<String>,
    uri: Uri,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    app.site(&site)?;
    Query::of(&uri).finish()?;
    let stopping = app.stopping.subscribe();
    let mut live =
        Live { app, site, stopping, asked: 0, ready: VecDeque::new(), reports: Window::new(), devices: Window::new() };
    // What is there already is in the lists.
    live.ask().await?;
    live.ready = VecDeque::from([Event::default().event("ping").data("{}")]);
    Ok(Sse::new(stream::unfold(live, |mut live| async { Some((Ok(live.next().await?), live)) })))
}

/// A stream, and what it has shown.
struct Live {
    app: App,
    site: String,
    stopping: watch::Receiver<bool>,
    asked: u32,
    ready: VecDeque<Event>,
    reports: Window<i64>,
    devices: Window<(i64, String)>,
}

impl Live {
    /// The next event; none when the server stops or the database fails.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            tokio::select! {
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                () = tokio::time::sleep(EVERY) => {}
            }
            self.ask().await.ok()?;
            self.asked += 1;
            if self.asked.is_multiple_of(PING) {
                self.ready.push_back(Event::default().event("ping").data("{}"));
            }
        }
    }

    /// Looks for what is new.
    async fn ask(&mut self) -> Result<(), Error> {
        let limit = i64::try_from(ROWS).unwrap_or(i64::MAX);
        let mut db = self.app.store.read().await?;
        let reports = lists::latest_reports(&mut db, &self.site, 0, limit).await?;
        let devices = lists::present_devices(&mut db, &self.site, limit).await?;
        let reports = self.reports.new_rows(reports, |report| report.seq);
        let devices = self.devices.new_rows(devices, |device| (device.seen_at, device.id.clone()));
        self.ready.extend(devices.iter().map(|device| event("device", &devices_list::row(device))));
        self.ready.extend(reports.iter().map(|report| event("report", &rows::report(report))));
        Ok(())
    }
}

fn event(name: &str, row: &Value) -> Event {
    Event::default().event(name).data(row.to_string())
}

/// The newest rows as they were seen last. Compared by row and not by the highest number alone: of two transactions
/// the one with the lower numbers may end later.
struct Window<K> {
    seen: BTreeSet<K>,
    /// Nothing up to here is new, whatever comes to light when newer rows go.
    floor: Option<K>,
}

impl<K: Ord + Clone> Window<K> {
    fn new() -> Self {
        Self { seen: BTreeSet::new(), floor: None }
    }

    /// Which of the newest rows, given newest first, were not there the last time; oldest first.
    fn new_rows<R>(&mut self, rows: Vec<R>, key: impl Fn(&R) -> K) -> Vec<R> {
        let keys: BTreeSet<K> = rows.iter().map(&key).collect();
        let is_new = |row: &R| {
            let key = key(row);
            !self.seen.contains(&key) && self.floor.as_ref().is_none_or(|floor| key > *floor)
        };
        let mut new: Vec<R> = rows.into_iter().filter(is_new).collect();
        new.reverse();
        if keys.len() >= ROWS {
            self.floor = keys.first().cloned();
        }
        self.seen = keys;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::{ROWS, Window};

    #[test]
    fn rows_are_new_once_also_when_they_come_late() {
        let mut window = Window::new();
        let mut new = |rows: &[usize]| window.new_rows(rows.to_vec(), |row| *row);
        assert_eq!(new(&[2, 1]), [1, 2]);
        assert_eq!(new(&[4, 2, 1]), [4]);
        assert_eq!(new(&[4, 3, 2, 1]), [3]);
        assert!(new(&[4, 3, 2, 1]).is_empty());
    }

    #[test]
    fn what_was_pushed_out_is_not_new_when_newer_rows_go() {
        let mut window = Window::new();
        let all: Vec<usize> = (1..=ROWS + 10).rev().collect();
        let mut new = |rows: &[usize]| window.new_rows(rows.to_vec(), |row| *row).len();
        assert_eq!(new(&all[..ROWS]), ROWS);
        assert_eq!(new(&all[10..]), 0);
    }
}
