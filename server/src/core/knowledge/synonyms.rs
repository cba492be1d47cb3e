//! Different words visitors and site owners use for the same thing, and words that tell what kind of answer is
//! wanted: what sites are asked about most, kept as data in `synonyms/`. Words are compared by their stems, so
//! one form of each is enough.

use super::language::Language;
use super::words;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A synonym is not quite the word, and what belongs to a thing is less than that.
const SYNONYM_QUALITY: f32 = 0.85;
const RELATED_QUALITY: f32 = 0.75;
/// Words of the longest phrase that is looked for.
pub(super) const LONGEST_PHRASE: usize = 4;

const FILES: &[(Language, &str)] = &[
    (Language::English, include_str!("synonyms/en.txt")),
    (Language::German, include_str!("synonyms/de.txt")),
    (Language::French, include_str!("synonyms/fr.txt")),
    (Language::Spanish, include_str!("synonyms/es.txt")),
];

/// A word that is looked for in the place of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Other {
    pub word: &'static str,
    pub quality: f32,
}

#[derive(Debug, Default)]
struct Table {
    synonyms: HashMap<String, Vec<Other>>,
    hints: HashMap<String, Vec<Other>>,
}

static TABLES: LazyLock<HashMap<Language, Table>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(language, text)| (*language, Table::read(*language, text)))
        .collect()
});

impl Table {
    fn read(language: Language, text: &'static str) -> Self {
        let mut table = Self::default();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            table.add(language, line);
        }
        table
    }

    fn add(&mut self, language: Language, line: &'static str) {
        let hint = line.strip_prefix('?');
        let entries = match hint {
            Some(_) => &mut self.hints,
            None => &mut self.synonyms,
        };
        let (left, right) = match hint.unwrap_or(line).split_once('>') {
            Some((left, right)) => (left, Some(right)),
            None => (line, None),
        };
        let quality = match right {
            Some(_) => RELATED_QUALITY,
            None => SYNONYM_QUALITY,
        };
        for asked in members(left) {
            let others = entries.entry(key(language, asked)).or_default();
            for word in members(right.unwrap_or(left)) {
                // A phrase is only recognised in questions; in texts its words stand alone.
                let is_word = !word.contains(' ') && word != asked;
                if is_word && !others.iter().any(|other| other.word == word) {
                    others.push(Other { word, quality });
                }
            }
        }
    }
}

fn members(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(',').map(str::trim)
}

fn key(language: Language, phrase: &str) -> String {
    let mut stems = Vec::new();
    words::each(phrase, |word| stems.push(language.stem(word)));
    stems.join(" ")
}

/// The words of a question as each language's table has them.
pub(super) struct Phrases<'a> {
    tables: Vec<(&'a Table, Vec<String>)>,
}

impl Phrases<'_> {
    pub(super) fn of(words: &[String], languages: &[Language]) -> Self {
        let stems = |language: Language| words.iter().map(|word| language.stem(word)).collect();
        let mut seen: Vec<Language> = Vec::new();
        let mut tables = Vec::new();
        for language in languages {
            if let (Some(table), false) = (TABLES.get(language), seen.contains(language)) {
                tables.push((table, stems(*language)));
            }
            seen.push(*language);
        }
        Self { tables }
    }

    /// Other words for the `length` words that begin at `place`.
    pub(super) fn synonyms(&self, place: usize, length: usize) -> Vec<Other> {
        self.look_up(place, length, |table| &table.synonyms)
    }

    /// What an answer to these words is likely to have.
    pub(super) fn hints(&self, place: usize, length: usize) -> Vec<Other> {
        self.look_up(place, length, |table| &table.hints)
    }

    fn look_up(
        &self,
        place: usize,
        length: usize,
        entries: impl Fn(&Table) -> &HashMap<String, Vec<Other>>,
    ) -> Vec<Other> {
        let mut others = Vec::new();
        for (table, stems) in &self.tables {
            let Some(stems) = stems.get(place..place + length) else {
                continue;
            };
            let found = match stems {
                [stem] => entries(table).get(stem),
                stems => entries(table).get(&stems.join(" ")),
            };
            others.extend(found.into_iter().flatten());
        }
        others
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, Phrases, TABLES};
    use crate::core::knowledge::language::Language;

    fn synonyms(text: &str, language: Language) -> Vec<&'static str> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let phrases = Phrases::of(&words, &[language]);
        let others = phrases.synonyms(0, words.len());
        others.into_iter().map(|other| other.word).collect()
    }

    #[test]
    fn any_form_of_a_word_finds_the_others() {
        assert!(synonyms("delivered", Language::English).contains(&"shipping"));
        assert!(synonyms("geöffnet", Language::German).contains(&"öffnungszeiten"));
        assert!(synonyms("delivered", Language::German).is_empty());
        assert!(synonyms("elephant", Language::English).is_empty());
    }

    #[test]
    fn phrases_find_words_and_what_belongs_to_a_thing_does_not_find_the_thing() {
        assert!(synonyms("send back", Language::English).contains(&"return"));
        assert!(synonyms("located", Language::English).contains(&"street"));
        assert!(!synonyms("street", Language::English).contains(&"located"));
    }

    #[test]
    fn what_kind_of_answer_is_wanted_is_no_synonym() {
        let words = ["how".to_owned(), "long".to_owned()];
        let phrases = Phrases::of(&words, &[Language::English, Language::English]);
        let hints = phrases.hints(0, 2);
        assert_eq!(hints.iter().filter(|hint| hint.word == "days").count(), 1);
        assert!(synonyms("how long", Language::English).is_empty());
    }

    #[test]
    fn every_line_of_the_files_says_something() {
        for (language, text) in FILES {
            assert!(TABLES.contains_key(language));
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let members = line.split([',', '>', '?']).map(str::trim);
                let lone = members.filter(|member| !member.is_empty()).count() == 1;
                assert!(!lone, "{line}");
            }
        }
    }
}
