//! Subscriptions in `PUT devices`: which are taken, and who holds them.

use crate::fixture::{AUTH, DEVICE, OTHER, P256DH, Server, refusal};

const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/one";

#[tokio::test]
async fn endpoints_and_keys_are_checked() {
    let server = Server::start().await;
    let mut off_curve = softbell_server::b64::decode(P256DH).unwrap();
    off_curve[64] ^= 1;
    let off_curve = softbell_server::b64::encode(&off_curve);
    let cases = [
        ("endpoint", "http://fcm.googleapis.com/x", 422, "endpoint_not_allowed"),
        ("endpoint", "https://127.0.0.1/x", 422, "endpoint_not_allowed"),
        ("endpoint", "https://localhost/x", 422, "endpoint_not_allowed"),
        ("endpoint", "https://[2002:7f00:1::]/x", 422, "endpoint_not_allowed"),
        ("p256dh", "AAAA", 422, "subscription_keys_invalid"),
        ("p256dh", &off_curve, 422, "subscription_keys_invalid"),
        ("auth", "AAAA", 422, "subscription_keys_invalid"),
        ("vapid", P256DH, 409, "vapid_changed"),
    ];
    for (name, value, status, code) in cases {
        let mut state = server.live(1, ENDPOINT);
        state["subscription"][name] = value.into();
        assert_eq!(refusal(server.put(DEVICE, &state).await), (status, code.to_owned(), None), "{value}");
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 0);
}

#[tokio::test]
async fn push_services_off_the_list_are_refused() {
    let server =
        Server::with("push_hosts = ['.push.apple.com']\n[lab]\n[sites.shop]\norigins = ['http://localhost:9000']")
            .await;
    let got = refusal(server.put(DEVICE, &server.live(1, ENDPOINT)).await);
    assert_eq!(got, (422, "endpoint_not_allowed".to_owned(), None));
    assert_eq!(server.put(DEVICE, &server.live(1, "https://web.push.apple.com/Q")).await.0, 200);
}

#[tokio::test]
async fn an_endpoint_moves_with_its_keys() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    assert_eq!(server.put(OTHER, &server.live(1, ENDPOINT)).await.0, 200);
    assert_eq!(server.value("SELECT id FROM devices WHERE endpoint IS NOT NULL").await.unwrap(), OTHER);
    let left = "SELECT COUNT(*) FROM devices WHERE p256dh IS NULL AND auth IS NULL AND vapid IS NULL";
    assert_eq!(server.number(left).await, 1);
}

#[tokio::test]
async fn an_endpoint_without_its_keys_stays() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let other_key = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    for (name, value) in [("auth", "AAAAAAAAAAAAAAAAAAAAAA"), ("p256dh", other_key)] {
        let mut state = server.live(1, ENDPOINT);
        state["subscription"][name] = value.into();
        let got = refusal(server.put(OTHER, &state).await);
        assert_eq!(got, (409, "endpoint_taken".to_owned(), None), "{name}");
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 1);
    assert_eq!(server.value("SELECT auth FROM devices").await.unwrap(), AUTH);
}
