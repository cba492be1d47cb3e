//! `/auth/*`: the first account, signing in and out.

use crate::app::App;
use crate::core::account::{self, Opened, setup};
use crate::error::Result;
use crate::http::auth::{Bearer, SignedIn};
use crate::http::client::Client;
use crate::http::input::{Json, Nothing, OptionalJson};
use crate::http::limit::{limited, per_minute};
use axum::extract::State;
use axum::http::StatusCode;
use shared::account::{LoginRequest, Me, SetupRequest, SetupStatus, TokenReply};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let setting_up = OpenApiRouter::new().routes(routes!(setup_status, set_up));
    OpenApiRouter::new()
        .merge(limited(app, per_minute("setup", 30), setting_up))
        .routes(routes!(log_in))
        .routes(routes!(log_out))
        .routes(routes!(me))
}

fn token_reply(opened: Opened) -> TokenReply {
    TokenReply {
        access_token: opened.token,
        token_type: "bearer".into(),
        expires_in: opened.expires_in,
    }
}

/// Whether the instance still waits for its first account.
#[utoipa::path(get, path = "/auth/setup", tag = "auth", responses((status = 200, body = SetupStatus)))]
async fn setup_status(State(app): State<App>) -> Result<axum::Json<SetupStatus>> {
    let open = setup::is_open(&app).await?;
    Ok(axum::Json(SetupStatus { open }))
}

/// Makes the instance's first account, with the token the server printed at start.
#[utoipa::path(
    post,
    path = "/auth/setup",
    tag = "auth",
    request_body = SetupRequest,
    responses(
        (status = 201, body = TokenReply),
        (status = 403, description = "Set-up is closed, or the token is wrong."),
        (status = 422, description = "A field is not valid."),
    )
)]
async fn set_up(
    State(app): State<App>,
    Json(request): Json<SetupRequest>,
) -> Result<(StatusCode, axum::Json<TokenReply>)> {
    let opened = setup::set_up(&app, request).await?;
    Ok((StatusCode::CREATED, axum::Json(token_reply(opened))))
}

/// Exchanges an address and a password for an access token.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "auth",
    request_body = LoginRequest,
    responses(
        (status = 200, body = TokenReply),
        (status = 401, description = "The address or the password is wrong."),
        (status = 429, description = "Too many tries: see `Retry-After`."),
    )
)]
async fn log_in(
    State(app): State<App>,
    client: Client,
    Json(request): Json<LoginRequest>,
) -> Result<axum::Json<TokenReply>> {
    let opened = account::log_in(&app, &client.key(), request).await?;
    Ok(axum::Json(token_reply(opened)))
}

/// Ends the session of the access token: it is worth nothing from now on.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "auth",
    security(("dashboard" = [])),
    request_body = Option<Nothing>,
    responses((status = 204), (status = 401))
)]
async fn log_out(
    State(app): State<App>,
    Bearer(token): Bearer,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<StatusCode> {
    account::log_out(&app, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The signed-in user.
#[utoipa::path(
    get,
    path = "/auth/me",
    tag = "auth",
    security(("dashboard" = [])),
    responses((status = 200, body = Me), (status = 401))
)]
async fn me(State(app): State<App>, SignedIn(operator): SignedIn) -> Result<axum::Json<Me>> {
    account::me(&app, &operator).await.map(axum::Json)
}
