//! Who speaks in `POST events`: the token decides, and nothing else.

use serde_json::{Value, json};
use softbell_server::b64;

use crate::events::{DEVICE_ID, MESSAGE, event, message_token};
use crate::fixture::{DEVICE, Server, state};

/// What a row says about who spoke.
async fn speaker(server: &Server) -> String {
    let sql = "SELECT verified || '|' || COALESCE(device_id, '-') || '|' || COALESCE(message_id, '-') FROM reports";
    server.value(sql).await.unwrap()
}

#[tokio::test]
async fn without_a_token_a_report_is_unverified_whatever_it_claims() {
    let server = Server::start().await;
    server.post(&json!([event(&json!({"data": {"device": DEVICE}, "deviceid": DEVICE}))])).await;
    assert_eq!(speaker(&server).await, "0|-|-");
}

#[tokio::test]
async fn forged_expired_and_foreign_tokens_are_unverified() {
    let server = Server::start().await;
    let now = server.app.clock.seconds();
    let tokens = &server.app.tokens;
    let good = message_token(&server);
    let flipped = |at: usize| {
        let mut bytes = b64::decode(&good[2..]).unwrap();
        bytes[at] ^= 1;
        format!("1.{}", b64::encode(&bytes))
    };
    let bad = [
        // One bit of message, device, expiry and mac.
        flipped(0),
        flipped(16),
        flipped(35),
        flipped(51),
        tokens.for_message("shop", &MESSAGE, &DEVICE_ID, now),
        tokens.for_message("quiet", &MESSAGE, &DEVICE_ID, now + 60),
        tokens.for_device("quiet", &DEVICE_ID, now),
        tokens.for_device("shop", &DEVICE_ID, now - 91 * 86_400),
        good.replacen("1.", "2.", 1),
        good.replacen("1.", "3.", 1),
        good[2..].to_owned(),
        String::new(),
        "1.".to_owned(),
        "2.AAAA".to_owned(),
        format!("{good}A"),
        "é.AAAA".to_owned(),
    ];
    let batch: Vec<Value> =
        bad.iter().enumerate().map(|(n, token)| event(&json!({"id": n.to_string(), "softbelltoken": token}))).collect();
    assert_eq!(server.post(&batch.into()).await.1["stored"], bad.len());
    assert_eq!(server.number("SELECT COUNT(*) FROM reports WHERE verified = 0 AND device_id IS NULL").await, 16);
}

#[tokio::test]
async fn the_token_of_a_put_speaks_for_its_device() {
    let server = Server::start().await;
    let token = server.put(DEVICE, &state(1)).await.1["report_token"].clone();
    server.post(&json!([event(&json!({"softbelltoken": token}))])).await;
    assert_eq!(speaker(&server).await, format!("1|{DEVICE}|-"));
    assert_eq!(server.value("SELECT id FROM reports").await.unwrap(), "e1");
}

#[tokio::test]
async fn a_message_report_counts_once_per_type_and_action_whoever_sends_it() {
    let server = Server::start().await;
    let token = message_token(&server);
    let report = |id: &str, kind: &str, action: Option<&str>| {
        let data = action.map_or(Value::Null, |action| json!({"action": action}));
        event(&json!({"id": id, "type": kind, "data": data, "softbelltoken": token}))
    };
    let batch = json!([
        report("from-worker", "notification.clicked", None),
        report("from-landing-page", "notification.clicked", None),
        report("from-button", "notification.action", Some("buy")),
        report("shown", "notification.displayed", None),
        // Only buttons have actions: made-up ones must not make one showing many.
        report("shown-again", "notification.displayed", Some("buy")),
    ]);
    assert_eq!(server.post(&batch).await.1, json!({"stored": 3, "duplicates": 2, "drop": []}));
    let ids = server.value("SELECT STRING_AGG(id, ' ') FROM (SELECT id FROM reports ORDER BY seq) AS ordered").await;
    let prefix = format!("{}.{DEVICE}.notification", b64::encode(&MESSAGE));
    assert_eq!(ids.unwrap(), format!("{prefix}.clicked. {prefix}.action.buy {prefix}.displayed."));
    let all = format!("SELECT COUNT(*) FROM reports WHERE verified = 1 AND message_id = '{}'", b64::encode(&MESSAGE));
    assert_eq!(server.number(Box::leak(all.into_boxed_str())).await, 3);
}

#[tokio::test]
async fn other_reports_with_a_message_token_keep_their_own_ids() {
    let server = Server::start().await;
    let token = message_token(&server);
    let tracked = |id: &str| {
        let data = json!({"name": "cart"});
        event(&json!({"id": id, "type": "event.tracked", "data": data, "softbelltoken": token}))
    };
    assert_eq!(server.post(&json!([tracked("a"), tracked("b")])).await.1["stored"], 2);
}

/// Whoever guesses ids must not be able to keep the real report out.
#[tokio::test]
async fn nobody_takes_anothers_ids() {
    let server = Server::start().await;
    let id = format!("{}.{DEVICE}.notification.clicked.", b64::encode(&MESSAGE));
    let own = server.app.tokens.for_device("shop", &[9; 16], server.app.clock.seconds());
    let squat = |token: Value| event(&json!({"id": id, "type": "notification.clicked", "softbelltoken": token}));
    assert_eq!(server.post(&json!([squat(Value::Null), squat(own.into())])).await.1["stored"], 2);
    let real = squat(message_token(&server).into());
    assert_eq!(server.post(&json!([real])).await.1, json!({"stored": 1, "duplicates": 0, "drop": []}));
}
