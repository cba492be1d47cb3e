//! The account's API keys: the list, making one, revoking one.

mod create;

use crate::api::Api;
use crate::state::load::{Load, Loader};
use crate::state::toast::Toasts;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, IconButton, Look};
use crate::ui::dialog::{Confirm, open_about};
use crate::ui::empty::{empty_state, error_state};
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_rows;
use crate::ui::time::{date, full_time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api_key::{ApiKey, Scope};
use shared::page::Page;

/// What a scope lets a program do.
pub const fn scope_label(scope: Scope) -> &'static str {
    match scope {
        Scope::Chat => "Chat",
        Scope::Chatbots => "Chatbots",
        Scope::Conversations => "Conversations",
        Scope::Knowledge => "Knowledge",
        Scope::Webhooks => "Webhooks",
    }
}

#[component]
pub fn ApiKeysTab() -> AnyView {
    let api = expect_context::<Api>();
    let toasts = expect_context::<Toasts>();
    let keys = Loader::<Page<ApiKey>>::new();
    keys.run(api.api_keys(None));
    let creating = RwSignal::new(false);
    let revoking = RwSignal::new(None::<ApiKey>);
    let confirming = open_about(revoking);
    let busy = RwSignal::new(false);
    let made = Callback::new(move |key: ApiKey| keys.update(|page| page.data.insert(0, key)));
    let revoke = Callback::new(move |()| {
        let Some(key) = revoking.get_untracked() else {
            return;
        };
        busy.set(true);
        spawn_local(async move {
            match api.revoke_api_key(key.id).await {
                Ok(()) => {
                    keys.update(|page| page.data.retain(|other| other.id != key.id));
                    toasts.done(format!("“{}” no longer works.", key.name));
                }
                Err(error) => toasts.error(&error),
            }
            revoking.set(None);
            busy.set(false);
        });
    });
    let question = Signal::derive(move || {
        revoking.with(|key| {
            let name = key.as_ref().map(|key| key.name.clone()).unwrap_or_default();
            format!("Programs that use “{name}” are turned away from this moment on.")
        })
    });
    let more = move || {
        let cursor = keys.with(|page| page.ready().and_then(|page| page.next_cursor.clone()));
        let (Some(mut shown), Some(cursor)) = (keys.ready(), cursor) else {
            return;
        };
        keys.refresh(async move {
            let page = api.api_keys(Some(&cursor)).await?;
            shown.data.extend(page.data);
            shown.next_cursor = page.next_cursor;
            Ok(shown)
        });
    };
    let list = move || match keys.get() {
        Load::Loading => skeleton_rows(3),
        Load::Failed(error) => error_state(&error, move || keys.run(api.api_keys(None))),
        Load::Ready(page) if page.data.is_empty() => empty_state(
            Icon::Key,
            "No key yet",
            "With a key, your own programs ask chatbots, teach them, and read and answer conversations.",
        ),
        Load::Ready(page) => {
            let more = page
                .next_cursor
                .is_some()
                .then(|| view! { <div class="more"><Button label="Show more" on_press=move |()| more() /></div> });
            let rows = page
                .data
                .into_iter()
                .map(|key| key_row(key, revoking))
                .collect_view();
            view! { <ul class="list">{rows}</ul>{more} }.into_any()
        }
    };
    view! {
        <div class="column">
            <div class="toolbar">
                <p class="page-text">"Sent as "<code>"Authorization: Bearer ck_live_…"</code>". A key acts in the name of who made it."</p>
                <Button label="New key" icon=Icon::Plus look=Look::Primary on_press=move |()| creating.set(true) />
            </div>
            {list}
        </div>
        <create::CreateKeyDialog open=creating on_made=made />
        <Confirm title="Revoke this key?" question action="Revoke" open=confirming busy on_confirm=revoke />
    }
    .into_any()
}

fn key_row(key: ApiKey, revoking: RwSignal<Option<ApiKey>>) -> AnyView {
    let revoke_label = format!("Revoke {}", key.name);
    let expiry = key
        .expires_at
        .as_deref()
        .map(|time| format!(" · expires {}", date(time)));
    let used = match &key.last_used_at {
        Some(time) => format!("last used {}", full_time(time)),
        None => "never used".to_owned(),
    };
    let scopes = if key.scopes.len() == Scope::ALL.len() {
        badge(Tone::Neutral, "Everything")
    } else {
        key.scopes
            .iter()
            .map(|scope| badge(Tone::Neutral, scope_label(*scope)))
            .collect_view()
            .into_any()
    };
    let about = format!(
        "…{} · {} · {}",
        key.hint,
        key.created_by,
        date(&key.created_at)
    );
    let (name, own) = (key.name.clone(), key);
    view! {
        <li class="list-row wrap">
            <span class="list-icon">{Icon::Key.view()}</span>
            <div class="list-main">
                <span class="list-title">{name}</span>
                <span class="faint">{about}{expiry}" · "{used}</span>
            </div>
            <div class="row">{scopes}</div>
            <IconButton label=revoke_label icon=Icon::Trash on_press=move |()| revoking.set(Some(own.clone())) />
        </li>
    }
    .into_any()
}
