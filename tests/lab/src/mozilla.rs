//! A stand-in for Mozilla's push service: the WebSocket on which Firefox subscribes and receives.

use std::sync::Arc;

use axum::{
    Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message as Frame, WebSocket},
    },
    response::Response,
    routing::get,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    push::{Line, Push},
    record::{Ack, Message, Service, Subscription, SubscriptionState},
    token,
};

/// The origin of Mozilla's endpoints; Firefox gets it although the lab listens elsewhere.
pub const ORIGIN: &str = "https://updates.push.services.mozilla.com";

/// The route that Firefox connects to.
pub fn router(push: Arc<Push>) -> Router {
    Router::new().route("/", get(open)).with_state(push)
}

async fn open(State(push): State<Arc<Push>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.protocols(["push-notification"]).on_upgrade(async move |socket| {
        let gate = push.gate.clone();
        tokio::select! {
            result = Session::serve(socket, push) => drop(result),
            () = gate.shut() => {}
        }
    })
}

/// One WebSocket; the line opens with the browser's hello.
struct Session {
    socket: WebSocket,
    push: Arc<Push>,
    uaid: String,
    line: Line,
}

impl Session {
    async fn serve(mut socket: WebSocket, push: Arc<Push>) -> Result<(), axum::Error> {
        let Some(hello) = next(&mut socket).await.filter(|message| message["messageType"] == "hello") else {
            return Ok(());
        };
        let known = hello["uaid"].as_str().filter(|uaid| push.knows(uaid));
        let uaid = known.map_or_else(token::hex, Into::into);
        let answer =
            json!({"messageType": "hello", "status": 200, "uaid": uaid, "use_webpush": true, "broadcasts": {}});
        socket.send(Frame::text(answer.to_string())).await?;
        push.say(format_args!("mozilla: hello {hello}, answered with {uaid}"));
        let line = push.connect(Service::Mozilla, &uaid);
        Self { socket, push, uaid, line }.run().await
    }

    async fn run(mut self) -> Result<(), axum::Error> {
        loop {
            tokio::select! {
                heard = next(&mut self.socket) => match heard {
                    Some(message) => if let Some(answer) = self.hear(&message) {
                        self.socket.send(Frame::text(answer.to_string())).await?;
                    },
                    None => return Ok(()),
                },
                message = self.line.messages.recv() => match message {
                    Some(message) => self.socket.send(Frame::text(notification(&message).to_string())).await?,
                    None => return self.socket.send(Frame::Close(None)).await,
                },
            }
        }
    }

    /// What the browser says, and our answer.
    fn hear(&self, message: &Value) -> Option<Value> {
        self.push.say(format_args!("mozilla: {} says {message}", self.uaid));
        match message["messageType"].as_str() {
            // Firefox pings with an empty object.
            None => Some(json!({})),
            Some("ping") => Some(json!({"messageType": "ping"})),
            Some("register") => Some(self.register(message)),
            Some("unregister") => Some(self.unregister(message)),
            Some("ack") => {
                for update in message["updates"].as_array().into_iter().flatten() {
                    self.acknowledge("ack", update);
                }
                None
            }
            Some("nack") => {
                self.acknowledge("nack", message);
                None
            }
            Some(_) => None,
        }
    }

    fn register(&self, message: &Value) -> Value {
        let channel = message["channelID"].as_str().unwrap_or_default();
        let key = message["key"].as_str().map(|key| key.trim_end_matches('=').to_owned());
        let token = token::text::<64>();
        let version = if key.is_some() { "v2" } else { "v1" };
        let path = format!("/wpush/{version}/{token}");
        let endpoint = format!("{ORIGIN}{path}");
        self.push.subscriptions.add(Subscription {
            token,
            service: Service::Mozilla,
            browser: self.uaid.clone(),
            path,
            sender: key.clone().unwrap_or_default(),
            key,
            site: None,
            state: SubscriptionState::Live,
            channel: channel.to_owned(),
            app: String::new(),
        });
        json!({"messageType": "register", "status": 200, "channelID": channel, "pushEndpoint": endpoint})
    }

    fn unregister(&self, message: &Value) -> Value {
        let channel = &message["channelID"];
        self.push
            .end(SubscriptionState::Unsubscribed, |old| old.browser == self.uaid && *channel == old.channel.as_str());
        json!({"messageType": "unregister", "status": 200, "channelID": channel})
    }

    fn acknowledge(&self, kind: &'static str, update: &Value) {
        if let Some(version) = update["version"].as_str() {
            self.push.acknowledge(&self.uaid, version, &Ack { kind, code: update["code"].as_u64() });
        }
    }
}

/// The next message; `None` when the browser hangs up or stops making sense.
async fn next(socket: &mut WebSocket) -> Option<Value> {
    loop {
        match socket.recv().await?.ok()? {
            Frame::Text(text) => return serde_json::from_str(text.as_str()).ok(),
            Frame::Close(_) => return None,
            Frame::Binary(_) | Frame::Ping(_) | Frame::Pong(_) => {}
        }
    }
}

fn notification(message: &Message) -> Value {
    let mut notification = json!({"messageType": "notification", "channelID": message.channel, "version": message.id});
    if !message.body.is_empty() {
        notification["data"] = URL_SAFE_NO_PAD.encode(&message.body).into();
        for (name, value) in &message.headers {
            let name = match *name {
                "content-encoding" => "encoding",
                "crypto-key" => "crypto_key",
                other => other,
            };
            notification["headers"][name] = value.as_str().into();
        }
    }
    notification
}
