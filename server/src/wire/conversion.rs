//! What a visitor did that the site wanted: `data` of the report `conversion`.

use serde_json::Value;
use softbell::contract::limits::ID_BYTES;

use super::event::{EventFault, short};

/// Parts of a unit of currency: enough for every currency's coins and for prices of a thousandth of a cent.
pub const PARTS: i64 = 1_000_000;
/// A value may be as far from 0 as this: sums of millions of them fit in 64 bits.
const MOST: f64 = 1e10;

/// A checked conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// What it was.
    pub name: String,
    /// The site's own id of it, such as an order's: the same one of the same device counts once.
    pub id: Option<String>,
    /// What it was worth, if that can be read.
    pub worth: Option<Worth>,
}

/// A value that can be added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// In millionths: decimal fractions have no exact sum.
    pub amount: i64,
    /// Three capitals, as in ISO 4217; none: no money, or the site has but one.
    pub currency: Option<String>,
}

impl Conversion {
    /// Reads `data`. A value or currency that makes no sense costs the value and not the conversion: it did happen, and
    /// the browser would not send it again in a better form.
    ///
    /// # Errors
    /// [`EventFault::Name`] without a name; [`EventFault::Data`] when the id cannot be one, because the conversion might
    /// then count twice.
    pub fn read(data: Option<&Value>) -> Result<Self, EventFault> {
        let name = short(data, "name").ok_or(EventFault::Name)?;
        Ok(Self { name, id: id(data)?, worth: worth(data) })
    }
}

/// Order numbers come as numbers, too.
fn id(data: Option<&Value>) -> Result<Option<String>, EventFault> {
    match data.and_then(|data| data.get("id")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) if text.len() <= ID_BYTES => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(EventFault::Data),
    }
}

fn worth(data: Option<&Value>) -> Option<Worth> {
    let value = data?.get("value")?.as_f64().filter(|value| value.abs() <= MOST)?;
    let currency = match data?.get("currency") {
        None | Some(Value::Null) => None,
        Some(Value::String(code)) if code.len() == 3 && code.chars().all(|c| c.is_ascii_alphabetic()) => {
            Some(code.to_ascii_uppercase())
        }
        // Not added to what has no currency, which it has.
        Some(_) => return None,
    };
    Some(Worth { amount: millionths(value), currency })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // at most 1e16, far below 2^63
fn millionths(value: f64) -> i64 {
    (value * PARTS as f64).round() as i64
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Conversion, Worth};
    use crate::wire::event::EventFault;

    fn read(data: &Value) -> Result<Conversion, EventFault> {
        let mut named = json!({"name": "order"});
        for (name, value) in data.as_object().unwrap() {
            named[name] = value.clone();
        }
        Conversion::read(Some(&named))
    }

    #[test]
    fn i4_a_value_is_exact_and_its_currency_in_capitals() {
        let worth = |amount, currency: Option<&str>| Some(Worth { amount, currency: currency.map(str::to_owned) });
        for (data, expected) in [
            (json!({"value": 22.1, "currency": "EUR"}), worth(22_100_000, Some("EUR"))),
            (json!({"value": 0.1, "currency": "eur"}), worth(100_000, Some("EUR"))),
            (json!({"value": -3}), worth(-3_000_000, None)),
            (json!({"value": 0, "currency": null}), worth(0, None)),
            (json!({"value": 1e10, "currency": "IRR"}), worth(10_000_000_000_000_000, Some("IRR"))),
        ] {
            assert_eq!(read(&data).unwrap().worth, expected, "{data}");
        }
    }

    #[test]
    fn i4_what_has_no_readable_value_is_a_conversion_all_the_same() {
        for data in [
            json!({}),
            json!({"value": null, "currency": "EUR"}),
            json!({"value": "22.10", "currency": "EUR"}),
            json!({"value": 1.1e10, "currency": "EUR"}),
            json!({"value": 22, "currency": "€"}),
            json!({"value": 22, "currency": "EURO"}),
            json!({"value": 22, "currency": ""}),
            json!({"value": 22, "currency": 978}),
        ] {
            assert_eq!(read(&data).unwrap().worth, None, "{data}");
        }
    }

    #[test]
    fn i4_an_id_is_a_text_or_a_number() {
        let id = |value: Value| read(&json!({"id": value})).map(|conversion| conversion.id);
        assert_eq!(id(json!("JF-1")), Ok(Some("JF-1".to_owned())));
        assert_eq!(id(json!(1042)), Ok(Some("1042".to_owned())));
        assert_eq!((id(Value::Null), id(json!(""))), (Ok(None), Ok(None)));
        for bad in [json!(true), json!({}), json!("x".repeat(129))] {
            assert_eq!(id(bad), Err(EventFault::Data));
        }
        for bad in [Value::Null, json!(""), json!(7), json!("x".repeat(129))] {
            assert_eq!(read(&json!({"name": bad})), Err(EventFault::Name));
        }
        assert_eq!(Conversion::read(None), Err(EventFault::Name));
    }
}
