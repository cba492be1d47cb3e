//! The address of an endpoint, and what it is told of.

use super::{Webhooks, event_label};
use crate::part::submission::Submission;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::{Dialog, open_about};
use crate::ui::field::TextField;
use crate::ui::switch::check_box;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::limits;
use shared::webhook::{CreateWebhookRequest, UpdateWebhookRequest, Webhook, WebhookEvent};

#[derive(Debug, Clone)]
pub enum Edit {
    New,
    Of(Box<Webhook>),
}

#[component]
pub fn EditDialog(webhooks: Webhooks) -> AnyView {
    let open = open_about(webhooks.editing);
    let title = Signal::derive(move || {
        match webhooks.editing.get() {
            Some(Edit::Of(_)) => "Change the endpoint",
            _ => "New endpoint",
        }
        .to_owned()
    });
    let form = move || {
        webhooks
            .editing
            .get()
            .map(|edit| view! { <EditForm webhooks edit open /> })
    };
    view! { <Dialog title open>{form}</Dialog> }.into_any()
}

#[component]
fn EditForm(webhooks: Webhooks, edit: Edit, open: RwSignal<bool>) -> AnyView {
    let form = Submission::of(&["url", "description", "events"]);
    let known = match edit {
        Edit::New => None,
        Edit::Of(webhook) => Some(*webhook),
    };
    let id = known.as_ref().map(|webhook| webhook.id);
    let url = RwSignal::new(
        known
            .as_ref()
            .map(|webhook| webhook.url.clone())
            .unwrap_or_default(),
    );
    let description = RwSignal::new(
        known
            .as_ref()
            .and_then(|webhook| webhook.description.clone())
            .unwrap_or_default(),
    );
    let events =
        RwSignal::new(known.map_or_else(|| WebhookEvent::ALL.to_vec(), |webhook| webhook.events));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (address, words) = (url.get_untracked(), description.get_untracked());
        let (address, words) = (address.trim().to_owned(), words.trim().to_owned());
        let words = Some(words).filter(|words| !words.is_empty());
        let chosen = events.get_untracked();
        let api = webhooks.api;
        let request = async move {
            match id {
                None => {
                    let request = CreateWebhookRequest {
                        url: address,
                        events: chosen,
                        description: words,
                        enabled: None,
                    };
                    api.create_webhook(request).await
                }
                Some(id) => {
                    let request = UpdateWebhookRequest {
                        url: Some(address),
                        events: Some(chosen),
                        description: Some(words),
                        enabled: None,
                    };
                    api.update_webhook(id, request).await
                }
            }
        };
        form.send(request, move |webhook| {
            open.set(false);
            webhooks.put(webhook);
        });
    };
    let boxes = WebhookEvent::ALL
        .iter()
        .map(|event| event_box(*event, events))
        .collect_view();
    let is_nothing = Signal::derive(move || events.with(Vec::is_empty));
    let action = if id.is_some() {
        "Save"
    } else {
        "Create the endpoint"
    };
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {form.error_above()}
                <TextField
                    label="Address" kind="url" required=true autofocus=true max=limits::URL_CHARS
                    placeholder="https://example.com/hooks/parlance" autocomplete="off"
                    hint="Takes POST requests from the internet and answers with 2xx within 15 seconds."
                    error=form.error_at("url") value=url on_input=move |text| url.set(text)
                />
                <TextField
                    label="Description" max=limits::DESCRIPTION_CHARS placeholder="Sends escalations to our pager" autocomplete="off"
                    error=form.error_at("description") value=description on_input=move |text| description.set(text)
                />
                <fieldset class="choices">
                    <legend class="label">"Tell it of"</legend>
                    {boxes}
                    <p class="field-error" aria-live="polite">{form.error_at("events")}</p>
                </fieldset>
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label=action look=Look::Primary submit=true busy=form.busy() disabled=is_nothing />
            </footer>
        </form>
    }
    .into_any()
}

fn event_box(event: WebhookEvent, events: RwSignal<Vec<WebhookEvent>>) -> AnyView {
    let change = move |on: bool| {
        events.update(|events| {
            events.retain(|other| *other != event);
            if on {
                events.push(event);
                events.sort();
            }
        });
    };
    let text = match event {
        WebhookEvent::NewConversation => "A visitor starts a conversation",
        WebhookEvent::NewMessage => "A visitor, the assistant or an operator says something",
        WebhookEvent::Escalation => "A person is asked for",
        WebhookEvent::FeedbackReceived => "A visitor gives an answer a thumb",
        WebhookEvent::AdminReply => "An operator writes to the visitor",
    };
    check_box(
        event_label(event),
        text,
        Signal::derive(move || events.with(|events| events.contains(&event))),
        change,
    )
}
