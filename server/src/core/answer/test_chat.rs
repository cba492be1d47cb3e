//! A developer's test chat: what the live widget would answer, in a conversation that nobody else sees.

use super::live::TurnEvent;
use super::turn::{self, Asked};
use super::words::Words;
use crate::app::App;
use crate::core::actor::{Site, Visitor};
use crate::core::session;
use crate::error::{Error, Result};
use crate::store;
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_key;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// How long a reply is waited for once the server drains.
const PATIENCE: Duration = Duration::from_secs(7);

/// The assistant's reply in a test chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReply {
    pub reply: String,
    /// `conv_…` without the prefix.
    pub conversation_slug: String,
}

/// Says something in a test chat, a new one where none is named, and waits for the reply.
///
/// # Errors
/// `validation_failed`, `not_found` for a conversation that is no test chat of this site, `tenant_inactive`,
/// `model_unavailable`, `model_interrupted`, `shutting_down`.
pub async fn chat(
    app: &App,
    site: Site,
    text: String,
    conversation: Option<&str>,
) -> Result<TestReply> {
    let words = Words::new(text, None);
    words.check_form()?;
    let visitor = match conversation {
        Some(spelling) => find(app, site, spelling).await?,
        None => session::begin_test(app, site).await?,
    };
    let (_, asked) = turn::ask_with(app, &visitor, words).await?;
    let reply = match asked {
        Asked::Settled(done) => done.message.map(|message| message.content),
        Asked::Answering(answer) => Some(collect(app, answer).await?),
    };
    Ok(TestReply {
        reply: reply.unwrap_or_default(),
        conversation_slug: visitor.conversation.slug,
    })
}

async fn find(app: &App, site: Site, spelling: &str) -> Result<Visitor> {
    let slug = spelling
        .strip_prefix("conv_")
        .filter(|slug| check_key(slug, limits::SESSION_KEY_CHARS).is_ok())
        .ok_or(ErrorCode::NotFound)?;
    let mut connection = app.db.read().await?;
    let found = store::conversation::by_slug(&mut connection, site.account_id, slug).await?;
    let conversation = found
        .filter(|conversation| conversation.site_id == site.id && conversation.is_test())
        .ok_or(ErrorCode::NotFound)?;
    Ok(Visitor { site, conversation })
}

async fn collect(app: &App, mut answer: UnboundedReceiver<TurnEvent>) -> Result<String> {
    let given_up = async {
        app.shutdown.cancelled().await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::pin!(given_up);
    loop {
        let event = tokio::select! {
            event = answer.recv() => event,
            () = &mut given_up => return Err(ErrorCode::ShuttingDown.into()),
        };
        match event {
            Some(TurnEvent::Chunk(_)) => {}
            // What is stored is the whole reply.
            Some(TurnEvent::Done(done)) => {
                return Ok(done
                    .message
                    .map(|message| message.content)
                    .unwrap_or_default());
            }
            Some(TurnEvent::Failed { code, message }) => {
                let code = ErrorCode::parse(code).unwrap_or(ErrorCode::Internal);
                return Err(Error::new(code).with_detail(message));
            }
            None => return Err(ErrorCode::ModelInterrupted.into()),
        }
    }
}
