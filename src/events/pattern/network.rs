//! The `cidr` operator.

use std::fmt;
use std::net::IpAddr;

use super::PatternError;

/// A block of IP addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Parses an address and a prefix length, `10.0.0.0/24` say.
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let (address, bits) = text
            .split_once('/')
            .filter(|(_, bits)| !bits.contains('/'))
            .ok_or_else(|| PatternError::new("Malformed CIDR, one '/' required"))?;
        let address: IpAddr =
            address.parse().map_err(|_| PatternError::new(format!("Malformed IP address: {address}")))?;
        let bits: u32 =
            bits.parse().map_err(|_| PatternError::new("Malformed CIDR, mask bits must be an integer"))?;
        let limit = if address.is_ipv4() { 32 } else { 128 };
        if bits > limit {
            return Err(PatternError::new(format!("Malformed CIDR, mask bits must be at most {limit}")));
        }
        Ok(Self { address, bits })
    }

    /// Whether the text is an address inside the block.
    pub(super) fn contains(&self, text: &str) -> bool {
        match (self.address, text.parse()) {
            (IpAddr::V4(network), Ok(IpAddr::V4(address))) => {
                shifted(network.to_bits().into(), 32 - self.bits)
                    == shifted(address.to_bits().into(), 32 - self.bits)
            }
            (IpAddr::V6(network), Ok(IpAddr::V6(address))) => {
                shifted(network.to_bits(), 128 - self.bits) == shifted(address.to_bits(), 128 - self.bits)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.bits)
    }
}

fn shifted(bits: u128, by: u32) -> u128 {
    bits.checked_shr(by).unwrap_or(0)
}
