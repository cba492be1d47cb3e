//! Headers that tell browsers what a response may do.

use axum::extract::Request;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const EMBEDDER_POLICY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
/// What is not a page needs nothing: a reply opened in a tab stays inert.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// Gives every response the headers it has not set itself.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set_missing(headers, REFERRER_POLICY, "strict-origin-when-cross-origin");
    set_missing(headers, CONTENT_SECURITY_POLICY, NOTHING);
    set_missing(headers, RESOURCE_POLICY, "same-origin");
    response
}

fn set_missing(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}

/// Lets pages that are isolated from other origins frame the response: they only take what isolates itself as well.
pub fn isolate(headers: &mut HeaderMap) {
    headers.insert(EMBEDDER_POLICY, HeaderValue::from_static("require-corp"));
}

/// Lets pages of other origins load the response: the loader, the panel's page and files.
pub fn open_to_other_origins(headers: &mut HeaderMap) {
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}

/// What a page of ours may load. Inline scripts and styles are named by their hash.
#[derive(Debug, Clone, Default)]
pub struct PagePolicy {
    pub script_hashes: Vec<String>,
    pub style_hashes: Vec<String>,
    /// Sources of `frame-ancestors`; none means nobody may frame the page.
    pub frame_ancestors: Vec<String>,
    /// Sources of `frame-src`.
    pub frames: Vec<String>,
    /// For a page whose style sheets come from a library we do not write.
    pub any_inline_style: bool,
}

impl PagePolicy {
    /// Reads the inline scripts and styles of a page that is part of the program.
    pub fn of_page(html: &str) -> Self {
        Self {
            script_hashes: inline_hashes(html, "script"),
            style_hashes: inline_hashes(html, "style"),
            ..Self::default()
        }
    }

    pub fn text(&self) -> String {
        let scripts = with_hashes("'self' 'wasm-unsafe-eval'", &self.script_hashes);
        let styles = if self.any_inline_style {
            "'self' 'unsafe-inline'".to_owned()
        } else {
            with_hashes("'self'", &self.style_hashes)
        };
        let frames = one_of(&self.frames);
        let ancestors = one_of(&self.frame_ancestors);
        format!(
            "default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data: blob:; \
             font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src {frames}; base-uri 'none'; \
             form-action 'self'; frame-ancestors {ancestors}"
        )
    }

    /// Sets the policy, and the older header that says the same where nobody may frame the page.
    pub fn apply(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.text()) {
            headers.insert(CONTENT_SECURITY_POLICY, value);
        }
        if self.frame_ancestors.is_empty() {
            headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        }
    }
}

fn one_of(sources: &[String]) -> String {
    if sources.is_empty() {
        "'none'".to_owned()
    } else {
        sources.join(" ")
    }
}

fn with_hashes(sources: &str, hashes: &[String]) -> String {
    hashes
        .iter()
        .fold(sources.to_owned(), |all, hash| format!("{all} '{hash}'"))
}

/// `sha256-…` of the contents of each `<name>` element that has contents of its own.
fn inline_hashes(html: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut hashes = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find(&open) {
        let element = &rest[start..];
        let (Some(head), Some(end)) = (element.find('>'), element.find(&close)) else {
            break;
        };
        let contents = element.get(head + 1..end).unwrap_or_default();
        if !contents.is_empty() {
            hashes.push(format!(
                "sha256-{}",
                BASE64_STANDARD.encode(Sha256::digest(contents))
            ));
        }
        rest = &element[end + close.len()..];
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::PagePolicy;

    #[test]
    fn inline_scripts_are_named_by_their_hash_and_others_are_not() {
        let html = "<script src=\"/a.js\"></script><script>alert(1)</script><style>a{}</style>";
        let policy = PagePolicy::of_page(html);
        assert_eq!(
            policy.script_hashes,
            ["sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="]
        );
        assert_eq!(policy.style_hashes.len(), 1);
        assert!(policy.text().contains("frame-ancestors 'none'"));
        assert!(!policy.text().contains("unsafe-inline"));
    }
}
