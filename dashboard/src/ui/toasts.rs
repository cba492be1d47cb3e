//! The corner where notices come and go.

use super::button::IconButton;
use super::icon::Icon;
use crate::state::toast::{Toast, ToastKind, Toasts};
use leptos::prelude::*;

#[component]
pub fn ToastCorner() -> AnyView {
    let toasts = expect_context::<Toasts>();
    view! {
        <div class="toasts" aria-live="polite" role="status">
            <For each=move || toasts.list() key=|toast| toast.id children=move |toast| toast_view(toasts, toast) />
        </div>
    }
    .into_any()
}

fn toast_view(toasts: Toasts, toast: Toast) -> AnyView {
    let Toast { id, kind, text } = toast;
    let (tone, icon) = match kind {
        ToastKind::Done => ("success", Icon::Check),
        ToastKind::Problem => ("danger", Icon::Alert),
    };
    view! {
        <div class="toast" data-tone=tone>
            {icon.view()}
            <p>{text}</p>
            <IconButton label="Close the notice" icon=Icon::Close on_press=move |()| toasts.close(id) />
        </div>
    }
    .into_any()
}
