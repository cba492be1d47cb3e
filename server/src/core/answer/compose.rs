//! What the assistant says to a question: retrieval, then the site's model or the built-in answerer.

use crate::app::App;
use crate::error::Result;
use crate::store::site::Site;
use futures_util::stream::BoxStream;
use shared::message::{Message, Source};

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
pub fn compose(_app: &App, _question: Question) -> BoxStream<'static, Result<Part>> {
    Box::pin(futures_util::stream::empty())
}
