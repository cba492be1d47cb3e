//! Making a key, and showing it this once.

use super::scope_label;
use crate::api::Api;
use crate::part::submission::Submission;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::copy::CopyBox;
use crate::ui::dialog::Dialog;
use crate::ui::field::{SelectField, TextField};
use crate::ui::notice::notice;
use crate::ui::time::in_days;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::api_key::{ApiKey, CreateApiKeyRequest, Scope};
use shared::limits;

/// Days a key may live, and how that is said.
const LIVES: [(&str, &str); 4] = [
    ("", "Never"),
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("365", "In a year"),
];

#[component]
pub fn CreateKeyDialog(open: RwSignal<bool>, on_made: Callback<ApiKey>) -> AnyView {
    view! { <Dialog title="New API key" open><CreateKey open on_made /></Dialog> }.into_any()
}

#[component]
fn CreateKey(open: RwSignal<bool>, on_made: Callback<ApiKey>) -> AnyView {
    let made = RwSignal::new(None::<String>);
    let content = move || {
        match made.get() {
        None => view! { <CreateKeyForm open made on_made /> }.into_any(),
        Some(key) => view! {
            <div class="dialog-body">
                {notice(Tone::Warning, "Copy it now: it is shown this once and cannot be read again.")}
                <CopyBox label="The key" text=key />
            </div>
            <footer class="dialog-foot">
                <Button label="Done" look=Look::Primary on_press=move |()| open.set(false) />
            </footer>
        }
        .into_any(),
    }
    };
    content.into_any()
}

#[component]
fn CreateKeyForm(
    open: RwSignal<bool>,
    made: RwSignal<Option<String>>,
    on_made: Callback<ApiKey>,
) -> AnyView {
    let api = expect_context::<Api>();
    let form = Submission::of(&["name", "scopes", "expiresAt"]);
    let name = RwSignal::new(String::new());
    let scopes = RwSignal::new(Scope::ALL.to_vec());
    let life = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let chosen = scopes.get_untracked();
        let request = CreateApiKeyRequest {
            name: name.get_untracked().trim().to_owned(),
            scopes: (chosen.len() < Scope::ALL.len()).then_some(chosen),
            expires_at: life.get_untracked().parse().ok().map(in_days),
        };
        form.send(api.create_api_key(request), move |created| {
            // The page may have gone meanwhile.
            let _told = on_made.try_run(created.row);
            made.set(Some(created.key));
        });
    };
    let is_nothing = Signal::derive(move || scopes.with(Vec::is_empty));
    let boxes = Scope::ALL
        .iter()
        .map(|scope| scope_box(*scope, scopes))
        .collect_view();
    let lives = LIVES.map(|(value, words)| (value.to_owned(), words.to_owned()));
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {form.error_above()}
                <TextField
                    label="Name" required=true autofocus=true max=limits::NAME_CHARS placeholder="Nightly import"
                    hint="What the key is for, so that you can tell it apart later." autocomplete="off"
                    error=form.error_at("name") value=name on_input=move |text| name.set(text)
                />
                <fieldset class="choices">
                    <legend class="label">"What it may do"</legend>
                    {boxes}
                    <p class="field-error" aria-live="polite">{form.error_at("scopes")}</p>
                </fieldset>
                <SelectField
                    label="Stops working" options=lives.to_vec() error=form.error_at("expiresAt")
                    value=life on_change=move |value| life.set(value)
                />
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Create the key" look=Look::Primary submit=true busy=form.busy() disabled=is_nothing />
            </footer>
        </form>
    }
    .into_any()
}

fn scope_box(scope: Scope, scopes: RwSignal<Vec<Scope>>) -> AnyView {
    let change = move |on: bool| {
        scopes.update(|scopes| {
            scopes.retain(|other| *other != scope);
            if on {
                scopes.push(scope);
                scopes.sort();
            }
        });
    };
    crate::ui::switch::check_box(
        scope_label(scope),
        scope_text(scope),
        Signal::derive(move || scopes.with(|scopes| scopes.contains(&scope))),
        change,
    )
}

const fn scope_text(scope: Scope) -> &'static str {
    match scope {
        Scope::Chat => "Ask a chatbot and read its answer",
        Scope::Chatbots => "Make, change and delete chatbots",
        Scope::Conversations => "Read, answer, tag and export conversations",
        Scope::Knowledge => "Teach chatbots",
        Scope::Webhooks => "Manage webhook endpoints",
    }
}
