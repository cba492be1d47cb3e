//! Webhooks: endpoints that are told of what happens in conversations, and the log of what they were told.

use crate::named::named;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What an endpoint can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WebhookEvent {
    /// A visitor starts a new conversation.
    NewConversation,
    /// A visitor, the assistant or an operator says something.
    NewMessage,
    /// A person is asked for.
    Escalation,
    /// A visitor gives an answer a thumb.
    FeedbackReceived,
    /// An operator writes to the visitor.
    AdminReply,
}

named!(WebhookEvent {
    NewConversation = "new_conversation",
    NewMessage = "new_message",
    Escalation = "escalation",
    FeedbackReceived = "feedback_received",
    AdminReply = "admin_reply",
});

/// Why an endpoint was switched off without anybody's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WebhookDisabledReason {
    /// The receiver answered 410: it is gone for good.
    Gone,
    /// Nothing could be delivered for five days.
    Failing,
}

named!(WebhookDisabledReason { Gone = "gone", Failing = "failing" });

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    pub id: i64,
    pub url: String,
    pub description: Option<String>,
    pub events: Vec<WebhookEvent>,
    pub enabled: bool,
    pub disabled_at: Option<String>,
    /// Null where somebody switched it off.
    pub disabled_reason: Option<WebhookDisabledReason>,
    /// Since when every try has failed.
    pub failing_since: Option<String>,
    /// Until when the secret before the last rotation signs along.
    pub previous_secret_until: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    /// `whsec_…`: only in the reply to creating and rotating.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// `POST /api/webhooks`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateWebhookRequest {
    pub url: String,
    pub events: Vec<WebhookEvent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Left out: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// `PATCH /api/webhooks/{id}`: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateWebhookRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<WebhookEvent>>,
    /// Null takes it away.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub description: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Tells null from left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeliveryStatus {
    /// It is tried, or waits for its next try, or for an earlier one of its conversation.
    Pending,
    /// The receiver took it.
    Delivered,
    /// All tries failed, or the endpoint was switched off before it was its turn.
    Failed,
}

named!(DeliveryStatus { Pending = "pending", Delivered = "delivered", Failed = "failed" });

/// Why a try failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeliveryFailure {
    /// The receiver answered with a status that is not 2xx.
    Status,
    /// The receiver pointed elsewhere; redirects are not followed.
    Redirect,
    /// No answer within 15 seconds.
    Timeout,
    /// No connection, or one that broke off.
    Unreachable,
    /// The address leads to a network that must not be reached from here.
    ForbiddenAddress,
}

named!(DeliveryFailure {
    Status = "status",
    Redirect = "redirect",
    Timeout = "timeout",
    Unreachable = "unreachable",
    ForbiddenAddress = "forbidden_address",
});

/// One event for one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookDelivery {
    pub id: i64,
    pub webhook_id: i64,
    /// The header `webhook-id`: the same for every try.
    pub event_id: String,
    pub event: WebhookEvent,
    pub status: DeliveryStatus,
    /// The body, byte for byte.
    pub payload: String,
    /// Tries so far.
    pub attempts: i64,
    /// Null once it is over, and while it waits for an earlier one of its conversation.
    pub next_attempt_at: Option<String>,
    pub created_at: String,
    pub finished_at: Option<String>,
    /// The latest tries, oldest first.
    pub log: Vec<WebhookAttempt>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookAttempt {
    pub number: i64,
    pub at: String,
    pub duration_ms: i64,
    pub request: WebhookRequest,
    /// Null where none came.
    pub response: Option<WebhookResponse>,
    /// Null where it was taken.
    pub failure: Option<DeliveryFailure>,
}

/// What was sent; the body is the delivery's payload.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookRequest {
    pub url: String,
    pub headers: BTreeMap<String, String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookResponse {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    /// Its first 4 KB.
    pub body: String,
}
