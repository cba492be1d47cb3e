//! The account's secret for identity tokens.

use super::client::Api;
use super::error::ApiError;
use serde::Deserialize;

#[derive(Debug, Clone, Copy, Deserialize)]
struct KycStatus {
    enabled: bool,
}

#[derive(Deserialize)]
struct KycSecret {
    secret: String,
}

impl Api {
    /// Whether the account has an identity secret.
    pub async fn identity_enabled(self) -> Result<bool, ApiError> {
        self.get::<KycStatus>("/tenants/me/kyc/status")
            .await
            .map(|status| status.enabled)
    }

    /// Makes the first secret; it is shown this once.
    pub async fn create_identity_secret(self) -> Result<String, ApiError> {
        let empty = std::collections::BTreeMap::<String, String>::new();
        self.post::<KycSecret>("/tenants/me/kyc/secret", &empty)
            .await
            .map(|reply| reply.secret)
    }

    /// Replaces the secret; the old one verifies for 24 hours more.
    pub async fn rotate_identity_secret(self) -> Result<String, ApiError> {
        let empty = std::collections::BTreeMap::<String, String>::new();
        self.post::<KycSecret>("/tenants/me/kyc/rotate", &empty)
            .await
            .map(|reply| reply.secret)
    }
}
