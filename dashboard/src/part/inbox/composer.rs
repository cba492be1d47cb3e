//! Where a reply is written. What is typed is kept for the tab, per conversation.

use super::attachments::{AttachmentTray, Attachments, ENDINGS};
use crate::api::Api;
use crate::browser;
use crate::state::inbox_store::InboxStore;
use crate::ui::button::{Button, IconButton, Look};
use crate::ui::icon::Icon;
use leptos::ev::{ClipboardEvent, DragEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use shared::limits;

/// The other side is told at most this often; its dots last longer.
const TYPING_PAUSE_MILLISECONDS: f64 = 3_000.0;

#[component]
pub fn Composer(id: String) -> AnyView {
    let store = expect_context::<InboxStore>();
    let attachments = Attachments::new(id.clone(), expect_context::<Api>());
    let picker = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let draft_key = StoredValue::new(format!("parlance.dashboard.draft.{id}"));
    let id = StoredValue::new(id);
    let text = RwSignal::new(
        draft_key
            .with_value(|key| browser::stored(browser::session_storage(), key))
            .unwrap_or_default(),
    );
    let told_at = StoredValue::new(0.0_f64);
    let input = NodeRef::<html::Textarea>::new();
    let problem = Memo::new(move |_| {
        text.with(|text| shared::text::check_text(text, limits::OPERATOR_MESSAGE_CHARS).err())
            .map(|problem| problem.describe("The reply"))
    });
    let can_send = Memo::new(move |_| {
        // The text alone, files alone, or both; nothing goes while a file is on its way.
        let has_words = text.with(|text| !text.trim().is_empty());
        let is_too_long = has_words && problem.with(Option::is_some);
        !is_too_long && (has_words || !attachments.is_empty()) && attachments.is_whole()
    });
    Effect::new(move |_| {
        text.with(|text| {
            let kept = Some(text.as_str()).filter(|text| !text.is_empty());
            draft_key.with_value(|key| browser::store(browser::session_storage(), key, kept));
        });
    });
    let typed = move |value: String| {
        let is_empty = value.trim().is_empty();
        text.set(value);
        let now = browser::now();
        if !is_empty && now - told_at.get_value() > TYPING_PAUSE_MILLISECONDS {
            told_at.set_value(now);
            store.say_typing(id.get_value());
        }
    };
    let send = Callback::new(move |()| {
        if can_send.get_untracked() {
            let words = text.get_untracked().trim().to_owned();
            store.reply(id.get_value(), words, attachments.hand_over());
            text.set(String::new());
            told_at.set_value(0.0);
            if let Some(input) = input.get_untracked() {
                let _focused = input.focus();
            }
        }
    });
    let key = move |event: KeyboardEvent| {
        // While a word is being composed, Enter belongs to the keyboard.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send.run(());
        }
    };
    let pick = move |_| {
        if let Some(picker) = picker.get_untracked() {
            attachments.take(picker.files());
            // So that the same file can be picked again.
            picker.set_value("");
        }
    };
    let paste = move |event: ClipboardEvent| {
        let files = event.clipboard_data().and_then(|data| data.files());
        if attachments.take(files) {
            event.prevent_default();
        }
    };
    let drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        attachments.take(event.data_transfer().and_then(|transfer| transfer.files()));
    };
    let choose = move |()| {
        if let Some(picker) = picker.get_untracked() {
            picker.click();
        }
    };
    view! {
        <form
            class="composer" class:over=over
            on:submit=move |event| { event.prevent_default(); send.run(()); }
            on:dragover=move |event: DragEvent| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false)
            on:drop=drop
        >
            <AttachmentTray attachments />
            <label class="visually-hidden" for="composer">"Reply"</label>
            // The hidden twin has the text's height, which the grid gives to the textarea as well.
            <div class="composer-grow" data-text=move || text.get() + " ">
                <textarea
                    id="composer" node_ref=input rows="1" placeholder="Write a reply…"
                    aria-describedby="composer-hint"
                    prop:value=text
                    on:input=move |event| typed(event_target_value(&event))
                    on:keydown=key
                    on:paste=paste
                ></textarea>
            </div>
            <div class="composer-foot">
                <input
                    node_ref=picker class="visually-hidden" type="file" multiple=true accept=ENDINGS.join(",")
                    tabindex="-1" aria-hidden="true" on:change=pick
                />
                <IconButton label="Attach files" icon=Icon::Attach on_press=choose />
                <p id="composer-hint" class="faint" class:problem=move || problem.with(Option::is_some)>
                    {move || problem.get().unwrap_or_else(|| "Enter sends, Shift + Enter starts a new line".to_owned())}
                </p>
                <Button
                    label="Send" icon=Icon::Send look=Look::Primary submit=true
                    disabled=Signal::derive(move || !can_send.get())
                />
            </div>
        </form>
    }
    .into_any()
}
