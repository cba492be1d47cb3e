//! The tags of a conversation: shown, added, taken away.

use crate::api::Api;
use crate::state::inbox_store::InboxStore;
use crate::state::toast::Toasts;
use crate::ui::icon::Icon;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::conversation::{Conversation, TagMode, TagRequest};
use shared::limits;

#[component]
pub fn Tags(conversation: String, tags: Vec<String>) -> AnyView {
    let api = expect_context::<Api>();
    let store = expect_context::<InboxStore>();
    let toasts = expect_context::<Toasts>();
    let conversation = StoredValue::new(conversation);
    let known = StoredValue::new(tags.clone());
    let text = RwSignal::new(String::new());
    let send = move |request: TagRequest| {
        spawn_local(async move {
            let id = conversation.get_value();
            match api.tag_conversation(&id, request).await {
                Ok(row) => take(store, row),
                Err(error) => toasts.error(&error),
            }
        });
    };
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        let tag = text.get_untracked().trim().to_owned();
        if tag.is_empty() {
            return;
        }
        text.set(String::new());
        send(TagRequest {
            tags: vec![tag],
            mode: TagMode::Add,
        });
    };
    let remove = move |tag: &str| {
        let tags =
            known.with_value(|tags| tags.iter().filter(|own| *own != tag).cloned().collect());
        send(TagRequest {
            tags,
            mode: TagMode::Replace,
        });
    };
    let chips = tags
        .into_iter()
        .map(|tag| {
            let label = format!("Take the tag {tag} away");
            let own = tag.clone();
            view! {
                <li class="tag">
                    <span>{tag}</span>
                    <button type="button" aria-label=label on:click=move |_| remove(&own)>{Icon::Close.view()}</button>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="tags">{chips}</ul>
        <form class="tag-form" on:submit=add>
            <input
                class="input small" type="text" aria-label="New tag" placeholder="Add a tag" autocomplete="off"
                maxlength=limits::TAG_CHARS.to_string() prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            />
        </form>
    }
    .into_any()
}

fn take(store: InboxStore, row: Conversation) {
    store.inbox.update(|inbox| inbox.take_conversation(row));
}
