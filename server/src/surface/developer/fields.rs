//! The fields of a site that can be set, as the API's description shows them. `core::site::Change` judges them.

use serde::Deserialize;
use serde_json::Value;
use shared::site::{Disclosure, LinkSafety};
use utoipa::ToSchema;

/// Both bodies hold the same fields; one also says which site is meant.
macro_rules! site_fields {
    ($(#[$comment:meta])* $name:ident { $($more:tt)* }) => {
        $(#[$comment])*
        #[derive(Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[expect(dead_code, reason = "describes a body that is read field by field")]
        pub(super) struct $name {
            $($more)*
            domain: Option<String>,
            /// The public title.
            #[schema(min_length = 1, max_length = 200)]
            display_name: Option<String>,
            /// Another name of `displayName`.
            #[schema(min_length = 1, max_length = 200)]
            title: Option<String>,
            /// The assistant's prompt. It becomes `customPrompt`.
            #[schema(max_length = 20000)]
            starter_prompt: Option<String>,
            /// Another name of `starterPrompt`.
            #[schema(max_length = 20000)]
            custom_prompt: Option<String>,
            /// True puts the default prompt back.
            reset_starter_prompt: Option<bool>,
            #[schema(max_length = 20000)]
            agent_instructions: Option<String>,
            /// The launcher's colour.
            #[schema(pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            primary_color: Option<String>,
            /// Another name of `primaryColor`.
            #[schema(pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            brand_color: Option<String>,
            #[schema(pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            bg_color: Option<String>,
            #[schema(pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            font_color: Option<String>,
            #[schema(pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
            button_color: Option<String>,
            /// Null takes the glow away.
            #[schema(pattern = "^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))?$")]
            glow_color: Option<String>,
            #[schema(max_length = 1000)]
            greeting_text: Option<String>,
            position: Option<Position>,
            #[schema(max_length = 1000)]
            welcome_message: Option<String>,
            /// Days `mon` to `sun` with `"9-17"`, a list of such spans, or `"closed"`, and `timezone`; also as a text of JSON.
            #[schema(value_type = Option<Object>)]
            business_hours: Option<Value>,
            /// Comma-separated; empty means any.
            allowed_origins: Option<String>,
            contact_phone: Option<String>,
            contact_email: Option<String>,
            website_url: Option<String>,
            tos_url: Option<String>,
            privacy_url: Option<String>,
            contact_url: Option<String>,
            #[schema(max_length = 100)]
            stt_provider: Option<String>,
            #[schema(max_length = 100)]
            tts_voice: Option<String>,
            /// A number from 0.25 to 4.
            tts_speed: Option<String>,
            corner_style: Option<CornerStyle>,
            drop_shadow: Option<Strength>,
            glow_size: Option<GlowSize>,
            glow_strength: Option<Strength>,
            theme: Option<Theme>,
            ai_mode: Option<AiMode>,
            /// Seconds, used while `aiMode` is `delay`.
            #[schema(minimum = 1, maximum = 600)]
            ai_reply_delay_sec: Option<i64>,
            /// Whether the widget is live.
            enabled: Option<bool>,
            /// A language tag such as `pt-BR`; empty means the visitor's.
            language: Option<String>,
            #[schema(max_items = 6)]
            starter_questions: Option<Vec<String>>,
            strict_session_keys: Option<bool>,
            link_safety: Option<LinkSafety>,
            disclosure: Option<Disclosure>,
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
