//! The job that reads a site, page after page.

use super::frontier::{Frontier, Stop};
use super::page::{self, Failure, Found, Read};
use super::robots::Robots;
use crate::app::App;
use crate::core::actor::Site;
use crate::core::knowledge::{self, New};
use crate::error::{Error, Result};
use crate::store;
use crate::store::job::Job;
use crate::store::scrape::Scrape;
use shared::error::ErrorCode;
use shared::knowledge::ScrapeStatus;
use std::time::Duration;
use url::Url;

/// The whole of one scrape.
const PATIENCE: Duration = Duration::from_secs(600);
/// Broken off with its process this often, it is not tried again.
const ATTEMPTS: i64 = 3;
/// Sitemaps that a sitemap may lead to.
const SITEMAPS: usize = 50;

/// How a scrape ended.
type End = (ScrapeStatus, Option<&'static str>);

/// Reads the site of a scrape. Run again, it begins again; pages take the place of what they were before.
///
/// # Errors
/// `storage_unavailable`.
pub async fn run(app: &App, job: &Job) -> Result<()> {
    let scrape = match job.payload.parse() {
        Ok(id) => find(app, job.account_id, id).await?,
        Err(_) => None,
    };
    let Some((scrape, site)) = scrape else {
        return finish_job(app, job.id).await;
    };
    let mut visit = Visit {
        app,
        site,
        scrape,
        read: 0,
        failed: 0,
        sitemaps: 0,
    };
    let end = if job.attempts > ATTEMPTS {
        (ScrapeStatus::Failed, Some("interrupted"))
    } else {
        match tokio::time::timeout(PATIENCE, visit.whole_site()).await {
            Ok(end) => end?,
            Err(_) => (ScrapeStatus::Partial, Some("time_limit")),
        }
    };
    finish(app, &visit.scrape, job.id, end).await
}

async fn find(app: &App, account_id: i64, id: i64) -> Result<Option<(Scrape, Site)>> {
    let mut connection = app.db.read().await?;
    let Some(scrape) = store::scrape::get(&mut connection, account_id, id).await? else {
        return Ok(None);
    };
    let site = store::site::by_id(&mut connection, scrape.site_id).await?;
    Ok(site.map(|site| (scrape, site)))
}

async fn finish_job(app: &App, job_id: i64) -> Result<()> {
    app.db
        .write(move |transaction| {
            Box::pin(async move { store::job::finish(transaction, job_id).await })
        })
        .await
}

async fn finish(app: &App, scrape: &Scrape, job_id: i64, (status, reason): End) -> Result<()> {
    let (account_id, id, now) = (scrape.account_id, scrape.id, app.now());
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::scrape::finish(transaction, account_id, id, status, reason, now).await?;
                store::job::finish(transaction, job_id).await
            })
        })
        .await
}

/// One scrape under way.
struct Visit<'a> {
    app: &'a App,
    site: Site,
    scrape: Scrape,
    read: i64,
    failed: i64,
    sitemaps: usize,
}

impl Visit<'_> {
    async fn whole_site(&mut self) -> Result<End> {
        let Ok(first) = Url::parse(&self.scrape.url) else {
            return Ok((ScrapeStatus::Failed, Some("nothing_found")));
        };
        self.note().await?;
        let robots = match Robots::of(self.app, &first).await {
            Ok(robots) => robots,
            Err(failure) => return Ok((ScrapeStatus::Failed, Some(failure.reason()))),
        };
        if !robots.allow(&first) {
            return Ok((ScrapeStatus::Failed, Some("robots_disallowed")));
        }
        let mut frontier = Frontier::new(first, self.scrape.max_pages);
        let mut first_failure = None;
        while let Some(stop) = frontier.next() {
            if self.read >= self.scrape.max_pages {
                return Ok((ScrapeStatus::Partial, Some("page_limit")));
            }
            if !robots.allow(&stop.url) {
                continue;
            }
            if let Err(failure) = self.stop_at(stop, &robots, &mut frontier).await? {
                self.failed += 1;
                first_failure.get_or_insert(failure.reason());
            }
            self.note().await?;
            if !frontier.is_empty() {
                tokio::time::sleep(robots.delay()).await;
            }
        }
        Ok(match (self.read, frontier.reached_depth) {
            (0, _) => {
                let reason = first_failure.unwrap_or("nothing_found");
                (ScrapeStatus::Failed, Some(reason))
            }
            (_, true) => (ScrapeStatus::Partial, Some("depth_limit")),
            (_, false) => (ScrapeStatus::Done, None),
        })
    }

    /// The outer error is ours and ends the job's run; the inner one is the page's and is counted.
    async fn stop_at(
        &mut self,
        stop: Stop,
        robots: &Robots,
        frontier: &mut Frontier,
    ) -> Result<std::result::Result<(), Failure>> {
        let asked = stop.url.clone();
        match page::visit(self.app, stop.url).await {
            Err(failure) => Ok(Err(failure)),
            Ok(Found::Sitemap(entries)) => {
                self.sitemaps += 1;
                let is_allowed = self.sitemaps <= SITEMAPS;
                for url in entries.into_iter().filter(|_| is_allowed) {
                    frontier.add(Stop {
                        url,
                        depth: stop.depth,
                        follow: false,
                    });
                }
                Ok(Ok(()))
            }
            Ok(Found::Page(read)) => {
                let has_moved = read.url != asked;
                // A redirect may lead out of the site, to where programs are not wanted, or to a page read before.
                if has_moved
                    && !(frontier.holds(&read.url)
                        && robots.allow(&read.url)
                        && frontier.visited(read.url.clone()))
                {
                    return Ok(Ok(()));
                }
                if stop.follow && !read.reading.no_follow {
                    for url in links(&read) {
                        frontier.add(Stop {
                            url,
                            depth: stop.depth + 1,
                            follow: true,
                        });
                    }
                }
                self.keep(*read).await
            }
        }
    }

    async fn keep(&mut self, read: Read) -> Result<std::result::Result<(), Failure>> {
        if read.reading.no_index {
            return Ok(Ok(()));
        }
        let new = New::Page {
            url: read.url.into(),
            title: read.reading.title,
            text: read.reading.text,
        };
        match knowledge::add(self.app, &self.site, new).await {
            Ok(_) => {
                self.read += 1;
                Ok(Ok(()))
            }
            // An empty page, or one of too much text.
            Err(error) if error.code == ErrorCode::ValidationFailed => Ok(Err(Failure::NoPage)),
            Err(error) => Err(error),
        }
    }

    /// Writes down how far it is.
    async fn note(&self) -> Result<()> {
        let (account_id, id) = (self.scrape.account_id, self.scrape.id);
        let (read, failed) = (self.read, self.failed);
        let is_there = self
            .app
            .db
            .write(move |transaction| {
                Box::pin(async move {
                    store::scrape::progress(transaction, account_id, id, read, failed).await
                })
            })
            .await?;
        if !is_there {
            return Err(Error::new(ErrorCode::NotFound));
        }
        Ok(())
    }
}

/// A page's links as whole addresses.
fn links(read: &Read) -> Vec<Url> {
    let base = match &read.reading.base {
        Some(base) => read.url.join(base).unwrap_or_else(|_| read.url.clone()),
        None => read.url.clone(),
    };
    let links = read.reading.links.iter();
    links.filter_map(|link| base.join(link).ok()).collect()
}
