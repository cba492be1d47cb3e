//! What the assistant says to a question: retrieval, then the site's model or the built-in answerer.

use super::built_in::{self, Answer};
use super::prompt;
use crate::app::App;
use crate::core::knowledge::language::Language;
use crate::core::knowledge::retrieve::{Asked, Retrieved, retrieve};
use crate::error::{Error, Result};
use crate::llm::run::{self, Limits};
use crate::llm::{Fault, Provider};
use crate::store::site::Site;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use shared::error::ErrorCode;
use shared::message::{Message, Role, Source};
use std::sync::Arc;

/// Everything an answer is made from.
#[derive(Debug, Clone)]
pub struct Question {
    pub site: Site,
    pub text: String,
    /// The conversation before the question, oldest first.
    pub history: Vec<Message>,
    pub locale: Option<String>,
}

/// A piece of an answer under way.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(String),
    /// Comes last, exactly once, where the answer is whole.
    Finished(Finish),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Finish {
    /// What the answer cites, numbered as in its text.
    pub sources: Vec<Source>,
    /// False where nothing was found and the answer says so.
    pub confident: bool,
    /// The model failed and the built-in answerer answered instead.
    pub fallback: bool,
    /// `built-in`, or the model's name.
    pub answered_by: String,
}

/// Composes an answer piece by piece. An error item ends it: `model_unavailable` before the first text,
/// `model_interrupted` after it.
pub fn compose(app: &App, question: Question) -> BoxStream<'static, Result<Part>> {
    let app = app.clone();
    let parts = async move {
        let found = look_up(&app, &question).await?;
        Ok::<_, Error>(match app.models.default.clone() {
            Some(model) => ask(model, app.models.limits, question, found),
            None => quote(&question, &found, false),
        })
    };
    stream::once(parts).try_flatten().boxed()
}

/// The built-in answerer's answer.
fn quote(
    question: &Question,
    found: &Retrieved,
    fallback: bool,
) -> BoxStream<'static, Result<Part>> {
    let Answer { pieces, mut finish } = built_in::answer(question, found);
    finish.fallback = fallback;
    let texts = pieces.into_iter().map(Part::Text);
    let parts = texts.chain([Part::Finished(finish)]);
    stream::iter(parts.map(Ok)).boxed()
}

/// A model's answer; the built-in one where the model fails before its first word and the texts hold the answer.
fn ask(
    model: Arc<dyn Provider>,
    limits: Limits,
    question: Question,
    found: Retrieved,
) -> BoxStream<'static, Result<Part>> {
    async_stream::try_stream! {
        let prepared = prompt::prepare(&question, &found);
        let mut tokens = run::answer(model.clone(), Arc::new(prepared.messages), limits);
        let mut said = String::new();
        while let Some(token) = tokens.next().await {
            match token {
                Ok(text) => {
                    said.push_str(&text);
                    yield Part::Text(text);
                }
                Err(fault) if said.is_empty() => {
                    let mut parts = instead(&question, &found, &fault)?;
                    while let Some(part) = parts.next().await {
                        yield part?;
                    }
                    return;
                }
                Err(fault) => Err(Error::new(ErrorCode::ModelInterrupted).with_cause(fault))?,
            }
        }
        let confident = found.is_confident();
        let sources = prompt::cited(&said, prepared.sources, confident);
        yield Part::Finished(Finish {
            confident: confident || !sources.is_empty(),
            sources,
            fallback: false,
            answered_by: model.name().to_owned(),
        });
    }
    .boxed()
}

fn instead(
    question: &Question,
    found: &Retrieved,
    fault: &Fault,
) -> Result<BoxStream<'static, Result<Part>>> {
    if !built_in::is_confident(question, found) {
        return Err(Error::new(ErrorCode::ModelUnavailable).with_cause(fault.clone()));
    }
    tracing::warn!(%fault, "the model failed; the built-in answerer answers");
    Ok(quote(question, found, true))
}

/// The passages of the site's knowledge that may answer the question.
async fn look_up(app: &App, question: &Question) -> Result<Retrieved> {
    let index = app.knowledge.of(app, &question.site).await?;
    let before = question
        .history
        .iter()
        .rev()
        .find(|message| message.role == Role::User);
    let asked = Asked {
        text: &question.text,
        before: before.map(|message| message.content.as_str()),
        language: question.locale.as_deref().and_then(Language::from_tag),
        site_name: &question.site.settings.display_name,
    };
    Ok(retrieve(&index, &asked))
}
