//! The scripted model's words.

/// They hold a quote, a line break, a backslash and non-ASCII text on purpose: a relay that breaks JSON escaping
/// or cuts UTF-8 between chunks is seen as a wrong text.
pub const WORDS: [&str; 20] = [
    "Sure",
    "!",
    " Our",
    " store",
    " opens",
    " at",
    " nine",
    ",",
    " and",
    " \"express\"",
    " delivery",
    " to",
    " Zürich",
    " takes",
    " two",
    " days",
    " –",
    "\nsee",
    " C:\\docs",
    " ✓.",
];

/// The whole answer of a turn with so many tokens.
pub fn answer(tokens: usize) -> String {
    WORDS.iter().cycle().take(tokens).copied().collect()
}
