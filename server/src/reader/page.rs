//! The main text of a web page as Markdown, and its links.

use super::{Reading, Script, clean};
use dom_query::Document;
use dom_smoothie::{Config, Readability, TextMode};

const LINKS: usize = 5_000;
const SCRIPTS: usize = 500;
const POLICIES: usize = 20;
const ELEMENTS: usize = 100_000;
/// What is no text of the page itself, where its main part cannot be told.
const ASIDE: [&str; 11] = [
    "head", "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form",
    "svg",
];

pub(super) fn read(html: &str) -> Reading {
    let document = Document::from(html);
    let links = document.select("a[href]");
    let links = links
        .iter()
        .filter_map(|link| link.attr("href"))
        .map(|link| link.trim().to_owned())
        .filter(|link| !link.is_empty() && !link.starts_with('#'))
        .take(LINKS)
        .collect();
    let base = document.select("base[href]").attr("href");
    let title = document.select("head > title").text().trim().to_owned();
    let robots = document
        .select("meta[name=robots], meta[name=ROBOTS]")
        .attr("content")
        .map(|content| content.to_lowercase())
        .unwrap_or_default();
    let asks = |word: &str| {
        let mut words = robots.split(',').map(str::trim);
        words.any(|given| given == word || given == "none")
    };
    let (scripts, policies) = (scripts(&document), policies(&document));
    Reading {
        text: clean(&text(html, document)),
        title: (!title.is_empty()).then(|| clean(&title)),
        links,
        base: base.map(|base| base.to_string()),
        no_index: asks("noindex"),
        no_follow: asks("nofollow"),
        scripts,
        policies,
    }
}

fn scripts(document: &Document) -> Vec<Script> {
    let found = document.select("script[src]");
    let scripts = found.iter().map(|script| {
        let attribute = |name: &str| script.attr(name).map(|value| value.trim().to_owned());
        let has = |name: &str| script.attr(name).is_some();
        Script {
            src: attribute("src").unwrap_or_default(),
            site: attribute("data-site").or_else(|| attribute("data-bot-id")),
            nonce: attribute("nonce").unwrap_or_default(),
            integrity: attribute("integrity").unwrap_or_default(),
            is_deferred: has("async")
                || has("defer")
                || attribute("type").as_deref() == Some("module"),
        }
    });
    scripts.take(SCRIPTS).collect()
}

/// A policy counts in the head alone (Content Security Policy Level 3, section 3.3).
fn policies(document: &Document) -> Vec<String> {
    let metas = document.select("head meta[http-equiv][content]");
    let policies = metas.iter().filter(|meta| {
        let name = meta.attr("http-equiv").unwrap_or_default();
        name.trim().eq_ignore_ascii_case("content-security-policy")
    });
    let texts = policies.filter_map(|meta| meta.attr("content"));
    texts.take(POLICIES).map(|text| text.to_string()).collect()
}

fn text(html: &str, document: Document) -> String {
    let config = Config {
        max_elements_to_parse: ELEMENTS,
        text_mode: TextMode::Markdown,
        ..Config::default()
    };
    let article = Readability::with_document(document, None, Some(config))
        .and_then(|mut readability| readability.parse());
    match article {
        Ok(article) if !article.text_content.trim().is_empty() => article.text_content.to_string(),
        // A page whose main part cannot be told is taken whole.
        _ => Document::from(html).md(Some(&ASIDE)).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_main_text_and_the_links_are_found() {
        let long = "We ship to Norway within five days, and to every other country within ten. "
            .repeat(12);
        let page = format!(
            "<!doctype html><html><head><title> Shipping &amp; returns </title><base href=\"/help/\">\
             <meta name=\"robots\" content=\"NoFollow, noarchive\"></head><body><nav><a href=\"/\">Home</a></nav>\
             <article><h1>Shipping</h1><h2>Norway</h2><p>{long}</p><p>{long}</p></article>\
             <a href=\"next\">Next</a><a href=\"#top\">Top</a><script>alert(1)</script></body></html>"
        );
        let read = read(&page);
        assert_eq!(read.title.as_deref(), Some("Shipping & returns"));
        assert_eq!(read.links, ["/", "next"]);
        assert_eq!(read.base.as_deref(), Some("/help/"));
        assert_eq!((read.no_index, read.no_follow), (false, true));
        assert!(read.text.contains("We ship to Norway"));
        assert!(!read.text.contains("alert(1)"));
    }

    #[test]
    fn a_short_page_is_taken_whole() {
        let read = read("<p>Open from <b>nine</b> to five.</p>");
        assert!(read.text.contains("nine"), "{}", read.text);
        assert_eq!(read.title, None);
    }
}
