//! What the server and the host page say. A value that lacks something it must have is not taken at all.

use js_sys::{Array, JSON, Reflect};
use shared::conversation::{Mode, Rating};
use shared::event::{Event, Typist};
use shared::frame::{HostMessage, Unsent, UnsentMessage};
use shared::message::{Author, FileReference, Message, MessageStatus, Role, Source, Thumb};
use shared::nudge::Nudge;
use shared::site::LinkSafety;
use shared::site_texts::{Consent, FieldKind, PreChatField};
use shared::widget::{
    ChatEvent, EscalateReply, HistoryReply, Hours, IdentityMode, SessionInitReply, Voice,
    WidgetConfig, WidgetStyle,
};
use wasm_bindgen::{JsCast, JsValue};

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

/// The items of a list that are what they should be. A list that is absent is empty.
fn list<T>(value: &JsValue, name: &str, read: fn(&JsValue) -> Option<T>) -> Vec<T> {
    let list = field(value, name).dyn_into::<Array>().unwrap_or_default();
    list.iter().filter_map(|item| read(&item)).collect()
}

fn texts(value: &JsValue, name: &str) -> Vec<String> {
    list(value, name, JsValue::as_string)
}

fn mode(value: &JsValue) -> Option<Mode> {
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
        url: text(value, "url")?,
    })
}

fn message(value: &JsValue) -> Option<Message> {
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

pub fn history(value: &JsValue) -> Option<HistoryReply> {
    let rating = field(value, "rating");
    Some(HistoryReply {
        session_id: text(value, "session_id")?,
        messages: list(value, "messages", message),
        chat_ended: flag(value, "chat_ended"),
        mode: mode(value)?,
        ticket_number: text(value, "ticket_number"),
        operator: text(value, "operator"),
        rating: number(&rating, "score")
            .and_then(|score| u8::try_from(score).ok())
            .map(|score| Rating {
                score,
                comment: text(&rating, "comment"),
            }),
        has_more: flag(value, "has_more"),
        blocked: flag(value, "blocked"),
        read_seq: number(value, "read_seq").unwrap_or_default(),
        seen_seq: number(value, "seen_seq").unwrap_or_default(),
        cursor: number(value, "cursor")?,
    })
}

pub fn session(value: &JsValue) -> Option<SessionInitReply> {
    Some(SessionInitReply {
        session_id: text(value, "session_id")?,
        mode: match text(value, "mode")?.as_str() {
            "identified" => IdentityMode::Identified,
            _ => IdentityMode::Anonymous,
        },
        visitor_id: text(value, "visitor_id")?,
        identity_error: text(value, "identity_error"),
        continued: flag(value, "continued"),
    })
}

pub fn escalation(value: &JsValue) -> Option<EscalateReply> {
    Some(EscalateReply {
        ticket_number: text(value, "ticket_number")?,
        session_id: text(value, "session_id")?,
        mode: mode(value)?,
    })
}

fn style(value: &JsValue) -> Option<WidgetStyle> {
    Some(WidgetStyle {
        primary_color: text(value, "primary_color")?,
        bg_color: text(value, "bg_color")?,
        font_color: text(value, "font_color")?,
        button_color: text(value, "button_color")?,
        glow_color: text(value, "glow_color"),
        position: text(value, "position")?,
        corner_style: text(value, "corner_style")?,
        drop_shadow: text(value, "drop_shadow")?,
        glow_size: text(value, "glow_size")?,
        glow_strength: text(value, "glow_strength")?,
        theme: text(value, "theme")?,
    })
}

fn given(value: &JsValue, name: &str) -> Option<JsValue> {
    Some(field(value, name)).filter(JsValue::is_object)
}

fn pre_chat_field(value: &JsValue) -> Option<PreChatField> {
    Some(PreChatField {
        name: text(value, "name")?,
        label: text(value, "label")?,
        kind: FieldKind::parse(&text(value, "type")?)?,
        required: flag(value, "required"),
        options: texts(value, "options"),
    })
}

pub fn config(value: &JsValue) -> Option<WidgetConfig> {
    let safety = field(value, "link_safety");
    Some(WidgetConfig {
        bot_id: text(value, "bot_id")?,
        name: text(value, "name")?,
        enabled: flag(value, "enabled"),
        greeting: text(value, "greeting")?,
        welcome_message: text(value, "welcome_message")?,
        style: style(&field(value, "style"))?,
        link_safety: LinkSafety {
            enabled: flag(&safety, "enabled"),
            allowed_domains: texts(&safety, "allowed_domains"),
            label: text(&safety, "label").unwrap_or_default(),
        },
        allowed_domains: texts(value, "allowed_domains"),
        language: text(value, "language"),
        ai_mode: text(value, "ai_mode")?,
        contact_email: text(value, "contact_email"),
        contact_phone: text(value, "contact_phone"),
        contact_url: text(value, "contact_url"),
        website_url: text(value, "website_url"),
        tos_url: text(value, "tos_url"),
        privacy_url: text(value, "privacy_url"),
        starter_questions: texts(value, "starter_questions"),
        conversation_limit: number(value, "conversation_limit").unwrap_or_default(),
        hours: given(value, "hours").map(|hours| Hours {
            is_open: flag(&hours, "is_open"),
            next_change_at: text(&hours, "next_change_at"),
        }),
        voice: given(value, "voice").map(|voice| Voice {
            transcribe: flag(&voice, "transcribe"),
            speak: flag(&voice, "speak"),
        }),
        offline_message: text(value, "offline_message"),
        pre_chat_fields: list(value, "pre_chat_fields", pre_chat_field),
        consent: given(value, "consent").and_then(|consent| {
            Some(Consent {
                text: text(&consent, "text")?,
                version: number(&consent, "version")?,
            })
        }),
    })
}

/// An event of the live channel. None: a kind that this panel does not know yet.
fn nudge(value: &JsValue) -> Option<Nudge> {
    Some(Nudge {
        id: number(value, "id")?,
        text: text(value, "text")?,
        created_at: text(value, "created_at").unwrap_or_default(),
    })
}

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

pub fn unsent(value: &JsValue) -> Option<Unsent> {
    Some(Unsent {
        draft: text(value, "draft")?,
        messages: list(value, "messages", |message| {
            Some(UnsentMessage {
                message_id: text(message, "message_id")?,
                text: text(message, "text")?,
            })
        }),
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
            unsent: unsent(&field(value, "unsent")),
            inline: flag(value, "inline"),
        },
        "open" => HostMessage::Open,
        "close" => HostMessage::Close,
        "page_view" => HostMessage::PageView {
            page_url: text(value, "page_url")?,
        },
        "identify" => HostMessage::Identify {
            identity_token: text(value, "identity_token")?,
        },
        "new_message" => HostMessage::NewMessage {
            text: text(value, "text")?,
        },
        "send_message" => HostMessage::SendMessage {
            text: text(value, "text")?,
        },
        "escalate" => HostMessage::Escalate,
        "nudge" => HostMessage::Nudge {
            text: text(value, "text")?,
        },
        "set_locale" => HostMessage::SetLocale {
            locale: text(value, "locale")?,
        },
        "set_theme" => HostMessage::SetTheme {
            theme: text(value, "theme")?,
        },
        "shutdown" => HostMessage::Shutdown,
        "preview" => HostMessage::Preview {
            config: Box::new(config(&field(value, "config"))?),
        },
        _ => return None,
    })
}
