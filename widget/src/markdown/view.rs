//! DOM nodes of a Markdown tree. Only `createElement`, `textContent` and a fixed set of attributes: nothing that a text
//! says can become markup, and nothing is fetched.

use super::{Block, Inline};
use crate::i18n::{Text, text};
use shared::message::Source;
use web_sys::{Document, Element, Node};

/// What stands in a container, so that a growing answer only touches its end.
#[derive(Default)]
pub struct Shown {
    blocks: Vec<Block>,
    nodes: Vec<Node>,
    /// References look different once the sources are known.
    sources: usize,
    is_open: bool,
}

/// Makes the container show these blocks, keeping the nodes of those that have not changed.
pub fn show(
    shown: &mut Shown,
    container: &Element,
    blocks: Vec<Block>,
    sources: &[Source],
    is_open: bool,
) {
    let Some(document) = container.owner_document() else {
        return;
    };
    let maker = Maker {
        document,
        sources,
        is_open,
    };
    let is_same_look = shown.sources == sources.len() && shown.is_open == is_open;
    let kept = if is_same_look {
        same_start(&shown.blocks, &blocks)
    } else {
        0
    };
    for node in shown.nodes.drain(kept..) {
        let _ = container.remove_child(&node);
    }
    for block in &blocks[kept..] {
        if let Some(node) = maker.block(block) {
            // Once for the whole block: an element with a direction of its own says nothing about its parent's.
            let _ = node.set_attribute("dir", "auto");
            let _ = container.append_child(&node);
            shown.nodes.push(node.into());
        }
    }
    *shown = Shown {
        blocks,
        nodes: std::mem::take(&mut shown.nodes),
        sources: sources.len(),
        is_open,
    };
}

fn same_start(old: &[Block], new: &[Block]) -> usize {
    old.iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count()
}

struct Maker<'a> {
    document: Document,
    sources: &'a [Source],
    is_open: bool,
}

impl Maker<'_> {
    fn element(&self, name: &str, class: &str) -> Option<Element> {
        let element = self.document.create_element(name).ok()?;
        if !class.is_empty() {
            element.set_class_name(class);
        }
        Some(element)
    }

    fn with_text(&self, name: &str, class: &str, words: &str) -> Option<Element> {
        let element = self.element(name, class)?;
        element.set_text_content(Some(words));
        Some(element)
    }

    fn block(&self, block: &Block) -> Option<Element> {
        match block {
            Block::Paragraph(content) => self.filled("p", "", content),
            // The panel's own headings end at level 2, and an answer's marks are no outline to rely on.
            Block::Heading(level, content) => {
                self.filled("h3", if *level < 3 { "large" } else { "" }, content)
            }
            Block::Code { language, text } => self.code(language, text),
            Block::List { start, items } => self.list(*start, items),
            Block::Quote(content) => self.container("blockquote", content),
            Block::Table { head, rows } => self.table(head, rows),
            Block::Rule => self.element("hr", ""),
        }
    }

    fn filled(&self, name: &str, class: &str, content: &[Inline]) -> Option<Element> {
        let element = self.element(name, class)?;
        self.fill(&element, content);
        Some(element)
    }

    fn container(&self, name: &str, blocks: &[Block]) -> Option<Element> {
        let element = self.element(name, "")?;
        for node in blocks.iter().filter_map(|block| self.block(block)) {
            let _ = element.append_child(&node);
        }
        Some(element)
    }

    fn list(&self, start: Option<u32>, items: &[Vec<Block>]) -> Option<Element> {
        let list = self.element(if start.is_some() { "ol" } else { "ul" }, "")?;
        if let Some(start) = start.filter(|start| *start != 1) {
            let _ = list.set_attribute("start", &start.to_string());
        }
        for item in items.iter().filter_map(|item| self.container("li", item)) {
            let _ = list.append_child(&item);
        }
        Some(list)
    }

    fn code(&self, language: &str, words: &str) -> Option<Element> {
        let block = self.element("div", "code")?;
        let head = self.element("div", "code-head")?;
        let _ = head.append_child(&*self.with_text("span", "", language)?);
        let copy = self.with_text("button", "quiet", text(Text::Copy))?;
        let _ = copy.set_attribute("type", "button");
        let _ = copy.set_attribute("data-copy", "");
        let _ = head.append_child(&copy);
        let pre = self.element("pre", "")?;
        let _ = pre.set_attribute("tabindex", "0");
        let _ = pre.set_attribute("dir", "ltr");
        let _ = pre.append_child(&*self.with_text("code", "", words)?);
        let _ = block.append_child(&head);
        let _ = block.append_child(&pre);
        Some(block)
    }

    fn table(&self, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> Option<Element> {
        let frame = self.element("div", "table")?;
        let _ = frame.set_attribute("tabindex", "0");
        let table = self.element("table", "")?;
        for (index, row) in std::iter::once(head)
            .chain(rows.iter().map(Vec::as_slice))
            .enumerate()
        {
            let line = self.element("tr", "")?;
            for cell in row {
                let _ = line.append_child(&*self.filled(
                    if index == 0 { "th" } else { "td" },
                    "",
                    cell,
                )?);
            }
            let _ = table.append_child(&line);
        }
        let _ = frame.append_child(&table);
        Some(frame)
    }

    fn fill(&self, parent: &Element, content: &[Inline]) {
        for inline in content {
            if let Some(node) = self.inline(inline) {
                let _ = parent.append_child(&node);
            }
        }
    }

    fn wrapped(&self, name: &str, content: &[Inline]) -> Option<Node> {
        let element = self.element(name, "")?;
        self.fill(&element, content);
        Some(element.into())
    }

    fn inline(&self, inline: &Inline) -> Option<Node> {
        match inline {
            Inline::Text(words) => Some(self.document.create_text_node(words).into()),
            Inline::Break => Some(self.element("br", "")?.into()),
            Inline::Strong(content) => self.wrapped("strong", content),
            Inline::Emphasis(content) => self.wrapped("em", content),
            Inline::Struck(content) => self.wrapped("s", content),
            Inline::Code(words) => Some(self.with_text("code", "", words)?.into()),
            Inline::Link { address, content } => self.link(address, content),
            Inline::Reference(number) => self.reference(*number),
        }
    }

    fn link(&self, address: &str, content: &[Inline]) -> Option<Node> {
        let link = self.element("a", "")?;
        let _ = link.set_attribute("href", address);
        let _ = link.set_attribute("target", "_blank");
        let _ = link.set_attribute("rel", "noopener noreferrer nofollow");
        self.fill(&link, content);
        Some(link.into())
    }

    /// A number whose source is not known is only a text, unless its source may still come.
    fn reference(&self, number: u32) -> Option<Node> {
        let shown = number.to_string();
        let Some(source) = self.sources.iter().find(|source| source.number == number) else {
            return match self.is_open {
                true => Some(self.with_text("span", "cite", &shown)?.into()),
                false => Some(self.document.create_text_node(&format!("[{shown}]")).into()),
            };
        };
        let button = self.with_text("button", "cite", &shown)?;
        let _ = button.set_attribute("type", "button");
        let _ = button.set_attribute("data-cite", &shown);
        let _ = button.set_attribute(
            "aria-label",
            &format!("{} {shown}: {}", text(Text::Source), source.title),
        );
        Some(button.into())
    }
}
