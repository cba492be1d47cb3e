//! Puts nudges before visitors: the poll finds them, and the live channel brings them.

use super::nudge;
use crate::app::App;
use crate::clock::{Millis, iso};
use crate::core::actor::Operator;
use crate::core::block::Block;
use crate::core::message::{self, Address};
use crate::core::visitor;
use crate::error::{Result, check};
use crate::store;
use crate::store::Transaction;
use crate::store::nudge::NewShowing;
use shared::conversation::Mode;
use shared::event::Event;
use shared::limits;
use shared::nudge::SentNudge;
use shared::text::check_required_text;

/// Sends a visitor a nudge of an operator's own, in every conversation that is not over. One who is blocked gets none.
///
/// # Errors
/// `not_found`, `validation_failed` on `text`.
pub async fn send(
    app: &App,
    operator: &Operator,
    spelling: &str,
    text: String,
) -> Result<SentNudge> {
    check("text", check_required_text(&text, limits::NUDGE_CHARS))?;
    let visitor = visitor::find(app, operator, spelling).await?;
    let (account_id, visitor_id, now) = (visitor.account_id, visitor.id, app.now());
    let words = text.clone();
    let shown = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let visitor = store::visitor::by_id(transaction, account_id, visitor_id).await?;
                if visitor.is_none_or(|visitor| Block::of_visitor(&visitor, now).is_some()) {
                    return Ok(Vec::new());
                }
                let theirs = store::conversation::of_visitor(
                    transaction,
                    account_id,
                    visitor_id,
                    visitor::CONVERSATIONS,
                )
                .await?;
                let mut shown = Vec::new();
                for one in theirs.into_iter().filter(|one| one.mode != Mode::Closed) {
                    let new = NewShowing {
                        account_id,
                        conversation_id: one.id,
                        visitor_id,
                        nudge_id: None,
                        text: &words,
                    };
                    let event = show(transaction, &new, now).await?;
                    shown.push((one, event));
                }
                Ok(shown)
            })
        })
        .await?;
    let conversations = shown.len();
    for (one, event) in shown {
        let address = Address {
            account_id,
            conversation_id: one.id,
        };
        message::publish_events(app, address, &one.slug, vec![event]).await;
    }
    Ok(SentNudge {
        text,
        conversations,
        created_at: iso(now),
    })
}

/// Stores a showing and the event that brings it to the live channel.
pub(super) async fn show(
    transaction: &mut Transaction,
    new: &NewShowing<'_>,
    now: Millis,
) -> Result<(i64, Event)> {
    let showing = store::nudge::show(transaction, new, now).await?;
    let event = Event::Nudge {
        nudge: nudge(showing),
    };
    let cursor = store::event::insert(
        transaction,
        new.account_id,
        new.conversation_id,
        true,
        &event,
        now,
    )
    .await?;
    Ok((cursor, event))
}
