//! [`send`] is the only way a message comes into being, for visitor, operator, assistant and the product alike:
//! one transaction writes the message with its `seq`, the event, the jobs and what the message does to the
//! conversation's mode; what was committed is then published.

mod announce;
mod preview;

pub use announce::{publish, publish_row};

use crate::app::App;
use crate::clock::{Millis, SECOND};
use crate::core::file::{self, Attached, Uploader};
use crate::core::handover::{self, Effect, State};
use crate::error::{Error, Result};
use crate::store::conversation::{self, Conversation};
use crate::store::job::{self, NewJob};
use crate::store::message::{self, NewMessage};
use crate::store::{Transaction, event, ticket};
use preview::preview;
use shared::conversation::Mode;
use shared::error::ErrorCode;
use shared::event::Event;
use shared::message::{FileReference, Message, MessageStatus, Role, Source};
use shared::widget::EscalationTrigger;

/// How long a worker that runs a job at once holds it before another may take over. It is extended while the
/// job runs.
pub const LEASE: Millis = 30 * SECOND;

/// Kind of the job that makes the assistant answer a visitor's message.
pub const ANSWER_JOB: &str = "answer";

/// Who speaks, and what comes with it.
#[derive(Debug, Clone)]
pub enum Sender {
    Visitor,
    Operator {
        user_id: i64,
        name: String,
    },
    /// An answer. `job_id` is the job that asked for it; it ends in the same transaction.
    Assistant {
        answer_id: String,
        status: MessageStatus,
        sources: Vec<Source>,
        job_id: Option<i64>,
    },
    /// The product itself.
    System,
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Draft {
    pub sender: Sender,
    pub content: String,
    /// The sender's own id of this message; a second one with the same id is the first.
    pub client_id: Option<String>,
    /// Uploaded files to take along.
    pub files: Attached,
    /// What else happens to the conversation in the same breath.
    pub handover: Option<handover::Event>,
    /// Why a person is asked for, where `handover` asks for one.
    pub trigger: EscalationTrigger,
    pub user_note: Option<String>,
    /// How long the assistant waits before it answers, for people to be faster.
    pub answer_after: Millis,
}

impl Draft {
    pub fn new(sender: Sender, content: impl Into<String>) -> Self {
        Self {
            sender,
            content: content.into(),
            client_id: None,
            files: Attached::default(),
            handover: None,
            trigger: EscalationTrigger::default(),
            user_note: None,
            answer_after: 0,
        }
    }
}

/// What [`send`] did.
#[derive(Debug, Clone)]
pub struct Sent {
    pub message: Message,
    /// The mode after the message.
    pub mode: Mode,
    /// The message had been sent before, under the same client id.
    pub repeated: bool,
    /// The job that makes the assistant answer now, held by this process. One that is put off is not here.
    pub answer_job: Option<i64>,
}

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    pub account_id: i64,
    pub conversation_id: i64,
}

impl From<&Conversation> for Address {
    fn from(conversation: &Conversation) -> Self {
        Self {
            account_id: conversation.account_id,
            conversation_id: conversation.id,
        }
    }
}

/// Stores a message and everything that follows from it, then tells whoever listens.
///
/// # Errors
/// `not_found` when the conversation is gone; `conflict` when an operator got in between an answer and its
/// place; `storage_unavailable`.
pub async fn send(app: &App, address: Address, draft: Draft) -> Result<Sent> {
    let now = app.now();
    let (worker, public_url) = (app.worker.clone(), app.config.public_url.clone());
    let outcome = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let place = Place {
                    address,
                    public_url: &public_url,
                    worker: &worker,
                };
                write(transaction, place, &draft, now).await
            })
        })
        .await?;
    publish(app, address, &outcome.slug, outcome.events).await;
    Ok(outcome.sent)
}

/// A change of the conversation without a message: taking over, handing back, closing.
///
/// # Errors
/// `not_found`, `storage_unavailable`.
pub async fn change_mode(app: &App, address: Address, change: handover::Event) -> Result<Mode> {
    let now = app.now();
    let (mode, slug, events) = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let mut events = Vec::new();
                let extra = Handover {
                    change,
                    trigger: EscalationTrigger::default(),
                    user_note: None,
                };
                let (state, slug) = lock(transaction, address).await?;
                let state =
                    change_state(transaction, address, state, &extra, now, &mut events).await?;
                Ok((state.mode, slug, events))
            })
        })
        .await?;
    publish(app, address, &slug, events).await;
    Ok(mode)
}

struct Outcome {
    sent: Sent,
    slug: String,
    events: Vec<(i64, Event)>,
}

struct Handover {
    change: handover::Event,
    trigger: EscalationTrigger,
    user_note: Option<String>,
}

/// Where a message is written and by whom.
#[derive(Clone, Copy)]
struct Place<'a> {
    address: Address,
    /// The base of files' addresses.
    public_url: &'a str,
    worker: &'a str,
}

async fn write(
    transaction: &mut Transaction,
    place: Place<'_>,
    draft: &Draft,
    now: Millis,
) -> Result<Outcome> {
    let Place {
        address, worker, ..
    } = place;
    // The lock comes first: whoever writes to this conversation waits here for its turn.
    let (mut state, slug) = lock(transaction, address).await?;
    if let Some(message) = already_sent(transaction, address.conversation_id, draft).await? {
        let sent = Sent {
            message,
            mode: state.mode,
            repeated: true,
            answer_job: None,
        };
        return Ok(Outcome {
            sent,
            slug,
            events: Vec::new(),
        });
    }
    if is_new_speech(&draft.sender) && state.mode == Mode::Operator {
        // The assistant never speaks while an operator owns the conversation, not even to end a sentence.
        return Err(ErrorCode::Conflict.into());
    }

    let mut events = Vec::new();
    // What a message does to the mode comes before it for a visitor (it reopens) and with it for an operator.
    if let Some(change) = change_before(draft) {
        let extra = Handover {
            change,
            trigger: draft.trigger,
            user_note: draft.user_note.clone(),
        };
        state = change_state(transaction, address, state, &extra, now, &mut events).await?;
    }
    let message = insert(transaction, place, draft, now).await?;
    if let Some(change) = draft
        .handover
        .filter(|_| !matches!(draft.sender, Sender::Operator { .. }))
    {
        let extra = Handover {
            change,
            trigger: draft.trigger,
            user_note: draft.user_note.clone(),
        };
        events.push(
            store_event(
                transaction,
                address,
                Event::Message {
                    message: message.clone(),
                },
                now,
            )
            .await?,
        );
        state = change_state(transaction, address, state, &extra, now, &mut events).await?;
    } else {
        events.push(
            store_event(
                transaction,
                address,
                Event::Message {
                    message: message.clone(),
                },
                now,
            )
            .await?,
        );
    }
    let answer_job = match draft.sender {
        Sender::Visitor if handover::assistant_answers(state.mode) => {
            let job = enqueue_answer(
                transaction,
                address,
                &message,
                draft.answer_after,
                worker,
                now,
            )
            .await?;
            (draft.answer_after == 0).then_some(job)
        }
        _ => None,
    };
    if let Sender::Assistant {
        job_id: Some(job_id),
        ..
    } = &draft.sender
    {
        job::finish(transaction, *job_id).await?;
    }
    Ok(Outcome {
        sent: Sent {
            message,
            mode: state.mode,
            repeated: false,
            answer_job,
        },
        slug,
        events,
    })
}

/// What was said before a person took over may still be stored, marked as broken off.
const fn is_new_speech(sender: &Sender) -> bool {
    matches!(
        sender,
        Sender::Assistant {
            status: MessageStatus::Complete | MessageStatus::Streaming,
            ..
        }
    )
}

fn change_before(draft: &Draft) -> Option<handover::Event> {
    match draft.sender {
        Sender::Visitor => Some(handover::Event::VisitorWrote),
        Sender::Operator { user_id, .. } => Some(handover::Event::Replied { by: user_id }),
        Sender::Assistant { .. } | Sender::System => None,
    }
}

async fn already_sent(
    transaction: &mut Transaction,
    conversation_id: i64,
    draft: &Draft,
) -> Result<Option<Message>> {
    if let Sender::Assistant { answer_id, .. } = &draft.sender {
        return message::by_answer(transaction, conversation_id, answer_id).await;
    }
    match &draft.client_id {
        Some(client_id) => message::by_client_id(transaction, conversation_id, client_id).await,
        None => Ok(None),
    }
}

/// The conversation's state and slug, its row locked until the end of the transaction.
async fn lock(transaction: &mut Transaction, address: Address) -> Result<(State, String)> {
    let locked =
        conversation::lock(transaction, address.account_id, address.conversation_id).await?;
    let locked = locked.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let state = State {
        mode: locked.mode,
        assignee: locked.assignee_id,
    };
    Ok((state, locked.slug))
}

async fn insert(
    transaction: &mut Transaction,
    place: Place<'_>,
    draft: &Draft,
    now: Millis,
) -> Result<Message> {
    let (role, author_id, author_name) = match &draft.sender {
        Sender::Visitor => (Role::User, None, None),
        Sender::Operator { user_id, name } => (Role::Operator, Some(*user_id), Some(name.clone())),
        Sender::Assistant { .. } => (Role::Assistant, None, None),
        Sender::System => (Role::System, None, None),
    };
    let (answer_id, status, sources) = match &draft.sender {
        Sender::Assistant {
            answer_id,
            status,
            sources,
            ..
        } => (Some(answer_id.clone()), *status, sources.clone()),
        _ => (None, MessageStatus::Complete, Vec::new()),
    };
    let Address {
        account_id,
        conversation_id,
    } = place.address;
    let uploader = match role {
        Role::User => Uploader::Visitor,
        Role::Assistant | Role::Operator | Role::System => Uploader::Operator,
    };
    let files = file::to_attach(transaction, conversation_id, uploader, &draft.files).await?;
    let files: Vec<FileReference> = files
        .iter()
        .map(|file| file::reference(place.public_url, file))
        .collect();
    let seq = conversation::advance(
        transaction,
        account_id,
        conversation_id,
        role,
        &preview(&draft.content),
        now,
    )
    .await?;
    let new = NewMessage {
        account_id,
        conversation_id,
        role,
        author_id,
        author_name,
        content: draft.content.clone(),
        status,
        client_id: draft.client_id.clone(),
        answer_id,
        sources,
        files,
    };
    let message = message::insert(transaction, &new, seq, now).await?;
    file::attach(transaction, conversation_id, message.id, &message.files).await?;
    Ok(message)
}

async fn store_event(
    transaction: &mut Transaction,
    address: Address,
    event: Event,
    now: Millis,
) -> Result<(i64, Event)> {
    let cursor = event::insert(
        transaction,
        address.account_id,
        address.conversation_id,
        true,
        &event,
        now,
    )
    .await?;
    Ok((cursor, event))
}

async fn enqueue_answer(
    transaction: &mut Transaction,
    address: Address,
    message: &Message,
    after: Millis,
    worker: &str,
    now: Millis,
) -> Result<i64> {
    let payload = message.seq.to_string();
    let new = NewJob {
        kind: ANSWER_JOB,
        account_id: address.account_id,
        conversation_id: Some(address.conversation_id),
        payload: &payload,
        run_at: now + after,
        lease: (after == 0).then_some((worker, now + LEASE)),
    };
    job::insert(transaction, &new, now).await
}

async fn change_state(
    transaction: &mut Transaction,
    address: Address,
    state: State,
    wanted: &Handover,
    now: Millis,
    events: &mut Vec<(i64, Event)>,
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
                ticket::insert(
                    transaction,
                    account_id,
                    conversation_id,
                    wanted.trigger,
                    wanted.user_note.as_deref(),
                    now,
                )
                .await?;
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
                    ticket_number: row.ticket.map(super::ticket::public_number),
                };
                events.push(store_event(transaction, address, announced, now).await?);
            }
            Effect::AnnounceEnd => {
                events.push(store_event(transaction, address, Event::Ended, now).await?)
            }
        }
    }
    Ok(next)
}
