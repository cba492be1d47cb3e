//! What a site's assistant knows.

use crate::message::Source;
use crate::named::named;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum KnowledgeKind {
    /// A question and its answer.
    Qa,
    Text,
    /// An uploaded file.
    Document,
    /// A page of the web.
    Url,
}

named!(KnowledgeKind { Qa = "qa", Text = "text", Document = "document", Url = "url" });

/// One row of the knowledge list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeItem {
    pub id: i64,
    /// `bot_…`
    pub chatbot_id: String,
    #[serde(rename = "type")]
    pub kind: KnowledgeKind,
    /// The question of a Q&A pair, the file's name, or the title given.
    pub title: String,
    /// Where it comes from: a file name or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The whole text (the answer, of a Q&A pair); left out of lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Characters of text, and passages it was cut into.
    pub characters: i64,
    pub passages: i64,
    pub created_at: String,
}

/// `POST /api/knowledge`. For `url`, `source` is the page's address, and what is at it now becomes the content. For `qa`, `source` holds the question unless `question` does, and `content` the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddKnowledgeRequest {
    pub chatbot_id: String,
    #[serde(rename = "type")]
    pub kind: KnowledgeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// `POST /api/knowledge/scrape`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScrapeRequest {
    pub chatbot_id: String,
    /// A page of the site to begin with, or the address of its sitemap.
    #[serde(alias = "source")]
    pub url: String,
    /// 500 where it is left out, at most 5,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_pages: Option<i64>,
}

/// How far a scrape is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ScrapeStatus {
    Queued,
    Running,
    /// Every page it found was visited.
    Done,
    /// A limit ended it; what was read until then is kept.
    Partial,
    Failed,
}

named!(ScrapeStatus {
    Queued = "queued",
    Running = "running",
    Done = "done",
    Partial = "partial",
    Failed = "failed",
});

/// The reading of a site, under way or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scrape {
    pub id: i64,
    /// `bot_…`
    pub chatbot_id: String,
    pub url: String,
    pub status: ScrapeStatus,
    /// Why it ended as it did: `page_limit`, `depth_limit`, `time_limit`; `forbidden_address`, `robots_disallowed`,
    /// `unreachable`, `nothing_found`, `interrupted`.
    pub reason: Option<String>,
    pub max_pages: i64,
    pub pages_read: i64,
    pub pages_failed: i64,
    pub created_at: String,
    pub finished_at: Option<String>,
}

/// `POST /api/chatbots/{id}/ask`: what the assistant would say, without a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskRequest {
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskReply {
    pub reply: String,
    pub sources: Vec<Source>,
    /// False where the assistant found nothing and says so.
    pub confident: bool,
    /// `built-in`, or the model's name.
    pub answered_by: String,
}
