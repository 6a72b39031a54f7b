//! Talking to push services that mean no good.

use std::time::{Duration, Instant};

use softbell_server::push::client::{Push, PushClient};
use softbell_server::push::endpoint::Endpoint;
use softbell_server::push::outcome::Outcome;
use softbell_server::push::resolver::PublicOnly;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::fixture::PushService;

fn push(endpoint: &str) -> Push {
    Push {
        endpoint: Endpoint::parse(endpoint, &[]).unwrap(),
        authorization: "vapid t=x, k=y".to_owned(),
        body: vec![1, 2, 3],
        ttl: 60,
        urgency: "normal".to_owned(),
        topic: None,
    }
}

/// Whether a client with or without our resolver opens a connection to a name that leads to this machine.
async fn connects(client: reqwest::ClientBuilder) -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/x", listener.local_addr().unwrap().port());
    let client = client.no_proxy().build().unwrap();
    let sending = tokio::spawn(client.post(url).send());
    let accepted = tokio::time::timeout(Duration::from_secs(1), listener.accept()).await;
    sending.abort();
    accepted.is_ok()
}

#[tokio::test]
async fn names_that_lead_home_are_not_connected_to() {
    // Sets up TLS for the two clients below.
    PushClient::new(None).unwrap();
    assert!(connects(reqwest::Client::builder()).await);
    assert!(!connects(reqwest::Client::builder().dns_resolver(PublicOnly)).await);
}

#[tokio::test]
async fn without_the_lab_a_name_that_leads_nowhere_is_tried_again_later() {
    let client = PushClient::new(None).unwrap();
    // RFC 6761: `invalid` never resolves.
    let outcome = client.send(push("https://push.invalid/x")).await;
    assert_eq!(outcome, (None, Outcome::Retry(None, "network")));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = PushService::start(&[(201, "")]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let lab = format!("http://{}", listener.local_addr().unwrap());
    let location = target.url.clone();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        let head = format!("HTTP/1.1 307 Go\r\nlocation: {location}/x\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
    });
    let client = PushClient::new(Some(&lab)).unwrap();
    let outcome = client.send(push("https://push.example.com/x")).await;
    assert_eq!(outcome, (Some(307), Outcome::Failed("redirected")));
    assert_eq!(target.arrived().len(), 0);
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let lab = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        let head = "HTTP/1.1 400 No\r\ncontent-length: 999999999999\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    let client = PushClient::new(Some(&lab)).unwrap();
    let began = Instant::now();
    let outcome = client.send(push("https://push.example.com/x")).await;
    assert_eq!(outcome, (Some(400), Outcome::Failed("refused")));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_long_answer_in_one_piece_is_read_without_harm() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let lab = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        let body = "y".repeat(10_000);
        let head = format!("HTTP/1.1 410 Gone\r\ncontent-length: 10000\r\n\r\n{body}");
        stream.write_all(head.as_bytes()).await.unwrap();
    });
    let client = PushClient::new(Some(&lab)).unwrap();
    let outcome = client.send(push("https://push.example.com/x")).await;
    assert_eq!(outcome, (Some(410), Outcome::Gone));
}
