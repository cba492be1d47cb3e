//! Dialogs: the browser's own element holds the focus, closes on Escape and keeps the page behind inert.

use super::button::{Button, IconButton, Look};
use super::icon::Icon;
use leptos::html;
use leptos::prelude::*;

/// A modal dialog that is open while `open` is true. Its content is made anew each time.
#[component]
pub fn Dialog(
    #[prop(into)] title: Signal<String>,
    open: RwSignal<bool>,
    #[prop(optional)] wide: bool,
    children: ChildrenFn,
) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            let _shown = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            class=if wide { "dialog wide" } else { "dialog" }
            node_ref=node
            aria-label=title
            on:close=move |_| open.set(false)
            on:click=move |event| {
                // A click on the dialog itself, outside of its content, is one on the backdrop.
                let own = node.get_untracked().map(|dialog| web_sys::EventTarget::from((*dialog).clone()));
                if event.target() == own {
                    open.set(false);
                }
            }
        >
            {move || open.get().then(|| view! {
                <div class="dialog-frame">
                    <header class="dialog-head">
                        <h2>{title}</h2>
                        <IconButton label="Close" icon=Icon::Close on_press=move |()| open.set(false) />
                    </header>
                    {children()}
                </div>
            })}
        </dialog>
    }
    .into_any()
}

/// Whether a dialog about `subject` is open: while there is one. Closing it takes the subject away.
pub fn open_about<T: Send + Sync + 'static>(subject: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        let wanted = subject.with(Option::is_some);
        if open.get_untracked() != wanted {
            open.set(wanted);
        }
    });
    Effect::new(move |_| {
        if !open.get() && subject.with_untracked(Option::is_some) {
            subject.set(None);
        }
    });
    open
}

/// A question before something that cannot be undone.
#[component]
pub fn Confirm(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] question: Signal<String>,
    #[prop(into)] action: String,
    open: RwSignal<bool>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(into)] on_confirm: Callback<()>,
) -> AnyView {
    let action = StoredValue::new(action);
    view! {
        <Dialog title open>
            <div class="dialog-body"><p>{question}</p></div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label=action.get_value() look=Look::Danger busy on_press=on_confirm />
            </footer>
        </Dialog>
    }
    .into_any()
}
