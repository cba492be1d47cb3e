//! The languages of a site's texts, each with the words met in it.

use super::language::Language;
use super::words;
use crate::store::knowledge::Passage;
use rust_stemmers::Stemmer;
use std::collections::HashMap;

/// A language with a smaller share of the passages is most likely a wrong guess.
const SMALLEST_SHARE: usize = 10;
/// How much of an item is read to tell its language.
const SAMPLE_BYTES: usize = 1_000;
/// One language and its words.
pub(super) struct Tongue {
    pub language: Language,
    stemmer: Option<Stemmer>,
    /// Words as they were met (lower case) to their term.
    pub terms: HashMap<Box<str>, u32>,
}

impl Tongue {
    pub(super) fn new(language: Language) -> Self {
        Self {
            language,
            stemmer: language.stemmer(),
            terms: HashMap::new(),
        }
    }

    pub(super) fn stem(&self, word: &str) -> String {
        match &self.stemmer {
            Some(stemmer) => words::fold(&stemmer.stem(word)),
            None => words::fold(word),
        }
    }
}

/// The languages spoken, most common first, and which of them each passage is in.
pub(super) fn languages(passages: &[Passage], fallback: Language) -> (Vec<Language>, Vec<u8>) {
    let guesses = guess_languages(passages, fallback);
    let mut shares: Vec<(Language, usize)> = Vec::new();
    for guess in &guesses {
        match shares.iter_mut().find(|(language, _)| language == guess) {
            Some((_, count)) => *count += 1,
            None => shares.push((*guess, 1)),
        }
    }
    shares.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let all = passages.len();
    shares.retain(|(_, count)| count * SMALLEST_SHARE >= all);
    let mut languages: Vec<Language> = shares.into_iter().map(|(language, _)| language).collect();
    if languages.is_empty() {
        languages.push(fallback);
    }
    let place = |guess: &Language| languages.iter().position(|language| language == guess);
    let spoken = guesses
        .iter()
        .map(|guess| u8::try_from(place(guess).unwrap_or(0)).unwrap_or(0))
        .collect();
    (languages, spoken)
}

/// One guess for all passages of an item: more text, fewer mistakes.
fn guess_languages(passages: &[Passage], fallback: Language) -> Vec<Language> {
    let mut samples: HashMap<i64, String> = HashMap::new();
    for passage in passages {
        let sample = samples.entry(passage.item_id).or_default();
        for text in [&passage.title, &passage.content] {
            if sample.len() < SAMPLE_BYTES {
                sample.push_str(text);
                sample.push(' ');
            }
        }
    }
    let guesses: HashMap<i64, Language> = samples
        .into_iter()
        .map(|(item, sample)| (item, Language::detect(&sample).unwrap_or(fallback)))
        .collect();
    passages
        .iter()
        .map(|passage| guesses.get(&passage.item_id).copied().unwrap_or(fallback))
        .collect()
}
