//! What a launcher is called before anybody has shown interest in it: the rest of the loader's words come with that.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The loader's own file: by language, how to say open, close, dismiss and unread.
const WORDS: &str = include_str!("../../../../public/loader/words.json");

/// The launcher's name for somebody who reads the language of `locale`; in English where that is not spoken.
pub(super) fn label(locale: &str) -> String {
    static LABELS: OnceLock<HashMap<String, [String; 4]>> = OnceLock::new();
    // That the file can be read is shown by a test.
    let labels = LABELS.get_or_init(|| serde_json::from_str(WORDS).unwrap_or_default());
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    let words = labels
        .get(&language.to_ascii_lowercase())
        .or_else(|| labels.get("en"));
    words.map(|[open, ..]| open.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn a_launcher_has_a_name_in_the_readers_language() {
        assert_eq!(label("de-AT"), "Chat öffnen");
        assert_eq!(label("PT_br"), "Abrir o chat");
        assert_eq!(label("he"), "פתיחת הצ׳אט");
        for other in ["", "en-GB", "xx", "💥"] {
            assert_eq!(label(other), "Open chat", "{other}");
        }
    }
}
