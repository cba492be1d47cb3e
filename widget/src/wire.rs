//! Values of the wire between JavaScript and Rust, field by field. What serde generates for them weighed 15 KB compressed; a field
//! that is added to a type still has to be named here, or this does not compile. A value that lacks something it must have is not taken at all.

use js_sys::{Array, Object, Reflect};
use shared::conversation::{Mode, Rating};
use shared::event::{Event, Typist};
use shared::message::{Author, FileReference, Message, MessageStatus, Role, Source, Thumb};
use shared::nudge::Nudge;
use shared::widget::{ChatEvent, HistoryReply};
use wasm_bindgen::{JsCast, JsValue};

pub fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

pub fn text(value: &JsValue, name: &str) -> Option<String> {
    field(value, name).as_string()
}

pub fn flag(value: &JsValue, name: &str) -> bool {
    field(value, name).is_truthy()
}

pub fn number(value: &JsValue, name: &str) -> Option<i64> {
    field(value, name).as_f64().map(|number| number as i64)
}

/// The items of a list that are what they should be. A list that is absent is empty.
fn list<T>(value: &JsValue, name: &str, read: fn(&JsValue) -> Option<T>) -> Vec<T> {
    let list = field(value, name).dyn_into::<Array>().unwrap_or_default();
    list.iter().filter_map(|item| read(&item)).collect()
}

pub fn texts(value: &JsValue, name: &str) -> Vec<String> {
    list(value, name, JsValue::as_string)
}

pub fn mode(value: &JsValue) -> Option<Mode> {
    Mode::parse(&text(value, "mode")?)
}

fn typist(value: &JsValue) -> Option<Typist> {
    match text(value, "who")?.as_str() {
        "visitor" => Some(Typist::Visitor),
        "assistant" => Some(Typist::Assistant),
        "operator" => Some(Typist::Operator),
        _ => None,
    }
}

fn source(value: &JsValue) -> Option<Source> {
    Some(Source {
        number: u32::try_from(number(value, "number")?).ok()?,
        title: text(value, "title")?,
        url: text(value, "url"),
        excerpt: text(value, "excerpt"),
    })
}

fn file(value: &JsValue) -> Option<FileReference> {
    Some(FileReference {
        id: number(value, "id")?,
        filename: text(value, "filename")?,
        content_type: text(value, "content_type")?,
        size: number(value, "size")?,
        url: text(value, "url").map(address)?,
    })
}

/// The server's own files are asked for where the panel itself came from, by whatever name the server knows itself.
fn address(url: String) -> String {
    match url.find("/files/") {
        Some(at) => url[at..].to_owned(),
        None => url,
    }
}

/// A list of files, as an upload or a message names them.
pub fn files(value: &JsValue) -> Vec<FileReference> {
    let list = value.clone().dyn_into::<Array>().unwrap_or_default();
    list.iter().filter_map(|item| file(&item)).collect()
}

pub fn message(value: &JsValue) -> Option<Message> {
    Some(Message {
        id: number(value, "id")?,
        seq: number(value, "seq")?,
        role: Role::parse(&text(value, "role")?)?,
        content: text(value, "content")?,
        author: text(&field(value, "author"), "name").map(|name| Author { name }),
        created_at: text(value, "created_at").unwrap_or_default(),
        status: text(value, "status")
            .and_then(|name| MessageStatus::parse(&name))
            .unwrap_or_default(),
        answer_id: text(value, "answer_id"),
        client_id: text(value, "client_id"),
        sources: list(value, "sources", source),
        files: list(value, "files", file),
        feedback: text(value, "feedback").and_then(|name| Thumb::parse(&name)),
        edited_at: text(value, "edited_at"),
        removed_at: text(value, "removed_at"),
    })
}

pub fn rating(value: &JsValue) -> Option<Rating> {
    Some(Rating {
        score: u8::try_from(number(value, "score")?).ok()?,
        comment: text(value, "comment"),
    })
}

pub fn history(value: &JsValue) -> Option<HistoryReply> {
    Some(HistoryReply {
        session_id: text(value, "session_id")?,
        messages: list(value, "messages", message),
        chat_ended: flag(value, "chat_ended"),
        mode: mode(value)?,
        ticket_number: text(value, "ticket_number"),
        operator: text(value, "operator"),
        rating: rating(&field(value, "rating")),
        has_more: flag(value, "has_more"),
        blocked: flag(value, "blocked"),
        // The scripts keep to it.
        blocked_until: None,
        read_seq: number(value, "read_seq").unwrap_or_default(),
        seen_seq: number(value, "seen_seq").unwrap_or_default(),
        cursor: number(value, "cursor")?,
    })
}

fn nudge(value: &JsValue) -> Option<Nudge> {
    Some(Nudge {
        id: number(value, "id")?,
        text: text(value, "text")?,
        created_at: text(value, "created_at").unwrap_or_default(),
    })
}

/// An event of the live channel. None: a kind that this panel does not know yet.
pub fn event(value: &JsValue) -> Option<Event> {
    Some(match text(value, "type")?.as_str() {
        "message" => Event::Message {
            message: message(&field(value, "message"))?,
        },
        "chunk" => Event::Chunk {
            answer_id: text(value, "answer_id")?,
            offset: usize::try_from(number(value, "offset")?).ok()?,
            text: text(value, "text")?,
        },
        "typing" => Event::Typing {
            who: typist(value)?,
            until: text(value, "until")?,
        },
        "mode" => Event::Mode {
            mode: mode(value)?,
            operator: text(value, "operator"),
            ticket_number: text(value, "ticket_number"),
        },
        "read" => Event::Read {
            seq: number(value, "seq")?,
            who: typist(value)?,
        },
        "edited" => Event::Edited {
            message: message(&field(value, "message"))?,
        },
        "removed" => Event::Removed {
            id: number(value, "id")?,
            seq: number(value, "seq")?,
        },
        "blocked" => Event::Blocked {
            blocked: flag(value, "blocked"),
            until: None,
        },
        "ended" => Event::Ended,
        "nudge" => Event::Nudge {
            nudge: nudge(&field(value, "nudge"))?,
        },
        "error" => Event::Error {
            code: text(value, "code")?,
            message: text(value, "message")?,
        },
        _ => return None,
    })
}

/// An event of the stream that answers one message.
pub fn chat_event(value: &JsValue) -> Option<ChatEvent> {
    Some(match text(value, "type")?.as_str() {
        "chunk" => ChatEvent::Chunk {
            text: text(value, "text")?,
        },
        "done" => ChatEvent::Done {
            text: text(value, "text")?,
            session_id: text(value, "session_id")?,
            chat_ended: flag(value, "chat_ended"),
            mode: mode(value)?,
            ticket_number: text(value, "ticket_number"),
            sources: list(value, "sources", source),
            message_id: number(value, "message_id"),
            fallback: flag(value, "fallback"),
        },
        "error" => ChatEvent::Error {
            code: text(value, "code")?,
            message: text(value, "message")?,
        },
        _ => return None,
    })
}

/// An object to be said: to the server, to the host page, to a part.
pub fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Fails only for objects that are frozen.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}
