//! Cuts texts into passages: Markdown by its structure, plain text by its paragraphs. A passage is small enough
//! to be quoted and large enough to be understood.

use super::markdown::{self, Block, BlockKind, Section};
use unicode_segmentation::UnicodeSegmentation;

/// Characters a passage is filled up to.
const PASSAGE_CHARS: usize = 900;
/// A block of code or a table is kept whole up to this.
const WHOLE_CHARS: usize = 2_700;

/// A piece of a text, as it is stored and quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The headings above it, outermost first, joined by " › ".
    pub heading: String,
    pub content: String,
}

/// Cuts Markdown. Front matter, comments and pictures are left out; links that lead nowhere outside their own
/// folder become plain text.
pub fn markdown(text: &str) -> Vec<Cut> {
    markdown::sections(text)
        .into_iter()
        .flat_map(fill)
        .collect()
}

/// Cuts plain text at blank lines.
pub fn plain(text: &str) -> Vec<Cut> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        match blocks.last_mut() {
            Some(block) if !line.is_empty() && !block.text.is_empty() => {
                block.text.push('\n');
                block.text.push_str(line);
            }
            Some(block) if block.text.is_empty() => block.text.push_str(line),
            _ => blocks.push(Block {
                kind: BlockKind::Paragraph,
                text: line.to_owned(),
            }),
        }
    }
    blocks.retain(|block| !block.text.trim().is_empty());
    fill(Section {
        heading: String::new(),
        blocks,
    })
}

fn fill(section: Section) -> Vec<Cut> {
    let mut passages: Vec<Vec<String>> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for piece in section.blocks.into_iter().flat_map(split) {
        let filled: usize = open.iter().map(|text| text.chars().count()).sum();
        if !open.is_empty() && filled + piece.chars().count() > PASSAGE_CHARS {
            // What introduces a list or an example stays with it.
            let lead = open.pop_if(|last| last.ends_with(':'));
            if !open.is_empty() {
                passages.push(std::mem::take(&mut open));
            }
            open.extend(lead);
        }
        open.push(piece);
    }
    passages.push(open);
    passages
        .into_iter()
        .filter(|pieces| !pieces.is_empty())
        .map(|pieces| Cut {
            heading: section.heading.clone(),
            content: pieces.join("\n\n"),
        })
        .collect()
}

/// A block that is too long for one passage in pieces that are not.
fn split(block: Block) -> Vec<String> {
    let limit = match block.kind {
        BlockKind::Code | BlockKind::Table => WHOLE_CHARS,
        BlockKind::Paragraph | BlockKind::List | BlockKind::Quote => PASSAGE_CHARS,
    };
    if block.text.chars().count() <= limit {
        return vec![block.text];
    }
    match block.kind {
        BlockKind::Paragraph => gather(block.text.split_sentence_bounds(), ""),
        BlockKind::List | BlockKind::Quote => gather(block.text.split_inclusive('\n'), ""),
        BlockKind::Table => split_table(&block.text),
        BlockKind::Code => split_code(&block.text),
    }
}

fn split_table(text: &str) -> Vec<String> {
    let head_end = text
        .match_indices('\n')
        .nth(1)
        .map_or(text.len(), |(place, _)| place + 1);
    let (head, rows) = text.split_at(head_end);
    gather(rows.split_inclusive('\n'), head)
}

/// Each piece is fenced again, so that it stays code.
fn split_code(text: &str) -> Vec<String> {
    let fence = text.lines().next().unwrap_or("```");
    let marks: String = fence
        .chars()
        .take_while(|character| matches!(character, '`' | '~'))
        .collect();
    let body: Vec<&str> = text.split_inclusive('\n').skip(1).collect();
    let body = &body[..body.len().saturating_sub(1)];
    gather(body.iter().copied(), "")
        .into_iter()
        .map(|piece| format!("{fence}\n{piece}\n{marks}"))
        .collect()
}

/// Puts parts together up to the size of a passage; every piece begins with `head`.
fn gather<'a>(parts: impl Iterator<Item = &'a str>, head: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut open = head.to_owned();
    let mut length = 0;
    for part in parts.flat_map(|part| halves(part, PASSAGE_CHARS)) {
        let characters = part.chars().count();
        if length > 0 && length + characters > PASSAGE_CHARS {
            pieces.push(open.trim_end().to_owned());
            open = head.to_owned();
            length = 0;
        }
        open.push_str(part);
        length += characters;
    }
    if length > 0 {
        pieces.push(open.trim_end().to_owned());
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

/// A part without any boundary for too long is cut at a space, or where it must.
fn halves(mut part: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while let Some((end, _)) = part.char_indices().nth(limit) {
        let cut = part[..end]
            .rfind(' ')
            .filter(|cut| *cut > 0)
            .map_or(end, |cut| cut + 1);
        let (piece, rest) = part.split_at(cut);
        pieces.push(piece);
        part = rest;
    }
    pieces.push(part);
    pieces
}

#[cfg(test)]
mod tests {
    use super::{PASSAGE_CHARS, markdown, plain};

    #[test]
    fn passages_follow_the_headings_and_carry_their_path() {
        let cuts = markdown(
            "---\ntitle: Guide\n---\n# Guide\n\nIntro.\n\n## Install\n\nRun it:\n\n```sh\nmake run\n```\n\n### macOS\n\nUse brew.\n\n## Use\n\n- one\n- two\n",
        );
        let found: Vec<_> = cuts
            .iter()
            .map(|cut| (cut.heading.as_str(), cut.content.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("Guide", "Intro."),
                ("Guide › Install", "Run it:\n\n```sh\nmake run\n```"),
                ("Guide › Install › macOS", "Use brew."),
                ("Guide › Use", "- one\n- two"),
            ]
        );
    }

    #[test]
    fn pictures_comments_and_local_links_go_and_real_links_stay() {
        let cuts = markdown(
            "See [the guide](./guide.md), [us](https://acme.example/a) and [this][ref]. ![shot](a.png) <!-- secret --> End<br>here.\n\n[ref]: https://acme.example/ref\n",
        );
        assert_eq!(
            cuts[0].content,
            "See the guide, [us](https://acme.example/a) and [this](https://acme.example/ref).   End\nhere."
        );
    }

    #[test]
    fn long_texts_are_cut_at_sentences_and_nothing_is_lost() {
        let sentence = "The quick brown fox jumps over the lazy dog. ";
        let text = sentence.repeat(100);
        for cuts in [plain(&text), markdown(&text)] {
            assert!(cuts.len() >= 5);
            for cut in &cuts {
                assert!(cut.content.chars().count() <= PASSAGE_CHARS);
                assert!(cut.content.ends_with("dog."));
            }
            let words: usize = cuts.iter().map(|cut| cut.content.split(' ').count()).sum();
            assert_eq!(words, 900);
        }
    }

    #[test]
    fn a_text_without_any_boundary_is_cut_all_the_same() {
        let cuts = plain(&"ü".repeat(2_000));
        assert!(
            cuts.iter()
                .all(|cut| cut.content.chars().count() <= PASSAGE_CHARS)
        );
        assert_eq!(
            cuts.iter()
                .map(|cut| cut.content.chars().count())
                .sum::<usize>(),
            2_000
        );
    }

    #[test]
    fn long_tables_keep_their_head_and_long_code_its_fences() {
        let table = format!(
            "| a | b |\n|---|---|\n{}",
            "| some cell | another cell |\n".repeat(120)
        );
        let cuts = markdown(&table);
        assert!(cuts.len() > 1);
        assert!(
            cuts.iter()
                .all(|cut| cut.content.starts_with("| a | b |\n|---|---|\n| some"))
        );
        let code = format!("```rust\n{}```\n", "let value = compute();\n".repeat(200));
        let cuts = markdown(&code);
        assert!(cuts.len() > 1);
        for cut in &cuts {
            assert!(cut.content.starts_with("```rust\nlet") && cut.content.ends_with(";\n```"));
        }
    }

    #[test]
    fn blank_lines_part_plain_paragraphs_and_short_ones_share_a_passage() {
        let cuts = plain("First line\nsecond line\n\n\nSecond paragraph\n");
        assert_eq!(cuts.len(), 1);
        assert_eq!(
            cuts[0].content,
            "First line\nsecond line\n\nSecond paragraph"
        );
        assert!(plain(" \n \n").is_empty());
    }
}
