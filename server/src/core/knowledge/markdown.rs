//! Markdown as a sequence of headed sections of blocks, each block still in Markdown.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// Deeper quotes and lists than this are no text anybody wrote; the parser's work stays bounded.
const DEEPEST: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    Paragraph,
    List,
    Code,
    Table,
    Quote,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    pub text: String,
}

/// What stands below one heading, up to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The path of headings, joined by " › ".
    pub heading: String,
    pub blocks: Vec<Block>,
}

/// Where the written text is replaced.
enum Edit {
    Replace(Range<usize>, &'static str),
    /// A link: what it shows, and where it leads if it leads outside.
    Link {
        whole: Range<usize>,
        shown: Range<usize>,
        target: Option<String>,
    },
}

/// A link whose end has not been met yet.
struct OpenLink {
    whole: Range<usize>,
    shown: Option<Range<usize>>,
    target: Option<String>,
}

impl Edit {
    const fn range(&self) -> &Range<usize> {
        match self {
            Self::Replace(range, _) | Self::Link { whole: range, .. } => range,
        }
    }
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// The sections of a Markdown text, in order. Sections without text are left out.
pub fn sections(text: &str) -> Vec<Section> {
    let mut reader = Reader::new(text);
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        reader.take(event, range);
    }
    reader.finish()
}

/// The blocks of a passage, to quote from.
pub fn blocks(text: &str) -> Vec<Block> {
    sections(text)
        .into_iter()
        .flat_map(|section| section.blocks)
        .collect()
}

struct Reader<'a> {
    text: &'a str,
    sections: Vec<Section>,
    /// Level and text of the headings above.
    path: Vec<(u8, String)>,
    depth: usize,
    /// Of the block at depth 1.
    start: Range<usize>,
    kind: Option<BlockKind>,
    edits: Vec<Edit>,
    link: Option<OpenLink>,
    heading: Option<(u8, String)>,
    /// Depth of pictures, whose text is not shown.
    hidden: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            sections: Vec::new(),
            path: Vec::new(),
            depth: 0,
            start: 0..0,
            kind: None,
            edits: Vec::new(),
            link: None,
            heading: None,
            hidden: 0,
        }
    }

    fn take(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.begin(tag, range),
            Event::End(tag) => self.end(tag, &range),
            Event::Text(shown) | Event::Code(shown) => self.shown(&shown, &range),
            Event::SoftBreak | Event::HardBreak => self.shown(" ", &range),
            Event::InlineHtml(tag) => {
                let instead = if tag.starts_with("<br") { "\n" } else { "" };
                self.edits.push(Edit::Replace(range, instead));
            }
            _ => {}
        }
    }

    fn shown(&mut self, text: &str, range: &Range<usize>) {
        if self.hidden > 0 {
            return;
        }
        if let Some((_, heading)) = &mut self.heading {
            heading.push_str(text);
        }
        if let Some(link) = &mut self.link {
            let start = link.shown.as_ref().map_or(range.start, |shown| shown.start);
            link.shown = Some(start..range.end);
        }
    }

    fn begin(&mut self, tag: Tag<'a>, range: Range<usize>) {
        self.depth += 1;
        if self.depth == 1 {
            self.start = range.clone();
            self.kind = match &tag {
                Tag::List(_) => Some(BlockKind::List),
                Tag::CodeBlock(_) => Some(BlockKind::Code),
                Tag::Table(_) => Some(BlockKind::Table),
                Tag::BlockQuote(_) => Some(BlockKind::Quote),
                Tag::Heading { .. } | Tag::MetadataBlock(_) | Tag::FootnoteDefinition(_) => None,
                _ => Some(BlockKind::Paragraph),
            };
        }
        match tag {
            Tag::Heading { level, .. } => self.heading = Some((level as u8, String::new())),
            Tag::Image { .. } => {
                self.hidden += 1;
                self.edits.push(Edit::Replace(range, ""));
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                let as_written = matches!(link_type, LinkType::Autolink | LinkType::Email);
                let target = is_outside(&dest_url).then(|| dest_url.into_string());
                // Links do not nest in Markdown, so one is enough to remember.
                self.link = (!as_written).then_some(OpenLink {
                    whole: range,
                    shown: None,
                    target,
                });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        self.depth = self.depth.saturating_sub(1);
        match tag {
            TagEnd::Image => self.hidden = self.hidden.saturating_sub(1),
            TagEnd::Link => {
                if let Some(link) = self.link.take_if(|link| link.whole == *range) {
                    let nothing = range.start..range.start;
                    self.edits.push(Edit::Link {
                        whole: link.whole,
                        shown: link.shown.unwrap_or(nothing),
                        target: link.target,
                    });
                }
            }
            TagEnd::Heading(_) => self.close_heading(),
            TagEnd::HtmlBlock if self.depth == 0 => {
                let text = without_tags(&self.text[self.start.clone()]);
                self.push(BlockKind::Paragraph, text);
                self.kind = None;
            }
            _ => {}
        }
        if self.depth == 0 {
            self.close_block();
        }
    }

    fn close_heading(&mut self) {
        let Some((level, text)) = self.heading.take() else {
            return;
        };
        self.path.retain(|(above, _)| *above < level);
        let text = text.trim().to_owned();
        if !text.is_empty() {
            self.path.push((level, text));
        }
        self.open_section();
    }

    fn open_section(&mut self) {
        let names: Vec<&str> = self.path.iter().map(|(_, name)| name.as_str()).collect();
        self.sections.push(Section {
            heading: names.join(" › "),
            blocks: Vec::new(),
        });
    }

    fn close_block(&mut self) {
        let mut edits = std::mem::take(&mut self.edits);
        let Some(kind) = self.kind.take() else {
            return;
        };
        // Outer edits first; what lies inside one is the outer one's to render.
        edits.sort_by_key(|edit| (edit.range().start, usize::MAX - edit.range().end));
        let text = match kind {
            BlockKind::Code => fenced(self.text, &self.start),
            _ => render(self.text, self.start.clone(), &edits, DEEPEST),
        };
        self.push(kind, text);
    }

    fn push(&mut self, kind: BlockKind, text: String) {
        let text = text.trim_matches(['\n', '\r']).trim_end();
        if text.trim().is_empty() {
            return;
        }
        if self.sections.is_empty() {
            self.open_section();
        }
        if let Some(section) = self.sections.last_mut() {
            section.blocks.push(Block {
                kind,
                text: text.to_owned(),
            });
        }
    }

    fn finish(mut self) -> Vec<Section> {
        self.sections.retain(|section| !section.blocks.is_empty());
        self.sections
    }
}

/// Indented code is fenced, so that it survives being quoted elsewhere.
fn fenced(text: &str, range: &Range<usize>) -> String {
    let written = &text[range.clone()];
    if written.trim_start().starts_with(['`', '~']) {
        return written.to_owned();
    }
    let lines: Vec<&str> = written
        .lines()
        .map(|line| {
            line.strip_prefix("    ")
                .or_else(|| line.strip_prefix('\t'))
                .unwrap_or(line)
        })
        .collect();
    format!("```\n{}\n```", lines.join("\n"))
}

fn render(text: &str, range: Range<usize>, edits: &[Edit], depth: usize) -> String {
    let mut rendered = String::with_capacity(range.len());
    let mut place = range.start;
    for (number, edit) in edits.iter().enumerate() {
        let span = edit.range();
        if span.start < place || span.end > range.end {
            continue;
        }
        rendered.push_str(&text[place..span.start]);
        place = span.end;
        match edit {
            Edit::Replace(_, instead) => rendered.push_str(instead),
            Edit::Link { shown, target, .. } if depth > 0 => {
                let shown = render(text, shown.clone(), &edits[number + 1..], depth - 1);
                match target {
                    Some(target) if !shown.trim().is_empty() => {
                        rendered.push_str(&format!("[{shown}]({target})"));
                    }
                    _ => rendered.push_str(&shown),
                }
            }
            Edit::Link { .. } => {}
        }
    }
    rendered.push_str(&text[place..range.end]);
    rendered
}

/// Whether a link leads somewhere for a reader who does not have the file.
fn is_outside(target: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| target.starts_with(scheme))
        && !target.contains([' ', '(', ')', '<', '>'])
}

/// The text between the tags of a block of HTML; scripts, styles and comments are no text.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        rest = &rest[open..];
        let end = ["<!--", "<script", "<style"]
            .iter()
            .zip(["-->", "</script>", "</style>"])
            .find(|(start, _)| starts_with_ignoring_case(rest, start))
            .map_or(">", |(_, end)| end);
        rest = match find_ignoring_case(rest, end) {
            Some(place) => &rest[place + end.len()..],
            None => "",
        };
    }
    text.push_str(rest);
    text
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len())
        .position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{BlockKind, blocks, sections, without_tags};

    #[test]
    fn blocks_keep_their_markdown() {
        let found = blocks(
            "Text *here*\nand on.\n\n1. one\n2. two\n\n| a |\n|---|\n| b |\n\n> quoted\n\n    code\n",
        );
        let kinds: Vec<_> = found.iter().map(|block| block.kind).collect();
        assert_eq!(
            kinds,
            [
                BlockKind::Paragraph,
                BlockKind::List,
                BlockKind::Table,
                BlockKind::Quote,
                BlockKind::Code
            ]
        );
        assert_eq!(found[0].text, "Text *here*\nand on.");
        assert_eq!(found[4].text, "```\ncode\n```");
    }

    #[test]
    fn scripts_and_comments_are_no_text() {
        let html = "<div>Hi <b>there</b><SCRIPT>alert(1)</script><!-- no --></div>";
        assert_eq!(without_tags(html), "Hi there");
        assert_eq!(without_tags("<div unclosed"), "");
    }

    #[test]
    fn a_badge_that_links_leaves_nothing() {
        let found = sections(
            "# Title [![badge](https://a.example/b.svg)](https://a.example)\n\n[![badge](https://a.example/b.svg)](https://a.example)\n\nText\n",
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].heading, "Title");
        assert_eq!(found[0].blocks[0].text, "Text");
    }

    #[test]
    fn nested_to_absurdity_is_still_read() {
        let text = format!("{}deep", "> ".repeat(5_000));
        assert!(!blocks(&text).is_empty());
        let text = format!(
            "{}x{}",
            "[".repeat(5_000),
            "](https://a.example)".repeat(5_000)
        );
        assert!(!blocks(&text).is_empty());
    }
}
