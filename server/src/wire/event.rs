//! One report of a batch: a `CloudEvent` (`CloudEvents` 1.0, JSON format) with our extension `softbelltoken`.

use serde_json::Value;
use softbell::contract::ReportType;
use softbell::contract::limits::{EVENT_PROPERTIES, ID_BYTES};

use super::conversion::Conversion;
use crate::clock;

/// Bytes of `data` as JSON.
const DATA_BYTES: usize = 8192;

/// Why an event is dropped: it would be refused again, however often it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFault {
    /// It is no JSON object.
    NotAnObject,
    /// `specversion` is not `1.0`.
    Specversion,
    /// `id` is missing, empty or longer than 128 bytes.
    Id,
    /// `source` is not `softbell:{site}` of the address.
    Source,
    /// `type` is no report type.
    Type,
    /// `time` is not RFC 3339.
    Time,
    /// `data` is no object, or too long.
    Data,
    /// `event.tracked` or `conversion` without a `data.name` of 1 to 128 bytes.
    Name,
    /// More than 32 properties.
    Properties,
    /// Too many unverified reports today.
    UnverifiedCap,
    /// Its device was erased.
    DeviceErased,
    /// The id of a landing that is none, has expired, or speaks for no such report.
    TokenUnknown,
    /// Another report has used the landing.
    TokenSpent,
}

impl EventFault {
    /// The stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAnObject => "event_not_object",
            Self::Specversion => "specversion_invalid",
            Self::Id => "id_invalid",
            Self::Source => "source_invalid",
            Self::Type => "type_unknown",
            Self::Time => "time_invalid",
            Self::Data => "data_invalid",
            Self::Name => "name_invalid",
            Self::Properties => "properties_too_many",
            Self::UnverifiedCap => "unverified_cap",
            Self::DeviceErased => "device_erased",
            Self::TokenUnknown => "token_unknown",
            Self::TokenSpent => "token_spent",
        }
    }
}

/// A checked event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its own id.
    pub id: String,
    /// What it reports.
    pub kind: ReportType,
    /// Milliseconds since 1970.
    pub time: i64,
    /// Its data as JSON.
    pub data: Option<String>,
    /// `data.action`: which button of a notification, or empty.
    pub action: String,
    /// `data.variant`: which prompt it is about.
    pub variant: Option<String>,
    /// `data.reason`: why something failed or was not shown.
    pub reason: Option<String>,
    /// What happened on the site, if this tells of it.
    pub conversion: Option<Conversion>,
    /// `softbelltoken`.
    pub token: Option<String>,
}

impl Event {
    /// Reads one member of a batch. Members that `CloudEvents` allows and we do not use are ignored.
    ///
    /// # Errors
    /// The first [`EventFault`] found.
    pub fn read(value: &Value, source: &str) -> Result<Self, EventFault> {
        let event = value.as_object().ok_or(EventFault::NotAnObject)?;
        let text = |name: &str| event.get(name).and_then(Value::as_str);
        if text("specversion") != Some("1.0") {
            return Err(EventFault::Specversion);
        }
        let id = text("id").filter(|id| (1..=ID_BYTES).contains(&id.len())).ok_or(EventFault::Id)?;
        if text("source") != Some(source) {
            return Err(EventFault::Source);
        }
        let kind = text("type").and_then(ReportType::parse).ok_or(EventFault::Type)?;
        let time = text("time").and_then(clock::millis).ok_or(EventFault::Time)?;
        let data = event.get("data").filter(|data| !data.is_null());
        check_data(kind, data)?;
        let conversion = if kind == ReportType::Conversion { Some(Conversion::read(data)?) } else { None };
        let action = data.and_then(|data| data.get("action")).and_then(Value::as_str).unwrap_or_default();
        if action.len() > ID_BYTES {
            return Err(EventFault::Data);
        }
        Ok(Self {
            id: id.to_owned(),
            kind,
            time,
            data: data.map(Value::to_string),
            action: action.to_owned(),
            variant: short(data, "variant"),
            reason: short(data, "reason"),
            conversion,
            token: text("softbelltoken").map(str::to_owned),
        })
    }
}

/// A member of the data, if it is a text of 1 to 128 bytes.
pub(super) fn short(data: Option<&Value>, name: &str) -> Option<String> {
    let text = data?.get(name)?.as_str()?;
    ((1..=ID_BYTES).contains(&text.len())).then(|| text.to_owned())
}

fn check_data(kind: ReportType, data: Option<&Value>) -> Result<(), EventFault> {
    if data.is_some_and(|data| !data.is_object() || data.to_string().len() > DATA_BYTES) {
        return Err(EventFault::Data);
    }
    if kind != ReportType::EventTracked {
        return Ok(());
    }
    short(data, "name").ok_or(EventFault::Name)?;
    match data.and_then(|data| data.get("properties")) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(map)) if map.len() <= EVENT_PROPERTIES => Ok(()),
        Some(Value::Object(_)) => Err(EventFault::Properties),
        Some(_) => Err(EventFault::Data),
    }
}
