//! A stand-in for Google's push service: check-in, registration, and the door to the MCS line.

use std::{collections::HashMap, sync::Arc};

use axum::{Form, Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::CertifiedKey;
use ring::digest::{SHA256, digest};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring::default_provider, pki_types::PrivateKeyDer},
};

use crate::{
    LabError,
    gate::WhenShut,
    mcs, protobuf,
    push::Push,
    record::{Service, Subscription, SubscriptionState},
    token,
};

/// The routes that Chromium itself calls.
pub fn router(push: Arc<Push>) -> Router {
    Router::new().route("/checkin", post(check_in)).route("/register3", post(register)).with_state(push)
}

/// Gives a new browser its Android id and secret; a known one keeps its own.
async fn check_in(State(push): State<Arc<Push>>, body: Bytes) -> Vec<u8> {
    let request = protobuf::Message::parse(&body).unwrap_or_default();
    let known = request.number(2).filter(|id| *id != 0).zip(request.number(13));
    let fresh = || u64::from_be_bytes(token::random()) >> 1;
    let (id, secret) = known.unwrap_or_else(|| (fresh(), fresh()));
    push.say(format_args!("google: checkin of {id}"));
    let milliseconds = u64::try_from(push.now()).unwrap_or_default() * 1000;
    protobuf::Writer::new().number(1, 1).number(3, milliseconds).number(6, 1).fixed64(7, id).fixed64(8, secret).finish()
}

/// Makes or deletes a subscription; both answers are `token=`, errors are `Error=`.
async fn register(State(push): State<Arc<Push>>, Form(form): Form<HashMap<String, String>>) -> (StatusCode, String) {
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let (browser, channel, sender) = (field("device"), field("X-subtype"), field("sender"));
    if browser.is_empty() || sender.is_empty() {
        return (StatusCode::OK, "Error=INVALID_PARAMETERS".into());
    }
    if field("delete") == "true" {
        let ended = push.end(SubscriptionState::Unsubscribed, |old| {
            old.browser == browser && old.channel == channel && (sender == "*" || old.sender == sender)
        });
        push.say(format_args!("google: {ended} subscription(s) deleted for {channel}"));
        return (StatusCode::OK, format!("token={channel}"));
    }
    // Chromium registers for purposes of its own too; those get a token and no place in the list.
    if !channel.starts_with("wp:") {
        return (StatusCode::OK, format!("token={}", token::google()));
    }
    let subscription = subscription(browser, channel, sender, field("app"));
    let answer = format!("token={}", subscription.token);
    push.say(format_args!("google: registered {}", subscription.channel));
    push.subscriptions.add(subscription);
    (StatusCode::OK, answer)
}

fn subscription(browser: String, channel: String, sender: String, app: String) -> Subscription {
    let token = token::google();
    // The subtype of a web-push subscription is `wp:ORIGIN/#ID`, with `-V2` at the end in newer builds.
    let site = channel.strip_prefix("wp:").and_then(|rest| rest.split_once("/#"));
    Subscription {
        path: format!("/fcm/send/{token}"),
        token,
        service: Service::Google,
        browser,
        // A sender that is no P-256 point is a project number of the time before VAPID.
        key: (sender.len() == 87).then(|| sender.clone()),
        site: site.map(|(origin, _)| origin.to_owned()),
        state: SubscriptionState::Live,
        channel,
        sender,
        app,
    }
}

/// The certificate of the MCS line, made anew at every start.
pub struct Tls {
    acceptor: TlsAcceptor,
    /// SHA-256 of the public key, as Chromium's flag wants it.
    pub spki: String,
}

impl Tls {
    /// Makes key and certificate.
    ///
    /// # Errors
    /// When key or certificate cannot be made.
    pub fn new() -> Result<Self, LabError> {
        let names = vec!["localhost".to_owned()];
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(names).map_err(LabError::at("make a certificate"))?;
        let spki = STANDARD.encode(digest(&SHA256, &rcgen::PublicKeyData::subject_public_key_info(&signing_key)));
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).map_err(LabError::at("read the key"))?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key))
            .map_err(LabError::at("set up TLS"))?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), spki })
    }

    /// Accepts MCS lines for ever.
    pub async fn serve(self, push: Arc<Push>, listener: TcpListener) {
        let gate = push.gate.clone();
        gate.accept(listener, WhenShut::Hold, move |stream| line(self.acceptor.clone(), stream, push.clone())).await;
    }
}

async fn line(acceptor: TlsAcceptor, stream: TcpStream, push: Arc<Push>) {
    let result = match acceptor.accept(stream).await {
        Ok(stream) => mcs::serve(stream, push.clone()).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => push.say("mcs: line closed"),
        Err(error) => push.say(format_args!("mcs: line lost: {error}")),
    }
}
