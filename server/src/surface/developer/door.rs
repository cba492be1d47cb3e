//! Who stands at the developer's door: a site's key, an account's developer key, or somebody signed in.

use crate::app::App;
use crate::core::actor::{Operator, Site};
use crate::core::site::key;
use crate::core::{account, developer};
use crate::error::{Error, Result};
use crate::http::auth::Bearer;
use crate::http::limit::per_minute;
use crate::rates::Rule;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use shared::error::ErrorCode;

const API_KEY: &str = "x-api-key";
const DEVELOPER_KEY: &str = "x-developer-key";

/// Reading and changing a site is cheap.
const CONFIGURATION: Rule = per_minute("developer_configuration", 120);
/// Each test chat may cost a call of the model.
const CHAT: Rule = per_minute("developer_chat", 30);

/// The site whose key came with a request about its configuration.
pub(super) struct KeyedSite(pub Site);

/// The site whose key came with a test chat.
pub(super) struct ChattingSite(pub Site);

/// The account whose developer key came with the request.
pub(super) struct DeveloperAccount(pub i64);

/// Who reads or changes a site's settings.
pub(super) enum Editor {
    /// The site itself, by its key.
    Key(Box<Site>),
    /// Somebody signed in to the dashboard. A key that came along speaks for its own site alone.
    Person(Operator, Option<Box<Site>>),
}

impl FromRequestParts<App> for KeyedSite {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        keyed(app, &parts.headers, CONFIGURATION).await.map(Self)
    }
}

impl FromRequestParts<App> for ChattingSite {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        keyed(app, &parts.headers, CHAT).await.map(Self)
    }
}

impl FromRequestParts<App> for DeveloperAccount {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let bearer = match parts.headers.contains_key(AUTHORIZATION) {
            true => Some(bearer(parts, app).await?),
            false => None,
        };
        let key = match (bearer, header(&parts.headers, DEVELOPER_KEY)?) {
            (Some(bearer), Some(header)) if bearer != header => {
                return Err(ErrorCode::ConflictingCredentials.into());
            }
            (Some(key), _) | (None, Some(key)) => key,
            (None, None) => return Err(no_developer_key()),
        };
        let account_id =
            developer::authenticate(app, &key)
                .await
                .map_err(|error| match error.code {
                    ErrorCode::InvalidApiKey => no_developer_key(),
                    _ => error,
                })?;
        app.take(CONFIGURATION, &format!("account {account_id}"))
            .await?;
        Ok(Self(account_id))
    }
}

impl FromRequestParts<App> for Editor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let has_key = parts.headers.contains_key(API_KEY);
        let has_token = parts.headers.contains_key(AUTHORIZATION);
        if !has_token {
            let site = keyed(app, &parts.headers, CONFIGURATION).await?;
            return Ok(Self::Key(Box::new(site)));
        }
        let Bearer(token) = Bearer::from_request_parts(parts, app).await?;
        let operator = account::authenticate(app, &token).await?;
        if !has_key {
            app.take(CONFIGURATION, &format!("user {}", operator.user_id))
                .await?;
            return Ok(Self::Person(operator, None));
        }
        let site = keyed(app, &parts.headers, CONFIGURATION).await?;
        if site.account_id != operator.account_id {
            return Err(ErrorCode::ConflictingCredentials.into());
        }
        Ok(Self::Person(operator, Some(Box::new(site))))
    }
}

async fn keyed(app: &App, headers: &HeaderMap, rule: Rule) -> Result<Site> {
    let sent = header(headers, API_KEY)?.ok_or(ErrorCode::InvalidApiKey)?;
    let site = key::open(app, &sent).await?;
    app.take(rule, &site.id.to_string()).await?;
    Ok(site)
}

async fn bearer(parts: &mut Parts, app: &App) -> Result<String> {
    Bearer::from_request_parts(parts, app)
        .await
        .map(|Bearer(token)| token)
        .map_err(|error| match error.code {
            ErrorCode::Unauthenticated => no_developer_key(),
            _ => error,
        })
}

fn no_developer_key() -> Error {
    Error::new(ErrorCode::InvalidApiKey).with_detail(
        "The developer key is missing or invalid: send it as Authorization: Bearer or X-Developer-Key.",
    )
}

/// The value of a header that may stand there more than once only with the same value.
fn header(headers: &HeaderMap, name: &str) -> Result<Option<String>> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else {
        return Ok(None);
    };
    if values.any(|other| other != first) {
        return Err(ErrorCode::ConflictingCredentials.into());
    }
    let text = first.to_str().map_err(|_| ErrorCode::InvalidApiKey)?;
    Ok(Some(text.trim().to_owned()))
}
