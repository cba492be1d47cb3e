//! Languages of texts and questions: how they are told apart, their stemmers and their words without content.

use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Texts shorter than this are not enough to tell their language.
const DETECTABLE_BYTES: usize = 40;

/// A language whose words are stemmed; everything else is [`Language::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    Arabic,
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
    /// Chinese, Japanese, Korean and whatever has no stemmer: words are taken as they are.
    Other,
}

const TABLE: &[(Language, &str, Algorithm)] = &[
    (Language::Arabic, "ar", Algorithm::Arabic),
    (Language::Danish, "da", Algorithm::Danish),
    (Language::Dutch, "nl", Algorithm::Dutch),
    (Language::English, "en", Algorithm::English),
    (Language::Finnish, "fi", Algorithm::Finnish),
    (Language::French, "fr", Algorithm::French),
    (Language::German, "de", Algorithm::German),
    (Language::Greek, "el", Algorithm::Greek),
    (Language::Hungarian, "hu", Algorithm::Hungarian),
    (Language::Italian, "it", Algorithm::Italian),
    (Language::Norwegian, "no", Algorithm::Norwegian),
    (Language::Portuguese, "pt", Algorithm::Portuguese),
    (Language::Romanian, "ro", Algorithm::Romanian),
    (Language::Russian, "ru", Algorithm::Russian),
    (Language::Spanish, "es", Algorithm::Spanish),
    (Language::Swedish, "sv", Algorithm::Swedish),
    (Language::Tamil, "ta", Algorithm::Tamil),
    (Language::Turkish, "tr", Algorithm::Turkish),
];

static STOP_WORDS: LazyLock<HashMap<Language, HashSet<String>>> = LazyLock::new(|| {
    TABLE
        .iter()
        .map(|(language, code, _)| (*language, stop_words_of(code)))
        .collect()
});

/// "don't" is met as "don" and "t", because words are cut at apostrophes.
fn stop_words_of(code: &str) -> HashSet<String> {
    let listed = stop_words::lookup(code).unwrap_or_default();
    let mut words = HashSet::new();
    for word in listed {
        super::words::each(word, |part| {
            words.insert(super::words::fold(part));
            words.insert(part.to_owned());
        });
    }
    words
}

impl Language {
    /// Of a BCP 47 tag such as `de-AT`; `nb` and `nn` are Norwegian.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = primary(tag).to_ascii_lowercase();
        let primary = match primary.as_str() {
            "" => return None,
            "nb" | "nn" => "no",
            other => other,
        };
        let row = TABLE.iter().find(|(_, code, _)| *code == primary);
        Some(row.map_or(Self::Other, |(language, _, _)| *language))
    }

    /// None where the text is too short to tell.
    pub fn detect(text: &str) -> Option<Self> {
        use whichlang::Lang;
        if text.len() < DETECTABLE_BYTES {
            return None;
        }
        Some(match whichlang::detect_language(text) {
            Lang::Ara => Self::Arabic,
            Lang::Deu => Self::German,
            Lang::Eng => Self::English,
            Lang::Fra => Self::French,
            Lang::Ita => Self::Italian,
            Lang::Nld => Self::Dutch,
            Lang::Por => Self::Portuguese,
            Lang::Rus => Self::Russian,
            Lang::Spa => Self::Spanish,
            Lang::Swe => Self::Swedish,
            Lang::Tur => Self::Turkish,
            Lang::Cmn | Lang::Hin | Lang::Jpn | Lang::Kor | Lang::Vie => Self::Other,
        })
    }

    pub(super) fn stemmer(self) -> Option<Stemmer> {
        let row = TABLE.iter().find(|(language, _, _)| *language == self);
        row.map(|(_, _, algorithm)| Stemmer::create(*algorithm))
    }

    /// The stem of a word, without diacritics.
    pub(super) fn stem(self, word: &str) -> String {
        match self.stemmer() {
            Some(stemmer) => super::words::fold(&stemmer.stem(word)),
            None => super::words::fold(word),
        }
    }

    /// Whether words are written together as one.
    pub(super) const fn compounds(self) -> bool {
        matches!(
            self,
            Self::Danish
                | Self::Dutch
                | Self::Finnish
                | Self::German
                | Self::Norwegian
                | Self::Swedish
        )
    }

    /// Whether a word, in lower case, says nothing by itself in this language.
    pub(super) fn is_stop_word(self, word: &str) -> bool {
        STOP_WORDS
            .get(&self)
            .is_some_and(|words| words.contains(word))
    }
}

/// `de` of `de-AT` or `de_AT`.
pub fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn tags_of_any_region_name_the_language() {
        assert_eq!(Language::from_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::from_tag("pt_BR"), Some(Language::Portuguese));
        assert_eq!(Language::from_tag("nb"), Some(Language::Norwegian));
        assert_eq!(Language::from_tag("zh"), Some(Language::Other));
        assert_eq!(Language::from_tag(""), None);
    }

    #[test]
    fn a_text_long_enough_is_told_apart() {
        let german = "Unsere Öffnungszeiten sind montags bis freitags von neun bis siebzehn Uhr.";
        let english = "You can return every order within thirty days of the day it arrived.";
        assert_eq!(Language::detect(german), Some(Language::German));
        assert_eq!(Language::detect(english), Some(Language::English));
        assert_eq!(Language::detect("Hallo"), None);
    }

    #[test]
    fn stop_words_are_known_in_both_spellings() {
        assert!(Language::English.is_stop_word("don"));
        assert!(Language::German.is_stop_word("für"));
        assert!(Language::German.is_stop_word("fur"));
        assert!(!Language::English.is_stop_word("refund"));
    }
}
