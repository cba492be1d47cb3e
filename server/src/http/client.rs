//! Who is on the other side of the connection: the peer's address, or what a configured proxy says it is.

use crate::app::App;
use crate::error::Error;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The address a connection comes from; the server puts it into every request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The client's address, as limits count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl Client {
    /// An IPv4 address is counted by itself, an IPv6 one by its /64: that is what one subscriber gets.
    pub fn key(self) -> String {
        match self.0 {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                format!("{}/64", Ipv6Addr::from_bits(network))
            }
        }
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let peer = parts.extensions.get::<Peer>();
        let peer =
            peer.ok_or_else(|| Error::internal("a request came without its peer's address"))?;
        Ok(Self(client_address(
            peer.0.ip(),
            &parts.headers,
            &app.config.trusted_proxies,
        )))
    }
}

/// Walks from the peer to the left through addresses of configured proxies; the first that is none of them is
/// the client. What stands further left was written by that client and proves nothing.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let hops = lines
        .iter()
        .rev()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.rsplit(','));
    for hop in hops {
        if !proxies.iter().any(|network| network.contains(&client)) {
            return client;
        }
        // A proxy that writes what is no address vouches for nobody further out.
        let Some(address) = parse_hop(hop.trim()) else {
            return client;
        };
        client = address;
    }
    client
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']'));
    let address = bare.unwrap_or(hop).parse::<IpAddr>().ok();
    let address = address.or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::{Client, client_address};
    use axum::http::{HeaderMap, HeaderValue};

    fn client(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        let proxies: Vec<_> = proxies
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        client_address(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn nobody_but_a_configured_proxy_is_believed() {
        assert_eq!(client("203.0.113.9", &["1.1.1.1"], &[]), "203.0.113.9");
        assert_eq!(
            client("203.0.113.9", &["1.1.1.1"], &["10.0.0.0/8"]),
            "203.0.113.9"
        );
        assert_eq!(client("10.0.0.1", &["1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
    }

    #[test]
    fn hops_are_counted_from_the_right() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6, 1.1.1.1"], &proxies),
            "1.1.1.1"
        );
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"], &proxies),
            "1.1.1.1"
        );
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6", "1.1.1.1"], &proxies),
            "1.1.1.1"
        );
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1, garbage"], &proxies),
            "10.0.0.1"
        );
        assert_eq!(client("10.0.0.1", &[], &proxies), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(
            client("::ffff:10.0.0.1", &["1.1.1.1:99"], &proxies),
            "1.1.1.1"
        );
        assert_eq!(
            client("10.0.0.1", &["[2001:db8::1]:99"], &proxies),
            "2001:db8::1"
        );
        assert_eq!(client("10.0.0.1", &["::ffff:1.1.1.1"], &proxies), "1.1.1.1");
    }

    #[test]
    fn ipv6_clients_count_by_their_subscriber_network() {
        let key = |address: &str| Client(address.parse().unwrap()).key();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("192.0.2.1"), "192.0.2.1");
    }
}
