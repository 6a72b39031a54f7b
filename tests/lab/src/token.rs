//! Random names in the shapes that the real services use.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};

/// Random bytes; zeros if the system has no randomness, which ends in a visible clash and not in a crash.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let _ = SystemRandom::new().fill(&mut bytes);
    bytes
}

/// Random text of base64url characters from `N` bytes.
#[must_use]
pub fn text<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(random::<N>())
}

/// Random lower-case hexadecimal text of 32 digits.
#[must_use]
pub fn hex() -> String {
    format!("{:032x}", u128::from_be_bytes(random()))
}

/// A registration token as Google makes them: an instance id, a colon, a long rest.
#[must_use]
pub fn google() -> String {
    format!("{}:APA91b{}", text::<8>(), text::<96>())
}

/// Whether this could be a token of Google's.
#[must_use]
pub fn looks_google(token: &str) -> bool {
    token
        .split_once(':')
        .is_some_and(|(id, rest)| id.len() == 11 && rest.len() > 60 && base64url(id) && base64url(rest))
}

/// Whether this could be a token of Mozilla's.
#[must_use]
pub fn looks_mozilla(token: &str) -> bool {
    token.len() > 60 && base64url(token)
}

fn base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
