//! What a site asks and says before a conversation: fields, consent, texts in other languages.

use super::{is_language, line, long, questions};
use crate::core::contact::is_field_name;
use serde_json::Value;
use shared::limits;
use shared::site::SiteSettings;
use shared::site_texts::{FieldKind, PreChatField, SiteTexts, translated_chars};
use std::collections::{BTreeMap, HashSet};

/// Parts of a field before the chat, and of the texts in a language. Stored ones may have others: a newer program wrote them.
const FIELD_PARTS: [&str; 5] = ["name", "label", "type", "required", "options"];
const TEXT_PARTS: [&str; 9] = [
    "greeting_text",
    "welcome_message",
    "offline_message",
    "starter_questions",
    "consent_text",
    "pre_chat_labels",
    "pre_chat_options",
    "nudge_texts",
    "link_safety_label",
];

fn has_only(value: &Value, parts: &[&str]) -> bool {
    let given = value.as_object();
    given.is_none_or(|given| given.keys().all(|part| parts.contains(&part.as_str())))
}

pub(super) fn pre_chat_fields(value: &Value) -> Result<Vec<PreChatField>, String> {
    let refusal = || {
        "it must be a list of {name, label, type: text|email|phone|select, required, options}"
            .to_owned()
    };
    let given = value.as_array().into_iter().flatten();
    if !given.into_iter().all(|field| has_only(field, &FIELD_PARTS)) {
        return Err(refusal());
    }
    let fields: Vec<PreChatField> = serde_json::from_value(value.clone()).map_err(|_| refusal())?;
    if fields.len() > limits::PRE_CHAT_FIELDS {
        return Err(format!(
            "it must not hold more than {} fields",
            limits::PRE_CHAT_FIELDS
        ));
    }
    let mut names = HashSet::new();
    let fields: Vec<PreChatField> = fields
        .into_iter()
        .map(pre_chat_field)
        .collect::<Result<_, _>>()?;
    match fields.iter().find(|field| !names.insert(&field.name)) {
        Some(twice) => Err(format!("it names {} twice", twice.name)),
        None => Ok(fields),
    }
}

fn pre_chat_field(field: PreChatField) -> Result<PreChatField, String> {
    if !is_field_name(&field.name) {
        return Err(
            "a name must be 1 to 40 letters, digits, _, - and ., and not one of the chat's own"
                .into(),
        );
    }
    let label = line(&Value::from(field.label.as_str()), limits::NAME_CHARS)?;
    if label.is_empty() {
        return Err(format!("{} has no label", field.name));
    }
    let fitting = match field.name.as_str() {
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        "name" => FieldKind::Text,
        _ => field.kind,
    };
    if field.kind != fitting {
        return Err(format!(
            "{} must have the type {}",
            field.name,
            fitting.as_str()
        ));
    }
    let options = options(&field)?;
    Ok(PreChatField {
        label,
        options,
        ..field
    })
}

fn options(field: &PreChatField) -> Result<Vec<String>, String> {
    let options = field
        .options
        .iter()
        .map(|option| line(&Value::from(option.as_str()), limits::NAME_CHARS))
        .filter(|option| option.as_ref().map_or(true, |option| !option.is_empty()))
        .collect::<Result<Vec<_>, _>>()?;
    let fits = match field.kind {
        FieldKind::Select => (1..=limits::PRE_CHAT_OPTIONS).contains(&options.len()),
        FieldKind::Text | FieldKind::Email | FieldKind::Phone => options.is_empty(),
    };
    if fits {
        return Ok(options);
    }
    Err(format!(
        "{} must have 1 to {} options where its type is select, and none otherwise",
        field.name,
        limits::PRE_CHAT_OPTIONS
    ))
}

/// The text alone: its version is counted, not set.
pub(super) fn consent_text(value: &Value) -> Result<String, String> {
    let sent = value
        .as_object()
        .filter(|sent| {
            sent.keys()
                .all(|part| ["text", "version"].contains(&part.as_str()))
        })
        .ok_or_else(|| "it must be {text}".to_owned())?;
    let text = sent
        .get("text")
        .ok_or_else(|| "it must be {text}".to_owned())?;
    // What was read may be sent back; which version it is, is not the sender's to say.
    if sent
        .get("version")
        .is_some_and(|version| version.as_i64().is_none())
    {
        return Err("version must be a whole number".to_owned());
    }
    Ok(long(text, limits::CONSENT_CHARS)?.trim().to_owned())
}

pub(super) fn translations(value: &Value) -> Result<BTreeMap<String, SiteTexts>, String> {
    let refusal = || format!("it must be {{language: {{{}}}}}", TEXT_PARTS.join(", "));
    let mut given = value.as_object().into_iter().flatten();
    if !given.all(|(_, texts)| has_only(texts, &TEXT_PARTS)) {
        return Err(refusal());
    }
    let translations: BTreeMap<String, SiteTexts> =
        serde_json::from_value(value.clone()).map_err(|_| refusal())?;
    if translations.len() > limits::TRANSLATIONS {
        return Err(format!(
            "it must not hold more than {} languages",
            limits::TRANSLATIONS
        ));
    }
    let chars = translated_chars(&translations);
    if chars > limits::TRANSLATED_CHARS {
        return Err(format!(
            "it must not hold more than {} characters in all, and holds {chars}",
            limits::TRANSLATED_CHARS
        ));
    }
    let mut tags = HashSet::new();
    for tag in translations.keys() {
        if !is_language(tag) {
            return Err("its keys must be language tags such as en or pt-BR".into());
        }
        if !tags.insert(tag.to_ascii_lowercase()) {
            return Err(format!("it names {tag} twice"));
        }
    }
    translations
        .into_iter()
        .map(|(tag, given)| Ok((tag, texts(given)?)))
        .collect()
}

fn texts(given: SiteTexts) -> Result<SiteTexts, String> {
    let checked = |text: String, limit| long(&Value::from(text), limit);
    Ok(SiteTexts {
        greeting_text: checked(given.greeting_text, limits::GREETING_CHARS)?,
        welcome_message: checked(given.welcome_message, limits::GREETING_CHARS)?,
        offline_message: checked(given.offline_message, limits::GREETING_CHARS)?,
        starter_questions: questions(&Value::from(given.starter_questions))?,
        consent_text: checked(given.consent_text, limits::CONSENT_CHARS)?,
        pre_chat_labels: labels(given.pre_chat_labels)?,
        pre_chat_options: option_labels(given.pre_chat_options)?,
        nudge_texts: nudge_texts(given.nudge_texts)?,
        link_safety_label: one_line(given.link_safety_label)?,
    })
}

fn one_line(text: String) -> Result<String, String> {
    line(&Value::from(text), limits::NAME_CHARS)
}

fn check_count<T>(
    part: &str,
    given: &BTreeMap<String, T>,
    most: usize,
    of: &str,
) -> Result<(), String> {
    if given.len() <= most {
        return Ok(());
    }
    Err(format!("{part} must not hold more than {most} {of}"))
}

fn labels(given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    check_count("pre_chat_labels", &given, limits::PRE_CHAT_FIELDS, "labels")?;
    let mut labels = BTreeMap::new();
    for (name, label) in given {
        if !is_field_name(&name) {
            return Err("pre_chat_labels must name fields".into());
        }
        let label = one_line(label)?;
        if !label.is_empty() {
            labels.insert(name, label);
        }
    }
    Ok(labels)
}

type OptionLabels = BTreeMap<String, BTreeMap<String, String>>;

fn option_labels(given: OptionLabels) -> Result<OptionLabels, String> {
    let part = "pre_chat_options";
    check_count(part, &given, limits::PRE_CHAT_FIELDS, "fields")?;
    let mut fields = BTreeMap::new();
    for (name, given) in given {
        if !is_field_name(&name) {
            return Err(format!("{part} must name fields"));
        }
        check_count(part, &given, limits::PRE_CHAT_OPTIONS, "options of a field")?;
        let mut labels = BTreeMap::new();
        for (option, label) in given {
            // As the options themselves are kept.
            let (option, label) = (one_line(option)?, one_line(label)?);
            if !option.is_empty() && !label.is_empty() {
                labels.insert(option, label);
            }
        }
        if !labels.is_empty() {
            fields.insert(name, labels);
        }
    }
    Ok(fields)
}

fn nudge_texts(given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    check_count("nudge_texts", &given, limits::NUDGES_PER_SITE, "texts")?;
    let mut texts = BTreeMap::new();
    for (rule, text) in given {
        // As ids are written, so that one rule has one key.
        let id = rule.parse::<i64>().ok().filter(|id| *id > 0);
        if id.map(|id| id.to_string()).as_ref() != Some(&rule) {
            return Err("nudge_texts must name nudge rules by their ids".into());
        }
        let text = long(&Value::from(text), limits::NUDGE_CHARS)?;
        if !text.trim().is_empty() {
            texts.insert(rule, text);
        }
    }
    Ok(texts)
}

/// Counts the consent text's version up where it says something else than before, in any language.
pub(super) fn count_version(before: &SiteSettings, settings: &mut SiteSettings) {
    if settings.consent.text.is_empty() || wordings(before) == wordings(settings) {
        return;
    }
    settings.consent.version = before.consent.version + 1;
}

fn wordings(settings: &SiteSettings) -> Vec<(&str, &str)> {
    let translated = settings
        .translations
        .iter()
        .map(|(tag, texts)| (tag.as_str(), texts.consent_text.as_str()))
        .filter(|(_, text)| !text.trim().is_empty());
    [("", settings.consent.text.as_str())]
        .into_iter()
        .chain(translated)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{FIELD_PARTS, TEXT_PARTS};
    use serde_json::Value;
    use shared::site_texts::{PreChatField, SiteTexts};
    use std::collections::BTreeMap;

    fn keys(value: Value) -> Vec<String> {
        let parts = value.as_object().unwrap();
        parts.keys().cloned().collect()
    }

    #[test]
    fn what_is_stored_can_be_sent() {
        let pair = || BTreeMap::from([("1".to_owned(), "a".to_owned())]);
        let texts = SiteTexts {
            pre_chat_options: [("a".to_owned(), pair())].into(),
            nudge_texts: pair(),
            link_safety_label: "a".into(),
            ..SiteTexts::default()
        };
        let field = PreChatField {
            options: vec!["a".into()],
            ..PreChatField::default()
        };
        for (stored, known) in [
            (serde_json::to_value(texts).unwrap(), &TEXT_PARTS[..]),
            (serde_json::to_value(field).unwrap(), &FIELD_PARTS),
        ] {
            let (mut stored, mut known) = (keys(stored), known.to_vec());
            stored.sort_unstable();
            known.sort_unstable();
            assert_eq!(stored, known);
        }
    }
}
