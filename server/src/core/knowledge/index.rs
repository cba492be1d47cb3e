//! The search index of one site, in memory: BM25 over weighted fields, built from the passages table, so that
//! the order is the same on every database.
//!
//! Written here rather than taken from the `bm25` crate: that one hashes its tokens away, and the answerer needs
//! the words themselves (how telling each is, which of them a passage covers, which the vocabulary lacks).

use super::language::Language;
use super::spelling::Vocabulary;
use super::words;
use crate::store::knowledge::Passage;
use rust_stemmers::Stemmer;
use shared::knowledge::KnowledgeKind;
use std::collections::HashMap;

/// Saturation of repeated words and the pull of length (Robertson and Zaragoza 2009, section 3.4).
const SATURATION: f32 = 1.2;
const LENGTH_PULL: f32 = 0.75;
/// What a word in a field counts: the question of a Q&A pair and a heading say more than the text below.
const QUESTION_WEIGHT: f32 = 3.0;
const HEADING_WEIGHT: f32 = 2.0;
const OUTER_HEADING_WEIGHT: f32 = 0.5;
const TITLE_WEIGHT: f32 = 0.5;
const CONTENT_WEIGHT: f32 = 1.0;
/// A language with a smaller share of the passages is most likely a wrong guess.
const SMALLEST_SHARE: usize = 10;
/// How much of an item is read to tell its language.
const SAMPLE_BYTES: usize = 1_000;
/// Added to the number of passages where informativeness is judged: in a tiny collection every word is rare.
const BACKGROUND: f32 = 50.0;

#[derive(Debug, Clone, Copy)]
struct Posting {
    passage: u32,
    /// The BM25 term weight without the inverse document frequency.
    impact: f32,
}

/// A term of a query: the entries of the vocabulary that count as it.
#[derive(Debug, Clone)]
pub struct Term {
    pub alternatives: Vec<u32>,
    /// How telling the word is; its share of a question's sum is what coverage is measured in.
    pub weight: f32,
    /// Below 1 where only a guess at the word was found, or where it comes from the question before.
    pub quality: f32,
}

/// A passage found. Bit `n` of `matched` tells that it has term `n` of the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    pub passage: usize,
    pub score: f32,
    pub matched: u32,
}

/// Terms of one query that are looked at; `Match::matched` has a bit for each.
pub const MOST_TERMS: usize = 32;

struct Tongue {
    language: Language,
    stemmer: Option<Stemmer>,
    /// Words as they were met (lower case) to their term.
    terms: HashMap<Box<str>, u32>,
}

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
    questions: HashMap<String, usize>,
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
            questions: HashMap::new(),
            vocabulary: Vocabulary::default(),
            bytes: 0,
            passages: Vec::new(),
        };
        let mut lengths = Vec::with_capacity(passages.len());
        for (number, passage) in passages.iter().enumerate() {
            lengths.push(index.add(number, passage));
            if passage.kind == KnowledgeKind::Qa {
                let question = normalised(&passage.title);
                index.questions.entry(question).or_insert(number);
            }
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

    /// The Q&A pair that asks just this.
    pub fn asked_literally(&self, question: &str) -> Option<usize> {
        self.questions.get(&normalised(question)).copied()
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
        let mut scores = vec![(0.0_f32, 0_u32); self.len()];
        for (bit, term) in terms.iter().take(MOST_TERMS).enumerate() {
            for alternative in &term.alternatives {
                let factor = term.quality * self.inverse_frequency(*alternative);
                for posting in &self.postings[*alternative as usize] {
                    let entry = &mut scores[posting.passage as usize];
                    entry.0 += factor * posting.impact;
                    entry.1 |= 1 << bit;
                }
            }
        }
        let mut found: Vec<Match> = scores
            .into_iter()
            .enumerate()
            .filter(|(_, (_, matched))| *matched != 0)
            .map(|(passage, (score, matched))| Match {
                passage,
                score,
                matched,
            })
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

impl Tongue {
    fn new(language: Language) -> Self {
        Self {
            language,
            stemmer: language.stemmer(),
            terms: HashMap::new(),
        }
    }

    fn stem(&self, word: &str) -> String {
        match &self.stemmer {
            Some(stemmer) => words::fold(&stemmer.stem(word)),
            None => words::fold(word),
        }
    }
}

fn fields(passage: &Passage) -> [(&str, f32); 4] {
    let title = match passage.kind {
        KnowledgeKind::Qa => QUESTION_WEIGHT,
        KnowledgeKind::Text | KnowledgeKind::Document => TITLE_WEIGHT,
    };
    // The headings further out stand above every section of the text: they tell its sections apart from other
    // texts', not from each other.
    let (above, heading) = passage
        .heading
        .rsplit_once(" › ")
        .unwrap_or(("", &passage.heading));
    [
        (passage.title.as_str(), title),
        (above, OUTER_HEADING_WEIGHT),
        (heading, HEADING_WEIGHT),
        (passage.content.as_str(), CONTENT_WEIGHT),
    ]
}

fn normalised(question: &str) -> String {
    let mut folded = String::with_capacity(question.len());
    words::each(question, |word| {
        folded.push_str(&words::fold(word));
        folded.push(' ');
    });
    folded
}

/// The languages spoken, most common first, and which of them each passage is in.
fn languages(passages: &[Passage], fallback: Language) -> (Vec<Language>, Vec<u8>) {
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
