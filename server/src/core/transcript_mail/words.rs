//! What a mailed transcript says beside the conversation's own words, in the languages of the panel.

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

const WORDS: &str = include_str!("words.json");
const RIGHT_TO_LEFT: [&str; 2] = ["ar", "he"];

/// `{site}` and `{zone}` stand for the site's name and the name of a time zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub subject: String,
    pub intro: String,
    pub zone: String,
    pub you: String,
    pub assistant: String,
    pub operator: String,
    pub system: String,
    pub removed: String,
    pub file: String,
    pub footer: String,
}

/// The words for somebody who reads the language of `locale`, and the language that they are in: English where the
/// other is not spoken.
pub(super) fn words(locale: &str) -> (&'static str, &'static Words) {
    static ALL: OnceLock<HashMap<String, Words>> = OnceLock::new();
    static NONE: OnceLock<Words> = OnceLock::new();
    // That the file can be read is shown by a test.
    let all = ALL.get_or_init(|| serde_json::from_str(WORDS).unwrap_or_default());
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    let found = all
        .get_key_value(&language.to_ascii_lowercase())
        .or_else(|| all.get_key_value("en"));
    match found {
        Some((language, words)) => (language, words),
        None => ("en", NONE.get_or_init(Words::default)),
    }
}

/// `rtl` or `ltr`, as HTML names them.
pub(super) fn direction(language: &str) -> &'static str {
    match RIGHT_TO_LEFT.contains(&language) {
        true => "rtl",
        false => "ltr",
    }
}

#[cfg(test)]
mod tests {
    use super::{WORDS, Words, words};
    use serde_json::Value;
    use std::collections::{BTreeMap, BTreeSet};

    /// The languages that the panel speaks.
    fn languages() -> BTreeSet<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../widget/locales");
        let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        files
            .filter_map(|file| {
                let name = file.file_name().into_string().unwrap();
                Some(name.strip_suffix(".json")?.to_owned())
            })
            .collect()
    }

    #[test]
    fn every_language_of_the_panel_has_every_word() {
        let all: BTreeMap<String, Words> = serde_json::from_str(WORDS).unwrap();
        assert_eq!(all.keys().cloned().collect::<BTreeSet<_>>(), languages());
        let all: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(WORDS).unwrap();
        for (language, words) in &all {
            for (key, text) in words {
                let text = text.as_str().unwrap();
                let english = all["en"][key].as_str().unwrap();
                assert!(!text.trim().is_empty(), "{language} {key}");
                for name in ["{site}", "{zone}"] {
                    assert_eq!(
                        text.contains(name),
                        english.contains(name),
                        "{language} {key}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_language_is_found_by_its_tag_and_english_speaks_for_others() {
        for (tag, language) in [("de-AT", "de"), ("PT_br", "pt"), ("xx", "en"), ("", "en")] {
            assert_eq!(words(tag).0, language, "{tag}");
        }
    }
}
