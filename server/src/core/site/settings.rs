//! Changes of a site's settings: one whitelist and one validation for every door that changes them.

mod before_chat;

use super::address;
use crate::core::contact::{check_email, check_phone};
use crate::core::hours;
use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::error::ErrorCode;
use shared::limits;
use shared::site::{Disclosure, LinkSafety, SiteSettings, is_color};
use shared::site_texts::forget_missing;
use shared::text::{check_line, check_text};

/// Field names belong to the public surface; longer ones are not repeated in a refusal.
const FIELD_CHARS: usize = 60;
const VOICE_CHARS: usize = 100;
const STARTER_QUESTIONS: usize = 6;
const CONVERSATION_LIMIT: i64 = 20;
const DOMAINS: usize = 100;
const DOCUMENTS: usize = 1_000;

/// Two names of the same field.
const ALIASES: [(&str, &str); 3] = [
    ("displayName", "title"),
    ("primaryColor", "brandColor"),
    ("starterPrompt", "customPrompt"),
];

/// Who owns a site, what it is called by and what is paid for it is not a setting.
const FORBIDDEN: [&str; 13] = [
    "id",
    "siteId",
    "slug",
    "userId",
    "ownerId",
    "accountId",
    "apiKey",
    "developerKey",
    "siteKey",
    "createdAt",
    "updatedAt",
    "demo",
    "snippet",
];
const FORBIDDEN_BEGINNINGS: [&str; 8] = [
    "plan",
    "payment",
    "billing",
    "subscription",
    "stripe",
    "owner",
    "account",
    "price",
];

enum Refusal {
    Unknown,
    Bad(String),
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self::Bad(reason)
    }
}

/// Fields that were all found good.
#[derive(Debug, Clone)]
pub struct Change(Map<String, Value>);

impl Change {
    /// # Errors
    /// `forbidden_field`, `unknown_field` or `validation_failed`, naming the field.
    pub fn read(fields: Map<String, Value>) -> Result<Self> {
        if let Some(field) = fields.keys().find(|field| is_forbidden(field)) {
            return Err(forbidden(field));
        }
        // Good or not does not depend on how the site is now, so a scratch copy tells.
        let (mut scratch, mut enabled) = (SiteSettings::default(), true);
        for (field, value) in &fields {
            match set(&mut scratch, &mut enabled, field, value) {
                Ok(()) => {}
                Err(Refusal::Unknown) => return Err(unknown(field)),
                Err(Refusal::Bad(reason)) => return Err(bad(field, &reason)),
            }
        }
        for (name, alias) in ALIASES {
            if let (Some(one), Some(other)) = (fields.get(name), fields.get(alias))
                && one != other
            {
                return Err(bad(alias, &format!("it says something else than {name}")));
            }
        }
        let resets = fields.get("resetStarterPrompt") == Some(&Value::Bool(true));
        if resets
            && ["starterPrompt", "customPrompt"]
                .iter()
                .any(|field| fields.contains_key(*field))
        {
            return Err(bad(
                "resetStarterPrompt",
                "it cannot be combined with a new prompt",
            ));
        }
        Ok(Self(fields))
    }

    pub(super) fn apply(&self, settings: &mut SiteSettings, enabled: &mut bool) {
        let before = settings.clone();
        for (field, value) in &self.0 {
            // Found good by `read`.
            let _ = set(settings, enabled, field, value);
        }
        forget_missing(settings);
        before_chat::count_version(&before, settings);
    }
}

/// Refuses fields that nobody documented, and those of ownership, plan and payment.
///
/// # Errors
/// `forbidden_field` or `unknown_field`, naming the field.
pub fn check_known(fields: &Map<String, Value>, known: &[&str]) -> Result<()> {
    let mut others = fields
        .keys()
        .filter(|field| !known.contains(&field.as_str()));
    match others.clone().find(|field| is_forbidden(field)) {
        Some(field) => Err(forbidden(field)),
        None => others.next().map_or(Ok(()), |field| Err(unknown(field))),
    }
}

fn forbidden(field: &str) -> Error {
    refuse(ErrorCode::ForbiddenField, field, "cannot be changed here")
}

fn unknown(field: &str) -> Error {
    refuse(ErrorCode::UnknownField, field, "is not a known field")
}

fn is_forbidden(field: &str) -> bool {
    let lower = field.to_ascii_lowercase();
    FORBIDDEN
        .iter()
        .any(|name| name.eq_ignore_ascii_case(field))
        || FORBIDDEN_BEGINNINGS
            .iter()
            .any(|beginning| lower.starts_with(beginning))
}

fn refuse(code: ErrorCode, field: &str, what: &str) -> Error {
    let shown: String = field
        .chars()
        .filter(|character| !character.is_control())
        .take(FIELD_CHARS)
        .collect();
    Error {
        field: Some(shown.clone().into()),
        ..Error::new(code).with_detail(format!("{shown} {what}"))
    }
}

fn bad(field: &str, reason: &str) -> Error {
    Error::invalid(field.to_owned(), format!("{field} is not valid: {reason}"))
}

fn set(
    settings: &mut SiteSettings,
    enabled: &mut bool,
    field: &str,
    value: &Value,
) -> Result<(), Refusal> {
    match field {
        "displayName" | "title" => settings.display_name = name(value)?,
        "domain" => settings.domain = address::domain(text(value)?)?,
        "starterPrompt" | "customPrompt" => settings.custom_prompt = prompt(value)?,
        "resetStarterPrompt" => {
            if flag(value)? {
                settings.custom_prompt.clear();
            }
        }
        "agentInstructions" => settings.agent_instructions = long(value, limits::PROMPT_CHARS)?,
        "primaryColor" | "brandColor" => settings.primary_color = color(value)?,
        "bgColor" => settings.bg_color = color(value)?,
        "fontColor" => settings.font_color = color(value)?,
        "buttonColor" => settings.button_color = color(value)?,
        "glowColor" => {
            settings.glow_color = match value {
                Value::Null => None,
                Value::String(text) if text.is_empty() => None,
                other => Some(color(other)?),
            }
        }
        "greetingText" => settings.greeting_text = long(value, limits::GREETING_CHARS)?,
        "welcomeMessage" => settings.welcome_message = long(value, limits::GREETING_CHARS)?,
        "offlineMessage" => settings.offline_message = long(value, limits::GREETING_CHARS)?,
        "preChatFields" => settings.pre_chat_fields = before_chat::pre_chat_fields(value)?,
        "consent" => settings.consent.text = before_chat::consent_text(value)?,
        "translations" => settings.translations = before_chat::translations(value)?,
        "position" => {
            settings.position = one_of(
                value,
                &["bottom-right", "bottom-left", "top-right", "top-left"],
            )?
        }
        "businessHours" => settings.business_hours = hours::canonical(value)?,
        "allowedOrigins" => settings.allowed_origins = address::origins(text(value)?)?,
        "contactPhone" => settings.contact_phone = checked(value, check_phone)?,
        "contactEmail" => settings.contact_email = checked(value, check_email)?,
        "websiteUrl" => settings.website_url = address::link(text(value)?)?,
        "tosUrl" => settings.tos_url = address::link(text(value)?)?,
        "privacyUrl" => settings.privacy_url = address::link(text(value)?)?,
        "contactUrl" => settings.contact_url = address::link(text(value)?)?,
        "sttProvider" => settings.stt_provider = line(value, VOICE_CHARS)?,
        "ttsVoice" => settings.tts_voice = line(value, VOICE_CHARS)?,
        "ttsSpeed" => settings.tts_speed = speed(value)?,
        "cornerStyle" => settings.corner_style = one_of(value, &["rounded", "square", "pill"])?,
        "dropShadow" => settings.drop_shadow = one_of(value, &["none", "soft", "strong"])?,
        "glowSize" => settings.glow_size = one_of(value, &["none", "small", "medium", "large"])?,
        "glowStrength" => settings.glow_strength = one_of(value, &["none", "soft", "strong"])?,
        "offsetX" => settings.offset_x = whole(value, limits::OFFSET_MAX)?,
        "offsetY" => settings.offset_y = whole(value, limits::OFFSET_MAX)?,
        "theme" => settings.theme = one_of(value, &["auto", "light", "dark"])?,
        "aiMode" => settings.ai_mode = one_of(value, &["on", "off", "delay"])?,
        "aiReplyDelaySec" => settings.ai_reply_delay_sec = delay(value)?,
        "enabled" => *enabled = flag(value)?,
        "language" => settings.language = language(value)?,
        "starterQuestions" => settings.starter_questions = questions(value)?,
        "strictSessionKeys" => settings.strict_session_keys = flag(value)?,
        "conversationLimit" => settings.conversation_limit = whole(value, CONVERSATION_LIMIT)?,
        "linkSafety" => settings.link_safety = link_safety(&settings.link_safety, value)?,
        "disclosure" => settings.disclosure = disclosure(&settings.disclosure, value)?,
        _ => return Err(Refusal::Unknown),
    }
    Ok(())
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "it must be a text".to_owned())
}

fn flag(value: &Value) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| "it must be true or false".to_owned())
}

fn long(value: &Value, limit: usize) -> Result<String, String> {
    let text = text(value)?;
    check_text(text, limit).map_err(|problem| problem.describe("the text"))?;
    Ok(text.to_owned())
}

fn line(value: &Value, limit: usize) -> Result<String, String> {
    let text = text(value)?.trim();
    check_line(text, limit).map_err(|problem| problem.describe("the text"))?;
    Ok(text.to_owned())
}

fn name(value: &Value) -> Result<String, String> {
    let name = line(value, limits::NAME_CHARS)?;
    if name.is_empty() {
        return Err("it must not be empty".to_owned());
    }
    Ok(name)
}

/// A blank prompt means the default one.
fn prompt(value: &Value) -> Result<String, String> {
    let prompt = long(value, limits::PROMPT_CHARS)?;
    Ok(if prompt.trim().is_empty() {
        String::new()
    } else {
        prompt
    })
}

fn color(value: &Value) -> Result<String, String> {
    let color = text(value)?;
    if !is_color(color) {
        return Err("it must be a colour such as #abc or #a1b2c3".to_owned());
    }
    Ok(color.to_owned())
}

fn one_of(value: &Value, names: &[&str]) -> Result<String, String> {
    let refusal = || format!("it must be one of {}", names.join(", "));
    let name = value.as_str().ok_or_else(refusal)?;
    if !names.contains(&name) {
        return Err(refusal());
    }
    Ok(name.to_owned())
}

/// A text that another rule judges, or nothing.
fn checked(value: &Value, check: impl Fn(&str) -> Result<()>) -> Result<String, String> {
    let text = text(value)?.trim();
    if !text.is_empty() {
        check(text).map_err(|error| error.public_message().to_owned())?;
    }
    Ok(text.to_owned())
}

/// The document shows it as a text; a number means the same.
fn speed(value: &Value) -> Result<String, String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        other => text(other)?.trim().to_owned(),
    };
    let in_range = |speed: f64| (0.25..=4.0).contains(&speed);
    if text.is_empty() || (text.len() <= 8 && text.parse().is_ok_and(in_range)) {
        return Ok(text);
    }
    Err("it must be a number from 0.25 to 4".to_owned())
}

fn delay(value: &Value) -> Result<i64, String> {
    let whole = value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        // 30.0 is the whole number 30 in JSON.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked to be small and whole"
        )]
        (number.fract() == 0.0 && number.abs() < 1e6).then_some(number as i64)
    });
    whole
        .filter(|seconds| (1..=600).contains(seconds))
        .ok_or_else(|| "it must be a whole number from 1 to 600".to_owned())
}

fn whole(value: &Value, most: i64) -> Result<i64, String> {
    value
        .as_i64()
        .filter(|number| (0..=most).contains(number))
        .ok_or_else(|| format!("it must be a whole number from 0 to {most}"))
}

fn language(value: &Value) -> Result<String, String> {
    let tag = text(value)?.trim();
    if tag.is_empty() || is_language(tag) {
        return Ok(tag.to_owned());
    }
    Err("it must be a language tag such as en or pt-BR".to_owned())
}

/// Whether a text has the form of a language tag.
pub fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    matches!(primary.len(), 2 | 3)
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
        && tag.len() <= 35
}

fn questions(value: &Value) -> Result<Vec<String>, String> {
    let entries = value
        .as_array()
        .ok_or_else(|| "it must be a list of texts".to_owned())?;
    let questions = entries
        .iter()
        .map(|entry| line(entry, limits::NAME_CHARS))
        .filter(|entry| entry.as_ref().map_or(true, |question| !question.is_empty()))
        .collect::<Result<Vec<_>, _>>()?;
    if questions.len() > STARTER_QUESTIONS {
        return Err(format!(
            "it must not hold more than {STARTER_QUESTIONS} questions"
        ));
    }
    Ok(questions)
}

fn link_safety(current: &LinkSafety, value: &Value) -> Result<LinkSafety, String> {
    let mut link_safety = overlay(current, value)?;
    check_line(&link_safety.label, limits::NAME_CHARS)
        .map_err(|problem| problem.describe("label"))?;
    if link_safety.allowed_domains.len() > DOMAINS {
        return Err(format!(
            "allowed_domains must not hold more than {DOMAINS} domains"
        ));
    }
    for domain in &mut link_safety.allowed_domains {
        *domain = address::domain(domain).map_err(|reason| format!("allowed_domains: {reason}"))?;
    }
    link_safety
        .allowed_domains
        .retain(|domain| !domain.is_empty());
    Ok(link_safety)
}

fn disclosure(current: &Disclosure, value: &Value) -> Result<Disclosure, String> {
    let disclosure = overlay(current, value)?;
    if !["full", "titles", "none"].contains(&disclosure.sources.as_str()) {
        return Err("sources must be one of full, titles, none".to_owned());
    }
    if disclosure
        .allowed_documents
        .as_ref()
        .is_some_and(|documents| documents.len() > DOCUMENTS)
    {
        return Err(format!(
            "allowed_documents must not hold more than {DOCUMENTS} documents"
        ));
    }
    Ok(disclosure)
}

/// The parts that were sent over the ones in use.
fn overlay<T: Serialize + DeserializeOwned>(current: &T, value: &Value) -> Result<T, String> {
    let sent = value
        .as_object()
        .ok_or_else(|| "it must be an object".to_owned())?;
    let mut whole = serde_json::to_value(current).map_err(|error| error.to_string())?;
    if let Value::Object(whole) = &mut whole {
        whole.extend(sent.clone());
    }
    serde_json::from_value(whole).map_err(|_| "a part of it has the wrong type".to_owned())
}

#[cfg(test)]
mod tests;
