//! The operators' side of conversations.

use super::client::{Api, escape, with_query};
use super::error::ApiError;
use crate::state::inbox::Filter;
use shared::conversation::{
    Conversation, ConversationMessage, ReadRequest, ReplyRequest, TagRequest,
};
use shared::page::Page;

/// What an operator can do to a conversation besides writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationAction {
    TakeOver,
    HandBack,
    Resolve,
    Reopen,
}

impl ConversationAction {
    const fn path(self) -> &'static str {
        match self {
            Self::TakeOver => "takeover",
            Self::HandBack => "handback",
            Self::Resolve => "resolve",
            Self::Reopen => "reopen",
        }
    }
}

fn address(id: &str, rest: &str) -> String {
    format!("/api/conversations/{}{rest}", escape(id))
}

impl Api {
    pub async fn conversations(
        self,
        filter: &Filter,
        cursor: Option<&str>,
    ) -> Result<Page<Conversation>, ApiError> {
        let query = filter.to_api();
        let mut pairs: Vec<(&str, Option<&str>)> = query
            .iter()
            .map(|(name, value)| (*name, Some(value.as_str())))
            .collect();
        pairs.push(("cursor", cursor));
        self.get(&with_query("/api/conversations", &pairs)).await
    }

    pub async fn conversation(self, id: &str) -> Result<Conversation, ApiError> {
        self.get(&address(id, "")).await
    }

    /// The latest messages, oldest first, or those before `before`.
    pub async fn conversation_messages(
        self,
        id: &str,
        before: Option<&str>,
    ) -> Result<Page<ConversationMessage>, ApiError> {
        self.get(&with_query(
            &address(id, "/messages"),
            &[("before", before)],
        ))
        .await
    }

    pub async fn reply(
        self,
        id: &str,
        request: ReplyRequest,
    ) -> Result<ConversationMessage, ApiError> {
        self.post(&address(id, "/reply"), &request).await
    }

    pub async fn act(self, id: &str, action: ConversationAction) -> Result<Conversation, ApiError> {
        let empty = std::collections::BTreeMap::<String, String>::new();
        self.post(&address(id, &format!("/{}", action.path())), &empty)
            .await
    }

    pub async fn mark_read(self, id: &str, seq: i64) -> Result<Conversation, ApiError> {
        self.post(&address(id, "/read"), &ReadRequest { seq }).await
    }

    pub async fn tag_conversation(
        self,
        id: &str,
        request: TagRequest,
    ) -> Result<Conversation, ApiError> {
        self.post(&address(id, "/tags"), &request).await
    }

    /// The whole conversation as `csv`, `txt` or `json`.
    pub async fn export_conversation(self, id: &str, format: &str) -> Result<String, ApiError> {
        self.get_text(&with_query(
            &address(id, "/export"),
            &[("format", Some(format))],
        ))
        .await
    }

    pub async fn say_typing(self, id: &str) -> Result<(), ApiError> {
        self.post_for_nothing(&address(id, "/typing")).await
    }
}
