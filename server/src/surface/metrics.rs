//! `GET /metrics`, for Prometheus. It has a listener of its own, away from visitors.

use crate::app::App;
use crate::error::{Error, Result};
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

/// Of OpenMetrics 1.0, which Prometheus asks for by itself.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub fn router(app: App) -> Router {
    Router::new().route("/metrics", get(show)).with_state(app)
}

async fn show(State(app): State<App>) -> Result<impl IntoResponse> {
    let text = app
        .metrics
        .render(app.streams.count())
        .map_err(Error::internal)?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text))
}
