//! Addresses that owners write down: origins that may embed the panel, links, domains.

use shared::limits;
use shared::text::check_line;
use url::{Host, Url};

const ORIGINS: usize = 50;

/// A link to show: `http` or `https`, or nothing.
pub(super) fn link(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    check_line(text, limits::URL_CHARS).map_err(|problem| problem.describe("the address"))?;
    let url = Url::parse(text)
        .map_err(|_| "it must be a whole address such as https://example.com/terms")?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("it must begin with https:// or http://".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must not hold a user name or a password".into());
    }
    // An address without a path stays as it was written.
    if url.as_str().strip_suffix('/') == Some(text) {
        return Ok(text.to_owned());
    }
    Ok(url.into())
}

/// A site's domain as text, taken out of a whole address where one was pasted; or nothing.
pub(in crate::core) fn domain(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    let refusal = "it must be a domain such as example.com";
    check_line(text, limits::URL_CHARS).map_err(|problem| problem.describe("the domain"))?;
    let whole = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let url = Url::parse(&whole).map_err(|_| refusal)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refusal.into());
    }
    let host = url.host_str().ok_or(refusal)?;
    Ok(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// Comma-separated origins in their canonical spelling: exact ones, or `https://*.example.com` for subdomains.
pub(super) fn origins(text: &str) -> Result<String, String> {
    let entries = text
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty());
    let mut origins: Vec<String> = Vec::new();
    for entry in entries {
        let origin = origin(entry)?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    if origins.len() > ORIGINS {
        return Err(format!("it must not hold more than {ORIGINS} origins"));
    }
    Ok(origins.join(","))
}

fn origin(text: &str) -> Result<String, String> {
    let refusal = || {
        let shown: String = text
            .chars()
            .filter(|character| !character.is_control())
            .take(80)
            .collect();
        format!("\"{shown}\" is not an origin such as https://example.com or https://*.example.com")
    };
    let (scheme, rest) = text.split_once("://").ok_or_else(refusal)?;
    let (wildcard, rest) = match rest.strip_prefix("*.") {
        Some(parent) => (true, parent),
        None => (false, rest),
    };
    let url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| refusal())?;
    let only_origin = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && !rest.contains(['*', '?', '#', '\\', '@'])
        && text.len() <= limits::URL_CHARS;
    if !only_origin {
        return Err(refusal());
    }
    let host = url.host().ok_or_else(refusal)?;
    if wildcard && !matches!(host, Host::Domain(domain) if domain.contains('.')) {
        return Err(refusal());
    }
    let star = if wildcard { "*." } else { "" };
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    Ok(format!("{}://{star}{host}{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::{domain, link, origins};

    #[test]
    fn origins_are_exact_or_name_subdomains() {
        for (given, kept) in [
            ("", ""),
            (" , ", ""),
            ("https://acme.com", "https://acme.com"),
            ("https://acme.com/", "https://acme.com"),
            ("HTTPS://Acme.COM:443", "https://acme.com"),
            (
                "https://acme.com, http://localhost:3000",
                "https://acme.com,http://localhost:3000",
            ),
            ("https://*.acme.com:8443", "https://*.acme.com:8443"),
            ("https://a.com,https://a.com", "https://a.com"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(origins(given).as_deref(), Ok(kept), "{given}");
        }
        for refused in [
            "*",
            "null",
            "acme.com",
            "https://",
            "https://*",
            "https://*.com",
            "https://*.*.acme.com",
            "https://a*.acme.com",
            "https://*.127.0.0.1",
            "https://acme.com/path",
            "https://acme.com?x",
            "https://user@acme.com",
            "ftp://acme.com",
            "javascript://acme.com",
            "https://acme.com https://b.com",
            "https://acme.com;script-src *",
        ] {
            assert!(origins(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn links_are_web_addresses() {
        assert_eq!(link("").as_deref(), Ok(""));
        assert_eq!(
            link(" https://acme.com/terms ").as_deref(),
            Ok("https://acme.com/terms")
        );
        for refused in [
            "acme.com",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://user:pass@acme.com/",
            "https://",
            "//acme.com",
        ] {
            assert!(link(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn domains_are_taken_out_of_addresses() {
        assert_eq!(domain("Acme.com").as_deref(), Ok("acme.com"));
        assert_eq!(
            domain("https://acme.com/shop?x=1").as_deref(),
            Ok("acme.com")
        );
        assert_eq!(domain("localhost:3000").as_deref(), Ok("localhost:3000"));
        assert!(domain("not a domain").is_err());
        assert!(domain("ftp://acme.com").is_err());
    }
}
