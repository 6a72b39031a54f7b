//! The one place that talks to push services.

use std::time::{Duration, SystemTime};

use reqwest::{Client, Url, header, redirect};
use url::Position;

use super::endpoint::Endpoint;
use super::outcome::{self, Outcome};
use super::resolver::PublicOnly;

/// Time to reach a push service.
const CONNECT: Duration = Duration::from_secs(5);
/// Time for a whole exchange.
pub const EXCHANGE: Duration = Duration::from_secs(15);
/// Bytes of an answer that are read; a hostile one may be endless (RUSTSEC-2025-0015).
const ANSWER_BYTES: usize = 4096;

/// One encrypted push.
pub struct Push {
    /// Where to.
    pub endpoint: Endpoint,
    /// `vapid t=…, k=…`.
    pub authorization: String,
    /// The encrypted body.
    pub body: Vec<u8>,
    /// Seconds the service keeps it for an absent device.
    pub ttl: i64,
    /// `high`, `normal`, `low` or `very-low` (RFC 8030, section 5.3).
    pub urgency: String,
    /// A later push of the same topic replaces a waiting one; at most 32 characters of base64url.
    pub topic: Option<String>,
}

/// Sends.
pub struct PushClient {
    client: Client,
    /// In lab mode: the origin that stands in for every push service.
    lab: Option<Url>,
}

impl PushClient {
    /// For the real services, or for a stand-in (`lab`, an origin).
    ///
    /// # Errors
    /// One sentence, when TLS cannot be set up or `lab` is no URL.
    pub fn new(lab: Option<&str>) -> Result<Self, String> {
        // Fails when set already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(EXCHANGE)
            .user_agent(concat!("softbell/", env!("CARGO_PKG_VERSION")));
        let lab = lab.map(Url::parse).transpose().map_err(|error| format!("Correct lab.push_url: {error}."))?;
        let builder = if lab.is_some() { builder } else { builder.https_only(true).dns_resolver(PublicOnly) };
        let client = builder.build().map_err(|error| format!("Cannot set up TLS: {error}."))?;
        Ok(Self { client, lab })
    }

    /// Sends one push; answers the HTTP status, if there was one, and what it means.
    pub async fn send(&self, push: Push) -> (Option<u16>, Outcome) {
        let mut request = self
            .client
            .post(self.target(&push.endpoint))
            .header(header::AUTHORIZATION, push.authorization)
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("ttl", push.ttl)
            .header("urgency", push.urgency);
        if let Some(topic) = push.topic {
            request = request.header("topic", topic);
        }
        match request.body(push.body).send().await {
            Ok(response) => answer(response, &push.endpoint).await,
            Err(error) => {
                // Without its URL, which is a capability.
                let error = error.without_url();
                tracing::warn!(service = push.endpoint.origin(), ?error, "push service not reached");
                (None, Outcome::Retry(None, "network"))
            }
        }
    }

    /// The endpoint, or in lab mode the stand-in with the endpoint's path and query.
    fn target(&self, endpoint: &Endpoint) -> Url {
        let Some(lab) = &self.lab else { return endpoint.url().clone() };
        let mut target = lab.clone();
        target.set_path(endpoint.url().path());
        target.set_query(endpoint.url().query());
        target
    }
}

async fn answer(mut response: reqwest::Response, endpoint: &Endpoint) -> (Option<u16>, Outcome) {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let outcome = outcome::of_answer(status, retry_after, SystemTime::now());
    if outcome != Outcome::Sent {
        let text = without_endpoint(&explanation(&mut response).await, endpoint.url());
        tracing::warn!(service = endpoint.origin(), status, text, "push not taken");
    }
    (Some(status), outcome)
}

/// A few words of an answer for the log, without what makes the endpoint a capability, should the service repeat it:
/// taken out before the text is cut, so that no half of it stays.
fn without_endpoint(text: &str, url: &Url) -> String {
    let mut text = text.to_owned();
    for part in url[Position::BeforePath..].split(['/', '?', '&', '=']).filter(|part| part.len() >= 8) {
        text = text.replace(part, "…");
    }
    text.chars().take(200).collect()
}

/// The beginning of an answer's text.
async fn explanation(response: &mut reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = ANSWER_BYTES - bytes.len();
        bytes.extend(chunk.iter().take(room));
        if chunk.len() >= room {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Url, without_endpoint};

    #[test]
    fn an_endpoint_that_the_service_repeats_does_not_reach_the_log() {
        let token = "dGhlLXNlY3JldA".repeat(20);
        for endpoint in
            [format!("https://push.example.net/send/{token}"), format!("https://push.example.net/w/?token={token}")]
        {
            let url = Url::parse(&endpoint).unwrap();
            for text in [
                format!("gone: {endpoint}"),
                format!("gone: {token}"),
                format!("gone: {}?{:?}", url.path(), url.query()),
            ] {
                let shown = without_endpoint(&text, &url);
                assert!(shown.starts_with("gone") && !shown.contains("dGhlLXNlY3JldA"), "{shown}");
            }
        }
    }
}
