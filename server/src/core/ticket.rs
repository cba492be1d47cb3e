//! Asking for a person.

use crate::app::App;
use crate::core::actor::Visitor;
use crate::core::block;
use crate::core::handover;
use crate::core::message::{self, Address, Draft, Sender};
use crate::core::session;
use crate::core::webhook::{self, News};
use crate::error::{Error, Result, check};
use crate::store;
use shared::conversation::Mode;
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_text;
use shared::widget::EscalationTrigger;

/// `ESC-42`
pub fn public_number(number: i64) -> String {
    format!("ESC-{number}")
}

/// An escalation as its asker is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    pub ticket_number: String,
    pub mode: Mode,
}

/// Opens a ticket and puts the conversation into the operators' hands. Asking twice returns the open ticket.
///
/// # Errors
/// `visitor_blocked`, `site_disabled`, `validation_failed`, `storage_unavailable`.
pub async fn escalate(
    app: &App,
    visitor: &Visitor,
    trigger: EscalationTrigger,
    user_note: Option<String>,
) -> Result<Escalation> {
    session::check_open(&visitor.site)?;
    block::check(app, visitor)?;
    let user_note = user_note.filter(|note| !note.trim().is_empty());
    if let Some(note) = &user_note {
        check("user_note", check_text(note, limits::USER_NOTE_CHARS))?;
    }
    let address = Address::from(&visitor.conversation);
    if !matches!(
        current(app, address).await?.0,
        Mode::Waiting | Mode::Operator
    ) {
        let draft = Draft {
            handover: Some(handover::Event::Escalated),
            trigger,
            user_note,
            ..Draft::new(
                Sender::System,
                "A person has been asked to join. Their answer will appear here.",
            )
        };
        message::send(app, address, draft).await?;
    }
    let (mode, ticket) = current(app, address).await?;
    match ticket {
        Some(number) => Ok(Escalation {
            ticket_number: public_number(number),
            mode,
        }),
        None => open_for_operator(app, address, trigger).await,
    }
}

/// An operator took the conversation before anybody asked: the visitor who asks now still gets a number.
async fn open_for_operator(
    app: &App,
    address: Address,
    trigger: EscalationTrigger,
) -> Result<Escalation> {
    let (now, writing) = (app.now(), app.clone());
    let (number, deliveries) = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let Address {
                    account_id,
                    conversation_id,
                } = address;
                store::conversation::lock(transaction, account_id, conversation_id).await?;
                if let Some(open) =
                    store::ticket::open(transaction, account_id, conversation_id).await?
                {
                    return Ok((open.number, false));
                }
                let number = store::ticket::insert(
                    transaction,
                    account_id,
                    conversation_id,
                    trigger,
                    None,
                    now,
                )
                .await?;
                let news = [News::escalation(number, trigger, None)];
                let deliveries = webhook::enqueue(transaction, &writing, address, &news).await?;
                Ok((number, deliveries))
            })
        })
        .await?;
    if deliveries {
        app.webhooks.wake();
    }
    let (mode, _) = current(app, address).await?;
    Ok(Escalation {
        ticket_number: public_number(number),
        mode,
    })
}

async fn current(app: &App, address: Address) -> Result<(Mode, Option<i64>)> {
    let mut connection = app.db.read().await?;
    let Address {
        account_id,
        conversation_id,
    } = address;
    let row = store::conversation::by_id(&mut connection, account_id, conversation_id).await?;
    let row = row.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let open = store::ticket::open(&mut connection, account_id, conversation_id).await?;
    Ok((row.mode, open.map(|ticket| ticket.number)))
}
