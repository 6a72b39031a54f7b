//! How a push service says no: a status, autopush's error number and a sentence.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::record::Service;

/// A refusal, before it is put into a service's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Autopush's error number.
    pub errno: u16,
    /// What is wrong.
    pub message: &'static str,
}

impl Refusal {
    /// A refusal with autopush's number.
    #[must_use]
    pub const fn new(status: u16, errno: u16, message: &'static str) -> Self {
        Self { status, errno, message }
    }

    /// The answer as the service would give it: Mozilla in JSON, Google in a line of text.
    #[must_use]
    pub fn response(&self, service: Service) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let error = status.canonical_reason().unwrap_or_default();
        match service {
            Service::Google => (status, format!("{}\n", self.message)).into_response(),
            Service::Mozilla => {
                let body = json!({"code": self.status, "errno": self.errno, "error": error, "message": self.message});
                (status, Json(body)).into_response()
            }
        }
    }
}
