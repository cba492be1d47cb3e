//! What an operator does to a visitor besides answering.

use super::client::Api;
use super::error::ApiError;
use serde::Serialize;
use shared::activity::Activity;
use shared::conversation::Visitor;
use shared::nudge::{SendNudgeRequest, SentNudge};

#[derive(Serialize)]
struct Block {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<i64>,
}

impl Api {
    /// The visitor can write no more, from this moment on: for so many hours, or for good.
    pub async fn block_visitor(
        self,
        id: i64,
        hours: Option<i64>,
        reason: Option<String>,
    ) -> Result<Visitor, ApiError> {
        let block = Block { reason, hours };
        self.post(&format!("/api/visitors/{id}/block"), &block)
            .await
    }

    pub async fn unblock_visitor(self, id: i64) -> Result<Visitor, ApiError> {
        let empty = std::collections::BTreeMap::<String, String>::new();
        self.post(&format!("/api/visitors/{id}/unblock"), &empty)
            .await
    }

    /// What the site's own pages told of the visitor.
    pub async fn visitor_activity(self, id: i64) -> Result<Activity, ApiError> {
        self.get(&format!("/api/visitors/{id}/activity")).await
    }

    /// Words that appear at the visitor's launcher, outside of the conversation.
    pub async fn nudge_visitor(self, id: i64, text: String) -> Result<SentNudge, ApiError> {
        self.post(
            &format!("/api/visitors/{id}/nudge"),
            &SendNudgeRequest { text },
        )
        .await
    }
}
