//! Whose site it is: the site key in the header `X-Site-Key`, in `Authorization: Bearer`, or in the query.

use crate::app::App;
use crate::core::actor::{Site, Visitor};
use crate::core::session;
use crate::error::{Error, Result};
use crate::http::cors::check_origin;
use crate::http::{input, site_key};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use shared::error::ErrorCode;

/// The site that the request's key names, usable from the page the request comes from.
pub(super) struct AtSite(pub Site);

#[derive(Deserialize)]
struct Named {
    site_key: Option<String>,
}

impl FromRequestParts<App> for AtSite {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let mut spellings = site_key::of_header(&parts.headers);
        spellings.extend(site_key::of_bearer(&parts.headers));
        let named: Named = input::query(parts.uri.query().unwrap_or_default())?;
        spellings.extend(named.site_key);
        let site = site_key::site(app, &spellings).await.map_err(|error| {
            // A key that names no site is a credential that does not hold.
            match error.code {
                ErrorCode::BotNotFound => refused("Invalid site key"),
                _ => error,
            }
        })?;
        let site = site.ok_or_else(|| refused("Site key is required"))?;
        check_origin(app, &parts.headers, &site, None)?;
        Ok(Self(site))
    }
}

fn refused(detail: &'static str) -> Error {
    Error::new(ErrorCode::Unauthenticated).with_detail(detail)
}

/// The visitor of a conversation, by the caller's own key or by the `conversation_token` that its creation answered.
///
/// # Errors
/// `not_found`: also for a key that cannot be one, which names nothing.
pub(super) async fn visitor(app: &App, site: Site, visitor_token: &str) -> Result<Visitor> {
    let not_there = || Error::new(ErrorCode::NotFound).with_detail("Conversation not found");
    if session::check_callers_key(&site, visitor_token).is_err() {
        return Err(not_there());
    }
    if let Some(visitor) = session::known(app, &site, visitor_token).await? {
        return Ok(visitor);
    }
    session::resume_conversation(app, site, visitor_token)
        .await
        .map_err(|error| match error.code {
            ErrorCode::NotFound => not_there(),
            _ => error,
        })
}
