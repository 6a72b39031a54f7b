//! How much one client, and all clients of a site together, may ask for. 0 means without limit.

use serde::Deserialize;

/// Limits per client address and per site.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Devices that one address may make in an hour. Default 100: many browsers share the address of an office.
    pub devices_per_hour: u32,
    /// PUTs of one address in a minute. Default 300.
    pub puts_per_minute: u32,
    /// Batches of reports of one address in a minute. Default 600.
    pub batches_per_minute: u32,
    /// Exports and erasures that devices of one address may ask for in a minute. Default 20.
    pub exports_per_minute: u32,
    /// Devices that a site may get in an hour. Default 100 000.
    pub site_devices_per_hour: u32,
    /// PUTs to a site in a minute. Default 30 000.
    pub site_puts_per_minute: u32,
    /// Batches of reports to a site in a minute. Default 120 000.
    pub site_batches_per_minute: u32,
    /// Exports and erasures of a site in a minute. Default 600.
    pub site_exports_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            devices_per_hour: 100,
            puts_per_minute: 300,
            batches_per_minute: 600,
            exports_per_minute: 20,
            site_devices_per_hour: 100_000,
            site_puts_per_minute: 30_000,
            site_batches_per_minute: 120_000,
            site_exports_per_minute: 600,
        }
    }
}
