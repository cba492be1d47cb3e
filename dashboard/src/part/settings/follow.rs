//! Translations go along with what they translate: through a new short name, a choice in other words, a removed field. They follow
//! once somebody has finished typing: on the way from one name to another stand names of other fields.

use shared::site::SiteSettings;
use shared::site_texts::{PreChatField, SiteTexts};
use std::collections::{BTreeMap, HashSet};

/// Takes the translations of the fields as they were `before` along to what stands in the same places now. False where the names
/// are not settled yet, and nothing has happened.
pub fn follow(before: &[PreChatField], settings: &mut SiteSettings) -> bool {
    let fields = &settings.pre_chat_fields;
    let names: HashSet<&String> = fields.iter().map(|field| &field.name).collect();
    let is_settled = names.len() == fields.len() && !names.contains(&String::new());
    if before.len() != fields.len() || !is_settled {
        return false;
    }
    for texts in settings.translations.values_mut() {
        *texts = followed(texts, before, fields);
    }
    true
}

fn followed(texts: &SiteTexts, before: &[PreChatField], fields: &[PreChatField]) -> SiteTexts {
    let mut pre_chat_labels = BTreeMap::new();
    let mut pre_chat_options = BTreeMap::new();
    for (old, new) in before.iter().zip(fields) {
        if let Some(label) = texts.pre_chat_labels.get(&old.name) {
            pre_chat_labels.insert(new.name.clone(), label.clone());
        }
        let labels = texts.pre_chat_options.get(&old.name);
        let labels = labels.map(|labels| followed_options(labels, old, new));
        if let Some(labels) = labels.filter(|labels| !labels.is_empty()) {
            pre_chat_options.insert(new.name.clone(), labels);
        }
    }
    SiteTexts {
        pre_chat_labels,
        pre_chat_options,
        ..texts.clone()
    }
}

fn followed_options(
    labels: &BTreeMap<String, String>,
    old: &PreChatField,
    new: &PreChatField,
) -> BTreeMap<String, String> {
    let is_in_place = old.options.len() == new.options.len();
    let before = |place: usize, is: &String| {
        let was = old.options.get(place).filter(|_| is_in_place);
        let is_reworded = |was: &&String| !new.options.contains(was) && !old.options.contains(is);
        was.filter(is_reworded).unwrap_or(is).clone()
    };
    let options = new.options.iter().enumerate();
    let label = |(place, is): (usize, &String)| {
        let label = labels.get(&before(place, is))?;
        Some((is.clone(), label.clone()))
    };
    options.filter_map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::follow;
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

    /// What somebody types into the fields, up to where they go on to something else.
    fn edit(settings: &mut SiteSettings, change: impl FnOnce(&mut Vec<PreChatField>)) {
        let before = settings.pre_chat_fields.clone();
        change(&mut settings.pre_chat_fields);
        assert!(follow(&before, settings));
    }

    #[test]
    fn a_new_name_keeps_the_translations() {
        let mut settings = settings();
        edit(&mut settings, |fields| fields[0].name = "about".into());
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
            edit(settings, |fields| fields[0].options = options);
        };
        choices(&mut settings, &["Shop", "Repairs"]);
        assert_eq!(german(&settings).0, ["Verkauf", "Reparatur"]);
        choices(&mut settings, &["Repairs", "Shop"]);
        assert_eq!(german(&settings).0, ["Reparatur", "Verkauf"]);
        choices(&mut settings, &["Shop", "Repairs"]);
        // A line more, a line less.
        choices(&mut settings, &["Shop", "", "Repairs"]);
        choices(&mut settings, &["Shop", "Rent", "Repairs"]);
        assert_eq!(german(&settings).0, ["Verkauf", "Rent", "Reparatur"]);
        choices(&mut settings, &["Rent", "Repairs"]);
        choices(&mut settings, &["Shop", "Rent", "Repairs"]);
        assert_eq!(german(&settings).0, ["Shop", "Rent", "Reparatur"]);
    }

    #[test]
    fn what_no_field_stands_for_is_dropped() {
        let mut settings = settings();
        let mut before = settings.pre_chat_fields.clone();
        before.remove(0);
        settings.pre_chat_fields.remove(0);
        assert!(follow(&before, &mut settings));
        assert_eq!(settings.translations["de"], SiteTexts::default());
    }

    #[test]
    fn names_that_change_places_take_their_translations_along() {
        let mut settings = settings();
        edit(&mut settings, |fields| {
            fields[0].name = "place".into();
            fields[1].name = "topic".into();
        });
        let labels = &settings.translations["de"].pre_chat_labels;
        assert_eq!(labels.get("place").map(String::as_str), Some("Thema"));
        assert_eq!(labels.get("topic"), None);
        assert_eq!(german(&settings).0, ["Verkauf", "Reparatur"]);
    }

    #[test]
    fn nothing_follows_while_two_fields_have_one_name_or_one_has_none() {
        for name in ["topic", ""] {
            let mut settings = settings();
            let before = settings.pre_chat_fields.clone();
            settings.pre_chat_fields[1].name = name.into();
            let typed = settings.clone();
            assert!(!follow(&before, &mut settings));
            assert_eq!(settings, typed);
            settings.pre_chat_fields[1].name = "topics".into();
            assert!(follow(&before, &mut settings));
            let (options, label) = german(&settings);
            assert_eq!(options, ["Verkauf", "Reparatur"]);
            assert_eq!(label.as_deref(), Some("Thema"));
            assert_eq!(settings.translations["de"].pre_chat_labels.len(), 1);
        }
    }
}
