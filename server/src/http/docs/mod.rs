//! The API's description: one of everything and one per surface, made from the routes. What every route shares (how
//! it refuses, and when) is added here, so that no route has to repeat it.

mod credentials;
mod refusals;
mod split;
mod tidy;

use crate::app::App;
use crate::error::Result;
use crate::http::input::Path;
use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use credentials::Credentials;
use serde_json::{Value, json};
use shared::error::ErrorCode;
use std::collections::HashMap;
use std::sync::OnceLock;
use utoipa::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

/// The head of the description; the routes bring the rest.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Parlance",
        description = "One program that gives a website an assistant and an inbox."
    ),
    // `OptionalFieldValue` stands in a request as any number of further fields, where the derive does not look for it. The shapes of the host
    // page travel in no request.
    components(schemas(
        shared::field_value::OptionalFieldValue,
        shared::host_page::ChatOptions,
        shared::host_page::ChatState,
        shared::host_page::ChatUnread,
        shared::host_page::ChatNudge,
        shared::host_page::ChatDetail,
    )),
    modifiers(&Credentials)
)]
pub struct Head;

/// One description: its name, its title for people, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// `all`, or the surface's name.
    pub name: &'static str,
    pub title: &'static str,
    /// Where it is served.
    pub address: String,
    /// JSON, indented.
    pub text: String,
}

/// All descriptions, made once: they come from the code alone.
static DESCRIPTIONS: OnceLock<Vec<Description>> = OnceLock::new();

/// The descriptions that the routes' own one gives.
pub fn descriptions(routes: &utoipa::openapi::OpenApi) -> &'static [Description] {
    DESCRIPTIONS.get_or_init(|| {
        // What utoipa has built can be written as JSON; were it not so, every test of the description would fail.
        let mut whole = serde_json::to_value(routes).unwrap_or_default();
        whole["servers"] = json!([{"url": "/", "description": "This instance"}]);
        refusals::complete(&mut whole);
        let parts = split::SURFACES.iter().map(|surface| Description {
            name: surface.name,
            title: surface.title,
            address: format!("/openapi/{}.json", surface.name),
            text: text(&split::part(&whole, surface)),
        });
        let all = Description {
            name: "all",
            title: "Everything",
            address: "/openapi.json".to_owned(),
            text: text(&whole),
        };
        std::iter::once(all).chain(parts).collect()
    })
}

fn text(description: &Value) -> String {
    format!("{description:#}\n")
}

/// The descriptions' addresses, and `/docs`, which browses them without anything from elsewhere.
pub fn routes(routes: &utoipa::openapi::OpenApi) -> Router<App> {
    let descriptions = descriptions(routes);
    let urls = descriptions.iter().map(|description| {
        Url::with_primary(
            description.title,
            &description.address,
            description.name == "all",
        )
    });
    let browser = SwaggerUi::new("/docs").config(Config::new(urls));
    let browser = Router::from(browser).layer(from_fn(in_our_words));
    descriptions.iter().fold(browser, |router, description| {
        router.route(&description.address, get(async || document(description)))
    })
}

/// The API browser refuses an address that cannot be read in words of its own, and one that it does not know without any.
async fn in_our_words(
    _: Path<HashMap<String, String>>,
    request: Request,
    next: Next,
) -> Result<Response> {
    let response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(response)
}

fn document(description: &'static Description) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, description.text.as_str()).into_response()
}
