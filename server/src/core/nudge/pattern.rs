//! Which pages a rule is about.

use url::Url;

/// Whether a page's address fits a pattern: a path (`/pricing*`), host and path (`acme.com/*`), or a whole address
/// (`https://…`). `*` stands for any characters. The query counts where the pattern has a `?`. An empty pattern fits
/// every page, also one that is not known.
pub(super) fn fits(pattern: &str, page: Option<&str>) -> bool {
    if pattern.is_empty() {
        return true;
    }
    let Some(page) = page.and_then(|page| Url::parse(page).ok()) else {
        return false;
    };
    let mut address = page.path().to_owned();
    if let Some(query) = page.query().filter(|_| pattern.contains('?')) {
        address = format!("{address}?{query}");
    }
    if !pattern.starts_with('/') {
        let host = page.host_str().unwrap_or_default();
        let port = page.port().map(|port| format!(":{port}"));
        address = format!("{host}{}{address}", port.unwrap_or_default());
    }
    if pattern.contains("://") {
        address = format!("{}://{address}", page.scheme());
    }
    matches(pattern, &address)
}

/// Goes back to the last `*` where what follows it does not fit: linear in memory, quadratic at worst in time.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(byte) if *byte == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star_at, swallowed)) = star else {
                    return false;
                };
                star = Some((star_at, swallowed + 1));
                at = star_at + 1;
                read = swallowed + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_name_paths_hosts_or_whole_addresses() {
        let page = Some("https://shop.acme.com/pricing/pro?plan=2&x=1#top");
        for pattern in [
            "",
            "*",
            "/pricing*",
            "/pricing/pro",
            "/*/pro",
            "*pro",
            "/pricing/pro?plan=*",
            "/*?*x=1",
            "shop.acme.com/*",
            "*.acme.com/pricing/*",
            "https://shop.acme.com/pricing/pro",
            "https://*/pro",
            "/**pro",
        ] {
            assert!(fits(pattern, page), "{pattern}");
        }
        for pattern in [
            "/",
            "/pricing",
            "/pricing/pro?plan=3",
            "acme.com/*",
            "http://shop.acme.com/*",
            "pricing",
            "/pricing/pro#top",
            "/pricing/pr",
        ] {
            assert!(!fits(pattern, page), "{pattern}");
        }
        assert!(fits("localhost:8080/*", Some("http://localhost:8080/a")));
    }

    #[test]
    fn a_page_that_is_not_known_fits_only_every_page() {
        for page in [None, Some(""), Some("no address")] {
            assert!(fits("", page));
            assert!(!fits("*", page));
        }
    }

    #[test]
    fn a_hostile_pattern_does_not_take_for_ever() {
        let page = format!("https://a.example/{}", "a".repeat(2_000));
        assert!(!fits(&format!("/{}b", "*a".repeat(200)), Some(&page)));
    }
}
