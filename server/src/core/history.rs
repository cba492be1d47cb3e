//! A visitor's conversation as its own visitor reads it again.

use crate::app::App;
use crate::core::actor::Visitor;
use crate::core::{stream, ticket};
use crate::error::{Error, Result};
use crate::store;
use shared::conversation::{Mode, Rating};
use shared::limits;
use shared::widget::HistoryReply;

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
    let limit = limit.unwrap_or(limits::HISTORY_DEFAULT);
    if !(1..=limits::HISTORY_MAX).contains(&limit) {
        let detail = format!("limit must be from 1 to {}", limits::HISTORY_MAX);
        return Err(Error::invalid("limit", detail));
    }
    if before.is_some_and(|before| before < 1) {
        return Err(Error::invalid("before", "before must be at least 1"));
    }
    let row = &visitor.conversation;
    // First the cursor, then the messages: what comes in between is in both, and nothing is in neither.
    let cursor = stream::present(app, row.account_id).await?;
    let mut connection = app.db.read().await?;
    let messages = store::message::latest(&mut connection, row.id, before, limit).await?;
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
        blocked: row.visitor_blocked_at.is_some(),
        read_seq: row.visitor_read_seq,
        cursor,
        messages,
    })
}
