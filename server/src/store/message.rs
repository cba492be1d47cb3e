//! Messages. Rows come into being through `core::message::send` alone.

use super::{Connection, Transaction};
use crate::clock::{Millis, iso};
use crate::error::{Error, Result};
use shared::message::{Author, FileReference, Message, MessageStatus, Role, Source, Thumb};

#[derive(Debug, Clone, sqlx::FromRow)]
struct Row {
    id: i64,
    seq: i64,
    #[sqlx(try_from = "String")]
    role: Role,
    author_name: Option<String>,
    content: String,
    #[sqlx(try_from = "String")]
    status: MessageStatus,
    client_id: Option<String>,
    answer_id: Option<String>,
    sources: Option<String>,
    files: Option<String>,
    feedback: Option<String>,
    created_at: Millis,
    edited_at: Option<Millis>,
    removed_at: Option<Millis>,
}

impl TryFrom<Row> for Message {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let sources: Option<Vec<Source>> = parse(row.sources.as_deref())?;
        let files: Option<Vec<FileReference>> = parse(row.files.as_deref())?;
        Ok(Self {
            id: row.id,
            seq: row.seq,
            role: row.role,
            content: row.content,
            author: row.author_name.map(|name| Author { name }),
            created_at: iso(row.created_at),
            status: row.status,
            answer_id: row.answer_id,
            client_id: row.client_id,
            sources: sources.unwrap_or_default(),
            files: files.unwrap_or_default(),
            feedback: row.feedback.as_deref().and_then(Thumb::parse),
            edited_at: row.edited_at.map(iso),
            removed_at: row.removed_at.map(iso),
        })
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Option<T>> {
    text.map(serde_json::from_str)
        .transpose()
        .map_err(Error::internal)
}

fn render<T: serde::Serialize>(list: &[T]) -> Result<Option<String>> {
    if list.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(list)
        .map(Some)
        .map_err(Error::internal)
}

/// A message before it has an id.
#[derive(Debug, Clone)]
pub struct NewMessage {
    pub account_id: i64,
    pub conversation_id: i64,
    pub role: Role,
    pub author_id: Option<i64>,
    pub author_name: Option<String>,
    pub content: String,
    pub status: MessageStatus,
    pub client_id: Option<String>,
    pub answer_id: Option<String>,
    pub sources: Vec<Source>,
    pub files: Vec<FileReference>,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, seq, role, author_name, content, status, client_id, answer_id, sources, files, feedback,
                created_at, edited_at, removed_at
            from messages ",
            $condition
        )
    };
}

const INSERT: &str = "insert into messages (account_id, conversation_id, seq, role, author_id, author_name, content, status,
        client_id, answer_id, sources, files, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id";
const BY_ID: &str = select!("where conversation_id = $1 and id = $2");
const BY_CLIENT_ID: &str = select!("where conversation_id = $1 and client_id = $2");
const BY_ANSWER: &str = select!("where conversation_id = $1 and answer_id = $2");
const LATEST: &str =
    select!("where conversation_id = $1 and ($2 is null or seq < $2) order by seq desc limit $3");
const AFTER: &str = select!("where conversation_id = $1 and seq > $2 order by seq limit $3");
const OF_OPERATORS: &str =
    select!("where conversation_id = $1 and id > $2 and role = 'operator' order by seq limit $3");
const SINCE: &str =
    select!("where conversation_id = $1 and created_at > $2 and seq > $3 order by seq limit $4");
const OF_VISITOR: &str = select!("where conversation_id = $1 and id = $2 and role = 'user'");
const LATEST_SHOWN: &str =
    select!("where conversation_id = $1 and removed_at is null order by seq desc limit 1");
const EDIT: &str =
    "update messages set content = $3, edited_at = $4 where conversation_id = $1 and id = $2";
const REMOVE: &str = "update messages set content = '', sources = null, files = null, feedback = null, feedback_reason = null,
        removed_at = $3
    where conversation_id = $1 and id = $2";
/// After what was said has changed: what lists show of it, and how much of it nobody has opened.
const SET_PREVIEW: &str = "update conversations set preview = $3, preview_role = $4,
        unread_count = (select count(*) from messages m where m.conversation_id = $2 and m.role = 'user'
            and m.seq > conversations.operator_read_seq and m.removed_at is null)
    where account_id = $1 and id = $2";
const FIRST_ANSWER_AFTER: &str =
    select!("where conversation_id = $1 and seq > $2 and role = 'assistant' order by seq limit 1");
const SET_FEEDBACK: &str = "update messages set feedback = $3, feedback_reason = $4
    where conversation_id = $1 and id = $2 and role = 'assistant'";

pub async fn insert(
    transaction: &mut Transaction,
    new: &NewMessage,
    seq: i64,
    now: Millis,
) -> Result<Message> {
    let id: i64 = sqlx::query_scalar(INSERT)
        .bind(new.account_id)
        .bind(new.conversation_id)
        .bind(seq)
        .bind(new.role.as_str())
        .bind(new.author_id)
        .bind(new.author_name.as_deref())
        .bind(&new.content)
        .bind(new.status.as_str())
        .bind(new.client_id.as_deref())
        .bind(new.answer_id.as_deref())
        .bind(render(&new.sources)?)
        .bind(render(&new.files)?)
        .bind(now)
        .fetch_one(transaction.raw())
        .await?;
    Ok(Message {
        id,
        seq,
        role: new.role,
        content: new.content.clone(),
        author: new.author_name.clone().map(|name| Author { name }),
        created_at: iso(now),
        status: new.status,
        answer_id: new.answer_id.clone(),
        client_id: new.client_id.clone(),
        sources: new.sources.clone(),
        files: new.files.clone(),
        feedback: None,
        edited_at: None,
        removed_at: None,
    })
}

/// A message of the visitor's own, and when it was stored.
pub async fn of_visitor(
    connection: &mut Connection,
    conversation_id: i64,
    id: i64,
) -> Result<Option<(Message, Millis)>> {
    let row: Option<Row> = sqlx::query_as(OF_VISITOR)
        .bind(conversation_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?;
    row.map(|row| {
        let created_at = row.created_at;
        Ok((Message::try_from(row)?, created_at))
    })
    .transpose()
}

/// The last message that was not taken back.
pub async fn latest_shown(
    connection: &mut Connection,
    conversation_id: i64,
) -> Result<Option<Message>> {
    let row: Option<Row> = sqlx::query_as(LATEST_SHOWN)
        .bind(conversation_id)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Message::try_from).transpose()
}

/// Puts other words in the place of a message's own.
pub async fn edit(
    transaction: &mut Transaction,
    conversation_id: i64,
    id: i64,
    content: &str,
    now: Millis,
) -> Result<()> {
    sqlx::query(EDIT)
        .bind(conversation_id)
        .bind(id)
        .bind(content)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Empties a message that is taken back; its row keeps its place.
pub async fn remove(
    transaction: &mut Transaction,
    conversation_id: i64,
    id: i64,
    now: Millis,
) -> Result<()> {
    sqlx::query(REMOVE)
        .bind(conversation_id)
        .bind(id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn by_id(
    connection: &mut Connection,
    conversation_id: i64,
    id: i64,
) -> Result<Option<Message>> {
    let row: Option<Row> = sqlx::query_as(BY_ID)
        .bind(conversation_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Message::try_from).transpose()
}

pub async fn by_client_id(
    connection: &mut Connection,
    conversation_id: i64,
    client_id: &str,
) -> Result<Option<Message>> {
    let row: Option<Row> = sqlx::query_as(BY_CLIENT_ID)
        .bind(conversation_id)
        .bind(client_id)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Message::try_from).transpose()
}

/// The message that ended an answer.
pub async fn by_answer(
    connection: &mut Connection,
    conversation_id: i64,
    answer_id: &str,
) -> Result<Option<Message>> {
    let row: Option<Row> = sqlx::query_as(BY_ANSWER)
        .bind(conversation_id)
        .bind(answer_id)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Message::try_from).transpose()
}

/// The first answer of the assistant after a position.
pub async fn first_answer_after(
    connection: &mut Connection,
    conversation_id: i64,
    seq: i64,
) -> Result<Option<Message>> {
    let row: Option<Row> = sqlx::query_as(FIRST_ANSWER_AFTER)
        .bind(conversation_id)
        .bind(seq)
        .fetch_optional(connection.raw())
        .await?;
    row.map(Message::try_from).transpose()
}

/// The latest `limit` messages before position `before`, oldest first.
pub async fn latest(
    connection: &mut Connection,
    conversation_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Message>> {
    let rows: Vec<Row> = sqlx::query_as(LATEST)
        .bind(conversation_id)
        .bind(before)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter().rev().map(Message::try_from).collect()
}

/// The first `limit` messages after a position, oldest first.
pub async fn after(
    connection: &mut Connection,
    conversation_id: i64,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let rows: Vec<Row> = sqlx::query_as(AFTER)
        .bind(conversation_id)
        .bind(seq)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter().map(Message::try_from).collect()
}

/// What operators wrote after the message with an id, oldest first.
pub async fn of_operators(
    connection: &mut Connection,
    conversation_id: i64,
    after_id: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let rows: Vec<Row> = sqlx::query_as(OF_OPERATORS)
        .bind(conversation_id)
        .bind(after_id)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter().map(Message::try_from).collect()
}

/// The first `limit` messages later than a time and after a position, oldest first.
pub async fn since(
    connection: &mut Connection,
    conversation_id: i64,
    time: Millis,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let rows: Vec<Row> = sqlx::query_as(SINCE)
        .bind(conversation_id)
        .bind(time)
        .bind(seq)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter().map(Message::try_from).collect()
}

/// False where the conversation has no such answer.
pub async fn set_feedback(
    transaction: &mut Transaction,
    conversation_id: i64,
    id: i64,
    value: Option<Thumb>,
    reason: Option<&str>,
) -> Result<bool> {
    let done = sqlx::query(SET_FEEDBACK)
        .bind(conversation_id)
        .bind(id)
        .bind(value.map(Thumb::as_str))
        .bind(reason)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// What lists show of a conversation whose last message has changed or gone.
pub async fn set_preview(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    preview: &str,
    role: Option<Role>,
) -> Result<()> {
    sqlx::query(SET_PREVIEW)
        .bind(account_id)
        .bind(id)
        .bind(preview)
        .bind(role.map(Role::as_str))
        .execute(transaction.raw())
        .await?;
    Ok(())
}
