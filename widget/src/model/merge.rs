//! An answer comes by two ways, the stream of the request that asked and the live channel. Both carry the same
//! characters, so a piece is placed by how many characters stand before it.

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    /// The text is longer now.
    Longer,
    /// All of it was there.
    Known,
    /// It says something else than the text that is there.
    Conflict,
    /// Something before it is missing.
    Gap,
}

/// Where a number of characters ends, in bytes. None: there are not so many.
fn byte_of(text: &str, characters: usize) -> Option<usize> {
    let end = std::iter::once(text.len());
    text.char_indices()
        .map(|(at, _)| at)
        .chain(end)
        .nth(characters)
}

/// Whether a piece could stand at an offset of a text, and what it would do there.
pub(super) fn compare(text: &str, offset: usize, piece: &str) -> Placed {
    let Some(start) = byte_of(text, offset) else {
        return Placed::Gap;
    };
    let there = &text[start..];
    if there.starts_with(piece) {
        Placed::Known
    } else if piece.starts_with(there) {
        Placed::Longer
    } else {
        Placed::Conflict
    }
}

/// Adds what is new of a piece.
pub(super) fn place(text: &mut String, offset: usize, piece: &str) -> Placed {
    let placed = compare(text, offset, piece);
    if placed == Placed::Longer
        && let Some(start) = byte_of(text, offset)
    {
        text.truncate(start);
        text.push_str(piece);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::{Placed, place};

    #[test]
    fn pieces_are_placed_by_characters() {
        let mut text = "Grüße".to_owned();
        assert_eq!(place(&mut text, 5, " 👋"), Placed::Longer);
        assert_eq!(place(&mut text, 3, "ße 👋"), Placed::Known);
        assert_eq!(place(&mut text, 6, "👋!"), Placed::Longer);
        assert_eq!(place(&mut text, 9, "x"), Placed::Gap);
        assert_eq!(place(&mut text, 0, "Hallo"), Placed::Conflict);
        assert_eq!(text, "Grüße 👋!");
    }
}
