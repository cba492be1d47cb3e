//! One conversation in the list.

use super::list::row_id;
use super::{Selection, mode_badge, visitor_name};
use crate::route;
use crate::state::inbox_store::InboxStore;
use crate::state::session::Session;
use crate::ui::badge::avatar;
use crate::ui::icon::Icon;
use crate::ui::time::{Ago, waited};
use leptos::prelude::*;
use shared::conversation::{Conversation, Mode};
use shared::message::Role;

#[component]
pub fn ConversationRow(id: String) -> AnyView {
    let store = expect_context::<InboxStore>();
    let selection = expect_context::<Selection>();
    let session = expect_context::<Session>();
    let element_id = row_id(&id);
    let id = StoredValue::new(id);
    let row = Memo::new(move |_| {
        store
            .inbox
            .with(|inbox| id.with_value(|id| inbox.conversation(id)))
    });
    let read = move |pick: fn(&Conversation) -> String| {
        Memo::new(move |_| row.with(|row| row.as_ref().map(|row| pick(row)).unwrap_or_default()))
    };
    let name = read(|row| visitor_name(&row.visitor));
    let preview = read(preview_line);
    let site = read(|row| row.site_name.clone());
    let time = read(|row| row.last_message_at.clone());
    let unread = Memo::new(move |_| row.with(|row| row.as_ref().map_or(0, |row| row.unread_count)));
    let is_open = Memo::new(move |_| {
        selection
            .open
            .with(|open| id.with_value(|id| open.as_ref() == Some(id)))
    });
    let is_typing = Memo::new(move |_| {
        store
            .inbox
            .with(|inbox| id.with_value(|id| is_visitor_typing(inbox, id)))
    });
    let state = move || row.with(|row| row.as_ref().map(|row| mode_badge(row, session.my_id())));
    let waiting = Memo::new(move |_| {
        row.with(|row| {
            row.as_ref()
                .filter(|row| row.mode == Mode::Waiting)
                .and_then(|row| row.waiting_since.clone())
        })
    });
    let face = move || {
        row.with(|row| {
            row.as_ref()
                .map(|row| avatar(&visitor_name(&row.visitor), row.visitor.id))
        })
    };
    let verified = move || row.with(|row| row.as_ref().is_some_and(|row| row.visitor.identified));
    let count = move || {
        let unread = unread.get();
        (unread > 0).then(|| view! { <span class="count">{unread}<span class="visually-hidden">" unread"</span></span> })
    };
    view! {
        <li>
            <a
                class="conversation-row"
                class:unread=move || { unread.get() > 0 }
                id=element_id
                href=move || selection.filter.with(|filter| id.with_value(|id| route::inbox(Some(id), filter)))
                aria-current=move || is_open.get().then_some("true")
                data-noscroll=""
            >
                {face}
                <span class="row-main">
                    <span class="row-top">
                        <span class="row-name">{name}</span>
                        {move || verified().then(|| view! { <span class="verified" title="Verified by the site">{Icon::Check.view()}<span class="visually-hidden">"Verified"</span></span> })}
                        <Ago time=time />
                    </span>
                    <span class="row-preview">
                        {move || if is_typing.get() { "is typing…".to_owned() } else { preview.get() }}
                    </span>
                    <span class="row-foot">
                        {state}
                        {move || waiting.get().map(|since| waited(since, "for "))}
                        <span class="row-site">{site}</span>
                        {count}
                    </span>
                </span>
            </a>
        </li>
    }
    .into_any()
}

fn preview_line(row: &Conversation) -> String {
    match row.preview_role {
        Some(Role::Operator) => format!("↩ {}", row.preview),
        Some(Role::Assistant) => format!("✦ {}", row.preview),
        Some(Role::User | Role::System) | None => row.preview.clone(),
    }
}

fn is_visitor_typing(inbox: &crate::state::inbox::Inbox, id: &str) -> bool {
    inbox
        .typing(id)
        .iter()
        .any(|mark| mark.who == shared::event::Typist::Visitor)
}
