//! The tags of a page that load a chat.

use super::{finding, wrong};
use crate::reader::{Reading, Script};
use crate::store::site::Site;
use shared::install::{InstallCode, InstallFinding, InstallSeverity, InstallTag};
use url::Url;

/// Names under which the loader is served.
const LOADERS: [&str; 2] = ["/widget.js", "/embed.js"];
/// Scripts that add other scripts to a page, by parts of their addresses.
const TAG_MANAGERS: [&str; 3] = [
    "googletagmanager.com/",
    "tags.tiqcdn.com/",
    "assets.adobedtm.com/",
];
/// How a tag may spell a site.
const PREFIXES: [&str; 4] = ["site_", "ch_", "bot_", "sk_"];

pub(super) struct Tag {
    pub src: Url,
    pub site: Option<String>,
    pub nonce: String,
    pub integrity: String,
    is_deferred: bool,
}

impl Tag {
    pub fn view(&self) -> InstallTag {
        InstallTag {
            src: self.src.to_string(),
            site: self.site.clone(),
        }
    }

    fn of(script: &Script, base: &Url) -> Option<Self> {
        let src = base.join(&script.src).ok()?;
        let is_loader = LOADERS.iter().any(|name| src.path().ends_with(name));
        is_loader.then(|| Self {
            src,
            site: script.site.clone().filter(|site| !site.is_empty()),
            nonce: script.nonce.clone(),
            integrity: script.integrity.clone(),
            is_deferred: script.is_deferred,
        })
    }

    fn is_from(&self, server: &Url) -> bool {
        self.src.host() == server.host()
            && self.src.port_or_known_default() == server.port_or_known_default()
            || self.src.origin() == server.origin()
    }

    /// Other products have scripts of these names too; only this one's tags name a site so.
    fn names_a_site(&self) -> bool {
        let site = self.site.as_deref().unwrap_or_default();
        PREFIXES.iter().any(|prefix| site.starts_with(prefix))
    }

    fn names(&self, site: &Site) -> bool {
        let spelled = self.site.as_deref().unwrap_or_default();
        let slug = PREFIXES
            .iter()
            .find_map(|prefix| spelled.strip_prefix(prefix));
        slug == Some(&site.slug) || spelled.parse() == Ok(site.id)
    }
}

/// The page's tags of this product.
pub(super) fn of(reading: &Reading, page: &Url, server: &Url) -> Vec<Tag> {
    let base = reading
        .base
        .as_deref()
        .and_then(|base| page.join(base).ok());
    let base = base.as_ref().unwrap_or(page);
    let tags = reading
        .scripts
        .iter()
        .filter_map(|script| Tag::of(script, base));
    tags.filter(|tag| tag.is_from(server) || tag.names_a_site())
        .collect()
}

pub(super) fn findings(
    site: &Site,
    page: &Url,
    tags: &[Tag],
    reading: &Reading,
    server: &Url,
) -> Vec<InstallFinding> {
    let (own, foreign): (Vec<_>, Vec<_>) = tags.iter().partition(|tag| tag.is_from(server));
    let mut findings = Vec::new();
    if own.is_empty() {
        findings.extend(missing(reading, &foreign, server));
    }
    let others = own.iter().filter(|tag| !tag.names(site));
    findings.extend(others.map(|tag| misnamed(tag, site)));
    if own.len() > 1 {
        let detail = format!(
            "The tag stands {} times on the page. The first one counts; take the others out.",
            own.len()
        );
        findings.push(finding(
            InstallCode::DoubleTag,
            InstallSeverity::Warning,
            detail,
        ));
    }
    if page.scheme() == "https" && own.iter().any(|tag| tag.src.scheme() == "http") {
        let detail = "The page comes over HTTPS and the tag asks for the chat over HTTP, which browsers refuse. \
                      Serve the chat over HTTPS and set PARLANCE_PUBLIC_URL to that address.";
        findings.push(wrong(InstallCode::InsecureTag, detail));
    }
    if own.iter().any(|tag| !tag.is_deferred) {
        let detail = "The page waits for the tag. Add the attribute async to it.";
        findings.push(finding(
            InstallCode::BlockingTag,
            InstallSeverity::Warning,
            detail,
        ));
    }
    findings
}

fn missing(reading: &Reading, foreign: &[&Tag], server: &Url) -> Vec<InstallFinding> {
    if let Some(tag) = foreign.first() {
        let detail = format!(
            "The tag loads the chat from {}, not from {}. If this server has moved, paste the tag anew.",
            tag.src.origin().ascii_serialization(),
            server.origin().ascii_serialization()
        );
        return vec![wrong(InstallCode::OtherServer, detail)];
    }
    let detail = "The tag is not in the page's source. Paste it just before </body>. If the page is made by a \
                  template, see that it has been published, and that no cache gives out an older page.";
    let mut findings = vec![wrong(InstallCode::TagMissing, detail)];
    let is_manager = |script: &Script| TAG_MANAGERS.iter().any(|part| script.src.contains(part));
    if reading.scripts.iter().any(is_manager) {
        let detail = "The page loads a tag manager. A tag that this adds later cannot be seen from here: \
                      open the page in a browser and look for the launcher.";
        findings.push(finding(
            InstallCode::TagManager,
            InstallSeverity::Hint,
            detail,
        ));
    }
    findings
}

fn misnamed(tag: &Tag, site: &Site) -> InstallFinding {
    let right = format!("site_{}", site.slug);
    match &tag.site {
        Some(other) => {
            let detail = format!("The tag names {other}. This site is {right}.");
            wrong(InstallCode::WrongSite, detail)
        }
        None => {
            let detail = format!("The tag names no site. Add data-site=\"{right}\" to it.");
            wrong(InstallCode::SiteMissing, detail)
        }
    }
}
