//! The send queue under bad conditions: killed, stopped, and shared servers.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use softbell_server::push::client::PushClient;
use softbell_server::sender::{self, CONNECTIONS};
use softbell_server::store::{Place, Store, Transaction, sends};
use sqlx::Row as _;
use tempfile::TempDir;

use crate::databases::{fresh_place, server_url};
use crate::fixture::Server;
use crate::sink::{Sink, fill};

const QUEUED: &str = "SELECT COUNT(*) FROM sends WHERE state = 'queued'";
const SENT: &str = "SELECT COUNT(*) FROM sends WHERE state = 'sent'";
/// Sends enough to keep every connection busy and leave some in a second lot.
const MANY: usize = CONNECTIONS + 100;
/// Seconds: no lease lasts as long.
const AFTER_THE_LEASE: i64 = 61;

async fn number(store: &Store, sql: &'static str) -> usize {
    let mut db = store.read().await.unwrap();
    let number: i64 = sqlx::query_scalar(sql).fetch_one(&mut *db).await.unwrap();
    usize::try_from(number).unwrap()
}

/// As the database counts.
fn sql(number: usize) -> i64 {
    i64::try_from(number).unwrap()
}

/// Looks again and again, for as long as a slow machine may need.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..6000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

/// The real server as a process, which sends to the sink. Killed when dropped.
struct Process(Child);

impl Process {
    fn start(folder: &Path, place: &Place, sink: &Sink, clock_offset: i64) -> Self {
        let data = folder.display();
        let database = match place {
            Place::File(_) => String::new(),
            Place::Server(url) => format!("database = '{}'", url.secret()),
        };
        let settings = format!(
            "listen = '127.0.0.1:0'\ndata_dir = '{data}'\n{database}\n[sites.shop]\norigins = ['http://localhost:9000']
             [lab]\npush_url = '{}'\nclock_offset = {clock_offset}",
            sink.url
        );
        let file = folder.join("softbell.toml");
        std::fs::write(&file, settings).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_softbell-server"))
            .args(["serve", "--settings", file.to_str().unwrap()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("http://"), "{line}");
        Self(child)
    }

    fn id(&self) -> u32 {
        self.0.id()
    }

    fn tell_to_stop(&self) {
        assert!(stop(self.id()));
    }

    /// Waits for its end, which must be an orderly one.
    async fn ended(mut self) {
        let status = tokio::task::spawn_blocking(move || self.0.wait().unwrap()).await.unwrap();
        assert!(status.success());
    }

    /// SIGKILL: nothing is finished, nothing is told.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// SIGTERM to a process; whether there was one.
fn stop(id: u32) -> bool {
    Command::new("kill").arg(id.to_string()).stderr(Stdio::null()).status().unwrap().success()
}

/// Takes the right to write from everybody, and so from the server that is to be killed.
async fn hold(store: &Store) -> Transaction {
    let mut db = store.write().await.unwrap();
    if server_url().is_some() {
        sqlx::query("LOCK TABLE sends IN EXCLUSIVE MODE").execute(&mut *db).await.unwrap();
    }
    db
}

/// A server is killed in the middle of many sends, and another one started.
async fn killed_in_the_middle(while_it_cannot_write: bool) {
    /// So many that a quick server is not done before it is killed.
    const SENDS: usize = 3000;
    let folder = TempDir::new().unwrap();
    let place = fresh_place(folder.path()).await;
    let store = Store::open(&place).await.unwrap();
    fill(&store, folder.path(), SENDS.try_into().unwrap()).await;
    let sink = Sink::start(true).await;
    let server = Process::start(folder.path(), &place, &sink, 0);
    until("100 sends", async || sink.count() >= 100).await;
    if while_it_cannot_write {
        let held = hold(&store).await;
        let sent = number(&store, SENT).await;
        // Whatever goes on although nothing can be written down has gone on when nothing moves any more.
        until("the connections wait", async || {
            let count = sink.count();
            tokio::time::sleep(Duration::from_millis(200)).await;
            count > sent && count == sink.count()
        })
        .await;
        server.kill();
        drop(held);
    } else {
        server.kill();
    }
    assert!(number(&store, QUEUED).await > 0, "killed too late");
    // A server that may have company waits for the lease; one that has the database for itself need not.
    let offset = if store.is_ours() { 0 } else { AFTER_THE_LEASE };
    let _server = Process::start(folder.path(), &place, &sink, offset);
    until("nothing is queued", async || number(&store, QUEUED).await == 0).await;
    assert_eq!(number(&store, SENT).await, SENDS);
    let arrived = sink.arrived();
    assert_eq!(arrived.len(), SENDS, "lost");
    assert!(arrived.values().all(|times| times.len() <= 2));
    let doubled = arrived.values().filter(|times| times.len() > 1).count();
    assert!(doubled <= CONNECTIONS, "{doubled} doubled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_and_doubles_one_per_connection_at_most() {
    killed_in_the_middle(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_sent_before_what_was_sent_is_on_the_disk() {
    killed_in_the_middle(true).await;
}

/// Two processes on one server's database; with a file there is nothing to share.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_one_queue_and_send_nothing_twice() {
    if server_url().is_none() {
        return;
    }
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let place = fresh_place(folders[0].path()).await;
    let store = Store::open(&place).await.unwrap();
    fill(&store, folders[0].path(), 1000).await;
    // Subscriptions are made with one key, so that both need it.
    std::fs::copy(folders[0].path().join("secrets.toml"), folders[1].path().join("secrets.toml")).unwrap();
    let sink = Sink::start(false).await;
    let servers = folders.each_ref().map(|folder| Process::start(folder.path(), &place, &sink, 0));
    // One alone would have half as many under way.
    until("both have begun", async || sink.count() == 2 * CONNECTIONS).await;
    sink.open();
    until("nothing is queued", async || number(&store, QUEUED).await == 0).await;
    assert_eq!(number(&store, SENT).await, 1000);
    let arrived = sink.arrived();
    assert_eq!(arrived.len(), 1000, "lost");
    assert!(arrived.values().all(|times| times.len() == 1), "doubled");
    drop(servers);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_stop_puts_back_what_was_not_begun() {
    let server = Server::start().await;
    fill(&server.app.store, server.folder(), MANY.try_into().unwrap()).await;
    let sink = Sink::start(false).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let client = PushClient::new(Some(&sink.url)).unwrap();
    let run = tokio::spawn(sender::run(server.app.clone(), client, async { drop(stopped.await) }));
    until("all connections are busy", async || sink.count() == CONNECTIONS).await;
    let free = "SELECT COUNT(*) FROM sends WHERE state = 'queued' AND lot IS NULL AND due_at <= 9000000000000";
    server.until("SELECT COUNT(DISTINCT lot) FROM sends", 2).await;
    drop(stop);
    // At once, though what is under way takes its time.
    server.until(free, sql(MANY - CONNECTIONS)).await;
    assert!(!run.is_finished());
    sink.open();
    run.await.unwrap();
    assert_eq!(server.number(SENT).await, sql(CONNECTIONS));
    // No lease is waited for.
    server.send_to_url(&sink.url);
    server.until(SENT, sql(MANY)).await;
    assert!(sink.arrived().values().all(|times| times.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_leaves_nothing_that_the_next_one_waits_for() {
    let folder = TempDir::new().unwrap();
    let place = fresh_place(folder.path()).await;
    let store = Store::open(&place).await.unwrap();
    fill(&store, folder.path(), MANY.try_into().unwrap()).await;
    let sink = Sink::start(false).await;
    let server = Process::start(folder.path(), &place, &sink, 0);
    until("all connections are busy", async || sink.count() == CONNECTIONS).await;
    server.tell_to_stop();
    until("the rest is free", async || {
        number(&store, "SELECT COUNT(*) FROM sends WHERE lot IS NULL").await == MANY - CONNECTIONS
    })
    .await;
    sink.open();
    server.ended().await;
    assert_eq!(number(&store, SENT).await, CONNECTIONS);
    let _server = Process::start(folder.path(), &place, &sink, 0);
    until("all is sent", async || number(&store, SENT).await == MANY).await;
    assert!(sink.arrived().values().all(|times| times.len() == 1), "doubled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_twice_to_stop_waits_for_no_push_service() {
    let folder = TempDir::new().unwrap();
    let place = fresh_place(folder.path()).await;
    let store = Store::open(&place).await.unwrap();
    fill(&store, folder.path(), 1).await;
    let sink = Sink::start(false).await;
    let server = Process::start(folder.path(), &place, &sink, 0);
    until("the send is under way", async || sink.count() == 1).await;
    let id = server.id();
    let ended = tokio::spawn(server.ended());
    until("the end", async || {
        // Two signals at once are one.
        stop(id);
        ended.is_finished()
    })
    .await;
    ended.await.unwrap();
    // Waiting would have ended with the exchange's time limit, which counts as an attempt.
    assert_eq!(number(&store, "SELECT COUNT(*) FROM sends WHERE state = 'queued' AND attempts = 0").await, 1);
}

#[tokio::test]
async fn f6_a_send_that_is_taken_and_not_begun_does_not_go_to_an_erased_device() {
    let server = Server::start().await;
    fill(&server.app.store, server.folder(), MANY.try_into().unwrap()).await;
    let sink = Sink::start(false).await;
    server.send_to_url(&sink.url);
    let taken = "SELECT COUNT(*) FROM sends WHERE lot IS NOT NULL";
    until("all connections are busy", async || sink.count() == CONNECTIONS).await;
    until("more are taken", async || number(&server.app.store, taken).await == MANY).await;
    let last = "SELECT device_id FROM sends WHERE lot IS NOT NULL ORDER BY seq DESC LIMIT 1";
    let device = server.value(last).await.unwrap();
    assert!(softbell_server::erase::device(&server.app, "shop", &device).await.unwrap());
    sink.open();
    until("nothing is queued", async || number(&server.app.store, QUEUED).await == 0).await;
    assert_eq!(sink.arrived().len(), MANY - 1);
}

#[tokio::test]
async fn a_lot_is_nobody_elses_until_its_lease_ends() {
    let server = Server::start().await;
    fill(&server.app.store, server.folder(), 5).await;
    let take = async |lot: &str, now: i64, limit: i64| {
        let mut db = server.app.store.write().await.unwrap();
        let lot = sends::take(&mut db, lot, now, now + 1000, limit).await.unwrap();
        db.commit().await.unwrap();
        lot.iter().map(|send| send.seq).collect::<Vec<_>>()
    };
    assert_eq!(take("a", 10, 3).await, [1, 2, 3]);
    assert_eq!(take("b", 10, 3).await, [4, 5]);
    assert!(take("c", 1009, 9).await.is_empty());
    assert_eq!(take("d", 1010, 9).await, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn what_another_server_has_sent_is_not_queued_again_by_one_that_comes_late() {
    let server = Server::start().await;
    fill(&server.app.store, server.folder(), 1).await;
    let mut db = server.app.store.write().await.unwrap();
    let progress = |state, due_at| sends::Progress { state, due_at, http_status: None, code: None };
    let slow = sends::take(&mut db, "a", 10, 20, 1).await.unwrap();
    let other = sends::take(&mut db, "b", 20, 30, 1).await.unwrap();
    assert_eq!(slow[0].seq, other[0].seq);
    sends::advance(&mut db, &[other[0].seq], &progress("sent", None), 21).await.unwrap();
    sends::advance(&mut db, &[slow[0].seq], &progress("queued", Some(22)), 22).await.unwrap();
    assert!(sends::take(&mut db, "c", 99, 199, 1).await.unwrap().is_empty());
    db.commit().await.unwrap();
    assert_eq!(server.number(SENT).await, 1);
}

/// A hundred thousand sends that were queued at once are due at once: sorting them for every lot would take a server
/// longer than sending.
#[tokio::test]
async fn the_next_sends_are_found_without_sorting_all_that_are_due() {
    let server = Server::start().await;
    let mut db = server.app.store.write().await.unwrap();
    let explain = if server_url().is_some() {
        sqlx::query("SET LOCAL enable_seqscan = off").execute(&mut *db).await.unwrap();
        sqlx::query("SET LOCAL enable_bitmapscan = off").execute(&mut *db).await.unwrap();
        "EXPLAIN"
    } else {
        "EXPLAIN QUERY PLAN"
    };
    let due = sends::due(server_url().is_some()).replace("$1", "5").replace("$2", "5");
    let plan = sqlx::query(sqlx::AssertSqlSafe(format!("{explain} {due}"))).fetch_all(&mut *db).await.unwrap();
    let last = plan[0].columns().len() - 1;
    let plan: Vec<String> = plan.iter().map(|row| row.get(last)).collect();
    assert!(plan.iter().any(|line| line.contains("sends_due")), "{plan:?}");
    assert!(!plan.iter().any(|line| line.contains("Sort") || line.contains("TEMP B-TREE")), "{plan:?}");
}
