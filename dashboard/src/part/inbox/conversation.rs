//! The open conversation: who, which state, the messages, and the reply.

use super::composer::Composer;
use super::thread::Thread;
use super::{Selection, mode_badge, visitor_name};
use crate::api::conversations::ConversationAction;
use crate::state::inbox_store::InboxStore;
use crate::state::session::Session;
use crate::ui::badge::avatar;
use crate::ui::button::{Button, IconButton, Look};
use crate::ui::icon::Icon;
use crate::ui::time::waited;
use leptos::prelude::*;
use shared::conversation::{Conversation, Mode};
use std::sync::Arc;

#[component]
pub fn ConversationPane(id: String) -> AnyView {
    let store = expect_context::<InboxStore>();
    let key = StoredValue::new(id.clone());
    let row = Memo::new(move |_| {
        store
            .inbox
            .with(|inbox| key.with_value(|id| inbox.conversation(id)))
    });
    let visitor = Memo::new(move |_| {
        row.with(|row| {
            row.as_ref()
                .map(|row| visitor_name(&row.visitor))
                .unwrap_or_else(|| "Visitor".into())
        })
    });
    view! {
        <section class="conversation" aria-label="Conversation">
            <Head id=key row visitor />
            <Thread id=id.clone() visitor />
            <Handover id=key row />
            <Composer id />
        </section>
    }
    .into_any()
}

type Row = Memo<Option<Arc<Conversation>>>;

#[component]
fn Head(id: StoredValue<String>, row: Row, visitor: Memo<String>) -> AnyView {
    let selection = expect_context::<Selection>();
    let session = expect_context::<Session>();
    let face = move || {
        row.with(|row| {
            row.as_ref()
                .map(|row| avatar(&visitor_name(&row.visitor), row.visitor.id))
        })
    };
    let state = move || row.with(|row| row.as_ref().map(|row| mode_badge(row, session.my_id())));
    let about = move || {
        row.with(|row| {
            row.as_ref()
                .map(|row| format!("#{} · {}", row.number, row.site_name))
        })
    };
    let ticket = move || row.with(|row| row.as_ref().and_then(|row| row.ticket_number.clone()));
    view! {
        <header class="conversation-head">
            <IconButton label="Back to the list" icon=Icon::Back class="only-narrow" on_press=move |()| selection.open(None) />
            {face}
            <div class="conversation-title">
                <h2>{visitor}</h2>
                <p class="faint">{about}{move || ticket().map(|number| format!(" · {number}"))}</p>
            </div>
            {state}
            <Actions id row />
            <IconButton
                label="Contact and page" icon=Icon::Panel class="only-middle"
                pressed=Signal::from(selection.show_details)
                on_press=move |()| selection.show_details.update(|shown| *shown = !*shown)
            />
        </header>
    }
    .into_any()
}

/// What can be done in the conversation's present state.
#[component]
fn Actions(id: StoredValue<String>, row: Row) -> AnyView {
    let store = expect_context::<InboxStore>();
    let session = expect_context::<Session>();
    let mode = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.mode)));
    let mine = Memo::new(move |_| {
        let me = session.my_id();
        row.with(|row| {
            row.as_ref()
                .and_then(|row| row.assignee.as_ref())
                .map(|assignee| assignee.id)
                == me
                && me.is_some()
        })
    });
    let act = move |action: ConversationAction| {
        Callback::new(move |()| store.act(id.get_value(), action))
    };
    let busy = Signal::from(store.acting);
    let resolve = move || view! { <Button label="Resolve" icon=Icon::Check busy on_press=act(ConversationAction::Resolve) /> };
    let take_over = move || view! { <Button label="Take over" icon=Icon::Hand busy on_press=act(ConversationAction::TakeOver) /> };
    let buttons = move || {
        match mode.get() {
        None => ().into_any(),
        Some(Mode::Closed) => {
            view! { <Button label="Reopen" icon=Icon::Refresh busy on_press=act(ConversationAction::Reopen) /> }.into_any()
        }
        Some(Mode::Operator) if mine.get() => view! {
            <Button label="Hand back" icon=Icon::Spark busy on_press=act(ConversationAction::HandBack) />
            {resolve()}
        }
        .into_any(),
        // Waiting conversations have the button in the bar above the composer, where it cannot be missed.
        Some(Mode::Waiting) => resolve().into_any(),
        Some(Mode::Ai | Mode::Operator) => view! { {take_over()} {resolve()} }.into_any(),
    }
    };
    view! { <div class="actions" role="group" aria-label="Actions">{buttons}</div> }.into_any()
}

/// Says what a reply will do, where that is not plain.
#[component]
fn Handover(id: StoredValue<String>, row: Row) -> AnyView {
    let store = expect_context::<InboxStore>();
    let session = expect_context::<Session>();
    let state = Memo::new(move |_| {
        let me = session.my_id();
        row.with(|row| {
            let row = row.as_ref()?;
            let hers = row
                .assignee
                .as_ref()
                .filter(|assignee| Some(assignee.id) != me)
                .map(|assignee| assignee.name.clone());
            Some((row.mode, hers, row.waiting_since.clone()))
        })
    });
    let shown = move || {
        let (mode, hers, since) = state.get()?;
        match (mode, hers) {
            (Mode::Waiting, _) => Some(view! {
                <div class="handover waiting" role="status">
                    {Icon::Hand.view()}
                    <p>"Waiting for a person"{since.map(|since| waited(since, " · "))}</p>
                    <Button
                        label="Take over" look=Look::Primary busy=Signal::from(store.acting)
                        on_press=move |()| store.act(id.get_value(), ConversationAction::TakeOver)
                    />
                </div>
            }
            .into_any()),
            (Mode::Ai, _) => Some(line(Icon::Spark, "The assistant is answering. Your reply takes the conversation over.".into())),
            (Mode::Operator, Some(name)) => Some(line(Icon::Person, format!("{name} has this conversation. Your reply takes it over."))),
            (Mode::Closed, _) => Some(line(Icon::Check, "Resolved. A reply opens it again.".into())),
            (Mode::Operator, None) => None,
        }
    };
    shown.into_any()
}

fn line(icon: Icon, text: String) -> AnyView {
    view! { <div class="handover" role="status">{icon.view()}<p>{text}</p></div> }.into_any()
}
