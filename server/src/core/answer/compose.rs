//! What the assistant says to a question: retrieval, then the site's model or the built-in answerer.

use super::built_in;
use crate::app::App;
use crate::core::knowledge::language::Language;
use crate::core::knowledge::retrieve::{Asked, Retrieved, retrieve};
use crate::error::{Error, Result};
use crate::store::site::Site;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use shared::message::{Message, Role, Source};

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
        let answer = built_in::answer(&question, &found);
        let texts = answer.pieces.into_iter().map(Part::Text);
        let parts = texts.chain([Part::Finished(answer.finish)]);
        Ok::<_, Error>(stream::iter(parts.map(Ok)))
    };
    stream::once(parts).try_flatten().boxed()
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
