//! The search index of one site, in memory: BM25 over weighted fields, built from the passages table, so that
//! the order is the same on every database.
//!
//! Written here rather than taken from the `bm25` crate: that one hashes its tokens away, and the answerer needs
//! the words themselves (how telling each is, which of them a passage covers, which the vocabulary lacks).

use super::fields::{called, fields};
use super::language::Language;
use super::literal::Questions;
use super::spelling::Vocabulary;
use super::tongue::{Tongue, languages};
use super::{phrases, words};
use crate::store::knowledge::Passage;
use std::collections::HashMap;

/// Saturation of repeated words and the pull of length (Robertson and Zaragoza 2009, section 3.4).
const SATURATION: f32 = 1.2;
const LENGTH_PULL: f32 = 0.75;
/// Added to the number of passages where informativeness is judged: in a tiny collection every word is rare.
const BACKGROUND: f32 = 50.0;
/// A word that this share of the passages has is what the site is about; fewer passages do not show it.
const EVERYWHERE: f32 = 0.6;
const FEWEST_TO_TELL: usize = 8;
/// Passages read word by word to see whether two words stand side by side.
const MOST_READ: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Posting {
    passage: u32,
    /// The BM25 term weight without the inverse document frequency.
    impact: f32,
}

/// An entry of the vocabulary that may be what a word of a query means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alternative {
    pub term: u32,
    /// 1 for the word itself, less for a synonym or a guess.
    pub quality: f32,
}

/// A term of a query.
#[derive(Debug, Clone)]
pub struct Term {
    /// The best first.
    pub alternatives: Vec<Alternative>,
    /// How telling the word is; its share of a question's sum is what coverage is measured in.
    pub weight: f32,
    /// What it counts in the ranking: less for words of little meaning and for those of the question before.
    pub emphasis: f32,
    pub bearing: Bearing,
}

/// What a word of a question has to do with the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// Tells what is asked.
    Telling,
    /// Little in any question: "need", "someone".
    Weak,
    /// Names what the whole site is about, so it is in nearly every passage and tells none from another.
    Subject,
    /// What an answer is likely to have: a price, a day of the week.
    Hint,
}

impl Term {
    pub fn has(&self, term: u32) -> bool {
        self.alternatives
            .iter()
            .any(|alternative| alternative.term == term)
    }
}

/// A passage found. Bit `n` of `matched` tells that it has term `n` of the query.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Match {
    pub passage: usize,
    pub score: f32,
    pub matched: u32,
    /// Weight of the terms it has, less where it only has a synonym or a guess.
    pub covered: f32,
}

/// Terms of one query that are looked at; `Match::matched` has a bit for each.
pub const MOST_TERMS: usize = 32;

/// A word of what a passage is called.
#[derive(Debug, Clone, Copy)]
struct Named {
    term: u32,
    /// Says little by itself.
    is_weak: bool,
}

type Name = Box<[Named]>;

/// The index of one site at one version of its knowledge.
pub struct SiteIndex {
    passages: Vec<Passage>,
    /// Index into `tongues`, per passage.
    spoken: Vec<u8>,
    /// Most common first.
    tongues: Vec<Tongue>,
    /// Folded stems to terms, over all languages.
    stems: HashMap<Box<str>, u32>,
    postings: Vec<Vec<Posting>>,
    questions: Questions,
    /// Per passage what it is called: its question or its own heading, which may ask several.
    names: Vec<Box<[Name]>>,
    pub(super) vocabulary: Vocabulary,
    bytes: usize,
}

impl SiteIndex {
    /// Builds the index. `site_language` is used for texts too short to tell.
    pub fn build(passages: Vec<Passage>, site_language: Option<Language>) -> Self {
        let (languages, spoken) = languages(&passages, site_language.unwrap_or(Language::English));
        let mut index = Self {
            spoken,
            tongues: languages.into_iter().map(Tongue::new).collect(),
            stems: HashMap::new(),
            postings: Vec::new(),
            questions: Questions::of(&passages),
            names: Vec::with_capacity(passages.len()),
            vocabulary: Vocabulary::default(),
            bytes: 0,
            passages: Vec::new(),
        };
        let mut lengths = Vec::with_capacity(passages.len());
        for (number, passage) in passages.iter().enumerate() {
            lengths.push(index.add(number, passage));
            index.name(number, passage);
        }
        index.weigh(&lengths);
        index.learn_vocabulary();
        index.bytes = index.estimate_bytes(&passages);
        index.passages = passages;
        index
    }

    fn add(&mut self, number: usize, passage: &Passage) -> f32 {
        let tongue = usize::from(self.spoken[number]);
        let mut counts: HashMap<u32, f32> = HashMap::new();
        let mut length = 0.0;
        for (text, weight) in fields(passage) {
            words::each(text, |word| {
                if let Some(term) = self.learn(tongue, word) {
                    *counts.entry(term).or_default() += weight;
                    length += weight;
                }
            });
        }
        let passage = u32::try_from(number).unwrap_or(u32::MAX);
        for (term, count) in counts {
            self.postings[term as usize].push(Posting {
                passage,
                impact: count,
            });
        }
        length
    }

    fn name(&mut self, number: usize, passage: &Passage) {
        let names = called(passage).split_inclusive('?');
        let names = names.map(|name| self.terms_of_name(number, name));
        let names = names.filter(|name| !name.is_empty()).collect();
        self.names.push(names);
    }

    fn terms_of_name(&self, number: usize, name: &str) -> Name {
        let tongue = &self.tongues[usize::from(self.spoken[number])];
        let mut terms: Vec<Named> = Vec::new();
        words::each(name, |word| {
            if let Some(term) = tongue.terms.get(word)
                && !terms.iter().any(|named| named.term == *term)
            {
                terms.push(Named {
                    term: *term,
                    is_weak: phrases::is_weak(&words::fold(word), &[tongue.language]),
                });
            }
        });
        terms.into_boxed_slice()
    }

    /// Whether a passage's name has a term.
    pub(super) fn is_named(&self, passage: usize, term: &Term) -> bool {
        let mut names = self.names[passage].iter().flatten();
        names.any(|named| term.has(named.term))
    }

    /// How much a passage's name and a query are about the same, 0 to 1: what they share of what either says.
    pub fn likeness(&self, passage: usize, terms: &[Term]) -> f32 {
        let names = self.names[passage].iter();
        let likeness = names.map(|name| self.likeness_of_name(name, terms));
        likeness.fold(0.0, f32::max)
    }

    fn likeness_of_name(&self, name: &[Named], terms: &[Term]) -> f32 {
        let (mut shared, mut all) = (0.0, 0.0);
        for term in terms.iter().filter(|term| term.bearing != Bearing::Hint) {
            all += term.weight;
            let of_name = |other: &&Alternative| name.iter().any(|named| named.term == other.term);
            if let Some(met) = term.alternatives.iter().find(of_name) {
                shared += term.weight * met.quality;
            }
        }
        let unasked = |named: &&Named| !terms.iter().any(|term| term.has(named.term));
        for named in name.iter().filter(unasked) {
            let strength = if named.is_weak {
                phrases::WEAK_WEIGHT
            } else {
                1.0
            };
            all += self.weight(&[named.term]) * strength;
        }
        if all > 0.0 { shared / all } else { 0.0 }
    }

    /// The term of a word, made where it is new; none for words that say nothing.
    fn learn(&mut self, tongue: usize, word: &str) -> Option<u32> {
        let tongue = &mut self.tongues[tongue];
        if tongue.language.is_stop_word(word) {
            return None;
        }
        if let Some(term) = tongue.terms.get(word) {
            return Some(*term);
        }
        let stem = tongue.stem(word);
        let next = u32::try_from(self.stems.len()).unwrap_or(u32::MAX);
        let term = *self.stems.entry(stem.into()).or_insert(next);
        if term == next {
            self.postings.push(Vec::new());
        }
        tongue.terms.insert(word.into(), term);
        Some(term)
    }

    fn weigh(&mut self, lengths: &[f32]) {
        let average = lengths.iter().sum::<f32>() / (lengths.len().max(1) as f32);
        for postings in &mut self.postings {
            for posting in postings {
                let count = posting.impact;
                let length = lengths[posting.passage as usize] / average.max(1.0);
                let norm = SATURATION * (1.0 - LENGTH_PULL + LENGTH_PULL * length);
                posting.impact = count * (SATURATION + 1.0) / (count + norm);
            }
        }
    }

    fn learn_vocabulary(&mut self) {
        let words = self.tongues.iter().flat_map(|tongue| &tongue.terms);
        self.vocabulary = Vocabulary::new(words.map(|(word, term)| {
            let frequency = self.postings[*term as usize].len();
            (words::fold(word), *term, frequency)
        }));
    }

    fn estimate_bytes(&self, passages: &[Passage]) -> usize {
        let texts: usize = passages
            .iter()
            .map(|passage| {
                passage.content.len() + passage.heading.len() + passage.title.len() + 200
            })
            .sum();
        let postings: usize = self.postings.iter().map(|list| 24 + list.len() * 8).sum();
        let words: usize = self.tongues.iter().map(|tongue| tongue.terms.len()).sum();
        texts + postings + words * 160
    }

    /// Languages of the passages, the most common first.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.tongues.iter().map(|tongue| tongue.language)
    }

    pub fn passage(&self, number: usize) -> &Passage {
        &self.passages[number]
    }

    pub const fn is_empty(&self) -> bool {
        self.passages.is_empty()
    }

    pub const fn len(&self) -> usize {
        self.passages.len()
    }

    /// Roughly what it takes in memory.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Every passage's question, where it is one.
    pub(super) const fn questions(&self) -> &Questions {
        &self.questions
    }

    /// Whether a passage stands under a heading or title with a term.
    pub(super) fn is_under(&self, passage: usize, term: &Term) -> bool {
        let Passage { title, heading, .. } = &self.passages[passage];
        let mut is_under = false;
        self.each_term(passage, heading, |found| is_under |= term.has(found));
        self.each_term(passage, title, |found| is_under |= term.has(found));
        is_under
    }

    /// How many passages have the most common of a term's words.
    pub(super) fn passages_with(&self, term: &Term) -> usize {
        let words = term.alternatives.iter();
        let counts = words.map(|word| self.postings[word.term as usize].len());
        counts.max().unwrap_or(0)
    }

    /// Whether nearly every passage has one of these words.
    pub(super) fn is_everywhere(&self, terms: &[u32]) -> bool {
        let most = terms.iter().map(|term| self.postings[*term as usize].len());
        let share = most.max().unwrap_or(0) as f32 / self.len().max(1) as f32;
        self.len() >= FEWEST_TO_TELL && share >= EVERYWHERE
    }

    /// Whether some passage has a word of the one and, right behind it, one of the other.
    pub(super) fn adjoin(&self, heads: &[u32], tails: &[u32]) -> bool {
        let has_tail = |passage: u32| {
            tails.iter().any(|tail| {
                let postings = &self.postings[*tail as usize];
                let found = postings.binary_search_by_key(&passage, |posting| posting.passage);
                found.is_ok()
            })
        };
        let postings = heads.iter().flat_map(|head| &self.postings[*head as usize]);
        let both = postings.filter(|posting| has_tail(posting.passage));
        both.take(MOST_READ).any(|posting| {
            let number = posting.passage as usize;
            let passage = &self.passages[number];
            fields(passage).iter().any(|(text, _)| {
                let mut after_head = false;
                let mut adjoins = false;
                self.each_term(number, text, |term| {
                    adjoins |= after_head && tails.contains(&term);
                    after_head = heads.contains(&term);
                });
                adjoins
            })
        })
    }

    /// Whether a passage is the beginning of its text.
    pub(super) fn is_lead(&self, passage: usize) -> bool {
        let item = |number: usize| self.passages[number].item_id;
        passage == 0 || item(passage - 1) != item(passage)
    }

    /// Terms under which a word is known, in any of the site's languages.
    pub(super) fn known(&self, word: &str) -> Vec<u32> {
        let mut found = Vec::new();
        for tongue in &self.tongues {
            let known = tongue.terms.get(word).copied();
            if let Some(term) =
                known.or_else(|| self.stems.get(tongue.stem(word).as_str()).copied())
                && !found.contains(&term)
            {
                found.push(term);
            }
        }
        found
    }

    /// Calls `found` with the term of each word of a text that is part of this passage.
    pub fn each_term(&self, passage: usize, text: &str, mut found: impl FnMut(u32)) {
        let tongue = &self.tongues[usize::from(self.spoken[passage])];
        words::each(text, |word| {
            if let Some(term) = tongue.terms.get(word) {
                found(*term);
            }
        });
    }

    /// How telling a word is that these terms stand for: rare words tell most, unknown ones even more.
    pub(super) fn weight(&self, terms: &[u32]) -> f32 {
        let frequency = terms
            .iter()
            .map(|term| self.postings[*term as usize].len())
            .max()
            .unwrap_or(0) as f32;
        (1.0 + (self.len() as f32 + BACKGROUND) / (frequency + 0.5)).ln()
    }

    fn inverse_frequency(&self, term: u32) -> f32 {
        let frequency = self.postings[term as usize].len() as f32;
        (1.0 + (self.len() as f32 - frequency + 0.5) / (frequency + 0.5)).ln()
    }

    /// The best passages for the terms, best first; equals by their order in the database.
    pub fn search(&self, terms: &[Term], limit: usize) -> Vec<Match> {
        let mut matches = vec![Match::default(); self.len()];
        for (bit, term) in terms.iter().take(MOST_TERMS).enumerate() {
            for alternative in &term.alternatives {
                let factor =
                    alternative.quality * term.emphasis * self.inverse_frequency(alternative.term);
                for posting in &self.postings[alternative.term as usize] {
                    let found = &mut matches[posting.passage as usize];
                    found.score += factor * posting.impact;
                    if found.matched & (1 << bit) == 0 {
                        found.matched |= 1 << bit;
                        found.covered += term.weight * alternative.quality;
                    }
                }
            }
        }
        let mut found: Vec<Match> = matches
            .into_iter()
            .enumerate()
            .filter(|(_, found)| found.matched != 0)
            .map(|(passage, found)| Match { passage, ..found })
            .collect();
        let by_rank =
            |a: &Match, b: &Match| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage));
        if found.len() > limit && limit > 0 {
            found.select_nth_unstable_by(limit - 1, by_rank);
        }
        found.truncate(limit);
        found.sort_unstable_by(by_rank);
        found
    }
}
