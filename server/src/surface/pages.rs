//! Pages for people, and the files they are made of: landing page, loader, panel, dashboard, API browser.

use crate::app::App;
use crate::core::session::{self, demo_site};
use crate::core::site::{allowed_origins, snippet, spoken};
use crate::error::{Error, Place, Result};
use crate::http::input::{Path, Query};
use crate::http::security::{self, PagePolicy};
use crate::http::{docs, files};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, ETAG, LINK};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use shared::error::ErrorCode;
use utoipa::openapi::OpenApi;

/// Where the landing page takes the demo site's tag.
const DEMO_TAG: &str = "{{demo_tag}}";

/// All pages; `description` is what the API browser shows.
pub fn routes(description: &OpenApi) -> Router<App> {
    Router::new()
        .route("/", get(landing))
        .route("/widget.js", get(loader))
        .route("/embed.js", get(loader))
        .route("/widget/frame", get(frame))
        .route("/talk/{site}", get(full_page))
        .route("/widget/assets/{*path}", get(widget_asset))
        .route("/dashboard", get(dashboard))
        .route("/dashboard/", get(dashboard))
        .route("/dashboard/assets/{*path}", get(dashboard_asset))
        .route("/dashboard/{*path}", get(dashboard))
        .merge(api_browser(description))
        .fallback(public_file)
}

/// The landing page, with the demo site's own tag on it.
async fn landing(State(app): State<App>) -> Result<Response> {
    let Some(page) = files::page("public/index.html") else {
        return Ok(files::not_built());
    };
    let tag = match demo_site(&app).await? {
        // An address relative to the page: it works under whatever name the visitor came by.
        Some(site) => snippet("", &site),
        None => String::new(),
    };
    let policy = PagePolicy {
        frames: vec!["'self'".into()],
        ..PagePolicy::of_page(&page)
    };
    Ok(html(page.replace(DEMO_TAG, &tag), &policy))
}

fn html(page: String, policy: &PagePolicy) -> Response {
    let mut response = Html(page).into_response();
    let headers = response.headers_mut();
    never_assumed(headers);
    policy.apply(headers);
    response
}

/// Pages are asked for again each time: they are small, and they name hashed files.
fn never_assumed(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}

/// The loader asks for the config without credentials, which browsers do over a connection of its own: one is made while the loader comes.
const CONFIG_CONNECTION: HeaderValue = HeaderValue::from_static("</>; rel=preconnect; crossorigin");

/// `/widget.js` and `/embed.js`: the one loader under both of its documented names.
async fn loader(headers: HeaderMap) -> Response {
    let Some(mut response) = files::file("public/widget.js", &headers) else {
        return files::not_built();
    };
    response.headers_mut().insert(LINK, CONFIG_CONNECTION);
    response
}

#[derive(Deserialize)]
struct FrameParams {
    bot_id: Option<String>,
    /// The language the host page speaks.
    locale: Option<String>,
}

/// The panel's page, whose few words before the texts come are in the visitor's language. The site's allowed origins say who may frame it.
async fn frame(
    State(app): State<App>,
    Query(params): Query<FrameParams>,
    request: HeaderMap,
) -> Result<Response> {
    let bot_id = params
        .bot_id
        .ok_or_else(|| Error::missing("bot_id").within(Place::Query))?;
    let site = session::site(&app, &bot_id).await?;
    let locale = spoken(
        params.locale.as_deref(),
        &site.settings.language,
        browser_language(&request),
    );
    let own = panel_page(locale.unwrap_or_default());
    let found = [own.as_str(), "widget/index.html"]
        .into_iter()
        .find_map(|path| Some((files::page(path)?, files::file(path, &request)?)));
    let Some((page, mut response)) = found else {
        return Ok(files::not_built());
    };
    let mut ancestors: Vec<String> = allowed_origins(&site.settings).map(str::to_owned).collect();
    match ancestors.is_empty() {
        true => ancestors.push("*".into()),
        // The dashboard's preview and the landing page show it too.
        false => ancestors.insert(0, "'self'".into()),
    }
    let policy = PagePolicy {
        frame_ancestors: ancestors,
        ..PagePolicy::of_page(&page)
    };
    let headers = response.headers_mut();
    never_assumed(headers);
    policy.apply(headers);
    // Nobody's script reads it, and who may frame it can be another at any time.
    headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
    headers.remove(ETAG);
    // Said here and not in the page, whose every byte comes before the visitor can write.
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    security::open_to_other_origins(headers);
    security::isolate(headers);
    Ok(response)
}

/// Where the page is for somebody who reads the language of a tag. There is none for a language that the panel does not speak.
fn panel_page(locale: &str) -> String {
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    format!("widget/index-{}.html", language.to_ascii_lowercase())
}

/// The language that the browser names first.
fn browser_language(request: &HeaderMap) -> Option<&str> {
    let languages = request.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    languages.split([',', ';']).next().map(str::trim)
}

/// `/talk/{site}`: a link to the chat as a page of its own, for mails, profiles and codes to scan.
async fn full_page(State(app): State<App>, Path(site): Path<String>) -> Result<Redirect> {
    let site = session::site(&app, &site).await?;
    Ok(Redirect::temporary(&format!(
        "/widget/frame?bot_id=ch_{}",
        site.slug
    )))
}

async fn widget_asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response> {
    asset("widget", &path, &headers)
}

async fn dashboard_asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response> {
    asset("dashboard", &path, &headers)
}

fn asset(app: &str, path: &str, headers: &HeaderMap) -> Result<Response> {
    let found = files::file(&format!("{app}/{path}"), headers).filter(|_| !is_hidden(path));
    found.ok_or_else(|| ErrorCode::NotFound.into())
}

/// What is only reached under another address: brotli twins, and pages that need their policy.
fn is_hidden(path: &str) -> bool {
    path.ends_with(".br") || path.ends_with(".html")
}

/// The dashboard: one page for all of its addresses; the application reads the address itself.
async fn dashboard() -> Response {
    let Some(page) = files::page("dashboard/index.html") else {
        return files::not_built();
    };
    let policy = PagePolicy {
        // The live preview of the real widget.
        frames: vec!["'self'".into()],
        ..PagePolicy::of_page(&page)
    };
    html(page, &policy)
}

/// Anything else: a file of `public/` under its own name.
async fn public_file(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response> {
    let path = uri.path().trim_start_matches('/');
    if !matches!(method, Method::GET | Method::HEAD) || is_hidden(path) || path.is_empty() {
        return Err(ErrorCode::NotFound.into());
    }
    files::file(&format!("public/{path}"), &headers).ok_or_else(|| ErrorCode::NotFound.into())
}

fn api_browser(description: &OpenApi) -> Router<App> {
    docs::routes(description).layer(from_fn(api_browser_policy))
}

async fn api_browser_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let policy = PagePolicy {
        any_inline_style: true,
        ..PagePolicy::default()
    };
    policy.apply(response.headers_mut());
    response
}
