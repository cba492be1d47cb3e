//! What others see of a site: the widget's configuration, the tag to paste, the prompt in use.

use crate::store::site::Site;
use shared::site::SiteSettings;
use shared::widget::{WidgetConfig, WidgetStyle};

/// The tag an owner pastes into a page.
pub fn snippet(public_url: &str, site: &Site) -> String {
    format!(
        r#"<script src="{public_url}/widget.js" data-site="site_{}" async></script>"#,
        site.slug
    )
}

/// The prompt the assistant works with: the operator's own, or the default one.
pub fn prompt(settings: &SiteSettings) -> String {
    if settings.custom_prompt.is_empty() {
        return default_prompt(settings);
    }
    settings.custom_prompt.clone()
}

/// The prompt of a site whose operator has written none.
pub fn default_prompt(settings: &SiteSettings) -> String {
    let name = match settings.display_name.trim() {
        "" => "this website",
        name => name,
    };
    format!(
        "You are the support assistant of {name}. Answer visitors' questions in a friendly and concise way, \
         in the language they write in. Rely only on what you were given about {name}. If that does not hold \
         the answer, say so plainly and offer to bring in a person. Never make up prices, dates, addresses or policies."
    )
}

/// What the loader and the panel need before a session exists.
pub fn widget_config(site: &Site) -> WidgetConfig {
    let settings = &site.settings;
    WidgetConfig {
        bot_id: format!("ch_{}", site.slug),
        name: settings.display_name.clone(),
        enabled: site.enabled,
        greeting: settings.greeting_text.clone(),
        welcome_message: settings.welcome_message.clone(),
        style: style(settings),
        link_safety: settings.link_safety.clone(),
        allowed_domains: allowed_origins(settings).map(str::to_owned).collect(),
        language: given(&settings.language),
        ai_mode: settings.ai_mode.clone(),
        contact_email: given(&settings.contact_email),
        contact_phone: given(&settings.contact_phone),
        contact_url: given(&settings.contact_url),
        website_url: given(&settings.website_url),
        tos_url: given(&settings.tos_url),
        privacy_url: given(&settings.privacy_url),
        starter_questions: settings.starter_questions.clone(),
    }
}

/// The origins that may embed the panel, one by one; none at all means any.
pub fn allowed_origins(settings: &SiteSettings) -> impl Iterator<Item = &str> {
    settings
        .allowed_origins
        .split(',')
        .map(str::trim)
        .filter(|origin| !origin.is_empty())
}

fn style(settings: &SiteSettings) -> WidgetStyle {
    WidgetStyle {
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
        theme: settings.theme.clone(),
    }
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{allowed_origins, default_prompt, prompt};
    use shared::site::SiteSettings;

    #[test]
    fn the_operators_own_prompt_stands_alone() {
        let mut settings = SiteSettings {
            display_name: "Acme".into(),
            ..SiteSettings::default()
        };
        assert_eq!(prompt(&settings), default_prompt(&settings));
        assert!(default_prompt(&settings).contains("Acme"));
        settings.custom_prompt = "Speak like a pirate.".into();
        assert_eq!(prompt(&settings), "Speak like a pirate.");
    }

    #[test]
    fn origins_are_read_one_by_one() {
        let settings = SiteSettings {
            allowed_origins: "https://a.example, https://*.b.example,".into(),
            ..SiteSettings::default()
        };
        let origins: Vec<_> = allowed_origins(&settings).collect();
        assert_eq!(origins, ["https://a.example", "https://*.b.example"]);
    }
}
