//! Text of messages as nodes of the page. There is no HTML in between.

use leptos::prelude::*;

/// Paragraphs and line breaks as they were written.
pub fn rich_text(text: &str) -> AnyView {
    let text = text.to_owned();
    view! { <p class="plain-text">{text}</p> }.into_any()
}
