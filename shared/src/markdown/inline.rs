//! Emphasis, code, links and references within a line. One pass makes nodes and remembers the marks that may open
//! something; a mark that closes wraps the nodes since its opener. Each mark is looked at a bounded number of times.

use super::address::{MAX_ADDRESS, destination, trim_address, unescape};
use super::{Inline, safe_address};

/// Opened marks beyond this are shown as text: no honest text nests that deep.
const MAX_OPEN: usize = 24;

struct Opener {
    /// `*`, `_`, `~`, `[` or `!` (an image).
    mark: u8,
    /// How many of them: 1 emphasis, 2 strong.
    length: usize,
    /// Index of its own text among the nodes.
    node: usize,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    nodes: Vec<Inline>,
    openers: Vec<Opener>,
    /// Lengths of back-tick runs that no later run closes.
    unclosed_ticks: Vec<usize>,
    open: bool,
}

/// The nodes of one paragraph, heading or cell.
pub fn parse_inline(text: &str, open: bool) -> Vec<Inline> {
    let mut scanner = Scanner {
        text,
        at: 0,
        nodes: Vec::new(),
        openers: Vec::new(),
        unclosed_ticks: Vec::new(),
        open,
    };
    while scanner.at < text.len() {
        scanner.step();
    }
    scanner.finish();
    scanner.nodes
}

fn is_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'*' | b'_' | b'~' | b'`' | b'[' | b']' | b'!' | b'<' | b'\\' | b'\n' | b'h' | b'm'
    )
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn push_text(&mut self, text: &str) {
        // The text of an opener must stay a node of its own: it vanishes when the mark is closed.
        let is_free = self
            .openers
            .last()
            .is_none_or(|opener| opener.node + 1 < self.nodes.len());
        match self.nodes.last_mut() {
            Some(Inline::Text(last)) if is_free => last.push_str(text),
            _ => self.nodes.push(Inline::Text(text.to_owned())),
        }
    }

    fn take_text(&mut self, length: usize) {
        let text = &self.text[self.at..self.at + length];
        self.push_text(text);
        self.at += length;
    }

    fn step(&mut self) {
        let rest = self.rest();
        let plain = rest.bytes().take_while(|&byte| !is_mark(byte)).count();
        if plain > 0 {
            return self.take_text(plain);
        }
        match rest.as_bytes()[0] {
            b'\\' => self.escape(),
            b'\n' => self.line_break(),
            b'`' => self.code(),
            b'*' | b'_' | b'~' => self.emphasis(),
            b'[' => self.bracket(),
            b'!' if rest.starts_with("![") => self.open_mark(b'!', 2),
            b']' => self.close_bracket(),
            b'<' => self.angle(),
            b'h' | b'm' => self.bare_address(),
            _ => self.take_text(1),
        }
    }

    fn escape(&mut self) {
        match self.rest()[1..].chars().next() {
            Some('\n') => {
                self.nodes.push(Inline::Break);
                self.at += 2;
            }
            Some(next) if next.is_ascii_punctuation() => {
                self.at += 1;
                self.take_text(1);
            }
            _ => self.take_text(1),
        }
    }

    fn line_break(&mut self) {
        if let Some(Inline::Text(last)) = self.nodes.last_mut() {
            last.truncate(last.trim_end().len());
        }
        self.nodes.push(Inline::Break);
        self.at += 1;
    }

    fn code(&mut self) {
        let rest = self.rest();
        let length = run_length(rest);
        if self.unclosed_ticks.contains(&length) {
            return self.take_text(length);
        }
        let content = &rest[length..];
        if let Some(end) = closing_run(content, length) {
            self.push_code(&content[..end]);
            self.at += length + end + length;
        } else if self.open && !content.is_empty() {
            self.push_code(content.trim_end_matches('`'));
            self.at = self.text.len();
        } else {
            self.unclosed_ticks.push(length);
            self.take_text(length);
        }
    }

    fn push_code(&mut self, content: &str) {
        let content = content.replace('\n', " ");
        let is_padded =
            content.starts_with(' ') && content.ends_with(' ') && !content.trim().is_empty();
        let content = if is_padded {
            content[1..content.len() - 1].to_owned()
        } else {
            content
        };
        self.nodes.push(Inline::Code(content));
    }

    fn emphasis(&mut self) {
        let rest = self.rest();
        let mark = rest.as_bytes()[0];
        let length = run_length(rest);
        let before = self.before();
        let after = rest[length..].chars().next();
        let in_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        let is_space = |character: Option<char>| character.is_none_or(char::is_whitespace);
        let is_sign = |character: Option<char>| {
            character.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace())
        };
        let wanted = if mark == b'~' {
            length == 2
        } else {
            length <= 3
        };
        let mut can_open =
            wanted && !is_space(after) && (!is_sign(after) || is_space(before) || is_sign(before));
        let mut can_close =
            wanted && !is_space(before) && (!is_sign(before) || is_space(after) || is_sign(after));
        if mark == b'_' {
            can_open &= !in_word(before);
            can_close &= !in_word(after);
        }
        if can_close && self.close_emphasis(mark, length) {
            self.at += length;
        } else if self.open && length == rest.len() {
            // What these marks mean only shows with the next piece.
            self.at += length;
        } else if can_open {
            self.open_mark(mark, length);
        } else {
            self.take_text(length);
        }
    }

    /// Closes marks of this kind, as many as the run has. False: there was nothing to close.
    fn close_emphasis(&mut self, mark: u8, length: usize) -> bool {
        let floor = self.bracket_floor();
        let Some(found) = self.openers[floor..]
            .iter()
            .rposition(|opener| opener.mark == mark)
        else {
            return false;
        };
        let index = floor + found;
        let opened = self.openers[index].length;
        let used = match (opened, length) {
            (a, b) if a == b => a,
            (3, b) => b,
            (a, 3) => a,
            _ => return false,
        };
        self.openers.truncate(index + 1);
        let node = self.openers[index].node;
        let content = self.nodes.split_off(node + 1);
        if opened > used {
            // `***a** b*`: what is left of the run stays open.
            self.openers[index].length = opened - used;
            if let Some(Inline::Text(text)) = self.nodes.last_mut() {
                text.truncate(opened - used);
            }
        } else {
            self.openers.pop();
            self.nodes.pop();
        }
        self.nodes.push(wrap(mark, used, content));
        if length > used {
            return self.close_rest(mark, length - used);
        }
        true
    }

    fn close_rest(&mut self, mark: u8, length: usize) -> bool {
        if !self.close_emphasis(mark, length) {
            let text = self.text;
            self.push_text(&text[self.at..self.at + length]);
        }
        true
    }

    /// Emphasis does not reach out of a bracket.
    fn bracket_floor(&self) -> usize {
        self.openers
            .iter()
            .rposition(|opener| is_bracket(opener.mark))
            .map_or(0, |index| index + 1)
    }

    fn open_mark(&mut self, mark: u8, length: usize) {
        if self.openers.len() >= MAX_OPEN {
            return self.take_text(length);
        }
        self.nodes.push(Inline::Text(
            self.text[self.at..self.at + length].to_owned(),
        ));
        self.openers.push(Opener {
            mark,
            length,
            node: self.nodes.len() - 1,
        });
        self.at += length;
    }

    fn bracket(&mut self) {
        let rest = &self.rest()[1..];
        let inside = rest
            .bytes()
            .take(24)
            .take_while(|&byte| matches!(byte, b'0'..=b'9' | b',' | b' '))
            .count();
        let after = &rest[inside..];
        if self.open && after.is_empty() {
            // The beginning of a reference or link that is still on its way.
            self.at = self.text.len();
            return;
        }
        if !after.starts_with(']') || after.starts_with("](") {
            return self.open_mark(b'[', 1);
        }
        let numbers: Option<Vec<u32>> = rest[..inside]
            .split(',')
            .map(|number| {
                number
                    .trim()
                    .parse()
                    .ok()
                    .filter(|number| (1..1000).contains(number))
            })
            .collect();
        match numbers {
            Some(numbers) => {
                self.nodes
                    .extend(numbers.into_iter().map(Inline::Reference));
                self.at += inside + 2;
            }
            None => self.take_text(inside + 2),
        }
    }

    fn close_bracket(&mut self) {
        let Some(index) = self
            .openers
            .iter()
            .rposition(|opener| is_bracket(opener.mark))
        else {
            return self.take_text(1);
        };
        let rest = &self.rest()[1..];
        let Some((address, length)) = destination(rest, self.open) else {
            self.openers.remove(index);
            return self.take_text(1);
        };
        let opener_node = self.openers[index].node;
        self.openers.truncate(index);
        let content = plain_links(self.nodes.split_off(opener_node + 1));
        self.nodes.pop();
        match safe_address(&unescape(address)) {
            Some(address) => {
                let content = if content.is_empty() {
                    vec![Inline::Text(address.to_owned())]
                } else {
                    content
                };
                self.nodes.push(Inline::Link {
                    address: address.to_owned(),
                    content,
                });
            }
            None => self.nodes.extend(content),
        }
        self.at += 1 + length;
    }

    fn angle(&mut self) {
        let rest = self.rest();
        if let Some(tag) = ["<br>", "<br/>", "<br />"]
            .iter()
            .find(|tag| rest.starts_with(**tag))
        {
            self.nodes.push(Inline::Break);
            self.at += tag.len();
            return;
        }
        let inside = rest[1..]
            .bytes()
            .take_while(|byte| !matches!(byte, b'<' | b'>' | b' ' | b'\n'))
            .count();
        let address = &rest[1..1 + inside];
        match safe_address(address).filter(|_| rest[1 + inside..].starts_with('>')) {
            Some(address) => {
                self.push_link(address);
                self.at += inside + 2;
            }
            None => self.take_text(1),
        }
    }

    fn push_link(&mut self, address: &str) {
        let shown = address.strip_prefix("mailto:").unwrap_or(address);
        let content = vec![Inline::Text(shown.to_owned())];
        self.nodes.push(Inline::Link {
            address: address.to_owned(),
            content,
        });
    }

    fn bare_address(&mut self) {
        let rest = self.rest();
        let is_start = ["https://", "http://", "mailto:"]
            .iter()
            .any(|scheme| rest.starts_with(scheme));
        if !is_start || self.before().is_some_and(char::is_alphanumeric) {
            return self.take_text(1);
        }
        let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"`|*".contains(c);
        let end = rest
            .char_indices()
            .take(MAX_ADDRESS)
            .find(|&(_, c)| ends(c))
            .map(|(at, _)| at);
        let end = end.unwrap_or_else(|| {
            rest.char_indices()
                .nth(MAX_ADDRESS)
                .map_or(rest.len(), |(at, _)| at)
        });
        let address = trim_address(&rest[..end]);
        let in_link = self.openers.iter().any(|opener| is_bracket(opener.mark));
        match safe_address(address).filter(|_| !in_link) {
            Some(address) => {
                self.push_link(address);
                self.at += address.len();
            }
            None => self.take_text(1),
        }
    }

    /// What is still open: marks become text again, or close here while the text grows.
    fn finish(&mut self) {
        while let Some(opener) = self.openers.pop() {
            if !self.open {
                continue;
            }
            let content = self.nodes.split_off(opener.node + 1);
            self.nodes.pop();
            if is_bracket(opener.mark) {
                self.nodes.extend(content);
            } else if !content.is_empty() {
                self.nodes.push(wrap(opener.mark, opener.length, content));
            }
        }
    }
}

fn is_bracket(mark: u8) -> bool {
    mark == b'[' || mark == b'!'
}

fn wrap(mark: u8, length: usize, content: Vec<Inline>) -> Inline {
    match (mark, length) {
        (b'~', _) => Inline::Struck(content),
        (_, 1) => Inline::Emphasis(content),
        (_, 2) => Inline::Strong(content),
        _ => Inline::Strong(vec![Inline::Emphasis(content)]),
    }
}

fn run_length(text: &str) -> usize {
    let mark = text.as_bytes()[0];
    text.bytes().take_while(|&byte| byte == mark).count()
}

/// Where a run of exactly this many back-ticks begins.
fn closing_run(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let run = run_length(&text[at + found..]);
        if run == length {
            return Some(at + found);
        }
        at += found + run;
    }
    None
}

/// Links do not nest: the inner ones keep their words.
fn plain_links(nodes: Vec<Inline>) -> Vec<Inline> {
    nodes
        .into_iter()
        .flat_map(|node| match node {
            Inline::Link { content, .. } => content,
            other => vec![other],
        })
        .collect()
}
