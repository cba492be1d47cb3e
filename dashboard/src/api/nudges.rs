//! Rules by which a site speaks first.

use super::client::{Api, to_json, with_query};
use super::error::ApiError;
use shared::nudge::{NudgeRequest, NudgeRule};
use shared::page::Page;

impl Api {
    pub async fn nudges(self, chatbot_id: &str) -> Result<Page<NudgeRule>, ApiError> {
        let pairs = [("chatbotId", Some(chatbot_id)), ("limit", Some("200"))];
        self.get(&with_query("/api/nudges", &pairs)).await
    }

    pub async fn create_nudge(self, request: NudgeRequest) -> Result<NudgeRule, ApiError> {
        self.post("/api/nudges", &request).await
    }

    pub async fn update_nudge(self, id: i64, request: NudgeRequest) -> Result<NudgeRule, ApiError> {
        self.patch_json(&format!("/api/nudges/{id}"), to_json(&request)?)
            .await
    }

    pub async fn delete_nudge(self, id: i64) -> Result<(), ApiError> {
        self.delete(&format!("/api/nudges/{id}")).await
    }
}
