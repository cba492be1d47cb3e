//! What of the site's config the views ask for; the rest is read by the scripts.

use crate::wire;
use wasm_bindgen::JsValue;

/// Of `shared::widget::WidgetConfig`, under the same names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    pub name: String,
    pub enabled: bool,
    pub greeting: String,
    pub welcome_message: String,
    pub ai_mode: String,
    pub starter_questions: Vec<String>,
    pub conversation_limit: i64,
    pub offline_message: Option<String>,
    pub link_safety: LinkSafety,
    pub allowed_domains: Vec<String>,
    pub contact_email: Option<String>,
    pub contact_phone: Option<String>,
    pub contact_url: Option<String>,
    pub website_url: Option<String>,
    pub tos_url: Option<String>,
    pub privacy_url: Option<String>,
    /// The server writes down what visitors say.
    pub transcribes: bool,
    /// The server mails transcripts.
    pub mails_transcript: bool,
    /// The server reads aloud.
    pub speaks: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkSafety {
    pub enabled: bool,
    pub allowed_domains: Vec<String>,
}

impl Config {
    pub fn read(value: &JsValue) -> Self {
        let text = |name| wire::text(value, name);
        let voice = wire::field(value, "voice");
        let safety = wire::field(value, "link_safety");
        Self {
            name: text("name").unwrap_or_default(),
            enabled: wire::flag(value, "enabled"),
            greeting: text("greeting").unwrap_or_default(),
            welcome_message: text("welcome_message").unwrap_or_default(),
            ai_mode: text("ai_mode").unwrap_or_default(),
            starter_questions: wire::texts(value, "starter_questions"),
            conversation_limit: wire::number(value, "conversation_limit").unwrap_or_default(),
            offline_message: text("offline_message"),
            link_safety: LinkSafety {
                enabled: wire::flag(&safety, "enabled"),
                allowed_domains: wire::texts(&safety, "allowed_domains"),
            },
            allowed_domains: wire::texts(value, "allowed_domains"),
            contact_email: text("contact_email"),
            contact_phone: text("contact_phone"),
            contact_url: text("contact_url"),
            website_url: text("website_url"),
            tos_url: text("tos_url"),
            privacy_url: text("privacy_url"),
            mails_transcript: wire::flag(value, "transcript_mail"),
            transcribes: wire::flag(&voice, "transcribe"),
            speaks: wire::flag(&voice, "speak"),
        }
    }
}
