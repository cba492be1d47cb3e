//! Sites: what a tag is pasted for. One row, spelled `site_…`, `bot_…`, `ch_…` and by number.

use super::{Connection, Transaction, one_more};
use crate::clock::Millis;
use crate::error::{Error, Result};
use shared::site::SiteSettings;

#[derive(Debug, Clone)]
pub struct Site {
    pub id: i64,
    pub account_id: i64,
    pub slug: String,
    pub settings: SiteSettings,
    pub enabled: bool,
    pub demo: bool,
    pub knowledge_version: i64,
    pub account_active: bool,
    pub created_at: Millis,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    account_id: i64,
    slug: String,
    settings: String,
    enabled: i64,
    demo: i64,
    knowledge_version: i64,
    account_active: i64,
    created_at: Millis,
}

impl TryFrom<Row> for Site {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            slug: row.slug,
            settings: serde_json::from_str(&row.settings).map_err(Error::internal)?,
            enabled: row.enabled != 0,
            demo: row.demo != 0,
            knowledge_version: row.knowledge_version,
            account_active: row.account_active != 0,
            created_at: row.created_at,
        })
    }
}

const BY_SLUG: &str = "select s.id, s.account_id, s.slug, s.settings, s.enabled, s.demo, s.knowledge_version, a.active as account_active, s.created_at
    from sites s join accounts a on a.id = s.account_id where s.slug = $1";
const BY_ID: &str = "select s.id, s.account_id, s.slug, s.settings, s.enabled, s.demo, s.knowledge_version, a.active as account_active, s.created_at
    from sites s join accounts a on a.id = s.account_id where s.id = $1";
const OF_ACCOUNT: &str = "select s.id, s.account_id, s.slug, s.settings, s.enabled, s.demo, s.knowledge_version, a.active as account_active, s.created_at
    from sites s join accounts a on a.id = s.account_id where s.account_id = $1 order by s.id";
const PAGE: &str = "select s.id, s.account_id, s.slug, s.settings, s.enabled, s.demo, s.knowledge_version, a.active as account_active, s.created_at
    from sites s join accounts a on a.id = s.account_id where s.account_id = $1 and s.id > $2 order by s.id limit $3";
const COUNT: &str = "select count(*) from sites where account_id = $1";
const DEMO: &str = "select s.id, s.account_id, s.slug, s.settings, s.enabled, s.demo, s.knowledge_version, a.active as account_active, s.created_at
    from sites s join accounts a on a.id = s.account_id where s.demo = 1 order by s.id limit 1";
const INSERT: &str =
    "insert into sites (account_id, slug, name, settings, demo, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $6) returning id";
const UPDATE: &str = "update sites set name = $3, settings = $4, enabled = $5, updated_at = $6 where account_id = $1 and id = $2";
const LOCK: &str = "update sites set updated_at = updated_at where account_id = $1 and id = $2";
const DELETE: &str = "delete from sites where account_id = $1 and id = $2";
const BUMP_KNOWLEDGE: &str =
    "update sites set knowledge_version = knowledge_version + 1 where account_id = $1 and id = $2";

pub async fn by_slug(connection: &mut Connection, slug: &str) -> Result<Option<Site>> {
    let row: Option<Row> = sqlx::query_as(BY_SLUG)
        .bind(slug)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Site::try_from).transpose()
}

pub async fn by_id(connection: &mut Connection, id: i64) -> Result<Option<Site>> {
    let row: Option<Row> = sqlx::query_as(BY_ID)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Site::try_from).transpose()
}

pub async fn of_account(connection: &mut Connection, account_id: i64) -> Result<Vec<Site>> {
    let rows: Vec<Row> = sqlx::query_as(OF_ACCOUNT)
        .bind(account_id)
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter().map(Site::try_from).collect()
}

/// Oldest first, after the site with id `after`; one row more than `limit` where there is another page.
pub async fn page(
    connection: &mut Connection,
    account_id: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Site>> {
    let rows: Vec<Row> = sqlx::query_as(PAGE)
        .bind(account_id)
        .bind(after)
        .bind(one_more(limit))
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter().map(Site::try_from).collect()
}

pub async fn count(connection: &mut Connection, account_id: i64) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT)
        .bind(account_id)
        .fetch_one(connection.raw())
        .await?)
}

pub async fn demo(connection: &mut Connection) -> Result<Option<Site>> {
    let row: Option<Row> = sqlx::query_as(DEMO)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Site::try_from).transpose()
}

pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    slug: &str,
    settings: &SiteSettings,
    demo: bool,
    now: Millis,
) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(account_id)
        .bind(slug)
        .bind(&settings.display_name)
        .bind(serde_json::to_string(settings).map_err(Error::internal)?)
        .bind(i64::from(demo))
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

/// Makes other changes of this site wait until the end of the transaction.
pub async fn lock(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<()> {
    sqlx::query(LOCK)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn update(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    settings: &SiteSettings,
    enabled: bool,
    now: Millis,
) -> Result<()> {
    sqlx::query(UPDATE)
        .bind(account_id)
        .bind(id)
        .bind(&settings.display_name)
        .bind(serde_json::to_string(settings).map_err(Error::internal)?)
        .bind(i64::from(enabled))
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Deletes the site and, by the foreign keys, everything it owned. False where there was none.
pub async fn delete(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<bool> {
    let done = sqlx::query(DELETE)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Call it in the transaction that changes what the site's assistant knows.
pub async fn bump_knowledge(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<()> {
    sqlx::query(BUMP_KNOWLEDGE)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}
