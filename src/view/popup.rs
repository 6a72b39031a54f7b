//! The soft popup: a dialog that is not modal, with two equal answers and a way out.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::Node;
use super::texts::{Texts, direction};

/// The popup in this language. Not modal and never given the focus: the visitor came for the page (ARIA APG, dialog).
#[must_use]
pub fn popup(texts: &Texts, locale: &str, theme: &str) -> Vec<Node> {
    let [title, text, yes, no, close] = texts.words(locale);
    let language = texts.language(locale);
    vec![
        Node { depth: 0, tag: "div", attributes: root_attributes(language, theme), ..Node::default() },
        Node { depth: 1, tag: "span", attributes: "class=bell aria-hidden=true".to_owned(), ..Node::default() },
        Node { depth: 1, tag: "h2", attributes: "id=title".to_owned(), text: title, ..Node::default() },
        Node { depth: 1, tag: "p", attributes: "id=text".to_owned(), text, ..Node::default() },
        Node { depth: 1, tag: "div", attributes: "class=answers".to_owned(), ..Node::default() },
        button(2, "no", "class=no", no),
        button(2, "yes", "class=yes", yes),
        Node { label: close, ..button(1, "close", "class=close", "×".to_owned()) },
    ]
}

fn button(depth: u64, press: &'static str, class: &str, text: String) -> Node {
    let mut attributes = "type=button ".to_owned();
    attributes.push_str(class);
    Node { depth, tag: "button", attributes, press, text, ..Node::default() }
}

fn root_attributes(language: &str, theme: &str) -> String {
    let mut attributes = "class=popup role=dialog aria-labelledby=title aria-describedby=text lang=".to_owned();
    attributes.push_str(language);
    attributes.push_str(" dir=");
    attributes.push_str(direction(language));
    attributes.push_str(" data-theme=");
    attributes.push_str(theme);
    attributes
}
