//! What a site asks and says before a conversation: its own fields, the consent text, and its texts in other languages.

use crate::named::named;
use crate::site::SiteSettings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a field of the form before the conversation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FieldKind {
    #[default]
    Text,
    Email,
    Phone,
    /// One of `options`.
    Select,
}

named!(FieldKind { Text = "text", Email = "email", Phone = "phone", Select = "select" });

/// A field that visitors fill in before they write. `POST /widget/contact` takes it under its name; `name`, `email`
/// and `phone` are the contact's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreChatField {
    pub name: String,
    pub label: String,
    #[serde(rename = "type", default)]
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// What visitors agree to before their first message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consent {
    /// Empty where the site asks for none.
    pub text: String,
    /// Counts up by itself whenever the text changes, in any language.
    pub version: i64,
}

/// A site's texts in one language. What is empty is said as the site says it otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteTexts {
    pub greeting_text: String,
    pub welcome_message: String,
    pub offline_message: String,
    pub starter_questions: Vec<String>,
    pub consent_text: String,
    /// Labels of the fields before the conversation, by the fields' names.
    pub pre_chat_labels: BTreeMap<String, String>,
}

impl SiteTexts {
    /// The texts for somebody who reads a language, such as `de-AT`: in the nearest one there is, each text by itself
    /// falling back to the site's own.
    pub fn of(settings: &SiteSettings, locale: Option<&str>) -> Self {
        let translated = locale
            .and_then(|locale| nearest(&settings.translations, locale))
            .cloned()
            .unwrap_or_default();
        let or = |text: String, own: &str| match text.trim() {
            "" => own.to_owned(),
            _ => text,
        };
        Self {
            greeting_text: or(translated.greeting_text, &settings.greeting_text),
            welcome_message: or(translated.welcome_message, &settings.welcome_message),
            offline_message: or(translated.offline_message, &settings.offline_message),
            starter_questions: match translated.starter_questions.is_empty() {
                true => settings.starter_questions.clone(),
                false => translated.starter_questions,
            },
            consent_text: match settings.consent.text.trim() {
                // A translation alone asks nobody.
                "" => String::new(),
                own => or(translated.consent_text, own),
            },
            pre_chat_labels: translated.pre_chat_labels,
        }
    }
}

/// The texts in a language: exactly that one, else the same language of another place.
fn nearest<'a>(
    translations: &'a BTreeMap<String, SiteTexts>,
    locale: &str,
) -> Option<&'a SiteTexts> {
    let same = |tag: &str, other: &str| tag.eq_ignore_ascii_case(other);
    let language = |tag: &'a str| tag.split('-').next().unwrap_or_default();
    let exact = translations.iter().find(|(tag, _)| same(tag, locale));
    let plain = || {
        let wanted = locale.split('-').next().unwrap_or_default();
        let mut near = translations
            .iter()
            .filter(|(tag, _)| same(language(tag), wanted));
        // In the order of their tags: `pt` comes before `pt-BR`.
        near.next()
    };
    exact.or_else(plain).map(|(_, texts)| texts)
}

#[cfg(test)]
mod tests {
    use super::SiteTexts;
    use crate::site::SiteSettings;

    fn settings() -> SiteSettings {
        let texts = |greeting: &str| SiteTexts {
            greeting_text: greeting.into(),
            ..SiteTexts::default()
        };
        SiteSettings {
            greeting_text: "Hello".into(),
            welcome_message: "Ask us".into(),
            translations: [
                ("de".to_owned(), texts("Hallo")),
                ("de-CH".to_owned(), texts("Grüezi")),
                ("pt-BR".to_owned(), texts("Olá")),
                ("fr".to_owned(), texts("  ")),
            ]
            .into(),
            ..SiteSettings::default()
        }
    }

    #[test]
    fn the_nearest_language_is_spoken() {
        let settings = settings();
        for (locale, greeting) in [
            (None, "Hello"),
            (Some("en"), "Hello"),
            (Some("de"), "Hallo"),
            (Some("de-AT"), "Hallo"),
            (Some("de-ch"), "Grüezi"),
            (Some("DE-CH"), "Grüezi"),
            (Some("pt-PT"), "Olá"),
            (Some("pt"), "Olá"),
            (Some("fr"), "Hello"),
            (Some("d"), "Hello"),
            (Some(""), "Hello"),
        ] {
            let texts = SiteTexts::of(&settings, locale);
            assert_eq!(texts.greeting_text, greeting, "{locale:?}");
            assert_eq!(
                texts.welcome_message, "Ask us",
                "each text falls back by itself"
            );
        }
    }

    #[test]
    fn who_asks_for_no_consent_asks_for_it_in_no_language() {
        let mut settings = settings();
        let german = settings.translations.get_mut("de").unwrap();
        german.consent_text = "Einverstanden".into();
        assert_eq!(SiteTexts::of(&settings, Some("de")).consent_text, "");
        settings.consent.text = "I agree".into();
        assert_eq!(
            SiteTexts::of(&settings, Some("de")).consent_text,
            "Einverstanden"
        );
        assert_eq!(SiteTexts::of(&settings, Some("it")).consent_text, "I agree");
    }
}
