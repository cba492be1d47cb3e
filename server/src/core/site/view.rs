//! What others see of a site: the widget's configuration, the tag to paste, the prompt in use.

use super::{first_words, launcher};
use crate::clock::{Millis, iso};
use crate::core::hours::BusinessHours;
use crate::store::site::Site;
use serde_json::Value;
use shared::site::SiteSettings;
use shared::widget::{Hours, WidgetConfig};

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

/// What the loader and the panel need before a session exists, for somebody who is spoken to in the language `spoken`.
pub fn widget_config(site: &Site, spoken: Option<&str>, now: Millis) -> WidgetConfig {
    let settings = &site.settings;
    let mut config = WidgetConfig {
        hours: hours(settings, now),
        launcher_label: launcher::label(spoken.unwrap_or_default()),
        ..WidgetConfig::of(&format!("ch_{}", site.slug), site.enabled, settings, spoken)
    };
    first_words::translate(&mut config, spoken.unwrap_or_default());
    config
}

/// The language to speak, as the loader and the panel choose it: the page's, else the site's own, else the browser's.
pub fn spoken<'a>(
    page: Option<&'a str>,
    own: &'a str,
    browser: Option<&'a str>,
) -> Option<&'a str> {
    [page, Some(own), browser]
        .into_iter()
        .flatten()
        .find(|language| !language.is_empty())
}

/// Whether people are there; none where the site names no hours.
fn hours(settings: &SiteSettings, now: Millis) -> Option<Hours> {
    let text = Value::from(settings.business_hours.as_str());
    let hours = BusinessHours::parse(&text).ok()?;
    hours.names_days().then(|| Hours {
        is_open: hours.is_open(now),
        next_change_at: hours.next_change(now).map(iso),
    })
}

/// The origins that may embed the panel, one by one; none at all means any.
pub fn allowed_origins(settings: &SiteSettings) -> impl Iterator<Item = &str> {
    settings
        .allowed_origins
        .split(',')
        .map(str::trim)
        .filter(|origin| !origin.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{allowed_origins, default_prompt, prompt, spoken};
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
    fn the_page_says_which_language_is_spoken_then_the_site_then_the_browser() {
        assert_eq!(spoken(Some("it"), "de", Some("fr")), Some("it"));
        assert_eq!(spoken(Some(""), "de", Some("fr")), Some("de"));
        assert_eq!(spoken(None, "", Some("fr")), Some("fr"));
        assert_eq!(spoken(None, "", None), None);
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
