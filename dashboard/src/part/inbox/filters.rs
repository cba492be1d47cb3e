//! What the list shows: view, site and search, all kept in the address.

use super::Selection;
use crate::api::Api;
use crate::state::inbox::{Filter, Inbox, View};
use crate::state::inbox_store::InboxStore;
use crate::state::load::Loader;
use crate::state::sound::Sound;
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use shared::site::Bot;
use std::time::Duration;

const SEARCH_PAUSE: Duration = Duration::from_millis(250);

#[component]
pub fn Filters() -> AnyView {
    let sound = expect_context::<Sound>();
    let sound_label = Signal::derive(move || {
        if sound.is_on() {
            "Turn the sound off".to_owned()
        } else {
            "Turn the sound on".to_owned()
        }
    });
    let sound_icon = Signal::derive(move || {
        if sound.is_on() {
            Icon::Bell
        } else {
            Icon::BellOff
        }
    });
    view! {
        <div class="filters">
            <div class="filters-head">
                <h2>"Inbox"</h2>
                <SiteChoice />
                <IconButton label=sound_label icon=sound_icon on_press=move |()| sound.switch(!sound.is_on()) />
            </div>
            <SearchBox />
            <Views />
        </div>
    }
    .into_any()
}

#[component]
fn Views() -> AnyView {
    let selection = expect_context::<Selection>();
    let store = expect_context::<InboxStore>();
    let waiting = Memo::new(move |_| store.inbox.with(Inbox::waiting));
    let choices = View::ALL
        .map(|own| {
            let address = move || {
                let filter = Filter { view: own, ..selection.filter.get() };
                crate::route::inbox(selection.open.get().as_deref(), &filter)
            };
            let current = move || selection.filter.with(|filter| filter.view == own).then_some("true");
            let count = move || {
                let waiting = waiting.get();
                (own == View::Waiting && waiting > 0).then(|| view! { <span class="count">{waiting}</span> })
            };
            view! { <li><a class="view" href=address aria-current=current data-noscroll="">{own.label()}{count}</a></li> }
        })
        .into_iter()
        .collect_view();
    view! { <ul class="views" aria-label="Lists">{choices}</ul> }.into_any()
}

#[component]
fn SearchBox() -> AnyView {
    let selection = expect_context::<Selection>();
    let text = RwSignal::new(
        selection
            .filter
            .with_untracked(|filter| filter.search.clone()),
    );
    let handle = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    // Going back in the history changes the search from outside.
    Effect::new(move |_| {
        let search = selection.filter.with(|filter| filter.search.clone());
        if text.with_untracked(|text| text.trim() != search) {
            text.set(search);
        }
    });
    on_cleanup(move || {
        if let Some(waiting) = handle.try_get_value().flatten() {
            waiting.clear();
        }
    });
    let search = move |typed: String| {
        text.set(typed);
        if let Some(waiting) = handle.get_value() {
            waiting.clear();
        }
        let apply = move || {
            let search = text.get_untracked().trim().to_owned();
            let filter = Filter {
                search,
                ..selection.filter.get_untracked()
            };
            if filter != selection.filter.get_untracked() {
                selection.set_filter(&filter, true);
            }
        };
        handle.set_value(set_timeout_with_handle(apply, SEARCH_PAUSE).ok());
    };
    view! {
        <label class="search">
            {Icon::Search.view()}
            <span class="visually-hidden">"Search conversations"</span>
            <input
                id="inbox-search" type="search" placeholder="Search" prop:value=text
                on:input=move |event| search(event_target_value(&event))
            />
            <kbd aria-hidden="true">"/"</kbd>
        </label>
    }
    .into_any()
}

/// Only where there is more than one site to choose from.
#[component]
fn SiteChoice() -> AnyView {
    let selection = expect_context::<Selection>();
    let api = expect_context::<Api>();
    let sites = Loader::<Vec<Bot>>::new();
    sites.run(api.sites());
    let choose = move |value: String| {
        let filter = Filter {
            site: value.parse().ok(),
            ..selection.filter.get_untracked()
        };
        selection.set_filter(&filter, false);
    };
    let shown = move || {
        let list = sites.ready().filter(|list| list.len() > 1)?;
        let options = list
            .into_iter()
            .map(|site| {
                let selected = move || selection.filter.with(|filter| filter.site == Some(site.id));
                view! { <option value=site.id.to_string() selected=selected>{site.name}</option> }
            })
            .collect_view();
        Some(view! {
            <select class="input select small" aria-label="Site" on:change=move |event| choose(event_target_value(&event))>
                <option value="" selected=move || selection.filter.with(|filter| filter.site.is_none())>"All sites"</option>
                {options}
            </select>
        })
    };
    shown.into_any()
}
