//! What a panel says first where the owner has not put it in words of their own: the settings' defaults, which are English, in
//! the visitor's language.

use shared::site::SiteSettings;
use shared::widget::WidgetConfig;
use std::collections::HashMap;
use std::sync::OnceLock;

/// By language: the greeting and the welcome.
const WORDS: &str = include_str!("first_words.json");

/// Puts the defaults that a config holds in the language of `locale`, where that is spoken.
pub(super) fn translate(config: &mut WidgetConfig, locale: &str) {
    static LANGUAGES: OnceLock<HashMap<String, [String; 2]>> = OnceLock::new();
    // That the file can be read is shown by a test.
    let languages = LANGUAGES.get_or_init(|| serde_json::from_str(WORDS).unwrap_or_default());
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    let Some([greeting, welcome]) = languages.get(&language.to_ascii_lowercase()) else {
        return;
    };
    let ours = SiteSettings::default();
    if config.greeting == ours.greeting_text {
        config.greeting.clone_from(greeting);
    }
    if config.welcome_message == ours.welcome_message {
        config.welcome_message.clone_from(welcome);
    }
}

#[cfg(test)]
mod tests {
    use super::{WORDS, translate};
    use shared::site::SiteSettings;
    use shared::widget::WidgetConfig;
    use std::collections::BTreeMap;

    fn config(change: impl FnOnce(&mut SiteSettings), locale: &str) -> (String, String) {
        let mut settings = SiteSettings::default();
        change(&mut settings);
        let mut config = WidgetConfig::of("ch_a", true, &settings, Some(locale));
        translate(&mut config, locale);
        (config.greeting, config.welcome_message)
    }

    #[test]
    fn every_language_of_the_panel_has_first_words() {
        let languages: BTreeMap<String, [String; 2]> = serde_json::from_str(WORDS).unwrap();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../widget/locales");
        let mut panel: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|file| file.unwrap().file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .filter(|language| language != "en")
            .collect();
        panel.sort();
        assert_eq!(languages.into_keys().collect::<Vec<_>>(), panel);
    }

    #[test]
    fn what_the_owner_has_not_worded_is_in_the_visitors_language() {
        let ours = SiteSettings::default();
        let (greeting, welcome) = config(|_| {}, "de-AT");
        assert_eq!(greeting, "Hallo! Wie können wir helfen?");
        assert_ne!(welcome, ours.welcome_message);
        for locale in ["en", "sw", ""] {
            let english = (ours.greeting_text.clone(), ours.welcome_message.clone());
            assert_eq!(config(|_| {}, locale), english, "{locale}");
        }
        let own = |settings: &mut SiteSettings| {
            settings.greeting_text = "Ahoy!".into();
            settings.welcome_message.clear();
        };
        assert_eq!(config(own, "de"), ("Ahoy!".into(), String::new()));
    }
}
