//! Words and limits that the client, the worker and the server share.
//!
//! Names are the ones that travel: change one here and you change the wire.

pub mod limits;
pub mod report;
pub mod status;
pub mod text;

pub use report::ReportType;
pub use status::{Permission, PushStatus, StatusReason, Subscription};
