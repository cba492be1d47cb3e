//! Whether the process lives and whether it can work.

use crate::app::App;
use crate::bus::standing::Standing;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(live))
        .routes(routes!(ready))
}

#[derive(Debug, Serialize, ToSchema)]
struct Live {
    /// Always `ok`.
    status: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct Ready {
    /// `ok`, `degraded` or `unavailable`
    status: &'static str,
    components: Components,
}

#[derive(Debug, Serialize, ToSchema)]
struct Components {
    database: &'static str,
    /// How events get from writer to listener.
    events: &'static str,
    storage: &'static str,
}

/// The process answers.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Live)))]
async fn live() -> Json<Live> {
    Json(Live { status: "ok" })
}

/// The process can work: 503 while the database is away or the process drains.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    responses((status = 200, body = Ready), (status = 503, body = Ready))
)]
async fn ready(State(app): State<App>) -> Response {
    let database = match app.db.ping().await {
        Ok(()) => "ok",
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            "unavailable"
        }
    };
    let storage = match tokio::fs::metadata(&app.config.data_dir).await {
        Ok(folder) if folder.is_dir() && !folder.permissions().readonly() => "ok",
        _ => "unavailable",
    };
    let events = match app.bus.standing() {
        // Redis is away: they are read from the database, a little later.
        Some(Standing::Apart) => "degraded",
        Some(Standing::Together(_)) | None => "ok",
    };
    let (code, status) = if database != "ok" || app.shutdown.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    } else if storage != "ok" || events != "ok" {
        (StatusCode::OK, "degraded")
    } else {
        (StatusCode::OK, "ok")
    };
    let components = Components {
        database,
        events,
        storage,
    };
    (code, Json(Ready { status, components })).into_response()
}
