//! What holds for every text, whatever somebody or a model writes: it parses, no word of it is lost, and nobody is sent where they must
//! not go.

use super::parse::parse;
use super::tests::depth;
use super::{Block, Inline};
use proptest::prelude::*;

/// Deeper than any tree gets: six containers, and the marks that one line may have open.
const DEEPEST: usize = 64;

/// Letters that stand in no mark, address or name of a language here: a word made of them is somebody's word.
fn is_letter(character: char) -> bool {
    ('α'..='ω').contains(&character)
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|&character| is_letter(character))
        .collect()
}

/// All that is shown of a tree, in its order.
fn shown(blocks: &[Block]) -> String {
    let mut text = String::new();
    show_blocks(blocks, &mut text);
    text
}

fn show_blocks(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading(_, content) => show_inline(content, text),
            Block::Code {
                language,
                text: code,
            } => {
                text.push_str(language);
                text.push_str(code);
            }
            Block::List { items, .. } => items.iter().for_each(|item| show_blocks(item, text)),
            Block::Quote(content) => show_blocks(content, text),
            Block::Table { head, rows } => std::iter::once(head)
                .chain(rows)
                .flatten()
                .for_each(|cell| show_inline(cell, text)),
            Block::Rule => {}
        }
    }
}

fn show_inline(nodes: &[Inline], text: &mut String) {
    for node in nodes {
        match node {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::Break => text.push('\n'),
            Inline::Strong(content) | Inline::Emphasis(content) | Inline::Struck(content) => {
                show_inline(content, text);
            }
            Inline::Link { content, .. } => show_inline(content, text),
            Inline::Reference(number) => text.push_str(&number.to_string()),
        }
    }
}

/// Every address of a tree, and how many nodes it has.
fn addresses(blocks: &[Block]) -> (Vec<&str>, usize) {
    let mut found = Vec::new();
    let mut nodes = 0;
    look_through(blocks, &mut found, &mut nodes);
    (found, nodes)
}

fn look_through<'a>(blocks: &'a [Block], found: &mut Vec<&'a str>, nodes: &mut usize) {
    for block in blocks {
        *nodes += 1;
        match block {
            Block::Paragraph(content) | Block::Heading(_, content) => {
                look_along(content, found, nodes);
            }
            Block::List { items, .. } => items
                .iter()
                .for_each(|item| look_through(item, found, nodes)),
            Block::Quote(content) => look_through(content, found, nodes),
            Block::Table { head, rows } => std::iter::once(head)
                .chain(rows)
                .flatten()
                .for_each(|cell| look_along(cell, found, nodes)),
            Block::Code { .. } | Block::Rule => {}
        }
    }
}

fn look_along<'a>(line: &'a [Inline], found: &mut Vec<&'a str>, nodes: &mut usize) {
    for node in line {
        *nodes += 1;
        match node {
            Inline::Strong(content) | Inline::Emphasis(content) | Inline::Struck(content) => {
                look_along(content, found, nodes);
            }
            Inline::Link { address, content } => {
                found.push(address);
                look_along(content, found, nodes);
            }
            _ => {}
        }
    }
}

/// Where a browser goes by itself: nowhere but to the web and to mail, and nothing in the address is stripped before it is read.
fn is_harmless(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let is_known = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme));
    is_known
        && !address
            .chars()
            .any(|character| character.is_control() || character.is_whitespace())
}

/// A tree must be all of this, finished or still growing.
fn judge(text: &str, open: bool) -> std::result::Result<String, TestCaseError> {
    let tree = parse(text, open);
    prop_assert!(depth(&tree) < DEEPEST, "{text:?}");
    let (found, nodes) = addresses(&tree);
    for address in found {
        prop_assert!(is_harmless(address), "{address:?} of {text:?}");
    }
    // No text grows into more than it is made of: a cell that a row lacks is not a node.
    prop_assert!(nodes <= 2 * text.len() + 1, "{nodes} nodes of {text:?}");
    Ok(shown(&tree))
}

/// Words, marks and whole constructs of one line. Addresses and languages are of other letters than words are.
fn piece() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(vec![
        "*", "**", "***", "_", "__", "~", "~~", "`", "``", "[", "]", "![", "!", "<", ">", "\\",
        "|", " | ", "#", "- ", "1. ", "[1]", "[12, 3]", "<br>", "&amp;", "://", ":", "(", ")",
        "\t", "  ",
    ]);
    let constructs = prop::sample::select(vec![
        "](https://x.test/a_b)",
        "](https://x.test \"t\")",
        "](mailto:a@b.test)",
        "](javascript:1)",
        "](JAVASCRIPT:1)",
        "](data:text/html,1)",
        "](//x.test)",
        "](<https://x.test>)",
        "](\u{1}https://x.test)",
        "](java\u{a0}script:1)",
        "https://x.test",
        "HTTPS://x.test/(1)",
        "<https://x.test>",
        "<javascript:1>",
        "mailto:a@b.test",
        "http://x.test/?q=1&r=[2]",
    ]);
    prop_oneof![
        4 => "[α-ω]{1,6}",
        2 => Just(" ".to_owned()),
        3 => marks.prop_map(str::to_owned),
        1 => constructs.prop_map(str::to_owned),
    ]
}

/// A line with what makes it part of a block, or a line that is nothing but a mark.
fn line() -> impl Strategy<Value = String> {
    let begins = prop::sample::select(vec![
        "", "", "", "# ", "### ", "> ", "> > ", ">", "- ", "* ", "+ ", "  - ", "    - ", "\t- ",
        "1. ", "2) ", "   1. ", "    ", "| ",
    ]);
    let alone = prop::sample::select(vec![
        "",
        "",
        "```",
        "```rust",
        "~~~~",
        "  ```",
        "---",
        "***",
        "|---|---|",
        "-|-",
        "- ",
        "1.",
        ">",
        "\r",
    ]);
    prop_oneof![
        3 => (begins, prop::collection::vec(piece(), 0..8)).prop_map(|(begin, pieces)| begin.to_owned() + &pieces.concat()),
        1 => alone.prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 0..12).prop_map(|lines| lines.join("\n"))
}

/// What stands behind the name of a language is for programs, and so is an address: neither is shown. A text in which words have come to
/// stand there says nothing about lost words.
fn hides_words(text: &str) -> bool {
    let is_hidden = |(at, mark): (usize, &str), line: &str| {
        let rest = &line[at + mark.len()..];
        let end = if mark == "](" {
            end_of_address(rest)
        } else {
            rest.len()
        };
        !letters(&rest[..end]).is_empty()
    };
    text.lines().any(|line| {
        ["```", "~~~", "]("]
            .iter()
            .flat_map(|mark| line.match_indices(mark))
            .any(|found| is_hidden(found, line))
    })
}

/// Where the bracket closes that was opened before.
fn end_of_address(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (at, character) in rest.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => return at,
            ')' => depth -= 1,
            _ => {}
        }
    }
    rest.len()
}

proptest! {
    // A failing case is printed whole; there is no file of them to keep.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_parses(text in any::<String>(), open in any::<bool>()) {
        judge(&text, open)?;
    }

    #[test]
    fn no_word_is_lost_or_said_twice(text in text().prop_filter("words in addresses", |text| !hides_words(text))) {
        prop_assert_eq!(letters(&judge(&text, false)?), letters(&text), "{:?}", text);
    }

    #[test]
    fn a_text_that_still_grows_shows_every_word_that_has_come(text in text().prop_filter("words in addresses", |text| !hides_words(text))) {
        for (end, _) in text.char_indices() {
            let sent = &text[..end];
            prop_assert_eq!(letters(&judge(sent, true)?), letters(sent), "{:?}", sent);
        }
    }

    /// Whatever it is put between, an address that must not be followed is no link.
    #[test]
    fn no_mark_makes_a_link_of_an_address_that_runs_something(
        scheme in prop::sample::select(vec!["javascript", "data", "vbscript", "file", "blob", "about", "ftp"]),
        spelling in prop::collection::vec(any::<bool>(), 12),
        strewn in prop::collection::vec((0_usize..12, prop::sample::select(vec!['\t', '\u{1}', '\u{ad}', ' ', '\\', '&'])), 0..3),
        form in prop::sample::select(vec!["[α](@)", "<@>", "@", "![α](@)", "[α](<@>)", "[@](@)", "**[α](@)**", "| [α](@) |\n|-|\n| <@> |"]),
    ) {
        let mut address: Vec<char> = scheme
            .chars()
            .zip(spelling.iter().cycle())
            .map(|(letter, &is_large)| if is_large { letter.to_ascii_uppercase() } else { letter })
            .collect();
        address.extend(":alert`1`//".chars());
        for (at, extra) in strewn {
            address.insert(at.min(address.len()), extra);
        }
        let address: String = address.into_iter().collect();
        let text = form.replace('@', &address);
        for open in [false, true] {
            let tree = parse(&text, open);
            prop_assert_eq!(addresses(&tree).0, Vec::<&str>::new(), "{:?}", text);
        }
    }
}
