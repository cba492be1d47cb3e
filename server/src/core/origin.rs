//! Which web origins may use a site's chat.

use crate::core::site::allowed_origins;
use crate::error::{Error, Result};
use crate::store::site::Site;
use shared::error::ErrorCode;
use url::Url;

/// The origin of a page's address, spelled as browsers do: `https://Acme.com:443/path` → `https://acme.com`.
pub fn of_url(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let is_page = matches!(url.scheme(), "http" | "https");
    is_page.then(|| url.origin().ascii_serialization())
}

/// Whether the site's chat may be used from an origin. An empty list allows any; `https://*.acme.com` names the
/// subdomains of `acme.com`, on the default port.
pub fn is_allowed(site: &Site, origin: &str) -> bool {
    let mut listed = allowed_origins(&site.settings).peekable();
    listed.peek().is_none() || listed.any(|pattern| matches(pattern, origin))
}

fn matches(pattern: &str, origin: &str) -> bool {
    let pattern = pattern.trim_end_matches('/').to_ascii_lowercase();
    let origin = origin.to_ascii_lowercase();
    match pattern.split_once("*.") {
        None => pattern == origin,
        Some((scheme, domain)) => origin
            .strip_prefix(scheme)
            .and_then(|host| host.strip_suffix(domain))
            .and_then(|subdomain| subdomain.strip_suffix('.'))
            .is_some_and(|subdomain| {
                !subdomain.is_empty()
                    && subdomain
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
            }),
    }
}

/// # Errors
/// `origin_not_allowed`.
pub fn check(site: &Site, origin: &str) -> Result<()> {
    if is_allowed(site, origin) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::OriginNotAllowed))
}

#[cfg(test)]
mod tests {
    use super::{matches, of_url};

    #[test]
    fn origins_are_read_from_addresses_of_pages() {
        assert_eq!(
            of_url("https://Acme.com/a?b#c").as_deref(),
            Some("https://acme.com")
        );
        assert_eq!(
            of_url("https://acme.com:443/").as_deref(),
            Some("https://acme.com")
        );
        assert_eq!(
            of_url("http://localhost:8081/x").as_deref(),
            Some("http://localhost:8081")
        );
        assert_eq!(
            of_url("https://acme.com@evil.example/").as_deref(),
            Some("https://evil.example")
        );
        for nonsense in [
            "",
            "acme.com",
            "javascript://x",
            "https://",
            "https://a b/",
            "file:///x",
        ] {
            assert_eq!(of_url(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_star_names_subdomains_and_nothing_else() {
        let pattern = "https://*.acme.com";
        assert!(matches(pattern, "https://shop.acme.com"));
        assert!(matches(pattern, "https://a.b.acme.com"));
        for other in [
            "https://acme.com",
            "http://shop.acme.com",
            "https://evilacme.com",
            "https://shop.acme.com.evil.example",
            "https://shop.acme.com:8443",
            "https://.acme.com",
        ] {
            assert!(!matches(pattern, other), "{other}");
        }
    }

    #[test]
    fn an_exact_origin_is_only_itself() {
        assert!(matches("https://acme.com", "https://acme.com"));
        assert!(matches("https://acme.com/", "https://ACME.com"));
        assert!(!matches("https://acme.com", "https://acme.com:8443"));
        assert!(!matches("https://acme.com", "http://acme.com"));
    }
}
