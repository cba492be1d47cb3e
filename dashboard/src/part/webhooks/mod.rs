//! Webhook endpoints of the account: the list, making, changing, and what each was told.

pub mod deliveries;
mod edit;
mod secret;

use crate::api::Api;
use crate::route;
use crate::state::load::{Load, Loader};
use crate::state::toast::Toasts;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, IconButton, Look};
use crate::ui::dialog::{Confirm, open_about};
use crate::ui::empty::{empty_state, error_state};
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_rows;
use crate::ui::time::full_time;
use edit::{Edit, EditDialog};
use leptos::prelude::*;
use leptos::task::spawn_local;
use secret::SecretDialog;
use shared::page::Page;
use shared::webhook::{UpdateWebhookRequest, Webhook, WebhookDisabledReason, WebhookEvent};

/// What an event is, in words.
pub const fn event_label(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::NewConversation => "New conversation",
        WebhookEvent::NewMessage => "New message",
        WebhookEvent::Escalation => "Escalation",
        WebhookEvent::FeedbackReceived => "Feedback",
        WebhookEvent::AdminReply => "Operator's reply",
    }
}

/// The list, and what is open above it.
#[derive(Clone, Copy)]
struct Webhooks {
    api: Api,
    toasts: Toasts,
    list: Loader<Page<Webhook>>,
    editing: RwSignal<Option<Edit>>,
    rotating: RwSignal<Option<Webhook>>,
    deleting: RwSignal<Option<Webhook>>,
    /// A secret just made.
    secret: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Webhooks {
    /// What the server says of an endpoint now; a new one comes first.
    fn put(self, mut webhook: Webhook) {
        if let Some(secret) = webhook.secret.take() {
            self.secret.set(Some(secret));
        }
        self.list.update(|page| {
            let known = page.data.iter_mut().find(|other| other.id == webhook.id);
            match known {
                Some(known) => *known = webhook,
                None => page.data.insert(0, webhook),
            }
        });
    }

    fn switch(self, id: i64, enabled: bool) {
        let request = UpdateWebhookRequest {
            enabled: Some(enabled),
            ..UpdateWebhookRequest::default()
        };
        spawn_local(async move {
            match self.api.update_webhook(id, request).await {
                Ok(webhook) => self.put(webhook),
                Err(error) => {
                    self.toasts.error(&error);
                    // Shows the switch as the server has it.
                    self.list.update(|_| ());
                }
            }
        });
    }

    fn rotate(self) {
        let Some(webhook) = self.rotating.get_untracked() else {
            return;
        };
        self.busy.set(true);
        spawn_local(async move {
            match self.api.rotate_webhook(webhook.id).await {
                Ok(webhook) => self.put(webhook),
                Err(error) => self.toasts.error(&error),
            }
            self.rotating.set(None);
            self.busy.set(false);
        });
    }

    fn delete(self) {
        let Some(webhook) = self.deleting.get_untracked() else {
            return;
        };
        self.busy.set(true);
        spawn_local(async move {
            match self.api.delete_webhook(webhook.id).await {
                Ok(()) => {
                    self.list
                        .update(|page| page.data.retain(|other| other.id != webhook.id));
                    self.toasts.done("Deleted. Nothing is sent there any more.");
                }
                Err(error) => self.toasts.error(&error),
            }
            self.deleting.set(None);
            self.busy.set(false);
        });
    }
}

#[component]
pub fn WebhooksTab() -> AnyView {
    let api = expect_context::<Api>();
    let webhooks = Webhooks {
        api,
        toasts: expect_context::<Toasts>(),
        list: Loader::new(),
        editing: RwSignal::new(None),
        rotating: RwSignal::new(None),
        deleting: RwSignal::new(None),
        secret: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    webhooks.list.run(api.webhooks());
    let list = move || match webhooks.list.get() {
        Load::Loading => skeleton_rows(2),
        Load::Failed(error) => error_state(&error, move || webhooks.list.run(api.webhooks())),
        Load::Ready(page) if page.data.is_empty() => empty_state(
            Icon::Bell,
            "No endpoint yet",
            "Name an address of yours, and it is told of new conversations, messages, escalations and feedback within seconds.",
        ),
        Load::Ready(page) => {
            let rows = page
                .data
                .into_iter()
                .map(|webhook| webhook_row(webhooks, webhook))
                .collect_view();
            view! { <ul class="list">{rows}</ul> }.into_any()
        }
    };
    view! {
        <div class="column">
            <div class="toolbar">
                <p class="page-text">"Each event is a signed POST, sent again for up to four days where it is not taken."</p>
                <Button label="New endpoint" icon=Icon::Plus look=Look::Primary on_press=move |()| webhooks.editing.set(Some(Edit::New)) />
            </div>
            {list}
        </div>
        <EditDialog webhooks />
        <SecretDialog secret=webhooks.secret />
        <Confirm
            title="Replace the signing secret?"
            question="Requests carry the signatures of both secrets for 24 hours, so that you can switch over."
            action="Replace" open=open_about(webhooks.rotating) busy=webhooks.busy on_confirm=move |()| webhooks.rotate()
        />
        <Confirm
            title="Delete this endpoint?"
            question="What waits to be delivered is dropped, and the log goes with it. This cannot be undone."
            action="Delete" open=open_about(webhooks.deleting) busy=webhooks.busy on_confirm=move |()| webhooks.delete()
        />
    }
    .into_any()
}

/// How an endpoint fares.
fn state(webhook: &Webhook) -> AnyView {
    match (
        webhook.enabled,
        webhook.disabled_reason,
        &webhook.failing_since,
    ) {
        (false, Some(WebhookDisabledReason::Gone), _) => badge(Tone::Danger, "Switched off: gone"),
        (false, Some(WebhookDisabledReason::Failing), _) => {
            badge(Tone::Danger, "Switched off: failing")
        }
        (false, None, _) => badge(Tone::Neutral, "Off"),
        (true, _, Some(_)) => badge(Tone::Warning, "Failing"),
        (true, _, None) => badge(Tone::Success, "On"),
    }
}

/// What an owner has to know about an endpoint that does not work.
fn trouble(webhook: &Webhook) -> Option<String> {
    match (webhook.disabled_reason, &webhook.failing_since) {
        (Some(WebhookDisabledReason::Gone), _) => {
            Some("The receiver answered 410: it is gone for good.".into())
        }
        (Some(WebhookDisabledReason::Failing), _) => {
            Some("Nothing could be delivered for five days.".into())
        }
        (None, Some(since)) => Some(format!("Every try has failed since {}.", full_time(since))),
        (None, None) => None,
    }
}

fn webhook_row(webhooks: Webhooks, webhook: Webhook) -> AnyView {
    let id = webhook.id;
    let events = webhook
        .events
        .iter()
        .map(|event| event_label(*event))
        .collect::<Vec<_>>()
        .join(", ");
    let trouble = trouble(&webhook).map(|text| view! { <span class="list-trouble">{text}</span> });
    let (state, enabled) = (state(&webhook), webhook.enabled);
    let (url, description) = (webhook.url.clone(), webhook.description.clone());
    let description = description.map(|text| format!("{text} · "));
    let switch_label = if enabled {
        format!("Switch {url} off")
    } else {
        format!("Switch {url} on")
    };
    let switch_icon = if enabled { Icon::Bell } else { Icon::BellOff };
    let (edit_label, rotate_label, delete_label) = (
        format!("Change {url}"),
        format!("Replace the secret of {url}"),
        format!("Delete {url}"),
    );
    let (to_edit, to_rotate, to_delete) = (webhook.clone(), webhook.clone(), webhook);
    view! {
        <li class="list-row wrap">
            <span class="list-icon">{Icon::Send.view()}</span>
            <a class="list-main" href=route::webhook(id)>
                <span class="list-title">{url}</span>
                <span class="faint">{description}{events}</span>
                {trouble}
            </a>
            {state}
            <div class="row tight">
                <IconButton label=switch_label icon=switch_icon on_press=move |()| webhooks.switch(id, !enabled) />
                <IconButton label=rotate_label icon=Icon::Refresh on_press=move |()| webhooks.rotating.set(Some(to_rotate.clone())) />
                <IconButton label=edit_label icon=Icon::Sliders on_press=move |()| webhooks.editing.set(Some(Edit::Of(Box::new(to_edit.clone())))) />
                <IconButton label=delete_label icon=Icon::Trash on_press=move |()| webhooks.deleting.set(Some(to_delete.clone())) />
            </div>
        </li>
    }
    .into_any()
}
