//! Addresses as they stand in Markdown: where one begins and ends within a text.

/// Characters of an address.
pub(super) const MAX_ADDRESS: usize = 2048;

/// `(address "title")` after a closing bracket: the address and how much of the text it takes.
pub(super) fn destination(text: &str, open: bool) -> Option<(&str, usize)> {
    let inside = text.strip_prefix('(')?;
    let mut depth = 0usize;
    for (at, byte) in inside.bytes().enumerate().take(MAX_ADDRESS) {
        match byte {
            b'\n' => return None,
            b'(' => depth += 1,
            b')' if depth == 0 => return Some((address_of(&inside[..at]), at + 2)),
            b')' => depth -= 1,
            _ => {}
        }
    }
    // Still on its way: the words are shown already, the address is not followed.
    (open && text.len() < MAX_ADDRESS).then_some(("", text.len()))
}

fn address_of(inside: &str) -> &str {
    let inside = inside.trim();
    let address = inside.split([' ', '\t']).next().unwrap_or_default();
    address
        .strip_prefix('<')
        .and_then(|address| address.strip_suffix('>'))
        .unwrap_or(address)
}

pub(super) fn unescape(address: &str) -> String {
    address
        .replace("\\(", "(")
        .replace("\\)", ")")
        .replace("\\_", "_")
        .replace("&amp;", "&")
}

/// Punctuation after an address belongs to the sentence.
pub(super) fn trim_address(address: &str) -> &str {
    let mut address = address;
    loop {
        let trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '_', '~', ']']);
        let opened = trimmed.matches('(').count();
        let closed = trimmed.matches(')').count();
        let trimmed = if closed > opened {
            trimmed.strip_suffix(')').unwrap_or(trimmed)
        } else {
            trimmed
        };
        if trimmed.len() == address.len() {
            return address;
        }
        address = trimmed;
    }
}
