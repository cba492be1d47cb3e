//! What a site's assistant knows: texts as the owner gave them, cut into passages, and found again by search.

mod cache;
mod cut;
mod evidence;
mod fields;
pub mod index;
pub mod item;
pub mod language;
mod literal;
pub mod markdown;
mod phrases;
mod reader;
pub mod retrieve;
mod spelling;
mod subject;
mod synonyms;
mod tongue;
mod upload;
mod words;

pub use cache::Indexes;
pub use item::{Listing, New, add, list, remove, replace_all, show};
pub(in crate::core) use phrases::plain;
