//! The fields of a site that can be set, as the API's description shows them. `core::site::Change` judges them.

use crate::http::input::BODY_BYTES;
use axum::extract::DefaultBodyLimit;
use serde::Deserialize;
use serde_json::Value;
use shared::limits;
use shared::site::{Disclosure, LinkSafety};
use shared::site_texts::{Consent, PreChatField, SiteTexts};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most that a site's texts may hold in all languages, each character escaped, and everything else: more is not what any site may have.
pub(super) fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(12 * limits::TRANSLATED_CHARS + BODY_BYTES)
}

/// Both bodies hold the same fields; one also says which site is meant.
macro_rules! site_fields {
    ($(#[$comment:meta])* $name:ident { $($more:tt)* }) => {
        $(#[$comment])*
        #[derive(Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[expect(dead_code, reason = "describes a body that is read field by field")]
        pub(super) struct $name {
            $($more)*
            #[schema(required = false)]
            domain: String,
            /// The public title.
            #[schema(required = false, min_length = 1, max_length = 200)]
            display_name: String,
            /// Another name of `displayName`.
            #[schema(required = false, min_length = 1, max_length = 200)]
            title: String,
            /// The assistant's prompt. It becomes `customPrompt`.
            #[schema(required = false, max_length = 20000)]
            starter_prompt: String,
            /// Another name of `starterPrompt`.
            #[schema(required = false, max_length = 20000)]
            custom_prompt: String,
            /// True puts the default prompt back.
            #[schema(required = false)]
            reset_starter_prompt: bool,
            #[schema(required = false, max_length = 20000)]
            agent_instructions: String,
            /// The launcher's colour.
            #[schema(required = false, pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            primary_color: String,
            /// Another name of `primaryColor`.
            #[schema(required = false, pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            brand_color: String,
            #[schema(required = false, pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            bg_color: String,
            #[schema(required = false, pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            font_color: String,
            #[schema(required = false, pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            button_color: String,
            /// Null takes the glow away.
            #[schema(pattern = "^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))?$")]
            glow_color: Option<String>,
            #[schema(required = false, max_length = 1000)]
            greeting_text: String,
            #[schema(required = false)]
            position: Position,
            #[schema(required = false, max_length = 1000)]
            welcome_message: String,
            /// Days `mon` to `sun` with `"9-17"`, a list of such spans, or `"closed"`, and `timezone`; also as a text of JSON.
            #[schema(required = false, value_type = Value)]
            business_hours: Value,
            /// Comma-separated; empty means any.
            #[schema(required = false)]
            allowed_origins: String,
            #[schema(required = false)]
            contact_phone: String,
            #[schema(required = false)]
            contact_email: String,
            #[schema(required = false)]
            website_url: String,
            #[schema(required = false)]
            tos_url: String,
            #[schema(required = false)]
            privacy_url: String,
            #[schema(required = false)]
            contact_url: String,
            #[schema(required = false, max_length = 100)]
            stt_provider: String,
            #[schema(required = false, max_length = 100)]
            tts_voice: String,
            /// A number from 0.25 to 4.
            #[schema(required = false)]
            tts_speed: String,
            #[schema(required = false)]
            corner_style: CornerStyle,
            #[schema(required = false)]
            drop_shadow: Strength,
            #[schema(required = false)]
            glow_size: GlowSize,
            #[schema(required = false)]
            glow_strength: Strength,
            /// Pixels between the launcher and the side edge of the page.
            #[schema(required = false, minimum = 0, maximum = 400)]
            offset_x: i64,
            /// Pixels between the launcher and the upper or lower edge of the page.
            #[schema(required = false, minimum = 0, maximum = 400)]
            offset_y: i64,
            #[schema(required = false)]
            theme: Theme,
            #[schema(required = false)]
            ai_mode: AiMode,
            /// Seconds, used while `aiMode` is `delay`.
            #[schema(required = false, minimum = 1, maximum = 600)]
            ai_reply_delay_sec: i64,
            /// Whether the widget is live.
            #[schema(required = false)]
            enabled: bool,
            /// A language tag such as `pt-BR`; empty means the visitor's.
            #[schema(required = false)]
            language: String,
            /// At most 6; blank ones do not count.
            #[schema(required = false)]
            starter_questions: Vec<String>,
            /// Said outside business hours.
            #[schema(required = false)]
            offline_message: String,
            /// At most 8. `name`, `email` and `phone` are the contact's own.
            #[schema(required = false)]
            pre_chat_fields: Vec<PreChatField>,
            /// `text`; its `version` counts up by itself whenever the text changes.
            #[schema(required = false)]
            consent: Consent,
            /// The site's texts in other languages, by language tag; at most 100,000 characters in all.
            #[schema(required = false)]
            translations: BTreeMap<String, SiteTexts>,
            /// Open conversations that one visitor may have at a time; 0 means any number.
            #[schema(required = false, minimum = 0, maximum = 20)]
            conversation_limit: i64,
            #[schema(required = false)]
            strict_session_keys: bool,
            #[schema(required = false)]
            link_safety: LinkSafety,
            #[schema(required = false)]
            disclosure: Disclosure,
        }
    };
}

site_fields! {
    /// What can be set. What is left out stays as it is.
    SiteFields {}
}

site_fields! {
    /// `siteId`, and the fields to change.
    SelectedSiteFields {
        /// The site's number.
        #[schema(required = true)]
        site_id: i64,
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Position {
    BottomRight,
    BottomLeft,
    TopRight,
    TopLeft,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum CornerStyle {
    Rounded,
    Square,
    Pill,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Strength {
    None,
    Soft,
    Strong,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum GlowSize {
    None,
    Small,
    Medium,
    Large,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Theme {
    Auto,
    Light,
    Dark,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum AiMode {
    On,
    Off,
    Delay,
}
