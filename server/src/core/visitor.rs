//! Visitors as operators handle them.

use crate::app::App;
use crate::clock::{HOUR, Millis, iso};
use crate::core::actor::Operator;
use crate::core::answer::live::TurnEvent;
use crate::core::answer::stop::abandon;
use crate::core::block::{self, Block};
use crate::core::conversation::consent;
use crate::core::message::{self, Address};
use crate::core::session::{parse_visitor_id, visitor_name_of};
use crate::error::{Error, Result, check};
use crate::store;
use crate::store::conversation::OfVisitor;
use crate::store::visitor::Visitor as Row;
use shared::conversation::Visitor;
use shared::error::ErrorCode;
use shared::event::Event;
use shared::limits;
use shared::text::{check_key, check_text};
use std::sync::Arc;

/// Conversations of one visitor that are told at most; the newest come first.
pub const CONVERSATIONS: i64 = 1_000;

/// A visitor of the operator's account, by number, by `vis_…`, or by the name a caller gave them. Not there and not
/// theirs are alike.
///
/// # Errors
/// `not_found`; `conflict` for a caller's name that visitors of two sites have.
pub async fn find(app: &App, operator: &Operator, spelling: &str) -> Result<Row> {
    let mut connection = app.db.read().await?;
    let account_id = operator.account_id;
    let found = match (spelling.parse::<i64>(), parse_visitor_id(spelling)) {
        (Ok(number), _) => store::visitor::by_id(&mut connection, account_id, number).await?,
        (_, Some(slug)) => store::visitor::of_account(&mut connection, account_id, &slug).await?,
        (Err(_), None) => None,
    };
    if let Some(found) = found {
        return Ok(found);
    }
    if check_key(spelling, limits::CLIENT_ID_CHARS).is_err() {
        return Err(ErrorCode::NotFound.into());
    }
    let mut named = store::visitor::named(&mut connection, account_id, spelling).await?;
    match (named.pop(), named.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(Error::new(ErrorCode::Conflict)
            .with_detail("Visitors of more than one chatbot have this id: use the number.")),
        (None, _) => Err(ErrorCode::NotFound.into()),
    }
}

fn view(row: Row, now: Millis) -> Visitor {
    let block = Block::of_visitor(&row, now);
    Visitor {
        id: row.id,
        visitor_id: visitor_name_of(row.client_id, &row.slug),
        name: row.name,
        email: row.email,
        phone: row.phone,
        identified: row.external_id.is_some(),
        external_id: row.external_id,
        blocked: block.is_some(),
        blocked_until: block::end(block),
        consent: consent(row.consent_version, row.consented_at),
    }
}

/// Blocks a visitor: what is being said to them breaks off, and they can say nothing more, for so many hours or for good.
/// Blocked again they are blocked anew.
///
/// # Errors
/// `not_found`, `validation_failed` on `reason` or `hours`.
pub async fn block(
    app: &App,
    operator: &Operator,
    spelling: &str,
    hours: Option<i64>,
    reason: Option<String>,
) -> Result<Visitor> {
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    if let Some(reason) = &reason {
        check("reason", check_text(reason, limits::COMMENT_CHARS))?;
    }
    if hours.is_some_and(|hours| !(1..=limits::BLOCK_HOURS).contains(&hours)) {
        let problem = format!("hours must be 1 to {}", limits::BLOCK_HOURS);
        return Err(Error::invalid("hours", problem));
    }
    let now = app.now();
    let wanted = Block {
        since: now,
        until: hours.map(|hours| now + hours * HOUR),
    };
    set_block(app, operator, spelling, Some(wanted), reason).await
}

/// Lets a visitor write again.
///
/// # Errors
/// `not_found`.
pub async fn unblock(app: &App, operator: &Operator, spelling: &str) -> Result<Visitor> {
    set_block(app, operator, spelling, None, None).await
}

async fn set_block(
    app: &App,
    operator: &Operator,
    spelling: &str,
    wanted: Option<Block>,
    reason: Option<String>,
) -> Result<Visitor> {
    let found = find(app, operator, spelling).await?;
    let (account_id, id, now) = (found.account_id, found.id, app.now());
    let (row, told) = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let before = store::visitor::by_id(transaction, account_id, id).await?;
                let before = before.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                let held = Block::of_visitor(&before, now);
                let since = held.map(|held| held.since);
                let at = wanted.map(|wanted| since.unwrap_or(wanted.since));
                let until = wanted.and_then(|wanted| wanted.until);
                store::visitor::set_blocked(
                    transaction,
                    account_id,
                    id,
                    at,
                    until,
                    reason.as_deref(),
                )
                .await?;
                let mut told = Vec::new();
                let is_news =
                    held.is_some() != wanted.is_some() || held.and_then(|held| held.until) != until;
                if is_news {
                    let theirs =
                        store::conversation::of_visitor(transaction, account_id, id, CONVERSATIONS)
                            .await?;
                    for one in theirs {
                        let event = Event::Blocked {
                            blocked: wanted.is_some(),
                            until: until.map(iso),
                        };
                        let cursor = store::event::insert(
                            transaction,
                            account_id,
                            one.id,
                            true,
                            &event,
                            now,
                        )
                        .await?;
                        told.push((one, (cursor, event)));
                    }
                }
                let row = Row {
                    blocked_at: at,
                    blocked_until: until,
                    ..before
                };
                Ok((row, told))
            })
        })
        .await?;
    tell(app, account_id, told, wanted.is_some()).await;
    Ok(view(row, now))
}

/// Tells everybody. First those who asked hear no more, then the block is told, and only then answers break off: what
/// they leave behind is a later event.
async fn tell(app: &App, account_id: i64, told: Vec<(OfVisitor, (i64, Event))>, blocked: bool) {
    let mut rows: Vec<(Address, Arc<str>)> = Vec::new();
    for (conversation, event) in told {
        if blocked {
            app.answers
                .dismiss(conversation.id, &failure(ErrorCode::VisitorBlocked));
        }
        let address = Address {
            account_id,
            conversation_id: conversation.id,
        };
        let slug: Arc<str> = conversation.slug.into();
        message::tell_events(app, address, &slug, vec![event]);
        rows.push((address, slug));
    }
    for (address, slug) in rows {
        if blocked {
            abandon(app, address.conversation_id);
        }
        message::publish_row(app, address, slug).await;
    }
}

fn failure(code: ErrorCode) -> TurnEvent {
    TurnEvent::Failed {
        code: code.code(),
        message: code.message().to_owned(),
    }
}
