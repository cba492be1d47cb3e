//! What a page's content security policies let through of what the chat needs: the loader and its parts, its config, its frame.

use super::tags::Tag;
use content_security_policy::{
    CheckResult, CspList, Destination, Initiator, ParserMetadata, PolicyDisposition, PolicySource,
    Request,
};
use url::Url;

/// The directives that keep something out, in the order in which the chat would meet them. Policies are their texts, and whether
/// they came as headers.
pub(super) fn blocked<'a>(
    policies: impl Iterator<Item = (&'a String, bool)>,
    page: &Url,
    tag: Option<&Tag>,
    server: &Url,
) -> Vec<&'static str> {
    let mut list = CspList(Vec::new());
    for (text, is_header) in policies {
        let source = if is_header {
            PolicySource::Header
        } else {
            PolicySource::Meta
        };
        list.append(CspList::parse(text, source, PolicyDisposition::Enforce));
    }
    let is_blocked = |request: &Request| {
        let (result, _) = list.should_request_be_blocked(request);
        result == CheckResult::Blocked
    };
    let of = |path: &str| Some(request(page, server.join(path).ok()?));
    let needs = [
        (
            "script-src",
            of("/widget.js").map(|request| loader(request, tag)),
        ),
        ("script-src", of("/loader/panel.js").map(part)),
        ("connect-src", of("/widget/config").map(fetched)),
        ("frame-src", of("/widget/frame").map(framed)),
    ];
    let mut directives: Vec<_> = needs
        .into_iter()
        .filter(|(_, request)| request.as_ref().is_some_and(is_blocked))
        .map(|(directive, _)| directive)
        .collect();
    directives.dedup();
    directives
}

fn request(page: &Url, url: Url) -> Request {
    Request {
        current_url: url.clone(),
        url,
        origin: page.origin(),
        redirect_count: 0,
        destination: Destination::None,
        initiator: Initiator::None,
        nonce: String::new(),
        integrity_metadata: String::new(),
        parser_metadata: ParserMetadata::None,
    }
}

/// The tag stands in the page, with a nonce where the page gives one.
fn loader(request: Request, tag: Option<&Tag>) -> Request {
    Request {
        destination: Destination::Script,
        parser_metadata: ParserMetadata::ParserInserted,
        nonce: tag.map(|tag| tag.nonce.clone()).unwrap_or_default(),
        integrity_metadata: tag.map(|tag| tag.integrity.clone()).unwrap_or_default(),
        ..request
    }
}

/// What the loader imports carries no nonce.
fn part(request: Request) -> Request {
    Request {
        destination: Destination::Script,
        parser_metadata: ParserMetadata::NotParserInserted,
        ..request
    }
}

fn fetched(request: Request) -> Request {
    Request {
        initiator: Initiator::Fetch,
        ..request
    }
}

fn framed(request: Request) -> Request {
    Request {
        destination: Destination::IFrame,
        ..request
    }
}

#[cfg(test)]
mod tests {
    use super::blocked;
    use url::Url;

    fn of(policies: &[&str]) -> Vec<&'static str> {
        let page = Url::parse("https://acme.example/shop").unwrap();
        let server = Url::parse("https://chat.example").unwrap();
        let texts: Vec<String> = policies.iter().map(|text| (*text).to_owned()).collect();
        blocked(texts.iter().map(|text| (text, true)), &page, None, &server)
    }

    #[test]
    fn no_policy_and_a_policy_about_other_things_keep_nothing_out() {
        assert!(of(&[]).is_empty());
        assert!(of(&["img-src 'none'; style-src 'self'"]).is_empty());
    }

    #[test]
    fn each_directive_counts_for_itself_and_falls_back() {
        let all = ["script-src", "connect-src", "frame-src"];
        assert_eq!(of(&["default-src 'self'"]), all);
        assert_eq!(of(&["script-src 'self'"]), ["script-src"]);
        assert_eq!(of(&["connect-src https://api.example"]), ["connect-src"]);
        assert_eq!(of(&["frame-src 'none'"]), ["frame-src"]);
        assert_eq!(of(&["child-src 'self'"]), ["frame-src"]);
        assert!(of(&["default-src https://chat.example"]).is_empty());
        assert!(of(&["default-src https:"]).is_empty());
        let documented = "default-src 'none'; script-src https://chat.example; frame-src https://chat.example; connect-src https://chat.example";
        assert!(of(&[documented]).is_empty());
        // The host alone, and as a subdomain's pattern.
        assert!(of(&["default-src chat.example"]).is_empty());
        assert_eq!(of(&["default-src *.chat.example"]), all);
    }

    #[test]
    fn of_several_policies_each_must_let_it_through() {
        assert_eq!(
            of(&["script-src https://chat.example", "script-src 'self'"]),
            ["script-src"]
        );
        // Two in one header, divided by a comma.
        assert_eq!(of(&["script-src *, connect-src 'self'"]), ["connect-src"]);
    }

    #[test]
    fn a_nonce_covers_the_tag_and_not_what_it_imports() {
        assert_eq!(of(&["script-src 'nonce-abc'"]), ["script-src"]);
    }
}
