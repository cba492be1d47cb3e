//! How a visitor can be reached.

use crate::app::App;
use crate::clock::Millis;
use crate::core::actor::Visitor;
use crate::core::message::{self, Address};
use crate::error::{Error, Result, check};
use crate::mail_address;
pub use crate::store::contact::{Contact, Fields};
use crate::store::{self, Transaction};
use shared::limits;
use shared::text::check_line;
use std::collections::BTreeMap;

/// What was left, without blanks.
///
/// # Errors
/// `validation_failed` naming the field, or where nothing was left.
pub fn checked(contact: Contact) -> Result<Contact> {
    let contact = Contact {
        name: tidy(contact.name),
        email: tidy(contact.email),
        phone: tidy(contact.phone),
        fields: checked_fields(contact.fields)?,
    };
    let is_empty = contact.name.is_none() && contact.email.is_none() && contact.phone.is_none();
    if is_empty && contact.fields.0.is_empty() {
        return Err(Error::invalid(
            "email",
            "email, phone, name or another field is required",
        ));
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
    let address = Address::from(conversation);
    let (visitor_id, now) = (conversation.visitor_id, app.now());
    app.db
        .write(move |transaction| {
            Box::pin(async move { put(transaction, address, visitor_id, &contact, now).await })
        })
        .await?;
    message::publish_row(app, address, conversation.slug.as_str().into()).await;
    Ok(())
}

/// Keeps what was [`checked`], in the transaction of what it goes with.
///
/// # Errors
/// `validation_failed` on `fields` where there are too many of them, `storage_unavailable`.
pub(super) async fn put(
    transaction: &mut Transaction,
    address: Address,
    visitor_id: i64,
    contact: &Contact,
    now: Millis,
) -> Result<()> {
    let Address {
        account_id,
        conversation_id,
    } = address;
    store::contact::put(
        transaction,
        account_id,
        conversation_id,
        visitor_id,
        contact,
        now,
    )
    .await?;
    let Contact {
        name, email, phone, ..
    } = contact;
    store::visitor::set_contact(
        transaction,
        account_id,
        visitor_id,
        name.as_deref(),
        email.as_deref(),
        phone.as_deref(),
    )
    .await
}

/// Names that say something elsewhere in the product. Among a form's fields they would only mislead whoever reads them.
const RESERVED_FIELDS: [&str; 15] = [
    "account_id",
    "author",
    "bot_id",
    "created_at",
    "id",
    "identity_token",
    "locale",
    "owner",
    "plan",
    "role",
    "session_id",
    "site_id",
    "updated_at",
    "user_id",
    "visitor_id",
];

/// Fields with something in them; reserved names are left out.
fn checked_fields(given: Fields) -> Result<Fields> {
    let mut fields = Fields::default();
    for (name, value) in given.0 {
        let value = value.trim();
        if value.is_empty() || RESERVED_FIELDS.contains(&name.as_str()) {
            continue;
        }
        if !is_field_name(&name) {
            return Err(Error::invalid(
                "fields",
                "a field's name has 1 to 40 letters, digits, _ - and .",
            ));
        }
        check_line(value, limits::CONTACT_FIELD_CHARS)
            .map_err(|problem| Error::invalid("fields", problem.describe(&name)))?;
        fields.0.insert(name, value.to_owned());
    }
    if fields.0.len() > limits::CONTACT_FIELDS {
        let problem = format!("at most {} fields are kept", limits::CONTACT_FIELDS);
        return Err(Error::invalid("fields", problem));
    }
    Ok(fields)
}

/// Whether a field of a site's own may be called so.
pub fn is_field_name(name: &str) -> bool {
    (1..=limits::CONTACT_FIELD_NAME_CHARS).contains(&name.chars().count())
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || "_-.".contains(character))
}

/// The fields of a conversation's row. They were written by us alone, as an object of texts.
pub(super) fn parse_fields(json: Option<String>) -> BTreeMap<String, String> {
    json.and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
}

fn tidy(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// # Errors
/// `validation_failed` on `email`.
pub fn check_email(email: &str) -> Result<()> {
    check("email", check_line(email, limits::EMAIL_CHARS))?;
    if !mail_address::is_address(email) {
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
