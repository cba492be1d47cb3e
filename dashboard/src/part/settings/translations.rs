//! The site's texts in other languages.

use super::form::Form;
use super::words::LANGUAGES;
use crate::api::Api;
use crate::state::load::{Load, Loader};
use crate::ui::button::IconButton;
use crate::ui::card::Card;
use crate::ui::empty::error_state;
use crate::ui::field::{SelectField, TextArea, TextField};
use crate::ui::icon::Icon;
use leptos::prelude::*;
use shared::limits;
use shared::message::Role;
use shared::nudge::NudgeRule;
use shared::page::Page;
use shared::preview::preview;
use shared::site_texts::SiteTexts;
use std::collections::BTreeMap;

type Nudges = Loader<Page<NudgeRule>>;

#[component]
pub fn Translations(form: Form, #[prop(into)] chatbot_id: String) -> AnyView {
    let api = expect_context::<Api>();
    let nudges = Nudges::new();
    let fetch = move || {
        let chatbot_id = chatbot_id.clone();
        nudges.run(async move { api.nudges(&chatbot_id).await });
    };
    fetch();
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
            .map(|tag| view! { <Language form tag nudges /> })
            .collect_view()
    };
    // Without them the other words can be written all the same.
    let failure = move || {
        nudges.with(|state| match state {
            Load::Failed(error) => Some(error_state(error, fetch.clone())),
            Load::Loading | Load::Ready(_) => None,
        })
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
            hint="Visitors read the texts of their own language. What is left empty stays as you wrote it first."
        >
            <ul class="stack">{rows}</ul>
            {failure}
            {choice}
            <p class="field-error" aria-live="polite">{move || error.get()}</p>
        </Card>
    }
    .into_any()
}

#[component]
fn Language(form: Form, tag: String, nudges: Nudges) -> AnyView {
    let name = language_name(&tag);
    let remove_label = format!("Remove {name}");
    let removed = tag.clone();
    let remove = form.set(move |settings, ()| {
        settings.translations.remove(&removed);
    });
    let asks_consent = form.value(|settings| !settings.consent.text.is_empty());
    let asks_at_links = form.value(|settings| settings.link_safety.enabled);
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
    let (link_label, set_link_label) = text(
        |texts| texts.link_safety_label.clone(),
        |texts, text| texts.link_safety_label = text,
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
            <Choices form tag=tag.clone() />
            {move || asks_at_links.get().then(|| view! {
                <TextField label="Question before foreign links" max=limits::NAME_CHARS value=link_label on_input=set_link_label />
            })}
            <NudgeTexts form tag=tag.clone() nudges />
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
        let row = |(name, label): (String, String)| {
            let own = name.clone();
            let (value, set) = text(
                form,
                tag.clone(),
                move |texts| of(&texts.pre_chat_labels, &own),
                move |texts, text| put(&mut texts.pre_chat_labels, &name, text),
            );
            view! { <TextField label=format!("Label of “{label}”") max=limits::NAME_CHARS value on_input=set /> }
        };
        fields.get().into_iter().map(row).collect_view()
    };
    view! { {rows} }.into_any()
}

/// What visitors choose from in those fields. The team gets the site's own words for it.
#[component]
fn Choices(form: Form, tag: String) -> AnyView {
    let fields = form.value(|settings| {
        let fields = settings.pre_chat_fields.iter();
        fields
            .filter(|field| !field.options.is_empty())
            .map(|field| {
                (
                    field.name.clone(),
                    field.label.clone(),
                    field.options.clone(),
                )
            })
            .collect::<Vec<_>>()
    });
    let rows = move || {
        fields
            .get()
            .into_iter()
            .flat_map(|(name, label, options)| {
                let written = options
                    .into_iter()
                    .filter(|option| !option.trim().is_empty());
                written
                    .map(move |option| (name.clone(), format!("“{option}” of “{label}”"), option))
            })
            .map(|(name, label, option)| {
                let (own_name, own) = (name.clone(), option.clone());
                let (value, set) = text(
                    form,
                    tag.clone(),
                    move |texts| {
                        let labels = texts.pre_chat_options.get(&own_name);
                        labels.map(|labels| of(labels, &own)).unwrap_or_default()
                    },
                    move |texts, text| {
                        let labels = texts.pre_chat_options.entry(name.clone()).or_default();
                        put(labels, &option, text);
                        if labels.is_empty() {
                            texts.pre_chat_options.remove(&name);
                        }
                    },
                );
                view! { <TextField label max=limits::NAME_CHARS value on_input=set /> }
            })
            .collect_view()
    };
    view! { {rows} }.into_any()
}

/// The words of the site's nudges.
#[component]
fn NudgeTexts(form: Form, tag: String, nudges: Nudges) -> AnyView {
    let rows = move || {
        let rules = nudges.ready().map(|page| page.data).unwrap_or_default();
        let row = |rule: NudgeRule| {
            let label = format!("Nudge “{}”", preview(Role::System, &rule.text));
            let key = rule.id.to_string();
            let own = key.clone();
            let (value, set) = text(
                form,
                tag.clone(),
                move |texts| of(&texts.nudge_texts, &own),
                move |texts, text| put(&mut texts.nudge_texts, &key, text),
            );
            view! { <TextArea label rows=2 max=limits::NUDGE_CHARS value on_input=set /> }
        };
        rules.into_iter().map(row).collect_view()
    };
    view! { {rows} }.into_any()
}

/// One text in one language, and how it is set.
fn text(
    form: Form,
    tag: String,
    read: impl Fn(&SiteTexts) -> String + Send + Sync + 'static,
    write: impl Fn(&mut SiteTexts, String) + Send + Sync + 'static,
) -> (Signal<String>, Callback<String>) {
    let written = tag.clone();
    let value = form.value(move |settings| {
        let texts = settings.translations.get(&tag);
        texts.map(&read).unwrap_or_default()
    });
    let set = form.set(move |settings, text: String| {
        if let Some(texts) = settings.translations.get_mut(&written) {
            write(texts, text);
        }
    });
    (value, set)
}

fn of(texts: &BTreeMap<String, String>, key: &str) -> String {
    texts.get(key).cloned().unwrap_or_default()
}

fn put(texts: &mut BTreeMap<String, String>, key: &str, text: String) {
    if text.is_empty() {
        texts.remove(key);
    } else {
        texts.insert(key.to_owned(), text);
    }
}

fn language_name(tag: &str) -> String {
    LANGUAGES
        .iter()
        .find(|(known, _)| *known == tag)
        .map_or(tag, |(_, name)| name)
        .to_owned()
}
