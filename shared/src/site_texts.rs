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

/// A field that visitors fill in before they write, in the words of their language. `POST /widget/contact` takes it under
/// its name; `name`, `email` and `phone` are the contact's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedField {
    pub name: String,
    pub label: String,
    #[serde(rename = "type")]
    pub kind: FieldKind,
    pub required: bool,
    /// One of these is sent, as it stands here in every language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// What visitors read for each of `options`, in the same order; left out where they read the options themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub option_labels: Vec<String>,
}

impl AskedField {
    pub(crate) fn of(field: &PreChatField, texts: &SiteTexts) -> Self {
        let label = texts.pre_chat_labels.get(&field.name);
        Self {
            name: field.name.clone(),
            label: label.unwrap_or(&field.label).clone(),
            kind: field.kind,
            required: field.required,
            options: field.options.clone(),
            option_labels: texts.option_labels(field),
        }
    }
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
    /// What visitors read for the options of those fields, by the fields' names and the site's own options. What a
    /// visitor chooses is sent as the site's own option.
    pub pre_chat_options: BTreeMap<String, BTreeMap<String, String>>,
    /// Words of the site's nudge rules, by the rules' ids.
    pub nudge_texts: BTreeMap<String, String>,
    /// What is asked before a link leads elsewhere: the `label` of link safety.
    pub link_safety_label: String,
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
            pre_chat_options: translated.pre_chat_options,
            nudge_texts: translated.nudge_texts,
            link_safety_label: or(translated.link_safety_label, &settings.link_safety.label),
        }
    }

    /// A nudge rule's words in this language, if it has any.
    pub fn nudge_text(&self, rule: i64) -> Option<&str> {
        let text = self.nudge_texts.get(&rule.to_string())?;
        Some(text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// What a visitor reads for each option of a field, in their order; nothing where that is the options themselves.
    pub fn option_labels(&self, field: &PreChatField) -> Vec<String> {
        let Some(labels) = self.pre_chat_options.get(&field.name) else {
            return Vec::new();
        };
        let label = |option: &String| labels.get(option).filter(|label| !label.trim().is_empty());
        if !field.options.iter().any(|option| label(option).is_some()) {
            return Vec::new();
        }
        let read = |option| label(option).unwrap_or(option).clone();
        field.options.iter().map(read).collect()
    }
}

/// Drops the translations of fields, and of fields' options, that the site had `before` and has no longer.
pub fn forget_removed(before: &[PreChatField], settings: &mut SiteSettings) {
    let fields = &settings.pre_chat_fields;
    for texts in settings.translations.values_mut() {
        for old in before {
            let Some(now) = fields.iter().find(|field| field.name == old.name) else {
                texts.pre_chat_labels.remove(&old.name);
                texts.pre_chat_options.remove(&old.name);
                continue;
            };
            if let Some(labels) = texts.pre_chat_options.get_mut(&old.name) {
                labels.retain(|option, _| {
                    now.options.contains(option) || !old.options.contains(option)
                });
            }
        }
        texts
            .pre_chat_options
            .retain(|_, labels| !labels.is_empty());
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
    use super::{FieldKind, PreChatField, SiteTexts, forget_removed};
    use crate::site::SiteSettings;
    use std::collections::BTreeMap;

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

    fn words(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(key, word): &(&str, &str)| ((*key).to_owned(), (*word).to_owned());
        pairs.iter().map(owned).collect()
    }

    fn choice(name: &str, options: &[&str]) -> PreChatField {
        PreChatField {
            name: name.into(),
            label: name.into(),
            kind: FieldKind::Select,
            required: false,
            options: options.iter().map(|&option| option.into()).collect(),
        }
    }

    /// What visitors who read `de` see, of a site whose German texts are these.
    fn german(texts: SiteTexts) -> SiteTexts {
        let settings = SiteSettings {
            translations: [("de".to_owned(), texts)].into(),
            ..settings()
        };
        SiteTexts::of(&settings, Some("de"))
    }

    #[test]
    fn the_question_before_a_link_falls_back_to_the_sites_own() {
        let mut settings = settings();
        let german = settings.translations.get_mut("de").unwrap();
        german.link_safety_label = "Seite verlassen?".into();
        let label = |settings: &SiteSettings, locale| {
            SiteTexts::of(settings, Some(locale)).link_safety_label
        };
        assert_eq!(label(&settings, "de-AT"), "Seite verlassen?");
        assert_eq!(label(&settings, "fr"), "", "the panel's own words");
        settings.link_safety.label = "Leave?".into();
        assert_eq!(label(&settings, "de"), "Seite verlassen?");
        assert_eq!(label(&settings, "de-CH"), "Leave?");
        assert_eq!(label(&settings, "it"), "Leave?");
    }

    #[test]
    fn a_nudge_has_words_of_its_own_in_a_language_or_none() {
        let texts = german(SiteTexts {
            nudge_texts: words(&[("1", "Hilfe?"), ("2", "  ")]),
            ..SiteTexts::default()
        });
        assert_eq!(texts.nudge_text(1), Some("Hilfe?"));
        assert_eq!(texts.nudge_text(2), None);
        assert_eq!(texts.nudge_text(11), None);
    }

    #[test]
    fn options_keep_their_order_and_each_falls_back_by_itself() {
        let texts = german(SiteTexts {
            pre_chat_options: [(
                "topic".to_owned(),
                words(&[("Repairs", "Reparatur"), ("Sales", " "), ("Gone", "Weg")]),
            )]
            .into(),
            ..SiteTexts::default()
        });
        let topic = choice("topic", &["Sales", "Repairs", "Other"]);
        assert_eq!(texts.option_labels(&topic), ["Sales", "Reparatur", "Other"]);
        let none: [&str; 0] = [];
        assert_eq!(texts.option_labels(&choice("topic", &["Sales"])), none);
        assert_eq!(texts.option_labels(&choice("other", &["Repairs"])), none);
    }

    #[test]
    fn what_is_removed_takes_its_translations_along() {
        let before = [
            choice("topic", &["Sales", "Repairs"]),
            choice("place", &["Here"]),
        ];
        let texts = SiteTexts {
            pre_chat_labels: words(&[("topic", "Thema"), ("place", "Ort"), ("later", "Später")]),
            pre_chat_options: [
                (
                    "topic".to_owned(),
                    words(&[
                        ("Sales", "Verkauf"),
                        ("Repairs", "Reparatur"),
                        ("New", "Neu"),
                    ]),
                ),
                ("place".to_owned(), words(&[("Here", "Hier")])),
            ]
            .into(),
            ..SiteTexts::default()
        };
        let mut settings = SiteSettings {
            pre_chat_fields: vec![choice("topic", &["Repairs", "New"])],
            translations: [("de".to_owned(), texts)].into(),
            ..SiteSettings::default()
        };
        forget_removed(&before, &mut settings);
        let left = &settings.translations["de"];
        assert_eq!(
            left.pre_chat_labels,
            words(&[("topic", "Thema"), ("later", "Später")]),
            "what never was there is not gone"
        );
        assert_eq!(
            left.pre_chat_options,
            [(
                "topic".to_owned(),
                words(&[("Repairs", "Reparatur"), ("New", "Neu")])
            )]
            .into()
        );
        let again = settings.clone();
        forget_removed(&again.pre_chat_fields, &mut settings);
        assert_eq!(settings, again, "what stays is left alone");
    }
}
