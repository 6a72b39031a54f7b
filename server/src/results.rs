//! What became of messages, as JSON: counts, and the rates that docs/reports.md defines.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::store::Connection;
use crate::store::conversions::{self, Sum, Windows};
use crate::store::results::{self, Asked, By};
use crate::wire::conversion::PARTS;

/// What is counted of a row: our words; those of sends are `sent` and `undelivered`.
const COUNTS: [&str; 10] = [
    "sent",
    "undelivered",
    "received",
    "displayed",
    "followed",
    "clicked",
    "pressed",
    "dismissed",
    "failed",
    "suppressed",
];
/// Rates: what is divided by what.
const RATES: [(&str, &str, &str); 4] = [
    ("display", "displayed", "sent"),
    ("open", "clicked", "displayed"),
    ("click_through", "followed", "displayed"),
    ("dismiss", "dismissed", "displayed"),
];

/// The counts of one message, or of one variant of a campaign.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: BTreeMap<&'static str, i64>,
    /// By type of report and detail.
    details: BTreeMap<(String, String), i64>,
    direct: Money,
    influenced: Money,
}

/// Tallies by message id and nothing, or by campaign and variant.
pub type Tallies = BTreeMap<(String, String), Tally>;

/// Conversions and what they were worth.
#[derive(Clone, Debug, Default)]
pub struct Money {
    number: i64,
    /// By currency: how many had a value, whole units and millionths.
    values: BTreeMap<Option<String>, (i64, i128)>,
}

impl Money {
    fn add(&mut self, sum: &Sum) {
        self.number += sum.number;
        if sum.valued > 0 {
            let (count, parts) = self.values.entry(sum.currency.clone()).or_default();
            *count += sum.valued;
            *parts += i128::from(sum.units) * i128::from(PARTS) + i128::from(sum.parts);
        }
    }

    /// `{count, values: [{currency, count, value}]}`.
    #[must_use]
    pub fn json(&self) -> Value {
        let values = self
            .values
            .iter()
            .map(|(currency, (count, parts))| json!({"currency": currency, "count": count, "value": units(*parts)}));
        json!({"count": self.number, "values": values.collect::<Vec<_>>()})
    }
}

/// Millionths as a number of units.
#[must_use]
#[allow(clippy::cast_precision_loss)] // what is shown: exact up to nine thousand million units
pub fn units(parts: i128) -> f64 {
    parts as f64 / PARTS as f64
}

impl Tally {
    fn count(&self, word: &str) -> i64 {
        self.counts.get(word).copied().unwrap_or_default()
    }

    /// The members of a row that every kind of row has.
    #[must_use]
    pub fn json(&self) -> Map<String, Value> {
        let counts: Map<String, Value> =
            COUNTS.iter().map(|word| ((*word).to_owned(), self.count(word).into())).collect();
        let mut rates: Map<String, Value> = RATES
            .iter()
            .map(|(name, part, whole)| ((*name).to_owned(), rate(self.count(part), self.count(whole))))
            .collect();
        rates.insert("conversion".to_owned(), rate(self.direct.number, self.count("followed")));
        let mut row = Map::new();
        row.insert("counts".to_owned(), counts.into());
        row.insert("rates".to_owned(), rates.into());
        for (name, kind) in [
            ("actions", "notification.action"),
            ("failures", "notification.failed"),
            ("suppressions", "notification.suppressed"),
        ] {
            row.insert(name.to_owned(), self.details(kind));
        }
        row.insert(
            "conversions".to_owned(),
            json!({"direct": self.direct.json(), "influenced": self.influenced.json()}),
        );
        row
    }

    fn details(&self, kind: &str) -> Value {
        let mine = self.details.iter().filter(|((of, _), _)| of == kind);
        Value::Object(mine.map(|((_, detail), count)| (detail.clone(), (*count).into())).collect())
    }
}

/// A share from 0 to 1 in ten thousandths; null where there is nothing to divide by.
#[allow(clippy::cast_precision_loss)] // counts
fn rate(part: i64, whole: i64) -> Value {
    if whole == 0 { Value::Null } else { ((part as f64 / whole as f64 * 1e4).round() / 1e4).into() }
}

/// Adds the counts of sends and reports to the tallies.
///
/// # Errors
/// [`Error::Internal`].
pub async fn tally(db: &mut Connection, asked: &Asked<'_>, all: &mut Tallies) -> Result<(), Error> {
    for (name, variant, state, number) in results::sends(db, asked).await? {
        let word = if state == "sent" { "sent" } else { "undelivered" };
        *all.entry((name, variant)).or_default().counts.entry(word).or_default() += number;
    }
    for (name, variant, kind, number) in results::reports(db, asked).await? {
        if let Some(word) = word(&kind) {
            *all.entry((name, variant)).or_default().counts.entry(word).or_default() += number;
        }
    }
    for (name, variant, number) in results::followed(db, asked).await? {
        all.entry((name, variant)).or_default().counts.insert("followed", number);
    }
    for (name, variant, kind, detail, number) in results::details(db, asked).await? {
        all.entry((name, variant)).or_default().details.insert((kind, detail), number);
    }
    Ok(())
}

/// The count that a report type goes into.
fn word(kind: &str) -> Option<&'static str> {
    match kind.strip_prefix("notification.")? {
        "action" => Some("pressed"),
        word => COUNTS.iter().copied().find(|known| *known == word),
    }
}

/// Conversions that nothing led to, and those that nobody vouches for.
#[derive(Clone, Debug, Default)]
pub struct Others {
    /// Verified, but without a click or display in time.
    pub unattributed: Money,
    /// Without a token.
    pub unverified: Money,
}

/// Adds the conversions to the tallies of the messages that led to them.
///
/// # Errors
/// [`Error::Internal`].
pub async fn convert(
    db: &mut Connection,
    asked: &Asked<'_>,
    windows: Windows,
    all: &mut Tallies,
) -> Result<Others, Error> {
    let mut others = Others::default();
    let mut of = conversions::Asked { site: asked.site, arrival: asked.arrival.clone(), windows, is_verified: true };
    for sum in conversions::sums(db, &of).await? {
        let key = match asked.by {
            By::Message(_) => (sum.message_id.clone().unwrap_or_default(), String::new()),
            By::Campaign => (sum.campaign.clone().unwrap_or_default(), sum.variant.clone().unwrap_or_default()),
        };
        match sum.attribution.as_str() {
            "direct" => all.entry(key).or_default().direct.add(&sum),
            "influenced" => all.entry(key).or_default().influenced.add(&sum),
            _ => others.unattributed.add(&sum),
        }
    }
    of.is_verified = false;
    for sum in conversions::sums(db, &of).await? {
        others.unverified.add(&sum);
    }
    Ok(others)
}
