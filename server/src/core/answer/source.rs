//! Sources as an answer shows them, as far as the site discloses them.

use crate::store::knowledge::Passage;
use shared::knowledge::KnowledgeKind;
use shared::message::Source;
use shared::site::Disclosure;

/// Characters of a passage shown beside its title.
const EXCERPT_CHARS: usize = 240;

/// The source a passage makes after `before` others; none where the site keeps it to itself.
pub(super) fn of(passage: &Passage, before: usize, disclosure: &Disclosure) -> Option<Source> {
    if disclosure.sources == "none" {
        return None;
    }
    if let Some(allowed) = &disclosure.allowed_documents
        && !allowed.contains(&passage.item_id)
    {
        return None;
    }
    let number = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
    let whole = disclosure.sources != "titles";
    Some(Source {
        number,
        title: title(passage),
        url: passage
            .source
            .clone()
            .filter(|source| whole && is_address(source)),
        excerpt: whole.then(|| excerpt(&passage.content)),
    })
}

/// The headings above a passage say more than the name of its file.
fn title(passage: &Passage) -> String {
    match passage.kind {
        KnowledgeKind::Qa => passage.title.clone(),
        _ if passage.heading.is_empty() => passage.title.clone(),
        KnowledgeKind::Text | KnowledgeKind::Document | KnowledgeKind::Url => {
            passage.heading.clone()
        }
    }
}

fn is_address(source: &str) -> bool {
    source.starts_with("https://") || source.starts_with("http://")
}

fn excerpt(content: &str) -> String {
    let flat = content.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = flat.char_indices().nth(EXCERPT_CHARS) else {
        return flat;
    };
    let cut = flat[..end].rfind(' ').unwrap_or(end);
    format!("{}…", &flat[..cut])
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::store::knowledge::Passage;
    use shared::knowledge::KnowledgeKind;
    use shared::site::Disclosure;

    fn passage() -> Passage {
        Passage {
            id: 1,
            item_id: 7,
            kind: KnowledgeKind::Document,
            title: "guide.md".into(),
            source: Some("https://acme.example/guide".into()),
            heading: "Guide › Install".into(),
            content: "word ".repeat(200),
        }
    }

    fn disclosure(sources: &str, allowed: Option<Vec<i64>>) -> Disclosure {
        Disclosure {
            sources: sources.into(),
            allowed_documents: allowed,
        }
    }

    #[test]
    fn a_site_tells_as_much_as_it_wants_to() {
        let full = of(&passage(), 0, &disclosure("full", None)).unwrap();
        assert_eq!((full.number, full.title.as_str()), (1, "Guide › Install"));
        assert_eq!(full.url.as_deref(), Some("https://acme.example/guide"));
        assert!(full.excerpt.unwrap().ends_with("word…"));
        let titles = of(&passage(), 1, &disclosure("titles", None)).unwrap();
        assert_eq!((titles.number, titles.url, titles.excerpt), (2, None, None));
        assert!(of(&passage(), 0, &disclosure("none", None)).is_none());
        assert!(of(&passage(), 0, &disclosure("full", Some(vec![8]))).is_none());
        assert!(of(&passage(), 0, &disclosure("full", Some(vec![7]))).is_some());
    }
}
