//! Rows as JSON, where more than one call shows them.

use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::results::units;
use crate::store::consents::Line;
use crate::store::conversions::ConversionRow;
use crate::store::lists::ReportRow;
use url::Url;

/// The push service of an endpoint. Only its host is ever shown: the whole is a capability.
#[must_use]
pub fn service(endpoint: Option<&str>) -> Option<String> {
    Url::parse(endpoint?).ok()?.host_str().map(str::to_owned)
}

/// A report.
#[must_use]
pub fn report(report: &ReportRow) -> Value {
    let data: Option<Value> = report.data.as_deref().and_then(|data| serde_json::from_str(data).ok());
    json!({
        "seq": report.seq,
        "type": report.kind,
        "time": rfc3339(report.time),
        "received_at": rfc3339(report.received_at),
        "device": report.device_id,
        "message": report.message_id,
        "campaign": report.campaign,
        "variant": report.variant,
        "verified": report.verified == 1,
        "data": data,
    })
}

/// A conversion, and what led to it.
#[must_use]
pub fn conversion(row: &ConversionRow, is_verified: bool) -> Value {
    let data: Value = row.data.as_deref().and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
    let id = Some(&data["id"]).filter(|id| !id.is_null()).map(|id| id.as_str().map_or(id.to_string(), str::to_owned));
    json!({
        "seq": row.seq,
        "time": rfc3339(row.time),
        "received_at": rfc3339(row.received_at),
        "device": row.device_id,
        "name": row.name,
        "value": row.amount.map(|amount| units(amount.into())),
        "currency": row.currency,
        "id": id.filter(|id| !id.is_empty()),
        "attribution": row.attribution,
        "message": row.message_id,
        "campaign": row.campaign,
        "variant": row.variant,
        "verified": is_verified,
    })
}

/// A line of the consent ledger: the entry as the browser sent it, and what the server knows better.
#[must_use]
pub fn consent(line: &Line) -> Value {
    let entry: Value = serde_json::from_str(&line.entry).unwrap_or_default();
    let privacy: Value = serde_json::from_str(&line.privacy).unwrap_or_default();
    json!({
        "seq": line.seq,
        "id": entry["id"],
        "device": line.device_id,
        "user": line.user_id,
        "channel": line.channel,
        "val": line.val,
        "time": entry["time"],
        "source": entry["source"],
        "reason": entry["reason"],
        "withdrawal": entry["withdrawal"] == json!(true),
        "text_version": entry["text_version"],
        "locale": entry["locale"],
        "form": entry["form"],
        "variant": entry["variant"],
        "shown": entry["shown"],
        "permission": entry["permission"],
        "gpc": entry["gpc"],
        "controller": privacy["controller"],
        "purposes": privacy["purposes"],
        "link": privacy["link"],
        "received_at": rfc3339(line.received_at),
        "erased_at": line.erased_at.map(rfc3339),
    })
}
