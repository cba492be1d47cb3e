//! The site's texts in other languages.

use super::form::Form;
use super::words::LANGUAGES;
use crate::ui::button::IconButton;
use crate::ui::card::Card;
use crate::ui::field::{SelectField, TextArea, TextField};
use crate::ui::icon::Icon;
use leptos::prelude::*;
use shared::limits;
use shared::site_texts::SiteTexts;

#[component]
pub fn Translations(form: Form) -> AnyView {
    let tags = form.value(|settings| settings.translations.keys().cloned().collect::<Vec<_>>());
    let error = form.error("translations");
    let add = form.set(|settings, tag: String| {
        if !tag.is_empty() {
            settings.translations.entry(tag).or_default();
        }
    });
    let rows = move || {
        tags.get()
            .into_iter()
            .map(|tag| view! { <Language form tag /> })
            .collect_view()
    };
    let choice = move || {
        let tags = tags.get();
        let mut options = vec![(String::new(), "Choose a language".to_owned())];
        options.extend(
            LANGUAGES
                .iter()
                .filter(|(tag, _)| !tag.is_empty() && !tags.iter().any(|other| other == tag))
                .map(|(tag, name)| ((*tag).to_owned(), (*name).to_owned())),
        );
        view! { <SelectField label="Add a language" options value=Signal::stored(String::new()) on_change=add /> }
    };
    view! {
        <Card
            title="Other languages" id="translations"
            hint="Visitors read the texts of their own language. What is left empty is said as above."
        >
            <ul class="stack">{rows}</ul>
            {choice}
            <p class="field-error" aria-live="polite">{move || error.get()}</p>
        </Card>
    }
    .into_any()
}

#[component]
fn Language(form: Form, tag: String) -> AnyView {
    let name = language_name(&tag);
    let remove_label = format!("Remove {name}");
    let removed = tag.clone();
    let remove = form.set(move |settings, ()| {
        settings.translations.remove(&removed);
    });
    let asks_consent = form.value(|settings| !settings.consent.text.is_empty());
    let text = |read: fn(&SiteTexts) -> String, write: fn(&mut SiteTexts, String)| {
        text(form, tag.clone(), read, write)
    };
    let (greeting, set_greeting) = text(
        |texts| texts.greeting_text.clone(),
        |texts, text| texts.greeting_text = text,
    );
    let (welcome, set_welcome) = text(
        |texts| texts.welcome_message.clone(),
        |texts, text| texts.welcome_message = text,
    );
    let (offline, set_offline) = text(
        |texts| texts.offline_message.clone(),
        |texts, text| texts.offline_message = text,
    );
    let (questions, set_questions) = text(
        |texts| texts.starter_questions.join("\n"),
        |texts, text| {
            texts.starter_questions = match text.is_empty() {
                true => Vec::new(),
                false => text.split('\n').map(str::to_owned).collect(),
            }
        },
    );
    let (consent, set_consent) = text(
        |texts| texts.consent_text.clone(),
        |texts, text| texts.consent_text = text,
    );
    view! {
        <li class="stack">
            <div class="row">
                <strong lang=tag.clone()>{name}</strong>
                <IconButton label=remove_label icon=Icon::Close on_press=move |()| remove.run(()) />
            </div>
            <TextField label="Greeting" max=limits::GREETING_CHARS value=greeting on_input=set_greeting />
            <TextArea label="Welcome message" max=limits::GREETING_CHARS value=welcome on_input=set_welcome />
            <TextArea label="Questions to start with" hint="One per line, at most 6." value=questions on_input=set_questions />
            <TextArea label="Outside business hours" max=limits::GREETING_CHARS value=offline on_input=set_offline />
            {move || asks_consent.get().then(|| view! {
                <TextArea label="Consent" max=limits::CONSENT_CHARS value=consent on_input=set_consent />
            })}
            <Labels form tag=tag.clone() />
        </li>
    }
    .into_any()
}

/// The labels of the fields before the chat.
#[component]
fn Labels(form: Form, tag: String) -> AnyView {
    let fields = form.value(|settings| {
        let fields = settings.pre_chat_fields.iter();
        fields
            .map(|field| (field.name.clone(), field.label.clone()))
            .collect::<Vec<_>>()
    });
    let rows = move || {
        fields
            .get()
            .into_iter()
            .map(|(name, label)| {
                let (own, tag_read, tag_written) = (name.clone(), tag.clone(), tag.clone());
                let value = form.value(move |settings| {
                    let texts = settings.translations.get(&tag_read);
                    texts
                        .and_then(|texts| texts.pre_chat_labels.get(&own).cloned())
                        .unwrap_or_default()
                });
                let set = form.set(move |settings, text: String| {
                    let Some(texts) = settings.translations.get_mut(&tag_written) else {
                        return;
                    };
                    if text.is_empty() {
                        texts.pre_chat_labels.remove(&name);
                    } else {
                        texts.pre_chat_labels.insert(name.clone(), text);
                    }
                });
                view! { <TextField label=format!("Label of “{label}”") max=limits::NAME_CHARS value on_input=set /> }
            })
            .collect_view()
    };
    view! { {rows} }.into_any()
}

/// One text in one language, and how it is set.
fn text(
    form: Form,
    tag: String,
    read: fn(&SiteTexts) -> String,
    write: fn(&mut SiteTexts, String),
) -> (Signal<String>, Callback<String>) {
    let written = tag.clone();
    let value = form.value(move |settings| {
        let texts = settings.translations.get(&tag);
        texts.map(read).unwrap_or_default()
    });
    let set = form.set(move |settings, text: String| {
        if let Some(texts) = settings.translations.get_mut(&written) {
            write(texts, text);
        }
    });
    (value, set)
}

fn language_name(tag: &str) -> String {
    LANGUAGES
        .iter()
        .find(|(known, _)| *known == tag)
        .map_or(tag, |(_, name)| name)
        .to_owned()
}
