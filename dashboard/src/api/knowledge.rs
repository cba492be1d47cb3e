//! What a site's assistant knows, and the test box.

use super::client::{Api, escape, with_query};
use super::error::ApiError;
use shared::knowledge::{
    AddKnowledgeRequest, AskReply, AskRequest, KnowledgeItem, Scrape, ScrapeRequest,
};
use shared::page::Page;

impl Api {
    pub async fn knowledge(
        self,
        chatbot_id: &str,
        search: &str,
        cursor: Option<&str>,
    ) -> Result<Page<KnowledgeItem>, ApiError> {
        let pairs = [
            ("chatbotId", Some(chatbot_id)),
            ("q", Some(search)),
            ("cursor", cursor),
        ];
        self.get(&with_query("/api/knowledge", &pairs)).await
    }

    /// One item with its content.
    pub async fn knowledge_item(self, id: i64) -> Result<KnowledgeItem, ApiError> {
        self.get(&format!("/api/knowledge/{id}")).await
    }

    pub async fn add_knowledge(
        self,
        request: AddKnowledgeRequest,
    ) -> Result<KnowledgeItem, ApiError> {
        self.post("/api/knowledge", &request).await
    }

    pub async fn delete_knowledge(self, id: i64) -> Result<(), ApiError> {
        self.delete(&format!("/api/knowledge/{id}")).await
    }

    /// The latest readings of websites.
    pub async fn scrapes(self, chatbot_id: &str) -> Result<Page<Scrape>, ApiError> {
        let pairs = [("chatbotId", Some(chatbot_id)), ("limit", Some("10"))];
        self.get(&with_query("/api/knowledge/scrape", &pairs)).await
    }

    pub async fn start_scrape(self, request: ScrapeRequest) -> Result<Scrape, ApiError> {
        self.post("/api/knowledge/scrape", &request).await
    }

    /// What the assistant would say; leaves no conversation.
    pub async fn ask(self, chatbot_id: &str, message: String) -> Result<AskReply, ApiError> {
        self.post(
            &format!("/api/chatbots/{}/ask", escape(chatbot_id)),
            &AskRequest { message },
        )
        .await
    }
}
