//! What the panel says, to the server as JSON and to the host page as objects.

use js_sys::{Array, JSON, Object, Reflect};
use shared::frame::{PanelMessage, Unsent, UnsentMessage};
use shared::widget::{
    ChatRequest, ContactRequest, EscalateRequest, FeedbackRequest, FieldValue, RateRequest,
    ReadRequest, SessionInitRequest,
};
use wasm_bindgen::JsValue;

/// What can be sent: as an object over the port, as JSON to the server.
pub trait ToObject {
    fn to_object(&self) -> Object;
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_undefined()) {
        // Fails only for objects that are frozen.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}

/// Absent where there is none.
fn optional(text: &Option<String>) -> JsValue {
    text.as_deref()
        .map_or(JsValue::UNDEFINED, JsValue::from_str)
}

/// None at all is left out. Ids stay far below where a number of JavaScript loses precision.
fn numbers(numbers: &[i64]) -> JsValue {
    if numbers.is_empty() {
        return JsValue::UNDEFINED;
    }
    numbers
        .iter()
        .map(|number| JsValue::from_f64(*number as f64))
        .collect::<Array>()
        .into()
}

fn nullable(text: &Option<String>) -> JsValue {
    text.as_deref().map_or(JsValue::NULL, JsValue::from_str)
}

pub fn to_json(object: &Object) -> Option<String> {
    JSON::stringify(object).ok()?.as_string()
}

/// `{}`: requests that say all by their path.
impl ToObject for () {
    fn to_object(&self) -> Object {
        Object::new()
    }
}

impl ToObject for SessionInitRequest {
    fn to_object(&self) -> Object {
        let Self {
            bot_id,
            identity_token,
            locale,
            parent_url,
            referrer,
            visitor_id,
            session_id,
        } = self;
        object(&[
            ("bot_id", bot_id.into()),
            ("identity_token", optional(identity_token)),
            ("locale", optional(locale)),
            ("parent_url", optional(parent_url)),
            ("referrer", optional(referrer)),
            ("visitor_id", optional(visitor_id)),
            ("session_id", optional(session_id)),
        ])
    }
}

impl ToObject for ChatRequest {
    fn to_object(&self) -> Object {
        let Self {
            message,
            message_id,
            files,
            consent_version,
        } = self;
        let consent = consent_version.map_or(JsValue::UNDEFINED, |version| (version as f64).into());
        object(&[
            ("message", message.into()),
            ("message_id", optional(message_id)),
            ("files", numbers(files)),
            ("consent_version", consent),
        ])
    }
}

impl ToObject for EscalateRequest {
    fn to_object(&self) -> Object {
        let Self { user_note, trigger } = self;
        object(&[
            ("user_note", optional(user_note)),
            ("trigger", trigger.as_str().into()),
        ])
    }
}

impl ToObject for RateRequest {
    fn to_object(&self) -> Object {
        let Self { score, comment } = self;
        object(&[
            ("score", (*score as f64).into()),
            ("comment", optional(comment)),
        ])
    }
}

impl ToObject for FeedbackRequest {
    fn to_object(&self) -> Object {
        let Self {
            message_id,
            value,
            reason,
        } = self;
        let value = value.map_or(JsValue::NULL, |thumb| thumb.as_str().into());
        object(&[
            ("message_id", (*message_id as f64).into()),
            ("value", value),
            ("reason", optional(reason)),
        ])
    }
}

impl ToObject for ContactRequest {
    fn to_object(&self) -> Object {
        let Self {
            email,
            phone,
            name,
            fields,
        } = self;
        let mut given = vec![
            ("email", optional(email)),
            ("phone", optional(phone)),
            ("name", optional(name)),
        ];
        for (name, value) in fields {
            given.push((name, value.as_ref().map_or(JsValue::NULL, field_value)));
        }
        object(&given)
    }
}

fn field_value(value: &FieldValue) -> JsValue {
    match value {
        FieldValue::Flag(value) => (*value).into(),
        FieldValue::Whole(value) => (*value as f64).into(),
        FieldValue::Number(value) => (*value).into(),
        FieldValue::Text(value) => value.into(),
    }
}

impl ToObject for ReadRequest {
    fn to_object(&self) -> Object {
        let Self { seq } = self;
        object(&[("seq", (*seq as f64).into())])
    }
}

impl ToObject for Unsent {
    fn to_object(&self) -> Object {
        let message = |message: &UnsentMessage| -> JsValue {
            object(&[
                ("message_id", (&message.message_id).into()),
                ("text", (&message.text).into()),
            ])
            .into()
        };
        let messages: Array = self.messages.iter().map(message).collect();
        object(&[
            ("draft", (&self.draft).into()),
            ("messages", messages.into()),
        ])
    }
}

impl ToObject for PanelMessage {
    fn to_object(&self) -> Object {
        match self {
            Self::Ready => object(&[("type", "ready".into())]),
            Self::Close => object(&[("type", "close".into())]),
            Self::Session {
                session_id,
                visitor_id,
            } => object(&[
                ("type", "session".into()),
                ("session_id", nullable(session_id)),
                ("visitor_id", nullable(visitor_id)),
            ]),
            Self::Unread { count } => {
                object(&[("type", "unread".into()), ("count", (*count).into())])
            }
            Self::Unsent { unsent } => object(&[
                ("type", "unsent".into()),
                ("unsent", unsent.to_object().into()),
            ]),
            Self::Preview { author, text } => object(&[
                ("type", "preview".into()),
                ("author", author.into()),
                ("text", text.into()),
            ]),
            Self::Nudge { id, text } => object(&[
                ("type", "nudge".into()),
                ("id", JsValue::from_f64(*id as f64)),
                ("text", text.into()),
            ]),
            Self::Event { name, text } => object(&[
                ("type", "event".into()),
                ("name", name.into()),
                ("text", optional(text)),
            ]),
        }
    }
}
