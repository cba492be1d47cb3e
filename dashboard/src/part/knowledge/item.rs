//! One item, read in full.

use crate::api::Api;
use crate::state::load::{Load, Loader};
use crate::ui::dialog::{Dialog, open_about};
use crate::ui::empty::error_state;
use crate::ui::skeleton::skeleton_rows;
use leptos::prelude::*;
use shared::knowledge::KnowledgeItem;

#[component]
pub fn ItemDialog(viewing: RwSignal<Option<KnowledgeItem>>) -> AnyView {
    let open = open_about(viewing);
    let title = Signal::derive(move || {
        viewing.with(|item| {
            item.as_ref()
                .map(|item| item.title.clone())
                .unwrap_or_default()
        })
    });
    let content = move || {
        viewing
            .with(|item| item.as_ref().map(|item| item.id))
            .map(|id| view! { <ItemContent id /> })
    };
    view! { <Dialog title open wide=true>{content}</Dialog> }.into_any()
}

#[component]
fn ItemContent(id: i64) -> AnyView {
    let api = expect_context::<Api>();
    let item = Loader::<KnowledgeItem>::new();
    item.run(api.knowledge_item(id));
    let shown = move || match item.get() {
        Load::Loading => skeleton_rows(3),
        Load::Failed(error) => error_state(&error, move || item.run(api.knowledge_item(id))),
        Load::Ready(item) => view! {
            <div class="dialog-body">
                {item.source.map(|source| view! { <p class="faint">"Source: " {source}</p> })}
                <p class="plain-text" tabindex="0">{item.content.unwrap_or_default()}</p>
            </div>
        }
        .into_any(),
    };
    shown.into_any()
}
