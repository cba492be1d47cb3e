//! Where an answer comes from.

use crate::ui::icon::Icon;
use leptos::prelude::*;
use shared::markdown::safe_address;
use shared::message::Source;

/// The sources of an answer, folded until somebody wants to know; nothing where there are none.
pub fn sources_list(sources: &[Source]) -> AnyView {
    if sources.is_empty() {
        return ().into_any();
    }
    let title = if sources.len() == 1 {
        "1 source".to_owned()
    } else {
        format!("{} sources", sources.len())
    };
    let items = sources.iter().cloned().map(source_view).collect_view();
    view! {
        <details class="sources">
            <summary>{Icon::Book.view()}{title}</summary>
            <ol>{items}</ol>
        </details>
    }
    .into_any()
}

fn source_view(source: Source) -> AnyView {
    let Source {
        number,
        title,
        url,
        excerpt,
    } = source;
    // An address comes from an upload or a crawl: it is judged as those in texts are.
    let url = url.as_deref().and_then(safe_address).map(str::to_owned);
    let name = match url {
        Some(url) => {
            view! { <a href=url target="_blank" rel="noopener noreferrer">{title}</a> }.into_any()
        }
        None => view! { <strong>{title}</strong> }.into_any(),
    };
    view! {
        <li value=number.to_string()>
            {name}
            {excerpt.map(|excerpt| view! { <p class="faint">{excerpt}</p> })}
        </li>
    }
    .into_any()
}
