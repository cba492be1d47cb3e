//! Blocks. Containers are stripped of their marks and parsed again, to a bounded depth, so that the work stays
//! proportional to the text whatever it holds.

use super::inline::parse_inline;
use super::{Block, Inline};

/// Deeper quotes and lists are shown as the text they are.
const MAX_DEPTH: usize = 6;

/// The tree of a text. While the text still grows (`open`), marks that were begun and not ended are taken
/// as ended where the text ends.
pub fn parse(text: &str, open: bool) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    parse_lines(&lines, open, 0)
}

fn parse_lines(lines: &[&str], open: bool, depth: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (block, next) = parse_block(lines, at, open, depth);
        blocks.extend(block);
        at = next;
    }
    blocks
}

/// The block that begins at a line, and the line after it. Always moves on.
fn parse_block(lines: &[&str], at: usize, open: bool, depth: usize) -> (Option<Block>, usize) {
    let line = lines[at];
    let text = line.trim();
    if text.is_empty() {
        return (None, at + 1);
    }
    if let Some(fence) = fence_of(line) {
        return code_block(lines, at, fence);
    }
    if let Some((level, title)) = heading_of(text) {
        let is_last = at + 1 == lines.len();
        return (
            Some(Block::Heading(level, parse_inline(title, open && is_last))),
            at + 1,
        );
    }
    if is_rule(text) {
        return (Some(Block::Rule), at + 1);
    }
    if depth < MAX_DEPTH {
        if text.starts_with('>') {
            return quote(lines, at, open, depth);
        }
        if let Some(marker) = marker_of(line) {
            return list(lines, at, &marker, open, depth);
        }
    }
    if let Some(table) = table(lines, at) {
        return table;
    }
    paragraph(lines, at, open)
}

struct Fence {
    mark: u8,
    length: usize,
    indent: usize,
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

fn fence_of(line: &str) -> Option<Fence> {
    let text = line.trim_start();
    let mark = *text.as_bytes().first()?;
    if mark != b'`' && mark != b'~' {
        return None;
    }
    let length = text.bytes().take_while(|&byte| byte == mark).count();
    let is_fence = length >= 3 && !(mark == b'`' && text[length..].contains('`'));
    is_fence.then(|| Fence {
        mark,
        length,
        indent: indent_of(line),
    })
}

fn code_block(lines: &[&str], at: usize, fence: Fence) -> (Option<Block>, usize) {
    let info = lines[at].trim_start()[fence.length..].trim();
    let language = info
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut content = Vec::new();
    let mut next = at + 1;
    while let Some(&line) = lines.get(next) {
        next += 1;
        let text = line.trim();
        if text.len() >= fence.length && text.bytes().all(|byte| byte == fence.mark) {
            break;
        }
        content.push(&line[indent_of(line).min(fence.indent)..]);
    }
    (
        Some(Block::Code {
            language,
            text: content.join("\n"),
        }),
        next,
    )
}

fn heading_of(text: &str) -> Option<(u8, &str)> {
    let level = text.bytes().take_while(|&byte| byte == b'#').count();
    let rest = &text[level..];
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let title = rest.trim();
    // Closing marks go, but `# C#` is a title.
    let unmarked = title.trim_end_matches('#');
    let is_closed = unmarked.is_empty() || unmarked.ends_with([' ', '\t']);
    Some((
        level as u8,
        if is_closed {
            unmarked.trim_end()
        } else {
            title
        },
    ))
}

fn is_rule(text: &str) -> bool {
    let mut marks = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let Some(mark) = marks.next() else {
        return false;
    };
    matches!(mark, b'-' | b'*' | b'_')
        && marks.clone().count() >= 2
        && marks.all(|byte| byte == mark)
}

fn quote(lines: &[&str], at: usize, open: bool, depth: usize) -> (Option<Block>, usize) {
    let mut next = at;
    let mut content = Vec::new();
    while let Some(rest) = lines
        .get(next)
        .and_then(|line| line.trim_start().strip_prefix('>'))
    {
        content.push(rest.strip_prefix(' ').unwrap_or(rest));
        next += 1;
    }
    let open = open && next == lines.len();
    (
        Some(Block::Quote(parse_lines(&content, open, depth + 1))),
        next,
    )
}

struct Marker {
    /// `-`, `*`, `+`, or the `.` or `)` after a number.
    mark: u8,
    number: Option<u32>,
    indent: usize,
    /// Columns before the item's text.
    width: usize,
}

fn marker_of(line: &str) -> Option<Marker> {
    let indent = indent_of(line);
    let text = &line[indent..];
    let bytes = text.as_bytes();
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let mark = *bytes.get(digits)?;
    let is_marker = if digits == 0 {
        matches!(mark, b'-' | b'*' | b'+')
    } else {
        digits <= 9 && matches!(mark, b'.' | b')')
    };
    let after = bytes.get(digits + 1).copied();
    if !is_marker || !matches!(after, None | Some(b' ' | b'\t')) {
        return None;
    }
    let spaces = indent_of(&text[digits + 1..]).clamp(1, 4);
    let number = text[..digits].parse().ok();
    Some(Marker {
        mark,
        number,
        indent,
        width: indent + digits + 1 + spaces,
    })
}

fn list(
    lines: &[&str],
    at: usize,
    first: &Marker,
    open: bool,
    depth: usize,
) -> (Option<Block>, usize) {
    let mut items = Vec::new();
    let mut next = at;
    while let Some(marker) = lines.get(next).and_then(|line| marker_of(line)) {
        let is_sibling = marker.mark == first.mark
            && marker.indent < first.width
            && !is_rule(lines[next].trim());
        if !is_sibling {
            break;
        }
        let (content, after) = item_lines(lines, next, &marker);
        let open = open && after == lines.len();
        items.push(parse_lines(&content, open, depth + 1));
        next = skip_blank_before_item(lines, after, first);
    }
    (
        Some(Block::List {
            start: first.number,
            items,
        }),
        next,
    )
}

/// A blank line between two items does not end the list.
fn skip_blank_before_item(lines: &[&str], at: usize, first: &Marker) -> usize {
    let mut next = at;
    while lines.get(next).is_some_and(|line| line.trim().is_empty()) {
        next += 1;
    }
    let continues = lines
        .get(next)
        .and_then(|line| marker_of(line))
        .is_some_and(|marker| marker.mark == first.mark);
    if continues { next } else { at }
}

/// The lines of one item without its indentation, and the line after it.
fn item_lines<'a>(lines: &[&'a str], at: usize, marker: &Marker) -> (Vec<&'a str>, usize) {
    let line = lines[at];
    let mut content = vec![line.get(marker.width.min(line.len())..).unwrap_or_default()];
    let mut next = at + 1;
    let mut blank_from = None;
    while let Some(&line) = lines.get(next) {
        let indent = indent_of(line);
        if line.trim().is_empty() {
            blank_from = blank_from.or(Some(next));
        } else if indent > marker.indent + 1 || (indent > marker.indent && marker.number.is_none())
        {
            blank_from = None;
        } else if blank_from.is_some() || begins_block(line) || marker_of(line).is_some() {
            break;
        }
        content.push(&line[indent.min(marker.width)..]);
        next += 1;
    }
    let end = blank_from.unwrap_or(next);
    content.truncate(end - at);
    (content, end)
}

fn begins_block(line: &str) -> bool {
    let text = line.trim();
    text.starts_with('>')
        || fence_of(line).is_some()
        || heading_of(text).is_some()
        || is_rule(text)
        || marker_of(line)
            .is_some_and(|marker| marker.number.is_none_or(|number| number == 1) && text.len() > 2)
}

fn paragraph(lines: &[&str], at: usize, open: bool) -> (Option<Block>, usize) {
    let mut next = at + 1;
    while lines
        .get(next)
        .is_some_and(|line| !line.trim().is_empty() && !begins_block(line))
    {
        if table(lines, next).is_some() {
            break;
        }
        next += 1;
    }
    let text: Vec<&str> = lines[at..next]
        .iter()
        .map(|line| line.trim_start())
        .collect();
    let content = parse_inline(text.join("\n").trim_end(), open && next == lines.len());
    (Some(Block::Paragraph(content)), next)
}

fn table(lines: &[&str], at: usize) -> Option<(Option<Block>, usize)> {
    let head = lines.get(at).filter(|line| line.contains('|'))?;
    let columns = lines
        .get(at + 1)
        .filter(|line| is_delimiter(line))
        .map(|line| cells(line).len())?;
    let head = row(head, columns);
    let mut rows = Vec::new();
    let mut next = at + 2;
    while let Some(line) = lines.get(next).filter(|line| line.contains('|')) {
        rows.push(row(line, columns));
        next += 1;
    }
    Some((Some(Block::Table { head, rows }), next))
}

fn is_delimiter(line: &str) -> bool {
    line.contains('-')
        && line.contains('|')
        && line
            .bytes()
            .all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line
        .strip_suffix('|')
        .filter(|rest| !rest.ends_with('\\'))
        .unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for character in line.chars() {
        if character == '|' && !escaped {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            if character == '|' {
                cell.pop();
            }
            cell.push(character);
        }
        escaped = character == '\\' && !escaped;
    }
    cells
}

fn row(line: &str, columns: usize) -> Vec<Vec<Inline>> {
    let mut row: Vec<_> = cells(line)
        .iter()
        .map(|cell| parse_inline(cell.trim(), false))
        .collect();
    // A cell beyond the columns is somebody's words all the same.
    row.resize(row.len().max(columns), Vec::new());
    row
}
