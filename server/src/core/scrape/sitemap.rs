//! Sitemaps (sitemaps.org): lists of a site's pages, or of further sitemaps.

use quick_xml::Reader;
use quick_xml::events::Event;
use url::Url;

/// As many as one sitemap may hold by its own rules.
const ENTRIES: usize = 50_000;

/// The addresses in a sitemap; nothing where the text is none.
pub(super) fn entries(xml: &str) -> Option<Vec<Url>> {
    let mut reader = Reader::from_str(xml);
    let (mut entries, mut location) = (Vec::new(), None::<String>);
    let mut is_sitemap = false;
    while entries.len() < ENTRIES {
        match reader.read_event().ok()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "urlset" | "sitemapindex" => is_sitemap = true,
                "loc" if is_sitemap => location = Some(String::new()),
                _ => {}
            },
            Event::Text(text) => {
                if let Some(location) = &mut location {
                    location.push_str(&text.xml10_content());
                }
            }
            Event::CData(text) => {
                if let Some(location) = &mut location {
                    location.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(name) => {
                if let Some(location) = &mut location
                    && name.xml10_content().as_ref() == "amp"
                {
                    location.push('&');
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "loc" => {
                let location = location.take().unwrap_or_default();
                entries.extend(Url::parse(location.trim()));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    is_sitemap.then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn addresses_are_read_out_of_sitemaps() {
        let xml = "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
                   <url><loc> https://a.example/x?a=1&amp;b=2 </loc><lastmod>2026</lastmod></url>\
                   <url><loc><![CDATA[https://a.example/y]]></loc></url><url><loc>nonsense</loc></url></urlset>";
        let found: Vec<String> = entries(xml)
            .unwrap()
            .into_iter()
            .map(String::from)
            .collect();
        assert_eq!(
            found,
            ["https://a.example/x?a=1&b=2", "https://a.example/y"]
        );
        assert_eq!(entries("<rss><loc>https://a.example/</loc></rss>"), None);
        assert_eq!(entries("<urlset><url></nonsense>"), None);
    }
}
