//! Language models: providers behind one trait, and the rules every answer of theirs runs under.

pub mod open_ai;
pub mod run;

use crate::config::Config;
use crate::error::Result;
use crate::net::Net;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use open_ai::OpenAi;
use run::Limits;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Who says a message of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    System,
    User,
    Assistant,
}

/// One message of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromptMessage {
    pub role: Speaker,
    pub content: String,
}

/// What a model is given.
pub type Prompt = Arc<Vec<PromptMessage>>;

/// What a model's stream brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Text(String),
    /// The model is at work but has nothing to show.
    Thinking,
}

/// Why a model gave no answer, or not the whole of it. Holds nothing of what the provider wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the model could not be reached")]
    Unreachable,
    #[error("the model's address is forbidden")]
    Forbidden,
    #[error("the model's server answered {status}")]
    Status {
        status: u16,
        retry_after: Option<Duration>,
    },
    #[error("the model was too slow: {0}")]
    Slow(&'static str),
    #[error("the model's answer ended without its end")]
    Cut,
    #[error("the model's answer is not what the protocol says")]
    Garbage,
    #[error("the model reported an error in its stream")]
    Reported,
    #[error("the model's answer is too long")]
    TooLong,
    #[error("the model's answer is empty")]
    Empty,
}

/// The tokens of one answer. It ends after the model's own end; anything else is a fault.
pub type Tokens = BoxStream<'static, Result<Token, Fault>>;

/// A model that can be asked.
pub trait Provider: fmt::Debug + Send + Sync {
    /// The model's name, shown where answers say who made them.
    fn name(&self) -> &str;

    /// One try, without any retry or time-out but those of the connection.
    fn ask(&self, prompt: Prompt) -> BoxFuture<'static, Result<Tokens, Fault>>;
}

/// The models an instance can use.
#[derive(Debug, Clone)]
pub struct Models {
    /// The instance's own; none means the built-in answerer.
    pub default: Option<Arc<dyn Provider>>,
    pub limits: Limits,
}

impl Models {
    /// # Errors
    /// `forbidden_address` where the configured address is none.
    pub fn new(config: &Config, net: &Net) -> Result<Self> {
        let default = match &config.model {
            Some(model) => Some(Arc::new(OpenAi::new(model, net)?) as Arc<dyn Provider>),
            None => None,
        };
        Ok(Self {
            default,
            limits: Limits::default(),
        })
    }
}
