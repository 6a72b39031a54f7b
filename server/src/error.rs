//! Every refusal of the server: a status, a stable code, and one sentence that says what to do (RFC 9457).

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use softbell::contract::limits::PAYLOAD_BYTES;

use crate::store::NotWritten;
use crate::wire::json::JsonFault;
use crate::wire::user_token::TokenFault;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No such address.
    NotFound,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// The site is not configured.
    SiteUnknown,
    /// The page's origin is not listed for the site.
    OriginNotAllowed,
    /// A device is made by a browser, and browsers name their origin.
    OriginRequired,
    /// No bearer secret came.
    SecretMissing,
    /// The bearer secret is not this device's.
    SecretWrong,
    /// The device was erased.
    DeviceErased,
    /// There is no such click of this device, or it is too long ago.
    ClickNotFound,
    /// The device id is not 128 bits, base64url.
    DeviceIdInvalid,
    /// The body is longer than allowed.
    BodyTooLarge,
    /// The body is not what it should be, as JSON.
    BodyUnreadable,
    /// A batch of events cannot be read from this place on.
    BatchUnreadable(usize),
    /// The content type is not one that is read here.
    MediaTypeUnsupported,
    /// A batch has too many events.
    BatchTooLong,
    /// A member is missing.
    MemberMissing(String),
    /// A member's value is refused.
    MemberInvalid(String),
    /// A member that is not part of the contract.
    MemberUnknown(String),
    /// More topics than a device may carry.
    TopicsTooMany,
    /// More tags than a device may carry.
    TagsTooMany,
    /// The endpoint is not a public https address.
    EndpointNotAllowed,
    /// The subscription's keys cannot be encrypted to.
    SubscriptionKeysInvalid,
    /// The subscription was made with another server key.
    VapidChanged,
    /// The endpoint belongs to another device.
    EndpointTaken,
    /// No admin token came.
    AdminTokenMissing,
    /// The admin token is not this server's.
    AdminTokenWrong,
    /// A parameter of the address is refused.
    ParameterInvalid(String),
    /// A parameter of the address that is not part of the contract.
    ParameterUnknown(String),
    /// Web notifications play no video.
    VideoNotSupported,
    /// Web notifications choose no sound.
    SoundNotSupported,
    /// Web notifications know no places.
    GeofenceNotSupported,
    /// A button names a topic that the site does not have.
    TopicUnknown,
    /// A button mutes, and nothing says what.
    MuteTopicMissing,
    /// The message must not be pushed.
    SecretNotPushed,
    /// A push that shows nothing.
    HiddenPushNotSupported,
    /// Silent and vibrating at once.
    VibrateOfSilent,
    /// The message is longer than a push may be.
    MessageTooLarge(Oversize),
    /// The key is not 1 to 255 printable characters.
    IdempotencyKeyInvalid,
    /// The key came with another body before.
    IdempotencyKeyReused,
    /// The database does not answer.
    DatabaseAway,
    /// The push service said that the endpoint is no more.
    EndpointGone,
    /// A member stands twice in an object.
    MemberRepeated,
    /// A text holds U+0000.
    NulRefused,
    /// The proof of the user is missing or does not hold.
    Token(TokenFault),
    /// The request took too long to arrive.
    RequestTimeout,
    /// Too many requests; again in so many seconds.
    RateLimited(u64),
    /// The database or something else here failed; the log says more.
    Internal,
}

/// By how much a message is too long, and where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oversize {
    /// Bytes of the payload where it is longest.
    pub bytes: usize,
    /// The biggest members and their bytes, biggest first.
    pub biggest: Vec<(String, usize)>,
}

impl Error {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::SiteUnknown => "site_unknown",
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::OriginRequired => "origin_required",
            Self::SecretMissing => "secret_missing",
            Self::SecretWrong => "secret_wrong",
            Self::DeviceErased => "device_erased",
            Self::ClickNotFound => "click_not_found",
            Self::DeviceIdInvalid => "device_id_invalid",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyUnreadable | Self::BatchUnreadable(_) => "body_unreadable",
            Self::MediaTypeUnsupported => "media_type_unsupported",
            Self::BatchTooLong => "batch_too_long",
            Self::MemberMissing(_) => "member_missing",
            Self::MemberInvalid(_) => "member_invalid",
            Self::MemberUnknown(_) => "member_unknown",
            Self::TopicsTooMany => "topics_too_many",
            Self::TagsTooMany => "tags_too_many",
            Self::EndpointNotAllowed => "endpoint_not_allowed",
            Self::SubscriptionKeysInvalid => "subscription_keys_invalid",
            Self::VapidChanged => "vapid_changed",
            Self::EndpointTaken => "endpoint_taken",
            Self::AdminTokenMissing => "admin_token_missing",
            Self::AdminTokenWrong => "admin_token_wrong",
            Self::ParameterInvalid(_) => "parameter_invalid",
            Self::ParameterUnknown(_) => "parameter_unknown",
            Self::VideoNotSupported => "video_not_supported",
            Self::SoundNotSupported => "sound_not_supported",
            Self::GeofenceNotSupported => "geofence_not_supported",
            Self::TopicUnknown => "topic_unknown",
            Self::MuteTopicMissing => "mute_topic_missing",
            Self::SecretNotPushed => "secret_not_pushed",
            Self::HiddenPushNotSupported => "hidden_push_not_supported",
            Self::VibrateOfSilent => "vibrate_of_silent",
            Self::MessageTooLarge(_) => "message_too_large",
            Self::IdempotencyKeyInvalid => "idempotency_key_invalid",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::DatabaseAway => "database_away",
            Self::EndpointGone => "endpoint_gone",
            Self::MemberRepeated => JsonFault::MemberRepeated.code(),
            Self::NulRefused => JsonFault::Nul.code(),
            Self::Token(fault) => fault.code(),
            Self::RequestTimeout => "request_timeout",
            Self::RateLimited(_) => "rate_limited",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::SiteUnknown | Self::ClickNotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::OriginNotAllowed | Self::OriginRequired => StatusCode::FORBIDDEN,
            Self::SecretMissing | Self::SecretWrong | Self::DeviceErased | Self::AdminTokenMissing | Self::AdminTokenWrong => {
                StatusCode::UNAUTHORIZED
            }
            Self::DeviceIdInvalid
            | Self::BodyUnreadable
            | Self::BatchUnreadable(_)
            | Self::MemberRepeated
            | Self::ParameterInvalid(_)
            | Self::ParameterUnknown(_)
            | Self::IdempotencyKeyInvalid => StatusCode::BAD_REQUEST,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::BodyTooLarge | Self::BatchTooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaTypeUnsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MemberMissing(_)
            | Self::MemberInvalid(_)
            | Self::MemberUnknown(_)
            | Self::TopicsTooMany
            | Self::TagsTooMany
            | Self::EndpointNotAllowed
            | Self::NulRefused
            // Not 401, which makes the client take a new id and secret: the device's own secret was right.
            | Self::Token(_)
            | Self::SubscriptionKeysInvalid
            | Self::VideoNotSupported
            | Self::SoundNotSupported
            | Self::GeofenceNotSupported
            | Self::TopicUnknown
            | Self::MuteTopicMissing
            | Self::SecretNotPushed
            | Self::HiddenPushNotSupported
            | Self::VibrateOfSilent
            | Self::MessageTooLarge(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::VapidChanged | Self::EndpointTaken | Self::EndpointGone | Self::IdempotencyKeyReused => StatusCode::CONFLICT,
            Self::DatabaseAway => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What went wrong, in a few words that never change.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "Nothing here",
            Self::MethodNotAllowed => "Method not allowed",
            Self::SiteUnknown => "Unknown site",
            Self::OriginNotAllowed => "Origin not allowed",
            Self::OriginRequired => "Origin required",
            Self::SecretMissing => "Secret missing",
            Self::SecretWrong => "Secret wrong",
            Self::DeviceErased => "Device erased",
            Self::ClickNotFound => "Click not found",
            Self::DeviceIdInvalid => "Device id invalid",
            Self::BodyTooLarge => "Body too large",
            Self::BodyUnreadable | Self::BatchUnreadable(_) => "Body unreadable",
            Self::MediaTypeUnsupported => "Media type unsupported",
            Self::BatchTooLong => "Batch too long",
            Self::MemberMissing(_) => "Member missing",
            Self::MemberInvalid(_) => "Member invalid",
            Self::MemberUnknown(_) => "Member unknown",
            Self::TopicsTooMany => "Too many topics",
            Self::TagsTooMany => "Too many tags",
            Self::EndpointNotAllowed => "Endpoint not allowed",
            Self::SubscriptionKeysInvalid => "Subscription keys invalid",
            Self::VapidChanged => "Server key changed",
            Self::EndpointTaken => "Endpoint taken",
            Self::AdminTokenMissing => "Admin token missing",
            Self::AdminTokenWrong => "Admin token wrong",
            Self::ParameterInvalid(_) => "Parameter invalid",
            Self::ParameterUnknown(_) => "Parameter unknown",
            Self::VideoNotSupported => "Video not supported",
            Self::SoundNotSupported => "Sound not supported",
            Self::GeofenceNotSupported => "Geofence not supported",
            Self::TopicUnknown => "Topic unknown",
            Self::MuteTopicMissing => "Topic missing",
            Self::SecretNotPushed => "Secrets are not pushed",
            Self::HiddenPushNotSupported => "Hidden push not supported",
            Self::VibrateOfSilent => "Silent and vibrating",
            Self::MessageTooLarge(_) => "Message too large",
            Self::IdempotencyKeyInvalid => "Idempotency key invalid",
            Self::IdempotencyKeyReused => "Idempotency key reused",
            Self::DatabaseAway => "Database away",
            Self::EndpointGone => "Endpoint gone",
            Self::MemberRepeated => "Member repeated",
            Self::NulRefused => "NUL refused",
            Self::Token(_) => "User not proven",
            Self::RequestTimeout => "Request too slow",
            Self::RateLimited(_) => "Too many requests",
            Self::Internal => "Server error",
        }
    }

    /// What to do.
    #[must_use]
    pub fn detail(&self) -> String {
        let fixed = match self {
            Self::NotFound => "Check the address; the calls begin with /v1/sites/{site}/.",
            Self::MethodNotAllowed => "Use a method that the Allow header names.",
            Self::SiteUnknown => "Add the site to the server's settings, or correct data-site on the page.",
            Self::OriginNotAllowed => "Add the page's origin to the site's origins in the server's settings.",
            Self::OriginRequired => "Make devices from a browser, which sends an Origin header.",
            Self::SecretMissing => "Send Authorization: Bearer with the device's secret of 32 to 128 characters.",
            Self::SecretWrong | Self::DeviceErased => "Make a new device id and secret, at most once a day.",
            Self::ClickNotFound => {
                "Show the page without the message: its text is for the device that was pressed, for ten minutes."
            }
            Self::DeviceIdInvalid => "Use 128 random bits as base64url: 22 characters without padding.",
            Self::BodyTooLarge => "Send less at once: 48 KB of events, 64 KB of anything else.",
            Self::BodyUnreadable => "Send one JSON object, or for events one JSON array.",
            Self::BatchUnreadable(_) => "Leave out the event that drop names, and send the others again.",
            Self::MediaTypeUnsupported => "Send application/cloudevents-batch+json, application/json or text/plain.",
            Self::BatchTooLong => "Send at most 100 events at once.",
            Self::MemberMissing(field) => return format!("Add the member {field}."),
            Self::MemberInvalid(field) => return format!("Correct the value of {field}; the contract says what fits."),
            Self::MemberUnknown(field) => return format!("Leave out {field}; this server does not know it."),
            Self::TopicsTooMany => "Send at most 100 topics.",
            Self::TagsTooMany => "Send at most 50 tags.",
            Self::EndpointNotAllowed => "Use the endpoint of a push service: https, at a public host.",
            Self::SubscriptionKeysInvalid => "Send p256dh and auth of the subscription as base64url.",
            Self::VapidChanged => "Unsubscribe, and subscribe anew with the key from the config call.",
            Self::EndpointTaken | Self::EndpointGone => "Unsubscribe, and subscribe anew.",
            Self::MemberRepeated => "Send each member of an object once.",
            Self::NulRefused => "Leave U+0000 out of all texts.",
            Self::Token(fault) => fault.detail(),
            Self::RequestTimeout => "Send the whole request within 20 seconds.",
            Self::RateLimited(_) => "Wait as long as Retry-After says.",
            Self::AdminTokenMissing => "Send Authorization: Bearer with admin_secret of the server's secrets.toml.",
            Self::AdminTokenWrong => "Use admin_secret of this server's secrets.toml.",
            Self::ParameterInvalid(name) => {
                return format!("Correct the parameter {name}; the contract says what fits.");
            }
            Self::ParameterUnknown(name) => return format!("Leave out the parameter {name}; there is none here."),
            Self::VideoNotSupported => "Send a poster as image, and the video's page as url.",
            Self::SoundNotSupported => "Leave it out; the system chooses the sound, and silent: true asks for none.",
            Self::GeofenceNotSupported => "Choose the audience by a tag that the page sets while it is open.",
            Self::TopicUnknown => "Use the id of one of the site's topics, or add it to the site's settings.",
            Self::MuteTopicMissing => "Name a topic in the button, or send the message to the audience of a topic.",
            Self::SecretNotPushed => {
                "Do not push it: show it on the site, or send it as private with a public_title that gives nothing away."
            }
            Self::HiddenPushNotSupported => {
                "Add a title, which is shown where no page takes the message: browsers allow no push that shows nothing."
            }
            Self::VibrateOfSilent => "Leave out vibrate, or silent.",
            Self::MessageTooLarge(oversize) => return oversize.detail(),
            Self::IdempotencyKeyInvalid => "Send an Idempotency-Key of 1 to 255 printable ASCII characters.",
            Self::IdempotencyKeyReused => "Send another Idempotency-Key, or the body that this one came with first.",
            Self::DatabaseAway => "Try again later; see whether the database runs.",
            Self::Internal => "Try again later; the server's log says more.",
        };
        fixed.to_owned()
    }

    /// The member the error is about.
    fn field(&self) -> Option<&str> {
        match self {
            Self::MemberMissing(field) | Self::MemberInvalid(field) | Self::MemberUnknown(field) => Some(field),
            Self::ParameterInvalid(name) | Self::ParameterUnknown(name) => Some(name),
            Self::VideoNotSupported => Some("video"),
            Self::SoundNotSupported => Some("sound"),
            Self::GeofenceNotSupported => Some("geofence"),
            Self::TopicUnknown | Self::MuteTopicMissing => Some("actions.topic"),
            Self::SecretNotPushed => Some("sensitivity"),
            Self::HiddenPushNotSupported => Some("title"),
            Self::VibrateOfSilent => Some("vibrate"),
            _ => None,
        }
    }
}

impl Oversize {
    fn detail(&self) -> String {
        let biggest: Vec<String> = self.biggest.iter().map(|(name, bytes)| format!("{name} ({bytes} bytes)")).collect();
        format!("Shorten {}: {} bytes are {PAYLOAD_BYTES} at most.", biggest.join(", "), self.bytes)
    }
}

impl From<JsonFault> for Error {
    fn from(fault: JsonFault) -> Self {
        match fault {
            JsonFault::Unreadable => Self::BodyUnreadable,
            JsonFault::MemberRepeated => Self::MemberRepeated,
            JsonFault::Nul => Self::NulRefused,
        }
    }
}

impl From<TokenFault> for Error {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "database");
        Self::Internal
    }
}

impl From<NotWritten> for Error {
    fn from(_: NotWritten) -> Self {
        Self::Internal
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut problem = json!({
            "type": format!("urn:softbell:error:{}", self.code()),
            "title": self.title(),
            "status": self.status().as_u16(),
            "code": self.code(),
            "detail": self.detail(),
        });
        if let Some(field) = self.field() {
            problem["field"] = field.into();
        }
        if let Self::MessageTooLarge(oversize) = &self {
            let biggest = oversize.biggest.iter().map(|(name, bytes)| json!({"field": name, "bytes": bytes}));
            problem["payload_bytes"] = oversize.bytes.into();
            problem["limit"] = PAYLOAD_BYTES.into();
            problem["fields"] = biggest.collect();
        }
        if let Self::BatchUnreadable(index) = self {
            problem["drop"] = json!([{"index": index, "code": self.code()}]);
        }
        let kind = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (self.status(), kind, Json(problem)).into_response();
        if let Self::RateLimited(seconds) = self {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
