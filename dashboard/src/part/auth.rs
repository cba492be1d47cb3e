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

/// The product's mark: the file that the landing page shows too.
#[component]
pub fn BrandMark() -> AnyView {
    view! { <img class="brand-mark" src="/icons/logo.svg" alt="" width="32" height="32" /> }
        .into_any()
}
