//! Conversations as the operators' surface shows them (camel case, like the rest of that surface).

use crate::message::{Author, FileReference, Message, MessageStatus, Role, Source, Thumb};
use crate::named::named;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who answers the visitor's next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Mode {
    Ai,
    /// A human was asked for and nobody has taken it yet.
    Waiting,
    Operator,
    Closed,
}

named!(Mode { Ai = "ai", Waiting = "waiting", Operator = "operator", Closed = "closed" });

/// The operator who has a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assignee {
    pub id: i64,
    pub name: String,
}

/// Who writes, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Visitor {
    pub id: i64,
    /// The name that the caller of `POST /api/chat/{chatbotId}` gave the visitor, else `vis_…`.
    pub visitor_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Vouched for by the site's own back end.
    pub identified: bool,
    /// The `sub` of the identity token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    pub blocked: bool,
    /// When the block ends, in UTC; left out where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_until: Option<String>,
    /// The latest of the site's consent texts that they agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<GivenConsent>,
}

/// What a visitor agreed to, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenConsent {
    pub version: i64,
    pub given_at: String,
}

/// A rating of a whole conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rating {
    /// 1 to 5.
    pub score: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// One row of the inbox, and the head of an open conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// `conv_…`
    pub id: String,
    pub number: i64,
    /// Numeric id of the site.
    pub site_id: i64,
    pub site_name: String,
    pub mode: Mode,
    pub assignee: Option<Assignee>,
    pub visitor: Visitor,
    /// What the site's own form asked before the conversation, by the fields' names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contact_fields: BTreeMap<String, String>,
    /// Start of the last message, one line.
    pub preview: String,
    pub preview_role: Option<Role>,
    /// Visitor messages no operator has opened.
    pub unread_count: i64,
    pub last_seq: i64,
    /// How far the visitor has read.
    pub visitor_read_seq: i64,
    pub ticket_number: Option<String>,
    pub rating: Option<Rating>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub page_url: Option<String>,
    pub referrer: Option<String>,
    pub locale: Option<String>,
    pub created_at: String,
    pub last_message_at: String,
    /// When the site's pages last told something of the visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_at: Option<String>,
    /// Since when the visitor waits for a person.
    pub waiting_since: Option<String>,
    /// Cursor of the operators' channel at the time of this reply: events after it are news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_cursor: Option<i64>,
}

/// A message in this surface's case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationMessage {
    pub id: i64,
    pub seq: i64,
    pub role: Role,
    pub content: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    pub created_at: String,
    #[serde(default)]
    pub status: MessageStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_id: Option<String>,
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

impl From<Message> for ConversationMessage {
    fn from(message: Message) -> Self {
        let Message {
            id,
            seq,
            role,
            content,
            author,
            created_at,
            status,
            answer_id,
            client_id,
            sources,
            files,
            feedback,
            edited_at,
            removed_at,
        } = message;
        Self {
            id,
            seq,
            role,
            content,
            author,
            created_at,
            status,
            answer_id,
            client_id,
            sources,
            files,
            feedback,
            edited_at,
            removed_at,
        }
    }
}

/// `POST /api/conversations/{id}/reply`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplyRequest {
    /// May be empty where files go along.
    #[serde(default)]
    pub message: String,
    /// The client's own id: a resend with the same one answers with the first result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Ids of files uploaded in this conversation, at most 10. Each goes with one message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<i64>,
}

/// What `POST /api/conversations/{id}/upload` answers: a file to go with a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadedFile {
    pub id: i64,
    pub filename: String,
    pub content_type: String,
    pub size: i64,
    pub url: String,
}

impl From<FileReference> for UploadedFile {
    fn from(file: FileReference) -> Self {
        let FileReference {
            id,
            filename,
            content_type,
            size,
            url,
        } = file;
        Self {
            id,
            filename,
            content_type,
            size,
            url,
        }
    }
}

/// `POST /api/conversations/{id}/read`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OperatorReadRequest))]
pub struct ReadRequest {
    pub seq: i64,
}

/// What tags of a request do to those a conversation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TagMode {
    #[default]
    Add,
    Replace,
}

/// `POST /api/conversations/{id}/tags`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagRequest {
    pub tags: Vec<String>,
    #[serde(default)]
    pub mode: TagMode,
}
