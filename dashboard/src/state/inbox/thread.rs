//! The messages of one conversation.

use shared::conversation::{ConversationMessage, UploadedFile};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of a conversation's messages; `seq` orders them and makes them unique.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Thread {
    messages: BTreeMap<i64, Arc<ConversationMessage>>,
    /// Passed to the server for what came before; none once the beginning is here.
    pub older: Option<String>,
    /// Why the assistant's last answer failed, until somebody speaks again.
    pub problem: Option<String>,
}

impl Thread {
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Arc<ConversationMessage>> {
        self.messages.values()
    }

    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub fn last_seq(&self) -> i64 {
        self.messages
            .keys()
            .next_back()
            .copied()
            .unwrap_or_default()
    }

    /// Puts a message in its place. True where it was not here before.
    pub fn insert(&mut self, message: ConversationMessage) -> bool {
        self.problem = None;
        match self.messages.get(&message.seq) {
            // A finished answer is never replaced by a replayed beginning of it.
            Some(known) if known.id == message.id => {
                let longer = message.content.len() >= known.content.len();
                if longer && **known != message {
                    self.messages.insert(message.seq, Arc::new(message));
                }
                false
            }
            _ => self
                .messages
                .insert(message.seq, Arc::new(message))
                .is_none(),
        }
    }

    /// Replaces a message whose text was changed on purpose.
    pub fn replace(&mut self, message: ConversationMessage) {
        if self.messages.contains_key(&message.seq) {
            self.messages.insert(message.seq, Arc::new(message));
        }
    }

    pub fn remove(&mut self, seq: i64) {
        self.messages.remove(&seq);
    }

    pub fn has_answer(&self, answer_id: &str) -> bool {
        self.messages
            .values()
            .rev()
            .any(|message| message.answer_id.as_deref() == Some(answer_id))
    }

    pub fn has_client_id(&self, client_id: &str) -> bool {
        self.messages
            .values()
            .rev()
            .any(|message| message.client_id.as_deref() == Some(client_id))
    }
}

/// An answer under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streaming {
    pub answer_id: String,
    pub text: String,
    /// Scalar values in `text`, which `offset` counts.
    characters: usize,
}

impl Streaming {
    pub fn new(answer_id: String) -> Self {
        Self {
            answer_id,
            text: String::new(),
            characters: 0,
        }
    }

    /// Adds a piece where it belongs. What is already here is skipped; after a gap nothing is added, as the
    /// whole text comes with the message.
    pub fn add(&mut self, offset: usize, text: &str) {
        let Some(known) = self.characters.checked_sub(offset) else {
            return;
        };
        let mut characters = text.chars();
        for _ in 0..known {
            if characters.next().is_none() {
                return;
            }
        }
        let news = characters.as_str();
        self.text.push_str(news);
        self.characters += news.chars().count();
    }
}

/// How far a reply of this browser has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendState {
    Sending,
    /// Why it did not arrive.
    Failed(String),
}

/// A reply the server has not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingReply {
    pub client_id: String,
    pub text: String,
    /// Uploaded already, to go with it.
    pub files: Vec<UploadedFile>,
    pub state: SendState,
}
