//! Which addresses belong to the public internet: everything else is refused as a push target.
//!
//! From IANA's special-purpose registries (RFC 6890 and its updates). Addresses that carry another address inside
//! (mapped, NAT64, 6to4, Teredo) are refused as well, because they can name a private one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a push may be sent to this address.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127 | 224.., ..]            // this network, private, loopback, multicast and reserved
        | [169, 254, ..]                      // link-local, cloud metadata
        | [192, 168, ..]                      // private
        | [192, 0, 0 | 2, _]                  // protocol assignments, documentation
        | [192, 88, 99, _]                    // 6to4 relays
        | [198, 18 | 19, ..]                  // benchmarks
        | [198, 51, 100, _]                   // documentation
        | [203, 0, 113, _] => true,           // documentation
        [100, second, ..] => (64..128).contains(&second), // carrier-grade NAT
        [172, second, ..] => (16..32).contains(&second),  // private
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let global_unicast = address.segments()[0] & 0xe000 == 0x2000;
    let special = match address.segments() {
        [0x2001, second, ..] => second < 0x200 || second == 0xdb8, // Teredo and protocol assignments, documentation
        [0x2002, ..] => true,                                      // 6to4
        [0x3fff, second, ..] => second < 0x1000,                   // documentation
        _ => false,
    };
    global_unicast && !special
}
