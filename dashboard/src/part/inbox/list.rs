//! The list of conversations, moved through by mouse or by keys.

use super::Selection;
use super::filters::Filters;
use super::row::ConversationRow;
use crate::browser;
use crate::state::inbox::View;
use crate::state::inbox_store::InboxStore;
use crate::state::session::Session;
use crate::ui::button::Button;
use crate::ui::empty::{empty_state, error_state};
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_rows;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

#[component]
pub fn ListPane() -> AnyView {
    let selection = expect_context::<Selection>();
    let store = expect_context::<InboxStore>();
    let session = expect_context::<Session>();
    let ids = Memo::new(move |_| {
        let my_id = session.my_id();
        selection
            .filter
            .with(|filter| store.inbox.with(|inbox| inbox.list(filter, my_id)))
    });
    watch_keys(selection, ids);

    let is_loaded = Memo::new(move |_| {
        selection
            .filter
            .with(|filter| store.list.with(|list| list.filter.as_ref() == Some(filter)))
    });
    // Rows that are known already are shown while the list is fetched, except for a search.
    let content = Memo::new(move |_| {
        let error = store.list.with(|list| list.error.clone());
        match (ids.with(Vec::is_empty), is_loaded.get(), error) {
            (true, false, Some(error)) => ListContent::Failed(error),
            (true, false, None) => ListContent::Loading,
            (true, true, _) => ListContent::Empty,
            (false, false, _) if selection.filter.with(|filter| !filter.search.is_empty()) => {
                ListContent::Loading
            }
            (false, _, _) => ListContent::Rows,
        }
    });
    let shown = move || {
        match content.get() {
        ListContent::Loading => skeleton_rows(7),
        ListContent::Failed(error) => {
            error_state(&error, move || store.load_list(selection.filter.get_untracked()))
        }
        ListContent::Empty => nothing(selection),
        ListContent::Rows => view! {
            <ul class="rows">
                <For each=move || ids.get() key=String::clone children=move |id| view! { <ConversationRow id /> } />
            </ul>
            <More />
        }
        .into_any(),
    }
    };
    view! {
        <section class="list-pane" aria-label="Conversations">
            <Filters />
            <div class="rows-scroll">{shown}</div>
        </section>
    }
    .into_any()
}

#[derive(Debug, Clone, PartialEq)]
enum ListContent {
    Loading,
    Failed(crate::api::ApiError),
    Empty,
    Rows,
}

#[component]
fn More() -> AnyView {
    let store = expect_context::<InboxStore>();
    let has_more = Memo::new(move |_| store.list.with(|list| list.next_cursor.is_some()));
    let busy = Signal::derive(move || store.list.with(|list| list.loading));
    let shown = move || {
        has_more.get().then(|| {
            view! { <div class="more"><Button label="Show more" busy on_press=move |()| store.load_more() /></div> }
        })
    };
    shown.into_any()
}

fn nothing(selection: Selection) -> AnyView {
    let filter = selection.filter.get();
    if !filter.search.trim().is_empty() {
        return empty_state(
            Icon::Search,
            "Nothing found",
            "No message or contact in this list matches. Try “All”.",
        );
    }
    match filter.view {
        View::Waiting => empty_state(
            Icon::Check,
            "Nobody is waiting",
            "When a visitor asks for a person, they appear here.",
        ),
        View::Mine => empty_state(
            Icon::Person,
            "Nothing is yours",
            "Take a conversation over and it appears here.",
        ),
        View::Closed => empty_state(
            Icon::Check,
            "Nothing resolved yet",
            "Conversations you resolve appear here.",
        ),
        View::Open | View::All => empty_state(
            Icon::Inbox,
            "No conversations yet",
            "As soon as a visitor writes on one of your sites, the conversation appears here by itself.",
        ),
    }
}

/// J and K (or the arrows within the list) move, Escape closes, / searches.
fn watch_keys(selection: Selection, ids: Memo<Vec<String>>) {
    let listening = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
            return;
        }
        let key = event.key();
        let typing = browser::is_typing_into(event.target());
        let in_dialog = browser::document()
            .and_then(|document| document.query_selector("dialog[open]").ok().flatten())
            .is_some();
        if in_dialog {
            return;
        }
        let in_list = is_in_list();
        match key.as_str() {
            "Escape" => escape(selection, typing),
            "/" if !typing => {
                event.prevent_default();
                browser::focus("inbox-search");
            }
            "j" if !typing => step(selection, ids, 1),
            "k" if !typing => step(selection, ids, -1),
            "ArrowDown" | "ArrowUp" if in_list => {
                event.prevent_default();
                move_focus(ids, if key == "ArrowDown" { 1 } else { -1 });
            }
            _ => {}
        }
    });
    on_cleanup(move || listening.remove());
}

fn escape(selection: Selection, typing: bool) {
    if typing {
        if let Some(element) = browser::document().and_then(|document| document.active_element())
            && let Ok(element) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(element)
        {
            let _left = element.blur();
        }
    } else if selection.show_details.get_untracked() {
        selection.show_details.set(false);
    } else if let Some(id) = selection.open.get_untracked() {
        selection.open(None);
        request_animation_frame(move || browser::focus(&row_id(&id)));
    }
}

/// Opens the conversation that many rows on.
fn step(selection: Selection, ids: Memo<Vec<String>>, by: isize) {
    let ids = ids.get_untracked();
    let current = selection.open.with_untracked(|open| {
        open.as_ref()
            .and_then(|open| ids.iter().position(|id| id == open))
    });
    let next = match current {
        Some(index) => index.checked_add_signed(by),
        None => Some(0),
    };
    if let Some(id) = next.and_then(|index| ids.get(index)) {
        selection.open(Some(id));
        let row = row_id(id);
        request_animation_frame(move || browser::focus(&row));
    }
}

fn move_focus(ids: Memo<Vec<String>>, by: isize) {
    let ids = ids.get_untracked();
    let focused = browser::document()
        .and_then(|document| document.active_element())
        .map(|element| element.id());
    let current = ids.iter().position(|id| Some(row_id(id)) == focused);
    let next = current.map_or(Some(0), |index| index.checked_add_signed(by));
    if let Some(id) = next.and_then(|index| ids.get(index)) {
        browser::focus(&row_id(id));
    }
}

fn is_in_list() -> bool {
    browser::document()
        .and_then(|document| document.active_element())
        .is_some_and(|element| element.id().starts_with("row-"))
}

pub fn row_id(id: &str) -> String {
    format!("row-{id}")
}
