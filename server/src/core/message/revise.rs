//! Messages that are changed or taken back by the visitor who wrote them.

use super::announce::publish;
use super::consequences::Consequences;
use super::{ANSWER_JOB, Address, enqueue_answer, lock};
use crate::app::App;
use crate::core::answer::turn::{answer_id, first_answer_id};
use crate::core::file;
use crate::core::handover;
use crate::error::{Error, Result};
use crate::store::{Transaction, job, message};
use shared::error::ErrorCode;
use shared::event::Event;
use shared::message::{Message, MessageStatus};
use shared::preview::preview;

/// What [`edit`] did.
pub struct Edited {
    pub message: Message,
    /// The job that makes the assistant answer the new words, held by this process.
    pub answer_job: Option<i64>,
}

/// Puts other words in the place of a visitor's message. Where the answer to the old ones was `stopped`, the new ones
/// are answered.
///
/// # Errors
/// `not_found` where it is not the visitor's, or was taken back; `storage_unavailable`.
pub async fn edit(
    app: &App,
    address: Address,
    id: i64,
    text: String,
    stopped: bool,
) -> Result<Edited> {
    let writing = app.clone();
    let (edited, committed) = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let now = writing.now();
                let locked = lock(transaction, address).await?;
                let mode = locked.mode;
                let mut consequences = Consequences::of(locked);
                let before = own(transaction, address, id).await?;
                let old_answer = answer_id(&before);
                message::edit(transaction, address.conversation_id, id, &text, now).await?;
                let message = own(transaction, address, id).await?;
                let is_answered = match stopped {
                    // It may have become whole while it was being stopped.
                    true => is_whole(transaction, address, &old_answer).await?,
                    false => true,
                };
                let answer_job = if !is_answered && handover::assistant_answers(mode) {
                    let worker = &writing.worker;
                    Some(enqueue_answer(transaction, address, &message, 0, worker, now).await?)
                } else {
                    None
                };
                refresh_preview(transaction, address).await?;
                let event = Event::Edited {
                    message: message.clone(),
                };
                consequences.event(transaction, address, event, now).await?;
                let committed = consequences
                    .conclude(transaction, &writing, address)
                    .await?;
                Ok((
                    Edited {
                        message,
                        answer_job,
                    },
                    committed,
                ))
            })
        })
        .await?;
    publish(app, address, committed).await;
    Ok(edited)
}

/// Takes a visitor's message back, and with it the part of an answer that was never made whole.
///
/// # Errors
/// `not_found` where it is not the visitor's, or was taken back; `storage_unavailable`.
pub async fn remove(app: &App, address: Address, id: i64) -> Result<()> {
    let writing = app.clone();
    let committed = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let now = writing.now();
                let locked = lock(transaction, address).await?;
                let mut consequences = Consequences::of(locked);
                let question = own(transaction, address, id).await?;
                let Address {
                    account_id,
                    conversation_id,
                } = address;
                let seq = question.seq.to_string();
                job::cancel(transaction, ANSWER_JOB, account_id, conversation_id, &seq).await?;
                file::forget_of_message(transaction, address, id, now).await?;
                let mut gone = vec![(id, question.seq)];
                gone.extend(partial_answers(transaction, address, &question).await?);
                for (id, _) in &gone {
                    message::remove(transaction, conversation_id, *id, now).await?;
                }
                refresh_preview(transaction, address).await?;
                for (id, seq) in gone {
                    consequences
                        .event(transaction, address, Event::Removed { id, seq }, now)
                        .await?;
                }
                consequences.conclude(transaction, &writing, address).await
            })
        })
        .await?;
    publish(app, address, committed).await;
    Ok(())
}

async fn own(transaction: &mut Transaction, address: Address, id: i64) -> Result<Message> {
    message::of_visitor(transaction, address.conversation_id, id)
        .await?
        .map(|(message, _)| message)
        .filter(|message| message.removed_at.is_none())
        .ok_or_else(|| Error::new(ErrorCode::NotFound))
}

async fn is_whole(transaction: &mut Transaction, address: Address, answer: &str) -> Result<bool> {
    let stored = message::by_answer(transaction, address.conversation_id, answer).await?;
    Ok(stored.is_some_and(|message| message.status == MessageStatus::Complete))
}

/// What was begun to be said to a question and broke off: to its words as they are, and as they were first.
async fn partial_answers(
    transaction: &mut Transaction,
    address: Address,
    question: &Message,
) -> Result<Vec<(i64, i64)>> {
    let mut ids = vec![first_answer_id(question)];
    if question.edited_at.is_some() {
        ids.push(answer_id(question));
    }
    let mut partial = Vec::new();
    for id in ids {
        let stored = message::by_answer(transaction, address.conversation_id, &id).await?;
        partial.extend(
            stored
                .filter(|answer| answer.status == MessageStatus::Interrupted)
                .filter(|answer| answer.removed_at.is_none())
                .map(|answer| (answer.id, answer.seq)),
        );
    }
    Ok(partial)
}

async fn refresh_preview(transaction: &mut Transaction, address: Address) -> Result<()> {
    let Address {
        account_id,
        conversation_id,
    } = address;
    let latest = message::latest_shown(transaction, conversation_id).await?;
    let (line, role) = match &latest {
        Some(latest) => (preview(latest.role, &latest.content), Some(latest.role)),
        None => (String::new(), None),
    };
    message::set_preview(transaction, account_id, conversation_id, &line, role).await
}
