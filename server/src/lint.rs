//! What the sender of a message may want to look at again: words that strangers could read on a locked screen, and
//! members that a private message does not show. Never a refusal: a pattern is not a proof.

use serde_json::{Map, Value, json};

use crate::store::messages::Message;
use crate::wire::buttons;

/// Digits of a card's number (ISO/IEC 7812-1).
const CARD: core::ops::RangeInclusive<usize> = 13..=19;
/// Letters of an IBAN (ISO 13616).
const IBAN: core::ops::RangeInclusive<usize> = 15..=34;
/// Digits of a code that somebody types in.
const CODE: core::ops::RangeInclusive<usize> = 4..=8;
/// How many words from such a word a code stands.
const NEAR: usize = 5;
/// How a code is called, in a few languages; the beginning of a word is enough.
const CODE_WORDS: [&str; 12] =
    ["code", "pin", "otp", "tan", "passcode", "password", "passwort", "kennwort", "código", "codigo", "codice", "kod"];
/// Members that a private message leaves here, by their names in a request.
const LEFT_HERE: [(&str, &str); 5] = [
    ("image", "image"),
    ("badge", "badge"),
    ("renotify", "renotify"),
    ("timestamp", "timestamp"),
    ("actions", "actions"),
];

/// One remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A payment card's number.
    Card,
    /// A bank account's number.
    Iban,
    /// Somebody's e-mail address.
    Email,
    /// A code to type in.
    Code,
    /// It waits for the click, or is not used at all.
    LeftOut,
}

impl Remark {
    /// The stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Card => "holds_card_number",
            Self::Iban => "holds_iban",
            Self::Email => "holds_email_address",
            Self::Code => "holds_code",
            Self::LeftOut => "left_out_of_private",
        }
    }
}

/// A remark, and the member it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it is.
    pub remark: Remark,
    /// As in `actions[0].title`.
    pub member: String,
}

impl Warning {
    /// `{code, member}`.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({"code": self.remark.code(), "member": self.member})
    }
}

/// All remarks on a message.
#[must_use]
pub fn warnings(message: &Message) -> Vec<Warning> {
    let extras: Map<String, Value> = serde_json::from_str(&message.extras).unwrap_or_default();
    let mut warnings = Vec::new();
    let mut look = |member: &str, text: &str| {
        let found = remarks(text).into_iter();
        warnings.extend(found.map(|remark| Warning { remark, member: member.to_owned() }));
    };
    if message.is_private() {
        look("public_title", message.public_title.as_deref().unwrap_or_default());
        look("public_body", message.public_body.as_deref().unwrap_or_default());
        warnings.extend(left_out(message, &extras));
    } else {
        look("title", &message.title);
        look("body", &message.body);
        buttons::words(&extras).for_each(|(member, text)| look(&member, text));
    }
    warnings
}

fn left_out(message: &Message, extras: &Map<String, Value>) -> impl Iterator<Item = Warning> {
    let of_extras = LEFT_HERE.iter().filter(|(name, _)| extras.contains_key(*name)).map(|(_, member)| *member);
    let others = [("icon", message.icon.is_some()), ("tag", message.tag.is_some()), ("utm", message.utm.is_some())];
    let others = others.into_iter().filter(|(_, is_set)| *is_set).map(|(member, _)| member);
    let warning = |member: &str| Warning { remark: Remark::LeftOut, member: member.to_owned() };
    others.chain(of_extras).map(warning).collect::<Vec<_>>().into_iter()
}

/// What a text seems to hold.
fn remarks(text: &str) -> Vec<Remark> {
    let found = [
        (Remark::Card, holds_card(text)),
        (Remark::Iban, holds_iban(text)),
        (Remark::Email, holds_email(text)),
        (Remark::Code, holds_code(text)),
    ];
    found.into_iter().filter(|(_, is_there)| *is_there).map(|(remark, _)| remark).collect()
}

/// Groups of digits, with a space or a hyphen between two, that end in their own check digit.
fn holds_card(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).filter(|at| digit(*at) && (*at == 0 || !digit(at - 1))).any(|start| {
        let mut digits = Vec::new();
        let mut at = start;
        while digits.len() <= *CARD.end()
            && (digit(at) || (matches!(bytes.get(at), Some(b' ' | b'-')) && digit(at + 1)))
        {
            if digit(at) {
                digits.push(u32::from(bytes[at] - b'0'));
            }
            at += 1;
            // A number ends where its digits do; longer ones may go on after a gap.
            if !digit(at) && CARD.contains(&digits.len()) && is_luhn(&digits) {
                return true;
            }
        }
        false
    })
}

/// ISO/IEC 7812-1, annex B. A row of equal digits is nobody's card.
fn is_luhn(digits: &[u32]) -> bool {
    let double = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let weighed = digits.iter().rev().enumerate().map(|(at, digit)| if at % 2 == 1 { double(*digit) } else { *digit });
    weighed.sum::<u32>() % 10 == 0 && digits.iter().any(|digit| *digit != digits[0])
}

/// Two letters, two digits and the rest, whose value modulo 97 is 1 (ISO 13616); in one piece, or in groups of four.
fn holds_iban(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (0..words.len()).any(|start| {
        let mut joined = String::new();
        for word in &words[start..] {
            // Only whole groups can be followed by more of the number.
            if !joined.len().is_multiple_of(4) || joined.len() + word.len() > *IBAN.end() {
                return false;
            }
            joined.push_str(word);
            if is_iban(&joined) {
                return true;
            }
        }
        false
    })
}

fn is_iban(text: &str) -> bool {
    let (country, rest) = match text.split_at_checked(2) {
        Some(parts) if IBAN.contains(&text.len()) => parts,
        _ => return false,
    };
    let (check, account) = rest.split_at(2);
    if !country.bytes().all(|c| c.is_ascii_uppercase()) || !check.bytes().all(|c| c.is_ascii_digit()) {
        return false;
    }
    let turned = account.chars().chain(country.chars()).chain(check.chars());
    turned.filter_map(|c| c.to_digit(36)).fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97)
        == 1
}

/// A name, an @, and a host with a dot.
fn holds_email(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || "<>()[],;:\"'".contains(c)).any(|word| {
        let Some((name, host)) = word.trim_end_matches(['.', '!', '?']).rsplit_once('@') else { return false };
        let mut labels = host.rsplit('.');
        let is_plain = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        let is_top = labels.next().is_some_and(|top| top.chars().count() > 1 && top.chars().all(char::is_alphabetic));
        let mut labels = labels.peekable();
        !name.is_empty() && is_top && labels.peek().is_some() && labels.all(is_plain)
    })
}

/// Four to eight digits a few words from one that calls them a code.
fn holds_code(text: &str) -> bool {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let is_digits = |word: &String| CODE.contains(&word.len()) && word.bytes().all(|c| c.is_ascii_digit());
    let names = |word: &String| CODE_WORDS.iter().any(|name| word == name || word.strip_suffix('s') == Some(name));
    words
        .iter()
        .enumerate()
        .filter(|(_, word)| is_digits(word))
        .any(|(at, _)| words[at.saturating_sub(NEAR)..(at + NEAR + 1).min(words.len())].iter().any(names))
}

#[cfg(test)]
mod tests {
    use super::{Remark, remarks};

    #[test]
    fn what_looks_private_is_found() {
        for (text, remark) in [
            ("Card 4111 1111 1111 1111 was charged", Remark::Card),
            ("5500-0055-5555-5559", Remark::Card),
            ("378282246310005.", Remark::Card),
            ("Paid to GB82 WEST 1234 5698 7654 32 today", Remark::Iban),
            ("DE89370400440532013000", Remark::Iban),
            ("NO93 8601 1117 947", Remark::Iban),
            ("Write to ann@mail.example.com!", Remark::Email),
            ("<ann+x@example.org>", Remark::Email),
            ("Your code is 4711", Remark::Code),
            ("123456 is your one-time code.", Remark::Code),
            ("PIN: 0042", Remark::Code),
            ("Ihr Passwort: 12345678", Remark::Code),
        ] {
            assert_eq!(remarks(text), [remark], "{text}");
        }
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        for text in [
            "",
            "Order 1042 arrives on 21 November 2026",
            "Card 4111 1111 1111 1112",
            "0000 0000 0000 0000",
            "Tracking 1Z999AA10123456784",
            "GB82 WEST 1234 5698 7654 33",
            "Follow us @softbell",
            "a@b",
            "2 @ 3.50",
            "Call 555 0100",
            "Dress code for the party of 21.11.: black",
            "The code changes soon, and for all that it is known the year is 2026",
        ] {
            assert_eq!(remarks(text), [], "{text}");
        }
    }
}
