//! How the visitor can be reached.

use super::door::{Door, Names};
use super::{Success, VisitorError};
use crate::app::App;
use crate::core::contact::{self, Contact};
use crate::error::{Error, Result};
use crate::http::input::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct EmailRequest {
    site_key: Option<String>,
    session_id: Option<String>,
    email: String,
}

/// Saves the visitor's address of mail. A session that has not begun begins.
#[utoipa::path(
    post,
    path = "/api/v1/chat/email",
    tag = "visitor",
    request_body = EmailRequest,
    responses(
        (status = 200, body = Success),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`site_disabled`, `origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site."),
        (status = 415, body = VisitorError),
        (status = 429, body = VisitorError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn email(
    State(app): State<App>,
    door: Door,
    Json(request): Json<EmailRequest>,
) -> Result<axum::Json<Success>> {
    let names = Names::new(request.site_key.as_deref(), request.session_id.as_deref());
    let left = Contact {
        email: Some(request.email),
        ..Contact::default()
    };
    leave(&app, &door, names, left).await?;
    Ok(Success::saying("Email saved"))
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = VisitorContactRequest)]
pub(super) struct ContactRequest {
    site_key: Option<String>,
    session_id: Option<String>,
    /// This or `phone` has to be there.
    email: Option<String>,
    phone: Option<String>,
    name: Option<String>,
}

/// Saves how the visitor can be reached. A session that has not begun begins.
#[utoipa::path(
    post,
    path = "/api/v1/chat/contact",
    tag = "visitor",
    request_body = ContactRequest,
    responses(
        (status = 200, body = Success),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`site_disabled`, `origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site."),
        (status = 415, body = VisitorError),
        (status = 429, body = VisitorError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn contact(
    State(app): State<App>,
    door: Door,
    Json(request): Json<ContactRequest>,
) -> Result<axum::Json<Success>> {
    let names = Names::new(request.site_key.as_deref(), request.session_id.as_deref());
    let left = Contact {
        name: request.name,
        email: request.email,
        phone: request.phone,
        ..Contact::default()
    };
    leave(&app, &door, names, left).await?;
    Ok(Success::saying("Contact saved"))
}

async fn leave(app: &App, door: &Door, names: Names, left: Contact) -> Result<()> {
    let is_blank = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().is_empty();
    if is_blank(&left.email) && is_blank(&left.phone) {
        return Err(Error::invalid("email", "email or phone is required"));
    }
    let left = contact::checked(left)?;
    let visitor = door.visitor(names).await?;
    contact::leave(app, &visitor, left).await
}
