//! What travels: reading the bodies of requests, with errors that name the member.

pub mod audience;
pub mod buttons;
pub mod consent;
pub mod conversion;
pub mod csv;
pub mod device;
pub mod event;
pub mod json;
pub mod members;
pub mod message;
pub mod token;
pub mod user_token;
