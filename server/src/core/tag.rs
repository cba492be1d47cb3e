//! Tags that people and programs put on conversations, to find them by.

use crate::app::App;
use crate::core::actor::Operator;
use crate::core::conversation;
use crate::core::message::{self, Address};
use crate::error::{Error, Result, check};
use crate::store;
use shared::conversation::{Conversation, TagMode, TagRequest};
use shared::error::ErrorCode;
use shared::limits;
use shared::text::{check_line, check_required_text};

/// Adds tags to a conversation, or puts them in the place of those it has.
///
/// # Errors
/// `not_found`, `validation_failed`.
pub async fn change(
    app: &App,
    operator: &Operator,
    spelling: &str,
    request: TagRequest,
) -> Result<Conversation> {
    let given = check_tags(request.tags)?;
    let row = conversation::find(app, operator, spelling).await?;
    let address = Address::from(&row);
    let Address {
        account_id,
        conversation_id,
    } = address;
    let now = app.now();
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                // Under the lock: of two who add at once, both count.
                store::conversation::lock(transaction, account_id, conversation_id).await?;
                let row = store::conversation::by_id(transaction, account_id, conversation_id)
                    .await?
                    .ok_or(ErrorCode::NotFound)?;
                let mut tags = match request.mode {
                    TagMode::Add => parse(&row.tags),
                    TagMode::Replace => Vec::new(),
                };
                for tag in given {
                    if !tags.contains(&tag) {
                        tags.push(tag);
                    }
                }
                check_count(&tags)?;
                store::tag::replace(transaction, account_id, conversation_id, &tags, now).await
            })
        })
        .await?;
    message::publish_row(app, address, row.slug.as_str().into()).await;
    conversation::row(app, address).await
}

/// The tags of a conversation's row. They were written by us alone, as a list.
pub(super) fn parse(tags: &str) -> Vec<String> {
    serde_json::from_str(tags).unwrap_or_default()
}

fn check_tags(tags: Vec<String>) -> Result<Vec<String>> {
    check_count(&tags)?;
    tags.into_iter()
        .map(|tag| {
            let tag = tag.trim().to_owned();
            check("tags", check_required_text(&tag, limits::TAG_CHARS))?;
            check("tags", check_line(&tag, limits::TAG_CHARS))?;
            Ok(tag)
        })
        .collect()
}

fn check_count(tags: &[String]) -> Result<()> {
    if tags.len() > limits::TAGS {
        let detail = format!("tags must not be more than {}", limits::TAGS);
        return Err(Error::invalid("tags", detail));
    }
    Ok(())
}
