//! A site and its settings, under the field names of the developer surface (S0, camel case).

use crate::limits;
use crate::site_texts::{Consent, PreChatField, SiteTexts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Links in answers: own domains open at once, others ask first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkSafety {
    pub enabled: bool,
    pub allowed_domains: Vec<String>,
    /// What the confirmation says; empty means the panel's own words.
    pub label: String,
}

/// How much an answer reveals of where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disclosure {
    /// `full`, `titles`, `none`
    pub sources: String,
    pub allowed_documents: Option<Vec<i64>>,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self {
            sources: "full".into(),
            allowed_documents: None,
        }
    }
}

/// Every field an owner or operator may set. Stored as one JSON document beside the site's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteSettings {
    pub domain: String,
    pub display_name: String,
    /// The operator's own prompt, or empty while the default prompt is in use.
    pub custom_prompt: String,
    pub agent_instructions: String,
    pub primary_color: String,
    pub bg_color: String,
    pub font_color: String,
    pub button_color: String,
    pub glow_color: Option<String>,
    pub greeting_text: String,
    pub position: String,
    pub welcome_message: String,
    /// Said outside business hours.
    pub offline_message: String,
    /// `{"mon": "9-17", …, "timezone": "Europe/Berlin"}` as the owner wrote it, canonical JSON text; empty means always open.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub business_hours: String,
    /// Comma-separated origins; empty means any.
    pub allowed_origins: String,
    pub contact_phone: String,
    pub contact_email: String,
    pub website_url: String,
    pub tos_url: String,
    pub privacy_url: String,
    pub contact_url: String,
    /// `server` where the instance's audio service writes down what visitors say; anything else leaves it to browsers.
    pub stt_provider: String,
    /// A voice of the instance's audio service, which then reads aloud; without such a service, one that browsers may have.
    pub tts_voice: String,
    /// A number from 0.25 to 4, of whoever reads aloud.
    pub tts_speed: String,
    pub corner_style: String,
    pub drop_shadow: String,
    pub glow_size: String,
    pub glow_strength: String,
    /// Pixels between the launcher and the side edge of the page, 0 to 400.
    pub offset_x: i64,
    /// Pixels between the launcher and the upper or lower edge, 0 to 400.
    pub offset_y: i64,
    /// `auto`, `light`, `dark`
    pub theme: String,
    /// `on`, `off`, `delay`
    pub ai_mode: String,
    /// 1 to 600, used while `ai_mode` is `delay`.
    pub ai_reply_delay_sec: i64,
    /// BCP 47 tag of the site's language; empty means the visitor's.
    pub language: String,
    pub starter_questions: Vec<String>,
    /// What visitors are asked before they write, at most 8.
    pub pre_chat_fields: Vec<PreChatField>,
    pub consent: Consent,
    /// The site's texts in other languages, by language tag.
    pub translations: BTreeMap<String, SiteTexts>,
    /// Asks callers' own session keys for at least 16 characters.
    pub strict_session_keys: bool,
    /// Open conversations that one visitor may have at a time; 0 means any number.
    pub conversation_limit: i64,
    pub link_safety: LinkSafety,
    pub disclosure: Disclosure,
}

/// Whether a text is a colour as settings hold it: `#abc` or `#a1b2c3`.
pub fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            domain: String::new(),
            display_name: String::new(),
            custom_prompt: String::new(),
            agent_instructions: String::new(),
            primary_color: "#4338ca".into(),
            bg_color: "#ffffff".into(),
            font_color: "#1c1b29".into(),
            button_color: "#4338ca".into(),
            glow_color: None,
            greeting_text: "Hi! How can we help?".into(),
            position: "bottom-right".into(),
            welcome_message:
                "Ask a question and get an answer right away. A person is one click away.".into(),
            offline_message: String::new(),
            business_hours: String::new(),
            allowed_origins: String::new(),
            contact_phone: String::new(),
            contact_email: String::new(),
            website_url: String::new(),
            tos_url: String::new(),
            privacy_url: String::new(),
            contact_url: String::new(),
            stt_provider: String::new(),
            tts_voice: String::new(),
            tts_speed: String::new(),
            offset_x: limits::OFFSET_DEFAULT,
            offset_y: limits::OFFSET_DEFAULT,
            corner_style: "rounded".into(),
            drop_shadow: "soft".into(),
            glow_size: "none".into(),
            glow_strength: "none".into(),
            theme: "auto".into(),
            ai_mode: "on".into(),
            ai_reply_delay_sec: 30,
            language: String::new(),
            starter_questions: Vec::new(),
            pre_chat_fields: Vec::new(),
            consent: Consent::default(),
            translations: BTreeMap::new(),
            strict_session_keys: false,
            conversation_limit: 0,
            link_safety: LinkSafety::default(),
            disclosure: Disclosure::default(),
        }
    }
}

/// A bot as the tenant surface lists it (S3, snake case).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bot {
    pub id: i64,
    /// `ch_…`
    pub public_id: String,
    pub name: String,
    pub enabled: bool,
    pub agent_instructions: String,
    pub link_safety: LinkSafety,
    pub disclosure: Disclosure,
    /// The tag to paste.
    pub snippet: String,
    pub created_at: String,
}

/// `POST /bots`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateBotRequest {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_instructions: Option<String>,
}
