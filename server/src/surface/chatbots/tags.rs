//! `POST /api/conversations/{id}/tags`

use crate::app::App;
use crate::core::tag;
use crate::error::Result;
use crate::http::auth::ForConversations;
use crate::http::input::{Json, Path};
use axum::extract::State;
use shared::conversation::{Conversation, TagRequest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(change))
}

/// Adds tags, or puts them in the place of those the conversation has.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/tags",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`conv_…`, or the number")),
    request_body = TagRequest,
    responses(
        (status = 200, body = Conversation),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 413),
        (status = 415),
    )
)]
async fn change(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    Json(request): Json<TagRequest>,
) -> Result<axum::Json<Conversation>> {
    tag::change(&app, &operator, &id, request)
        .await
        .map(axum::Json)
}
