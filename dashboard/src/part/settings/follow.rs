//! Translations go along with what they translate: through a new short name, a choice in other words, a removed field.

use shared::site::SiteSettings;
use shared::site_texts::{PreChatField, SiteTexts, forget_removed};

/// Changes the fields before the chat, and their translations with them.
pub fn change_fields(settings: &mut SiteSettings, change: impl FnOnce(&mut SiteSettings)) {
    let before = settings.pre_chat_fields.clone();
    change(settings);
    let after = &settings.pre_chat_fields;
    if before.len() == after.len() {
        for texts in settings.translations.values_mut() {
            for (old, new) in before.iter().zip(after) {
                follow_options(texts, old, new);
                follow_name(texts, old, new, after);
            }
        }
    }
    forget_removed(&before, settings);
}

fn follow_options(texts: &mut SiteTexts, old: &PreChatField, new: &PreChatField) {
    let Some(labels) = texts.pre_chat_options.get_mut(&old.name) else {
        return;
    };
    if old.options.len() != new.options.len() {
        return;
    }
    for (was, is) in old.options.iter().zip(&new.options) {
        if new.options.contains(was) {
            continue;
        }
        if let Some(label) = labels.remove(was) {
            labels.entry(is.clone()).or_insert(label);
        }
    }
}

fn follow_name(
    texts: &mut SiteTexts,
    old: &PreChatField,
    new: &PreChatField,
    fields: &[PreChatField],
) {
    if fields.iter().any(|field| field.name == old.name) {
        return;
    }
    if let Some(label) = texts.pre_chat_labels.remove(&old.name) {
        let labels = &mut texts.pre_chat_labels;
        labels.entry(new.name.clone()).or_insert(label);
    }
    if let Some(labels) = texts.pre_chat_options.remove(&old.name) {
        let options = &mut texts.pre_chat_options;
        options.entry(new.name.clone()).or_insert(labels);
    }
}

#[cfg(test)]
mod tests {
    use super::change_fields;
    use shared::site::SiteSettings;
    use shared::site_texts::{FieldKind, PreChatField, SiteTexts};

    fn field(name: &str, options: &[&str]) -> PreChatField {
        PreChatField {
            name: name.into(),
            label: name.into(),
            kind: FieldKind::Select,
            required: true,
            options: options.iter().map(|&option| option.into()).collect(),
        }
    }

    fn settings() -> SiteSettings {
        let pair = |key: &str, text: &str| (key.to_owned(), text.to_owned());
        let texts = SiteTexts {
            pre_chat_labels: [pair("topic", "Thema")].into(),
            pre_chat_options: [(
                "topic".to_owned(),
                [pair("Sales", "Verkauf"), pair("Repairs", "Reparatur")].into(),
            )]
            .into(),
            ..SiteTexts::default()
        };
        SiteSettings {
            pre_chat_fields: vec![
                field("topic", &["Sales", "Repairs"]),
                field("place", &["A"]),
            ],
            translations: [("de".to_owned(), texts)].into(),
            ..SiteSettings::default()
        }
    }

    /// What visitors who read German see of the first field's choices, and of its label.
    fn german(settings: &SiteSettings) -> (Vec<String>, Option<String>) {
        let texts = SiteTexts::of(settings, Some("de"));
        let field = &settings.pre_chat_fields[0];
        let label = texts.pre_chat_labels.get(&field.name).cloned();
        (texts.option_labels(field), label)
    }

    #[test]
    fn a_new_name_keeps_the_translations() {
        let mut settings = settings();
        for name in ["topi", "top", "about"] {
            change_fields(&mut settings, |settings| {
                settings.pre_chat_fields[0].name = name.into();
            });
        }
        let (options, label) = german(&settings);
        assert_eq!(options, ["Verkauf", "Reparatur"]);
        assert_eq!(label.as_deref(), Some("Thema"));
        assert!(
            !settings.translations["de"]
                .pre_chat_labels
                .contains_key("topic")
        );
    }

    #[test]
    fn a_choice_in_other_words_keeps_its_translation_and_a_removed_one_does_not() {
        let mut settings = settings();
        let choices = |settings: &mut SiteSettings, options: &[&str]| {
            let options = options.iter().map(|&option| option.into()).collect();
            change_fields(settings, |settings| {
                settings.pre_chat_fields[0].options = options;
            });
        };
        choices(&mut settings, &["Sale", "Repairs"]);
        choices(&mut settings, &["Shop", "Repairs"]);
        assert_eq!(german(&settings).0, ["Verkauf", "Reparatur"]);
        // A line more, a line less.
        choices(&mut settings, &["Shop", "", "Repairs"]);
        choices(&mut settings, &["Shop", "Rent", "Repairs"]);
        assert_eq!(german(&settings).0, ["Verkauf", "Rent", "Reparatur"]);
        choices(&mut settings, &["Rent", "Repairs"]);
        choices(&mut settings, &["Shop", "Rent", "Repairs"]);
        assert_eq!(german(&settings).0, ["Shop", "Rent", "Reparatur"]);
    }

    #[test]
    fn a_removed_field_takes_its_translations_along() {
        let mut settings = settings();
        change_fields(&mut settings, |settings| {
            settings.pre_chat_fields.remove(0);
        });
        assert_eq!(settings.translations["de"], SiteTexts::default());
    }

    #[test]
    fn of_two_fields_with_one_name_neither_loses_anything() {
        let mut settings = settings();
        for name in ["topic", "topics"] {
            change_fields(&mut settings, |settings| {
                settings.pre_chat_fields[1].name = name.into();
            });
        }
        let (options, label) = german(&settings);
        assert_eq!(options, ["Verkauf", "Reparatur"]);
        assert_eq!(label.as_deref(), Some("Thema"));
    }
}
