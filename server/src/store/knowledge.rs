//! Knowledge: items as the owner gave them, and the passages they were cut into.

use super::{Connection, Transaction, one_more};
use crate::clock::Millis;
use crate::error::Result;
use shared::knowledge::KnowledgeKind;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Item {
    pub id: i64,
    pub site_id: i64,
    #[sqlx(try_from = "String")]
    pub kind: KnowledgeKind,
    pub title: String,
    pub source: Option<String>,
    pub content: String,
    pub characters: i64,
    pub passages: i64,
    pub created_at: Millis,
}

pub struct NewItem<'a> {
    pub account_id: i64,
    pub site_id: i64,
    pub kind: KnowledgeKind,
    pub title: &'a str,
    pub source: Option<&'a str>,
    pub content: &'a str,
    pub characters: i64,
    pub passages: i64,
}

/// A passage with what an answer needs to cite it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Passage {
    pub id: i64,
    pub item_id: i64,
    #[sqlx(try_from = "String")]
    pub kind: KnowledgeKind,
    /// Of the item: the question of a Q&A pair, the file's name, or the title given.
    pub title: String,
    pub source: Option<String>,
    pub heading: String,
    pub content: String,
}

const INSERT: &str = "insert into knowledge_items (account_id, site_id, kind, title, source, content, characters, passages, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id";
const INSERT_PASSAGE: &str = "insert into knowledge_passages (item_id, site_id, position, heading, content) values ($1, $2, $3, $4, $5)";
/// Lists leave the text out: it can be large.
const LIST: &str = "select id, site_id, kind, title, source, '' as content, characters, passages, created_at from knowledge_items
    where account_id = $1 and site_id = $2 and ($3 is null or id < $3)
        and ($4 is null or lower(title) like $4 escape '!' or lower(content) like $4 escape '!')
    order by id desc limit $5";
const GET: &str = "select id, site_id, kind, title, source, content, characters, passages, created_at from knowledge_items
    where account_id = $1 and id = $2";
const DELETE: &str = "delete from knowledge_items where account_id = $1 and id = $2";
const DELETE_PAGE: &str = "delete from knowledge_items where account_id = $1 and site_id = $2 and kind = 'url' and source = $3";
const DELETE_OF_SITE: &str = "delete from knowledge_items where account_id = $1 and site_id = $2";
const PASSAGES: &str = "select p.id, p.item_id, i.kind, i.title, i.source, p.heading, p.content
    from knowledge_passages p join knowledge_items i on i.id = p.item_id
    where p.site_id = $1 and p.id > $2 order by p.id limit $3";
const PASSAGE: &str = "select p.id, p.item_id, i.kind, i.title, i.source, p.heading, p.content
    from knowledge_passages p join knowledge_items i on i.id = p.item_id
    where p.site_id = $1 and p.id = $2";

pub async fn insert(transaction: &mut Transaction, item: &NewItem<'_>, now: Millis) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(item.account_id)
        .bind(item.site_id)
        .bind(item.kind.as_str())
        .bind(item.title)
        .bind(item.source)
        .bind(item.content)
        .bind(item.characters)
        .bind(item.passages)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn insert_passage(
    transaction: &mut Transaction,
    item_id: i64,
    site_id: i64,
    position: i64,
    heading: &str,
    content: &str,
) -> Result<()> {
    sqlx::query(INSERT_PASSAGE)
        .bind(item_id)
        .bind(site_id)
        .bind(position)
        .bind(heading)
        .bind(content)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Newest first, after the item with id `before`; `pattern` is a `like` pattern in lower case, escaped by `!`.
pub async fn list(
    connection: &mut Connection,
    account_id: i64,
    site_id: i64,
    before: Option<i64>,
    pattern: Option<&str>,
    limit: i64,
) -> Result<Vec<Item>> {
    Ok(sqlx::query_as(LIST)
        .bind(account_id)
        .bind(site_id)
        .bind(before)
        .bind(pattern)
        .bind(one_more(limit))
        .fetch_all(connection.raw())
        .await?)
}

pub async fn get(connection: &mut Connection, account_id: i64, id: i64) -> Result<Option<Item>> {
    Ok(sqlx::query_as(GET)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Deletes an item and its passages. False where there was none.
pub async fn delete(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<bool> {
    let done = sqlx::query(DELETE)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// What a site knows from one address of the web.
pub async fn delete_page(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    address: &str,
) -> Result<()> {
    sqlx::query(DELETE_PAGE)
        .bind(account_id)
        .bind(site_id)
        .bind(address)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn delete_of_site(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
) -> Result<()> {
    sqlx::query(DELETE_OF_SITE)
        .bind(account_id)
        .bind(site_id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Passages of a site after the one with id `after`, for building its index.
pub async fn passages(
    connection: &mut Connection,
    site_id: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Passage>> {
    Ok(sqlx::query_as(PASSAGES)
        .bind(site_id)
        .bind(after)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?)
}

pub async fn passage(
    connection: &mut Connection,
    site_id: i64,
    id: i64,
) -> Result<Option<Passage>> {
    Ok(sqlx::query_as(PASSAGE)
        .bind(site_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}
