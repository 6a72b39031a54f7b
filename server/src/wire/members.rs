//! A JSON object read member by member. What is missing, of the wrong type or unknown is refused by its name.

use serde_json::{Map, Value};

use crate::error::Error;

/// The members not read yet.
pub struct Members {
    /// What stands before a member's name in errors: empty, or `subscription.`.
    path: &'static str,
    rest: Map<String, Value>,
}

impl Members {
    /// Starts on a value; `path` goes before names in errors.
    ///
    /// # Errors
    /// [`Error::BodyUnreadable`] when it is no object.
    pub fn new(value: Value, path: &'static str) -> Result<Self, Error> {
        match value {
            Value::Object(rest) => Ok(Self { path, rest }),
            _ => Err(Error::BodyUnreadable),
        }
    }

    /// Takes a member of any type; `null` and absent are both none.
    pub fn any(&mut self, name: &str) -> Option<Value> {
        self.rest.remove(name).filter(|value| !value.is_null())
    }

    /// Whether a member is there and `null`; to be asked before it is taken.
    #[must_use]
    pub fn is_null(&self, name: &str) -> bool {
        self.rest.get(name).is_some_and(Value::is_null)
    }

    /// Whether a member says nothing: absent, `null` or blank; to be asked before it is taken.
    #[must_use]
    pub fn is_blank(&self, name: &str) -> bool {
        self.rest
            .get(name)
            .is_none_or(|value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()))
    }

    /// Takes a text of 1 to `max` bytes that must be there.
    ///
    /// # Errors
    /// [`Error::MemberMissing`], [`Error::MemberInvalid`].
    pub fn text(&mut self, name: &str, max: usize) -> Result<String, Error> {
        self.optional_text(name, max)?.ok_or_else(|| Error::MemberMissing(self.named(name)))
    }

    /// Takes a text of at most `max` bytes; an empty one is none.
    ///
    /// # Errors
    /// [`Error::MemberInvalid`].
    pub fn optional_text(&mut self, name: &str, max: usize) -> Result<Option<String>, Error> {
        match self.any(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) if text.len() <= max => Ok(Some(text)),
            Some(_) => Err(self.invalid(name)),
        }
    }

    /// Takes a whole number from 0 to 2^53 - 1, JavaScript's safe integers.
    ///
    /// # Errors
    /// [`Error::MemberMissing`], [`Error::MemberInvalid`].
    pub fn count(&mut self, name: &str) -> Result<i64, Error> {
        const SAFE: i64 = (1 << 53) - 1;
        let value = self.any(name).ok_or_else(|| Error::MemberMissing(self.named(name)))?;
        value.as_i64().filter(|n| (0..=SAFE).contains(n)).ok_or_else(|| self.invalid(name))
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`Error::MemberUnknown`] names the first member that nobody asked for.
    pub fn finish(self) -> Result<(), Error> {
        match self.rest.keys().next() {
            None => Ok(()),
            Some(name) => Err(Error::MemberUnknown(self.named(&cut(name)))),
        }
    }

    /// The error for a member whose value is refused.
    #[must_use]
    pub fn invalid(&self, name: &str) -> Error {
        Error::MemberInvalid(self.named(name))
    }

    fn named(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }
}

/// A foreign name, short enough to be repeated in an answer.
fn cut(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
