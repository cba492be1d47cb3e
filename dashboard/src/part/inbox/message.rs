//! One message of the thread: written, on its way, or under way.

use super::files::{file_view, pending_file};
use super::sources::sources_list;
use crate::part::rich_text::rich_text;
use crate::state::inbox::{Entry, Item, PendingReply, SendState};
use crate::state::inbox_store::InboxStore;
use crate::ui::icon::Icon;
use crate::ui::time::{full_time, time_of_day};
use leptos::prelude::*;
use shared::conversation::ConversationMessage;
use shared::message::{MessageStatus, Role, Thumb};

/// Draws an entry and draws it again when it changes; its place on the page stays.
#[component]
pub fn EntryView(
    #[prop(into)] conversation: String,
    /// None while the entry is being taken away.
    entry: Memo<Option<Entry>>,
    #[prop(into)] visitor: Signal<String>,
) -> AnyView {
    let conversation = StoredValue::new(conversation);
    let day =
        Memo::new(move |_| entry.with(|entry| entry.as_ref().and_then(|entry| entry.day.clone())));
    let role = Memo::new(move |_| {
        entry.with(|entry| {
            entry
                .as_ref()
                .map_or(Role::System, |entry| entry.item.role())
        })
    });
    let is_first = Memo::new(move |_| {
        entry.with(|entry| entry.as_ref().is_some_and(|entry| entry.speaker_changes))
    });
    let item =
        Memo::new(move |_| entry.with(|entry| entry.as_ref().map(|entry| entry.item.clone())));
    let speaker = move || {
        let first = is_first.get() && role.get() != Role::System;
        first
            .then(|| item.with(|item| item.as_ref().map(|item| speaker_line(item, &visitor.get()))))
    };
    let body = move || {
        item.get().map(|item| match item {
            Item::Message(message) => message_body(&message),
            Item::Pending(reply) => pending_body(conversation.get_value(), reply),
            Item::Streaming(stream) => view! {
                <div class="bubble streaming" aria-busy="true">{rich_text(&stream.text, true)}<span class="caret" aria-hidden="true"></span></div>
            }
            .into_any(),
        })
    };
    view! {
        {move || day.get().map(|day| view! { <p class="day-break"><span>{day}</span></p> })}
        <article class="message" data-role=move || role.get().as_str() class:first=is_first>
            {speaker}
            {body}
        </article>
    }
    .into_any()
}

fn speaker_line(item: &Item, visitor: &str) -> AnyView {
    let name = match item {
        Item::Message(message) => match (&message.author, message.role) {
            (Some(author), _) => author.name.clone(),
            (None, Role::User) => visitor.to_owned(),
            (None, Role::Assistant) => "Assistant".to_owned(),
            (None, _) => "Operator".to_owned(),
        },
        Item::Pending(_) => "You".to_owned(),
        Item::Streaming(_) => "Assistant".to_owned(),
    };
    let mark = (item.role() == Role::Assistant).then(|| Icon::Spark.view());
    view! { <p class="speaker">{mark}{name}</p> }.into_any()
}

fn message_body(message: &ConversationMessage) -> AnyView {
    let time = message.created_at.clone();
    if message.role == Role::System {
        let text = message.content.clone();
        return view! { <p class="system-line">{text}" · "{time_of_day(&time)}</p> }.into_any();
    }
    let interrupted = (message.status == MessageStatus::Interrupted)
        .then(|| view! { <p class="message-note">{Icon::Alert.view()}"Broke off"</p> });
    let files = message.files.iter().cloned().map(file_view).collect_view();
    let verdict = message.feedback.map(|thumb| match thumb {
        Thumb::Up => {
            view! { <span class="verdict">{Icon::ThumbUp.view()}"Helpful"</span> }.into_any()
        }
        Thumb::Down => {
            view! { <span class="verdict down">{Icon::ThumbDown.view()}"Not helpful"</span> }
                .into_any()
        }
    });
    // What a visitor writes is plain text, whatever it looks like. Files may go without words.
    let text = if message.content.is_empty() {
        ().into_any()
    } else if message.role == Role::User {
        let text = message.content.clone();
        view! { <p class="plain-text">{text}</p> }.into_any()
    } else {
        rich_text(&message.content, false)
    };
    view! {
        <div class="bubble">{text}{files}{interrupted}</div>
        {sources_list(&message.sources)}
        <p class="message-foot"><time datetime=time.clone() title=full_time(&time)>{time_of_day(&time)}</time>{verdict}</p>
    }
    .into_any()
}

fn pending_body(conversation: String, reply: PendingReply) -> AnyView {
    let store = expect_context::<InboxStore>();
    let text = reply.text.clone();
    let text = (!text.is_empty()).then(|| view! { <p class="plain-text">{text}</p> });
    let files = reply.files.iter().map(pending_file).collect_view();
    let bubble = view! { <div class="bubble pending">{text}{files}</div> };
    match reply.state.clone() {
        SendState::Sending => view! { {bubble}<p class="message-foot">"Sending…"</p> }.into_any(),
        SendState::Failed(reason) => {
            let failed = StoredValue::new((conversation, reply));
            let retry = move |_| {
                let (conversation, reply) = failed.get_value();
                store.retry(conversation, reply);
            };
            let discard = move |_| {
                failed.with_value(|(conversation, reply)| {
                    store.discard(conversation, &reply.client_id)
                })
            };
            view! {
                {bubble}
                <p class="message-foot failed" role="alert">
                    {Icon::Alert.view()}<span>"Not sent. "{reason}</span>
                    <button type="button" class="link-button" on:click=retry>"Send again"</button>
                    <button type="button" class="link-button" on:click=discard>"Discard"</button>
                </p>
            }
            .into_any()
        }
    }
}
