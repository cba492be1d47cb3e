//! Requests per client and route, and live streams per client.

use super::client::Client;
use crate::app::App;
use crate::clock::MINUTE;
use crate::error::{Error, Result};
use crate::rates::{Rule, Slot, scaled};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use shared::error::ErrorCode;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;

/// Live streams of one client address.
const STREAMS: u32 = 1_000;

/// Requests per minute and client under one name.
pub const fn per_minute(name: &'static str, limit: u32) -> Rule {
    Rule {
        name,
        limit,
        window: MINUTE,
    }
}

/// Puts a limit per client before every route of `router`.
pub fn limited(app: &App, rule: Rule, router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    router.route_layer(from_fn_with_state((app.clone(), rule), check_client))
}

async fn check_client(
    State((app, rule)): State<(App, Rule)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let client = match client(&mut parts, &app).await {
        Ok(client) => client,
        Err(error) => return error.into_response(),
    };
    if let Err(error) = app.take(rule, &client.key()).await {
        return error.into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn client(parts: &mut axum::http::request::Parts, app: &App) -> Result<Client> {
    use axum::extract::FromRequestParts;
    Client::from_request_parts(parts, app).await
}

/// A place for one more live stream of the client.
///
/// # Errors
/// `too_many_streams`.
pub fn take_stream(app: &App, client: Client) -> Result<Slot> {
    let limit = scaled(STREAMS, app.config.rate_limit_scale).unwrap_or(0);
    app.streams
        .take(&client.key(), limit)
        .ok_or_else(|| Error::new(ErrorCode::TooManyStreams).retry_after(Duration::from_secs(30)))
}
