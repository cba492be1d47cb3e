//! `POST /api/chatbots/{id}/ask`: the test box.

use crate::app::App;
use crate::core::answer::ask;
use crate::error::Result;
use crate::http::auth::ForKnowledge;
use crate::http::input::{Json, Path};
use axum::extract::State;
use shared::knowledge::{AskReply, AskRequest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(try_out))
}

/// What the assistant would say. Leaves no conversation.
#[utoipa::path(
    post,
    path = "/api/chatbots/{id}/ask",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`bot_…`")),
    request_body = AskRequest,
    responses((status = 200, body = AskReply), (status = 400), (status = 401), (status = 404), (status = 429), (status = 502))
)]
async fn try_out(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    Path(id): Path<String>,
    Json(request): Json<AskRequest>,
) -> Result<axum::Json<AskReply>> {
    ask::ask(&app, &operator, &id, request.message)
        .await
        .map(axum::Json)
}
