//! Batches that come at the same moment: they share a transaction, and nothing else.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use softbell_server::store::{Connection, Group, NotWritten, Write};
use tower::ServiceExt as _;

use crate::events::{event, message_token};
use crate::fixture::{ORIGIN, Server, answer};

/// Posts all batches at once; answers what the server said to each.
async fn post_at_once(server: &Server, batches: Vec<Value>) -> Vec<Value> {
    let calls: Vec<_> = batches
        .into_iter()
        .map(|batch| {
            let request = Request::post("/v1/sites/shop/events").header("origin", ORIGIN);
            let request = request.header("content-type", "text/plain").body(Body::from(batch.to_string())).unwrap();
            let router = server.router.clone();
            tokio::spawn(async move { answer(router.oneshot(request).await.unwrap()).await.1 })
        })
        .collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

fn sum(answers: &[Value], name: &str) -> u64 {
    answers.iter().map(|answer| answer[name].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_learns_exactly_what_became_of_its_own() {
    let server = Server::start().await;
    let token = message_token(&server);
    // Every report is in two batches, and each batch has one report twice, a bad one, and one of nobody.
    let batch = |n: usize| {
        let own = (0..20).map(|k| event(&json!({"id": format!("{}-{k}", n / 2), "softbelltoken": token})));
        let extra = [
            event(&json!({"id": format!("{}-0", n / 2), "softbelltoken": token})),
            json!(7),
            event(&json!({"id": format!("u{n}")})),
        ];
        Value::from(own.chain(extra).collect::<Vec<_>>())
    };
    let answers = post_at_once(&server, (0..200).map(batch).collect()).await;
    for pair in answers.chunks(2) {
        assert_eq!(sum(pair, "stored"), 20 + 2, "{pair:?}");
        assert_eq!(sum(pair, "duplicates"), 20 + 2, "{pair:?}");
        for one in pair {
            assert_eq!(one["drop"], json!([{"index": 21, "code": "event_not_object"}]));
        }
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM reports").await, 100 * 22);
    assert_eq!(server.number("SELECT COUNT(*) FROM reports WHERE verified = 0").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cap_holds_to_the_last_report_when_many_come_at_once() {
    let server = Server::start().await;
    server.fill_unverified(9_950).await;
    let token = message_token(&server);
    let batch = |n: usize| {
        json!([
            event(&json!({"id": format!("a{n}")})),
            event(&json!({"id": format!("v{n}"), "softbelltoken": token})),
            event(&json!({"id": format!("b{n}")})),
        ])
    };
    let answers = post_at_once(&server, (0..100).map(batch).collect()).await;
    let over: usize = answers.iter().map(|answer| answer["drop"].as_array().unwrap().len()).sum();
    assert_eq!((sum(&answers, "stored"), over), (100 + 50, 150));
    assert_eq!(server.number("SELECT COUNT(*) FROM reports WHERE verified = 0").await, 10_000);
    assert_eq!(server.number("SELECT COUNT(*) FROM reports WHERE verified = 1").await, 100);
}

/// A message row; the database refuses one without a title.
struct Row {
    id: String,
    title: Option<&'static str>,
}

impl Write for Row {
    type Answer = usize;

    async fn write(db: &mut Connection, all: &[Self]) -> Result<Vec<usize>, sqlx::Error> {
        for row in all {
            let sql = "INSERT INTO messages (site, id, kind, title, body, url, created_at)
                       VALUES ('shop', $1, 'test', $2, '', '', 0)";
            sqlx::query(sql).bind(&row.id).bind(row.title).execute(&mut *db).await?;
        }
        Ok(all.iter().map(|_| all.len()).collect())
    }
}

#[tokio::test]
async fn what_the_database_refuses_spoils_nothing_that_waits_beside_it() {
    let server = Server::start().await;
    // Held, so that all the others wait together.
    let busy = server.app.store.write().await.unwrap();
    let group = std::sync::Arc::new(Group::start(server.app.store.clone()));
    let calls: Vec<_> = (0..40)
        .map(|n| {
            let (group, title) = (group.clone(), (n != 7 && n != 20).then_some("Hi"));
            tokio::spawn(async move { group.write(Row { id: n.to_string(), title }).await })
        })
        .collect();
    tokio::task::yield_now().await;
    busy.commit().await.unwrap();
    for (n, call) in calls.into_iter().enumerate() {
        let answer = call.await.unwrap();
        assert_eq!(answer.err(), (n == 7 || n == 20).then_some(NotWritten), "{n}");
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 38);
}

#[tokio::test]
async fn writes_that_wait_at_the_same_moment_share_a_transaction() {
    let server = Server::start().await;
    let group = std::sync::Arc::new(Group::start(server.app.store.clone()));
    let calls: Vec<_> = (0..40)
        .map(|n| {
            let group = group.clone();
            tokio::spawn(async move { group.write(Row { id: n.to_string(), title: Some("Hi") }).await })
        })
        .collect();
    let mut largest = 0;
    for call in calls {
        largest = largest.max(call.await.unwrap().unwrap());
    }
    // How many met is up to the scheduler; that they do is not.
    assert!(largest > 1, "{largest}");
}
