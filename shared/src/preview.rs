//! What lists show of a message: the server stores it, the dashboard shows it before the server's word is there.

use crate::markdown::parse::parse;
use crate::markdown::plain::plain;
use crate::message::Role;

/// Characters of a message that lists show.
const PREVIEW_CHARS: usize = 140;

/// The start of a message on one line, as its reader sees it: answers and operators' replies are Markdown, all else is plain text.
pub fn preview(role: Role, content: &str) -> String {
    if !matches!(role, Role::Assistant | Role::Operator) {
        return first_line(content);
    }
    let words = first_line(&plain(&parse(content, false)));
    // Marks without words still show what was written.
    if words.is_empty() {
        first_line(content)
    } else {
        words
    }
}

fn first_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
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
    use crate::message::Role;

    #[test]
    fn previews_are_one_short_line() {
        for role in [Role::User, Role::Assistant, Role::Operator, Role::System] {
            assert_eq!(preview(role, "one\n\n  two\tthree "), "one two three");
            let long = preview(role, &"word ".repeat(100));
            assert_eq!(long.chars().count(), 141);
            assert!(long.ends_with('…'));
        }
    }

    #[test]
    fn answers_show_their_words_without_marks() {
        for (content, line) in [
            (
                "| code | status |\n|---|---|\n| `not_found` | 404 |",
                "code status not_found 404",
            ),
            (
                "## Returns\n\nYou have **30 days**, see [the terms](https://acme.example/terms).[1]",
                "Returns You have 30 days, see the terms.",
            ),
            ("1. one\n2. *two*\n\n> three", "one two three"),
            ("```sh\nmake run\n```", "make run"),
        ] {
            assert_eq!(preview(Role::Assistant, content), line);
            assert_eq!(preview(Role::Operator, content), line);
        }
    }

    #[test]
    fn what_a_visitor_writes_is_no_markdown() {
        assert_eq!(
            preview(Role::User, "is 2 **3 | 4** > 5?"),
            "is 2 **3 | 4** > 5?"
        );
    }

    #[test]
    fn a_message_of_marks_alone_still_shows() {
        assert_eq!(preview(Role::Operator, "---"), "---");
        assert_eq!(preview(Role::Assistant, "[1]"), "[1]");
        assert_eq!(preview(Role::User, ""), "");
    }
}
