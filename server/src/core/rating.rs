//! Verdicts: 1 to 5 for a conversation, a thumb for one answer.

use crate::app::App;
use crate::core::actor::Visitor;
use crate::core::message::{self, Address};
use crate::core::webhook::{self, News};
use crate::error::{Error, Result, check};
use crate::store;
use shared::error::ErrorCode;
use shared::limits;
use shared::message::Thumb;
use shared::text::{check_required_text, check_text};

/// Rates the conversation; a second time replaces the first.
///
/// # Errors
/// `validation_failed` naming the field.
pub async fn rate(app: &App, visitor: &Visitor, score: i64, comment: Option<String>) -> Result<()> {
    if !(1..=5).contains(&score) {
        return Err(Error::invalid(
            "score",
            "score must be a whole number from 1 to 5",
        ));
    }
    let comment = comment.filter(|comment| !comment.trim().is_empty());
    if let Some(comment) = &comment {
        check("comment", check_text(comment, limits::COMMENT_CHARS))?;
    }
    let conversation = &visitor.conversation;
    let (account_id, id, site_id, now) = (
        conversation.account_id,
        conversation.id,
        conversation.site_id,
        app.now(),
    );
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::rating::put(
                    transaction,
                    account_id,
                    id,
                    site_id,
                    score,
                    comment.as_deref(),
                    now,
                )
                .await
            })
        })
        .await?;
    message::publish_row(
        app,
        Address::from(conversation),
        conversation.slug.as_str().into(),
    )
    .await;
    Ok(())
}

/// Adds words to a rating that was given; again replaces them.
///
/// # Errors
/// `not_found` where nothing was rated yet, `validation_failed` on `comment`.
pub async fn comment(app: &App, visitor: &Visitor, comment: String) -> Result<()> {
    check(
        "comment",
        check_required_text(&comment, limits::COMMENT_CHARS),
    )?;
    let conversation = &visitor.conversation;
    let (account_id, id, now) = (conversation.account_id, conversation.id, app.now());
    let found = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                store::rating::set_comment(transaction, account_id, id, &comment, now).await
            })
        })
        .await?;
    if !found {
        return Err(Error::new(ErrorCode::NotFound)
            .with_detail("There is no rating yet that a comment could be added to."));
    }
    message::publish_row(
        app,
        Address::from(conversation),
        conversation.slug.as_str().into(),
    )
    .await;
    Ok(())
}

/// A thumb for one answer; none takes it back.
///
/// # Errors
/// `not_found` where the conversation has no such answer, `validation_failed`.
pub async fn give_feedback(
    app: &App,
    visitor: &Visitor,
    message_id: i64,
    value: Option<Thumb>,
    reason: Option<String>,
) -> Result<()> {
    if let Some(reason) = &reason {
        check("reason", check_text(reason, limits::COMMENT_CHARS))?;
    }
    let address = Address::from(&visitor.conversation);
    let writing = app.clone();
    let deliveries = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let Address {
                    account_id,
                    conversation_id,
                } = address;
                store::conversation::lock(transaction, account_id, conversation_id).await?;
                let answer =
                    store::message::by_id(transaction, conversation_id, message_id).await?;
                let reason = reason.as_deref();
                let found = store::message::set_feedback(
                    transaction,
                    conversation_id,
                    message_id,
                    value,
                    reason,
                )
                .await?;
                let Some(answer) = answer.filter(|_| found) else {
                    return Err(ErrorCode::NotFound.into());
                };
                // Neither a thumb taken back nor the same one given again is news.
                let is_new = answer.feedback != value || reason.is_some();
                let Some(value) = value.filter(|_| is_new) else {
                    return Ok(false);
                };
                let news = [News::feedback(&answer, value, reason)];
                webhook::enqueue(transaction, &writing, address, &news).await
            })
        })
        .await?;
    if deliveries {
        app.webhooks.wake();
    }
    Ok(())
}
