//! The rules of RFC 8030 for a message's headers and body, as strict as the real services.

use axum::http::HeaderMap;

use crate::{record::Service, refusal::Refusal};

/// Largest body that a push service must take, and none takes more.
pub const MAX_BODY: usize = 4096;

/// What the headers of an acceptable message say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orders {
    /// Seconds the message may wait.
    pub ttl: i64,
    /// `Urgency`, if given.
    pub urgency: Option<String>,
    /// `Topic`, if given.
    pub topic: Option<String>,
    /// The headers that the browser needs to decrypt.
    pub crypto: Vec<(&'static str, String)>,
}

/// Reads and checks a message's headers against its body.
///
/// # Errors
/// The first rule that the message breaks.
pub fn read(service: Service, headers: &HeaderMap, body: &[u8]) -> Result<Orders, Refusal> {
    if body.len() > MAX_BODY {
        return Err(Refusal::new(413, 104, "the body is larger than 4096 bytes"));
    }
    Ok(Orders {
        ttl: ttl(service, headers)?,
        urgency: urgency(headers)?,
        topic: topic(headers)?,
        crypto: crypto(headers, body)?,
    })
}

fn ttl(service: Service, headers: &HeaderMap) -> Result<i64, Refusal> {
    // Mozilla keeps a message for thirty days at most, Google for twenty-eight.
    let most = match service {
        Service::Google => 2_419_200,
        Service::Mozilla => 2_592_000,
    };
    let text = header(headers, "ttl").ok_or(Refusal::new(400, 111, "the TTL header is missing"))?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let ttl = text.parse().ok().filter(|ttl| digits && (0..=most).contains(ttl));
    ttl.ok_or(Refusal::new(400, 112, "the TTL header is no number of seconds within the service's limit"))
}

fn urgency(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    match header(headers, "urgency") {
        None => Ok(None),
        Some(urgency) if ["very-low", "low", "normal", "high"].contains(&urgency.as_str()) => Ok(Some(urgency)),
        Some(_) => Err(Refusal::new(400, 111, "the Urgency header is none of very-low, low, normal, high")),
    }
}

fn topic(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match header(headers, "topic") {
        None => Ok(None),
        Some(topic) if (1..=32).contains(&topic.len()) && topic.bytes().all(allowed) => Ok(Some(topic)),
        Some(_) => Err(Refusal::new(400, 113, "the Topic header is not 1 to 32 characters of base64url")),
    }
}

fn crypto(headers: &HeaderMap, body: &[u8]) -> Result<Vec<(&'static str, String)>, Refusal> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let needed: &[&'static str] = match header(headers, "content-encoding").as_deref() {
        Some("aes128gcm") => &["content-encoding"],
        Some("aesgcm") => &["content-encoding", "encryption", "crypto-key"],
        _ => return Err(Refusal::new(400, 110, "the Content-Encoding is neither aes128gcm nor aesgcm")),
    };
    let pairs = needed.iter().map(|name| header(headers, name).map(|value| (*name, value)));
    pairs.collect::<Option<_>>().ok_or(Refusal::new(400, 101, "aesgcm needs the headers Encryption and Crypto-Key"))
}

/// A header given exactly once; one given twice counts as unreadable, so as empty text.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    let text = first.to_str().unwrap_or_default();
    Some(if values.next().is_some() { String::new() } else { text.to_owned() })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    /// Headers, length of the body, expected status and number.
    type Case<'a> = (&'a [(&'static str, &'a str)], usize, (u16, u16));

    fn judge(headers: &[(&'static str, &str)], body: &[u8]) -> Result<Orders, (u16, u16)> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header value"));
        }
        read(Service::Mozilla, &map, body).map_err(|refusal| (refusal.status, refusal.errno))
    }

    #[test]
    fn a_good_message_is_read() {
        let headers = [("ttl", "60"), ("urgency", "very-low"), ("topic", "a-B_9"), ("content-encoding", "aes128gcm")];
        let orders = judge(&headers, &[0; MAX_BODY]).expect("acceptable");
        assert_eq!((orders.ttl, orders.urgency.as_deref()), (60, Some("very-low")));
        assert_eq!(orders.topic.as_deref(), Some("a-B_9"));
        assert_eq!(orders.crypto, [("content-encoding", "aes128gcm".to_owned())]);
        assert!(judge(&[("ttl", "0")], b"").expect("a message without body").crypto.is_empty());
    }

    #[test]
    fn every_broken_rule_has_its_number() {
        let long = "t".repeat(33);
        let cases: &[Case] = &[
            (&[], 0, (400, 111)),
            (&[("ttl", "-1")], 0, (400, 112)),
            (&[("ttl", "+1")], 0, (400, 112)),
            (&[("ttl", "2592001")], 0, (400, 112)),
            (&[("ttl", "1"), ("ttl", "1")], 0, (400, 112)),
            (&[("ttl", "60"), ("urgency", "urgent")], 0, (400, 111)),
            (&[("ttl", "60"), ("topic", "a b")], 0, (400, 113)),
            (&[("ttl", "60"), ("topic", &long)], 0, (400, 113)),
            (&[("ttl", "60")], 9, (400, 110)),
            (&[("ttl", "60"), ("content-encoding", "gzip")], 9, (400, 110)),
            (&[("ttl", "60"), ("content-encoding", "aesgcm")], 9, (400, 101)),
            (&[("ttl", "60"), ("content-encoding", "aes128gcm")], MAX_BODY + 1, (413, 104)),
        ];
        for (headers, length, expected) in cases {
            assert_eq!(judge(headers, &vec![0; *length]), Err(*expected), "{headers:?}");
        }
    }
}
