//! A text without its marks, for those who hear it.

use super::{Block, Inline};

pub fn plain(blocks: &[Block]) -> String {
    let mut text = String::new();
    write_blocks(blocks, &mut text);
    text.trim_end().to_owned()
}

fn write_blocks(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading(_, content) => write_line(content, text),
            Block::Code { text: code, .. } => {
                text.push_str(code);
                text.push('\n');
            }
            Block::List { items, .. } => items.iter().for_each(|item| write_blocks(item, text)),
            Block::Quote(content) => write_blocks(content, text),
            Block::Table { head, rows } => {
                std::iter::once(head)
                    .chain(rows)
                    .flatten()
                    .for_each(|cell| write_line(cell, text));
            }
            Block::Rule => {}
        }
    }
}

fn write_line(nodes: &[Inline], text: &mut String) {
    write_inline(nodes, text);
    text.push('\n');
}

fn write_inline(nodes: &[Inline], text: &mut String) {
    for node in nodes {
        match node {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::Break => text.push('\n'),
            Inline::Strong(content) | Inline::Emphasis(content) | Inline::Struck(content) => {
                write_inline(content, text)
            }
            Inline::Link { content, .. } => write_inline(content, text),
            Inline::Reference(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::plain;
    use crate::markdown::parse::parse;

    #[test]
    fn marks_and_references_are_not_spoken() {
        let blocks = parse(
            "## A\n**b** [c](https://x.test) `d` [1]\n- e\n\n|f|g|\n|-|-|\n|h|i|",
            false,
        );
        assert_eq!(plain(&blocks), "A\nb c d \ne\nf\ng\nh\ni");
    }
}
