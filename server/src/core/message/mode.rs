//! What becomes of a conversation's mode, with a message or without one.

use super::announce::publish;
use super::consequences::Consequences;
use super::{Address, Draft, lock};
use crate::app::App;
use crate::clock::Millis;
use crate::core::handover::{self, Effect, State};
use crate::core::ticket::public_number;
use crate::core::webhook::News;
use crate::error::{Error, Result};
use crate::store::conversation::{self, Locked};
use crate::store::{Transaction, ticket};
use shared::conversation::Mode;
use shared::event::Event;
use shared::widget::EscalationTrigger;

/// A wanted change, and what a ticket that it opens says.
pub(super) struct Handover {
    change: handover::Event,
    trigger: EscalationTrigger,
    user_note: Option<String>,
}

impl Handover {
    pub(super) fn of(draft: &Draft, change: handover::Event) -> Self {
        Self {
            change,
            trigger: draft.trigger,
            user_note: draft.user_note.clone(),
        }
    }
}

impl From<&Locked> for State {
    fn from(locked: &Locked) -> Self {
        Self {
            mode: locked.mode,
            assignee: locked.assignee_id,
        }
    }
}

/// A change of the conversation without a message: taking over, handing back, closing.
///
/// # Errors
/// `not_found`, `storage_unavailable`.
pub async fn change_mode(app: &App, address: Address, change: handover::Event) -> Result<Mode> {
    let writing = app.clone();
    let (mode, committed) = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let extra = Handover {
                    change,
                    trigger: EscalationTrigger::default(),
                    user_note: None,
                };
                let locked = lock(transaction, address).await?;
                let (state, now) = (State::from(&locked), writing.now());
                let mut consequences = Consequences::of(locked);
                let state =
                    change_state(transaction, address, state, &extra, now, &mut consequences)
                        .await?;
                let committed = consequences
                    .conclude(transaction, &writing, address)
                    .await?;
                Ok((state.mode, committed))
            })
        })
        .await?;
    publish(app, address, committed).await;
    Ok(mode)
}

pub(super) async fn change_state(
    transaction: &mut Transaction,
    address: Address,
    state: State,
    wanted: &Handover,
    now: Millis,
    consequences: &mut Consequences,
) -> Result<State> {
    let Address {
        account_id,
        conversation_id,
    } = address;
    let (next, effects) = handover::apply(state, wanted.change);
    if effects.is_empty() {
        return Ok(next);
    }
    conversation::set_mode(
        transaction,
        account_id,
        conversation_id,
        next.mode,
        next.assignee,
        now,
    )
    .await?;
    for effect in effects {
        match effect {
            Effect::OpenTicket => {
                let note = wanted.user_note.as_deref();
                let number = ticket::insert(
                    transaction,
                    account_id,
                    conversation_id,
                    wanted.trigger,
                    note,
                    now,
                )
                .await?;
                consequences.news([News::escalation(number, wanted.trigger, note)]);
            }
            Effect::ResolveTicket => {
                ticket::resolve(transaction, account_id, conversation_id, now).await?;
            }
            Effect::Announce => {
                let row = conversation::by_id(transaction, account_id, conversation_id).await?;
                let row = row.ok_or_else(|| Error::internal("a locked conversation is missing"))?;
                let announced = Event::Mode {
                    mode: next.mode,
                    operator: row.assignee_name.clone(),
                    ticket_number: row.ticket.map(public_number),
                };
                consequences
                    .event(transaction, address, announced, now)
                    .await?;
            }
            Effect::AnnounceEnd => {
                consequences
                    .event(transaction, address, Event::Ended, now)
                    .await?;
            }
        }
    }
    Ok(next)
}
