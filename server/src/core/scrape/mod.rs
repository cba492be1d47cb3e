//! Reading pages of the web into what a chatbot knows: one page at once, or a whole site by a job.

mod frontier;
mod page;
mod robots;
mod run;
mod sitemap;

pub use run::run;

use crate::app::App;
use crate::clock::iso;
use crate::core::actor::{Operator, Site};
use crate::core::knowledge::{self, New};
use crate::error::{Error, Result, check};
use crate::store;
use crate::store::job::NewJob;
use crate::store::scrape::Scrape as Row;
use page::Found;
use robots::Robots;
use shared::error::ErrorCode;
use shared::knowledge::{KnowledgeItem, Scrape};
use shared::limits;
use shared::page::Page;
use shared::text::{check_line, check_required_text};
use url::Url;

/// Kind of the job that reads a site.
pub const SCRAPE_JOB: &str = "scrape";

/// Reads one page into what a chatbot knows.
///
/// # Errors
/// `forbidden_address`; `validation_failed` on `source` where it is no page that can be read.
pub async fn add_page(app: &App, site: &Site, source: &str) -> Result<KnowledgeItem> {
    let url = address(app, "source", source)?;
    let refuse = |reason: &'static str| Error::invalid("source", reason);
    let robots = Robots::of(app, &url)
        .await
        .map_err(|failure| failure.into_error("source"))?;
    if !robots.allow(&url) {
        return Err(refuse("the page's robots.txt asks programs to stay away"));
    }
    let found = page::visit(app, url)
        .await
        .map_err(|failure| failure.into_error("source"))?;
    match found {
        Found::Page(read) => {
            let new = New::Page {
                url: read.url.into(),
                title: read.reading.title,
                text: read.reading.text,
            };
            knowledge::add(app, site, new).await
        }
        Found::Sitemap(_) => Err(refuse("this is a sitemap: scrape it instead")),
    }
}

/// Starts the reading of a site.
///
/// # Errors
/// `forbidden_address`, `validation_failed`.
pub async fn start(app: &App, site: &Site, url: &str, max_pages: Option<i64>) -> Result<Scrape> {
    let url = String::from(address(app, "url", url)?);
    let max_pages = max_pages.unwrap_or(limits::SCRAPE_PAGES);
    if !(1..=limits::SCRAPE_PAGES_MAX).contains(&max_pages) {
        let detail = format!("maxPages must be from 1 to {}", limits::SCRAPE_PAGES_MAX);
        return Err(Error::invalid("maxPages", detail));
    }
    let (account_id, site_id, now) = (site.account_id, site.id, app.now());
    let row = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let id =
                    store::scrape::insert(transaction, account_id, site_id, &url, max_pages, now)
                        .await?;
                let payload = id.to_string();
                let job = NewJob {
                    kind: SCRAPE_JOB,
                    account_id,
                    conversation_id: None,
                    payload: &payload,
                    run_at: now,
                    lease: None,
                };
                store::job::insert(transaction, &job, now).await?;
                store::scrape::get(transaction, account_id, id).await
            })
        })
        .await?;
    let row = row.ok_or_else(|| Error::internal("a scrape just begun is missing"))?;
    Ok(view(row, &site.slug))
}

/// The scrapes of a chatbot, newest first.
///
/// # Errors
/// `validation_failed` for a cursor we never gave.
pub async fn list(
    app: &App,
    site: &Site,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<Scrape>> {
    let before = cursor
        .filter(|cursor| !cursor.is_empty())
        .map(str::parse)
        .transpose()
        .map_err(|_| Error::invalid("cursor", "cursor is not valid"))?;
    let mut rows = {
        let mut connection = app.db.read().await?;
        store::scrape::list(&mut connection, site.account_id, site.id, before, limit).await?
    };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(Page {
        data: rows.into_iter().map(|row| view(row, &site.slug)).collect(),
        next_cursor,
    })
}

/// One scrape of the operator's account.
///
/// # Errors
/// `not_found`.
pub async fn show(app: &App, operator: &Operator, id: i64) -> Result<Scrape> {
    let mut connection = app.db.read().await?;
    let row = store::scrape::get(&mut connection, operator.account_id, id).await?;
    let row = row.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let site = store::site::by_id(&mut connection, row.site_id).await?;
    let site = site.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    Ok(view(row, &site.slug))
}

fn view(row: Row, slug: &str) -> Scrape {
    Scrape {
        id: row.id,
        chatbot_id: format!("bot_{slug}"),
        url: row.url,
        status: row.status,
        reason: row.reason,
        max_pages: row.max_pages,
        pages_read: row.pages_read,
        pages_failed: row.pages_failed,
        created_at: iso(row.created_at),
        finished_at: row.finished_at.map(iso),
    }
}

/// An address of the web that may be asked, as far as can be seen without asking.
pub fn address(app: &App, field: &'static str, text: &str) -> Result<Url> {
    let text = text.trim();
    check(field, check_required_text(text, limits::URL_CHARS))?;
    check(field, check_line(text, limits::URL_CHARS))?;
    if Url::parse(text).is_err() {
        let detail = format!("{field} must be an address such as https://example.com/faq");
        return Err(Error::invalid(field, detail));
    }
    let mut url = app.net.check(text)?;
    url.set_fragment(None);
    Ok(url)
}
