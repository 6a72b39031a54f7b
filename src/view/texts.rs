//! The popup's words: English here, other languages in `texts.json`, and the site's own words over both.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::contract::text::first;

/// Names of the popup's texts, as `texts` in the configuration spells them.
pub const KEYS: [&str; 5] = ["title", "text", "yes", "no", "close"];

/// In the order of [`KEYS`]. Other languages are fetched by pages that need them (`texts.json`): they would cost every
/// visitor 0.6 kB.
const ENGLISH: [&str; 5] = [
    "Shall we let you know?",
    "We write only when there is news for you. You can stop it at any time.",
    "Yes, please",
    "Not now",
    "Close",
];

/// Languages written from right to left (Unicode scripts Arabic, Hebrew and Thaana).
const RIGHT_TO_LEFT: [&str; 8] = ["ar", "dv", "fa", "he", "ks", "ps", "ur", "yi"];

/// The words of one popup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// In the order of [`KEYS`]; empty means the built-in word.
    own: [String; 5],
    /// The built-in words of the page's language; empty means English.
    built_in: [String; 5],
    /// The language of `built_in`, or empty.
    pub language: String,
}

impl Texts {
    /// Sets one word; `false` for a name that is none of [`KEYS`].
    pub fn set(&mut self, key: &str, text: &str, built_in: bool) -> bool {
        let words = if built_in { &mut self.built_in } else { &mut self.own };
        let slot = KEYS.iter().position(|known| *known == key).and_then(|at| words.get_mut(at));
        slot.map(|slot| text.clone_into(slot)).is_some()
    }

    /// The words to show, in the order of [`KEYS`].
    #[must_use]
    pub fn words(&self) -> [&str; 5] {
        let mut words = ENGLISH;
        for layer in [&self.built_in, &self.own] {
            for (word, over) in words.iter_mut().zip(layer) {
                if !over.is_empty() {
                    *word = over;
                }
            }
        }
        words
    }

    /// The language the words are in: the page's if they are built in or all the site's own, else English.
    #[must_use]
    pub fn language<'a>(&self, locale: &'a str) -> &'a str {
        let known = first(&self.language, '-') == first(locale, '-');
        if known || self.own.iter().all(|word| !word.is_empty()) { locale } else { "en" }
    }
}

/// `ltr` or `rtl` for a locale (BCP 47).
#[must_use]
pub fn direction(locale: &str) -> &'static str {
    if RIGHT_TO_LEFT.contains(&first(locale, '-')) { "rtl" } else { "ltr" }
}
