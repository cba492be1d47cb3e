//! Conversations as operators see and handle them.

use crate::app::App;
use crate::bus::{Audience, Live};
use crate::clock::{Millis, SECOND, iso};
use crate::core::actor::{Operator, Visitor};
use crate::core::answer::stop::abandon;
use crate::core::block::{self, Block};
use crate::core::file::Attached;
use crate::core::handover;
use crate::core::message::{self, Address, Draft, Sender, Sent};
use crate::core::{contact, page, session, tag, ticket};
use crate::error::{Result, check};
use crate::store;
use crate::store::conversation::Conversation as Row;
pub use crate::store::conversation::Filter;
use shared::conversation::{
    Assignee, Conversation, GivenConsent, Mode, Rating, ReplyRequest, Visitor as VisitorView,
};
use shared::error::ErrorCode;
use shared::event::{Event, Typist};
use shared::limits;
use shared::message::{Message, Role};
use shared::page::Page;
use shared::text::{check_key, check_required_text, check_text};
use std::sync::Arc;

/// How long "is typing" holds without being said again.
const TYPING: Millis = 6 * SECOND;

/// A row as the operators' surface shows it.
pub fn view(row: Row, now: Millis) -> Conversation {
    let block = Block::of_conversation(&row, now);
    Conversation {
        id: format!("conv_{}", row.slug),
        number: row.id,
        site_id: row.site_id,
        site_name: row.site_name,
        mode: row.mode,
        assignee: row.assignee_id.map(|id| Assignee {
            id,
            name: row.assignee_name.unwrap_or_default(),
        }),
        visitor: VisitorView {
            id: row.visitor_id,
            visitor_id: session::visitor_name_of(row.visitor_client_id, &row.visitor_slug),
            name: row.visitor_name,
            email: row.visitor_email,
            phone: row.visitor_phone,
            identified: row.visitor_external_id.is_some(),
            external_id: row.visitor_external_id,
            blocked: block.is_some(),
            blocked_until: block::end(block),
            consent: consent(row.consent_version, row.consented_at),
        },
        preview: row.preview,
        preview_role: row.preview_role.as_deref().and_then(Role::parse),
        unread_count: row.unread_count,
        last_seq: row.last_seq,
        visitor_read_seq: row.visitor_read_seq,
        ticket_number: row.ticket.map(ticket::public_number),
        rating: row
            .rating_score
            .and_then(|score| u8::try_from(score).ok())
            .map(|score| Rating {
                score,
                comment: row.rating_comment,
            }),
        tags: tag::parse(&row.tags),
        contact_fields: contact::parse_fields(row.contact_fields),
        page_url: row.page_url,
        referrer: row.referrer,
        locale: row.locale,
        created_at: iso(row.created_at),
        last_message_at: iso(row.last_message_at),
        activity_at: row.activity_at.map(iso),
        waiting_since: row.waiting_since.map(iso),
        event_cursor: None,
    }
}

/// What a visitor agreed to.
pub fn consent(version: Option<i64>, at: Option<Millis>) -> Option<GivenConsent> {
    Some(GivenConsent {
        version: version?,
        given_at: iso(at?),
    })
}

/// The row of one conversation.
pub async fn row(app: &App, address: Address) -> Result<Conversation> {
    let mut connection = app.db.read().await?;
    let row =
        store::conversation::by_id(&mut connection, address.account_id, address.conversation_id)
            .await?;
    row.map(|row| view(row, app.now()))
        .ok_or_else(|| ErrorCode::NotFound.into())
}

/// Finds a conversation of the operator's account by `conv_…` or its number. Not there and not theirs are alike.
pub async fn find(app: &App, operator: &Operator, spelling: &str) -> Result<Row> {
    let mut connection = app.db.read().await?;
    let found = match (spelling.parse::<i64>(), spelling.strip_prefix("conv_")) {
        (Ok(number), _) => {
            store::conversation::by_id(&mut connection, operator.account_id, number).await?
        }
        (_, Some(slug)) if check_key(slug, limits::SESSION_KEY_CHARS).is_ok() => {
            store::conversation::by_slug(&mut connection, operator.account_id, slug).await?
        }
        _ => None,
    };
    // Test chats belong to whoever tries out a prompt, not to the inbox.
    found
        .filter(|row| !row.is_test())
        .ok_or_else(|| ErrorCode::NotFound.into())
}

/// One conversation, with the cursor from which the live channel continues it.
pub async fn show(app: &App, operator: &Operator, spelling: &str) -> Result<Conversation> {
    // The cursor is read first: an event in between is then seen twice rather than never.
    let cursor = {
        let mut connection = app.db.read().await?;
        store::account::event_cursor(&mut connection, operator.account_id).await?
    };
    let row = find(app, operator, spelling).await?;
    Ok(Conversation {
        event_cursor: Some(cursor),
        ..view(row, app.now())
    })
}

/// One page of the inbox, newest activity first.
pub async fn list(
    app: &App,
    operator: &Operator,
    filter: &Filter,
    limit: i64,
) -> Result<Page<Conversation>> {
    let mut connection = app.db.read().await?;
    let now = app.now();
    let rows =
        store::conversation::list(&mut connection, operator.account_id, filter, limit).await?;
    Ok(page::cut(rows, limit, |last| (last.last_message_at, last.id)).map(|row| view(row, now)))
}

/// The latest messages before a position, oldest first; `next_cursor` is the position to go on from.
pub async fn messages(
    app: &App,
    operator: &Operator,
    spelling: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Page<Message>> {
    let row = find(app, operator, spelling).await?;
    let mut connection = app.db.read().await?;
    let data = store::message::latest(&mut connection, row.id, before, limit).await?;
    let next_cursor = data
        .first()
        .filter(|first| first.seq > 1)
        .map(|first| first.seq.to_string());
    Ok(Page { data, next_cursor })
}

/// An operator's reply. It takes the conversation over where nobody has it. Files may go without a word.
pub async fn reply(
    app: &App,
    operator: &Operator,
    spelling: &str,
    request: ReplyRequest,
) -> Result<Sent> {
    let ReplyRequest {
        message: text,
        client_id,
        files,
    } = request;
    let check_words = match files.is_empty() {
        true => check_required_text,
        false => check_text,
    };
    check(
        "message",
        check_words(&text, limits::OPERATOR_MESSAGE_CHARS),
    )?;
    if let Some(client_id) = &client_id {
        check("clientId", check_key(client_id, limits::CLIENT_ID_CHARS))?;
    }
    let row = find(app, operator, spelling).await?;
    let sender = Sender::Operator {
        user_id: operator.user_id,
        name: operator.name.clone(),
    };
    let sent = message::send(
        app,
        (&row).into(),
        Draft {
            client_id,
            files: Attached::These(files),
            ..Draft::new(sender, text)
        },
    )
    .await?;
    if sent.mode == Mode::Operator {
        abandon(app, row.id);
    }
    // Whoever answers has read.
    mark_read(app, &row, sent.message.seq).await?;
    Ok(sent)
}

/// Takes over, hands back, closes or reopens.
pub async fn change(
    app: &App,
    operator: &Operator,
    spelling: &str,
    change: handover::Event,
) -> Result<Conversation> {
    let row = find(app, operator, spelling).await?;
    let address = Address::from(&row);
    let mode = message::change_mode(app, address, change).await?;
    if mode == Mode::Operator {
        abandon(app, row.id);
    }
    self::row(app, address).await
}

/// The operator has opened the conversation up to a position.
pub async fn read(
    app: &App,
    operator: &Operator,
    spelling: &str,
    seq: i64,
) -> Result<Conversation> {
    let row = find(app, operator, spelling).await?;
    mark_read(app, &row, seq).await?;
    self::row(app, Address::from(&row)).await
}

async fn mark_read(app: &App, row: &Row, seq: i64) -> Result<()> {
    let (account_id, id) = (row.account_id, row.id);
    let moved = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                store::read_mark::by_operator(transaction, account_id, id, seq).await
            })
        })
        .await?;
    if moved {
        announce(
            app,
            row,
            Event::Read {
                seq,
                who: Typist::Operator,
            },
            Audience::Everybody,
        );
        message::publish_row(app, Address::from(row), row.slug.as_str().into()).await;
    }
    Ok(())
}

/// Somebody types; nothing is stored.
pub fn operator_types(app: &App, row: &Row) {
    let until = iso(app.now() + TYPING);
    announce(
        app,
        row,
        Event::Typing {
            who: Typist::Operator,
            until,
        },
        Audience::Visitor,
    );
}

pub fn visitor_types(app: &App, visitor: &Visitor) {
    let until = iso(app.now() + TYPING);
    announce(
        app,
        &visitor.conversation,
        Event::Typing {
            who: Typist::Visitor,
            until,
        },
        Audience::Operators,
    );
}

/// The visitor has seen everything up to a position; their other tabs learn it too.
pub async fn visitor_read(app: &App, visitor: &Visitor, seq: i64) -> Result<()> {
    let (account_id, id) = (visitor.conversation.account_id, visitor.conversation.id);
    let moved = app
        .db
        .write(move |transaction| {
            Box::pin(
                async move { store::read_mark::by_visitor(transaction, account_id, id, seq).await },
            )
        })
        .await?;
    if moved {
        announce(
            app,
            &visitor.conversation,
            Event::Read {
                seq,
                who: Typist::Visitor,
            },
            Audience::Everybody,
        );
    }
    Ok(())
}

/// The visitor ends the conversation.
pub async fn visitor_ends(app: &App, visitor: &Visitor) -> Result<()> {
    message::change_mode(
        app,
        Address::from(&visitor.conversation),
        handover::Event::Closed,
    )
    .await?;
    Ok(())
}

/// A fleeting event: it reaches those who listen now and is not stored.
fn announce(app: &App, row: &Row, event: Event, audience: Audience) {
    let live = Live {
        cursor: None,
        conversation_id: row.id,
        conversation_slug: row.slug.as_str().into(),
        event: Arc::new(event),
        audience,
    };
    app.bus.publish(row.account_id, &live);
}
