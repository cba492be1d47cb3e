//! What a site's assistant knows: the list, adding to it, and trying it.

mod add;
mod ask;
mod item;
mod upload;
mod web;

use crate::api::Api;
use crate::state::load::{Load, Loader};
use crate::state::toast::Toasts;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, IconButton, Look};
use crate::ui::dialog::{Confirm, open_about};
use crate::ui::empty::{empty_state, error_state};
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_rows;
use crate::ui::time::date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::knowledge::{KnowledgeItem, KnowledgeKind};
use shared::page::Page;
use shared::site::Bot;
use std::time::Duration;

/// Long enough for a word, short enough to feel at once.
const SEARCH_PAUSE: Duration = Duration::from_millis(250);

/// The list of one site and what changes it.
#[derive(Clone, Copy)]
pub struct Knowledge {
    api: Api,
    site: StoredValue<String>,
    search: RwSignal<String>,
    list: Loader<Page<KnowledgeItem>>,
}

impl Knowledge {
    fn site(self) -> String {
        self.site.get_value()
    }

    fn fetch(self) {
        let search = self.search.get_untracked();
        self.list
            .refresh(async move { self.api.knowledge(&self.site(), search.trim(), None).await });
    }

    fn fetch_more(self) {
        let cursor = self
            .list
            .with(|list| list.ready().and_then(|page| page.next_cursor.clone()));
        let (Some(mut shown), Some(cursor)) = (self.list.ready(), cursor) else {
            return;
        };
        let search = self.search.get_untracked();
        self.list.refresh(async move {
            let page = self
                .api
                .knowledge(&self.site(), search.trim(), Some(&cursor))
                .await?;
            shown.data.extend(page.data);
            shown.next_cursor = page.next_cursor;
            Ok(shown)
        });
    }

    /// Something new stands at the head of the list.
    pub fn added(self, item: KnowledgeItem) {
        self.list.update(|page| page.data.insert(0, item));
    }
}

#[component]
pub fn KnowledgeTab(site: Bot) -> AnyView {
    let knowledge = Knowledge {
        api: expect_context::<Api>(),
        site: StoredValue::new(site.public_id),
        search: RwSignal::new(String::new()),
        list: Loader::new(),
    };
    knowledge.fetch();
    let adding = RwSignal::new(None::<KnowledgeKind>);
    let readings = web::Readings::of(knowledge);
    let reading = RwSignal::new(false);
    view! {
        <div class="knowledge">
            <div class="knowledge-main">
                <div class="toolbar">
                    <SearchBox knowledge />
                    <Button label="Question & answer" icon=Icon::Plus look=Look::Primary on_press=move |()| adding.set(Some(KnowledgeKind::Qa)) />
                    <Button label="Text" icon=Icon::Plus on_press=move |()| adding.set(Some(KnowledgeKind::Text)) />
                    <Button label="Web pages" icon=Icon::Globe on_press=move |()| reading.set(true) />
                </div>
                <upload::UploadZone knowledge />
                <web::ReadingList readings />
                <ItemList knowledge />
            </div>
            <aside class="knowledge-side"><ask::AskBox site=knowledge.site() /></aside>
            <add::AddDialog knowledge adding />
            <web::WebDialog readings open=reading />
        </div>
    }
    .into_any()
}

#[component]
fn SearchBox(knowledge: Knowledge) -> AnyView {
    let handle = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    on_cleanup(move || {
        if let Some(waiting) = handle.try_get_value().flatten() {
            waiting.clear();
        }
    });
    let search = move |text: String| {
        knowledge.search.set(text);
        if let Some(waiting) = handle.get_value() {
            waiting.clear();
        }
        handle.set_value(set_timeout_with_handle(move || knowledge.fetch(), SEARCH_PAUSE).ok());
    };
    view! {
        <label class="search">
            {Icon::Search.view()}
            <span class="visually-hidden">"Search what the assistant knows"</span>
            <input
                type="search" placeholder="Search" prop:value=knowledge.search
                on:input=move |event| search(event_target_value(&event))
            />
        </label>
    }
    .into_any()
}

#[component]
fn ItemList(knowledge: Knowledge) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let viewing = RwSignal::new(None::<KnowledgeItem>);
    let deleting = RwSignal::new(None::<KnowledgeItem>);
    let confirming = open_about(deleting);
    let busy = RwSignal::new(false);
    let delete = Callback::new(move |()| {
        let Some(item) = deleting.get_untracked() else {
            return;
        };
        busy.set(true);
        spawn_local(async move {
            match knowledge.api.delete_knowledge(item.id).await {
                Ok(()) => {
                    knowledge
                        .list
                        .update(|page| page.data.retain(|other| other.id != item.id));
                    toasts.done("Deleted. The assistant no longer knows it.");
                }
                Err(error) => toasts.error(&error),
            }
            deleting.set(None);
            busy.set(false);
        });
    });
    let question = Signal::derive(move || {
        deleting.with(|item| {
            item.as_ref()
                .map(|item| {
                    format!(
                        "“{}” is forgotten at once. This cannot be undone.",
                        item.title
                    )
                })
                .unwrap_or_default()
        })
    });
    let rows = move || match knowledge.list.get() {
        Load::Loading => skeleton_rows(5),
        Load::Failed(error) => error_state(&error, move || knowledge.fetch()),
        Load::Ready(page) if page.data.is_empty() => nothing(
            knowledge
                .search
                .with_untracked(|text| !text.trim().is_empty()),
        ),
        Load::Ready(page) => {
            let more = page.next_cursor.is_some().then(|| {
                view! { <div class="more"><Button label="Show more" on_press=move |()| knowledge.fetch_more() /></div> }
            });
            let items = page
                .data
                .into_iter()
                .map(|item| item_row(item, viewing, deleting))
                .collect_view();
            view! { <ul class="list">{items}</ul>{more} }.into_any()
        }
    };
    view! {
        {rows}
        <item::ItemDialog viewing />
        <Confirm title="Delete this?" question action="Delete" open=confirming busy on_confirm=delete />
    }
    .into_any()
}

fn nothing(searched: bool) -> AnyView {
    if searched {
        return empty_state(
            Icon::Search,
            "Nothing found",
            "Try another word, or add what is missing.",
        );
    }
    empty_state(
        Icon::Book,
        "The assistant knows nothing yet",
        "Start with the three questions you are asked most, drop a file above, or let it read your website. Answers come from here and name their source.",
    )
}

fn item_row(
    item: KnowledgeItem,
    viewing: RwSignal<Option<KnowledgeItem>>,
    deleting: RwSignal<Option<KnowledgeItem>>,
) -> AnyView {
    let (icon, kind) = match item.kind {
        KnowledgeKind::Qa => (Icon::Question, "Q&A"),
        KnowledgeKind::Text => (Icon::Lines, "Text"),
        KnowledgeKind::Document => (Icon::File, "File"),
        KnowledgeKind::Url => (Icon::Globe, "Web page"),
    };
    let size = format!("{} characters", item.characters);
    let (title, created) = (item.title.clone(), date(&item.created_at));
    let delete_label = format!("Delete {title}");
    let (to_view, to_delete) = (item.clone(), item);
    view! {
        <li class="list-row">
            <span class="list-icon">{icon.view()}</span>
            <button class="list-main" type="button" on:click=move |_| viewing.set(Some(to_view.clone()))>
                <span class="list-title">{title}</span>
                <span class="faint">{size}" · "{created}</span>
            </button>
            {badge(Tone::Neutral, kind)}
            <IconButton label=delete_label icon=Icon::Trash on_press=move |()| deleting.set(Some(to_delete.clone())) />
        </li>
    }
    .into_any()
}
