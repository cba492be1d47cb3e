//! `limit` and `cursor` of every list.

use crate::error::{Error, Place, Result};
use shared::limits;

/// Rows of one page.
///
/// # Errors
/// `validation_failed` for less than one.
pub fn limit(asked: Option<i64>) -> Result<i64> {
    match asked {
        None => Ok(limits::PAGE_DEFAULT),
        Some(limit) if (1..=limits::PAGE_MAX).contains(&limit) => Ok(limit),
        Some(_) => {
            let detail = format!("limit must be from 1 to {}", limits::PAGE_MAX);
            Err(Error::invalid("limit", detail).within(Place::Query))
        }
    }
}
