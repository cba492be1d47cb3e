//! Values between JavaScript and Rust. Tagged enums are told apart here by hand: what serde generates for them
//! would weigh more than the rest of the decoding.

use js_sys::{JSON, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::event::Event;
use shared::frame::HostMessage;
use shared::widget::ChatEvent;
use wasm_bindgen::JsValue;

/// A value as one of the types of the wire. None: it is something else.
pub fn decode<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// The JSON text of a request.
pub fn to_json<T: Serialize>(value: &T) -> Option<String> {
    JSON::stringify(&to_object(value)?).ok()?.as_string()
}

/// A plain object, as `postMessage` and `JSON.stringify` want it.
pub fn to_object<T: Serialize>(value: &T) -> Option<JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).ok()
}

pub fn parse(json: &str) -> Option<JsValue> {
    JSON::parse(json).ok()
}

pub fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

pub fn text(value: &JsValue, name: &str) -> Option<String> {
    field(value, name).as_string()
}

fn flag(value: &JsValue, name: &str) -> bool {
    field(value, name).is_truthy()
}

fn number(value: &JsValue, name: &str) -> Option<i64> {
    field(value, name).as_f64().map(|number| number as i64)
}

fn part<T: DeserializeOwned>(value: &JsValue, name: &str) -> Option<T> {
    decode(field(value, name))
}

/// An event of the live channel. None: a kind that this panel does not know yet.
pub fn event(value: &JsValue) -> Option<Event> {
    Some(match text(value, "type")?.as_str() {
        "message" => Event::Message { message: part(value, "message")? },
        "chunk" => Event::Chunk {
            answer_id: text(value, "answer_id")?,
            offset: usize::try_from(number(value, "offset")?).ok()?,
            text: text(value, "text")?,
        },
        "typing" => Event::Typing { who: part(value, "who")?, until: text(value, "until")? },
        "mode" => Event::Mode {
            mode: part(value, "mode")?,
            operator: text(value, "operator"),
            ticket_number: text(value, "ticket_number"),
        },
        "read" => Event::Read { seq: number(value, "seq")?, who: part(value, "who")? },
        "edited" => Event::Edited { message: part(value, "message")? },
        "removed" => Event::Removed { id: number(value, "id")?, seq: number(value, "seq")? },
        "blocked" => Event::Blocked { blocked: flag(value, "blocked") },
        "ended" => Event::Ended,
        "error" => Event::Error { code: text(value, "code")?, message: text(value, "message")? },
        _ => return None,
    })
}

/// An event of the stream that answers one message.
pub fn chat_event(value: &JsValue) -> Option<ChatEvent> {
    Some(match text(value, "type")?.as_str() {
        "chunk" => ChatEvent::Chunk { text: text(value, "text")? },
        "done" => ChatEvent::Done {
            text: text(value, "text")?,
            session_id: text(value, "session_id")?,
            chat_ended: flag(value, "chat_ended"),
            mode: part(value, "mode")?,
            ticket_number: text(value, "ticket_number"),
            sources: part(value, "sources").unwrap_or_default(),
            message_id: number(value, "message_id"),
            fallback: flag(value, "fallback"),
        },
        "error" => ChatEvent::Error { code: text(value, "code")?, message: text(value, "message")? },
        _ => return None,
    })
}

/// A message of the host page's loader.
pub fn host_message(value: &JsValue) -> Option<HostMessage> {
    Some(match text(value, "type")?.as_str() {
        "init" => HostMessage::Init {
            session_id: text(value, "session_id"),
            visitor_id: text(value, "visitor_id"),
            identity_token: text(value, "identity_token"),
            page_url: text(value, "page_url"),
            referrer: text(value, "referrer"),
            locale: text(value, "locale"),
            theme: text(value, "theme"),
            open: flag(value, "open"),
        },
        "open" => HostMessage::Open,
        "close" => HostMessage::Close,
        "page_view" => HostMessage::PageView { page_url: text(value, "page_url")? },
        "identify" => HostMessage::Identify { identity_token: text(value, "identity_token")? },
        "new_message" => HostMessage::NewMessage { text: text(value, "text")? },
        "send_message" => HostMessage::SendMessage { text: text(value, "text")? },
        "escalate" => HostMessage::Escalate,
        "set_locale" => HostMessage::SetLocale { locale: text(value, "locale")? },
        "set_theme" => HostMessage::SetTheme { theme: text(value, "theme")? },
        "shutdown" => HostMessage::Shutdown,
        "preview" => HostMessage::Preview { config: Box::new(part(value, "config")?) },
        _ => return None,
    })
}
