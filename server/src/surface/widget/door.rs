//! Who stands at the visitor's door: which site is meant, and whose session it is.

use crate::app::App;
use crate::core::actor::{Site, Visitor};
use crate::core::session;
use crate::error::{Error, Place, Result};
use crate::http::cors::check_origin;
use crate::http::input;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde::Deserialize;
use shared::error::ErrorCode;

/// The site that `bot_id` of the query names, usable from the page the request comes from.
pub(super) struct AtSite(pub Site);

/// The visitor whose session the request names.
pub(super) struct AsVisitor(pub Visitor);

/// A visitor, or a site where the request names no session.
pub(super) enum Asker {
    Known(Box<Visitor>),
    New(Box<Site>),
}

#[derive(Deserialize)]
struct Named {
    bot_id: Option<String>,
    session_id: Option<String>,
}

impl Named {
    fn of(parts: &Parts) -> Result<Self> {
        input::query(parts.uri.query().unwrap_or_default())
    }

    async fn site(&self, app: &App) -> Result<Site> {
        let bot_id = self.bot_id.as_deref();
        let bot_id = bot_id.ok_or_else(|| Error::missing("bot_id").within(Place::Query))?;
        session::site(app, bot_id).await
    }

    /// The key of the query or of the header; both may stand there only if they are the same.
    fn session_key(self, headers: &HeaderMap) -> Result<Option<String>> {
        match (self.session_id, bearer(headers)?) {
            (Some(query), Some(header)) if query != header => {
                Err(ErrorCode::ConflictingCredentials.into())
            }
            (Some(key), _) | (None, Some(key)) => Ok(Some(key)),
            (None, None) => Ok(None),
        }
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Result<Option<String>> {
    let mut tokens = headers.get_all(AUTHORIZATION).iter().map(|value| {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim().to_owned())
    });
    let Some(first) = tokens.next() else {
        return Ok(None);
    };
    if tokens.any(|other| other != first) {
        return Err(ErrorCode::ConflictingCredentials.into());
    }
    match first {
        Some(token) => Ok(Some(token)),
        None => Err(invalid_session()),
    }
}

async fn visitor(app: &App, parts: &Parts, site: Site, key: &str) -> Result<Visitor> {
    let visitor = session::resume(app, site, key).await.map_err(|error| {
        // This surface mints UUIDs. What is none can only be a session of another surface, or a mistake.
        if error.code == ErrorCode::NotFound && uuid::Uuid::try_parse(key).is_err() {
            return invalid_session();
        }
        error
    })?;
    let bound = visitor.conversation.parent_origin.as_deref();
    check_origin(app, &parts.headers, &visitor.site, bound)?;
    Ok(visitor)
}

fn invalid_session() -> Error {
    Error {
        field: Some("session_id".into()),
        place: Place::Query,
        ..Error::new(ErrorCode::InvalidSession)
    }
}

impl FromRequestParts<App> for AtSite {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let site = Named::of(parts)?.site(app).await?;
        check_origin(app, &parts.headers, &site, None)?;
        Ok(Self(site))
    }
}

impl FromRequestParts<App> for AsVisitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let named = Named::of(parts)?;
        let site = named.site(app).await?;
        check_origin(app, &parts.headers, &site, None)?;
        let key = named.session_key(&parts.headers)?;
        let key = key.ok_or_else(|| Error::missing("session_id").within(Place::Query))?;
        visitor(app, parts, site, &key).await.map(Self)
    }
}

impl FromRequestParts<App> for Asker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let named = Named::of(parts)?;
        let site = named.site(app).await?;
        check_origin(app, &parts.headers, &site, None)?;
        match named.session_key(&parts.headers)? {
            Some(key) => Ok(Self::Known(Box::new(
                visitor(app, parts, site, &key).await?,
            ))),
            None => Ok(Self::New(Box::new(site))),
        }
    }
}
