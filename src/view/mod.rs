//! The popup as data: structure, text, order, roles and focus, decided here and only drawn by the shell.

pub mod popup;
pub mod texts;

use alloc::string::String;
use alloc::vec::Vec;

use crate::logic::border::Write;

/// One element. A list of nodes is a tree: each node is a child of the last one before it that is less deep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// 0 for the root.
    pub depth: u64,
    /// HTML tag.
    pub tag: &'static str,
    /// `name=value`, split by spaces.
    pub attributes: String,
    /// `aria-label`, or empty.
    pub label: String,
    /// The control that a press of it means, or empty.
    pub press: &'static str,
    /// Its text, or empty.
    pub text: String,
}

impl Write for Vec<Node> {
    fn write(&self, out: &mut String) {
        for node in self {
            node.depth.write(out);
            node.tag.write(out);
            node.attributes.write(out);
            node.label.write(out);
            node.press.write(out);
            node.text.write(out);
        }
    }
}
