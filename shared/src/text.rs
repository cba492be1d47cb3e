//! What a text from outside must look like before anything else sees it.
//! C0 control characters but tab, newline and carriage return are refused: SQLite cuts lengths at a NUL and
//! PostgreSQL refuses it, so it must never get that far.

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextProblem {
    Empty,
    /// Holds the limit, in Unicode scalar values.
    TooLong(usize),
    ControlCharacter,
    Malformed,
}

impl TextProblem {
    /// A sentence that names the field.
    pub fn describe(self, field: &str) -> String {
        match self {
            Self::Empty => format!("{field} must not be empty"),
            Self::TooLong(limit) => format!("{field} is too long (maximum {limit} characters)"),
            Self::ControlCharacter => format!("{field} must not contain control characters"),
            Self::Malformed => format!("{field} is not valid"),
        }
    }
}

fn is_forbidden(character: char) -> bool {
    (character < ' ' && !matches!(character, '\t' | '\n' | '\r')) || character == '\u{7f}'
}

/// A text of several lines: a message, a note, a prompt. Empty is allowed.
pub fn check_text(text: &str, limit: usize) -> Result<(), TextProblem> {
    // Bytes bound characters from above, so the count is only taken where it can matter.
    if text.len() > limit && text.chars().count() > limit {
        return Err(TextProblem::TooLong(limit));
    }
    if text.chars().any(is_forbidden) {
        return Err(TextProblem::ControlCharacter);
    }
    Ok(())
}

/// A text that must say something.
pub fn check_required_text(text: &str, limit: usize) -> Result<(), TextProblem> {
    if text.trim().is_empty() {
        return Err(TextProblem::Empty);
    }
    check_text(text, limit)
}

/// One line without any control character: a name, a title, a phone number.
pub fn check_line(text: &str, limit: usize) -> Result<(), TextProblem> {
    check_text(text, limit)?;
    if text.chars().any(char::is_control) {
        return Err(TextProblem::ControlCharacter);
    }
    Ok(())
}

/// A session key or client id made by a caller: 1 to 128 printable ASCII characters without spaces.
pub fn check_key(text: &str, limit: usize) -> Result<(), TextProblem> {
    if text.is_empty() {
        return Err(TextProblem::Empty);
    }
    if text.len() > limit {
        return Err(TextProblem::TooLong(limit));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TextProblem::Malformed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{TextProblem, check_key, check_line, check_required_text, check_text};

    #[test]
    fn lengths_count_scalar_values() {
        assert_eq!(check_text(&"é".repeat(10), 10), Ok(()));
        assert_eq!(
            check_text(&"é".repeat(11), 10),
            Err(TextProblem::TooLong(10))
        );
    }

    #[test]
    fn control_characters_are_refused_but_line_breaks_stay() {
        assert_eq!(check_text("a\tb\r\nc", 10), Ok(()));
        assert_eq!(check_text("a\0b", 10), Err(TextProblem::ControlCharacter));
        assert_eq!(
            check_text("a\u{1b}b", 10),
            Err(TextProblem::ControlCharacter)
        );
        assert_eq!(check_line("a\nb", 10), Err(TextProblem::ControlCharacter));
    }

    #[test]
    fn blank_is_empty() {
        assert_eq!(check_required_text(" \n\t", 10), Err(TextProblem::Empty));
    }

    #[test]
    fn keys_are_printable_ascii() {
        assert_eq!(check_key("sess_1", 128), Ok(()));
        assert_eq!(check_key("", 128), Err(TextProblem::Empty));
        assert_eq!(check_key("a b", 128), Err(TextProblem::Malformed));
        assert_eq!(check_key("ключ", 128), Err(TextProblem::Malformed));
        assert_eq!(
            check_key(&"k".repeat(129), 128),
            Err(TextProblem::TooLong(128))
        );
    }
}
