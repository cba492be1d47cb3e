//! Events of the operators' channel out of JavaScript values. Read by hand: what serde makes of a tagged enum
//! inside a flattened struct is more code than all of the inbox's state.

use js_sys::Reflect;
use serde::de::DeserializeOwned;
use shared::conversation::Mode;
use shared::event::{Event, OperatorEvent, Typist};
use wasm_bindgen::JsValue;

/// None for kinds that this version does not know.
pub fn read_operator_event(value: &JsValue) -> Option<OperatorEvent> {
    Some(OperatorEvent {
        conversation_id: text(value, "conversation_id")?,
        event: read_event(value)?,
    })
}

fn read_event(value: &JsValue) -> Option<Event> {
    Some(match text(value, "type")?.as_str() {
        "message" => Event::Message {
            message: part(value, "message")?,
        },
        "chunk" => Event::Chunk {
            answer_id: text(value, "answer_id")?,
            offset: number(value, "offset")? as usize,
            text: text(value, "text")?,
        },
        "typing" => Event::Typing {
            who: typist(value)?,
            until: text(value, "until")?,
        },
        "mode" => Event::Mode {
            mode: Mode::parse(&text(value, "mode")?)?,
            operator: text(value, "operator"),
            ticket_number: text(value, "ticket_number"),
        },
        "read" => Event::Read {
            seq: number(value, "seq")?,
            who: typist(value)?,
        },
        "edited" => Event::Edited {
            message: part(value, "message")?,
        },
        "removed" => Event::Removed {
            id: number(value, "id")?,
            seq: number(value, "seq")?,
        },
        "blocked" => Event::Blocked {
            blocked: field(value, "blocked").is_truthy(),
            until: text(value, "until"),
        },
        "ended" => Event::Ended,
        "error" => Event::Error {
            code: text(value, "code")?,
            message: text(value, "message")?,
        },
        "conversation" => Event::Conversation {
            conversation: Box::new(part(value, "conversation")?),
        },
        _ => return None,
    })
}

fn typist(value: &JsValue) -> Option<Typist> {
    match text(value, "who")?.as_str() {
        "visitor" => Some(Typist::Visitor),
        "assistant" => Some(Typist::Assistant),
        "operator" => Some(Typist::Operator),
        _ => None,
    }
}

fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn text(value: &JsValue, name: &str) -> Option<String> {
    field(value, name).as_string()
}

fn number(value: &JsValue, name: &str) -> Option<i64> {
    field(value, name).as_f64().map(|number| number as i64)
}

fn part<T: DeserializeOwned>(value: &JsValue, name: &str) -> Option<T> {
    serde_wasm_bindgen::from_value(field(value, name)).ok()
}
