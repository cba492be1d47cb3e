//! One turn: a visitor's message and the assistant's answer to it.

use super::compose::{Finish, Part, Question, compose};
use super::live::{Done, LiveAnswer, TurnEvent};
use super::words::Words;
use crate::app::App;
use crate::bus::{Audience, Live};
use crate::clock::SECOND;
use crate::core::actor::Visitor;
use crate::core::block::{self, Block};
use crate::core::handover;
use crate::core::message::{self, Address, Draft, LEASE, Sender, Sent};
use crate::core::{session, ticket};
use crate::error::{Error, Result};
use crate::metrics::AnswerOutcome;
use crate::store;
use crate::store::conversation::Conversation;
use crate::store::job::Job;
use crate::store::site::Site;
use futures_util::StreamExt;
use shared::conversation::Mode;
use shared::error::ErrorCode;
use shared::event::Event;
use shared::message::{Message, MessageStatus};
use shared::widget::EscalationTrigger;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Messages of the conversation that an answer takes into account.
const HISTORY: i64 = 20;
/// A job whose answer broke off this often with the process is not tried again.
const ATTEMPTS: i64 = 3;
const RENEW: Duration = Duration::from_secs(10);

/// An answer to be made.
#[derive(Debug)]
pub struct Turn {
    pub answer: Arc<LiveAnswer>,
    job_id: i64,
}

/// What becomes of a visitor's message.
#[derive(Debug)]
pub enum Asked {
    /// The answer, as it is made.
    Answering(mpsc::UnboundedReceiver<TurnEvent>),
    /// There is nothing to wait for: a person has the conversation, or the first result of a resend is here.
    Settled(Box<Done>),
}

/// [`ask_with`], as the widget's own surface limits messages.
///
/// # Errors
/// As [`ask_with`].
pub async fn ask(
    app: &App,
    visitor: &Visitor,
    text: String,
    client_id: Option<String>,
) -> Result<(Sent, Asked)> {
    ask_with(app, visitor, Words::new(text, client_id)).await
}

/// Stores a visitor's message and starts the answer to it, where the assistant is to answer.
///
/// # Errors
/// `visitor_blocked`, `site_disabled`, `validation_failed`, `storage_unavailable`.
pub async fn ask_with(app: &App, visitor: &Visitor, words: Words) -> Result<(Sent, Asked)> {
    let is_test = visitor.conversation.is_test();
    if !is_test {
        session::check_open(&visitor.site)?;
    }
    words.check_form()?;
    words.check_consent(&visitor.site)?;
    block::check(app, visitor)?;
    let settings = &visitor.site.settings;
    let mut draft = Draft {
        client_id: words.client_id,
        files: words.files,
        opening: words.opening,
        consent_version: words.consent_version,
        ..Draft::new(Sender::Visitor, words.text)
    };
    match settings.ai_mode.as_str() {
        // Whoever tries out a prompt wants to see what it does, whatever visitors get at the moment.
        _ if is_test => {}
        "off" => {
            draft.handover = Some(handover::Event::Escalated);
            draft.trigger = EscalationTrigger::Policy;
        }
        "delay" => draft.answer_after = settings.ai_reply_delay_sec.clamp(1, 600) * SECOND,
        _ => {}
    }
    let address = Address::from(&visitor.conversation);
    let sent = message::send(app, address, draft).await?;
    if sent.repeated {
        let asked = first_result(app, address, &sent).await?;
        return Ok((sent, asked));
    }
    let asked = match sent.answer_job {
        Some(job_id) => {
            Asked::Answering(start(app, &visitor.conversation, &sent.message, job_id).listen())
        }
        None => Asked::Settled(Box::new(settled(app, address, None).await?)),
    };
    Ok((sent, asked))
}

/// A resend joins the answer under way, or gets the one that was given.
async fn first_result(app: &App, address: Address, sent: &Sent) -> Result<Asked> {
    if let Some(live) = app
        .answers
        .to_question(address.conversation_id, sent.message.seq)
    {
        return Ok(Asked::Answering(live.listen()));
    }
    let stored = {
        let mut connection = app.db.read().await?;
        let id = answer_id(&sent.message);
        store::message::by_answer(&mut connection, address.conversation_id, &id).await?
    };
    Ok(Asked::Settled(Box::new(
        settled(app, address, stored).await?,
    )))
}

async fn settled(app: &App, address: Address, message: Option<Message>) -> Result<Done> {
    let row = row(app, address).await?;
    Ok(Done {
        message,
        mode: row.mode,
        ticket_number: row.ticket.map(ticket::public_number),
        fallback: false,
    })
}

async fn row(app: &App, address: Address) -> Result<Conversation> {
    let mut connection = app.db.read().await?;
    let row =
        store::conversation::by_id(&mut connection, address.account_id, address.conversation_id)
            .await?;
    row.ok_or_else(|| ErrorCode::NotFound.into())
}

/// The same for every try at the same words, so that a second try refills the same bubble and a second
/// answer cannot be stored. Words that were changed since are other words.
pub(in crate::core) fn answer_id(question: &Message) -> String {
    let first = first_answer_id(question);
    let Some(edited_at) = &question.edited_at else {
        return first;
    };
    let time: String = edited_at.chars().filter(char::is_ascii_digit).collect();
    format!("{first}_{time}")
}

/// The id of the answer to the words as they were first written.
pub(in crate::core) fn first_answer_id(question: &Message) -> String {
    format!("ans_{}", question.id)
}

/// Puts the answer to a stored question into its conversation's line.
pub(in crate::core) fn start(
    app: &App,
    conversation: &Conversation,
    question: &Message,
    job_id: i64,
) -> Arc<LiveAnswer> {
    let answer = open(app, conversation, question);
    app.turns.push(
        app,
        Turn {
            answer: answer.clone(),
            job_id,
        },
    );
    answer
}

fn open(app: &App, conversation: &Conversation, question: &Message) -> Arc<LiveAnswer> {
    let audience = match conversation.is_test() {
        true => Audience::Visitor,
        false => Audience::Everybody,
    };
    app.answers.open(
        conversation.into(),
        conversation.slug.as_str().into(),
        answer_id(question),
        question.seq,
        audience,
    )
}

/// Takes up an answer that was put off, or that a process left behind.
///
/// # Errors
/// `storage_unavailable`.
pub async fn resume(app: &App, job: &Job) -> Result<()> {
    let (Some(conversation_id), Ok(seq)) = (job.conversation_id, job.payload.parse::<i64>()) else {
        return finish_job(app, job.id).await;
    };
    if app.answers.to_question(conversation_id, seq).is_some() {
        return Ok(());
    }
    let (conversation, question) = {
        let mut connection = app.db.read().await?;
        (
            store::conversation::by_id(&mut connection, job.account_id, conversation_id).await?,
            store::message::after(&mut connection, conversation_id, seq - 1, 1)
                .await?
                .pop(),
        )
    };
    let (Some(conversation), Some(question)) = (conversation, question) else {
        return finish_job(app, job.id).await;
    };
    if job.attempts <= ATTEMPTS {
        start(app, &conversation, &question, job.id);
        return Ok(());
    }
    let answer = open(app, &conversation, &question);
    fail(
        app,
        &answer,
        job.id,
        Error::new(ErrorCode::ModelInterrupted),
    )
    .await;
    Ok(())
}

async fn finish_job(app: &App, job_id: i64) -> Result<()> {
    app.db
        .write(move |transaction| {
            Box::pin(async move { store::job::finish(transaction, job_id).await })
        })
        .await
}

/// Makes the answer and stores it. Always closes the live answer, however it ends.
pub async fn run(app: &App, turn: Turn, abandoned: CancellationToken) {
    let conversation_id = turn.answer.address.conversation_id;
    let renewing = renew_lease(app, turn.job_id);
    let outcome = {
        tokio::select! {
            outcome = answer(app, &turn, &abandoned) => outcome,
            () = renewing => Err(Error::internal("a lease ended by itself")),
        }
    };
    if let Err(error) = outcome {
        tracing::error!(%error, conversation = conversation_id, "a turn failed");
        let failed = TurnEvent::Failed {
            code: error.code.code(),
            message: error.public_message().to_owned(),
        };
        app.answers.close(&turn.answer, &failed);
    }
}

/// Holds the job for this process as long as the turn runs.
async fn renew_lease(app: &App, job_id: i64) {
    loop {
        tokio::time::sleep(RENEW).await;
        let (worker, until) = (app.worker.clone(), app.now() + LEASE);
        let renewed = app
            .db
            .write(move |transaction| {
                Box::pin(
                    async move { store::job::extend(transaction, job_id, &worker, until).await },
                )
            })
            .await;
        if let Err(error) = renewed {
            tracing::warn!(%error, job = job_id, "a lease could not be renewed");
        }
    }
}

struct Context {
    address: Address,
    site: Site,
    question: Message,
    history: Vec<Message>,
    locale: Option<String>,
    mode: Mode,
    blocked: bool,
}

async fn context(app: &App, turn: &Turn) -> Result<Context> {
    let mut connection = app.db.read().await?;
    let row =
        store::conversation::any(&mut connection, turn.answer.address.conversation_id).await?;
    let row = row.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let site = store::site::by_id(&mut connection, row.site_id).await?;
    let site = site.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let seq = turn.answer.question_seq;
    let mut history =
        store::message::latest(&mut connection, row.id, Some(seq + 1), HISTORY + 1).await?;
    let question = history.pop().filter(|question| question.seq == seq);
    let question = question.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    history.retain(|message| message.removed_at.is_none());
    Ok(Context {
        address: Address::from(&row),
        blocked: Block::of_conversation(&row, app.now()).is_some(),
        site,
        question,
        history,
        locale: row.locale,
        mode: row.mode,
    })
}

async fn answer(app: &App, turn: &Turn, abandoned: &CancellationToken) -> Result<()> {
    let context = context(app, turn).await?;
    let address = context.address;
    let is_taken_back = context.question.removed_at.is_some();
    if is_taken_back || context.blocked || !handover::assistant_answers(context.mode) {
        finish_job(app, turn.job_id).await?;
        let done = settled(app, address, None).await?;
        app.answers
            .close(&turn.answer, &TurnEvent::Done(Box::new(done)));
        return Ok(());
    }
    let question = Question {
        site: context.site,
        text: context.question.content,
        history: context.history,
        locale: context.locale,
    };
    let mut parts = compose(app, question);
    let mut finish = None;
    loop {
        // In this order: not a word more once somebody has put an end to it.
        let part = tokio::select! {
            biased;
            () = abandoned.cancelled() => return break_off(app, turn, address).await,
            () = turn.answer.stop.cancelled() => return break_off(app, turn, address).await,
            part = parts.next() => part,
        };
        match part {
            Some(Ok(Part::Text(text))) => push(app, turn, &text),
            Some(Ok(Part::Finished(last))) => {
                finish = Some(last);
                break;
            }
            Some(Err(error)) => {
                fail(app, &turn.answer, turn.job_id, error).await;
                return Ok(());
            }
            None => break,
        }
    }
    match finish {
        Some(finish) => store(app, turn, address, finish).await,
        None => {
            fail(
                app,
                &turn.answer,
                turn.job_id,
                Error::internal("an answer ended without its end"),
            )
            .await;
            Ok(())
        }
    }
}

fn push(app: &App, turn: &Turn, text: &str) {
    let answer = &turn.answer;
    answer.push(text, |offset| {
        let piece = answer.piece(offset, text.to_owned());
        app.bus.publish(answer.address.account_id, &piece);
    });
}

async fn store(app: &App, turn: &Turn, address: Address, finish: Finish) -> Result<()> {
    let sender = Sender::Assistant {
        answer_id: turn.answer.answer_id.clone(),
        status: MessageStatus::Complete,
        sources: finish.sources,
        job_id: Some(turn.job_id),
    };
    let sent = match message::send(app, address, Draft::new(sender, turn.answer.text())).await {
        Ok(sent) => sent,
        // An operator got in between: what was said until then is kept as broken off.
        Err(error) if error.code == ErrorCode::Conflict => {
            return break_off(app, turn, address).await;
        }
        Err(error) => return Err(error),
    };
    app.metrics.answer(if finish.fallback {
        AnswerOutcome::Fallback
    } else {
        AnswerOutcome::Complete
    });
    let ticket_number = row(app, address).await?.ticket.map(ticket::public_number);
    let done = Done {
        message: Some(sent.message),
        mode: sent.mode,
        ticket_number,
        fallback: finish.fallback,
    };
    app.answers
        .close(&turn.answer, &TurnEvent::Done(Box::new(done)));
    Ok(())
}

/// A person has taken over, or the visitor wants no more: what was seen so far stays, marked as broken off.
async fn break_off(app: &App, turn: &Turn, address: Address) -> Result<()> {
    let message = keep_partial(app, &turn.answer, address, turn.job_id).await?;
    app.metrics.answer(AnswerOutcome::Interrupted);
    let done = settled(app, address, message).await?;
    app.answers
        .close(&turn.answer, &TurnEvent::Done(Box::new(done)));
    Ok(())
}

/// Stores what was said before an answer broke off, and ends its job.
async fn keep_partial(
    app: &App,
    answer: &LiveAnswer,
    address: Address,
    job_id: i64,
) -> Result<Option<Message>> {
    let text = answer.text();
    if text.is_empty() {
        finish_job(app, job_id).await?;
        return Ok(None);
    }
    let sender = Sender::Assistant {
        answer_id: answer.answer_id.clone(),
        status: MessageStatus::Interrupted,
        sources: Vec::new(),
        job_id: Some(job_id),
    };
    match message::send(app, address, Draft::new(sender, text)).await {
        Ok(sent) => Ok(Some(sent.message)),
        // What it answers was taken back or changed: nobody wants the part.
        Err(error) if error.code == ErrorCode::Conflict => Ok(None),
        Err(error) => Err(error),
    }
}

/// Tells everybody that the answer failed; what the visitor wrote and what was said stays.
async fn fail(app: &App, answer: &Arc<LiveAnswer>, job_id: i64, error: Error) {
    let address = answer.address;
    tracing::warn!(%error, conversation = address.conversation_id, "an answer failed");
    app.metrics.answer(AnswerOutcome::Failed);
    if let Err(error) = keep_partial(app, answer, address, job_id).await {
        tracing::error!(%error, conversation = address.conversation_id, "a broken-off answer could not be kept");
    }
    let (code, text) = (error.code.code(), error.public_message().to_owned());
    let live = Live {
        cursor: None,
        conversation_id: address.conversation_id,
        conversation_slug: answer.conversation_slug.clone(),
        event: Arc::new(Event::Error {
            code: code.to_owned(),
            message: text.clone(),
        }),
        audience: Audience::Visitor,
    };
    app.bus.publish(address.account_id, &live);
    app.answers.close(
        answer,
        &TurnEvent::Failed {
            code,
            message: text,
        },
    );
}
