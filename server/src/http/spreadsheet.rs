//! Rows as CSV, where a list is there for a spreadsheet too.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::query::Query;
use crate::error::Error;
use crate::wire::csv;

/// Takes `format`: `json`, which is the default, or `csv`.
///
/// # Errors
/// [`Error::ParameterInvalid`].
pub fn is_asked_for(query: &mut Query) -> Result<bool, Error> {
    match query.text("format")?.as_deref() {
        None | Some("json") => Ok(false),
        Some("csv") => Ok(true),
        Some(_) => Err(Error::ParameterInvalid("format".to_owned())),
    }
}

/// The answer. Columns are members of a row, and members of those after a dot.
#[must_use]
pub fn answer(file: &str, columns: &[&str], rows: &[Value]) -> Response {
    let mut text = csv::line(columns.iter().copied());
    for row in rows {
        let fields: Vec<String> = columns.iter().map(|column| field(row, column)).collect();
        text += &csv::line(fields.iter().map(String::as_str));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    (headers, text).into_response()
}

fn field(row: &Value, column: &str) -> String {
    let value = column.split('.').fold(row, |value, name| &value[name]);
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}
