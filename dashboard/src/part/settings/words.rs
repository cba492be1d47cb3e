//! What the chat says before anybody asked.

use super::form::{Form, bind};
use crate::ui::button::{Button, IconButton};
use crate::ui::card::Card;
use crate::ui::field::{SelectField, TextArea, TextField};
use crate::ui::icon::Icon;
use leptos::prelude::*;
use shared::limits;

/// More would push the first message out of sight.
const MOST_QUESTIONS: usize = 6;

pub(super) const LANGUAGES: [(&str, &str); 17] = [
    ("", "The visitor's own"),
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("pt", "Português"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("tr", "Türkçe"),
    ("ru", "Русский"),
    ("uk", "Українська"),
    ("ar", "العربية"),
    ("he", "עברית"),
    ("ja", "日本語"),
    ("zh", "中文"),
    ("hi", "हिन्दी"),
];

#[component]
pub fn Words(form: Form) -> AnyView {
    let (name, set_name) = bind!(form, display_name);
    let (greeting, set_greeting) = bind!(form, greeting_text);
    let (welcome, set_welcome) = bind!(form, welcome_message);
    let (offline, set_offline) = bind!(form, offline_message);
    let (language, set_language) = bind!(form, language);
    view! {
        <Card title="Words" id="words">
            <TextField
                label="Name" max=limits::NAME_CHARS hint="At the head of the chat."
                value=name on_input=set_name error=form.error("displayName")
            />
            <TextField
                label="Greeting" max=limits::GREETING_CHARS hint="The short line visitors see first."
                value=greeting on_input=set_greeting error=form.error("greetingText")
            />
            <TextArea
                label="Welcome message" max=limits::GREETING_CHARS hint="The assistant's first message."
                value=welcome on_input=set_welcome error=form.error("welcomeMessage")
            />
            <StarterQuestions form />
            <TextArea
                label="Outside business hours" max=limits::GREETING_CHARS hint="Said beside the time when you are back."
                value=offline on_input=set_offline error=form.error("offlineMessage")
            />
            <SelectField
                label="Language" hint="Of the chat's own words and of the answers." options=language_options(&language.get_untracked())
                value=language on_change=set_language error=form.error("language")
            />
        </Card>
    }
    .into_any()
}

/// The usual languages, and the one in use where it is another.
fn language_options(current: &str) -> Vec<(String, String)> {
    let mut options: Vec<(String, String)> = LANGUAGES
        .iter()
        .map(|(tag, name)| ((*tag).to_owned(), (*name).to_owned()))
        .collect();
    if !options.iter().any(|(tag, _)| tag == current) {
        options.push((current.to_owned(), current.to_owned()));
    }
    options
}

#[component]
fn StarterQuestions(form: Form) -> AnyView {
    let count = form.value(|settings| settings.starter_questions.len());
    let error = form.error("starterQuestions");
    let add = form.set(|settings, ()| settings.starter_questions.push(String::new()));
    let remove = form.set(|settings, index: usize| {
        if index < settings.starter_questions.len() {
            settings.starter_questions.remove(index);
        }
    });
    let write = form.set(|settings, (index, text): (usize, String)| {
        if let Some(question) = settings.starter_questions.get_mut(index) {
            *question = text;
        }
    });
    let rows = move || {
        (0..count.get())
            .map(|index| {
                let value = form.value(move |settings| settings.starter_questions.get(index).cloned().unwrap_or_default());
                let label = format!("Question {}", index + 1);
                let remove_label = format!("Remove question {}", index + 1);
                view! {
                    <li class="row">
                        <input
                            class="input" type="text" aria-label=label maxlength=limits::QUESTION_CHARS.to_string()
                            prop:value=value
                            on:input=move |event| write.run((index, event_target_value(&event)))
                        />
                        <IconButton label=remove_label icon=Icon::Close on_press=move |()| remove.run(index) />
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <div class="field" role="group" aria-label="Questions to start with">
            <span class="label">"Questions to start with"</span>
            <ul class="stack">{rows}</ul>
            {move || (count.get() < MOST_QUESTIONS).then(|| view! {
                <div><Button label="Add a question" icon=Icon::Plus on_press=move |()| add.run(()) /></div>
            })}
            <p class="hint">"Offered as buttons before the first message."</p>
            <p class="field-error" aria-live="polite">{move || error.get()}</p>
        </div>
    }
    .into_any()
}
