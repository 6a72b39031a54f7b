//! The soft popup: a dialog that is not modal, with two equal answers and a way out.

use alloc::string::String;
use alloc::vec::Vec;

use super::Node;
use super::texts::{Texts, direction};

/// Depth, tag, attributes, the control that a press means, and which of [`super::texts::KEYS`] it says.
type Row = (u8, &'static str, &'static str, &'static str, Option<usize>);

/// The popup from the root down. Not modal and never given the focus: the visitor came for the page (ARIA APG,
/// dialog). Attributes of the root go on with language, direction and theme.
const NODES: [Row; 9] = [
    (0, "div", "class=popup role=dialog aria-labelledby=title aria-describedby=text lang=", "", None),
    (1, "span", "class=bell aria-hidden=true", "", None),
    (1, "h2", "id=title", "", Some(0)),
    (1, "p", "id=text", "", Some(1)),
    (1, "div", "class=answers", "", None),
    (2, "button", "type=button class=no", "no", Some(3)),
    (2, "button", "type=button class=yes", "yes", Some(2)),
    (1, "button", "type=button class=close", "close", Some(4)),
    // Spoken once, when the visitor's screen reader has a pause; the shell says the title here a moment after drawing,
    // because a live region that appears with its text is not read (ARIA, `status`).
    (0, "div", "class=spoken role=status", "", None),
];

/// The popup in this language. The text of the close button is its label; what it shows is a cross.
#[must_use]
pub fn popup(texts: &Texts, locale: &str, theme: &str) -> Vec<Node> {
    let words = texts.words();
    let language = texts.language(locale);
    let mut nodes: Vec<Node> = NODES.into_iter().map(|row| node(row, &words)).collect();
    if let Some(root) = nodes.first_mut() {
        for part in [language, " dir=", direction(language), " data-theme=", theme] {
            root.attributes.push_str(part);
        }
    }
    nodes
}

fn node((depth, tag, attributes, press, key): Row, words: &[&str; 5]) -> Node {
    let mut node =
        Node { depth: u64::from(depth), tag, attributes: String::from(attributes), press, ..Node::default() };
    if let Some(word) = key.and_then(|key| words.get(key)) {
        node.text.push_str(word);
    }
    if press == "close" {
        node.label = core::mem::replace(&mut node.text, String::from("×"));
    }
    node
}
