//! From a question to the passages that may answer it, and how sure one can be that they do.

use super::index::{Alternative, Bearing, MOST_TERMS, SiteIndex, Term};
use super::language::Language;
use super::synonyms::{self, SYNONYM_QUALITY};
use super::{evidence, phrases, subject, words};
use std::sync::Arc;

/// A guess at a word (a slip, a beginning) counts less than the word, and a part of a compound even less.
const GUESS_QUALITY: f32 = 0.85;
const PART_QUALITY: f32 = 0.7;
/// What a term of the question before counts in a question that goes on from it.
const CONTEXT_QUALITY: f32 = 0.4;
/// Own terms up to which a question may be too thin to stand alone.
const THIN: usize = 2;
/// Passages looked at again by how much of the question they cover.
const CANDIDATES: usize = 24;
const HITS: usize = 6;
/// Letters of the shorter part of two words written as one.
const SHORTEST_PART: usize = 3;
/// The share of a question's telling words that a passage must have before it counts as its answer.
/// Measured with `tests/integration/answers.rs`, where answerable questions lie above and others below.
pub const CONFIDENT_COVERAGE: f32 = 0.53;

/// A question with what helps to understand it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    pub text: &'a str,
    /// What the visitor wrote before.
    pub before: Option<&'a str>,
    pub language: Option<Language>,
    /// The site's own name: it is in every question and tells nothing.
    pub site_name: &'a str,
}

/// A passage that may answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    pub passage: usize,
    pub score: f32,
    /// The share of the question's telling words it has, 0 to 1.
    pub coverage: f32,
    /// Bit `n` stands for term `n`.
    pub matched: u32,
}

/// What was found for a question.
pub struct Retrieved {
    pub index: Arc<SiteIndex>,
    pub terms: Vec<Term>,
    /// Best first.
    pub hits: Vec<Hit>,
    literal: bool,
    confident: bool,
}

impl Retrieved {
    /// Whether the question is one that the site's texts ask themselves, word for word.
    pub const fn is_literal(&self) -> bool {
        self.literal
    }

    /// The share of the question's telling words that these terms make up.
    pub fn share(&self, matched: u32) -> f32 {
        share(&self.terms, matched)
    }

    /// Whether the best passage can be taken for an answer.
    pub const fn is_confident(&self) -> bool {
        self.confident
    }
}

/// Finds the passages for a question. Where it is too thin to stand alone, the words of the question before
/// count too: "and on weekends?" after "what are your opening hours?".
pub fn retrieve(index: &Arc<SiteIndex>, asked: &Asked<'_>) -> Retrieved {
    if let Some(passage) = index.questions().find(asked.text) {
        return literal(index, asked, passage);
    }
    let reader = Reader::new(index, asked);
    if asked.before.is_none()
        && let Some(passage) = index.questions().find_about(asked.text, &reader.names)
    {
        return literal(index, asked, passage);
    }
    let own = reader.terms(asked.text);
    let names = reader.terms(asked.site_name);
    let plain = phrases::plain(asked.text);
    let thin = own.len() <= THIN || phrases::refers(&plain);
    let Some(before) = asked.before.filter(|_| thin || phrases::continues(&plain)) else {
        if own.is_empty() && phrases::asks_what_it_is(&plain) {
            return found(index, &names, names.clone());
        }
        return found(index, &names, own);
    };
    if !phrases::continues(&plain) && !own.is_empty() {
        let alone = found(index, &names, own.clone());
        if alone.is_confident() && !phrases::refers(&plain) {
            return alone;
        }
    }
    let mut terms = own;
    for mut term in reader.terms(before) {
        if terms.len() < MOST_TERMS {
            term.emphasis *= CONTEXT_QUALITY;
            term.weight *= CONTEXT_QUALITY;
            terms.push(term);
        }
    }
    found(index, &names, terms)
}

fn literal(index: &Arc<SiteIndex>, asked: &Asked<'_>, passage: usize) -> Retrieved {
    let terms = Reader::new(index, asked).terms(asked.text);
    let hit = Hit {
        passage,
        score: f32::MAX,
        coverage: 1.0,
        matched: u32::MAX,
    };
    let mut hits = vec![hit];
    let others = found(index, &[], terms.clone()).hits;
    hits.extend(others.into_iter().filter(|other| other.passage != passage));
    Retrieved {
        index: index.clone(),
        terms,
        hits,
        literal: true,
        confident: true,
    }
}

fn found(index: &Arc<SiteIndex>, names: &[Term], terms: Vec<Term>) -> Retrieved {
    if let Some(subject) = subject::terms(&terms, names) {
        let introductions = subject::introductions(index, &subject, HITS);
        if !introductions.is_empty() {
            return Retrieved {
                index: index.clone(),
                terms,
                hits: introductions,
                literal: false,
                confident: true,
            };
        }
    }
    let all: f32 = terms.iter().map(|term| term.weight).sum();
    let mut hits: Vec<Hit> = index
        .search(&terms, CANDIDATES)
        .into_iter()
        .map(|found| {
            let coverage = if evidence::is_mixed(index, found.passage) {
                evidence::share(index, found.passage, &terms)
            } else if all > 0.0 {
                found.covered / all
            } else {
                0.0
            };
            let likeness = index.likeness(found.passage, &terms);
            Hit {
                passage: found.passage,
                // A passage that has all the words beats one that repeats the rarest of them, and one that is
                // called what was asked beats both.
                score: found.score * (0.4 + 0.6 * coverage) * (1.0 + likeness),
                coverage,
                matched: found.matched,
            }
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
    hits.truncate(HITS);
    let tells = |hit: &Hit| {
        let mut numbered = terms.iter().take(MOST_TERMS).enumerate();
        hit.coverage >= CONFIDENT_COVERAGE
            && numbered.any(|(bit, term)| {
                term.bearing == Bearing::Telling && hit.matched & (1 << bit) != 0
            })
    };
    let confident = hits.first().is_some_and(tells);
    Retrieved {
        index: index.clone(),
        terms,
        hits,
        literal: false,
        confident,
    }
}

/// The share of the terms' weight that these make up.
fn share(terms: &[Term], matched: u32) -> f32 {
    let (mut all, mut covered) = (0.0, 0.0);
    for (bit, term) in terms.iter().take(MOST_TERMS).enumerate() {
        all += term.weight;
        if matched & (1 << bit) != 0 {
            covered += term.weight;
        }
    }
    if all > 0.0 { covered / all } else { 0.0 }
}

/// Turns words into terms of one index.
struct Reader<'a> {
    index: &'a SiteIndex,
    languages: Vec<Language>,
    names: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(index: &'a SiteIndex, asked: &Asked<'_>) -> Self {
        let mut languages: Vec<Language> = index.languages().collect();
        languages.extend(asked.language);
        languages.extend(Language::detect(asked.text));
        let mut names = Vec::new();
        words::each(asked.site_name, |word| names.push(words::fold(word)));
        Self {
            index,
            languages,
            names,
        }
    }

    fn terms(&self, text: &str) -> Vec<Term> {
        let mut found = Vec::new();
        words::each(text, |word| found.push(word.to_owned()));
        let mut terms: Vec<Term> = Vec::new();
        for (place, word) in found.iter().enumerate() {
            if terms.len() == MOST_TERMS {
                break;
            }
            let joined = found
                .get(place + 1)
                .and_then(|next| self.joined(word, next));
            if self.is_stop_word(word) && joined.is_none() {
                continue;
            }
            let term = self.term(word, joined);
            let again = |known: &Term| {
                let first = term.alternatives.first();
                first.is_some_and(|first| known.alternatives.first() == Some(first))
            };
            if !terms.iter().any(again) {
                terms.push(term);
            }
        }
        terms
    }

    fn is_stop_word(&self, word: &str) -> bool {
        self.languages
            .iter()
            .any(|language| language.is_stop_word(word))
    }

    /// "log in" where the texts write "login".
    fn joined(&self, word: &str, next: &str) -> Option<u32> {
        if word.len() + next.len() < 5 {
            return None;
        }
        let joined = format!("{}{}", words::fold(word), words::fold(next));
        self.index.vocabulary.find(&joined)
    }

    fn term(&self, word: &str, joined: Option<u32>) -> Term {
        let folded = words::fold(word);
        let weak = phrases::is_weak(&folded, &self.languages);
        let named = self.names.contains(&folded);
        let mut known = self.index.known(word);
        if known.is_empty() {
            known.extend(self.index.vocabulary.find(&folded));
        }
        known.extend(joined);
        let mut alternatives = rated(known, 1.0);
        for synonym in synonyms::of(word, &self.languages) {
            let known = self.index.known(synonym);
            add(&mut alternatives, rated(known, SYNONYM_QUALITY));
        }
        let known: Vec<u32> = alternatives.iter().map(|found| found.term).collect();
        let bearing = if named || (!weak && self.index.is_everywhere(&known)) {
            Bearing::Subject
        } else if weak {
            Bearing::Weak
        } else {
            Bearing::Telling
        };
        if alternatives.is_empty() && bearing == Bearing::Telling {
            alternatives = self.guesses(word, &folded);
        }
        let terms: Vec<u32> = alternatives.iter().map(|found| found.term).collect();
        let strength = match bearing {
            Bearing::Telling => 1.0,
            Bearing::Weak | Bearing::Subject => phrases::WEAK_WEIGHT,
        };
        Term {
            weight: self.index.weight(&terms) * strength,
            emphasis: strength,
            bearing,
            alternatives,
        }
    }

    /// What an unknown word may be, the likeliest kind only.
    fn guesses(&self, word: &str, folded: &str) -> Vec<Alternative> {
        let vocabulary = &self.index.vocabulary;
        let guesses = vocabulary.guess(folded);
        if !guesses.is_empty() {
            return rated(guesses, GUESS_QUALITY);
        }
        let parts = self.parts(word);
        if !parts.is_empty() {
            return rated(parts, GUESS_QUALITY);
        }
        let compounds = self
            .languages
            .iter()
            .filter(|language| language.compounds());
        let found = compounds.flat_map(|language| vocabulary.containing(&language.stem(word)));
        rated(found.collect(), PART_QUALITY)
    }

    /// "giftcard" where the texts write "gift cards".
    fn parts(&self, word: &str) -> Vec<u32> {
        for (split, _) in word.char_indices().skip(SHORTEST_PART) {
            let (head, tail) = word.split_at(split);
            if tail.chars().count() < SHORTEST_PART {
                break;
            }
            let (head, tail) = (self.index.known(head), self.index.known(tail));
            if !head.is_empty() && !tail.is_empty() && self.index.adjoin(&head, &tail) {
                return [head, tail].concat();
            }
        }
        Vec::new()
    }
}

fn rated(terms: Vec<u32>, quality: f32) -> Vec<Alternative> {
    let mut alternatives = Vec::with_capacity(terms.len());
    for term in terms {
        add(&mut alternatives, vec![Alternative { term, quality }]);
    }
    alternatives
}

fn add(alternatives: &mut Vec<Alternative>, more: Vec<Alternative>) {
    for new in more {
        if !alternatives.iter().any(|known| known.term == new.term) {
            alternatives.push(new);
        }
    }
}
