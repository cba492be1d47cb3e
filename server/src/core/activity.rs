//! What a site's own pages tell of a visitor: attributes, and what the visitor did there.

use crate::app::App;
use crate::clock::iso;
use crate::core::actor::{Operator, Visitor};
use crate::core::contact::is_field_name;
use crate::core::message::{self, Address};
use crate::core::visitor;
use crate::error::{Error, Result, check};
use crate::store;
use shared::activity::{Activity, TrackRequest, TrackedEvent};
use shared::field_value::FieldValue;
use shared::limits;
use shared::text::{check_line, check_required_text};
use std::collections::BTreeMap;

/// Sets attributes over those that are there; none takes one away.
///
/// # Errors
/// `validation_failed` on `attributes`, `storage_unavailable`.
pub async fn set_attributes(
    app: &App,
    visitor: &Visitor,
    given: BTreeMap<String, Option<FieldValue>>,
) -> Result<()> {
    let mut texts = Vec::with_capacity(given.len());
    for (name, value) in given {
        texts.push((check_name("attributes", name)?, text("attributes", value)?));
    }
    change(app, visitor, move |activity| {
        for (name, text) in texts {
            match text {
                Some(text) => activity.attributes.insert(name, text),
                None => activity.attributes.remove(&name),
            };
        }
        if activity.attributes.len() > limits::ATTRIBUTES {
            let problem = format!("at most {} attributes are kept", limits::ATTRIBUTES);
            return Err(Error::invalid("attributes", problem));
        }
        Ok(())
    })
    .await
}

/// Notes what a visitor did. The oldest give way.
///
/// # Errors
/// `validation_failed` naming the field, `storage_unavailable`.
pub async fn track(app: &App, visitor: &Visitor, request: TrackRequest) -> Result<()> {
    let name = request.name.trim().to_owned();
    check("name", check_required_text(&name, limits::TRACK_NAME_CHARS))?;
    check("name", check_line(&name, limits::TRACK_NAME_CHARS))?;
    if let Some(url) = &request.page_url {
        check("page_url", check_line(url, limits::URL_CHARS))?;
    }
    let mut properties = BTreeMap::new();
    for (name, value) in request.properties {
        let name = check_name("properties", name)?;
        if let Some(text) = text("properties", Some(value))? {
            properties.insert(name, text);
        }
    }
    if properties.len() > limits::TRACK_PROPERTIES {
        let problem = format!("at most {} properties are kept", limits::TRACK_PROPERTIES);
        return Err(Error::invalid("properties", problem));
    }
    let event = TrackedEvent {
        name,
        properties,
        page_url: request.page_url.filter(|url| !url.is_empty()),
        at: iso(app.now()),
    };
    change(app, visitor, move |activity| {
        activity.events.insert(0, event);
        activity.events.truncate(limits::TRACKED_EVENTS);
        Ok(())
    })
    .await
}

/// What is known of a visitor of the operator's account.
///
/// # Errors
/// `not_found`, `storage_unavailable`.
pub async fn of(app: &App, operator: &Operator, spelling: &str) -> Result<Activity> {
    let visitor = visitor::find(app, operator, spelling).await?;
    let mut connection = app.db.read().await?;
    store::activity::get(&mut connection, visitor.account_id, visitor.id).await
}

async fn change(
    app: &App,
    visitor: &Visitor,
    change: impl FnOnce(&mut Activity) -> Result<()> + Send + 'static,
) -> Result<()> {
    let conversation = &visitor.conversation;
    let (account_id, visitor_id, now) =
        (conversation.account_id, conversation.visitor_id, app.now());
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let mut activity =
                    store::activity::lock(transaction, account_id, visitor_id, now).await?;
                change(&mut activity)?;
                store::activity::set(transaction, account_id, visitor_id, &activity).await
            })
        })
        .await?;
    // Whoever has the conversation open looks again.
    let slug = conversation.slug.as_str().into();
    message::publish_row(app, Address::from(conversation), slug).await;
    Ok(())
}

fn check_name(field: &'static str, name: String) -> Result<String> {
    if is_field_name(&name) {
        return Ok(name);
    }
    let problem = "a name has 1 to 40 letters, digits, _ - and .";
    Err(Error::invalid(field, problem))
}

/// As it is kept; none for what is empty.
fn text(field: &'static str, value: Option<FieldValue>) -> Result<Option<String>> {
    let Some(text) = value.map(|value| value.to_string().trim().to_owned()) else {
        return Ok(None);
    };
    check_line(&text, limits::CONTACT_FIELD_CHARS)
        .map_err(|problem| Error::invalid(field, problem.describe(field)))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}
