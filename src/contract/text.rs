//! Cutting text at one ASCII letter.
//!
//! `str::split` and its kin search with general patterns whose panics pull 8 kB of formatting into the wasm module
//! (docs/size.md); nothing here can panic.

/// The pieces of a text between ASCII separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

/// Cuts `text` at every `separator`, which must be ASCII.
#[must_use]
pub fn pieces(text: &str, separator: char) -> Pieces<'_> {
    // An ASCII letter is one byte that occurs in no other letter (UTF-8).
    Pieces { rest: Some(text), separator: u8::try_from(separator).unwrap_or_default() }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let at = text.bytes().position(|byte| byte == self.separator);
        let (piece, rest) = at.map_or((Some(text), None), |at| (text.get(..at), text.get(at + 1..)));
        self.rest = rest;
        piece
    }
}

/// The first piece of a text.
#[must_use]
pub fn first(text: &str, separator: char) -> &str {
    pieces(text, separator).next().unwrap_or_default()
}

/// A whole number in decimal digits, at most `most`, which leaves room for one digit more. `str::parse` would bring
/// arithmetic with 128 bits, to find overflows (docs/size.md).
#[must_use]
pub fn number(text: &str, most: u64) -> Option<u64> {
    let mut number = None;
    for byte in text.bytes() {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        let sum = number.unwrap_or(0) * 10 + digit;
        if digit > 9 || sum > most {
            return None;
        }
        number = Some(sum);
    }
    number
}
