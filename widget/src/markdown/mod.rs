//! Answers are Markdown. `parse` makes a tree of it, `view` makes DOM nodes of the tree; there is no HTML in between.

pub mod view;

pub use shared::markdown::{Block, Inline, parse, plain, safe_address};
