//! Parlance: one program that gives a website an assistant and an inbox.

pub mod app;
pub mod bus;
pub mod clock;
pub mod config;
pub mod core;
pub mod error;
pub mod http;
pub mod llm;
pub mod mail;
pub mod mail_address;
pub mod metrics;
pub mod net;
pub mod rates;
pub mod reader;
pub mod redis;
pub mod serve;
pub mod storage;
pub mod store;
pub mod surface;

use app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use http::{cors, docs, input, open_cors, reply, security, slow};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Every route of every surface over `app`, so that tests can call it without a socket. The server puts a
/// [`http::client::Peer`] into each request.
pub fn router(app: App) -> Router {
    let (routes, description) = OpenApiRouter::with_openapi(docs::Head::openapi())
        .merge(surface::health::routes())
        .merge(surface::widget::routes(&app))
        .merge(surface::tenant::routes(&app))
        .merge(surface::developer::routes(&app))
        .merge(surface::chatbots::routes(&app))
        .merge(surface::visitor::routes(&app))
        .merge(surface::helpdesk::routes(&app))
        .merge(surface::files::routes(&app))
        .split_for_parts();
    routes
        .merge(surface::pages::routes(&description))
        .method_not_allowed_fallback(reply::method_not_allowed)
        .layer(DefaultBodyLimit::max(input::BODY_BYTES))
        .layer(from_fn(slow::bound))
        .layer(from_fn(serve::refuse_unsound))
        .layer(from_fn_with_state(app.clone(), cors::visitor))
        .layer(from_fn(open_cors::developer))
        .layer(from_fn_with_state(app.clone(), reply::finish))
        .layer(from_fn(security::headers))
        .with_state(app)
}
