//! The welcome: one message when a device can first be reached.

use ring::digest::{SHA256, digest};

use crate::b64;
use crate::settings::Welcome;
use crate::state::App;
use crate::store::messages::{self, Message};
use crate::store::{Connection, devices, sends};

/// How long a welcome makes sense, in milliseconds.
const LIFETIME: i64 = 24 * 3600 * 1000;
/// Groups welcomes: a second one replaces the first.
const TAG: &str = "softbell-welcome";

/// Queues the welcome of a device that has a live subscription, unless it, or the device its endpoint came from
/// (`inherited`), had one. True when something was queued. A site without a welcome marks its devices all the same,
/// so that a later setting does not greet old acquaintances.
///
/// # Errors
/// The database's own.
pub async fn queue(
    app: &App,
    db: &mut Connection,
    site: &str,
    device: &str,
    inherited: Option<i64>,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let first = devices::welcome(db, site, device, inherited.unwrap_or(now)).await?;
    let welcome = app.sites.get(site).and_then(|site| site.welcome.as_ref());
    let Some(welcome) = welcome.filter(|_| first && inherited.is_none()) else { return Ok(false) };
    let message = message(site, welcome);
    messages::add(db, site, &message, now).await?;
    sends::queue(db, site, &message.id, device, now, now + LIFETIME).await?;
    Ok(true)
}

/// The message of a welcome text. Its id comes from its content: equal texts are one message.
fn message(site: &str, welcome: &Welcome) -> Message {
    let content = serde_json::json!(["welcome", site, welcome.title, welcome.body, welcome.url, welcome.icon]);
    let hash = digest(&SHA256, content.to_string().as_bytes());
    Message {
        id: b64::encode(&hash.as_ref()[..16]),
        kind: "welcome".to_owned(),
        title: welcome.title.clone(),
        body: welcome.body.clone(),
        url: welcome.url.clone(),
        icon: welcome.icon.clone(),
        tag: Some(TAG.to_owned()),
        // Whoever just pressed Yes is waiting; Apple delivers at once only what is urgent.
        urgency: "high".to_owned(),
        collapse: Some("welcome".to_owned()),
        ..Message::default()
    }
}
