//! Files: what is known about them. Their bytes lie in storage.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct File {
    pub id: i64,
    pub account_id: i64,
    pub site_id: i64,
    pub conversation_id: i64,
    /// The message it hangs on.
    pub message_id: Option<i64>,
    pub name: String,
    pub filename: String,
    pub content_type: String,
    pub size: i64,
    pub created_at: Millis,
}

/// A file before its bytes are stored.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub account_id: i64,
    pub site_id: i64,
    pub conversation_id: i64,
    pub name: String,
    pub filename: String,
    pub content_type: &'static str,
    pub size: i64,
    pub uploader: &'static str,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, account_id, site_id, conversation_id, message_id, name, filename, content_type, size, created_at
            from files ",
            $condition
        )
    };
}

const INSERT: &str = "insert into files (account_id, site_id, conversation_id, name, filename, content_type, size, uploader, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id";
const MARK_STORED: &str = "update files set stored = 1 where account_id = $1 and id = $2";
const BY_NAME: &str = select!("where name = $1 and stored = 1");
const OF_MESSAGE: &str =
    select!("where conversation_id = $1 and message_id = $2 and id = $3 and stored = 1");
const UNSENT: &str = select!(
    "where conversation_id = $1 and uploader = $2 and message_id is null and stored = 1 and ($3 is null or id = $3)
    order by id limit $4"
);
const ATTACH: &str = "update files set message_id = $3
    where conversation_id = $1 and id = $2 and message_id is null and stored = 1";
const UPLOADED_SINCE: &str = "select created_at from files
    where conversation_id = $1 and uploader = $2 and created_at > $3 order by created_at";
const OLDER: &str =
    select!("where account_id = $1 and created_at < $2 order by created_at, id limit $3");
const ALL_OF_MESSAGE: &str =
    select!("where account_id = $1 and conversation_id = $2 and message_id = $3 order by id");
const DELETE: &str = "delete from files where account_id = $1 and id = $2";
const DELETE_UNSTORED: &str =
    "delete from files where account_id = $1 and name = $2 and stored = 0";

pub async fn insert(transaction: &mut Transaction, new: &NewFile, now: Millis) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(new.account_id)
        .bind(new.site_id)
        .bind(new.conversation_id)
        .bind(&new.name)
        .bind(&new.filename)
        .bind(new.content_type)
        .bind(new.size)
        .bind(new.uploader)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?)
}

/// The bytes are in their place. False where the file was deleted meanwhile.
pub async fn mark_stored(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<bool> {
    let done = sqlx::query(MARK_STORED)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// By the random name in its address, which is what allows to see it.
pub async fn by_name(connection: &mut Connection, name: &str) -> Result<Option<File>> {
    Ok(sqlx::query_as(BY_NAME)
        .bind(name)
        .fetch_optional(connection.raw())
        .await?)
}

pub async fn of_message(
    connection: &mut Connection,
    conversation_id: i64,
    message_id: i64,
    id: i64,
) -> Result<Option<File>> {
    Ok(sqlx::query_as(OF_MESSAGE)
        .bind(conversation_id)
        .bind(message_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Every file that hangs on a message.
pub async fn all_of_message(
    connection: &mut Connection,
    account_id: i64,
    conversation_id: i64,
    message_id: i64,
) -> Result<Vec<File>> {
    Ok(sqlx::query_as(ALL_OF_MESSAGE)
        .bind(account_id)
        .bind(conversation_id)
        .bind(message_id)
        .fetch_all(connection.raw())
        .await?)
}

/// Files of a conversation that no message has taken along yet, oldest first; only the one with an id, where it
/// is given.
pub async fn unsent(
    connection: &mut Connection,
    conversation_id: i64,
    uploader: &str,
    id: Option<i64>,
    limit: i64,
) -> Result<Vec<File>> {
    Ok(sqlx::query_as(UNSENT)
        .bind(conversation_id)
        .bind(uploader)
        .bind(id)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?)
}

/// Hangs a file on a message. False where it hangs on one already.
pub async fn attach(
    transaction: &mut Transaction,
    conversation_id: i64,
    id: i64,
    message_id: i64,
) -> Result<bool> {
    let done = sqlx::query(ATTACH)
        .bind(conversation_id)
        .bind(id)
        .bind(message_id)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// When files of a conversation were uploaded after a time, oldest first.
pub async fn uploaded_since(
    connection: &mut Connection,
    conversation_id: i64,
    uploader: &str,
    since: Millis,
) -> Result<Vec<Millis>> {
    Ok(sqlx::query_scalar(UPLOADED_SINCE)
        .bind(conversation_id)
        .bind(uploader)
        .bind(since)
        .fetch_all(connection.raw())
        .await?)
}

/// An account's files from before a time, oldest first.
pub async fn older(
    connection: &mut Connection,
    account_id: i64,
    before: Millis,
    limit: i64,
) -> Result<Vec<File>> {
    Ok(sqlx::query_as(OLDER)
        .bind(account_id)
        .bind(before)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?)
}

pub async fn delete(transaction: &mut Transaction, account_id: i64, id: i64) -> Result<()> {
    sqlx::query(DELETE)
        .bind(account_id)
        .bind(id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Forgets an upload that broke off before its bytes were stored.
pub async fn delete_unstored(
    transaction: &mut Transaction,
    account_id: i64,
    name: &str,
) -> Result<()> {
    sqlx::query(DELETE_UNSTORED)
        .bind(account_id)
        .bind(name)
        .execute(transaction.raw())
        .await?;
    Ok(())
}
