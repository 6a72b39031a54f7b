//! Report tokens: who may report what, without a secret.
//!
//! A message token travels inside the encrypted payload and speaks for one message on one device; a device token
//! is the answer to a PUT and speaks for the device. Both only let reports in; nothing can be read with them.
//!
//! `1.` + base64url(message 16 | device 16 | expiry 4 | mac 16), `2.` + base64url(device 16 | expiry 4 | mac 16).
//! Expiry: seconds since 1970, big endian. Mac: HMAC-SHA256 over `kind | site | 0 | all before the mac`, cut to 16
//! bytes, so a token of one site or kind is worth nothing as another.

use ring::hmac;
use subtle::ConstantTimeEq as _;

use crate::b64;

/// Bytes of a message or device id.
pub const ID: usize = 16;
const EXPIRY: usize = 4;
const MAC: usize = 16;
/// How long after a message's end its reports are still taken, by its token or by its landing, in seconds.
pub const REPORT_TIME: i64 = 30 * DAY;
/// How long a device token lasts, in seconds: the device PUTs once a day and gets a new one.
const DEVICE_TOKEN_LIFETIME: i64 = 90 * DAY;
const DAY: i64 = 86_400;

/// Whom a token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The device.
    pub device: [u8; ID],
    /// The message; none for a device token.
    pub message: Option<[u8; ID]>,
}

/// Makes and reads tokens.
pub struct TokenKey(hmac::Key);

impl TokenKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The token of a message on a device; `expires` in seconds since 1970.
    #[must_use]
    pub fn for_message(&self, site: &str, message: &[u8; ID], device: &[u8; ID], expires: i64) -> String {
        self.sealed('1', site, &[message, device], expires)
    }

    /// The token of a device. The same all day, so that a repeated PUT answers the same.
    #[must_use]
    pub fn for_device(&self, site: &str, device: &[u8; ID], now: i64) -> String {
        self.sealed('2', site, &[device], (now / DAY) * DAY + DEVICE_TOKEN_LIFETIME)
    }

    /// The id in the address that a message leads to on a device: 22 characters. Not to be told from random ones without
    /// the key, and the same whenever it is made.
    #[must_use]
    pub fn landing(&self, site: &str, message: &str, device: &str) -> String {
        b64::encode(&self.mac('l', site, format!("{message}.{device}").as_bytes()))
    }

    /// What stands in a word's place where others read it: the same for the same word, and telling nothing of it.
    #[must_use]
    pub fn cover(&self, site: &str, word: &str) -> String {
        b64::encode(&self.mac('c', site, word.as_bytes()))
    }

    /// Whom a token speaks for; none when it is forged, of another site, or expired. `now` in seconds since 1970.
    #[must_use]
    pub fn read(&self, site: &str, token: &str, now: i64) -> Option<Speaker> {
        let (kind, text) = token.split_once('.')?;
        let bytes = b64::decode(text)?;
        let (signed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC)?)?;
        let kind = kind.chars().next().filter(|_| kind.len() == 1)?;
        if !bool::from(self.mac(kind, site, signed).ct_eq(mac)) {
            return None;
        }
        let (ids, expiry) = signed.split_at_checked(signed.len().checked_sub(EXPIRY)?)?;
        if i64::from(u32::from_be_bytes(expiry.try_into().ok()?)) <= now {
            return None;
        }
        match (kind, ids.as_chunks::<ID>()) {
            ('1', ([message, device], [])) => Some(Speaker { device: *device, message: Some(*message) }),
            ('2', ([device], [])) => Some(Speaker { device: *device, message: None }),
            _ => None,
        }
    }

    fn sealed(&self, kind: char, site: &str, ids: &[&[u8; ID]], expires: i64) -> String {
        let mut bytes: Vec<u8> = ids.iter().flat_map(|id| id.iter().copied()).collect();
        bytes.extend(u32::try_from(expires).unwrap_or(u32::MAX).to_be_bytes());
        let mac = self.mac(kind, site, &bytes);
        bytes.extend(mac);
        format!("{kind}.{}", b64::encode(&bytes))
    }

    fn mac(&self, kind: char, site: &str, signed: &[u8]) -> [u8; MAC] {
        let mut context = hmac::Context::with_key(&self.0);
        let mut utf8 = [0; 4];
        context.update(kind.encode_utf8(&mut utf8).as_bytes());
        context.update(site.as_bytes());
        context.update(&[0]);
        context.update(signed);
        let mut mac = [0; MAC];
        mac.copy_from_slice(&context.sign().as_ref()[..MAC]);
        mac
    }
}
