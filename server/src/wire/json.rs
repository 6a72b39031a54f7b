//! JSON from outside, read more strictly than `serde_json` reads it: no member twice (two readers would see two
//! things, RFC 8259, section 4), no NUL (`PostgreSQL` refuses it in texts), and not deeper than 128 levels, which is
//! `serde_json`'s own bound.

use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// It is no JSON, or too deep.
    Unreadable,
    /// An object has a member twice.
    MemberRepeated,
    /// A text or a name holds U+0000.
    Nul,
}

impl JsonFault {
    /// The stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "body_unreadable",
            Self::MemberRepeated => "member_repeated",
            Self::Nul => "nul_refused",
        }
    }
}

/// Reads one value that fills the bytes.
///
/// # Errors
/// The first [`JsonFault`] found.
pub fn read(bytes: &[u8]) -> Result<Value, JsonFault> {
    let fault = Cell::new(JsonFault::Unreadable);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict(&fault).deserialize(&mut reader).map_err(|_| fault.get())?;
    reader.end().map_err(|_| JsonFault::Unreadable)?;
    Ok(value)
}

/// Builds a [`Value`]; says in the cell what serde's error cannot say.
#[derive(Clone, Copy)]
struct Strict<'a>(&'a Cell<JsonFault>);

impl Strict<'_> {
    fn refuse<E: serde::de::Error>(self, fault: JsonFault) -> E {
        self.0.set(fault);
        E::custom(fault.code())
    }

    fn text<E: serde::de::Error>(self, text: String) -> Result<String, E> {
        if text.contains('\0') { Err(self.refuse(JsonFault::Nul)) } else { Ok(text) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Value, E> {
        self.text(text).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let name = self.text(name)?;
            let value = members.next_value_seed(self)?;
            if map.insert(name, value).is_some() {
                return Err(self.refuse(JsonFault::MemberRepeated));
            }
        }
        Ok(Value::Object(map))
    }
}

/// The members of a list, each as its own text, and whether the list could be read to its end. What comes after the
/// first fault is lost, but what came before it is not.
///
/// # Errors
/// [`JsonFault::Unreadable`] when it is no list at all.
pub fn split(bytes: &[u8]) -> Result<Split<'_>, JsonFault> {
    let mut items = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    match reader.deserialize_seq(Collect(&mut items)).and_then(|()| reader.end()) {
        Ok(()) => Ok(Split { items, is_whole: true }),
        Err(_) if bytes.trim_ascii_start().first() == Some(&b'[') => Ok(Split { items, is_whole: false }),
        Err(_) => Err(JsonFault::Unreadable),
    }
}

/// See [`split`].
#[derive(Debug)]
pub struct Split<'a> {
    /// What was read.
    pub items: Vec<&'a serde_json::value::RawValue>,
    /// Whether that was all.
    pub is_whole: bool,
}

struct Collect<'a, 'de>(&'a mut Vec<&'de serde_json::value::RawValue>);

impl<'de> Visitor<'de> for Collect<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            self.0.push(item);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonFault, read, split};

    #[test]
    fn what_serde_reads_is_read_alike() {
        let text = r#" {"a": [null, true, -1, 18446744073709551615, 1.5e3, "\ud83d\ude00"], "b": {"": {}}} "#;
        assert_eq!(read(text.as_bytes()).unwrap(), serde_json::from_str::<serde_json::Value>(text).unwrap());
    }

    #[test]
    fn members_twice_nul_and_depth_are_refused() {
        for (text, fault) in [
            (r#"{"a": 1, "a": 1}"#, JsonFault::MemberRepeated),
            (r#"[{"b": {"a": 1, "\u0061": 2}}]"#, JsonFault::MemberRepeated),
            (r#"["\u0000"]"#, JsonFault::Nul),
            (r#"{"a\u0000b": 1}"#, JsonFault::Nul),
            ("[\"\0\"]", JsonFault::Unreadable),
            (r#"["\ud800"]"#, JsonFault::Unreadable),
            ("1e999", JsonFault::Unreadable),
            ("1 2", JsonFault::Unreadable),
            ("", JsonFault::Unreadable),
        ] {
            assert_eq!(read(text.as_bytes()), Err(fault), "{text}");
        }
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(deep(127).as_bytes()).is_ok());
        assert_eq!(read(deep(30_000).as_bytes()), Err(JsonFault::Unreadable));
    }

    #[test]
    fn a_list_is_split_as_far_as_it_can_be_read() {
        let of = |text: &'static str| {
            split(text.as_bytes())
                .map(|split| (split.items.iter().map(|i| i.get()).collect::<Vec<_>>(), split.is_whole))
        };
        assert_eq!(of(r#" [1, {"a": 1}] "#), Ok((vec!["1", r#"{"a": 1}"#], true)));
        assert_eq!(of("[1, 2, x, 4]"), Ok((vec!["1", "2"], false)));
        assert_eq!(of("[1,]"), Ok((vec!["1"], false)));
        assert_eq!(of("[1] 2"), Ok((vec!["1"], false)));
        assert_eq!(of("{}"), Err(JsonFault::Unreadable));
        let deep = format!("[1, {}{}]", "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(split(deep.as_bytes()).unwrap().items.len(), 2);
    }
}
