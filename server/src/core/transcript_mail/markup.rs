//! HTML of what people wrote, for letters alone: everything is escaped, and nothing is fetched by who reads it.

use shared::markdown::{Block, Inline};
use std::fmt::Write;

/// A text in which nothing is markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A text as it was typed.
pub(super) fn as_typed(text: &str) -> String {
    format!(
        "<p style=\"margin:0;white-space:pre-wrap\">{}</p>",
        escaped(text)
    )
}

/// A parsed text.
pub(super) fn html(blocks: &[Block]) -> String {
    let mut html = String::new();
    for block in blocks {
        write_block(block, &mut html);
    }
    html
}

fn write_block(block: &Block, html: &mut String) {
    match block {
        Block::Paragraph(content) => wrap("p", content, html),
        // Within a message: the letter's own title stands above.
        Block::Heading(_, content) => wrap("h3", content, html),
        Block::Code { text, .. } => {
            let _ = write!(
                html,
                "<pre style=\"white-space:pre-wrap\">{}</pre>",
                escaped(text)
            );
        }
        Block::List { start, items } => write_list(*start, items, html),
        Block::Quote(content) => {
            let _ = write!(html, "<blockquote>{}</blockquote>", self::html(content));
        }
        Block::Table { head, rows } => write_table(head, rows, html),
        Block::Rule => html.push_str("<hr>"),
    }
}

fn wrap(tag: &str, content: &[Inline], html: &mut String) {
    let _ = write!(html, "<{tag}>{}</{tag}>", inline(content));
}

fn write_list(start: Option<u32>, items: &[Vec<Block>], html: &mut String) {
    let (open, close) = match start {
        Some(start) => (format!("<ol start=\"{start}\">"), "</ol>"),
        None => ("<ul>".to_owned(), "</ul>"),
    };
    html.push_str(&open);
    for item in items {
        let _ = write!(html, "<li>{}</li>", self::html(item));
    }
    html.push_str(close);
}

fn write_table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], html: &mut String) {
    html.push_str("<table><tr>");
    for cell in head {
        wrap("th", cell, html);
    }
    html.push_str("</tr>");
    for row in rows {
        html.push_str("<tr>");
        for cell in row {
            wrap("td", cell, html);
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
}

fn inline(nodes: &[Inline]) -> String {
    let mut html = String::new();
    for node in nodes {
        let _ = match node {
            Inline::Text(words) => write!(html, "{}", escaped(words)),
            Inline::Break => write!(html, "<br>"),
            Inline::Strong(content) => write!(html, "<strong>{}</strong>", inline(content)),
            Inline::Emphasis(content) => write!(html, "<em>{}</em>", inline(content)),
            Inline::Struck(content) => write!(html, "<s>{}</s>", inline(content)),
            Inline::Code(words) => write!(html, "<code>{}</code>", escaped(words)),
            Inline::Link { address, content } => write!(
                html,
                "<a href=\"{}\">{}</a>",
                escaped(address),
                inline(content)
            ),
            Inline::Reference(number) => write!(html, "[{number}]"),
        };
    }
    html
}

#[cfg(test)]
mod tests {
    use super::{as_typed, html};
    use shared::markdown::parse::parse;

    #[test]
    fn an_answers_marks_become_markup_and_everything_else_is_escaped() {
        let text = "## A & B\n**b** *e* `c<d>` [l](https://x.test/?a=1&b=\"2\") [j](javascript:alert(1)) <img src=x>\n- one\n- two";
        let html = html(&parse(text, false));
        for part in [
            "<h3>A &amp; B</h3>",
            "<strong>b</strong>",
            "<em>e</em>",
            "<code>c&lt;d&gt;</code>",
            "<ul><li><p>one</p></li>",
            "&lt;img src=x&gt;",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(
            !html.contains("<img") && !html.contains("href=\"javascript"),
            "{html}"
        );
    }

    #[test]
    fn what_a_visitor_typed_has_neither_markup_nor_links() {
        let html = as_typed("**a** <b>\n[l](https://x.test)");
        assert!(
            html.contains("**a** &lt;b&gt;\n[l](https://x.test)"),
            "{html}"
        );
        assert!(!html.contains("<a "), "{html}");
    }
}
