//! What the loader takes from a host page and tells it. The loader is written in JavaScript; the types of its npm package are
//! generated from these shapes and from those of the widget's API.

use serde::{Deserialize, Serialize};

/// What a page says when it starts the chat, beside the identity token, which may be a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChatOptions {
    /// Address of the server, such as `https://chat.example.com`.
    pub origin: String,
    /// `site_…`
    pub site: String,
    /// The visitor's language, such as `de` or `pt-BR`.
    pub locale: Option<String>,
    pub theme: Option<ChatTheme>,
    /// `none`, or a selector of the page's own elements that open and close the chat.
    pub launcher: Option<String>,
    /// Opens the chat as soon as the page has loaded.
    pub open: Option<bool>,
    pub mode: Option<ChatMode>,
    /// Selector of the element that an inline chat stands in.
    pub target: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatTheme {
    Light,
    Dark,
    Auto,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatMode {
    /// In the page, inside the element that `target` names.
    Inline,
}

/// `Parlance.state()`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatState {
    pub site: Option<String>,
    /// The launcher stands.
    pub ready: bool,
    /// Unknown until the site's configuration is there.
    pub enabled: Option<bool>,
    pub open: bool,
    pub unread: u32,
}

/// What `Parlance.on("unread", …)` is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatUnread {
    pub count: u32,
}

/// What `Parlance.on("nudge", …)` is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatNudge {
    pub id: i64,
    pub text: String,
}

/// What the other events tell: a message's words, a ticket's number, a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatDetail {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
