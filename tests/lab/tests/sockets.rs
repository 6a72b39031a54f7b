//! The lab over its real sockets: a WebSocket in Firefox's place, and a program that shows notifications.

use std::{collections::HashMap, error::Error};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use softbell_lab::{Lab, Options};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use zbus::{Connection, MessageStream, connection, zvariant};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// One HTTP request on a connection of its own; returns status, head and body.
async fn http(method: &str, url: &str, headers: &str, body: &str) -> Outcome<(u16, String, String)> {
    let (host, path) = url.trim_start_matches("http://").split_once('/').ok_or("a URL with a path")?;
    let mut stream = TcpStream::connect(host).await?;
    let length = body.len();
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an HTTP answer")?;
    let status = head.split(' ').nth(1).ok_or("a status")?.parse()?;
    Ok((status, head.to_lowercase(), body.to_owned()))
}

/// A call of the control API, which must succeed.
async fn control(lab: &Lab, method: &str, path: &str, body: &str) -> Outcome<Value> {
    let (status, _, body) = http(method, &format!("{}{path}", lab.ready.control), "", body).await?;
    if status == 200 { Ok(serde_json::from_str(&body)?) } else { Err(format!("{path}: {status} {body}").into()) }
}

/// What a sender does: posts to the lab with the endpoint's path.
async fn push(lab: &Lab, path: &str, headers: &str, body: &str) -> Outcome<u16> {
    Ok(http("POST", &format!("{}{path}", lab.ready.push_url), headers, body).await?.0)
}

/// A browser's side of the WebSocket.
struct Firefox(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Firefox {
    async fn connect(lab: &Lab, uaid: Option<&Value>) -> Outcome<(Self, Value)> {
        let url = lab.ready.firefox_prefs["dom.push.serverURL"].as_str().ok_or("a URL")?;
        let mut firefox = Self(connect_async(url).await?.0);
        let mut hello = json!({"messageType": "hello", "use_webpush": true, "broadcasts": {}});
        if let Some(uaid) = uaid {
            hello["uaid"] = uaid.clone();
        }
        let answer = firefox.ask(&hello).await?;
        Ok((firefox, answer["uaid"].clone()))
    }

    async fn say(&mut self, message: &Value) -> Outcome {
        Ok(self.0.send(Message::text(message.to_string())).await?)
    }

    async fn hear(&mut self) -> Outcome<Value> {
        Ok(serde_json::from_str(self.0.next().await.ok_or("a message")??.to_text()?)?)
    }

    async fn ask(&mut self, message: &Value) -> Outcome<Value> {
        self.say(message).await?;
        self.hear().await
    }

    /// Subscribes and returns the endpoint's path.
    async fn subscribe(&mut self, channel: &str, key: Option<&str>) -> Outcome<String> {
        let mut request = json!({"messageType": "register", "channelID": channel});
        if let Some(key) = key {
            request["key"] = key.into();
        }
        let answer = self.ask(&request).await?;
        let endpoint = answer["pushEndpoint"].as_str().ok_or("an endpoint")?;
        Ok(endpoint.strip_prefix("https://updates.push.services.mozilla.com").ok_or("a public endpoint")?.to_owned())
    }
}

const BODY: &str = "TTL: 60\r\nContent-Encoding: aes128gcm\r\n";

#[tokio::test]
async fn a_message_reaches_the_browser_and_its_ack_reaches_the_test() -> Outcome {
    let lab = Lab::start(Options::default()).await?;
    let (mut firefox, _) = Firefox::connect(&lab, None).await?;
    let path = firefox.subscribe("c1", None).await?;
    assert_eq!(firefox.ask(&json!({})).await?, json!({}), "a ping is answered");

    assert_eq!(push(&lab, &path, BODY, "sealed").await?, 201);
    let message = firefox.hear().await?;
    assert_eq!((&message["channelID"], &message["data"]), (&json!("c1"), &json!("c2VhbGVk")));
    assert_eq!(message["headers"], json!({"encoding": "aes128gcm"}));

    let update = json!({"channelID": "c1", "version": message["version"], "code": 101});
    firefox.say(&json!({"messageType": "ack", "updates": [update]})).await?;
    let heard = control(&lab, "GET", "/push/deliveries?state=acked&wait_ms=5000", "").await?;
    assert_eq!(heard["deliveries"][0]["ack"], json!({"kind": "ack", "code": 101}));

    firefox.ask(&json!({"messageType": "unregister", "channelID": "c1", "code": 200})).await?;
    assert_eq!(push(&lab, &path, BODY, "sealed").await?, 410);
    lab.stop().await;
    Ok(())
}

#[tokio::test]
async fn messages_wait_for_a_browser_that_is_away() -> Outcome {
    let lab = Lab::start(Options::default()).await?;
    let (mut firefox, uaid) = Firefox::connect(&lab, None).await?;
    let path = firefox.subscribe("c1", None).await?;
    firefox.0.close(None).await?;
    control(&lab, "GET", "/push/browsers?state=away&wait_ms=5000", "").await?;

    for headers in ["TTL: 0\r\n", "TTL: 60\r\nTopic: t\r\n", "TTL: 60\r\nTopic: t\r\n", "TTL: 60\r\n"] {
        assert_eq!(push(&lab, &path, headers, "").await?, 201);
    }
    let states = control(&lab, "GET", "/push/deliveries", "").await?;
    let states: Vec<_> = (0..4).map(|index| states["deliveries"][index]["state"].clone()).collect();
    assert_eq!(states, ["dropped", "replaced", "queued", "queued"]);

    let (mut firefox, same) = Firefox::connect(&lab, Some(&uaid)).await?;
    assert_eq!(same, uaid);
    for _ in 0..2 {
        assert_eq!(firefox.hear().await?["messageType"], "notification");
    }
    let (_, stranger) = Firefox::connect(&lab, Some(&json!("never seen"))).await?;
    assert_ne!(stranger, "never seen");
    lab.stop().await;
    Ok(())
}

#[tokio::test]
async fn the_service_refuses_by_rule_and_by_order() -> Outcome {
    let lab = Lab::start(Options::default()).await?;
    let (mut firefox, uaid) = Firefox::connect(&lab, None).await?;
    let path = firefox.subscribe("c1", None).await?;
    let keyed = firefox.subscribe("c2", Some("BAAA")).await?;
    assert_eq!(push(&lab, &keyed, "TTL: 60\r\n", "").await?, 401);
    assert_eq!(push(&lab, &path, "", "").await?, 400);
    assert_eq!(push(&lab, "/wpush/v2/short", "TTL: 60\r\n", "").await?, 404);
    assert_eq!(push(&lab, "/fcm/send/short", "TTL: 60\r\n", "").await?, 404);

    control(&lab, "POST", "/push/faults", r#"{"status": 429, "retry_after": "7", "count": 1}"#).await?;
    let url = format!("{}{path}", lab.ready.push_url);
    let (status, head, _) = http("POST", &url, "TTL: 60\r\n", "").await?;
    assert_eq!((status, head.contains("retry-after: 7")), (429, true));

    control(&lab, "POST", "/push/down", "").await?;
    assert!(push(&lab, &path, "TTL: 60\r\n", "").await.is_err());
    control(&lab, "POST", "/push/up", "").await?;
    assert_eq!(push(&lab, &path, "TTL: 60\r\n", "").await?, 201);

    let uaid = uaid.as_str().ok_or("a uaid")?;
    control(&lab, "POST", &format!("/push/browsers/{uaid}/forget"), "").await?;
    assert_eq!(push(&lab, &path, "TTL: 60\r\n", "").await?, 410);
    lab.stop().await;
    Ok(())
}

/// Shows a notification as a program does; returns its id.
async fn show(program: &Connection, summary: &str) -> Outcome<u32> {
    let name = "org.freedesktop.Notifications";
    let hints = HashMap::from([("urgency", zvariant::Value::from(2_u8))]);
    let actions = vec!["default", "Activate", "0", "Yes"];
    let call = ("program", 0_u32, "icon", summary, "a &amp; b", actions, hints, -1);
    let reply = program.call_method(Some(name), "/org/freedesktop/Notifications", Some(name), "Notify", &call).await?;
    Ok(reply.body().deserialize()?)
}

/// The next signal of the desktop: its name and arguments.
async fn signal<T>(signals: &mut MessageStream) -> Outcome<(String, T)>
where
    T: for<'a> serde::Deserialize<'a> + zvariant::Type,
{
    let message = signals.next().await.ok_or("a signal")??;
    let name = message.header().member().ok_or("a name")?.to_string();
    Ok((name, message.body().deserialize()?))
}

#[tokio::test]
async fn a_notification_is_recorded_and_a_click_comes_back() -> Outcome {
    let lab = Lab::start(Options::default()).await?;
    let program = connection::Builder::address(lab.ready.dbus_address.as_str())?.build().await?;
    let rule = "type='signal',interface='org.freedesktop.Notifications'";
    let mut signals = MessageStream::for_match_rule(zbus::MatchRule::try_from(rule)?, &program, None).await?;
    let id = show(&program, "Hello").await?;

    let shown = control(&lab, "GET", "/notifications?after=0&wait_ms=5000", "").await?;
    let shown = &shown["notifications"][0];
    assert_eq!((&shown["summary"], &shown["text"]), (&json!("Hello"), &json!("a & b")));
    assert_eq!((&shown["urgency"], &shown["state"]), (&json!(2), &json!("open")));

    control(&lab, "POST", &format!("/notifications/{id}/action"), r#"{"label": "Yes"}"#).await?;
    assert_eq!(signal::<(u32, String)>(&mut signals).await?, ("ActionInvoked".into(), (id, "0".into())));
    assert_eq!(signal::<(u32, u32)>(&mut signals).await?, ("NotificationClosed".into(), (id, 2)));

    let again = control(&lab, "POST", &format!("/notifications/{id}/click"), "").await;
    assert!(again.is_err_and(|error| error.to_string().contains("not_open")));
    lab.stop().await;
    Ok(())
}
