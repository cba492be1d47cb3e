//! A visitor's second thoughts: for a few seconds a message of one's own can be changed or taken back.

use crate::app::App;
use crate::clock::SECOND;
use crate::core::actor::Visitor;
use crate::core::answer::stop::{stop_answer_anywhere, stop_answer_to};
use crate::core::answer::turn;
use crate::core::answer::words::Words;
use crate::core::block;
use crate::core::message::{self, Address, Edited};
use crate::error::{Error, Result};
use crate::store;
use shared::error::ErrorCode;
use shared::limits;
use shared::message::Message;

/// Puts other words in the place of a message. An answer to it that is under way stops, and the new words are answered.
///
/// # Errors
/// `site_disabled`, `visitor_blocked`, `validation_failed` on `message`, `not_found` where it is not the visitor's,
/// `too_late`.
pub async fn edit(app: &App, visitor: &Visitor, id: i64, text: String) -> Result<Message> {
    let words = Words::new(text, None);
    words.check(&visitor.site)?;
    block::check(app, visitor)?;
    let before = own(app, visitor, id).await?;
    let before = before.filter(|message| message.removed_at.is_none());
    let before = before.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    if before.content == words.text {
        return Ok(before);
    }
    let row = &visitor.conversation;
    let stopped = stop_answer_to(app, row.id, before.seq).await;
    let edited = message::edit(app, Address::from(row), id, words.text, stopped).await?;
    let Edited {
        message,
        answer_job,
    } = edited;
    if let Some(job_id) = answer_job {
        turn::start(app, row, &message, job_id);
    }
    Ok(message)
}

/// Takes a message back. An answer to it that is under way stops, and goes with it. Taking it back twice is taking it
/// back once.
///
/// # Errors
/// `not_found` where it is not the visitor's, `too_late`.
pub async fn remove(app: &App, visitor: &Visitor, id: i64) -> Result<()> {
    let Some(before) = own(app, visitor, id).await? else {
        return Err(ErrorCode::NotFound.into());
    };
    if before.removed_at.is_some() {
        return Ok(());
    }
    let row = &visitor.conversation;
    stop_answer_anywhere(app, row.id, before.seq).await;
    message::remove(app, Address::from(row), id).await
}

/// The visitor's own message, as long as it can be changed. One that was taken back is past all changes, and not late.
async fn own(app: &App, visitor: &Visitor, id: i64) -> Result<Option<Message>> {
    let found = {
        let mut connection = app.db.read().await?;
        store::message::of_visitor(&mut connection, visitor.conversation.id, id).await?
    };
    let Some((message, created_at)) = found else {
        return Ok(None);
    };
    let is_late = app.now() > created_at + limits::SECOND_THOUGHTS_SECONDS * SECOND;
    if is_late && message.removed_at.is_none() {
        return Err(ErrorCode::TooLate.into());
    }
    Ok(Some(message))
}
