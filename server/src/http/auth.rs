//! Who acts for an account: the dashboard's token or an API key in `Authorization: Bearer`.
//!
//! A handler says by its extractor whom it lets in: [`SignedIn`] people at the dashboard only, the others also
//! keys with the scope they are named for.

use crate::app::App;
use crate::core::actor::Operator;
use crate::core::{account, api_key};
use crate::error::{Error, Result};
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use shared::api_key::Scope;
use shared::error::ErrorCode;
use utoipa_axum::router::OpenApiRouter;

/// The token a request brings. Whether it is worth anything is for the core to say.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(pub String);

/// Somebody signed in to the dashboard. Keys are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn(pub Operator);

/// Makes an extractor that lets in people at the dashboard and keys with one scope.
macro_rules! for_scope {
    ($($name:ident: $scope:ident),+ $(,)?) => {$(
        /// Somebody at the dashboard, or a key with the scope of this name.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub Operator);

        impl FromRequestParts<App> for $name {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
                let operator = caller(&parts.headers, app).await?;
                operator.may_use(Scope::$scope)?;
                Ok(Self(operator))
            }
        }
    )+};
}

for_scope! {
    ForChatbots: Chatbots,
    ForConversations: Conversations,
    ForKnowledge: Knowledge,
    ForWebhooks: Webhooks,
}

/// Whoever the request's one credential stands for. What they may do is for the caller to ask.
///
/// # Errors
/// `unauthenticated`, `conflicting_credentials`.
pub async fn caller(headers: &HeaderMap, app: &App) -> Result<Operator> {
    let token = bearer(headers)?;
    if api_key::is_key(&token) {
        return api_key::authenticate(app, &token).await;
    }
    account::authenticate(app, &token).await
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        bearer(&parts.headers).map(Self)
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = bearer(&parts.headers)?;
        account::authenticate(app, &token).await.map(Self)
    }
}

fn bearer(headers: &HeaderMap) -> Result<String> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let first = values.next().ok_or(ErrorCode::Unauthenticated)?;
    if values.any(|other| other != first) {
        return Err(ErrorCode::ConflictingCredentials.into());
    }
    let text = first.to_str().map_err(|_| ErrorCode::Unauthenticated)?;
    let (scheme, token) = text.split_once(' ').ok_or(ErrorCode::Unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ErrorCode::Unauthenticated.into());
    }
    Ok(token.trim().to_owned())
}

/// Replies to people who are signed in stay out of every cache.
pub fn uncached(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    router.route_layer(from_fn(forbid_caching))
}

async fn forbid_caching(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::bearer;
    use axum::http::header::AUTHORIZATION;
    use axum::http::{HeaderMap, HeaderValue};
    use shared::error::ErrorCode;

    fn read(values: &[&str]) -> Result<String, ErrorCode> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        bearer(&headers).map_err(|error| error.code)
    }

    #[test]
    fn a_token_is_read_from_one_header() {
        assert_eq!(read(&["Bearer abc"]).as_deref(), Ok("abc"));
        assert_eq!(read(&["bearer  abc "]).as_deref(), Ok("abc"));
        assert_eq!(read(&["Bearer abc", "Bearer abc"]).as_deref(), Ok("abc"));
        assert_eq!(
            read(&["Bearer abc", "Bearer abd"]),
            Err(ErrorCode::ConflictingCredentials)
        );
        for wrong in [&[][..], &["abc"], &["Basic abc"], &["Bearer"]] {
            assert_eq!(read(wrong), Err(ErrorCode::Unauthenticated));
        }
    }
}
