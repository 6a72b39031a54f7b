//! The border's alphabet: how events are read from text and effects are written to it.
//!
//! `shell/border.js` is generated from the tables made here (`tests/logic_border.rs` fails on drift), so no code and
//! no field order is spelled twice. Effects are split by U+001E, fields by U+001F; the shell strips both from input.

use alloc::string::String;
use alloc::vec::Vec;

use crate::contract::text::{Pieces, number};

/// Splits one effect from the next.
pub const RECORD: char = '\u{1e}';
/// Splits one field from the next.
pub const UNIT: char = '\u{1f}';

/// What a reader of the border needs to know of one event or effect.
#[derive(Debug)]
pub struct Shape {
    /// Its name in Rust.
    pub name: &'static str,
    /// Its code on the border.
    pub code: u32,
    /// Its fields in order.
    pub fields: &'static [&'static str],
}

/// The fields of an event that are still unread.
pub type Fields<'a> = Pieces<'a>;

/// A value that can be read from an event's fields.
pub trait Read<'a> {
    /// Takes what it needs; a missing field reads as empty.
    fn read(fields: &mut Fields<'a>) -> Self;
}

impl<'a> Read<'a> for &'a str {
    fn read(fields: &mut Fields<'a>) -> Self {
        fields.next().unwrap_or_default()
    }
}

impl<'a> Read<'a> for bool {
    fn read(fields: &mut Fields<'a>) -> Self {
        fields.next() == Some("1")
    }
}

impl Read<'_> for u64 {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.next().and_then(|text| number(text, u64::from(u32::MAX))).unwrap_or_default()
    }
}

/// One leaf of a JSON value: its path (`prompt.delaySeconds`), its kind (see [`Value`]) and its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Dotted path; array positions are numbers.
    pub path: &'a str,
    /// One letter, see [`Value::kind`].
    pub kind: &'a str,
    /// The value as text.
    pub text: &'a str,
}

/// The leaves of a JSON value that the shell took apart: the rest of an event's fields.
#[derive(Debug, PartialEq, Eq)]
pub struct Leaves<'a>(Fields<'a>);

impl<'a> Leaves<'a> {
    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Leaf<'a>> + use<'a> {
        let mut fields = self.0.clone();
        core::iter::from_fn(move || Some(Leaf { path: fields.next()?, kind: fields.next()?, text: fields.next()? }))
    }
}

impl<'a> Read<'a> for Leaves<'a> {
    fn read(fields: &mut Fields<'a>) -> Self {
        Self(fields.clone())
    }
}

/// A value that logic hands to the shell inside a JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A string of ours.
    Word(&'static str),
    /// `null`.
    Null,
    /// JSON that only passed through.
    Json(String),
}

impl Value {
    /// Its letter on the border.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Word(_) => "s",
            Self::Null => "z",
            Self::Json(_) => "j",
        }
    }
}

/// A value that can be written as one or more fields of an effect, each preceded by [`UNIT`].
pub trait Write {
    /// Appends its fields.
    fn write(&self, out: &mut String);
}

impl Write for str {
    fn write(&self, out: &mut String) {
        out.push(UNIT);
        out.push_str(self);
    }
}

impl Write for &'static str {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }
}

impl Write for String {
    fn write(&self, out: &mut String) {
        self.as_str().write(out);
    }
}

impl Write for bool {
    fn write(&self, out: &mut String) {
        if *self { "1" } else { "" }.write(out);
    }
}

impl Write for u64 {
    fn write(&self, out: &mut String) {
        out.push(UNIT);
        push_number(out, *self);
    }
}

/// The members of a JSON object that the shell puts together: path and value.
pub type Members = Vec<(&'static str, Value)>;

impl Write for Members {
    fn write(&self, out: &mut String) {
        for (path, value) in self {
            path.write(out);
            value.kind().write(out);
            match value {
                Value::Text(text) | Value::Json(text) => text.write(out),
                Value::Word(word) => word.write(out),
                Value::Null => "".write(out),
            }
        }
    }
}

/// Appends a number in decimal. `core::fmt` would cost more bytes than all of logic's numbers are worth.
pub fn push_number(out: &mut String, number: u64) {
    if number > 9 {
        push_number(out, number / 10);
    }
    // `number % 10` is below 10, so the cast loses nothing.
    #[allow(clippy::cast_possible_truncation)]
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// Declares the events: an enum, its reader and its table.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $code:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? }),+ $(,)?) => {
        /// Something that happened; the shell tells logic.
        #[derive(Debug, PartialEq, Eq)]
        pub enum Event<'a> { $($(#[$doc])* $name { $($(#[$field_doc])* $field: $type),* }),+ }

        impl<'a> Event<'a> {
            /// Every event with its code and fields.
            pub const SHAPES: &'static [$crate::logic::border::Shape] = &[$($crate::logic::border::Shape {
                name: stringify!($name), code: $code, fields: &[$(stringify!($field)),*],
            }),+];

            /// Reads an event from the border; `None` for a code of another version.
            #[must_use]
            pub fn read(code: u32, text: &'a str) -> Option<Self> {
                #[allow(unused_mut, unused_variables)]
                let mut fields = $crate::contract::text::pieces(text, $crate::logic::border::UNIT);
                Some(match code {
                    $($code => Self::$name { $($field: $crate::logic::border::Read::read(&mut fields)),* },)+
                    _ => return None,
                })
            }
        }
    };
}

/// Declares the effects: an enum, its writer and its table.
macro_rules! effects {
    ($($(#[$doc:meta])* $name:ident = $code:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? }),+ $(,)?) => {
        /// Something that the shell must do; logic only says so.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Effect { $($(#[$doc])* $name { $($(#[$field_doc])* $field: $type),* }),+ }

        impl Effect {
            /// Every effect with its code and fields.
            pub const SHAPES: &'static [$crate::logic::border::Shape] = &[$($crate::logic::border::Shape {
                name: stringify!($name), code: $code, fields: &[$(stringify!($field)),*],
            }),+];

            /// Appends the effect: its code, then its fields.
            pub fn write(&self, out: &mut String) {
                match self {
                    $(Self::$name { $($field),* } => {
                        $crate::logic::border::push_number(out, $code);
                        $($crate::logic::border::Write::write($field, out);)*
                    })+
                }
            }
        }
    };
}

pub(crate) use {effects, events};
