//! The popup as data: structure, words, language and direction.
#![cfg(not(target_arch = "wasm32"))]

use softbell::view::Node;
use softbell::view::popup::popup;
use softbell::view::texts::{KEYS, Texts, direction};

fn text_of<'a>(nodes: &'a [Node], press: &str) -> &'a str {
    nodes.iter().find(|node| node.press == press).map_or("", |node| &node.text)
}

#[test]
fn b1_a_named_and_described_dialog_that_is_not_modal() {
    let nodes = popup(&Texts::default(), "en", "auto");
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
    let nodes = popup(&Texts::default(), "en", "auto");
    let pressed: Vec<_> = nodes.iter().filter(|node| !node.press.is_empty()).collect();
    assert_eq!(pressed.iter().map(|node| node.press).collect::<Vec<_>>(), ["no", "yes", "close"]);
    assert!(pressed.iter().all(|node| node.tag == "button" && node.attributes.contains("type=button")));
    assert_eq!(pressed[2].label, "Close");
}

#[test]
fn each_node_hangs_on_one_before_it() {
    let nodes = popup(&Texts::default(), "en", "auto");
    assert_eq!(nodes[0].depth, 0);
    assert!(nodes.windows(2).all(|pair| pair[1].depth >= 1 && pair[1].depth <= pair[0].depth + 1));
}

#[test]
fn j6_language_and_direction_follow_the_locale() {
    for (locale, yes, lang, dir) in [
        ("de-AT", "Ja, gern", "lang=de-AT", "dir=ltr"),
        ("ar", "نعم، من فضلك", "lang=ar", "dir=rtl"),
        ("fr", "Oui, volontiers", "lang=fr", "dir=ltr"),
        ("tlh", "Yes, please", "lang=en", "dir=ltr"),
        ("he", "Yes, please", "lang=en", "dir=ltr"),
    ] {
        let nodes = popup(&Texts::default(), locale, "auto");
        assert_eq!(text_of(&nodes, "yes"), yes, "{locale}");
        assert!(nodes[0].attributes.contains(lang) && nodes[0].attributes.contains(dir), "{locale}: {:?}", nodes[0]);
    }
    assert_eq!(direction("he-IL"), "rtl");
}

#[test]
fn j6_the_sites_own_words_win_one_by_one() {
    let mut texts = Texts::default();
    assert!(texts.set("yes", "Aye"));
    assert!(!texts.set("maybe", "Perhaps"));
    let nodes = popup(&texts, "de", "dark");
    assert_eq!((text_of(&nodes, "yes"), text_of(&nodes, "no")), ("Aye", "Jetzt nicht"));
    assert!(nodes[0].attributes.ends_with("data-theme=dark"));
    for key in KEYS {
        assert!(texts.set(key, "כן"));
    }
    assert!(popup(&texts, "he", "auto")[0].attributes.contains("lang=he dir=rtl"), "all words are the site's own");
}
