//! The messages of the open conversation, newest at the bottom and in sight.

use super::message::EntryView;
use crate::browser::Sizes;
use crate::state::clock::Clock;
use crate::state::inbox::{Entry, lay_out};
use crate::state::inbox_store::InboxStore;
use crate::state::live::visibility;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::empty::error_state;
use crate::ui::icon::Icon;
use crate::ui::notice::notice;
use crate::ui::skeleton::skeleton_rows;
use crate::ui::time::day_name;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::event::Typist;
use shared::message::Role;
use std::collections::HashMap;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Element;

/// How near to the bottom counts as being there.
const NEAR_PIXELS: i32 = 80;

/// The entries in order, and by key.
type Layout = (Vec<String>, HashMap<String, Entry>);

#[component]
pub fn Thread(id: String, #[prop(into)] visitor: Signal<String>) -> AnyView {
    let store = expect_context::<InboxStore>();
    let clock = expect_context::<Clock>();
    let id = StoredValue::new(id);
    let layout = Memo::new(move |_| {
        let now = clock.now();
        let entries = store
            .inbox
            .with(|inbox| id.with_value(|id| lay_out(inbox, id, |time| day_name(time, now))));
        let keys: Vec<String> = entries.iter().map(|entry| entry.item.key()).collect();
        Arc::<Layout>::new((keys.clone(), keys.into_iter().zip(entries).collect()))
    });
    let keys = Memo::new(move |_| layout.with(|layout| layout.0.clone()));
    let is_loaded = Memo::new(move |_| {
        store
            .inbox
            .with(|inbox| id.with_value(|id| inbox.thread(id).is_some()))
    });
    let error = move || {
        store.thread_error.with(|error| {
            error
                .as_ref()
                .filter(|(failed, _)| id.with_value(|id| id == failed))
                .map(|(_, error)| error.clone())
        })
    };
    let scroller = NodeRef::<html::Div>::new();
    let lines = NodeRef::<html::Div>::new();
    keep_end_in_view(scroller, lines);
    mark_read(store, id);

    let messages = move || {
        if is_loaded.get() {
            return view! {
                <Older id=id scroller />
                <For
                    each=move || keys.get()
                    key=String::clone
                    children=move |key| {
                        let entry = Memo::new(move |_| layout.with(|layout| layout.1.get(&key).cloned()));
                        view! { <EntryView conversation=id.get_value() entry visitor /> }
                    }
                />
                <Seen id />
                <Problem id />
                <Typing id visitor />
            }
            .into_any();
        }
        match error() {
            Some(error) => error_state(&error, move || store.open(id.get_value())),
            None => skeleton_rows(4),
        }
    };
    view! {
        <div class="thread" node_ref=scroller tabindex="0" role="log" aria-label="Messages" aria-live="off">
            <div class="thread-lines" node_ref=lines>{messages}</div>
        </div>
        <Announcer id layout />
    }
    .into_any()
}

/// Shows the end while the reader is there, whatever grows: the thread by a message or a typing mark, or what stands
/// below it and takes its room. Who reads further up stays where they are.
fn keep_end_in_view(scroller: NodeRef<html::Div>, lines: NodeRef<html::Div>) {
    let is_near = StoredValue::new(true);
    Effect::new(move |_| {
        let (Some(scroller), Some(lines)) = (scroller.get(), lines.get()) else {
            return;
        };
        let watched = scroller.clone();
        let listener = Closure::<dyn Fn()>::new(move || {
            let distance = watched.scroll_height() - watched.scroll_top() - watched.client_height();
            is_near.set_value(distance < NEAR_PIXELS);
        });
        scroller.set_onscroll(Some(listener.as_ref().unchecked_ref()));
        // Lives as long as the element that it is set on.
        listener.forget();
        let resized = scroller.clone();
        let follow = move || {
            if is_near.try_get_value().unwrap_or_default() {
                resized.set_scroll_top(resized.scroll_height());
            }
        };
        StoredValue::new_local(Sizes::watch(&[&scroller, &lines], follow));
    });
}

/// What is in sight of somebody is read.
fn mark_read(store: InboxStore, id: StoredValue<String>) {
    let visible = visibility();
    let unread = Memo::new(move |_| {
        store.inbox.with(|inbox| {
            let row = id.with_value(|id| inbox.conversation(id))?;
            (row.unread_count > 0).then_some(row.last_seq)
        })
    });
    Effect::new(move |_| {
        if let (true, Some(seq)) = (visible.get(), unread.get()) {
            store.mark_read(id.get_value(), seq);
        }
    });
}

#[component]
fn Older(id: StoredValue<String>, scroller: NodeRef<html::Div>) -> AnyView {
    let store = expect_context::<InboxStore>();
    let busy = RwSignal::new(false);
    let has_older = Memo::new(move |_| {
        store.inbox.with(|inbox| {
            id.with_value(|id| {
                inbox
                    .thread(id)
                    .is_some_and(|thread| thread.older.is_some())
            })
        })
    });
    let load = Callback::new(move |()| {
        busy.set(true);
        let before = scroller
            .get_untracked()
            .map(|element| element.scroll_height());
        spawn_local(async move {
            store.load_older(id.get_value()).await;
            busy.set(false);
            // What was in sight stays in sight.
            request_animation_frame(move || {
                if let (Some(element), Some(before)) =
                    (scroller.try_get_untracked().flatten(), before)
                {
                    let element: &Element = &element;
                    element.set_scroll_top(element.scroll_top() + element.scroll_height() - before);
                }
            });
        });
    });
    let shown = move || {
        has_older.get().then(|| {
            view! { <div class="more"><Button label="Show earlier messages" look=Look::Quiet busy on_press=load /></div> }
        })
    };
    shown.into_any()
}

/// "Seen", once the visitor has read our last word.
#[component]
fn Seen(id: StoredValue<String>) -> AnyView {
    let store = expect_context::<InboxStore>();
    let seen = Memo::new(move |_| {
        store.inbox.with(|inbox| {
            id.with_value(|id| {
                let row = inbox.conversation(id)?;
                let last = inbox.thread(id)?.messages().next_back()?.clone();
                (last.role == Role::Operator && row.visitor_read_seq >= last.seq).then_some(())
            })
        })
    });
    let shown = move || {
        seen.get()
            .map(|()| view! { <p class="seen">{Icon::CheckDouble.view()}"Seen"</p> })
    };
    shown.into_any()
}

#[component]
fn Problem(id: StoredValue<String>) -> AnyView {
    let store = expect_context::<InboxStore>();
    let problem = Memo::new(move |_| {
        store.inbox.with(|inbox| {
            id.with_value(|id| inbox.thread(id).and_then(|thread| thread.problem.clone()))
        })
    });
    let shown = move || {
        problem.get().map(|text| {
            notice(
                Tone::Warning,
                format!("The assistant could not answer. {text}"),
            )
        })
    };
    shown.into_any()
}

#[component]
fn Typing(id: StoredValue<String>, visitor: Signal<String>) -> AnyView {
    let store = expect_context::<InboxStore>();
    let who = Memo::new(move |_| {
        store.inbox.with(|inbox| {
            id.with_value(|id| {
                inbox
                    .typing(id)
                    .iter()
                    .map(|mark| mark.who)
                    .collect::<Vec<_>>()
            })
        })
    });
    let words = move |who: Typist| match who {
        Typist::Visitor => format!("{} is typing", visitor.get()),
        Typist::Assistant => "The assistant is answering".to_owned(),
        Typist::Operator => "An operator is typing".to_owned(),
    };
    let shown = move || {
        who.get()
            .into_iter()
            .map(|who| {
                view! { <p class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>{words(who)}</p> }
            })
            .collect_view()
    };
    shown.into_any()
}

/// Reads out each new message once, when it is whole.
#[component]
fn Announcer(id: StoredValue<String>, layout: Memo<Arc<Layout>>) -> AnyView {
    let store = expect_context::<InboxStore>();
    let last = Memo::new(move |_| {
        layout.track();
        store.inbox.with_untracked(|inbox| {
            let message = id.with_value(|id| {
                inbox
                    .thread(id)
                    .and_then(|thread| thread.messages().next_back().cloned())
            })?;
            Some((message.seq, message.role, message.content.clone()))
        })
    });
    // What was there when the conversation was opened is not news.
    let first_seq = StoredValue::new(None::<i64>);
    let words = move || {
        let (seq, role, content) = last.get()?;
        let opened_at = first_seq.get_value().unwrap_or(seq);
        first_seq.set_value(Some(opened_at));
        let who = match role {
            Role::User => "Visitor",
            Role::Assistant => "Assistant",
            Role::Operator => return None,
            Role::System => "Notice",
        };
        (seq > opened_at).then(|| format!("{who}: {content}"))
    };
    view! { <p class="visually-hidden" aria-live="polite">{words}</p> }.into_any()
}
