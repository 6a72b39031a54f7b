//! The popup's words: built-in languages, and the site's own words over them.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::contract::text::first;

/// Names of the popup's texts, as `texts` in the configuration spells them.
pub const KEYS: [&str; 5] = ["title", "text", "yes", "no", "close"];

/// One language: its code and its words in the order of [`KEYS`].
type Language = (&'static str, [&'static str; 5]);

const LANGUAGES: [Language; 5] = [
    (
        "en",
        [
            "Shall we let you know?",
            "We write only when there is news for you. You can stop it at any time.",
            "Yes, please",
            "Not now",
            "Close",
        ],
    ),
    (
        "de",
        [
            "Sollen wir Bescheid geben?",
            "Wir schreiben nur, wenn es Neues für Sie gibt. Sie können das jederzeit beenden.",
            "Ja, gern",
            "Jetzt nicht",
            "Schließen",
        ],
    ),
    (
        "es",
        [
            "¿Le avisamos?",
            "Solo escribimos cuando hay novedades para usted. Puede darse de baja en cualquier momento.",
            "Sí, por favor",
            "Ahora no",
            "Cerrar",
        ],
    ),
    (
        "fr",
        [
            "Souhaitez-vous être prévenu ?",
            "Nous n’écrivons que s’il y a du nouveau pour vous. Vous pouvez arrêter à tout moment.",
            "Oui, volontiers",
            "Pas maintenant",
            "Fermer",
        ],
    ),
    (
        "ar",
        [
            "هل تريد أن نخبرك؟",
            "نكتب إليك فقط عند وجود جديد يهمك، ويمكنك إيقاف ذلك في أي وقت.",
            "نعم، من فضلك",
            "ليس الآن",
            "إغلاق",
        ],
    ),
];

/// Languages written from right to left (Unicode scripts Arabic, Hebrew and Thaana).
const RIGHT_TO_LEFT: [&str; 8] = ["ar", "dv", "fa", "he", "ks", "ps", "ur", "yi"];

/// The words of one popup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// In the order of [`KEYS`]; empty means the built-in word.
    own: [String; 5],
}

impl Texts {
    /// Sets one of the site's own words; `false` for a name that is none of [`KEYS`].
    pub fn set(&mut self, key: &str, text: &str) -> bool {
        let slot = KEYS.iter().position(|known| *known == key).and_then(|at| self.own.get_mut(at));
        if let Some(slot) = slot {
            text.clone_into(slot);
            return true;
        }
        false
    }

    /// The words to show, in the order of [`KEYS`].
    #[must_use]
    pub fn words(&self, locale: &str) -> [&str; 5] {
        let mut words =
            LANGUAGES.iter().find(|(code, _)| *code == primary(locale)).map_or(LANGUAGES[0].1, |found| found.1);
        for (word, own) in words.iter_mut().zip(&self.own) {
            if !own.is_empty() {
                *word = own;
            }
        }
        words
    }

    /// The language the words are in: the locale's if it is built in or every word is the site's own, else English.
    #[must_use]
    pub fn language<'a>(&self, locale: &'a str) -> &'a str {
        let known = LANGUAGES.iter().any(|(code, _)| *code == primary(locale));
        if known || self.own.iter().all(|word| !word.is_empty()) { locale } else { "en" }
    }
}

/// `ltr` or `rtl` for a locale (BCP 47).
#[must_use]
pub fn direction(locale: &str) -> &'static str {
    if RIGHT_TO_LEFT.contains(&primary(locale)) { "rtl" } else { "ltr" }
}

/// The primary language subtag (BCP 47): `de` of `de-AT`.
fn primary(locale: &str) -> &str {
    first(locale, '-')
}
