//! The popup's words: English here, other languages in `texts.json`, and the site's own words over both.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::contract::text::{first, pieces};

/// Names of the popup's texts, as `texts` in the configuration spells them, in the popup's order.
pub const KEYS: [&str; 5] = ["title", "text", "no", "yes", "close"];

/// In the order of [`KEYS`]. Other languages are fetched by pages that need them (`texts.json`): they would cost every
/// visitor 0.6 kB.
const ENGLISH: [&str; 5] = [
    "Shall we let you know?",
    "We write only when there is news for you. You can stop it at any time.",
    "Not now",
    "Yes, please",
    "Close",
];

/// Languages written from right to left (Unicode scripts Arabic, Hebrew and Thaana).
const RIGHT_TO_LEFT: &str = "ar dv fa he ks ps ur yi";

/// The words of one popup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// In the order of [`KEYS`]; empty means English.
    words: [String; 5],
    /// Which of them are the site's own.
    own: [bool; 5],
    /// The language of the built-in words that came, or empty.
    pub language: String,
}

impl Texts {
    /// Nothing but English.
    pub const ENGLISH: Self = Self { words: [const { String::new() }; 5], own: [false; 5], language: String::new() };

    /// Sets one word; `false` for a name that is none of [`KEYS`]. Built-in words come first, so the site's own stay; an
    /// empty one is none.
    pub fn set(&mut self, key: &str, text: &str, built_in: bool) -> bool {
        let slot = KEYS.iter().zip(&mut self.words).zip(&mut self.own).find(|((known, _), _)| **known == key);
        let known = slot.is_some();
        if let Some(((_, word), own)) = slot.filter(|_| !text.is_empty()) {
            text.clone_into(word);
            *own = !built_in;
        }
        known
    }

    /// The word to show at this place of [`KEYS`].
    #[must_use]
    pub fn word(&self, at: usize) -> &str {
        match self.words.get(at) {
            Some(word) if !word.is_empty() => word,
            _ => ENGLISH.get(at).copied().unwrap_or_default(),
        }
    }

    /// The language the words are in: the page's if they are built in or all the site's own, else English.
    #[must_use]
    pub fn language<'a>(&self, locale: &'a str) -> &'a str {
        let known = first(&self.language, '-') == first(locale, '-');
        if known || self.own == [true; 5] { locale } else { "en" }
    }
}

/// `ltr` or `rtl` for a locale (BCP 47).
#[must_use]
pub fn direction(locale: &str) -> &'static str {
    let language = first(locale, '-');
    if pieces(RIGHT_TO_LEFT, ' ').any(|known| known == language) { "rtl" } else { "ltr" }
}
