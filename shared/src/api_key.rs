//! API keys: how an account's own programs sign in.

use crate::named::named;
use serde::{Deserialize, Serialize};

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    /// Ask a chatbot and read its answer.
    Chat,
    /// Make, change and delete chatbots.
    Chatbots,
    /// Read, answer, tag and export conversations.
    Conversations,
    /// Teach chatbots.
    Knowledge,
    /// Manage webhook endpoints.
    Webhooks,
}

named!(Scope {
    Chat = "chat",
    Chatbots = "chatbots",
    Conversations = "conversations",
    Knowledge = "knowledge",
    Webhooks = "webhooks",
});

/// One row of the list of keys. The key itself is not in it: only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    pub id: i64,
    pub name: String,
    /// The key's last characters.
    pub hint: String,
    pub scopes: Vec<Scope>,
    /// The person in whose name the key acts.
    pub created_by: String,
    pub created_at: String,
    /// Written at most once a minute.
    pub last_used_at: Option<String>,
    pub expires_at: Option<String>,
}

/// `POST /api/keys`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateApiKeyRequest {
    pub name: String,
    /// At least one. Left out: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
    /// ISO 8601 with an offset or `Z`. Left out, the key stays good until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// A key just made: the only time it is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiKey {
    /// `ck_live_…`; `ck_…` is the same key.
    pub key: String,
    #[serde(flatten)]
    pub row: ApiKey,
}
