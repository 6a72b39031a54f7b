//! Taking over what belongs to another browser: a device by its endpoint, by its id, by an older state; a report by a
//! token.

use serde_json::{Value, json};
use softbell_server::b64;

use crate::events::event;
use crate::fixture::{AUTH, DEVICE, OTHER, P256DH, PushService, Server, refusal, state};

const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/one";
const NEXT: &str = "https://fcm.googleapis.com/fcm/send/two";
const WRONG: &str = "Bearer ffffffffffffffffffffffffffffffffffffffffffff";

/// Every column of the device, to compare before and after.
async fn row(server: &Server) -> String {
    server
        .value(
            "SELECT secret_hash || '|' || revision || '|' || status || '|' || endpoint || '|' || p256dh || '|' || auth
               || '|' || topics || '|' || updated_at || '|' || seen_at FROM devices WHERE id LIKE 'A%'",
        )
        .await
        .unwrap()
}

#[tokio::test]
async fn an_endpoint_alone_takes_nothing() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let before = row(&server).await;
    let mut thief = server.live(9, ENDPOINT);
    thief["subscription"]["p256dh"] =
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8".into();
    thief["subscription"]["auth"] = "AAAAAAAAAAAAAAAAAAAAAA".into();
    for (p256dh, auth) in
        [(P256DH, "AAAAAAAAAAAAAAAAAAAAAA"), (thief["subscription"]["p256dh"].as_str().unwrap(), AUTH)]
    {
        let mut half = thief.clone();
        half["subscription"]["p256dh"] = p256dh.into();
        half["subscription"]["auth"] = auth.into();
        assert_eq!(refusal(server.put_as(OTHER, WRONG, &half).await).1, "endpoint_taken");
    }
    assert_eq!(refusal(server.put_as(OTHER, WRONG, &thief).await), (409, "endpoint_taken".to_owned(), None));
    assert_eq!(row(&server).await, before);
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 1, "the thief's device is not made either");
}

#[tokio::test]
async fn a_guessed_id_opens_nothing() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let before = row(&server).await;
    for revision in [0, 1, 2, 1_000_000] {
        let got = refusal(server.put_as(DEVICE, WRONG, &server.live(revision, NEXT)).await);
        assert_eq!(got, (401, "secret_wrong".to_owned(), None), "{revision}");
    }
    assert_eq!(row(&server).await, before, "not even a sign of life");
}

#[tokio::test]
async fn an_older_state_takes_nothing_back() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(5, ENDPOINT)).await;
    let (status, body) = server.put(DEVICE, &server.live(4, NEXT)).await;
    assert_eq!((status.as_u16(), &body["revision"]), (200, &json!(5)));
    let (status, body) = server.put(DEVICE, &state(5)).await;
    assert_eq!((status.as_u16(), &body["revision"]), (200, &json!(5)));
    assert_eq!(server.value("SELECT endpoint FROM devices").await.unwrap(), ENDPOINT);
    assert_eq!(server.value("SELECT status FROM devices").await.unwrap(), "allowed");
}

/// An old state that is sent again must not steal an endpoint that has moved on since.
#[tokio::test]
async fn an_older_state_claims_no_endpoint() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.put(DEVICE, &server.live(2, NEXT)).await;
    server.put(OTHER, &server.live(1, ENDPOINT)).await;
    assert_eq!(server.put(DEVICE, &server.live(1, ENDPOINT)).await.0, 200);
    assert_eq!(server.value("SELECT id FROM devices WHERE endpoint LIKE '%one'").await.unwrap(), OTHER);
}

#[tokio::test]
async fn an_endpoint_that_the_push_service_forgot_is_refused_until_there_is_another() {
    for status in [404, 410] {
        let server = Server::start().await;
        let service = PushService::start(&[(status, "")]).await;
        server.send_to(&service);
        server.put(DEVICE, &server.live(1, ENDPOINT)).await;
        server.until("SELECT COUNT(*) FROM devices WHERE gone_at IS NOT NULL", 1).await;
        // A heartbeat, and a change of something else.
        for revision in [1, 2] {
            let got = refusal(server.put(DEVICE, &server.live(revision, ENDPOINT)).await);
            assert_eq!(got, (409, "endpoint_gone".to_owned(), None), "{revision}");
        }
        assert_eq!(server.put(DEVICE, &server.live(0, ENDPOINT)).await.0, 200, "an older state is ignored as ever");
        assert_eq!(server.put(DEVICE, &state(3)).await.0, 200, "to have none is fine");
        assert_eq!(server.put(DEVICE, &server.live(4, NEXT)).await.0, 200);
        assert_eq!(server.number("SELECT COUNT(*) FROM devices WHERE gone_at IS NULL").await, 1);
        // A profile that was restored from a backup.
        assert_eq!(refusal(server.put(DEVICE, &server.live(5, ENDPOINT)).await).1, "endpoint_gone");
    }
}

#[tokio::test]
async fn tokens_cut_lengthened_or_sewn_together_are_nobodys() {
    let server = Server::start().await;
    let report_token = server.put(DEVICE, &state(1)).await.1["report_token"].as_str().unwrap().to_owned();
    let own = server.app.tokens.for_message("shop", &[7; 16], &[1; 16], server.app.clock.seconds() + 60);
    let bytes = b64::decode(&report_token[2..]).unwrap();
    let message = b64::decode(&own[2..]).unwrap();
    // The device of one, the expiry and mac of the other.
    let sewn = [&message[..16], &bytes[..16], &message[32..]].concat();
    let mut bad: Vec<String> = (0..report_token.len()).step_by(7).map(|end| report_token[..end].to_owned()).collect();
    bad.extend([
        format!("1.{}", b64::encode(&sewn)),
        format!("2.{}", b64::encode(&[bytes.as_slice(), &[0]].concat())),
        format!("{report_token}="),
        format!(" {report_token}"),
        report_token.to_uppercase(),
        "2.".to_owned() + &"A".repeat(40_000),
    ]);
    let count = bad.len();
    let one = |(n, token): (usize, String)| event(&json!({"id": format!("x{n}"), "softbelltoken": token}));
    let batch: Vec<Value> = bad.into_iter().enumerate().map(one).collect();
    assert_eq!(server.post(&batch.into()).await.1["stored"], count);
    assert_eq!(server.number("SELECT COUNT(*) FROM reports WHERE verified = 1 OR device_id IS NOT NULL").await, 0);
}

/// A token may be used again, but the same thing does not count again.
#[tokio::test]
async fn a_replayed_report_counts_once() {
    let server = Server::start().await;
    let token = server.put(DEVICE, &state(1)).await.1["report_token"].clone();
    let batch = json!([event(&json!({"softbelltoken": token}))]);
    for stored in [1, 0, 0] {
        assert_eq!(server.post(&batch).await.1["stored"], stored);
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM reports").await, 1);
}
