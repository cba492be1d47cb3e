//! Answers and operators' replies are Markdown. `parse` makes a tree of it, of which each browser application
//! makes DOM nodes; there is no HTML in between.

mod address;
pub mod inline;
pub mod parse;
pub mod plain;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

/// A piece that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Paragraph(Vec<Inline>),
    Heading(u8, Vec<Inline>),
    Code {
        language: String,
        text: String,
    },
    /// `start` is set for numbered lists.
    List {
        start: Option<u32>,
        items: Vec<Vec<Block>>,
    },
    Quote(Vec<Block>),
    Table {
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Rule,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Break,
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Struck(Vec<Inline>),
    Code(String),
    /// The address has been judged: `http`, `https` or `mailto`.
    Link {
        address: String,
        content: Vec<Inline>,
    },
    /// `[n]`: what the source with this number says.
    Reference(u32),
}

/// Gives the address back if a visitor may be sent there. Control characters and white space are what
/// browsers strip before they judge a scheme, so an address that has any is refused rather than repaired.
pub fn safe_address(address: &str) -> Option<&str> {
    let address = address.trim();
    let (scheme, rest) = address.split_once(':')?;
    let is_known = ["http", "https", "mailto"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    let has_host = scheme.eq_ignore_ascii_case("mailto") || rest.starts_with("//");
    let is_clean = !address
        .chars()
        .any(|character| character.is_control() || character.is_whitespace());
    (is_known && has_host && is_clean && rest.len() > 2).then_some(address)
}
