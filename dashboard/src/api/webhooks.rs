//! Endpoints that are told of what happens, and what they were told.

use super::client::{Api, to_json, with_query};
use super::error::ApiError;
use shared::page::Page;
use shared::webhook::{CreateWebhookRequest, UpdateWebhookRequest, Webhook, WebhookDelivery};

impl Api {
    pub async fn webhooks(self) -> Result<Page<Webhook>, ApiError> {
        self.get("/api/webhooks").await
    }

    /// Makes an endpoint; the reply is the only one that shows its secret.
    pub async fn create_webhook(self, request: CreateWebhookRequest) -> Result<Webhook, ApiError> {
        self.post("/api/webhooks", &request).await
    }

    pub async fn update_webhook(
        self,
        id: i64,
        request: UpdateWebhookRequest,
    ) -> Result<Webhook, ApiError> {
        self.patch_json(&format!("/api/webhooks/{id}"), to_json(&request)?)
            .await
    }

    pub async fn delete_webhook(self, id: i64) -> Result<(), ApiError> {
        self.delete(&format!("/api/webhooks/{id}")).await
    }

    /// Replaces the secret; the old one signs along for 24 hours.
    pub async fn rotate_webhook(self, id: i64) -> Result<Webhook, ApiError> {
        let empty = std::collections::BTreeMap::<String, String>::new();
        self.post(&format!("/api/webhooks/{id}/rotate"), &empty)
            .await
    }

    /// The latest deliveries, newest first.
    pub async fn deliveries(
        self,
        webhook: i64,
        cursor: Option<&str>,
    ) -> Result<Page<WebhookDelivery>, ApiError> {
        let address = format!("/api/webhooks/{webhook}/deliveries");
        self.get(&with_query(&address, &[("cursor", cursor)])).await
    }

    /// Sends a delivery once more.
    pub async fn replay_delivery(
        self,
        webhook: i64,
        delivery: i64,
    ) -> Result<WebhookDelivery, ApiError> {
        let empty = std::collections::BTreeMap::<String, String>::new();
        self.post(
            &format!("/api/webhooks/{webhook}/deliveries/{delivery}/replay"),
            &empty,
        )
        .await
    }
}
