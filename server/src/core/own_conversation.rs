//! A visitor's own conversations. A visitor's public id opens none of them: what does is a session key of the same
//! browser, or a token that vouches for the visitor.

use crate::app::App;
use crate::clock::iso;
use crate::core::actor::Visitor;
use crate::core::{page, ticket};
use crate::error::Result;
use crate::store::Transaction;
use crate::store::conversation::Conversation;
use crate::store::own_conversation::{self, Belonging, OwnConversation as Row};
use shared::conversation::Mode;
use shared::message::Role;
use shared::page::Page;
use shared::widget::OwnConversation;

/// Whose the conversations are that belong together with this one.
pub fn belonging(row: &Conversation) -> Belonging {
    let is_identified = row.visitor_external_id.is_some();
    Belonging {
        account_id: row.account_id,
        site_id: row.site_id,
        visitor_id: row.visitor_id,
        first_id: (!is_identified).then(|| first_id(row)),
    }
}

/// The first conversation of the browser that this one belongs to.
pub fn first_id(row: &Conversation) -> i64 {
    row.continues_id.unwrap_or(row.id)
}

/// One page of the visitor's conversations on this site, newest activity first.
///
/// # Errors
/// `validation_failed` on `cursor`, `storage_unavailable`.
pub async fn list(
    app: &App,
    visitor: &Visitor,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<OwnConversation>> {
    let before = page::before(cursor)?;
    let belonging = belonging(&visitor.conversation);
    let rows = {
        let mut connection = app.db.read().await?;
        own_conversation::list(&mut connection, belonging, false, before, limit).await?
    };
    Ok(page::cut(rows, limit, |last| (last.last_message_at, last.id)).map(view))
}

fn view(row: Row) -> OwnConversation {
    OwnConversation {
        session_id: row.session_key,
        preview: row.preview,
        preview_role: row.preview_role.as_deref().and_then(Role::parse),
        last_message_at: iso(row.last_message_at),
        unread: row.unread,
        mode: row.mode,
        chat_ended: row.mode == Mode::Closed,
        ticket_number: row.ticket.map(ticket::public_number),
    }
}

/// The conversation that goes on where the visitor has as many open ones as the site allows. One that is bound to
/// another page's origin could not go on here.
///
/// # Errors
/// `storage_unavailable`.
pub async fn to_continue(
    transaction: &mut Transaction,
    belonging: Belonging,
    allowed: i64,
    parent_origin: Option<&str>,
) -> Result<Option<String>> {
    if allowed == 0 {
        return Ok(None);
    }
    let open = own_conversation::list(transaction, belonging, true, None, allowed).await?;
    let is_full = i64::try_from(open.len()).is_ok_and(|count| count >= allowed);
    let fits =
        |row: &Row| row.parent_origin.is_none() || row.parent_origin.as_deref() == parent_origin;
    Ok(open
        .into_iter()
        .find(|row| is_full && fits(row))
        .map(|row| row.session_key))
}
