//! The text of a Word document (Office Open XML): its paragraphs, with headings and list items as Markdown.

use super::{Reading, Refusal, clean};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Where the text stands in the package.
const DOCUMENT: &str = "word/document.xml";
/// A larger one is no document but an attack: this is a hundred times the text that may be kept.
const UNPACKED_BYTES: u64 = 64 << 20;

pub(super) fn read(bytes: &[u8]) -> Result<Reading, Refusal> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)?;
    let document = package.by_name(DOCUMENT).map_err(|error| match error {
        zip::result::ZipError::UnsupportedArchive(_) | zip::result::ZipError::InvalidPassword => {
            Refusal::Protected
        }
        _ => Refusal::Damaged,
    })?;
    let mut xml = String::new();
    // What the package says about the size proves nothing.
    document
        .take(UNPACKED_BYTES + 1)
        .read_to_string(&mut xml)
        .map_err(|_| Refusal::Damaged)?;
    if xml.len() as u64 > UNPACKED_BYTES {
        return Err(Refusal::TooLarge);
    }
    let text = clean(&text(&xml)?);
    if text.trim().is_empty() {
        return Err(Refusal::Scanned);
    }
    Ok(Reading {
        text,
        ..Reading::default()
    })
}

/// A paragraph that is being read.
#[derive(Default)]
struct Paragraph {
    text: String,
    /// 1 to 6 for a heading.
    level: usize,
    is_item: bool,
}

impl Paragraph {
    fn write(self, text: &mut String) {
        let line = self.text.trim();
        if line.is_empty() {
            return;
        }
        match (self.level, self.is_item) {
            (0, true) => text.push_str("- "),
            (0, false) => {}
            (level, _) => {
                text.push_str(&"#".repeat(level));
                text.push(' ');
            }
        }
        text.push_str(line);
        // Items of a list stand below each other, paragraphs apart.
        text.push_str(if self.is_item { "\n" } else { "\n\n" });
    }
}

fn text(xml: &str) -> Result<String, Refusal> {
    let mut reader = Reader::from_str(xml);
    let (mut text, mut paragraph, mut in_run) = (String::new(), Paragraph::default(), false);
    loop {
        match reader.read_event().map_err(|_| Refusal::Damaged)? {
            Event::Start(tag) => match tag.name().as_ref() {
                "w:p" => paragraph = Paragraph::default(),
                "w:t" => in_run = true,
                _ => style(&tag, &mut paragraph),
            },
            Event::Empty(tag) => match tag.name().as_ref() {
                "w:tab" => paragraph.text.push('\t'),
                "w:br" | "w:cr" => paragraph.text.push('\n'),
                _ => style(&tag, &mut paragraph),
            },
            Event::End(tag) => match tag.name().as_ref() {
                "w:p" => std::mem::take(&mut paragraph).write(&mut text),
                "w:t" => in_run = false,
                _ => {}
            },
            Event::Text(words) if in_run => paragraph.text.push_str(&words.xml10_content()),
            Event::CData(words) if in_run => paragraph.text.push_str(&words.xml10_content()),
            Event::GeneralRef(name) if in_run => {
                paragraph.text.extend(character(&name.xml10_content()));
            }
            Event::Eof => return Ok(text),
            _ => {}
        }
    }
}

fn style(tag: &BytesStart<'_>, paragraph: &mut Paragraph) {
    match tag.name().as_ref() {
        "w:pStyle" => {
            let value = tag.try_get_attribute("w:val").ok().flatten();
            let value = value.map(|value| value.value.to_lowercase());
            paragraph.level = value.as_deref().map_or(0, level);
        }
        "w:numPr" => paragraph.is_item = true,
        _ => {}
    }
}

/// `Heading2` → 2, `Title` → 1; 0 for what is no heading.
fn level(style: &str) -> usize {
    if style == "title" {
        return 1;
    }
    style
        .strip_prefix("heading")
        .and_then(|level| level.trim().parse().ok())
        .filter(|level| (1..=6).contains(level))
        .unwrap_or(0)
}

/// The character that a reference stands for. Only the five that XML knows by itself have names here: a document
/// that defines its own is no Word document.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn paragraphs_headings_items_and_references_are_read() {
        let xml = r#"<?xml version="1.0"?><w:document xmlns:w="w"><w:body>
            <w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>Returns</w:t></w:r></w:p>
            <w:p><w:r><w:t>Send it </w:t></w:r><w:r><w:t xml:space="preserve">back &amp; wait&#x21;</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:t>One</w:t></w:r></w:p>
            <w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>
            </w:body></w:document>"#;
        let read = text(xml).unwrap();
        assert_eq!(read, "## Returns\n\nSend it back & wait!\n\n- One\n");
        assert!(text("<w:p><w:t>broken</w:p>").is_err());
    }
}
