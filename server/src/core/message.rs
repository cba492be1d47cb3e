//! [`send`] is the only way a message comes into being, for visitor, operator, assistant and the product alike:
//! one transaction writes the message with its `seq`, the event, the jobs and what the message does to the
//! conversation's mode; what was committed is then published.

mod announce;
mod consequences;
mod mode;
mod revise;

pub use announce::{publish_events, publish_row, show_row, tell_events};
pub use mode::change_mode;
pub(in crate::core) use revise::{Edited, edit, remove};

use crate::app::App;
use crate::clock::{Millis, SECOND};
use crate::core::contact::{self, Contact};
use crate::core::file::{self, Attached, Uploader};
use crate::core::handover::{self, State};
use crate::core::webhook::News;
use crate::error::{Error, Result};
use crate::store::Transaction;
use crate::store::conversation::{self, Conversation, Locked};
use crate::store::job::{self, NewJob};
use crate::store::message::{self, NewMessage};
use crate::store::visitor;
use announce::publish;
use consequences::{Committed, Consequences};
use mode::{Handover, change_state};
use shared::conversation::Mode;
use shared::error::ErrorCode;
use shared::event::Event;
use shared::message::{FileReference, Message, MessageStatus, Role, Source};
use shared::preview::preview;
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
    /// It begins its conversation, and this is how its sender can be reached: kept with the message or not at all.
    pub opening: Option<Contact>,
    /// What else happens to the conversation in the same breath.
    pub handover: Option<handover::Event>,
    /// Why a person is asked for, where `handover` asks for one.
    pub trigger: EscalationTrigger,
    pub user_note: Option<String>,
    /// How long the assistant waits before it answers, for people to be faster.
    pub answer_after: Millis,
    /// The version of the site's consent text that the visitor has agreed to.
    pub consent_version: Option<i64>,
}

impl Draft {
    pub fn new(sender: Sender, content: impl Into<String>) -> Self {
        Self {
            sender,
            content: content.into(),
            client_id: None,
            files: Attached::default(),
            opening: None,
            handover: None,
            trigger: EscalationTrigger::default(),
            user_note: None,
            answer_after: 0,
            consent_version: None,
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
/// `not_found` when the conversation is gone; `validation_failed` when the client's id was used for other words; `conflict` when an operator got in between an answer and its
/// place, or when something was said before an opening message; `storage_unavailable`.
pub async fn send(app: &App, address: Address, draft: Draft) -> Result<Sent> {
    let writing = app.clone();
    let (sent, committed) = app
        .db
        .write(move |transaction| {
            Box::pin(async move { write(transaction, &writing, address, &draft).await })
        })
        .await?;
    if !sent.repeated {
        app.metrics.message(sent.message.role.as_str());
    }
    publish(app, address, committed).await;
    Ok(sent)
}

async fn write(
    transaction: &mut Transaction,
    app: &App,
    address: Address,
    draft: &Draft,
) -> Result<(Sent, Committed)> {
    let now = app.now();
    // The lock comes first: whoever writes to this conversation waits here for its turn.
    let locked = lock(transaction, address).await?;
    let mut state = State::from(&locked);
    let (is_first, visitor_id) = (locked.last_seq == 0, locked.visitor_id);
    let sent_at = after_the_last(&locked, now);
    let mut consequences = Consequences::of(locked);
    if draft.opening.is_some() && !is_first {
        return Err(ErrorCode::Conflict.into());
    }
    if let Some(message) = already_sent(transaction, address.conversation_id, draft).await? {
        refuse_other_words(draft, &message)?;
        let sent = Sent {
            message,
            mode: state.mode,
            repeated: true,
            answer_job: None,
        };
        let committed = consequences.conclude(transaction, app, address).await?;
        return Ok((sent, committed));
    }
    if is_new_speech(&draft.sender) && state.mode == Mode::Operator {
        // The assistant never speaks while an operator owns the conversation, not even to end a sentence.
        return Err(ErrorCode::Conflict.into());
    }
    if is_first {
        consequences.news([News::conversation()]);
    }
    if let Some(contact) = &draft.opening {
        contact::put(transaction, address, visitor_id, contact, now).await?;
    }

    // What a message does to the mode comes before it for a visitor (it reopens) and with it for an operator.
    if let Some(change) = change_before(draft) {
        let extra = Handover::of(draft, change);
        state = change_state(transaction, address, state, &extra, now, &mut consequences).await?;
    }
    if let Some(version) = draft.consent_version {
        let conversation_id = address.conversation_id;
        visitor::set_consent(
            transaction,
            address.account_id,
            conversation_id,
            version,
            now,
        )
        .await?;
    }
    let message = insert(transaction, app, address, draft, sent_at).await?;
    let written = Event::Message {
        message: message.clone(),
    };
    consequences
        .event(transaction, address, written, now)
        .await?;
    consequences.news(News::of_message(&message));
    if let Some(change) = draft
        .handover
        .filter(|_| !matches!(draft.sender, Sender::Operator { .. }))
    {
        let extra = Handover::of(draft, change);
        state = change_state(transaction, address, state, &extra, now, &mut consequences).await?;
    }
    let answer_job = match draft.sender {
        Sender::Visitor if handover::assistant_answers(state.mode) => {
            let after = draft.answer_after;
            let worker = &app.worker;
            let job = enqueue_answer(transaction, address, &message, after, worker, now).await?;
            (after == 0).then_some(job)
        }
        _ => None,
    };
    if let Sender::Assistant {
        job_id: Some(job_id),
        ..
    } = &draft.sender
        && !job::finish_wanted(transaction, *job_id).await?
    {
        // What it answers was taken back or changed meanwhile.
        return Err(ErrorCode::Conflict.into());
    }
    let sent = Sent {
        message,
        mode: state.mode,
        repeated: false,
        answer_job,
    };
    let committed = consequences.conclude(transaction, app, address).await?;
    Ok((sent, committed))
}

/// When a message counts as sent. Whoever asks for what came after the time of the last message they have must miss nothing, so no two
/// messages of a conversation share a time, and none is older than the one before, whatever the clocks of several servers say.
fn after_the_last(locked: &Locked, now: Millis) -> Millis {
    if locked.last_seq == 0 {
        return now;
    }
    now.max(locked.last_message_at + 1)
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

/// An id names one message. Other words under it would be acknowledged and stand nowhere.
fn refuse_other_words(draft: &Draft, first: &Message) -> Result<()> {
    let is_answer = matches!(draft.sender, Sender::Assistant { .. });
    let same_files = match &draft.files {
        Attached::These(ids) => first.files.iter().map(|file| &file.id).eq(ids),
        Attached::Unsent => true,
    };
    let is_revised = first.edited_at.is_some() || first.removed_at.is_some();
    if is_answer || is_revised || (draft.content == first.content && same_files) {
        return Ok(());
    }
    Err(Error::invalid(
        "message_id",
        "message_id was used for another message",
    ))
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

/// The conversation's row, locked until the end of the transaction.
async fn lock(transaction: &mut Transaction, address: Address) -> Result<Locked> {
    conversation::lock(transaction, address.account_id, address.conversation_id)
        .await?
        .ok_or_else(|| ErrorCode::NotFound.into())
}

async fn insert(
    transaction: &mut Transaction,
    app: &App,
    address: Address,
    draft: &Draft,
    sent_at: Millis,
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
    } = address;
    let uploader = match role {
        Role::User => Uploader::Visitor,
        Role::Assistant | Role::Operator | Role::System => Uploader::Operator,
    };
    let files = file::to_attach(transaction, conversation_id, uploader, &draft.files).await?;
    let files: Vec<FileReference> = files
        .iter()
        .map(|file| file::reference(&app.config.public_url, file))
        .collect();
    let shown = match files.first() {
        Some(file) if draft.content.trim().is_empty() => &file.filename,
        _ => &draft.content,
    };
    let seq = conversation::advance(
        transaction,
        account_id,
        conversation_id,
        role,
        &preview(role, shown),
        sent_at,
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
    let message = message::insert(transaction, &new, seq, sent_at).await?;
    file::attach(transaction, conversation_id, message.id, &message.files).await?;
    Ok(message)
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
