//! What one endpoint was told, try by try.

use super::event_label;
use crate::api::Api;
use crate::route::{self, DevelopersTab};
use crate::state::load::{Load, Loader};
use crate::state::toast::Toasts;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::Button;
use crate::ui::empty::{empty_state, error_state};
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_rows;
use crate::ui::time::full_time;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::page::Page;
use shared::webhook::{DeliveryFailure, DeliveryStatus, WebhookAttempt, WebhookDelivery};

/// The log of one endpoint.
#[derive(Clone, Copy)]
struct Log {
    api: Api,
    toasts: Toasts,
    webhook: i64,
    page: Loader<Page<WebhookDelivery>>,
    /// The delivery that is shown in full; it stays so when the list is fetched anew.
    opened: RwSignal<Option<i64>>,
}

impl Log {
    fn fetch(self) {
        self.page
            .refresh(async move { self.api.deliveries(self.webhook, None).await });
    }

    fn fetch_more(self) {
        let cursor = self
            .page
            .with(|page| page.ready().and_then(|page| page.next_cursor.clone()));
        let (Some(mut shown), Some(cursor)) = (self.page.ready(), cursor) else {
            return;
        };
        self.page.refresh(async move {
            let page = self.api.deliveries(self.webhook, Some(&cursor)).await?;
            shown.data.extend(page.data);
            shown.next_cursor = page.next_cursor;
            Ok(shown)
        });
    }

    fn replay(self, delivery: i64) {
        spawn_local(async move {
            match self.api.replay_delivery(self.webhook, delivery).await {
                Ok(_) => {
                    self.toasts.done("It is sent again.");
                    self.fetch();
                }
                Err(error) => self.toasts.error(&error),
            }
        });
    }
}

#[component]
pub fn DeliveriesTab(webhook: i64) -> AnyView {
    let log = Log {
        api: expect_context::<Api>(),
        toasts: expect_context::<Toasts>(),
        webhook,
        page: Loader::new(),
        opened: RwSignal::new(None),
    };
    log.fetch();
    let list = move || match log.page.get() {
        Load::Loading => skeleton_rows(4),
        Load::Failed(error) => error_state(&error, move || log.fetch()),
        Load::Ready(page) if page.data.is_empty() => empty_state(
            Icon::Send,
            "Nothing sent yet",
            "What this endpoint is told appears here, with every try and what came back.",
        ),
        Load::Ready(page) => {
            let more = page.next_cursor.is_some().then(|| {
                view! { <div class="more"><Button label="Show more" on_press=move |()| log.fetch_more() /></div> }
            });
            let rows = page
                .data
                .into_iter()
                .map(|delivery| delivery_row(log, delivery))
                .collect_view();
            view! { <ul class="list">{rows}</ul>{more} }.into_any()
        }
    };
    view! {
        <div class="column">
            <div class="toolbar">
                <p class="crumbs"><a href=route::developers(DevelopersTab::Webhooks)>{Icon::Back.view()}"All endpoints"</a></p>
                <Button label="Refresh" icon=Icon::Refresh on_press=move |()| log.fetch() />
            </div>
            {list}
        </div>
    }
    .into_any()
}

fn delivery_row(log: Log, delivery: WebhookDelivery) -> AnyView {
    let id = delivery.id;
    let (tone, word) = match delivery.status {
        DeliveryStatus::Pending => (Tone::Accent, "Pending"),
        DeliveryStatus::Delivered => (Tone::Success, "Delivered"),
        DeliveryStatus::Failed => (Tone::Danger, "Failed"),
    };
    let tries = match delivery.attempts {
        1 => "1 try".to_owned(),
        count => format!("{count} tries"),
    };
    let next = delivery
        .next_attempt_at
        .as_deref()
        .map(|time| format!(" · next {}", full_time(time)));
    let attempts = delivery.log.into_iter().map(attempt).collect_view();
    let can_replay = delivery.status != DeliveryStatus::Pending;
    view! {
        <li>
            <details class="delivery" prop:open=move || log.opened.get() == Some(id)>
                <summary class="list-row" on:click=move |event| {
                    event.prevent_default();
                    log.opened.update(|opened| *opened = (*opened != Some(id)).then_some(id));
                }>
                    <span class="list-main">
                        <span class="list-title">{event_label(delivery.event)}</span>
                        <span class="faint">{full_time(&delivery.created_at)}" · "{tries}{next}</span>
                    </span>
                    {badge(tone, word)}
                </summary>
                <div class="delivery-body">
                    <div class="row">
                        <span class="faint">"webhook-id "<code>{delivery.event_id}</code></span>
                        {can_replay.then(|| view! {
                            <Button label="Send again" icon=Icon::Refresh on_press=move |()| log.replay(id) />
                        })}
                    </div>
                    <h3>"Body"</h3>
                    <pre class="code-block" tabindex="0">{pretty(&delivery.payload)}</pre>
                    {attempts}
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// JSON on several lines; anything else as it is.
fn pretty(text: &str) -> String {
    js_sys::JSON::parse(text)
        .and_then(|value| {
            js_sys::JSON::stringify_with_replacer_and_space(
                &value,
                &wasm_bindgen::JsValue::NULL,
                &2.into(),
            )
        })
        .map_or_else(|_| text.to_owned(), String::from)
}

fn attempt(attempt: WebhookAttempt) -> AnyView {
    let outcome = match (&attempt.response, attempt.failure) {
        (Some(response), _) => format!("answered {}", response.status),
        (None, Some(failure)) => failure_text(failure).to_owned(),
        (None, None) => "no answer".to_owned(),
    };
    let tone = if attempt.failure.is_none() {
        Tone::Success
    } else {
        Tone::Danger
    };
    let sent = headers(&attempt.request.headers);
    let came = attempt.response.map(|response| {
        let text = format!("{}\n{}", headers(&response.headers), response.body);
        view! { <h4>"Response"</h4><pre class="code-block" tabindex="0">{text}</pre> }
    });
    view! {
        <section class="attempt">
            <div class="row">
                <h3>"Try "{attempt.number}</h3>
                {badge(tone, outcome)}
                <span class="faint">{full_time(&attempt.at)}" · "{attempt.duration_ms}" ms"</span>
            </div>
            <h4>"Request"</h4>
            <pre class="code-block" tabindex="0">{format!("POST {}\n{sent}", attempt.request.url)}</pre>
            {came}
        </section>
    }
    .into_any()
}

const fn failure_text(failure: DeliveryFailure) -> &'static str {
    match failure {
        DeliveryFailure::Status => "refused",
        DeliveryFailure::Redirect => "redirected",
        DeliveryFailure::Timeout => "no answer within 15 s",
        DeliveryFailure::Unreachable => "unreachable",
        DeliveryFailure::ForbiddenAddress => "forbidden address",
    }
}

fn headers(headers: &std::collections::BTreeMap<String, String>) -> String {
    headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect()
}
