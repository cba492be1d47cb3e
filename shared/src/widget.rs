//! The visitor's native surface (`/widget/*`, document S3 and the native endpoints beside it).

use crate::conversation::{Mode, Rating};
use crate::field_value::FieldValue;
use crate::message::{Message, Role, Source, Thumb};
use crate::named::named;
use crate::site::{LinkSafety, SiteSettings};
use crate::site_texts::{AskedField, Consent, SiteTexts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /widget/session/init`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInitRequest {
    pub bot_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The page the panel stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// Of an earlier session of the same browser, as that session's reply gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor_id: Option<String>,
    /// Of an earlier session of the same browser: it proves whose the new one is, so that `GET /widget/conversations`
    /// lists both. Without it a `visitor_id` opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IdentityMode {
    Identified,
    Anonymous,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInitReply {
    pub session_id: String,
    pub mode: IdentityMode,
    pub visitor_id: String,
    /// Why the identity token was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_error: Option<String>,
    /// The visitor has as many open conversations as the site allows; this is the latest of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continued: bool,
}

/// One of a visitor's conversations, as `GET /widget/conversations` lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnConversation {
    pub session_id: String,
    /// Start of the last message, one line.
    pub preview: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_role: Option<Role>,
    pub last_message_at: String,
    /// Messages of others that the visitor has not read.
    pub unread: i64,
    pub mode: Mode,
    pub chat_ended: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_number: Option<String>,
}

/// `POST /widget/chat`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatRequest {
    pub message: String,
    /// The client's own id of this message: a resend with the same one answers with the first result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Ids of files that `/widget/upload` gave, to go with this message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<i64>,
    /// The version of the site's consent text that the visitor has agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_version: Option<i64>,
}

/// Events of the stream that `POST /widget/chat` answers with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ChatEvent {
    Chunk {
        text: String,
    },
    Done {
        /// The whole reply: the chunks joined, byte for byte. Empty while an operator has the conversation.
        text: String,
        session_id: String,
        chat_ended: bool,
        mode: Mode,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket_number: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sources: Vec<Source>,
        /// The stored reply.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_id: Option<i64>,
        /// The model failed and the built-in answerer answered instead.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fallback: bool,
    },
    Error {
        code: String,
        message: String,
    },
}

/// `GET /widget/history`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryReply {
    pub session_id: String,
    /// Oldest first.
    pub messages: Vec<Message>,
    pub chat_ended: bool,
    pub mode: Mode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_number: Option<String>,
    /// Name of the operator who has the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    pub has_more: bool,
    pub blocked: bool,
    /// When the block ends, in UTC; left out where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_until: Option<String>,
    /// Position of the last message that the visitor has read, on whatever page or tab.
    #[serde(default)]
    pub read_seq: i64,
    /// Position up to which operators have read; 0 where none has.
    #[serde(default)]
    pub seen_seq: i64,
    /// Pass it as `after` to `GET /widget/events`: what follows is news.
    pub cursor: i64,
}

/// Why a person was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EscalationTrigger {
    #[default]
    UserRequest,
    AiHandoff,
    LowConfidence,
    Policy,
}

named!(EscalationTrigger { UserRequest = "user_request", AiHandoff = "ai_handoff", LowConfidence = "low_confidence", Policy = "policy" });

/// `POST /widget/escalate`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EscalateRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_note: Option<String>,
    #[serde(default)]
    pub trigger: EscalationTrigger,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EscalateReply {
    /// `ESC-42`
    pub ticket_number: String,
    pub session_id: String,
    pub mode: Mode,
}

/// `POST /widget/rate`: the conversation as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateRequest {
    /// 1 to 5.
    pub score: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// `POST /widget/feedback`: one answer. `value` null takes the verdict back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedbackRequest {
    pub message_id: i64,
    // Left out by mistake, it must not take a verdict back.
    #[serde(deserialize_with = "Option::deserialize")]
    pub value: Option<Thumb>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /widget/contact`: at least one field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the site's own form asked before the conversation, each under its own name beside the three above:
    /// at most 20, names of 1 to 40 letters, digits, `_`, `-` and `.`, values of at most 500 characters.
    /// Null leaves a field as it is.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, crate::field_value::OptionalFieldValue>))]
    pub fields: BTreeMap<String, Option<FieldValue>>,
}

/// `PATCH /widget/messages/{id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditRequest {
    pub message: String,
}

/// `POST /widget/speak`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpeakRequest {
    pub message_id: i64,
}

/// What `POST /widget/transcribe` has heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TranscribeReply {
    pub text: String,
}

/// What the server does of speech; the rest is the browser's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Voice {
    /// `POST /widget/transcribe` works.
    pub transcribe: bool,
    /// `POST /widget/speak` works.
    pub speak: bool,
    /// The browser's voice to read aloud in, where it has one of this name; left out where the server reads aloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How fast the browser reads aloud, a number from 0.25 to 4; left out where the server does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<String>,
}

/// `POST /widget/read`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadRequest {
    pub seq: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OkReply {
    pub ok: bool,
}

impl OkReply {
    pub const OK: Self = Self { ok: true };
}

/// Colours and shape of launcher and panel. Colours are `#rgb` or `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WidgetStyle {
    pub primary_color: String,
    pub bg_color: String,
    pub font_color: String,
    pub button_color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glow_color: Option<String>,
    /// `bottom-right`, `bottom-left`, `top-right`, `top-left`
    pub position: String,
    /// `rounded`, `square`, `pill`
    pub corner_style: String,
    /// `none`, `soft`, `strong`
    pub drop_shadow: String,
    /// `none`, `small`, `medium`, `large`
    pub glow_size: String,
    /// `none`, `soft`, `strong`
    pub glow_strength: String,
    /// Pixels between the launcher and the edges of the page.
    pub offset_x: i64,
    pub offset_y: i64,
    /// `auto`, `light`, `dark`
    pub theme: String,
}

/// Whether people are there, at the time of the reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hours {
    pub is_open: bool,
    /// When that changes, in UTC; left out where it does not within a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_change_at: Option<String>,
}

/// `GET /widget/config`: at most 1 KB brotli, everything the loader and the panel need before a session exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WidgetConfig {
    /// `ch_…`
    pub bot_id: String,
    pub name: String,
    pub enabled: bool,
    /// Short line beside the launcher and at the head of the panel.
    pub greeting: String,
    /// What the launcher is called, in the site's language or that of `locale`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub launcher_label: String,
    /// First message of the assistant, shown before anything is stored.
    pub welcome_message: String,
    pub style: WidgetStyle,
    pub link_safety: LinkSafety,
    /// Origins that may embed the panel; empty means any.
    pub allowed_domains: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether the assistant answers at all (`aiMode`): `on`, `off`, `delay`.
    pub ai_mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_url: Option<String>,
    /// Questions offered before the first message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starter_questions: Vec<String>,
    /// Open conversations a visitor may have at a time; left out where any number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub conversation_limit: i64,
    /// Left out where the site names no business hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Left out where the server does nothing of it and the site says nothing of how browsers speak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// `POST /widget/transcript` works: the server sends mail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transcript_mail: bool,
    /// What the site says outside its hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_message: Option<String>,
    /// What to ask before the first message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pre_chat_fields: Vec<AskedField>,
    /// What to agree to before the first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
}

#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")
)]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl WidgetConfig {
    /// What of a site's settings its loader and panel see. The dashboard's preview takes the same way.
    /// The texts are those for somebody who reads the language of `locale`. Hours, voice, mail and the launcher's name are the server's to say.
    pub fn of(bot_id: &str, enabled: bool, settings: &SiteSettings, locale: Option<&str>) -> Self {
        let texts = SiteTexts::of(settings, locale);
        let fields = settings.pre_chat_fields.iter();
        let pre_chat_fields = fields.map(|field| AskedField::of(field, &texts)).collect();
        let consent = Some(texts.consent_text)
            .filter(|text| !text.is_empty())
            .map(|text| Consent {
                text,
                version: settings.consent.version,
            });
        let given = |text: &str| {
            Some(text.trim())
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        Self {
            bot_id: bot_id.to_owned(),
            name: settings.display_name.clone(),
            enabled,
            greeting: texts.greeting_text,
            launcher_label: String::new(),
            welcome_message: texts.welcome_message,
            style: WidgetStyle {
                primary_color: settings.primary_color.clone(),
                bg_color: settings.bg_color.clone(),
                font_color: settings.font_color.clone(),
                button_color: settings.button_color.clone(),
                glow_color: settings.glow_color.clone(),
                position: settings.position.clone(),
                corner_style: settings.corner_style.clone(),
                drop_shadow: settings.drop_shadow.clone(),
                glow_size: settings.glow_size.clone(),
                glow_strength: settings.glow_strength.clone(),
                offset_x: settings.offset_x,
                offset_y: settings.offset_y,
                theme: settings.theme.clone(),
            },
            link_safety: LinkSafety {
                label: texts.link_safety_label,
                ..settings.link_safety.clone()
            },
            allowed_domains: settings
                .allowed_origins
                .split(',')
                .filter_map(given)
                .collect(),
            language: given(&settings.language),
            ai_mode: settings.ai_mode.clone(),
            contact_email: given(&settings.contact_email),
            contact_phone: given(&settings.contact_phone),
            contact_url: given(&settings.contact_url),
            website_url: given(&settings.website_url),
            tos_url: given(&settings.tos_url),
            privacy_url: given(&settings.privacy_url),
            starter_questions: texts
                .starter_questions
                .iter()
                .filter_map(|question| given(question))
                .collect(),
            conversation_limit: settings.conversation_limit,
            hours: None,
            voice: None,
            transcript_mail: false,
            offline_message: given(&texts.offline_message),
            pre_chat_fields,
            consent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::WidgetConfig;
    use crate::site::SiteSettings;

    #[test]
    fn a_config_has_what_is_given_and_nothing_that_is_private() {
        let settings = SiteSettings {
            display_name: "Acme".into(),
            custom_prompt: "secret words".into(),
            allowed_origins: "https://acme.example, ,https://*.acme.example".into(),
            contact_email: "help@acme.example".into(),
            privacy_url: "  ".into(),
            starter_questions: vec!["Where is my parcel?".into(), String::new()],
            ..SiteSettings::default()
        };
        let config = WidgetConfig::of("ch_1", true, &settings, None);
        assert_eq!(
            config.allowed_domains,
            ["https://acme.example", "https://*.acme.example"]
        );
        assert_eq!(config.contact_email.as_deref(), Some("help@acme.example"));
        assert_eq!(config.privacy_url, None);
        assert_eq!(config.starter_questions, ["Where is my parcel?"]);
        let json = serde_json::to_string(&config).unwrap();
        assert!(!json.contains("secret words"));
        assert!(!json.contains("privacy_url"));
    }
}
