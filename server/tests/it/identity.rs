//! Who had a device, who has it, and what each of them gets (A13, A14, A15, A16).

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use softbell_server::b64;

use crate::consents::{entry, ledger};
use crate::decrypt;
use crate::fixture::{AUTH, Arrived, DEVICE, OTHER, PushService, Server, UA_PRIVATE, refusal, state};
use crate::tokens::{settings, token, token_with};

pub const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/one";
const MOVED: &str = "https://fcm.googleapis.com/fcm/send/two";
/// 128 bytes, with letters that an address must escape.
const ODD: &str = "🦊/../%2e?#&\u{202e}ß\"'<b>";

/// A state with these members on top.
pub fn with(mut state: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        state[name] = value.clone();
    }
    state
}

/// A server whose site has keys.
pub async fn server() -> Server {
    Server::with(&settings()).await
}

/// The user with a token.
pub fn proven(server: &Server, user: &str) -> Value {
    json!({"user": user, "token": token(server, user)})
}

/// A PUT of a subscribed device with these members; it must be taken. Answers `status` of the answer.
pub async fn put(server: &Server, revision: u32, members: &Value) -> Option<String> {
    let (status, body) = server.put(DEVICE, &with(server.live(revision, ENDPOINT), members)).await;
    assert_eq!((status.as_u16(), &body["revision"]), (200, &json!(revision)), "{body}");
    body["status"].as_str().map(str::to_owned)
}

async fn user(server: &Server) -> Option<String> {
    server.value("SELECT user_id FROM devices WHERE id LIKE 'A%'").await
}

/// Sends to a user; answers reach and exclusions.
async fn send(server: &Server, user: &str, personal: bool) -> (Value, Value) {
    let message = json!({"title": format!("For {user}"), "audience": {"user": user}, "personal": personal});
    let (status, body) = server.send(&message).await;
    assert_eq!(status.as_u16(), 202, "{body}");
    (body["reach"].clone(), body["excluded"].clone())
}

/// What a push says.
fn read(push: &Arrived) -> Value {
    let bytes = |text: &str| b64::decode(text).unwrap();
    let text = decrypt::webpush(&bytes(UA_PRIVATE), &bytes(AUTH), &push.body).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// Sends everything that is queued; answers what arrived, and the codes of what did not.
async fn deliver(server: &Server) -> (Vec<Value>, Option<String>) {
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'queued'", 0).await;
    let codes = "SELECT MAX(code) FROM sends WHERE state = 'failed'";
    (service.arrived().iter().map(read).collect(), server.value(codes).await)
}

#[tokio::test]
async fn a13_the_earlier_user_is_suspended_and_gets_nothing_here() {
    let server = server().await;
    assert_eq!(put(&server, 1, &proven(&server, "u1")).await, None);
    // Queued while the device was u1's; nothing in it is personal.
    assert_eq!(send(&server, "u1", false).await, (json!(1), json!({})));
    assert_eq!(put(&server, 2, &proven(&server, "u2")).await, None);
    assert_eq!(user(&server).await.as_deref(), Some("u2"));
    assert_eq!(send(&server, "u1", false).await, (json!(0), json!({"suspended": 1})));
    assert_eq!(send(&server, "u2", false).await, (json!(1), json!({})));
    let (arrived, code) = deliver(&server).await;
    assert_eq!(arrived.iter().map(|push| &push["notification"]["title"]).collect::<Vec<_>>(), ["For u2"]);
    assert_eq!(code.as_deref(), Some("other_user"));
}

#[tokio::test]
async fn a13_an_earlier_user_who_comes_back_without_a_token_stays_suspended() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    put(&server, 2, &proven(&server, "u2")).await;
    // As news, and as a sign of life: both are taken, and the device stays u2's.
    let back = with(json!({"user": "u1"}), &json!({"locale": "fr"}));
    for revision in [3, 3] {
        assert_eq!(put(&server, revision, &back).await.as_deref(), Some("suspended"));
    }
    assert_eq!(user(&server).await.as_deref(), Some("u2"));
    assert_eq!(server.value("SELECT locale FROM devices").await.unwrap(), "fr", "the state is stored");
    assert_eq!(put(&server, 4, &json!({"user": "u2"})).await, None);
    let expired = token_with(&server, "u1", &json!({"exp": 1, "iat": null}));
    let state = with(server.live(5, ENDPOINT), &json!({"user": "u1", "token": expired}));
    assert_eq!(refusal(server.put(DEVICE, &state).await).1, "token_expired");
    assert_eq!(server.number("SELECT revision FROM devices").await, 4, "a refused state changes nothing");
    // With a token the device is u1's again, and u2 is the one who is suspended.
    assert_eq!(put(&server, 5, &proven(&server, "u1")).await, None);
    assert_eq!(put(&server, 6, &json!({"user": "u1"})).await, None);
    assert_eq!(put(&server, 7, &json!({"user": "u2"})).await.as_deref(), Some("suspended"));
    assert_eq!(server.number("SELECT COUNT(*) FROM earlier_users").await, 1);
}

/// Whoever sits there is not the owner, and has not proven to be the other: the line must not speak for either.
#[tokio::test]
async fn f1_the_answer_of_a_suspended_user_is_not_written_down_as_the_owners() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    put(&server, 2, &with(proven(&server, "u2"), &json!({"consent_entries": [entry(1, &json!({}))]}))).await;
    let no = entry(2, &json!({"val": "n", "withdrawal": true}));
    let back = json!({"user": "u1", "consent_entries": [no]});
    assert_eq!(put(&server, 3, &back).await.as_deref(), Some("suspended"));
    let users: Vec<Value> = ledger(&server, "").await.iter().map(|line| line["user"].clone()).collect();
    assert_eq!(users, [json!("u2"), Value::Null]);
}

/// A client asks without a token first and then, with the same state, with one.
#[tokio::test]
async fn a13_the_same_state_with_a_token_takes_the_device_over() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    put(&server, 2, &proven(&server, "u2")).await;
    assert_eq!(put(&server, 3, &json!({"user": "u1"})).await.as_deref(), Some("suspended"));
    assert_eq!(put(&server, 3, &proven(&server, "u1")).await, None);
    assert_eq!(user(&server).await.as_deref(), Some("u1"));
    assert_eq!(send(&server, "u1", true).await, (json!(1), json!({})), "proven at this endpoint");
    // At an endpoint that is not stored nothing is proven.
    let moved = with(server.live(3, MOVED), &proven(&server, "u2"));
    assert_eq!(server.put(DEVICE, &moved).await.0, 200);
    assert_eq!(send(&server, "u2", true).await, (json!(0), json!({"not_identified": 1})));
}

#[tokio::test]
async fn a13_a_device_remembers_twenty_earlier_users() {
    let server = server().await;
    for number in 1..=23 {
        put(&server, number, &proven(&server, &format!("u{number:02}"))).await;
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM earlier_users").await, 20);
    assert_eq!(put(&server, 24, &json!({"user": "u22"})).await.as_deref(), Some("suspended"));
    let first = with(server.live(25, ENDPOINT), &json!({"user": "u01"}));
    assert_eq!(refusal(server.put(DEVICE, &first).await).1, "token_missing");
}

#[tokio::test]
async fn a14_a_personal_message_carries_the_mark_of_its_user() {
    let server = server().await;
    put(&server, 1, &proven(&server, ODD)).await;
    send(&server, ODD, true).await;
    let (arrived, _) = deliver(&server).await;
    let ours = &arrived[0]["notification"]["data"]["softbell"];
    let hash = Sha256::digest(format!("{DEVICE}.{ODD}"));
    assert_eq!((&ours["p"], &ours["u"]), (&json!(true), &json!(b64::encode(&hash[..16]))));
    assert!(!ours.to_string().contains('🦊'), "never the id itself");
}

#[tokio::test]
async fn a14_other_messages_carry_no_mark() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    send(&server, "u1", false).await;
    let (arrived, _) = deliver(&server).await;
    assert_eq!(arrived[0]["notification"]["data"]["softbell"].get("u"), None);
}

#[tokio::test]
async fn a14_the_mark_counts_among_the_bytes_of_a_message() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    let message =
        |body: usize| json!({"title": "x", "body": "b".repeat(body), "audience": {"user": "u1"}, "personal": true});
    let bytes = server.send(&with(message(1), &json!({"dry_run": true}))).await.1["payload_bytes"].as_u64().unwrap();
    let most = 3_993 - usize::try_from(bytes).unwrap() + 1;
    assert_eq!(server.send(&message(most)).await.0, 202);
    assert_eq!(server.send(&message(most + 1)).await.0, 422);
    let (arrived, code) = deliver(&server).await;
    assert_eq!((arrived.len(), code), (1, None), "what was taken can be sent");
}

#[tokio::test]
async fn a15_who_subscribed_without_a_user_is_attached_later_with_the_same_subscription() {
    let server = server().await;
    put(&server, 1, &json!({})).await;
    assert_eq!(send(&server, "u1", false).await.0, json!(0));
    assert_eq!(put(&server, 2, &proven(&server, "u1")).await, None);
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 1);
    assert_eq!(server.value("SELECT endpoint FROM devices").await.unwrap(), ENDPOINT);
    assert_eq!(send(&server, "u1", true).await, (json!(1), json!({})));
    assert_eq!(deliver(&server).await.0.len(), 1);
}

#[tokio::test]
async fn a16_detached_nothing_for_the_user_goes_there_and_what_is_for_all_does() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    send(&server, "u1", true).await;
    send(&server, "u1", false).await;
    put(&server, 2, &json!({"user": null})).await;
    assert_eq!(user(&server).await, None);
    assert_eq!(send(&server, "u1", true).await, (json!(0), json!({})), "nobody's device is nobody's");
    let all = json!({"title": "For all", "audience": {"all": true}});
    assert_eq!(server.send(&all).await.1["reach"], 1);
    let (arrived, code) = deliver(&server).await;
    assert_eq!(arrived.iter().map(|push| &push["notification"]["title"]).collect::<Vec<_>>(), ["For all"]);
    assert_eq!(code.as_deref(), Some("other_user"));
    // Who left by himself was not pushed out by another.
    let back = with(server.live(3, ENDPOINT), &json!({"user": "u1"}));
    assert_eq!(refusal(server.put(DEVICE, &back).await).1, "token_missing");
}

/// The client may repeat a detaching PUT whose answer was lost.
#[tokio::test]
async fn a16_the_same_state_detaches_too_and_an_old_one_does_not() {
    let server = server().await;
    put(&server, 5, &proven(&server, "u1")).await;
    let (_, body) = server.put(DEVICE, &with(server.live(4, ENDPOINT), &json!({"user": null}))).await;
    assert_eq!((&body["revision"], user(&server).await.as_deref()), (&json!(5), Some("u1")));
    put(&server, 5, &json!({"user": null})).await;
    assert_eq!(user(&server).await, None);
}

#[tokio::test]
async fn j3_user_ids_are_any_text_up_to_128_bytes() {
    let server = server().await;
    let longest = "é".repeat(64);
    for (revision, id) in [(1, ODD), (2, longest.as_str())] {
        assert_eq!(put(&server, revision, &proven(&server, id)).await, None, "{id}");
        assert_eq!(user(&server).await.as_deref(), Some(id));
    }
    let long = "x".repeat(129);
    let state = with(state(1), &proven(&server, &long));
    assert_eq!(refusal(server.put(OTHER, &state).await), (422, "member_invalid".to_owned(), Some("user".to_owned())));
}
