//! Which addresses lie on the public internet. Everything else is forbidden to outgoing requests unless the
//! instance's configuration allows it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Not globally reachable, by the special-purpose registry for IPv4 (RFC 6890 and its successors), and one
/// public-looking address that clouds give their own machinery.
const FORBIDDEN_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// Parts of 2000::/3 that lead elsewhere: protocol assignments with Teredo and benchmarking, documentation,
/// 6to4, documentation again.
const FORBIDDEN_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one of the public internet, whatever it is wrapped in.
pub fn is_public(address: IpAddr) -> bool {
    match canonical(address) {
        IpAddr::V4(address) => !FORBIDDEN_V4
            .iter()
            .any(|(network, length)| shares_v4(*network, address, *length)),
        IpAddr::V6(address) => {
            // Global unicast is all there is; loopback, unspecified, link-local, unique local, multicast and
            // the rest lie outside.
            let is_unicast = address.segments()[0] & 0xe000 == 0x2000;
            is_unicast
                && !FORBIDDEN_V6
                    .iter()
                    .any(|(network, length)| shares_v6(*network, address, *length))
        }
    }
}

/// The IPv4 address inside a mapped or a NAT64 one, else the address itself.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    let IpAddr::V6(wrapped) = address else {
        return address;
    };
    let segments = wrapped.segments();
    let is_mapped = segments[..6] == [0, 0, 0, 0, 0, 0xffff];
    // The well-known prefix of RFC 6052; a network's own prefix cannot be known.
    let is_nat64 = segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    if !is_mapped && !is_nat64 {
        return address;
    }
    let [a, b] = segments[6].to_be_bytes();
    let [c, d] = segments[7].to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

fn shares_v4(network: Ipv4Addr, address: Ipv4Addr, length: u32) -> bool {
    (u32::from(network) ^ u32::from(address)) >> (32 - length) == 0
}

fn shares_v6(network: Ipv6Addr, address: Ipv6Addr, length: u32) -> bool {
    (u128::from(network) ^ u128::from(address)) >> (128 - length) == 0
}

#[cfg(test)]
mod tests {
    use super::is_public;
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    fn judged(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn public_addresses_are_public() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "93.184.215.14",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "2001:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(judged(text), "{text}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            // IPv6: unspecified, loopback, mapped, compatible, NAT64 of private, local NAT64, discard, Teredo,
            // benchmarking, ORCHID, documentation, 6to4, segment routing, unique local, link-local, site-local,
            // multicast, a cloud's metadata.
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378::1",
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!judged(text), "{text}");
        }
    }

    proptest! {
        /// However an IPv4 address is wrapped, the verdict is that of the address itself, or no.
        #[test]
        fn a_wrapping_never_opens_a_door(bits in any::<u32>()) {
            let plain = Ipv4Addr::from(bits);
            let verdict = is_public(IpAddr::V4(plain));
            let [a, b, c, d] = plain.octets().map(u16::from);
            let (high, low) = (a << 8 | b, c << 8 | d);
            prop_assert_eq!(is_public(IpAddr::V6(plain.to_ipv6_mapped())), verdict);
            prop_assert_eq!(is_public(IpAddr::V6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low))), verdict);
            prop_assert!(!is_public(IpAddr::V6(Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low))));
            prop_assert!(!is_public(IpAddr::V6(Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1))));
            prop_assert!(!is_public(IpAddr::V6(Ipv6Addr::new(0x2001, 0, high, low, 0, 0, high, low))));
        }

        /// What the standard library knows to be private is never public.
        #[test]
        fn the_standard_library_agrees(bits in any::<u32>()) {
            let address = Ipv4Addr::from(bits);
            let private = address.is_private() || address.is_loopback() || address.is_link_local()
                || address.is_multicast() || address.is_broadcast() || address.is_documentation() || address.is_unspecified();
            prop_assert!(!(private && is_public(IpAddr::V4(address))));
        }
    }
}
