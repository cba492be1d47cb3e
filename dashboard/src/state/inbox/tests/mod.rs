//! What events and replies do to the inbox.

mod messages;
mod rows;

use super::{Effect, Inbox, Item, PendingReply, SendState, lay_out};
use shared::conversation::{Conversation, Mode, Visitor};
use shared::event::{Event, OperatorEvent};
use shared::message::{Message, MessageStatus, Role};
use std::collections::BTreeMap;

const ME: Option<i64> = Some(7);

fn row(id: &str, number: i64) -> Conversation {
    Conversation {
        id: id.into(),
        number,
        site_id: 1,
        site_name: "Shop".into(),
        mode: Mode::Ai,
        assignee: None,
        visitor: Visitor {
            id: number,
            ..Visitor::default()
        },
        contact_fields: BTreeMap::new(),
        preview: "hello".into(),
        preview_role: Some(Role::User),
        unread_count: 0,
        last_seq: 1,
        visitor_read_seq: 0,
        ticket_number: None,
        rating: None,
        page_url: None,
        referrer: None,
        locale: None,
        created_at: "2026-01-01T10:00:00.000Z".into(),
        last_message_at: format!("2026-01-01T10:00:{number:02}.000Z"),
        activity_at: None,
        tags: Vec::new(),
        waiting_since: None,
        event_cursor: Some(100),
    }
}

fn message(seq: i64, role: Role, content: &str) -> Message {
    Message {
        id: 1000 + seq,
        seq,
        role,
        content: content.into(),
        author: None,
        created_at: format!("2026-01-01T11:00:{seq:02}.000Z"),
        status: MessageStatus::Complete,
        answer_id: None,
        client_id: None,
        sources: vec![],
        files: vec![],
        feedback: None,
        edited_at: None,
        removed_at: None,
    }
}

/// A reply that is on its way.
fn pending(client_id: &str, text: &str) -> PendingReply {
    PendingReply {
        client_id: client_id.into(),
        text: text.into(),
        files: vec![],
        state: SendState::Sending,
    }
}

fn tell(inbox: &mut Inbox, id: &str, cursor: i64, event: Event) -> Vec<Effect> {
    inbox.apply(
        Some(cursor),
        OperatorEvent {
            conversation_id: id.into(),
            event,
        },
        ME,
    )
}

fn inbox_of(rows: Vec<Conversation>) -> Inbox {
    let mut inbox = Inbox::default();
    inbox.take_page(rows, false, true);
    inbox
}

fn open_thread(inbox: &mut Inbox, id: &str) {
    inbox.take_messages(id, vec![message(1, Role::User, "hello").into()], None, true);
}

fn texts(inbox: &Inbox, id: &str) -> Vec<String> {
    lay_out(inbox, id, |_| None)
        .into_iter()
        .map(|entry| match entry.item {
            Item::Message(message) => message.content.clone(),
            Item::Pending(reply) => format!("({})", reply.text),
            Item::Streaming(stream) => format!("{}…", stream.text),
        })
        .collect()
}
