//! `POST /api/v1/developers`: an account made by a program.

use super::body;
use crate::app::App;
use crate::core::developer::{self, NewDeveloper};
use crate::error::Result;
use crate::http::client::Client;
use crate::http::input::Json;
use crate::http::once;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create))
}

const FIELDS: [&str; 3] = ["email", "password", "name"];
const MESSAGE: &str = "Account created. Store developerKey securely; use it as a Bearer token for POST /api/v1/sites.";

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateDeveloper {
    /// Must be valid and not in use.
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// At least 8 characters. Left out, a strong one is made and shown once.
    #[schema(min_length = 8, max_length = 256)]
    password: Option<String>,
    /// The account's display name.
    #[schema(max_length = 200)]
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeveloperAccountMade {
    /// Always true.
    ok: bool,
    account_id: i64,
    email: String,
    /// 32 lower-case hexadecimal characters, shown this once.
    developer_key: String,
    /// Only where it was made for you, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    message: &'static str,
}

/// Makes a developer account on the free plan.
///
/// Open only where the instance's `PARLANCE_SIGNUP` is `open`; otherwise 403 `signup_closed`. At most 5 accounts an
/// hour and address. A resend with the same `Idempotency-Key` makes no second account and shows the first reply again,
/// so that a reply lost on its way does not take the developer key with it.
#[utoipa::path(
    post,
    path = "/api/v1/developers",
    tag = "developers",
    params(("Idempotency-Key" = Option<String>, Header, description = "Marks a resend.")),
    request_body = CreateDeveloper,
    responses(
        (status = 200, body = DeveloperAccountMade),
        (status = 400),
        (status = 403, description = "`signup_closed`; `forbidden_field` for a field of ownership, plan or payment."),
        (status = 409, description = "`account_exists`; `conflict`: the first request with this `Idempotency-Key` still runs."),
        (status = 429, description = "More than 5 accounts an hour from one address."),
    )
)]
async fn create(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Json(fields): Json<Map<String, Value>>,
) -> Result<Response> {
    let request: CreateDeveloper = body(fields, &FIELDS)?;
    // Not the password itself: what is remembered of a request must not help to guess it.
    let asked = (
        request.email.clone(),
        request.name.clone(),
        request.password.is_some(),
    );
    let new = NewDeveloper {
        email: request.email,
        password: request.password,
        name: request.name,
    };
    let work = async {
        let made = developer::sign_up(&app, &client.key(), new).await?;
        Ok(DeveloperAccountMade {
            ok: true,
            account_id: made.account_id,
            email: made.email,
            developer_key: made.key,
            password: made.generated_password,
            message: MESSAGE,
        })
    };
    // Nobody is known at this door: only who repeats the whole request under its key sees the first reply.
    let scope = "POST /api/v1/developers".to_owned();
    once::created_secret(&app, &headers, scope, &asked, StatusCode::OK, work).await
}
