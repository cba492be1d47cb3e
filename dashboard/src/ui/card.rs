//! A framed part of a page with a heading.

use leptos::prelude::*;

#[component]
pub fn Card(
    #[prop(into)] title: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] id: String,
    children: Children,
) -> AnyView {
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> });
    view! {
        <section class="card" id=(!id.is_empty()).then_some(id)>
            <header class="card-head">
                <h2>{title}</h2>
                {hint}
            </header>
            <div class="card-body">{children()}</div>
        </section>
    }
    .into_any()
}
