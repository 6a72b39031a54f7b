//! The soft popup: a dialog that is not modal, with two equal answers and a way out.

use alloc::string::String;
use alloc::vec::Vec;

use super::Node;
use super::texts::{Texts, direction};

/// The popup from the root down: depth, tag, attributes, the control that a press means, and which of
/// [`super::texts::KEYS`] it says. Not modal and never given the focus: the visitor came for the page (ARIA APG,
/// dialog). Attributes of the root go on with language, direction and theme.
const NODES: [(u8, &str, &str, &str, Option<usize>); 8] = [
    (0, "div", "class=popup role=dialog aria-labelledby=title aria-describedby=text lang=", "", None),
    (1, "span", "class=bell aria-hidden=true", "", None),
    (1, "h2", "id=title", "", Some(0)),
    (1, "p", "id=text", "", Some(1)),
    (1, "div", "class=answers", "", None),
    (2, "button", "type=button class=no", "no", Some(3)),
    (2, "button", "type=button class=yes", "yes", Some(2)),
    (1, "button", "type=button class=close", "close", Some(4)),
];

/// The popup in this language. The text of the close button is its label; what it shows is a cross.
#[must_use]
pub fn popup(texts: &Texts, locale: &str, theme: &str) -> Vec<Node> {
    let words = texts.words(locale);
    let language = texts.language(locale);
    let node = |(depth, tag, attributes, press, key): (u8, &'static str, &str, &'static str, Option<usize>)| {
        let mut node =
            Node { depth: u64::from(depth), tag, attributes: String::from(attributes), press, ..Node::default() };
        if let Some(word) = key.and_then(|key| words.get(key)) {
            node.text.push_str(word);
        }
        if press == "close" {
            node.label = core::mem::replace(&mut node.text, String::from("×"));
        }
        if depth == 0 {
            for part in [language, " dir=", direction(language), " data-theme=", theme] {
                node.attributes.push_str(part);
            }
        }
        node
    };
    NODES.into_iter().map(node).collect()
}
