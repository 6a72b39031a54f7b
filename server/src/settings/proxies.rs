//! Which peers may say in `X-Forwarded-For` for whom they speak.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Deserialize;

/// A network, as in `10.0.0.0/8`; an address alone is a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// The two loopback addresses: only this machine can be behind them, and a TLS proxy usually is.
    #[must_use]
    pub fn loopback() -> Vec<Self> {
        vec![
            Self { address: Ipv4Addr::LOCALHOST.into(), bits: 32 },
            Self { address: Ipv6Addr::LOCALHOST.into(), bits: 128 },
        ]
    }

    /// Whether an address lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fault = || format!("write a trusted proxy as 10.0.0.1 or 10.0.0.0/8, not {text}");
        let (address, bits) = text.split_once('/').map_or((text.as_str(), None), |(one, two)| (one, Some(two)));
        let address: IpAddr = address.parse().map_err(|_| fault())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| fault()))?;
        if bits <= most { Ok(Self { address, bits }) } else { Err(fault()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn a_network_holds_its_own_addresses_only() {
        let network = |text: &str| Network::try_from(text.to_owned());
        for (text, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.0.0.1", "::10.0.0.1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
            ("::/0", "2001:db8::1", "192.0.2.7"),
            ("0.0.0.0/0", "192.0.2.7", "::1"),
        ] {
            let network = network(text).unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{text} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{text} {outside}");
        }
        for text in ["", "10.0.0.0/33", "::1/129", "proxy.example", "10.0.0.0/", "10.0.0.1:80", "10.0.0.0/-1"] {
            assert!(network(text).unwrap_err().contains("trusted proxy"), "{text}");
        }
    }
}
