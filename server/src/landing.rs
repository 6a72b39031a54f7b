//! Landings: where no worker hears of a click (Safari shows declarative messages by itself), or the text waits for the
//! click (private messages), the address says which message was followed: `?softbell=ID`. A page reports the click with it,
//! and asks for the text.

use serde_json::{Map, Value, json};
use softbell::contract::ReportType;
use url::Url;

use crate::b64;
use crate::error::Error;
use crate::push::endpoint::Endpoint;
use crate::secret;
use crate::state::App;
use crate::store::landings::{self, Clicked, Landing, Use};
use crate::store::messages::Message;
use crate::store::sends::Send;
use crate::utm;
use crate::wire::event::{Event, EventFault};
use crate::wire::token::{ID, REPORT_TIME, Speaker};

/// The parameter of the address.
pub const PARAMETER: &str = "softbell";
/// Characters of an id.
pub const CHARACTERS: usize = 22;
/// How long after a click its text can be read, in milliseconds: the page asks at once, a copied address later.
const READABLE: i64 = 10 * 60_000;

/// Whether a message leads there by a landing, on this device.
#[must_use]
pub fn is_wanted(message: &Message, endpoint: &Endpoint) -> bool {
    message.is_private() || endpoint.is_apple()
}

/// The landing of a send, if it has one. Of a send that is repeated it is the same, because nobody knows which of the two
/// pushes arrives.
#[must_use]
pub fn of_send(app: &App, send: &Send, message: &Message) -> Option<Landing> {
    let endpoint = Endpoint::parse(send.endpoint.as_ref()?, &app.push_hosts).ok()?;
    is_wanted(message, &endpoint).then(|| Landing {
        site: send.site.clone(),
        hash: secret::hash(&app.tokens.landing(&send.site, &send.message_id, &send.device_id)),
        message: send.message_id.clone(),
        device: send.device_id.clone(),
        user: send.user_id.clone(),
        expires_at: send.expires_at + REPORT_TIME * 1000,
    })
}

/// The address with the parameter.
#[must_use]
pub fn address(url: &str, id: &str) -> String {
    // Every address of a message was parsed before it was stored.
    let Ok(mut url) = Url::parse(url) else { return url.to_owned() };
    url.query_pairs_mut().append_pair(PARAMETER, id);
    url.into()
}

/// Whether an address has such a parameter already, so that the page would read the wrong one.
#[must_use]
pub fn is_taken(url: &Url) -> bool {
    let pair = format!("{PARAMETER}=");
    url.as_str().split(['?', '&']).skip(1).any(|part| part.starts_with(&pair))
}

/// Whom a report's token speaks for, and the landing that the report uses up. The id of a landing speaks for a click on its
/// message, once: the same report may come again, another one may not. Whether it is the first is seen when it is stored.
///
/// # Errors
/// [`Error::Internal`]; and within, why the report is dropped.
pub async fn speaker(
    app: &App,
    site: &str,
    event: &Event,
) -> Result<Result<(Option<Speaker>, Option<Use>), EventFault>, Error> {
    let Some(token) = event.token.as_deref() else { return Ok(Ok((None, None))) };
    let Some(id) = token.strip_prefix("2.").filter(|id| id.len() == CHARACTERS) else {
        return Ok(Ok((app.tokens.read(site, token, app.clock.seconds()), None)));
    };
    if event.kind != ReportType::NotificationClicked {
        return Ok(Err(EventFault::TokenUnknown));
    }
    let hash = secret::hash(id);
    let known = {
        let mut db = app.store.read().await?;
        landings::find(&mut db, site, &hash, app.clock.millis()).await?
    };
    let Some(known) = known else { return Ok(Err(EventFault::TokenUnknown)) };
    let landing = match known.spent_by {
        Some(report) if report != event.id => return Ok(Err(EventFault::TokenSpent)),
        Some(_) => None,
        None => Some(Use { hash, by: event.id.clone() }),
    };
    let ids = b64::decode_array::<ID>(&known.message_id).zip(b64::decode_array::<ID>(&known.device_id));
    let speaker = ids.map(|(message, device)| Speaker { device, message: Some(message) });
    Ok(speaker.map(|speaker| (Some(speaker), landing)).ok_or(EventFault::TokenUnknown))
}

/// The message behind a click, with its real words, as a page's `Message`.
///
/// # Errors
/// [`Error::ClickNotFound`] for whom it is none of their business, and when it is too late.
pub async fn message(app: &App, site: &str, device: &str, id: &str) -> Result<Value, Error> {
    let now = app.clock.millis();
    let mut db = app.store.read().await?;
    let clicked = landings::clicked(&mut db, site, &secret::hash(id), device, now).await?;
    let fresh = |clicked: &Clicked| clicked.counted_at.is_none_or(|at| now - at < READABLE);
    clicked.filter(fresh).map(|clicked| row(&clicked)).ok_or(Error::ClickNotFound)
}

fn row(clicked: &Clicked) -> Value {
    let extras: Map<String, Value> = serde_json::from_str(&clicked.extras).unwrap_or_default();
    let url = clicked.utm.as_deref().map(|utm| utm::address(&clicked.url, utm));
    json!({
        "id": clicked.message_id,
        "title": clicked.title,
        "body": clicked.body,
        "url": url.as_ref().unwrap_or(&clicked.url),
        "data": extras.get("data"),
    })
}

#[cfg(test)]
mod tests {
    use super::{address, is_taken};
    use url::Url;

    #[test]
    fn the_parameter_comes_before_the_fragment_and_after_the_others() {
        for (url, expected) in [
            ("https://a.example/", "https://a.example/?softbell=ID"),
            ("https://a.example/o?n=1#top", "https://a.example/o?n=1&softbell=ID#top"),
            ("https://a.example/?#x", "https://a.example/?softbell=ID#x"),
            ("https://a.example/?q=a%20b+%C3%BC", "https://a.example/?q=a%20b+%C3%BC&softbell=ID"),
        ] {
            assert_eq!(address(url, "ID"), expected);
        }
    }

    #[test]
    fn an_address_that_has_one_is_known() {
        let is = |url: &str| is_taken(&Url::parse(url).unwrap());
        assert!(is("https://a.example/?softbell=x"));
        assert!(is("https://a.example/?a=b&softbell="));
        assert!(is("https://a.example/#/route?softbell=x"));
        assert!(!is("https://a.example/softbell=x?mysoftbell=1#softbell"));
    }
}
