//! Where an answer comes from, numbered as its text refers to it.

use crate::i18n::{Text, text};
use crate::markdown::{parse, plain, safe_address};
use leptos::prelude::*;
use shared::message::Source;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

pub fn sources(sources: Vec<Source>) -> AnyView {
    let items: Vec<_> = sources.into_iter().map(item).collect();
    view! {
        <div class="sources">
            <p class="label">{text(Text::Sources)}</p>
            <ol>{items}</ol>
        </div>
    }
    .into_any()
}

fn item(source: Source) -> AnyView {
    let number = source.number.to_string();
    let address = source.url.as_deref().and_then(safe_address).map(str::to_owned);
    let excerpt = source.excerpt.map(|excerpt| plain::plain(&parse::parse(&excerpt, false)));
    let head = view! {
        <span class="number">{number.clone()}</span>
        <span class="title" dir="auto">{source.title}</span>
    };
    if address.is_none() && excerpt.is_none() {
        return view! { <li data-source=number><span class="flat">{head}</span></li> }.into_any();
    }
    view! {
        <li data-source=number>
            <details>
                <summary>{head}</summary>
                {excerpt.map(|excerpt| view! { <p class="excerpt" dir="auto">{excerpt}</p> })}
                {address
                    .map(|address| view! {
                        <a href=address target="_blank" rel="noopener noreferrer nofollow">{text(Text::OpenSource)}</a>
                    })}
            </details>
        </li>
    }
    .into_any()
}

/// Opens the source that a reference in the same answer names, and goes there.
pub fn reveal(reference: &Element, number: &str) {
    let Ok(Some(answer)) = reference.closest(".entry") else { return };
    // The number is digits: `data-cite` is written by the Markdown view.
    let find = |rest: &str| answer.query_selector(&format!("[data-source=\"{number}\"] {rest}")).ok().flatten();
    if let Some(details) = find("details") {
        let _ = details.set_attribute("open", "");
    }
    if let Some(summary) = find("summary").and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
        let _ = summary.focus();
        summary.scroll_into_view();
    }
}
