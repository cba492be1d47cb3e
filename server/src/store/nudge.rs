//! Nudges: the rules of sites, and what was shown to whom.

use super::{Connection, Transaction, one_more};
use crate::clock::Millis;
use crate::error::Result;
use shared::nudge::NudgeHours;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Rule {
    pub id: i64,
    pub account_id: i64,
    pub site_id: i64,
    pub site_slug: String,
    pub text: String,
    pub enabled: i64,
    pub url_pattern: String,
    pub seconds_on_page: i64,
    pub first_visit: i64,
    #[sqlx(try_from = "String")]
    pub business_hours: NudgeHours,
    pub max_per_visitor: i64,
    pub pause_hours: i64,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// What of a rule its owner says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub text: String,
    pub enabled: bool,
    pub url_pattern: String,
    pub seconds_on_page: i64,
    pub first_visit: bool,
    pub business_hours: NudgeHours,
    pub max_per_visitor: i64,
    pub pause_hours: i64,
}

impl Rule {
    pub fn terms(&self) -> Terms {
        Terms {
            text: self.text.clone(),
            enabled: self.enabled != 0,
            url_pattern: self.url_pattern.clone(),
            seconds_on_page: self.seconds_on_page,
            first_visit: self.first_visit != 0,
            business_hours: self.business_hours,
            max_per_visitor: self.max_per_visitor,
            pause_hours: self.pause_hours,
        }
    }
}

/// A nudge that was shown, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Showing {
    pub id: i64,
    pub text: String,
    pub created_at: Millis,
}

/// A showing before it has an id.
#[derive(Debug, Clone)]
pub struct NewShowing<'a> {
    pub account_id: i64,
    pub conversation_id: i64,
    pub visitor_id: i64,
    pub nudge_id: Option<i64>,
    pub text: &'a str,
}

/// How often a visitor was shown a rule's nudge, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Shown {
    pub times: i64,
    pub last_at: Option<Millis>,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select n.id, n.account_id, n.site_id, s.slug as site_slug, n.text, n.enabled, n.url_pattern, n.seconds_on_page,
                n.first_visit, n.business_hours, n.max_per_visitor, n.pause_hours, n.created_at, n.updated_at
            from nudges n join sites s on s.id = n.site_id ",
            $condition
        )
    };
}

const INSERT: &str = "insert into nudges (account_id, site_id, text, enabled, url_pattern, seconds_on_page, first_visit,
        business_hours, max_per_visitor, pause_hours, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) returning id";
const UPDATE: &str = "update nudges set text = $3, enabled = $4, url_pattern = $5, seconds_on_page = $6, first_visit = $7,
        business_hours = $8, max_per_visitor = $9, pause_hours = $10, updated_at = $11
    where account_id = $1 and id = $2";
const BY_ID: &str = select!("where n.account_id = $1 and n.id = $2");
const LIST: &str = select!(
    "where n.account_id = $1 and ($2 is null or n.site_id = $2) and ($3 is null or n.id < $3) order by n.id desc limit $4"
);
const ENABLED: &str = select!("where n.site_id = $1 and n.enabled = 1 order by n.id");
const IDS: &str = "select id from nudges where site_id = $1";
const COUNT: &str = "select count(*) from nudges where account_id = $1 and site_id = $2";
const DELETE: &str = "delete from nudges where account_id = $1 and id = $2";
const SHOW: &str = "insert into nudge_showings (account_id, conversation_id, visitor_id, nudge_id, text, created_at)
    values ($1, $2, $3, $4, $5, $6) returning id";
const SHOWN: &str = "select count(*) as times, max(created_at) as last_at from nudge_showings
    where visitor_id = $1 and nudge_id = $2";
const PENDING: &str = "select id, text, created_at from nudge_showings
    where conversation_id = $1 and polled_at is null order by id";
const UNHEARD: &str =
    "select id from nudge_showings where conversation_id = $1 and heard_at is null";
const TAKE_UNHEARD: &str =
    "update nudge_showings set heard_at = $2 where conversation_id = $1 and heard_at is null
    returning id, text, created_at";
const MARK_HEARD: &str = "update nudge_showings set heard_at = $3
    where conversation_id = $1 and id = $2 and heard_at is null";
const MARK_POLLED: &str =
    "update nudge_showings set polled_at = $2 where conversation_id = $1 and polled_at is null
    returning id, text, created_at";

pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    terms: &Terms,
    now: Millis,
) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(account_id)
        .bind(site_id)
        .bind(&terms.text)
        .bind(i64::from(terms.enabled))
        .bind(&terms.url_pattern)
        .bind(terms.seconds_on_page)
        .bind(i64::from(terms.first_visit))
        .bind(terms.business_hours.as_str())
        .bind(terms.max_per_visitor)
        .bind(terms.pause_hours)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn update(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    terms: &Terms,
    now: Millis,
) -> Result<()> {
    sqlx::query(UPDATE)
        .bind(account_id)
        .bind(id)
        .bind(&terms.text)
        .bind(i64::from(terms.enabled))
        .bind(&terms.url_pattern)
        .bind(terms.seconds_on_page)
        .bind(i64::from(terms.first_visit))
        .bind(terms.business_hours.as_str())
        .bind(terms.max_per_visitor)
        .bind(terms.pause_hours)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn by_id(connection: &mut Connection, account_id: i64, id: i64) -> Result<Option<Rule>> {
    Ok(sqlx::query_as(BY_ID)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Newest first; one more than `limit` where there is another page.
pub async fn list(
    connection: &mut Connection,
    account_id: i64,
    site_id: Option<i64>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Rule>> {
    Ok(sqlx::query_as(LIST)
        .bind(account_id)
        .bind(site_id)
        .bind(before)
        .bind(one_more(limit))
        .fetch_all(connection.raw())
        .await?)
}

/// A site's rules that are switched on, oldest first.
pub async fn enabled(connection: &mut Connection, site_id: i64) -> Result<Vec<Rule>> {
    Ok(sqlx::query_as(ENABLED)
        .bind(site_id)
        .fetch_all(connection.raw())
        .await?)
}

/// Of all of a site's rules.
pub async fn ids(connection: &mut Connection, site_id: i64) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(IDS)
        .bind(site_id)
        .fetch_all(connection.raw())
        .await?)
}

pub async fn count(connection: &mut Connection, account_id: i64, site_id: i64) -> Result<i64> {
    Ok(sqlx::query_scalar(COUNT)
        .bind(account_id)
        .bind(site_id)
        .fetch_one(connection.raw())
        .await?)
}

/// False where there was none.
pub async fn delete(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<bool> {
    let done = sqlx::query(DELETE)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn show(
    transaction: &mut Transaction,
    new: &NewShowing<'_>,
    now: Millis,
) -> Result<Showing> {
    let id = sqlx::query_scalar(SHOW)
        .bind(new.account_id)
        .bind(new.conversation_id)
        .bind(new.visitor_id)
        .bind(new.nudge_id)
        .bind(new.text)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?;
    Ok(Showing {
        id,
        text: new.text.to_owned(),
        created_at: now,
    })
}

pub async fn shown(connection: &mut Connection, visitor_id: i64, nudge_id: i64) -> Result<Shown> {
    Ok(sqlx::query_as(SHOWN)
        .bind(visitor_id)
        .bind(nudge_id)
        .fetch_one(connection.raw())
        .await?)
}

/// What no poll has fetched yet, oldest first.
pub async fn pending(connection: &mut Connection, conversation_id: i64) -> Result<Vec<Showing>> {
    Ok(sqlx::query_as(PENDING)
        .bind(conversation_id)
        .fetch_all(connection.raw())
        .await?)
}

/// Takes what no poll has fetched yet: it is fetched once.
pub async fn take_pending(
    transaction: &mut Transaction,
    conversation_id: i64,
    now: Millis,
) -> Result<Vec<Showing>> {
    let mut taken: Vec<Showing> = sqlx::query_as(MARK_POLLED)
        .bind(conversation_id)
        .bind(now)
        .fetch_all(transaction.raw())
        .await?;
    taken.sort_unstable_by_key(|showing| showing.id);
    Ok(taken)
}

/// Ids of what no live channel has brought yet.
pub async fn unheard(connection: &mut Connection, conversation_id: i64) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(UNHEARD)
        .bind(conversation_id)
        .fetch_all(connection.raw())
        .await?)
}

/// Takes what no live channel has brought yet, oldest first: it is brought once.
pub async fn take_unheard(
    transaction: &mut Transaction,
    conversation_id: i64,
    now: Millis,
) -> Result<Vec<Showing>> {
    let mut taken: Vec<Showing> = sqlx::query_as(TAKE_UNHEARD)
        .bind(conversation_id)
        .bind(now)
        .fetch_all(transaction.raw())
        .await?;
    taken.sort_unstable_by_key(|showing| showing.id);
    Ok(taken)
}

pub async fn mark_heard(
    transaction: &mut Transaction,
    conversation_id: i64,
    id: i64,
    now: Millis,
) -> Result<()> {
    sqlx::query(MARK_HEARD)
        .bind(conversation_id)
        .bind(id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}
