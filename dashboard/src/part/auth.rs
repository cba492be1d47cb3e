//! The frame of the pages before somebody is signed in.

use leptos::prelude::*;

#[component]
pub fn AuthFrame(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    children: Children,
) -> AnyView {
    view! {
        <main class="auth">
            <div class="auth-card">
                <p class="brand"><BrandMark /><span>"Parlance"</span></p>
                <h1>{title}</h1>
                <p class="auth-text">{text}</p>
                {children()}
            </div>
        </main>
    }
    .into_any()
}

/// Two speech bubbles, one inside the other.
#[component]
pub fn BrandMark() -> AnyView {
    view! {
        <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path class="brand-back" d="M9 3h14a6 6 0 0 1 6 6v9a6 6 0 0 1-6 6h-6l-7 6v-6H9a6 6 0 0 1-6-6V9a6 6 0 0 1 6-6Z"></path>
            <path class="brand-front" d="M10 11.5h12M10 16.5h7"></path>
        </svg>
    }
    .into_any()
}
