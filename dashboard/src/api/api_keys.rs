//! Keys with which the account's own programs sign in.

use super::client::{Api, with_query};
use super::error::ApiError;
use shared::api_key::{ApiKey, CreateApiKeyRequest, CreatedApiKey};
use shared::page::Page;

impl Api {
    pub async fn api_keys(self, cursor: Option<&str>) -> Result<Page<ApiKey>, ApiError> {
        self.get(&with_query("/api/keys", &[("cursor", cursor)]))
            .await
    }

    /// Makes a key; the reply is the only one that shows it.
    pub async fn create_api_key(
        self,
        request: CreateApiKeyRequest,
    ) -> Result<CreatedApiKey, ApiError> {
        self.post("/api/keys", &request).await
    }

    /// The key stops working at once.
    pub async fn revoke_api_key(self, id: i64) -> Result<(), ApiError> {
        self.delete(&format!("/api/keys/{id}")).await
    }
}
