//! Nudges: a few words that come before the visitor has asked anything, by a site's rule or from an operator.

use crate::named::named;
use serde::{Deserialize, Serialize};

/// A nudge as its visitor gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Nudge {
    pub id: i64,
    pub text: String,
    /// ISO 8601, UTC, with `Z`.
    pub created_at: String,
}

/// When a rule holds, by the site's business hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NudgeHours {
    #[default]
    Any,
    Open,
    Closed,
}

named!(NudgeHours { Any = "any", Open = "open", Closed = "closed" });

/// A rule of a site: to whom, where and when its text is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NudgeRule {
    pub id: i64,
    /// `bot_…`
    pub chatbot_id: String,
    pub text: String,
    pub enabled: bool,
    /// Pages by their path (`/pricing*`), host and path (`acme.com/*`) or whole address (`https://…`), `*` for any
    /// characters. Empty means every page.
    pub url_pattern: String,
    pub seconds_on_page: i64,
    /// Only on the visitor's first visit.
    pub first_visit: bool,
    pub business_hours: NudgeHours,
    /// How often one visitor gets it at most.
    pub max_per_visitor: i64,
    /// Hours between two of them.
    pub pause_hours: i64,
    pub created_at: String,
    pub updated_at: String,
}

/// `POST /api/nudges`, where `chatbotId` and `text` are required, and `PATCH /api/nudges/{id}`, where `chatbotId` has
/// no effect.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NudgeRequest {
    /// `bot_…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chatbot_id: Option<String>,
    /// At most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// On where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Every page where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_pattern: Option<String>,
    /// 0 to 3,600; 0 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_on_page: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_visit: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_hours: Option<NudgeHours>,
    /// 1 to 1,000; 1 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_visitor: Option<i64>,
    /// 0 to 8,760; 24 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_hours: Option<i64>,
}

/// `POST /api/visitors/{id}/nudge`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendNudgeRequest {
    /// At most 500 characters.
    pub text: String,
}

/// A one-off nudge that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentNudge {
    pub text: String,
    /// The visitor's open conversations that get it.
    pub conversations: usize,
    pub created_at: String,
}

/// A rule as the widget gets it with its configuration: what has to be judged on the page itself. Business hours are
/// judged already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WidgetNudge {
    pub id: i64,
    pub text: String,
    pub url_pattern: String,
    pub seconds_on_page: i64,
    pub first_visit: bool,
    pub max_per_visitor: i64,
    pub pause_hours: i64,
}
