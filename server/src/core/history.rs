//! A visitor's conversation as its own visitor reads it again.

use crate::app::App;
use crate::clock::Millis;
use crate::core::actor::Visitor;
use crate::core::block::{self, Block};
use crate::core::{stream, ticket};
use crate::error::{Error, Result};
use crate::store;
use shared::conversation::{Mode, Rating};
use shared::limits;
use shared::message::Message;
use shared::widget::HistoryReply;

/// Messages of one look at what operators wrote.
const OF_OPERATORS: i64 = limits::HISTORY_MAX;

/// How many messages are asked for.
///
/// # Errors
/// `validation_failed` naming `limit`.
pub fn check_limit(limit: Option<i64>) -> Result<i64> {
    let limit = limit.unwrap_or(limits::HISTORY_DEFAULT);
    if !(1..=limits::HISTORY_MAX).contains(&limit) {
        let detail = format!("limit must be from 1 to {}", limits::HISTORY_MAX);
        return Err(Error::invalid("limit", detail));
    }
    Ok(limit)
}

/// What operators wrote after the message with an id, oldest first.
///
/// # Errors
/// `validation_failed` naming `after`, `storage_unavailable`.
pub async fn of_operators(
    app: &App,
    visitor: &Visitor,
    after: Option<i64>,
) -> Result<Vec<Message>> {
    let after = after.unwrap_or_default();
    if after < 0 {
        return Err(Error::invalid("after", "after must not be negative"));
    }
    let mut connection = app.db.read().await?;
    let id = visitor.conversation.id;
    store::message::of_operators(&mut connection, id, after, OF_OPERATORS).await
}

/// Everything said after a time, oldest first.
///
/// # Errors
/// `storage_unavailable`.
pub async fn since(app: &App, visitor: &Visitor, time: Millis) -> Result<Vec<Message>> {
    let mut connection = app.db.read().await?;
    let (id, page) = (visitor.conversation.id, limits::HISTORY_MAX);
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let seq = messages.last().map_or(0, |last| last.seq);
        let next = store::message::since(&mut connection, id, time, seq, page).await?;
        let is_last = i64::try_from(next.len()).is_ok_and(|count| count < page);
        messages.extend(next);
        if is_last {
            messages.retain(|message| message.removed_at.is_none());
            return Ok(messages);
        }
    }
}

/// The latest messages before a position, oldest first, and how the conversation stands.
///
/// # Errors
/// `validation_failed` naming `limit` or `before`, `storage_unavailable`.
pub async fn read(
    app: &App,
    visitor: &Visitor,
    before: Option<i64>,
    limit: Option<i64>,
) -> Result<HistoryReply> {
    let limit = check_limit(limit)?;
    if before.is_some_and(|before| before < 1) {
        return Err(Error::invalid("before", "before must be at least 1"));
    }
    let row = &visitor.conversation;
    // First the cursor, then the messages: what comes in between is in both, and nothing is in neither.
    let cursor = stream::present(app, row.account_id).await?;
    let mut connection = app.db.read().await?;
    let messages = store::message::latest(&mut connection, row.id, before, limit).await?;
    let block = Block::of_conversation(row, app.now());
    let score = row.rating_score.and_then(|score| u8::try_from(score).ok());
    Ok(HistoryReply {
        session_id: row.session_key.clone(),
        chat_ended: row.mode == Mode::Closed,
        mode: row.mode,
        ticket_number: row.ticket.map(ticket::public_number),
        operator: row
            .assignee_name
            .clone()
            .filter(|_| row.mode == Mode::Operator),
        rating: score.map(|score| Rating {
            score,
            comment: row.rating_comment.clone(),
        }),
        has_more: messages.first().is_some_and(|first| first.seq > 1),
        blocked: block.is_some(),
        blocked_until: block::end(block),
        read_seq: row.visitor_read_seq,
        seen_seq: row.operator_read_seq,
        cursor,
        messages,
    })
}
