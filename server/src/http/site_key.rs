//! The site key of a request, which may stand in several places: all of them have to name one site.

use crate::app::App;
use crate::core::actor::Site;
use crate::core::session;
use crate::error::Result;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use shared::error::ErrorCode;

/// The header of document S2.
pub const SITE_KEY: HeaderName = HeaderName::from_static("x-site-key");

/// The spellings in `X-Site-Key` headers. What is no text is no site's key.
pub fn of_header(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(SITE_KEY)
        .iter()
        .map(|value| value.to_str().unwrap_or_default().trim().to_owned())
        .collect()
}

/// The spellings in `Authorization: Bearer` headers.
pub fn of_bearer(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(AUTHORIZATION)
        .iter()
        .map(|value| {
            let text = value.to_str().unwrap_or_default();
            let token = text
                .split_once(' ')
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, token)| token.trim());
            token.unwrap_or_default().to_owned()
        })
        .collect()
}

/// The one site that all the spellings name; none where there are none.
///
/// # Errors
/// `bot_not_found`; `conflicting_credentials` where they name several sites.
pub async fn site(app: &App, spellings: &[String]) -> Result<Option<Site>> {
    let mut distinct: Vec<&String> = spellings.iter().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let is_one = distinct.len() == 1;
    let mut named: Option<Site> = None;
    for spelling in distinct {
        let found = match session::site(app, spelling).await {
            // A second spelling that names nothing contradicts the first just as well.
            Err(error) if error.code == ErrorCode::BotNotFound && !is_one => {
                return Err(ErrorCode::ConflictingCredentials.into());
            }
            found => found?,
        };
        if named.as_ref().is_some_and(|first| first.id != found.id) {
            return Err(ErrorCode::ConflictingCredentials.into());
        }
        named = Some(found);
    }
    Ok(named)
}
