//! Which links open at once and which ask first.

use crate::config::Config;
use web_sys::Url;

/// Whether a link leads away from the site's own domains, where the visitor is to be asked.
pub fn must_ask(config: &Config, address: &str) -> bool {
    // The browser's own reading of the address counts, not ours.
    let is_web = address
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    let host = Url::new(address)
        .map(|url| url.hostname())
        .unwrap_or_default();
    config.link_safety.enabled && is_web && !is_trusted(&host, config)
}

/// Whether a host belongs to the site: one of the allowed domains, the site's own website, or a host below one of them.
pub fn is_trusted(host: &str, config: &Config) -> bool {
    let host = host.to_ascii_lowercase();
    let own = config
        .website_url
        .iter()
        .chain(&config.link_safety.allowed_domains)
        .chain(&config.allowed_domains);
    own.map(|domain| domain_of(domain)).any(|domain| {
        let below = host
            .strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.ends_with('.'));
        !domain.is_empty() && (host == domain || below)
    })
}

/// `https://*.acme.example:443/x`, `*.acme.example` and `acme.example` all name `acme.example`.
fn domain_of(text: &str) -> String {
    let text = text.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text
        .split(['/', '?', '#', '\\', ':'])
        .next()
        .unwrap_or_default();
    text.trim_start_matches("*.").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::is_trusted;
    use crate::config::Config;

    fn config() -> Config {
        let mut config = Config {
            website_url: Some("https://www.acme.example/start".into()),
            allowed_domains: vec!["https://*.shop.example:8443".into()],
            ..Config::default()
        };
        config.link_safety.allowed_domains = vec!["Docs.example".into(), String::new()];
        config
    }

    #[test]
    fn own_domains_and_what_is_below_them_are_trusted() {
        for host in [
            "www.acme.example",
            "docs.example",
            "DE.Docs.Example",
            "shop.example",
            "a.shop.example",
        ] {
            assert!(is_trusted(host, &config()), "{host}");
        }
    }

    #[test]
    fn others_are_not_however_alike_they_look() {
        for host in [
            "acme.example",
            "evildocs.example",
            "docs.example.evil.test",
            "example",
            "",
            "docs.exampl",
        ] {
            assert!(!is_trusted(host, &config()), "{host}");
        }
    }
}
