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
// Stored like this: what a newer program has written is read by an older one too, so doors judge by themselves what they are sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
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
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub pre_chat_options: BTreeMap<String, BTreeMap<String, String>>,
    /// Words of the site's nudge rules, by the rules' ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub nudge_texts: BTreeMap<String, String>,
    /// What is asked before a link leads elsewhere: the `label` of link safety.
    #[serde(skip_serializing_if = "String::is_empty")]
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

    fn chars(&self) -> usize {
        let texts = [
            &self.greeting_text,
            &self.welcome_message,
            &self.offline_message,
            &self.consent_text,
            &self.link_safety_label,
        ];
        let pairs = [&self.pre_chat_labels, &self.nudge_texts];
        let pairs = pairs.into_iter().chain(self.pre_chat_options.values());
        let all = texts
            .into_iter()
            .chain(&self.starter_questions)
            .chain(self.pre_chat_options.keys())
            .chain(pairs.flatten().flat_map(|(key, text)| [key, text]));
        all.map(|text| text.chars().count()).sum()
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

/// Drops the translations of fields, and of fields' options, that the site does not have.
pub fn forget_missing(settings: &mut SiteSettings) {
    let fields = &settings.pre_chat_fields;
    let named = |name: &str| fields.iter().find(|field| field.name == name);
    for texts in settings.translations.values_mut() {
        texts
            .pre_chat_labels
            .retain(|name, _| named(name).is_some());
        texts.pre_chat_options.retain(|name, labels| {
            let options = named(name).map_or(&[][..], |field| &field.options);
            labels.retain(|option, _| options.contains(option));
            !labels.is_empty()
        });
    }
}

/// Drops the words of nudge rules that are none of `rules`.
pub fn forget_missing_nudges(translations: &mut BTreeMap<String, SiteTexts>, rules: &[i64]) {
    for texts in translations.values_mut() {
        texts
            .nudge_texts
            .retain(|rule, _| rule.parse().is_ok_and(|rule| rules.contains(&rule)));
    }
}

/// Characters of a site's texts in all languages, with the names, choices and ids that they stand under.
pub fn translated_chars(translations: &BTreeMap<String, SiteTexts>) -> usize {
    translations.values().map(SiteTexts::chars).sum()
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
    use super::{
        FieldKind, PreChatField, SiteTexts, forget_missing, forget_missing_nudges, translated_chars,
    };
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
    fn what_a_site_does_not_have_is_not_translated() {
        let texts = SiteTexts {
            pre_chat_labels: words(&[("topic", "Thema"), ("place", "Ort"), ("later", "Später")]),
            pre_chat_options: [
                (
                    "topic".to_owned(),
                    words(&[("Sales", "Verkauf"), ("Repairs", "Reparatur")]),
                ),
                ("place".to_owned(), words(&[("Here", "Hier")])),
            ]
            .into(),
            nudge_texts: words(&[("3", "Hilfe?"), ("4", "Rabatt")]),
            ..SiteTexts::default()
        };
        let mut settings = SiteSettings {
            pre_chat_fields: vec![choice("topic", &["Repairs", "New"]), choice("x", &[])],
            translations: [("de".to_owned(), texts)].into(),
            ..SiteSettings::default()
        };
        forget_missing(&mut settings);
        forget_missing_nudges(&mut settings.translations, &[1, 4]);
        let left = SiteTexts {
            pre_chat_labels: words(&[("topic", "Thema")]),
            pre_chat_options: [("topic".to_owned(), words(&[("Repairs", "Reparatur")]))].into(),
            nudge_texts: words(&[("4", "Rabatt")]),
            ..SiteTexts::default()
        };
        assert_eq!(settings.translations["de"], left);
        forget_missing(&mut settings);
        assert_eq!(
            settings.translations["de"], left,
            "what stays is left alone"
        );
    }

    #[test]
    fn what_another_program_has_stored_is_read_and_what_is_empty_is_not_stored() {
        let stored = r#"{"greeting_text": "Hallo", "poem": {"lines": 4}}"#;
        let texts: SiteTexts = serde_json::from_str(stored).unwrap();
        assert_eq!(texts.greeting_text, "Hallo");
        let stored = r#"{"name": "topic", "label": "Topic", "mood": "calm"}"#;
        let field: PreChatField = serde_json::from_str(stored).unwrap();
        assert_eq!(field.label, "Topic");
        let written = serde_json::to_value(SiteTexts::default()).unwrap();
        for key in ["pre_chat_options", "nudge_texts", "link_safety_label"] {
            assert_eq!(written.get(key), None, "{key}");
        }
    }

    #[test]
    fn every_text_counts_with_what_it_stands_under() {
        let texts = SiteTexts {
            greeting_text: "ä".into(),
            welcome_message: "x".repeat(10),
            offline_message: "x".repeat(100),
            starter_questions: vec!["x".repeat(600), "x".repeat(400)],
            consent_text: "x".repeat(10_000),
            pre_chat_labels: [("x".repeat(60_000), "x".repeat(40_000))].into(),
            pre_chat_options: [(
                "x".repeat(200_000),
                [("x".repeat(300_000), "x".repeat(500_000))].into(),
            )]
            .into(),
            nudge_texts: [("1".to_owned(), "x".repeat(9_999_999))].into(),
            link_safety_label: "x".repeat(100_000_000),
        };
        let translations = [("de".to_owned(), texts.clone()), ("fr".to_owned(), texts)].into();
        assert_eq!(translated_chars(&translations), 2 * 111_111_111);
    }
}
