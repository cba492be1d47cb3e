//! Chatbots and their chat on the chatbots surface (S1, camel case). A chatbot is a site under this surface's name.

use serde::{Deserialize, Serialize};

/// How a chatbot's widget looks and what it says first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Appearance {
    pub primary_color: String,
    pub bg_color: String,
    pub font_color: String,
    pub button_color: String,
    pub glow_color: Option<String>,
    pub greeting_text: String,
    pub welcome_message: String,
    pub position: String,
    pub corner_style: String,
    pub drop_shadow: String,
    pub glow_size: String,
    pub glow_strength: String,
    pub theme: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chatbot {
    /// `bot_…`
    pub id: String,
    pub number: i64,
    pub name: String,
    /// Empty where none was given.
    pub website: String,
    /// How the assistant is to speak, in the owner's words.
    pub personality: String,
    pub appearance: Appearance,
    /// A language tag; empty means the visitor's own language.
    pub language: String,
    pub enabled: bool,
    /// The tag to paste.
    pub snippet: String,
    pub created_at: String,
}

/// `POST /api/chatbots`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateChatbotRequest {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
}

/// `POST /api/chat/{chatbotId}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatbotMessage {
    pub message: String,
    /// The caller's own name of the visitor: conversations begun under one name are one visitor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor_id: Option<String>,
    /// `conv_…` of an earlier reply. Left out, a conversation begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// A language tag; `en` where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// One event of the reply's stream. The texts joined are the whole reply; `[DONE]` ends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatbotChunk {
    pub text: String,
    pub conversation_id: String,
}

/// The end of a stream that broke off, instead of `[DONE]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatbotFailure {
    pub error: String,
    pub message: String,
    pub conversation_id: String,
}
