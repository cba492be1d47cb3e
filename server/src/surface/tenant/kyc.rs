//! `/tenants/me/kyc/*`: the secret that signs identity tokens.

use crate::app::App;
use crate::core::identity;
use crate::error::Result;
use crate::http::auth::SignedIn;
use crate::http::input::{Nothing, OptionalJson};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(secret))
        .routes(routes!(rotate))
}

#[derive(Serialize, ToSchema)]
struct KycStatus {
    /// Whether the account has a secret.
    enabled: bool,
}

#[derive(Serialize, ToSchema)]
struct KycSecret {
    /// Shown this once.
    secret: String,
}

/// Whether visitors can be identified.
#[utoipa::path(
    get,
    path = "/tenants/me/kyc/status",
    tag = "tenants",
    security(("dashboard" = [])),
    responses((status = 200, body = KycStatus), (status = 401), (status = 403))
)]
async fn status(State(app): State<App>, SignedIn(operator): SignedIn) -> Result<Json<KycStatus>> {
    let enabled = identity::is_enabled(&app, &operator).await?;
    Ok(Json(KycStatus { enabled }))
}

/// Makes a new secret. Earlier ones verify nothing from now on.
#[utoipa::path(
    post,
    path = "/tenants/me/kyc/secret",
    tag = "tenants",
    security(("dashboard" = [])),
    request_body = Option<Nothing>,
    responses((status = 200, body = KycSecret), (status = 401), (status = 403))
)]
async fn secret(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<Json<KycSecret>> {
    let secret = identity::replace_secret(&app, &operator).await?;
    Ok(Json(KycSecret { secret }))
}

/// Makes a new secret. The one before verifies for 24 hours more.
#[utoipa::path(
    post,
    path = "/tenants/me/kyc/rotate",
    tag = "tenants",
    security(("dashboard" = [])),
    request_body = Option<Nothing>,
    responses(
        (status = 200, body = KycSecret),
        (status = 401),
        (status = 403),
        (status = 404, description = "There is no secret to rotate yet."),
    )
)]
async fn rotate(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<Json<KycSecret>> {
    let secret = identity::rotate_secret(&app, &operator).await?;
    Ok(Json(KycSecret { secret }))
}
