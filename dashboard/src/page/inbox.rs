//! The inbox: list, conversation, details. The address holds which conversation is open and what is filtered.

use crate::part::inbox::Selection;
use crate::part::inbox::conversation::ConversationPane;
use crate::part::inbox::details::DetailsPane;
use crate::part::inbox::list::ListPane;
use crate::route;
use crate::state::inbox::Filter;
use crate::state::inbox_store::InboxStore;
use crate::state::live::Live;
use crate::state::title::set_page_title;
use crate::ui::button::Button;
use crate::ui::empty::empty_state;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

#[component]
pub fn InboxPage() -> AnyView {
    let store = expect_context::<InboxStore>();
    let live = expect_context::<Live>();
    let selection = read_address();
    provide_context(selection);

    Effect::new(move |_| {
        let filter = selection.filter.get();
        if store
            .list
            .with_untracked(|list| list.filter.as_ref() != Some(&filter))
        {
            store.load_list(filter);
        }
    });
    Effect::new(move |_| {
        let open = selection.open.get();
        live.open.set(open.clone());
        if let Some(id) = open {
            store.open(id);
        }
    });
    on_cleanup(move || live.open.set(None));
    set_page_title("Inbox");

    // An address may be old, or of another account.
    let is_missing = Memo::new(move |_| {
        let open = selection.open.get();
        store.thread_error.with(|error| {
            let failed = error.as_ref().filter(|(_, error)| error.status == 404);
            failed.is_some_and(|(failed, _)| open.as_ref() == Some(failed))
        })
    });
    let pane = move || {
        match selection.open.get() {
        Some(_) if is_missing.get() => view! {
            <section class="conversation nothing-open" aria-label="Conversation">
                {empty_state(Icon::Inbox, "No such conversation", "It was deleted, or belongs to another account.")}
                <Button label="Back to the list" on_press=move |()| selection.open(None) />
            </section>
        }
        .into_any(),
        Some(id) => view! { <ConversationPane id /> }.into_any(),
        None => view! {
            <section class="conversation nothing-open" aria-label="Conversation">
                {empty_state(Icon::Inbox, "No conversation open", "Choose one from the list, or move with J and K and open with Enter.")}
            </section>
        }
        .into_any(),
    }
    };
    let details = move || {
        let open = selection.open.get().filter(|_| !is_missing.get());
        open.map(|id| view! { <DetailsPane id /> })
    };
    view! {
        <main
            class="inbox"
            data-open=move || selection.open.with(Option::is_some).to_string()
            data-details=move || selection.show_details.get().to_string()
        >
            <h1 class="visually-hidden">"Inbox"</h1>
            <ListPane />
            {pane}
            {details}
        </main>
    }
    .into_any()
}

/// The address as signals, and the way to change it.
fn read_address() -> Selection {
    let path = use_location().pathname;
    let query = use_query_map();
    let navigate = StoredValue::new_local(use_navigate());
    let open = Memo::new(move |_| {
        path.with(|path| {
            let rest = path.strip_prefix(route::INBOX)?.trim_matches('/');
            (!rest.is_empty()).then(|| rest.to_owned())
        })
    });
    let filter = Memo::new(move |_| query.with(|query| Filter::from_url(|name| query.get(name))));
    let go = Callback::new(move |(address, replace): (String, bool)| {
        let options = NavigateOptions {
            resolve: false,
            replace,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate.with_value(|navigate| navigate(&address, options));
    });
    Selection {
        open,
        filter,
        go,
        show_details: RwSignal::new(false),
    }
}
