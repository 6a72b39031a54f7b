//! The Softbell lab: push services and a desktop on loopback, so that real browsers do real push without internet.

mod answer;
mod bus;
mod control;
pub mod desktop;
mod endpoint;
mod faults;
mod gate;
mod google;
mod hints;
pub mod journal;
mod mcs;
mod mozilla;
mod notifications;
pub mod protobuf;
pub mod push;
pub mod record;
mod refusal;
mod rules;
mod token;
mod vapid;

use std::{collections::BTreeMap, fmt::Display, sync::Arc};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{bus::Bus, control::Control, desktop::Desktop, gate::Gate, push::Push};

/// How to start a lab.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Tell on stderr what browsers and senders say.
    pub verbose: bool,
}

/// What a test needs to know of a running lab: the line on stdout.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    /// Base URL of the control API.
    pub control: String,
    /// Where senders post: this, then the path of the endpoint.
    pub push_url: String,
    /// Arguments for Chromium.
    pub chromium_flags: Vec<String>,
    /// Preferences for Firefox.
    pub firefox_prefs: BTreeMap<&'static str, Value>,
    /// The private session bus.
    pub dbus_address: String,
    /// Environment for either browser.
    pub env: BTreeMap<&'static str, String>,
}

/// A running lab; dropping it ends it.
#[derive(Debug)]
pub struct Lab {
    /// What to tell browsers and tests.
    pub ready: Ready,
    /// Both push services.
    pub push: Arc<Push>,
    /// The desktop.
    pub desktop: Arc<Desktop>,
    bus: Bus,
    tasks: JoinSet<()>,
}

impl Lab {
    /// Starts everything on free loopback ports.
    ///
    /// # Errors
    /// When a port, the certificate, or `dbus-daemon` cannot be had.
    pub async fn start(options: Options) -> Result<Self, LabError> {
        let bus = Bus::start(options.verbose).await?;
        let desktop = Arc::new(Desktop::start(&bus.address).await?);
        let push = Arc::new(Push::new(options.verbose));
        let listen = LabError::at("listen on loopback");
        let (push_listener, push_port) = gate::loopback().await.map_err(&listen)?;
        let (mcs_listener, mcs_port) = gate::loopback().await.map_err(&listen)?;
        let (control_listener, control_port) = gate::loopback().await.map_err(&listen)?;
        let tls = google::Tls::new()?;
        let push_url = format!("http://127.0.0.1:{push_port}");
        let ready = Ready {
            control: format!("http://127.0.0.1:{control_port}"),
            chromium_flags: chromium_flags(&push_url, mcs_port, &tls.spki),
            firefox_prefs: firefox_prefs(push_port),
            push_url,
            dbus_address: bus.address.clone(),
            env: [("DBUS_SESSION_BUS_ADDRESS", bus.address.clone())].into(),
        };
        let control = Control { ready: json!(ready), push: push.clone(), desktop: desktop.clone() };
        let services =
            google::router(push.clone()).merge(mozilla::router(push.clone())).merge(endpoint::router(push.clone()));
        let mut tasks = JoinSet::new();
        tasks.spawn(push.gate.clone().serve_http(push_listener, services));
        tasks.spawn(tls.serve(push.clone(), mcs_listener));
        tasks.spawn(Gate::default().serve_http(control_listener, control::router(control)));
        Ok(Self { ready, push, desktop, bus, tasks })
    }

    /// Ends the lab and waits until the bus is gone.
    pub async fn stop(mut self) {
        self.push.gate.set(false);
        self.tasks.shutdown().await;
        self.bus.stop().await;
    }
}

fn chromium_flags(push_url: &str, mcs_port: u16, spki: &str) -> Vec<String> {
    vec![
        format!("--gcm-checkin-url={push_url}/checkin"),
        format!("--gcm-registration-url={push_url}/register3"),
        format!("--gcm-mcs-endpoint=https://localhost:{mcs_port}"),
        format!("--ignore-certificate-errors-spki-list={spki}"),
        // Nothing but loopback can be reached, whatever the browser has in mind.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1".to_owned(),
    ]
}

fn firefox_prefs(push_port: u16) -> BTreeMap<&'static str, Value> {
    [
        ("dom.push.serverURL", json!(format!("ws://127.0.0.1:{push_port}/"))),
        ("dom.push.testing.allowInsecureServerURL", json!(true)),
        ("dom.push.connection.enabled", json!(true)),
        ("dom.push.retryBaseInterval", json!(200)),
        // Nothing but loopback can be reached: the proxy is a port where nobody listens.
        ("network.proxy.type", json!(1)),
        ("network.proxy.http", json!("127.0.0.1")),
        ("network.proxy.http_port", json!(9)),
        ("network.proxy.ssl", json!("127.0.0.1")),
        ("network.proxy.ssl_port", json!(9)),
        ("network.proxy.no_proxies_on", json!("localhost,127.0.0.1")),
    ]
    .into()
}

/// Why the lab could not start.
#[derive(Debug)]
pub struct LabError {
    step: &'static str,
    cause: String,
}

impl LabError {
    fn new(step: &'static str, cause: impl Display) -> Self {
        Self { step, cause: cause.to_string() }
    }

    /// For `map_err`: what was tried when it failed.
    fn at<E: Display>(step: &'static str) -> impl Fn(E) -> Self {
        move |cause| Self::new(step, cause)
    }
}

impl Display for LabError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "could not {}: {}", self.step, self.cause)
    }
}

impl std::error::Error for LabError {}
