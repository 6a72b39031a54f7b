//! The parameters of an address, read one by one. What is unknown, doubled or of the wrong kind is refused by its name.

use axum::http::Uri;
use url::form_urlencoded;

use crate::clock;
use crate::error::Error;

/// Rows of a list, unless asked for more or less.
const ROWS: i64 = 50;
/// Rows of a list at most.
const MOST_ROWS: i64 = 200;

/// The parameters not read yet.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters of a request.
    #[must_use]
    pub fn of(uri: &Uri) -> Self {
        Self(form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// Takes the text of a parameter.
    ///
    /// # Errors
    /// [`Error::ParameterInvalid`] when it came twice.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        let (mine, rest) = core::mem::take(&mut self.0).into_iter().partition(|(given, _)| given == name);
        self.0 = rest;
        let mine: Vec<(String, String)> = mine;
        if mine.len() > 1 {
            return Err(invalid(name));
        }
        Ok(mine.into_iter().next().map(|(_, value)| value))
    }

    /// Takes a whole number from `least` to `most`.
    ///
    /// # Errors
    /// [`Error::ParameterInvalid`].
    pub fn number(&mut self, name: &str, least: i64, most: i64) -> Result<Option<i64>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| invalid(name))
    }

    /// Takes `limit`: how many rows of a list.
    ///
    /// # Errors
    /// [`Error::ParameterInvalid`].
    pub fn limit(&mut self) -> Result<i64, Error> {
        Ok(self.number("limit", 1, MOST_ROWS)?.unwrap_or(ROWS))
    }

    /// Takes a time of RFC 3339, as milliseconds since 1970.
    ///
    /// # Errors
    /// [`Error::ParameterInvalid`].
    pub fn time(&mut self, name: &str) -> Result<Option<i64>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        clock::millis(&text).filter(|time| *time >= 0).map(Some).ok_or_else(|| invalid(name))
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`Error::ParameterUnknown`] names the first parameter that nobody asked for.
    pub fn finish(self) -> Result<(), Error> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                Err(Error::ParameterUnknown(name.chars().filter(|c| !c.is_control()).take(40).collect()))
            }
        }
    }
}

fn invalid(name: &str) -> Error {
    Error::ParameterInvalid(name.to_owned())
}
