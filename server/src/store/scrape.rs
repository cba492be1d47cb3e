//! Scrapes: the reading of a site, and how far it is.

use super::{Connection, Transaction, one_more};
use crate::clock::Millis;
use crate::error::Result;
use shared::knowledge::ScrapeStatus;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Scrape {
    pub id: i64,
    pub account_id: i64,
    pub site_id: i64,
    pub url: String,
    #[sqlx(try_from = "String")]
    pub status: ScrapeStatus,
    pub reason: Option<String>,
    pub max_pages: i64,
    pub pages_read: i64,
    pub pages_failed: i64,
    pub created_at: Millis,
    pub finished_at: Option<Millis>,
}

const INSERT: &str = "insert into scrapes (account_id, site_id, url, status, max_pages, created_at)
    values ($1, $2, $3, 'queued', $4, $5) returning id";
const GET: &str = "select id, account_id, site_id, url, status, reason, max_pages, pages_read, pages_failed, created_at, finished_at
    from scrapes where account_id = $1 and id = $2";
const LIST: &str = "select id, account_id, site_id, url, status, reason, max_pages, pages_read, pages_failed, created_at, finished_at
    from scrapes where account_id = $1 and site_id = $2 and ($3 is null or id < $3) order by id desc limit $4";
const PROGRESS: &str = "update scrapes set status = 'running', pages_read = $3, pages_failed = $4
    where account_id = $1 and id = $2";
const FINISH: &str = "update scrapes set status = $3, reason = $4, finished_at = $5 where account_id = $1 and id = $2";
const DELETE_JOBS: &str = "delete from jobs where kind = 'scrape' and account_id = $1
    and payload in (select cast(s.id as text) from scrapes s where s.site_id = $2)";

pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    url: &str,
    max_pages: i64,
    now: Millis,
) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(account_id)
        .bind(site_id)
        .bind(url)
        .bind(max_pages)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn get(connection: &mut Connection, account_id: i64, id: i64) -> Result<Option<Scrape>> {
    Ok(sqlx::query_as(GET)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Newest first, after the one with id `before`; one row more than `limit` where there is another page.
pub async fn list(
    connection: &mut Connection,
    account_id: i64,
    site_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Scrape>> {
    Ok(sqlx::query_as(LIST)
        .bind(account_id)
        .bind(site_id)
        .bind(before)
        .bind(one_more(limit))
        .fetch_all(connection.raw())
        .await?)
}

/// False where the scrape is gone, with its site.
pub async fn progress(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    pages_read: i64,
    pages_failed: i64,
) -> Result<bool> {
    let done = sqlx::query(PROGRESS)
        .bind(account_id)
        .bind(id)
        .bind(pages_read)
        .bind(pages_failed)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn finish(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    status: ScrapeStatus,
    reason: Option<&str>,
    now: Millis,
) -> Result<()> {
    sqlx::query(FINISH)
        .bind(account_id)
        .bind(id)
        .bind(status.as_str())
        .bind(reason)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Deletes the jobs of a site's scrapes.
pub async fn delete_jobs(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
) -> Result<()> {
    sqlx::query(DELETE_JOBS)
        .bind(account_id)
        .bind(site_id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}
