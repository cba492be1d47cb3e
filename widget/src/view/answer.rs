//! Answers of the assistant and of operators, and the product's own lines.

use super::icon::{self, icon, initials};
use super::sources;
use crate::chat::{Chat, Row};
use crate::i18n::{Text, text};
use crate::markdown::{parse::parse, view as markdown};
use crate::model::{Entry, State};
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use shared::conversation::Mode;
use shared::message::{Role, Thumb};
use web_sys::Element;

/// How long a copy button says that it has copied.
const COPIED_MS: u32 = 1_500;

pub fn avatar(is_person: bool, name: &str) -> AnyView {
    let sign = if is_person { initials(name).into_any() } else { icon(icon::SPARK) };
    view! { <span class="avatar small" class:person=is_person aria-hidden="true">{sign}</span> }.into_any()
}

pub fn answer(chat: Chat, row: Row) -> AnyView {
    let Row { key, entry } = row;
    let is_person = entry.with_untracked(|entry| entry.role == Role::Operator);
    let name = entry.with_untracked(|entry| chat.author_of(entry));
    let node = NodeRef::<html::Div>::new();
    write_markdown(node, entry.clone());
    let known = entry.clone();
    let list = Memo::new(move |_| known.with(|entry| entry.sources.clone()));
    let state = entry.clone();
    view! {
        <article class="entry answer" class:operator=is_person>
            {avatar(is_person, &name)}
            <div class="body">
                <p class="author" dir="auto">{name}{(!is_person).then(|| view! { <span class="tag">"AI"</span> })}</p>
                <div class="bubble text" node_ref=node></div>
                {move || state.with(|entry| entry.state == State::Interrupted).then(|| interrupted(chat))}
                {move || Some(list.get()).filter(|list| !list.is_empty()).map(sources::sources)}
                {(!is_person).then(|| feedback(chat, key, entry))}
            </div>
        </article>
    }
    .into_any()
}

fn write_markdown(node: NodeRef<html::Div>, entry: ArcRwSignal<Entry>) {
    Effect::new(move |shown: Option<markdown::Shown>| {
        let mut shown = shown.unwrap_or_default();
        if let Some(element) = node.get() {
            entry.with(|entry| {
                let is_open = entry.state == State::Streaming;
                markdown::show(&mut shown, &element, parse(&entry.text, is_open), &entry.sources, is_open);
            });
        }
        shown
    });
}

/// The assistant's first words, before anything is stored.
pub fn welcome(chat: Chat) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let words = chat.config().welcome_message.clone();
    Effect::new(move |_| {
        if let Some(element) = node.get() {
            markdown::show(&mut markdown::Shown::default(), &element, parse(&words, false), &[], false);
        }
    });
    let name = chat.site_name();
    view! {
        <article class="entry answer">
            {avatar(false, &name)}
            <div class="body">
                <div class="bubble text" node_ref=node></div>
            </div>
        </article>
    }
    .into_any()
}

pub fn system(row: Row) -> AnyView {
    view! { <p class="entry system" dir="auto">{move || row.entry.with(|entry| entry.text.clone())}</p> }.into_any()
}

fn interrupted(chat: Chat) -> AnyView {
    let can_ask_human = chat.head.with_untracked(|head| head.mode == Mode::Ai);
    view! {
        <div class="note">
            <p>{text(Text::Interrupted)}</p>
            <div class="actions">
                <button type="button" class="chip" on:click=move |_| chat.ask_again()>{text(Text::AskAgain)}</button>
                {can_ask_human
                    .then(|| view! {
                        <button type="button" class="chip" on:click=move |_| chat.escalate()>{text(Text::TalkToHuman)}</button>
                    })}
            </div>
        </div>
    }
    .into_any()
}

fn feedback(chat: Chat, key: u32, entry: ArcRwSignal<Entry>) -> impl IntoView {
    let is_asking = RwSignal::new(false);
    let is_ratable = Memo::new({
        let entry = entry.clone();
        move |_| entry.with(|entry| entry.id.is_some() && entry.state == State::Complete)
    });
    let given = Memo::new(move |_| entry.with(|entry| entry.feedback.map(|thumb| thumb == Thumb::Up)));
    let press = move |thumb: Thumb| {
        let is_up = thumb == Thumb::Up;
        let value = (given.get_untracked() != Some(is_up)).then_some(thumb);
        is_asking.set(value == Some(Thumb::Down));
        chat.give_feedback(key, value, None);
    };
    let thumb = move |thumb: Thumb, words: Text| {
        let is_up = thumb == Thumb::Up;
        view! {
            <button
                type="button"
                class="thumb"
                class:down=!is_up
                aria-label=text(words)
                aria-pressed=move || (given.get() == Some(is_up)).to_string()
                on:click=move |_| press(thumb)
            >
                {icon(icon::THUMB)}
            </button>
        }
    };
    move || {
        is_ratable.get().then(|| {
            view! {
                <div class="feedback">
                    {thumb(Thumb::Up, Text::Helpful)}
                    {thumb(Thumb::Down, Text::NotHelpful)}
                    <span class="thanks" role="status">
                        {move || (given.get().is_some() && !is_asking.get()).then(|| text(Text::Thanks))}
                    </span>
                </div>
                {move || is_asking.get().then(|| reason(chat, key, is_asking))}
            }
        })
    }
}

fn reason(chat: Chat, key: u32, is_asking: RwSignal<bool>) -> AnyView {
    let words = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        chat.give_feedback(key, Some(Thumb::Down), Some(words.get_untracked()));
        is_asking.set(false);
    };
    view! {
        <form class="reason" on:submit=submit>
            <input
                class="field"
                aria-label=text(Text::ReasonPlaceholder)
                placeholder=text(Text::ReasonPlaceholder)
                maxlength="2000"
                on:input=move |event| words.set(event_target_value(&event))
            />
            <button type="submit" class="chip strong">{text(Text::Submit)}</button>
        </form>
    }
    .into_any()
}

/// Copies the block that a copy button stands at.
pub fn copy_code(button: &Element) {
    let code = button.closest(".code").ok().flatten().and_then(|block| block.query_selector("pre").ok().flatten());
    let Some(code) = code.and_then(|code| code.text_content()) else { return };
    // Browsers without a clipboard for frames leave the button as it is.
    if !js_sys::Reflect::has(&window().navigator(), &"clipboard".into()).unwrap_or(false) {
        return;
    }
    let copied = wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(&code));
    let button = button.clone();
    wasm_bindgen_futures::spawn_local(async move {
        if copied.await.is_err() {
            return;
        }
        button.set_text_content(Some(text(Text::Copied)));
        Timeout::new(COPIED_MS, move || button.set_text_content(Some(text(Text::Copy)))).forget();
    });
}
