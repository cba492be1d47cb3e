//! A message as every native channel shows it.

use crate::named::named;
use serde::{Deserialize, Serialize};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// The visitor.
    User,
    Assistant,
    Operator,
    /// The product itself: "a human has been asked for", "the conversation was closed".
    System,
}

named!(Role { User = "user", Assistant = "assistant", Operator = "operator", System = "system" });

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MessageStatus {
    #[default]
    Complete,
    Streaming,
    /// The model or the server broke off; the partial text is kept.
    Interrupted,
}

named!(MessageStatus { Complete = "complete", Streaming = "streaming", Interrupted = "interrupted" });

/// A visitor's verdict on one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Thumb {
    Up,
    Down,
}

named!(Thumb { Up = "up", Down = "down" });

/// Where an answer comes from. `number` is what `[n]` in the text refers to, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Source {
    pub number: u32,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The passage the answer rests on, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// A file that hangs on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileReference {
    pub id: i64,
    pub filename: String,
    pub content_type: String,
    pub size: i64,
    pub url: String,
}

/// The person or assistant whose name stands at the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Author {
    pub name: String,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    pub id: i64,
    /// Position in its conversation, from 1, without gaps.
    pub seq: i64,
    pub role: Role,
    /// Plain text for `user`, Markdown for the rest. Never HTML.
    pub content: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// ISO 8601, UTC, with `Z`.
    pub created_at: String,
    #[serde(default)]
    pub status: MessageStatus,
    /// Ties an answer's chunks to the message that ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_id: Option<String>,
    /// The id the sender gave it, so that its own copy can be told from a new message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileReference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Thumb>,
    /// When its visitor changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<String>,
    /// When its visitor took it back: its place stays, its words are gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<String>,
}
