//! What the control API answers: JSON, also when it refuses.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::desktop::Trouble;

/// What a route returns.
pub type Answer = Result<Json<Value>, ControlError>;

/// A refusal with a stable code and one sentence.
#[derive(Debug)]
pub struct ControlError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ControlError {
    /// A refusal.
    #[must_use]
    pub fn new(status: u16, code: &'static str, message: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code, message: message.to_owned() }
    }

    /// A request that cannot be read.
    #[must_use]
    pub fn bad(message: &str) -> Self {
        Self::new(400, "bad_request", message)
    }
}

impl From<Trouble> for ControlError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unknown => Self::new(404, "unknown_notification", "there never was such a notification"),
            Trouble::NotOpen => Self::new(409, "not_open", "the notification is closed"),
            Trouble::NoAction => Self::new(404, "unknown_action", "the notification has no such action"),
            Trouble::Bus(error) => Self::new(502, "bus_failed", &error.to_string()),
        }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"code": self.code, "message": self.message}))).into_response()
    }
}

/// Reads a JSON body; an empty one stands for all defaults.
///
/// # Errors
/// When it is no JSON or has unknown fields.
pub fn read<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, ControlError> {
    if body.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| ControlError::bad(&error.to_string()))
}
