//! Web push: encrypting, signing, addressing and sending.

pub mod address;
pub mod client;
pub mod encrypt;
pub mod endpoint;
pub mod hkdf;
pub mod keys;
pub mod outcome;
pub mod payload;
pub mod platforms;
pub mod resolver;
pub mod signer;
pub mod vapid;
