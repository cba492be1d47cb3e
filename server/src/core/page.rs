//! Pages of a list, cut by the key of their last row: what comes or goes between two of them neither doubles a row nor hides one.

use crate::clock::Millis;
use crate::error::{Error, Result};
use shared::page::Page;

/// The key by which a list is ordered, and how a cursor spells it.
pub trait Key: Sized {
    fn read(text: &str) -> Option<Self>;
    fn write(&self) -> String;
}

/// Lists in the order of their making.
impl Key for i64 {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// Lists in the order of their latest activity.
impl Key for (Millis, i64) {
    fn read(text: &str) -> Option<Self> {
        let (time, id) = text.split_once('.')?;
        Some((time.parse().ok()?, id.parse().ok()?))
    }

    fn write(&self) -> String {
        format!("{}.{}", self.0, self.1)
    }
}

/// Reads a cursor; an empty one is none.
///
/// # Errors
/// `validation_failed` for what cannot be one.
pub fn before<K: Key>(cursor: Option<&str>) -> Result<Option<K>> {
    let Some(text) = cursor.filter(|cursor| !cursor.is_empty()) else {
        return Ok(None);
    };
    match K::read(text) {
        Some(key) => Ok(Some(key)),
        None => Err(Error::invalid("cursor", "cursor is not valid")),
    }
}

/// Makes a page of at most `limit` rows. One more in `rows` says only that there is another page.
pub fn cut<T, K: Key>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Page<T> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > wanted;
    rows.truncate(wanted);
    let last = rows.last().filter(|_| has_more);
    Page {
        next_cursor: last.map(|row| key(row).write()),
        data: rows,
    }
}

#[cfg(test)]
mod tests {
    use super::{before, cut};

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let page = cut(vec![(30, 7), (20, 9), (10, 8)], 2, |row: &(i64, i64)| *row);
        assert_eq!(page.data, [(30, 7), (20, 9)]);
        let cursor = page.next_cursor.as_deref();
        assert_eq!(before::<(i64, i64)>(cursor).unwrap(), Some((20, 9)));
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        assert_eq!(cut(vec![3, 2], 2, |id| *id).next_cursor, None);
        assert_eq!(cut(Vec::<i64>::new(), 2, |id| *id).next_cursor, None);
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        assert_eq!(before::<i64>(Some("")).unwrap(), None);
        assert!(before::<i64>(Some("seven")).is_err());
        assert!(before::<(i64, i64)>(Some("7")).is_err());
    }
}
