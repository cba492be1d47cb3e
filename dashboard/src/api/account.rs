//! Set-up, sign-in and who is signed in.

use super::client::Api;
use super::error::ApiError;
use shared::account::{LoginRequest, Me, SetupRequest, SetupStatus, TokenReply};

impl Api {
    /// Whether the instance still waits for its first account.
    pub async fn setup_status(self) -> Result<SetupStatus, ApiError> {
        self.get("/auth/setup").await
    }

    pub async fn set_up(self, request: SetupRequest) -> Result<TokenReply, ApiError> {
        self.post("/auth/setup", &request).await
    }

    pub async fn log_in(self, request: LoginRequest) -> Result<TokenReply, ApiError> {
        self.post("/auth/login", &request).await
    }

    pub async fn log_out(self) -> Result<(), ApiError> {
        self.post_for_nothing("/auth/logout").await
    }

    pub async fn me(self) -> Result<Me, ApiError> {
        self.get("/auth/me").await
    }
}
