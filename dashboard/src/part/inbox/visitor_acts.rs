//! What an operator can do to the visitor of the open conversation: block, unblock, nudge.

use crate::api::Api;
use crate::part::submission::Submission;
use crate::state::inbox_store::InboxStore;
use crate::state::toast::Toasts;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{SelectField, TextArea, TextField};
use crate::ui::icon::Icon;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::limits;

#[component]
pub fn VisitorActs(conversation: String, visitor: i64, is_blocked: Memo<bool>) -> AnyView {
    let api = expect_context::<Api>();
    let store = expect_context::<InboxStore>();
    let toasts = expect_context::<Toasts>();
    let conversation = StoredValue::new(conversation);
    let refresh = Callback::new(move |()| store.fetch_row(conversation.get_value()));
    let blocking = RwSignal::new(false);
    let nudging = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let unblock = move |()| {
        busy.set(true);
        spawn_local(async move {
            match api.unblock_visitor(visitor).await {
                Ok(_) => {
                    refresh.run(());
                    toasts.done("The visitor can write again.");
                }
                Err(error) => toasts.error(&error),
            }
            let _gone = busy.try_set(false);
        });
    };
    let block = move || {
        if is_blocked.get() {
            view! { <Button label="Unblock" busy on_press=unblock /> }.into_any()
        } else {
            view! { <Button label="Block" look=Look::Quiet on_press=move |()| blocking.set(true) /> }
                .into_any()
        }
    };
    view! {
        <div class="row visitor-acts">
            <Button label="Nudge" icon=Icon::Bell look=Look::Quiet on_press=move |()| nudging.set(true) />
            {block}
        </div>
        <Dialog title="Block this visitor?" open=blocking>
            <BlockForm visitor open=blocking on_done=refresh />
        </Dialog>
        <Dialog title="Nudge this visitor" open=nudging>
            <NudgeForm visitor open=nudging />
        </Dialog>
    }
    .into_any()
}

#[component]
fn BlockForm(visitor: i64, open: RwSignal<bool>, on_done: Callback<()>) -> AnyView {
    let api = expect_context::<Api>();
    let toasts = expect_context::<Toasts>();
    let form = Submission::of(&["hours", "reason"]);
    let hours = RwSignal::new(String::new());
    let reason = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let why = Some(reason.get_untracked().trim().to_owned()).filter(|why| !why.is_empty());
        let how_long = hours.get_untracked().parse().ok();
        form.send(api.block_visitor(visitor, how_long, why), move |_| {
            open.set(false);
            let _told = on_done.try_run(());
            toasts.done("Blocked. The visitor can no longer write.");
        });
    };
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {form.error_above()}
                <p>"What is being answered stops at once, on every page the visitor has open. You can take it back at any time."</p>
                <SelectField
                    label="For how long" hint="The visitor is told until when." options=lengths()
                    error=form.error_at("hours") value=hours on_change=move |choice| hours.set(choice)
                />
                <TextField
                    label="Reason" hint="Only your team sees it." max=limits::COMMENT_CHARS autofocus=true autocomplete="off"
                    error=form.error_at("reason") value=reason on_input=move |text| reason.set(text)
                />
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Block" look=Look::Danger submit=true busy=form.busy() />
            </footer>
        </form>
    }
    .into_any()
}

/// Hours, and what they are called; none: for good.
fn lengths() -> Vec<(String, String)> {
    let lengths = [
        ("", "For good"),
        ("1", "1 hour"),
        ("24", "1 day"),
        ("168", "7 days"),
    ];
    lengths
        .map(|(hours, words)| (hours.to_owned(), words.to_owned()))
        .into()
}

#[component]
fn NudgeForm(visitor: i64, open: RwSignal<bool>) -> AnyView {
    let api = expect_context::<Api>();
    let toasts = expect_context::<Toasts>();
    let form = Submission::of(&["text"]);
    let text = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let words = text.get_untracked().trim().to_owned();
        form.send(api.nudge_visitor(visitor, words), move |_| {
            open.set(false);
            toasts.done("Sent. It appears where the visitor is.");
        });
    };
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {form.error_above()}
                <TextArea
                    label="Words" rows=3 max=limits::NUDGE_CHARS placeholder="Can I help you choose?"
                    error=form.error_at("text") value=text on_input=move |value| text.set(value)
                />
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Send" look=Look::Primary submit=true busy=form.busy() />
            </footer>
        </form>
    }
    .into_any()
}
