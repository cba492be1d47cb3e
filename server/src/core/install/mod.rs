//! Looks at a page as a browser would and says whether a site's chat can work there.

mod policy;
mod tags;

use crate::app::App;
use crate::core::{origin, scrape};
use crate::error::{Error, Result};
use crate::net::Fetched;
use crate::reader::{Kind, Reading};
use crate::store::site::Site;
use shared::error::ErrorCode;
use shared::install::{InstallCheck, InstallCode, InstallFinding, InstallSeverity, InstallTag};
use tags::Tag;
use url::Url;

/// The largest page that is looked at.
const PAGE_BYTES: usize = 10 << 20;

/// What a look at a page found of a site's chat.
///
/// # Errors
/// `validation_failed` on `url`; `forbidden_address` for what may not be fetched from here.
pub async fn check(app: &App, site: &Site, url: &str) -> Result<InstallCheck> {
    let asked = scrape::address(app, "url", url)?;
    let (fetched, reading) = match look(app, asked.clone()).await {
        Ok(seen) => seen,
        Err(error) if error.code == ErrorCode::ForbiddenAddress => return Err(error),
        Err(error) => return Ok(unreachable(&asked, &error)),
    };
    let server = Url::parse(&app.config.public_url).map_err(Error::internal)?;
    let tags = tags::of(&reading, &fetched.url, &server);
    let findings = findings(site, &fetched, &reading, &tags, &server);
    let is_wrong = |finding: &InstallFinding| finding.severity == InstallSeverity::Error;
    Ok(InstallCheck {
        url: fetched.url.into(),
        installed: !findings.iter().any(is_wrong),
        tags: tags.iter().map(Tag::view).collect::<Vec<InstallTag>>(),
        findings,
    })
}

async fn look(app: &App, url: Url) -> Result<(Fetched, Reading)> {
    let mut fetched = app.net.fetch(url, PAGE_BYTES).await?;
    if !(200..300).contains(&fetched.status) {
        let detail = format!("The page answers with status {}.", fetched.status);
        return Err(Error::invalid("url", detail));
    }
    let is_page = matches!(
        fetched.content_type.as_str(),
        "text/html" | "application/xhtml+xml" | ""
    );
    if !is_page {
        let detail = format!("There is no web page, but {}.", fetched.content_type);
        return Err(Error::invalid("url", detail));
    }
    let text = std::mem::take(&mut fetched.text);
    let reading = app.reader.read(Kind::Page, text.into_bytes()).await;
    let reading = reading.map_err(|_| Error::invalid("url", "The page cannot be read."))?;
    Ok((fetched, reading))
}

fn unreachable(asked: &Url, error: &Error) -> InstallCheck {
    let detail = match error.code {
        ErrorCode::ValidationFailed => error.public_message(),
        ErrorCode::PayloadTooLarge => "The page is too large to be looked at.",
        _ => "The page cannot be reached from this server.",
    };
    InstallCheck {
        url: asked.to_string(),
        installed: false,
        tags: Vec::new(),
        findings: vec![wrong(InstallCode::PageUnreachable, detail)],
    }
}

fn findings(
    site: &Site,
    page: &Fetched,
    reading: &Reading,
    tags: &[Tag],
    server: &Url,
) -> Vec<InstallFinding> {
    let own = origin::of_url(page.url.as_str()).unwrap_or_default();
    let mut findings = tags::findings(site, &page.url, tags, reading, server);
    if !site.enabled {
        let detail =
            "The site is switched off: no launcher is shown. Switch it on in its settings.";
        findings.push(wrong(InstallCode::SiteDisabled, detail));
    }
    if !origin::is_allowed(site, &own) {
        let detail =
            format!("The site's allowed origins do not name {own}. Add it in the settings.");
        findings.push(wrong(InstallCode::OriginNotAllowed, detail));
    }
    let policies = page.policies.iter().map(|text| (text, true));
    let policies = policies.chain(reading.policies.iter().map(|text| (text, false)));
    let blocked = policy::blocked(policies, &page.url, tags.first(), server);
    if !blocked.is_empty() {
        let allowances: Vec<_> = blocked
            .iter()
            .map(|directive| format!("{directive} {}", server.origin().ascii_serialization()))
            .collect();
        let detail = format!(
            "The page's content security policy keeps the chat out. Add to it: {}",
            allowances.join("; ")
        );
        findings.push(wrong(InstallCode::ContentSecurityPolicy, detail));
    }
    findings
}

fn finding(
    code: InstallCode,
    severity: InstallSeverity,
    detail: impl Into<String>,
) -> InstallFinding {
    InstallFinding {
        code,
        severity,
        detail: detail.into(),
    }
}

fn wrong(code: InstallCode, detail: impl Into<String>) -> InstallFinding {
    finding(code, InstallSeverity::Error, detail)
}
