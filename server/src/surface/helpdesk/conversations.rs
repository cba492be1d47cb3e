//! `GET /api/v1/chat/config` and `POST /api/v1/chat/conversations`

use super::door::AtSite;
use super::{HelpdeskError, SiteKeyHeader, SiteKeyQuery};
use crate::app::App;
use crate::core::actor::Site;
use crate::core::contact::check_email;
use crate::core::helpdesk::{self, Enquiry};
use crate::core::session::check_callers_key;
use crate::error::{Error, Result};
use crate::http::input::Json;
use crate::http::once;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::error::ErrorCode;
use shared::limits;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(super) struct ConfigReply {
    greeting: String,
}

/// What a form shows before anything was said.
#[utoipa::path(
    get,
    path = "/api/v1/chat/config",
    tag = "helpdesk",
    params(SiteKeyHeader, SiteKeyQuery),
    responses(
        (status = 200, body = ConfigReply),
        (status = 400, body = HelpdeskError, description = "Site keys that name different sites."),
        (status = 401, body = HelpdeskError),
        (status = 403, body = HelpdeskError),
        (status = 429, body = HelpdeskError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn config(AtSite(site): AtSite) -> axum::Json<ConfigReply> {
    axum::Json(ConfigReply {
        greeting: site.settings.greeting_text,
    })
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct CreateRequest {
    #[schema(required)]
    name: Option<String>,
    #[schema(required)]
    email: Option<String>,
    /// At most 10,000 characters.
    #[schema(required)]
    message: Option<String>,
    /// The caller's own key of the conversation: 1 to 128 printable ASCII characters without spaces.
    #[schema(required)]
    visitor_token: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct CreateReply {
    conversation_token: String,
    auto_reply: String,
}

/// Refuses with the sentences of the document, in its order.
fn enquiry(site: &Site, request: CreateRequest) -> Result<Enquiry> {
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (Some(name), Some(email), Some(message), Some(visitor_token)) = (
        given(request.name),
        given(request.email),
        given(request.message),
        given(request.visitor_token),
    ) else {
        return Err(Error::invalid(
            "body",
            "Name, email, message, and visitor_token are required",
        ));
    };
    let email = email.trim().to_owned();
    check_email(&email).map_err(|_| Error::invalid("email", "Invalid email address"))?;
    check_length(&message)?;
    check_callers_key(site, &visitor_token).map_err(|error| {
        let detail = error
            .public_message()
            .replace("session_id", "visitor_token");
        Error::invalid("visitor_token", detail)
    })?;
    Ok(Enquiry {
        name,
        email,
        message,
        visitor_token,
    })
}

/// # Errors
/// `validation_failed` with the document's sentence.
pub(super) fn check_length(message: &str) -> Result<()> {
    if message.chars().count() > limits::CONTACT_MESSAGE_CHARS {
        return Err(Error::invalid(
            "message",
            "Message is too long (maximum 10000 characters)",
        ));
    }
    Ok(())
}

/// Begins a conversation with its first message.
///
/// It stands in the same inbox as all others; whether and when the assistant answers is the site's `aiMode`.
#[utoipa::path(
    post,
    path = "/api/v1/chat/conversations",
    tag = "helpdesk",
    params(
        SiteKeyHeader,
        SiteKeyQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A resend gets the first result."),
    ),
    request_body = CreateRequest,
    responses(
        (status = 201, body = CreateReply),
        (status = 400, body = HelpdeskError, description = "Not JSON; site keys that name different sites."),
        (status = 401, body = HelpdeskError),
        (status = 403, body = HelpdeskError),
        (status = 409, body = HelpdeskError),
        (status = 415, body = HelpdeskError),
        (status = 422, body = HelpdeskError),
        (status = 429, body = HelpdeskError, description = "More than 5 a minute."),
    )
)]
pub(super) async fn create(
    State(app): State<App>,
    AtSite(site): AtSite,
    headers: HeaderMap,
    Json(request): Json<CreateRequest>,
) -> Result<Response> {
    // Whoever knows the conversation's key may ask again, from whatever address.
    let caller = once::digest(request.visitor_token.as_deref().unwrap_or_default());
    let name = format!("POST /api/v1/chat/conversations {} {caller}", site.id);
    let scope = (name, site.id);
    let asked = request.clone();
    let work = async {
        let enquiry = enquiry(&site, request)?;
        let visitor = helpdesk::begin(&app, site.clone(), enquiry)
            .await
            .map_err(taken)?;
        Ok(CreateReply {
            conversation_token: format!("conv_{}", visitor.conversation.slug),
            auto_reply: helpdesk::auto_reply(&app, &site),
        })
    };
    once::created(&app, &headers, scope, &asked, StatusCode::CREATED, work).await
}

fn taken(error: Error) -> Error {
    match error.code {
        ErrorCode::Conflict => {
            error.with_detail("A conversation with this visitor token already exists")
        }
        _ => error,
    }
}
