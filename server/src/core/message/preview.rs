//! What lists show of a message.

/// Characters of a message that lists show.
const PREVIEW_CHARS: usize = 140;

/// The start of a message on one line.
pub(super) fn preview(content: &str) -> String {
    let mut line = String::new();
    for word in content.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().count() > PREVIEW_CHARS {
            return line.chars().take(PREVIEW_CHARS).chain(['…']).collect();
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::preview;

    #[test]
    fn previews_are_one_short_line() {
        assert_eq!(preview("one\n\n  two\tthree "), "one two three");
        let long = preview(&"word ".repeat(100));
        assert_eq!(long.chars().count(), 141);
        assert!(long.ends_with('…'));
    }
}
