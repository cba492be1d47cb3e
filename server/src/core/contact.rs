//! How a visitor can be reached.

use crate::app::App;
use crate::core::actor::Visitor;
use crate::core::message::{self, Address};
use crate::error::{Error, Result, check};
use crate::store;
pub use crate::store::contact::Contact;
use shared::limits;
use shared::text::check_line;

/// What was left, without blanks.
///
/// # Errors
/// `validation_failed` naming the field, or where nothing was left.
pub fn checked(contact: Contact) -> Result<Contact> {
    let contact = Contact {
        name: tidy(contact.name),
        email: tidy(contact.email),
        phone: tidy(contact.phone),
    };
    if contact.name.is_none() && contact.email.is_none() && contact.phone.is_none() {
        return Err(Error::invalid("email", "email, phone or name is required"));
    }
    if let Some(name) = &contact.name {
        check("name", check_line(name, limits::NAME_CHARS))?;
    }
    if let Some(phone) = &contact.phone {
        check_phone(phone)?;
    }
    if let Some(email) = &contact.email {
        check_email(email)?;
    }
    Ok(contact)
}

/// Keeps what a visitor left; fields that are none stay as they are.
///
/// # Errors
/// `validation_failed` naming the field, or where nothing was left.
pub async fn leave(app: &App, visitor: &Visitor, contact: Contact) -> Result<()> {
    let contact = checked(contact)?;
    let conversation = &visitor.conversation;
    let (account_id, id, visitor_id, now) = (
        conversation.account_id,
        conversation.id,
        conversation.visitor_id,
        app.now(),
    );
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::contact::put(transaction, account_id, id, visitor_id, &contact, now).await?;
                let Contact { name, email, phone } = &contact;
                store::visitor::set_contact(
                    transaction,
                    account_id,
                    visitor_id,
                    name.as_deref(),
                    email.as_deref(),
                    phone.as_deref(),
                )
                .await
            })
        })
        .await?;
    message::publish_row(
        app,
        Address::from(conversation),
        conversation.slug.as_str().into(),
    )
    .await;
    Ok(())
}

fn tidy(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// # Errors
/// `validation_failed` on `email`.
pub fn check_email(email: &str) -> Result<()> {
    check("email", check_line(email, limits::EMAIL_CHARS))?;
    if !email_address::EmailAddress::is_valid(email) || !email.contains('.') {
        return Err(Error::invalid("email", "email is not a valid address"));
    }
    Ok(())
}

/// # Errors
/// `validation_failed` on `phone`.
pub fn check_phone(phone: &str) -> Result<()> {
    check("phone", check_line(phone, limits::PHONE_CHARS))?;
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let only_phone_characters = phone
        .chars()
        .all(|character| character.is_ascii_digit() || " +-()./x".contains(character));
    if digits < 4 || !only_phone_characters {
        return Err(Error::invalid("phone", "phone is not a valid number"));
    }
    Ok(())
}
