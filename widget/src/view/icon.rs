//! Line icons on a grid of 24. They say nothing to a screen reader: the button around them does.

use super::dom::{El, svg};

pub const CAMERA: &str =
    "M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 16.3a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z";
pub const CLIP: &str = "M19.5 11.5l-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8.3-8.3a3.1 3.1 0 0 1 4.4 4.4l-8.3 8.3a1.6 1.6 0 0 1-2.2-2.2l7.6-7.6";
pub const CLOSE: &str = "M6 6l12 12M18 6L6 18";
pub const DOWN: &str = "M6 10l6 6 6-6";
pub const MENU: &str = "M5 12h.01M12 12h.01M19 12h.01";
pub const MICROPHONE: &str = "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3.5";
pub const PAGE: &str = "M7 3.5h7l4 4v13H7zM14 3.5v4h4";
pub const PERSON: &str = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c1-3.6 4-5 7.5-5s6.5 1.4 7.5 5";
pub const SEND: &str = "M12 19V5M5.5 11.5L12 5l6.5 6.5";
pub const SMILE: &str =
    "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14a4.3 4.3 0 0 0 7 0M9 9.5h.01M15 9.5h.01";
pub const SPARK: &str = "M12 3.5l2 6 6 2.5-6 2.5-2 6-2-6-6-2.5 6-2.5z";
pub const SPEAKER: &str =
    "M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11";
pub const STOP: &str = "M8 8h8v8H8z";
pub const THUMB: &str = "M7.5 11v9H4v-9h3.5zm0 0l3.7-7.5c1.5 0 2.5 1 2.5 2.5l-.6 4h5.2a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H7.5";
pub const WARNING: &str = "M12 8v5M12 16.5h.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z";

pub fn icon(path: &str) -> El {
    svg("svg")
        .set("class", "icon")
        .set("viewBox", "0 0 24 24")
        .set("aria-hidden", "true")
        .add(svg("path").set("d", path))
}

/// Up to two letters that stand for a name; the style sheet makes capitals of them.
pub fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().find(|letter| letter.is_alphanumeric());
    name.split_whitespace().filter_map(first).take(2).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn names_become_initials() {
        assert_eq!(initials("Anna Maria Berg"), "AM");
        assert_eq!(initials("élodie"), "é");
        assert_eq!(initials("(the) 7 seas"), "t7");
        assert_eq!(initials("👋"), "");
    }
}
