//! Conversations that begin with a contact form: somebody leaves a name, an address and a message at once.

use crate::app::App;
use crate::core::actor::{Site, Visitor};
use crate::core::answer::turn;
use crate::core::answer::wording::Wording;
use crate::core::answer::words::Words;
use crate::core::contact::{self, Contact};
use crate::core::hours::BusinessHours;
use crate::core::session::{self, Arrival};
use crate::error::Result;
use serde_json::Value;
use shared::error::ErrorCode;
use shared::limits;

/// What a contact form sends.
#[derive(Debug, Clone)]
pub struct Enquiry {
    pub name: String,
    pub email: String,
    pub message: String,
    /// The caller's own key of the conversation.
    pub visitor_token: String,
}

/// Begins a conversation with its first message.
///
/// # Errors
/// `conflict` where there is one under this key; `site_disabled`, `invalid_session`, `validation_failed`.
pub async fn begin(app: &App, site: Site, enquiry: Enquiry) -> Result<Visitor> {
    let mut words = words(enquiry.message, None);
    words.check(&site)?;
    let contact = contact::checked(Contact {
        name: Some(enquiry.name),
        email: Some(enquiry.email),
        ..Contact::default()
    })?;
    let key = enquiry.visitor_token;
    let visitor = session::begin_with_key(app, site, key, Arrival::default()).await?;
    // A session in which nothing was said yet is none that could be in the way.
    if visitor.conversation.last_seq > 0 {
        return Err(ErrorCode::Conflict.into());
    }
    // Of two that come at once one is the first, and only that one leaves anything behind.
    words.opening = Some(contact);
    turn::ask_with(app, &visitor, words).await?;
    Ok(visitor)
}

/// A further message of the same visitor. A conversation that was closed is open again.
///
/// # Errors
/// `site_disabled`, `visitor_blocked`, `validation_failed`.
pub async fn reply(
    app: &App,
    visitor: &Visitor,
    message: String,
    client_id: Option<String>,
) -> Result<()> {
    turn::ask_with(app, visitor, words(message, client_id)).await?;
    Ok(())
}

fn words(text: String, client_id: Option<String>) -> Words {
    Words {
        longest: limits::CONTACT_MESSAGE_CHARS,
        ..Words::new(text, client_id)
    }
}

/// What somebody who has just written is told, by the site's business hours, in the site's own words where it has some.
pub fn auto_reply(app: &App, site: &Site) -> String {
    let settings = &site.settings;
    let hours = Value::String(settings.business_hours.clone());
    // Hours that cannot be read any more are no hours: always open.
    let is_open = BusinessHours::parse(&hours).map_or(true, |hours| hours.is_open(app.now()));
    let wording = Wording::of(settings, None);
    if is_open {
        return wording.received.to_owned();
    }
    match settings.offline_message.trim() {
        "" => wording.received_while_closed.to_owned(),
        own => own.to_owned(),
    }
}
