//! `POST /api/v1/chat`: a test chat.

use super::body;
use super::door::ChattingSite;
use crate::app::App;
use crate::core::answer::test_chat;
use crate::error::Result;
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
    OpenApiRouter::new().routes(routes!(chat))
}

const FIELDS: [&str; 2] = ["message", "conversationId"];

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TestMessage {
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    message: String,
    /// Goes on with an earlier test chat. Left out, a new one begins.
    conversation_id: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TestReply {
    reply: String,
    /// `conv_…`, for the next turn.
    conversation_id: String,
}

/// What the assistant answers, by the same way as in the live widget.
///
/// Test chats reach neither the inbox nor webhooks nor statistics, and work also while the widget is switched off.
/// A resend with the same `Idempotency-Key` gets the first reply.
#[utoipa::path(
    post,
    path = "/api/v1/chat",
    tag = "site",
    security(("siteKey" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Marks a resend.")),
    request_body = TestMessage,
    responses(
        (status = 200, body = TestReply),
        (status = 400),
        (status = 401, description = "`invalid_api_key`"),
        (status = 403, description = "`tenant_inactive`, `forbidden_field`"),
        (status = 404, description = "No test chat of this site has this id."),
        (status = 409, description = "`conflict`: the first request with this `Idempotency-Key` still runs."),
        (status = 429, description = "More than 30 a minute with one key."),
        (status = 502, description = "`model_unavailable`, `model_interrupted`"),
    )
)]
async fn chat(
    State(app): State<App>,
    ChattingSite(site): ChattingSite,
    headers: HeaderMap,
    Json(fields): Json<Map<String, Value>>,
) -> Result<Response> {
    let request: TestMessage = body(fields.clone(), &FIELDS)?;
    let scope = (format!("POST /api/v1/chat {}", site.id), site.id);
    let work = async {
        let conversation = request.conversation_id.as_deref();
        let tried = test_chat::chat(&app, site, request.message, conversation).await?;
        Ok(TestReply {
            reply: tried.reply,
            conversation_id: format!("conv_{}", tried.conversation_slug),
        })
    };
    once::created(&app, &headers, scope, &fields, StatusCode::OK, work).await
}
