//! One visit of an address: a page with its text and links, or a sitemap.

use super::sitemap;
use crate::app::App;
use crate::error::Error;
use crate::net::Fetched;
use crate::reader::{Kind, Reading};
use shared::error::ErrorCode;
use url::Url;

/// The largest page that is read.
const PAGE_BYTES: usize = 10 << 20;

pub(super) struct Read {
    /// Where the redirects led.
    pub url: Url,
    pub reading: Reading,
}

pub(super) enum Found {
    Page(Box<Read>),
    Sitemap(Vec<Url>),
}

/// Why a visit gave nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// An address that may not be asked.
    Forbidden,
    Unreachable,
    /// The other side's refusal.
    Status(u16),
    TooLarge,
    /// Neither text nor page, or one without text.
    NoPage,
}

impl Failure {
    pub fn into_error(self, field: &'static str) -> Error {
        let detail = match self {
            Self::Forbidden => return ErrorCode::ForbiddenAddress.into(),
            Self::Unreachable => "the page cannot be reached".to_owned(),
            Self::Status(status) => format!("the page answers with status {status}"),
            Self::TooLarge => "the page is too large".to_owned(),
            Self::NoPage => "there is no page with text at this address".to_owned(),
        };
        Error::invalid(field, detail)
    }

    /// As a scrape shows it.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden_address",
            Self::Unreachable | Self::Status(_) => "unreachable",
            Self::TooLarge | Self::NoPage => "nothing_found",
        }
    }
}

pub(super) async fn fetch(app: &App, url: Url) -> Result<Fetched, Failure> {
    app.net
        .fetch(url, PAGE_BYTES)
        .await
        .map_err(|error| match error.code {
            ErrorCode::ForbiddenAddress => Failure::Forbidden,
            ErrorCode::PayloadTooLarge => Failure::TooLarge,
            _ => {
                tracing::debug!(%error, "a page could not be fetched");
                Failure::Unreachable
            }
        })
}

pub(super) async fn visit(app: &App, url: Url) -> Result<Found, Failure> {
    let fetched = fetch(app, url).await?;
    if !(200..300).contains(&fetched.status) {
        return Err(Failure::Status(fetched.status));
    }
    let Fetched {
        url,
        content_type,
        text,
        ..
    } = fetched;
    let reading = match content_type.as_str() {
        "text/html" | "application/xhtml+xml" | "" => {
            let reading = app.reader.read(Kind::Page, text.into_bytes()).await;
            reading.map_err(|_| Failure::NoPage)?
        }
        "text/plain" | "text/markdown" => Reading {
            text,
            ..Reading::default()
        },
        "application/xml" | "text/xml" => {
            let entries = sitemap::entries(&text).ok_or(Failure::NoPage)?;
            return Ok(Found::Sitemap(entries));
        }
        _ => return Err(Failure::NoPage),
    };
    Ok(Found::Page(Box::new(Read { url, reading })))
}
