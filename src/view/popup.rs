//! The soft popup: a dialog that is not modal, with two equal answers and a way out.

use alloc::string::String;

use super::texts::{Texts, direction};
use crate::contract::text::pieces;

/// Fields of one node. A list of nodes is a tree: each is a child of the last one before it that is less deep.
pub const FIELDS: [&str; 6] = ["depth", "tag", "attributes", "label", "press", "text"];

/// Where a word goes, in the template.
const HOLE: char = '~';

/// Each field ends as fields do on the border ([`UNIT`](crate::logic::border::UNIT)), so that the tree is one text with
/// holes from the start: nodes as values, written field by field, took 0.4 kB more (docs/size.md).
macro_rules! nodes {
    ($($depth:literal $tag:literal [$attributes:literal] label=$label:literal press=$press:literal $text:literal;)+) => {
        concat!($($depth, "\u{1f}", $tag, "\u{1f}", $attributes, "\u{1f}", $label, "\u{1f}", $press, "\u{1f}", $text, "\u{1f}",)+)
    };
}

/// The popup from the root down. Not modal and never given the focus: the visitor came for the page (ARIA APG,
/// dialog). The holes are language, direction and theme of the root, then [`super::texts::KEYS`].
// The status is spoken once, when the visitor's screen reader has a pause; the shell says the title there a moment after
// drawing, because a live region that appears with its text is not read (ARIA, `status`).
const NODES: &str = nodes! {
    0 "div" ["class=popup role=dialog aria-labelledby=title aria-describedby=text lang=~ dir=~ data-theme=~"] label="" press="" "";
    1 "span" ["class=bell aria-hidden=true"] label="" press="" "";
    1 "h2" ["id=title"] label="" press="" "~";
    1 "p" ["id=text"] label="" press="" "~";
    1 "div" ["class=answers"] label="" press="" "";
    2 "button" ["type=button class=no"] label="" press="no" "~";
    2 "button" ["type=button class=yes"] label="" press="yes" "~";
    1 "button" ["type=button class=close"] label="~" press="close" "×";
    0 "div" ["class=spoken role=status"] label="" press="" "";
};

/// The popup in this language, as the fields of its nodes.
#[must_use]
pub fn popup(texts: &Texts, locale: &str, theme: &str) -> String {
    let language = texts.language(locale);
    let root = [language, direction(language), theme];
    let mut nodes = String::new();
    for (at, piece) in pieces(NODES, HOLE).enumerate() {
        nodes.push_str(piece);
        nodes.push_str(root.get(at).copied().unwrap_or_else(|| texts.word(at - root.len())));
    }
    nodes
}
