//! What is still to be visited, and what was seen already.

use std::collections::{HashSet, VecDeque};
use url::Url;

/// Links away from where it began.
const DEPTH: usize = 10;
/// Addresses remembered for each page that may be read: a site that makes up links must not fill the memory.
const KNOWN_PER_PAGE: usize = 20;

/// One address to visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    pub url: Url,
    pub depth: usize,
    /// Whether its links are to be followed. A sitemap names its pages itself.
    pub follow: bool,
}

/// The addresses of one site, nearest first, each once.
#[derive(Debug)]
pub(super) struct Frontier {
    host: String,
    room: usize,
    waiting: VecDeque<Stop>,
    known: HashSet<Url>,
    /// A link was left alone because it was too far away.
    pub reached_depth: bool,
}

impl Frontier {
    /// The site is the one of this address.
    pub fn new(first: Url, max_pages: i64) -> Self {
        let pages = usize::try_from(max_pages).unwrap_or(usize::MAX);
        let mut frontier = Self {
            host: host(&first),
            room: pages.saturating_mul(KNOWN_PER_PAGE),
            waiting: VecDeque::new(),
            known: HashSet::new(),
            reached_depth: false,
        };
        frontier.add(Stop {
            url: first,
            depth: 0,
            follow: true,
        });
        frontier
    }

    pub fn next(&mut self) -> Option<Stop> {
        self.waiting.pop_front()
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether an address belongs to the site.
    pub fn holds(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https") && host(url) == self.host
    }

    /// Takes note that an address has been visited, such as where a redirect led. False where it had been before.
    pub fn visited(&mut self, mut url: Url) -> bool {
        url.set_fragment(None);
        self.known.insert(url)
    }

    /// An address to be visited once, where it belongs to the site.
    pub fn add(&mut self, mut stop: Stop) {
        stop.url.set_fragment(None);
        if !self.holds(&stop.url) || self.known.contains(&stop.url) || self.known.len() >= self.room
        {
            return;
        }
        if stop.depth > DEPTH {
            self.reached_depth = true;
            return;
        }
        self.known.insert(stop.url.clone());
        self.waiting.push_back(stop);
    }
}

/// `www.` is the same site, another port is not.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, Frontier, Stop};
    use url::Url;

    fn stop(url: &str, depth: usize) -> Stop {
        Stop {
            url: Url::parse(url).unwrap(),
            depth,
            follow: true,
        }
    }

    #[test]
    fn each_address_of_the_site_is_visited_once_and_no_other() {
        let mut frontier = Frontier::new(Url::parse("https://a.example/").unwrap(), 10);
        for url in [
            "https://a.example/#top",
            "https://www.a.example/x",
            "http://a.example/y",
            "https://a.example/x",
            "https://a.example/x#part",
            "https://b.example/",
            "https://sub.a.example/",
            "https://a.example:8443/",
            "https://a.example.evil.example/",
            "mailto:ada@a.example",
        ] {
            frontier.add(stop(url, 1));
        }
        let mut visited = Vec::new();
        while let Some(stop) = frontier.next() {
            visited.push(String::from(stop.url));
        }
        let expected = [
            "https://a.example/",
            "https://www.a.example/x",
            "http://a.example/y",
            "https://a.example/x",
        ];
        assert_eq!(visited, expected);
    }

    #[test]
    fn what_is_too_far_away_is_noticed() {
        let mut frontier = Frontier::new(Url::parse("https://a.example/").unwrap(), 10);
        frontier.add(stop("https://a.example/deep", DEPTH));
        assert!(!frontier.reached_depth);
        frontier.add(stop("https://a.example/deeper", DEPTH + 1));
        assert!(frontier.reached_depth);
    }
}
