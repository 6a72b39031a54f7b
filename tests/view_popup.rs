//! The popup as data: structure, words, language and direction.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use softbell::logic::border::UNIT;
use softbell::view::popup::{FIELDS, popup as fields};
use softbell::view::texts::{KEYS, Texts, direction};

/// One element, as the shell reads it.
struct Node {
    depth: usize,
    tag: String,
    attributes: String,
    label: String,
    press: String,
    text: String,
}

fn popup(texts: &Texts, locale: &str, theme: &str) -> Vec<Node> {
    let text = fields(texts, locale, theme);
    let fields: Vec<&str> = text.strip_suffix(UNIT).unwrap_or_default().split(UNIT).collect();
    let nodes = fields.chunks(FIELDS.len()).map(|node| {
        let [depth, tag, attributes, label, press, text] = <[&str; 6]>::try_from(node).unwrap().map(str::to_owned);
        Node { depth: depth.parse().unwrap(), tag, attributes, label, press, text }
    });
    nodes.collect()
}

fn text_of<'a>(nodes: &'a [Node], press: &str) -> &'a str {
    nodes.iter().find(|node| node.press == press).map_or("", |node| &node.text)
}

#[test]
fn b1_a_named_and_described_dialog_that_is_not_modal() {
    let nodes = popup(&Texts::ENGLISH, "en", "auto");
    let root = &nodes[0].attributes;
    for part in ["role=dialog", "aria-labelledby=title", "aria-describedby=text", "lang=en", "dir=ltr"] {
        assert!(root.split(' ').any(|attribute| attribute == part), "{part} in {root}");
    }
    assert!(!root.contains("aria-modal"));
    for id in ["id=title", "id=text"] {
        assert!(nodes.iter().any(|node| node.attributes == id && !node.text.is_empty()));
    }
}

#[test]
fn b1_two_answers_and_a_labelled_way_out() {
    let nodes = popup(&Texts::ENGLISH, "en", "auto");
    let pressed: Vec<_> = nodes.iter().filter(|node| !node.press.is_empty()).collect();
    assert_eq!(pressed.iter().map(|node| &*node.press).collect::<Vec<_>>(), ["no", "yes", "close"]);
    assert!(pressed.iter().all(|node| node.tag == "button" && node.attributes.contains("type=button")));
    assert_eq!(pressed[2].label, "Close");
}

#[test]
fn each_node_hangs_on_one_before_it() {
    let nodes = popup(&Texts::ENGLISH, "en", "auto");
    assert_eq!(nodes[0].depth, 0);
    assert!(nodes.windows(2).all(|pair| pair[1].depth <= pair[0].depth + 1));
}

#[test]
fn b1_a_live_region_waits_beside_the_dialog() {
    let nodes = popup(&Texts::ENGLISH, "en", "auto");
    let region = nodes.iter().find(|node| node.attributes.contains("role=status"));
    assert!(region.is_some_and(|node| node.depth == 0 && node.text.is_empty()));
}

/// As the shell hands them over for a page in this language.
fn built_in(language: &str) -> Texts {
    let file: serde_json::Value = serde_json::from_str(include_str!("../src/view/texts.json")).unwrap_or_default();
    let mut texts = Texts::ENGLISH;
    language.clone_into(&mut texts.language);
    for (key, word) in file[language].as_object().into_iter().flatten() {
        assert!(texts.set(key, word.as_str().unwrap_or_default(), true), "{language}.{key}");
    }
    texts
}

#[test]
fn j6_every_language_has_every_word() {
    let file: serde_json::Value = serde_json::from_str(include_str!("../src/view/texts.json")).unwrap_or_default();
    let languages = file.as_object().map(serde_json::Map::len);
    assert_eq!(languages, Some(4));
    for (language, words) in file.as_object().into_iter().flatten() {
        for key in KEYS {
            assert!(words[key].as_str().is_some_and(|word| !word.is_empty()), "{language}.{key}");
        }
    }
}

#[test]
fn j6_language_and_direction_follow_the_locale() {
    for (language, locale, yes, lang, dir) in [
        ("de", "de-AT", "Ja, gern", "lang=de-AT", "dir=ltr"),
        ("ar", "ar", "نعم، من فضلك", "lang=ar", "dir=rtl"),
        ("fr", "fr", "Oui, volontiers", "lang=fr", "dir=ltr"),
        ("", "tlh", "Yes, please", "lang=en", "dir=ltr"),
        ("", "he", "Yes, please", "lang=en", "dir=ltr"),
        // The words could not be fetched: English, and called English.
        ("", "de", "Yes, please", "lang=en", "dir=ltr"),
    ] {
        let nodes = popup(&built_in(language), locale, "auto");
        assert_eq!(text_of(&nodes, "yes"), yes, "{locale}");
        let root = &nodes[0].attributes;
        assert!(root.contains(lang) && root.contains(dir), "{locale}: {root}");
    }
    assert_eq!(direction("he-IL"), "rtl");
}

#[test]
fn j6_the_sites_own_words_win_one_by_one() {
    let mut texts = built_in("de");
    assert!(texts.set("yes", "Aye", false));
    assert!(!texts.set("maybe", "Perhaps", false));
    let nodes = popup(&texts, "de", "dark");
    assert_eq!((text_of(&nodes, "yes"), text_of(&nodes, "no")), ("Aye", "Jetzt nicht"));
    assert!(nodes[0].attributes.ends_with("data-theme=dark"));
    for key in KEYS {
        assert!(texts.set(key, "כן", false));
    }
    assert!(popup(&texts, "he", "auto")[0].attributes.contains("lang=he dir=rtl"), "all words are the site's own");
}
