//! Something to copy: shown in full, with a button that says when it was done.

use super::button::Button;
use super::icon::Icon;
use crate::browser;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

#[component]
pub fn CopyBox(#[prop(into)] label: String, #[prop(into)] text: Signal<String>) -> AnyView {
    let outcome = RwSignal::new(None::<bool>);
    let copy = Callback::new(move |()| {
        let text = text.get_untracked();
        spawn_local(async move {
            outcome.set(Some(browser::copy(&text).await));
            set_timeout(move || outcome.set(None), Duration::from_secs(2));
        });
    });
    let words = Signal::derive(move || match outcome.get() {
        None => "Copy".to_owned(),
        Some(true) => "Copied".to_owned(),
        Some(false) => "Select and copy".to_owned(),
    });
    view! {
        <div class="copy-box">
            <pre tabindex="0" role="group" aria-label=label><code>{text}</code></pre>
            <Button label=words icon=Icon::Copy on_press=copy />
            <span class="visually-hidden" role="status">
                {move || outcome.get().filter(|done| *done).map(|_| "Copied to the clipboard")}
            </span>
        </div>
    }
    .into_any()
}
