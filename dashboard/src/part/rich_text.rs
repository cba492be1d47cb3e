//! Markdown as nodes of the page, made from the parsed tree. There is no HTML in between, and nothing is fetched.

use leptos::prelude::*;
use shared::markdown::parse::parse;
use shared::markdown::{Block, Inline};

/// A text that is whole, or one that still grows (`open`).
pub fn rich_text(text: &str, open: bool) -> AnyView {
    view! { <div class="rich-text">{blocks(parse(text, open))}</div> }.into_any()
}

fn blocks(list: Vec<Block>) -> AnyView {
    list.into_iter().map(block).collect_view().into_any()
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Paragraph(content) => view! { <p>{inlines(content)}</p> }.into_any(),
        // Headings of a message are none of the page's own outline.
        Block::Heading(_, content) => {
            view! { <p class="rich-heading">{inlines(content)}</p> }.into_any()
        }
        Block::Code { text, .. } => {
            view! { <pre tabindex="0"><code>{text}</code></pre> }.into_any()
        }
        Block::List {
            start: Some(start),
            items,
        } => view! { <ol start=start.to_string()>{list_items(items)}</ol> }.into_any(),
        Block::List { start: None, items } => view! { <ul>{list_items(items)}</ul> }.into_any(),
        Block::Quote(content) => view! { <blockquote>{blocks(content)}</blockquote> }.into_any(),
        Block::Table { head, rows } => table(head, rows),
        Block::Rule => view! { <hr /> }.into_any(),
    }
}

fn list_items(items: Vec<Vec<Block>>) -> AnyView {
    items
        .into_iter()
        .map(|item| view! { <li>{blocks(item)}</li> })
        .collect_view()
        .into_any()
}

fn table(head: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>>) -> AnyView {
    let head = head
        .into_iter()
        .map(|cell| view! { <th scope="col">{inlines(cell)}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|row| {
            let cells = row
                .into_iter()
                .map(|cell| view! { <td>{inlines(cell)}</td> })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label="Table">
            <table class="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
    .into_any()
}

fn inlines(list: Vec<Inline>) -> AnyView {
    list.into_iter().map(inline).collect_view().into_any()
}

fn inline(inline: Inline) -> AnyView {
    match inline {
        Inline::Text(text) => text.into_any(),
        Inline::Break => view! { <br /> }.into_any(),
        Inline::Strong(content) => view! { <strong>{inlines(content)}</strong> }.into_any(),
        Inline::Emphasis(content) => view! { <em>{inlines(content)}</em> }.into_any(),
        Inline::Struck(content) => view! { <s>{inlines(content)}</s> }.into_any(),
        Inline::Code(text) => view! { <code>{text}</code> }.into_any(),
        Inline::Link { address, content } => {
            view! { <a href=address target="_blank" rel="noopener noreferrer">{inlines(content)}</a> }.into_any()
        }
        Inline::Reference(number) => view! { <sup class="reference">{number}</sup> }.into_any(),
    }
}
