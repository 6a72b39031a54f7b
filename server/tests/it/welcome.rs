//! The welcome push, from the PUT to what a browser decrypts.

use serde_json::{Value, json};
use softbell_server::b64;

use crate::decrypt;
use crate::fixture::{AUTH, Arrived, DEVICE, OTHER, PushService, Server, UA_PRIVATE, state};

const ENDPOINT: &str = "https://fcm.googleapis.com:8443/fcm/send/one?q=1";
const APPLE: &str = "https://web.push.apple.com/QAbc";
const SENT: &str = "SELECT COUNT(*) FROM sends WHERE state = 'sent'";

fn opened(push: &Arrived) -> Value {
    let bytes = |text| b64::decode(text).unwrap();
    let text = decrypt::webpush(&bytes(UA_PRIVATE), &bytes(AUTH), &push.body).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn header<'a>(push: &'a Arrived, name: &str) -> &'a str {
    push.headers[name].to_str().unwrap()
}

/// A device that has been welcomed, and the push.
async fn welcomed(endpoint: &str) -> (Server, Arrived) {
    let (server, service) = (Server::start().await, PushService::start(&[(201, "")]).await);
    server.send_to(&service);
    assert_eq!(server.put(DEVICE, &server.live(1, endpoint)).await.0, 200);
    server.until(SENT, 1).await;
    let arrived = service.arrived();
    assert_eq!(arrived.len(), 1);
    (server, arrived[0].clone())
}

#[tokio::test]
async fn the_browser_reads_the_sites_words_and_a_token_that_speaks_for_it() {
    let (server, push) = welcomed(ENDPOINT).await;
    let payload = opened(&push);
    let softbell = &payload["notification"]["data"]["softbell"];
    let expected = json!({"notification": {
        "title": "Welcome", "body": "Good to have you.", "navigate": "http://localhost:9000/welcome.html",
        "tag": "softbell-welcome", "data": {"softbell": softbell},
    }});
    assert_eq!(payload, expected);
    let speaker = server.app.tokens.read("shop", softbell["t"].as_str().unwrap(), server.app.clock.seconds());
    let speaker = speaker.unwrap();
    assert_eq!(b64::encode(&speaker.device), DEVICE);
    assert_eq!(b64::encode(&speaker.message.unwrap()), softbell["m"].as_str().unwrap());
    let left = softbell["x"].as_i64().unwrap() - server.app.clock.seconds();
    assert!((86_390..=86_400).contains(&left), "{left}");
    // Reports may come later than the message can be shown.
    let later = softbell["x"].as_i64().unwrap() + 29 * 86_400;
    assert!(server.app.tokens.read("shop", softbell["t"].as_str().unwrap(), later).is_some());
}

#[tokio::test]
async fn only_apple_gets_the_declarative_form() {
    assert_eq!(opened(&welcomed(APPLE).await.1)["web_push"], 8030);
    assert_eq!(opened(&welcomed(ENDPOINT).await.1).get("web_push"), None);
}

#[tokio::test]
async fn the_request_is_what_push_services_ask_for() {
    let (server, push) = welcomed(ENDPOINT).await;
    assert_eq!(push.uri, "/fcm/send/one?q=1");
    assert_eq!(header(&push, "content-encoding"), "aes128gcm");
    assert_eq!(header(&push, "urgency"), "high");
    assert_eq!(header(&push, "topic"), "welcome");
    let ttl: i64 = header(&push, "ttl").parse().unwrap();
    assert!((86_390..=86_400).contains(&ttl), "{ttl}");
    let token = header(&push, "authorization").strip_prefix("vapid t=").unwrap();
    let (token, key) = token.split_once(", k=").unwrap();
    assert_eq!(key, server.app.signer.public());
    let claims: Value = serde_json::from_slice(&b64::decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    // The real push service, with its port, though the stand-in got the push.
    assert_eq!(claims["aud"], "https://fcm.googleapis.com:8443");
    let left = claims["exp"].as_i64().unwrap() - server.app.clock.seconds();
    assert!((43_190..=43_200).contains(&left), "{left}");
    assert_eq!(claims["sub"], "mailto:lab@localhost");
}

#[tokio::test]
async fn it_comes_once_however_often_the_device_puts() {
    let (server, service) = (Server::start().await, PushService::start(&[(201, "")]).await);
    server.send_to(&service);
    server.put(DEVICE, &state(1)).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 0);
    let puts = (2..12).map(|revision| {
        let live = server.live(revision, ENDPOINT);
        let server = &server;
        async move { server.put(DEVICE, &live).await }
    });
    let (a, b) = (puts.clone().collect::<Vec<_>>(), puts.collect::<Vec<_>>());
    for (one, two) in a.into_iter().zip(b) {
        let (one, two) = tokio::join!(one, two);
        assert_eq!((one.0.as_u16(), two.0.as_u16()), (200, 200));
    }
    server.put(DEVICE, &state(20)).await;
    server.put(DEVICE, &server.live(21, ENDPOINT)).await;
    server.until(SENT, 1).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 1);
    assert_eq!(service.arrived().len(), 1);
}

#[tokio::test]
async fn an_endpoint_that_moves_is_not_welcomed_again() {
    let (server, service) = (Server::start().await, PushService::start(&[(201, "")]).await);
    server.send_to(&service);
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.until(SENT, 1).await;
    server.put(OTHER, &server.live(1, ENDPOINT)).await;
    server.put(OTHER, &server.live(2, ENDPOINT)).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 1);
    assert_eq!(server.number("SELECT COUNT(*) FROM devices WHERE welcomed_at IS NOT NULL").await, 2);
}

#[tokio::test]
async fn a_site_without_a_welcome_sends_none_later_either() {
    let server = Server::with("[lab]\n[sites.shop]\norigins = ['http://localhost:9000']").await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 0);
    // The default settings have a welcome.
    let server = server.restart(0).await;
    server.put(DEVICE, &server.live(2, ENDPOINT)).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 0);
}

#[tokio::test]
async fn a_dead_endpoint_leaves_the_device_unreachable() {
    for status in [404, 410] {
        let (server, service) = (Server::start().await, PushService::start(&[(status, "")]).await);
        server.send_to(&service);
        server.put(DEVICE, &server.live(1, ENDPOINT)).await;
        server.until("SELECT COUNT(*) FROM sends WHERE state = 'gone'", 1).await;
        let gone = "SELECT COUNT(*) FROM devices WHERE endpoint IS NULL AND p256dh IS NULL AND gone_at > 0";
        assert_eq!(server.number(gone).await, 1);
        assert_eq!(server.number("SELECT http_status FROM sends").await, i64::from(status));
    }
}

#[tokio::test]
async fn a_busy_service_is_asked_again_when_it_said() {
    for status in [429, 503] {
        let (server, service) = (Server::start().await, PushService::start(&[(status, "1"), (201, "")]).await);
        server.send_to(&service);
        let began = std::time::Instant::now();
        server.put(DEVICE, &server.live(1, ENDPOINT)).await;
        server.until(SENT, 1).await;
        assert!(began.elapsed().as_millis() >= 1000);
        assert_eq!(server.number("SELECT attempts FROM sends").await, 2);
        assert_eq!(service.arrived().len(), 2);
    }
}

#[tokio::test]
async fn hopeless_answers_end_the_send_and_keep_the_subscription() {
    for (status, code) in
        [(400, "refused"), (401, "vapid_refused"), (403, "vapid_refused"), (413, "too_large"), (301, "redirected")]
    {
        let (server, service) = (Server::start().await, PushService::start(&[(status, "")]).await);
        server.send_to(&service);
        server.put(DEVICE, &server.live(1, ENDPOINT)).await;
        server.until("SELECT COUNT(*) FROM sends WHERE state = 'failed'", 1).await;
        assert_eq!(server.value("SELECT code FROM sends").await.unwrap(), code);
        assert_eq!(server.number("SELECT COUNT(*) FROM devices WHERE endpoint IS NOT NULL").await, 1);
    }
}

#[tokio::test]
async fn a_service_that_asks_for_too_much_patience_fails_the_send() {
    let (server, service) = (Server::start().await, PushService::start(&[(429, "999999999999")]).await);
    server.send_to(&service);
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'failed' AND code = 'rate_limited'", 1).await;
}

#[tokio::test]
async fn what_was_queued_goes_out_after_a_restart() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let server = server.restart(0).await;
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until(SENT, 1).await;
}

#[tokio::test]
async fn what_waited_too_long_is_not_sent() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let server = server.restart(90_000).await;
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'failed' AND code = 'expired'", 1).await;
    assert_eq!(service.arrived().len(), 0);
}

#[tokio::test]
async fn who_opted_out_in_between_gets_nothing() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.put(DEVICE, &state(2)).await;
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE code = 'no_subscription'", 1).await;
    assert_eq!(service.arrived().len(), 0);
}

#[tokio::test]
async fn a_service_that_is_away_is_tried_again() {
    let server = Server::start().await;
    server.send_to_url("http://127.0.0.1:9");
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'queued' AND code = 'network'", 1).await;
    let wait = server.number("SELECT due_at - created_at FROM sends").await;
    assert!((5000..6000).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_service_that_hangs_holds_up_nobody_else() {
    let server = Server::start().await;
    let service = PushService::hanging_at("/hang").await;
    server.send_to(&service);
    server.put(DEVICE, &server.live(1, "https://push.example.com/hang")).await;
    while service.arrived().is_empty() {
        tokio::task::yield_now().await;
    }
    server.put(OTHER, &server.live(1, ENDPOINT)).await;
    server.until(SENT, 1).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM sends WHERE state = 'queued'").await, 1);
    // Nor is it sent twice while it hangs.
    assert_eq!(service.arrived().len(), 2);
}

#[tokio::test]
async fn what_is_under_way_is_finished_before_stopping() {
    let server = Server::start().await;
    let service = PushService::start(&[(201, "")]).await;
    let client = softbell_server::push::client::PushClient::new(Some(&service.url)).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let until = async { drop(stopped.await) };
    let sender = tokio::spawn(softbell_server::sender::run(server.app.clone(), client, until));
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    while service.arrived().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(stop);
    sender.await.unwrap();
    assert_eq!(server.number(SENT).await, 1);
}
