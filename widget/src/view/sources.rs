//! Where an answer comes from, numbered as its text refers to it.

use super::dom::{El, el};
use super::outside_link;
use crate::i18n::{Text, text};
use crate::markdown::{parse::parse, plain, safe_address};
use shared::message::Source;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

pub fn sources(sources: &[Source]) -> El {
    let list = sources
        .iter()
        .fold(el("ol", ""), |list, source| list.add(item(source)));
    el("div", "sources")
        .add(el("p", "label").text(text(Text::Sources)))
        .add(list)
}

fn item(source: &Source) -> El {
    let number = source.number.to_string();
    let address = source.url.as_deref().and_then(safe_address);
    let line = el("li", "").set("data-source", &number);
    let is_more = address.is_some() || source.excerpt.is_some();
    let head = if is_more {
        el("summary", "")
    } else {
        el("span", "flat")
    }
    .add(el("span", "number").text(&number))
    .add(el("span", "title").set("dir", "auto").text(&source.title));
    if !is_more {
        return line.add(head);
    }
    let excerpt = source.excerpt.as_deref().map(|excerpt| {
        el("p", "excerpt")
            .set("dir", "auto")
            .text(&plain::plain(&parse(excerpt, false)))
    });
    let link = address.map(|address| outside_link("", address, text(Text::OpenSource)));
    line.add(el("details", "").add(head).maybe(excerpt).maybe(link))
}

/// Opens the source that a reference in the same answer names, and goes there.
pub fn reveal(reference: &Element, number: &str) {
    let Ok(Some(answer)) = reference.closest(".entry") else {
        return;
    };
    // The number is digits: `data-cite` is written by the Markdown view.
    let find = |rest: &str| {
        answer
            .query_selector(&format!("[data-source=\"{number}\"] {rest}"))
            .ok()
            .flatten()
    };
    if let Some(details) = find("details") {
        let _ = details.set_attribute("open", "");
    }
    if let Some(summary) =
        find("summary").and_then(|summary| summary.dyn_into::<HtmlElement>().ok())
    {
        let _ = summary.focus();
        summary.scroll_into_view();
    }
}
