//! The demo shop's sign-in: says who its visitor is, in the token that every site's back end signs (docs/users.md).
//!
//! It believes anybody, which is all that a demo needs; a real back end looks at its own session instead.

use axum::Router;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::IntoResponse;
use axum::routing::get;
use ring::hmac;
use serde_json::json;

use super::query::Query;
use crate::b64;
use crate::clock::Clock;
use crate::error::Error;
use crate::settings::{KeyAlg, UserKey};

/// How long a token lives, in seconds.
const LIFETIME: i64 = 600;
/// The name of the shop's one key.
const KID: &str = "demo";

/// What signs the shop's tokens; cheap to clone.
#[derive(Clone)]
pub struct SignIn {
    secret: String,
    clock: Clock,
}

impl SignIn {
    /// With a key of the demo's own.
    #[must_use]
    pub fn new(admin_token: &str, clock: Clock) -> Self {
        Self { secret: secret(admin_token), clock }
    }

    /// The key as it stands in the settings of the site.
    #[must_use]
    pub fn key(admin_token: &str) -> UserKey {
        UserKey { kid: KID.to_owned(), alg: KeyAlg::Hs256, public: None, secret: Some(secret(admin_token)) }
    }

    fn token(&self, user: &str) -> String {
        let now = self.clock.seconds();
        let header = json!({"alg": "HS256", "typ": "JWT", "kid": KID});
        let claims = json!({"aud": "shop", "sub": user, "iat": now, "exp": now + LIFETIME});
        let part = |value: serde_json::Value| b64::encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = b64::encode(&mac(&self.secret, &signed));
        format!("{signed}.{signature}")
    }
}

/// The same after each start, because the admin token is.
fn secret(admin_token: &str) -> String {
    b64::encode(&mac(admin_token, "the demo shop's user key"))
}

fn mac(key: &str, text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

/// `GET /push-token?user=…`
pub fn sign_in(back_end: SignIn) -> Router {
    Router::new().route("/push-token", get(token)).with_state(back_end)
}

async fn token(State(back_end): State<SignIn>, uri: Uri) -> Result<impl IntoResponse, Error> {
    let mut query = Query::of(&uri);
    let user = query.text("user")?.unwrap_or_default();
    Ok(([(header::CACHE_CONTROL, "no-store")], back_end.token(&user)))
}
