//! Reads a question: which of its words tell what is asked, and under which terms of an index they, their
//! synonyms or what they may be meant to be are known.

use super::index::{Alternative, Bearing, MOST_TERMS, SiteIndex, Term};
use super::language::Language;
use super::retrieve::Asked;
use super::synonyms::{LONGEST_PHRASE, Other, Phrases};
use super::{phrases, words};

/// A guess at a word (a slip, a beginning) counts less than the word, and a part of a compound even less.
const GUESS_QUALITY: f32 = 0.85;
const PART_QUALITY: f32 = 0.7;
/// What the likely kind of an answer counts in the ranking.
const HINT_EMPHASIS: f32 = 0.5;
/// Letters of the shorter part of two words written as one.
const SHORTEST_PART: usize = 3;

/// Turns words into terms of one index.
pub(super) struct Reader<'a> {
    index: &'a SiteIndex,
    languages: Vec<Language>,
    /// The words of the site's own name.
    pub names: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(index: &'a SiteIndex, asked: &Asked<'_>) -> Self {
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

    pub(super) fn terms(&self, text: &str) -> Vec<Term> {
        let mut found = Vec::new();
        words::each(text, |word| found.push(word.to_owned()));
        let phrases = Phrases::of(&found, &self.languages);
        let mut terms: Vec<Term> = Vec::new();
        let mut place = 0;
        while place < found.len() && terms.len() < MOST_TERMS {
            let (read, term) = self.read(&found, place, &phrases);
            terms.extend(term.filter(|term| !terms.iter().any(|known| is_same(known, term))));
            place += read;
        }
        for place in 0..found.len() {
            let hint = self.hint(place, &phrases);
            terms.extend(hint.filter(|_| terms.len() < MOST_TERMS));
        }
        self.tell_apart(&mut terms);
        if !terms.iter().any(|term| term.bearing == Bearing::Telling) {
            // "Where are you?" asks for nothing else.
            terms.iter_mut().for_each(promote);
        }
        terms
    }

    /// A word that a question has itself stands for no other word of it: who asks for "phone calls" wants both.
    /// A word that could be nothing else said the same thing twice.
    fn tell_apart(&self, terms: &mut Vec<Term>) {
        let own = |term: &Term| -> Vec<u32> {
            let own = term.alternatives.iter().filter(|one| one.quality >= 1.0);
            own.map(|one| one.term).collect()
        };
        let said: Vec<u32> = terms.iter().flat_map(own).collect();
        terms.retain_mut(|term| {
            let before = term.alternatives.len();
            let is_free = |one: &Alternative| one.quality >= 1.0 || !said.contains(&one.term);
            term.alternatives.retain(is_free);
            if term.alternatives.len() < before && term.bearing == Bearing::Telling {
                term.weight = self.index.weight(&ids(&term.alternatives));
            }
            before == 0 || !term.alternatives.is_empty()
        });
    }

    /// The term that begins at a word, and how many words make it up.
    fn read(&self, found: &[String], place: usize, phrases: &Phrases<'_>) -> (usize, Option<Term>) {
        for length in (2..=LONGEST_PHRASE).rev() {
            let others = phrases.synonyms(place, length);
            let words = found
                .get(place..place + length)
                .filter(|_| !others.is_empty());
            if let Some(alternatives) = words.and_then(|words| self.phrase(words, &others)) {
                return (length, Some(self.weighed(alternatives, Bearing::Telling)));
            }
        }
        let mut lengths = (2..=LONGEST_PHRASE).rev();
        if let Some(length) = lengths.find(|length| !phrases.hints(place, *length).is_empty()) {
            // "how often" says what kind of answer is wanted, and "often" nothing by itself.
            return (length, None);
        }
        let word = &found[place];
        let joined = found
            .get(place + 1)
            .and_then(|next| self.joined(word, next));
        if self.is_stop_word(word) && joined.is_none() {
            return (1, None);
        }
        let term = self.term(word, joined, &phrases.synonyms(place, 1));
        (1, Some(term))
    }

    /// What a phrase means, which may be nothing that the texts speak of: its words alone are no help then.
    /// None where the texts have it word for word, so that its words speak for themselves.
    fn phrase(&self, words: &[String], others: &[Other]) -> Option<Vec<Alternative>> {
        let telling = words.iter().filter(|word| !self.is_stop_word(word));
        let telling: Vec<&String> = telling.collect();
        let known: Vec<Vec<u32>> = telling.iter().map(|word| self.index.known(word)).collect();
        let mut alternatives = Vec::new();
        if let ([word], [known]) = (telling.as_slice(), known.as_slice()) {
            // "sign in" is met as "sign".
            if !phrases::is_weak(&words::fold(word), &self.languages) {
                alternatives = rated(known.clone(), 1.0);
            }
        } else if known
            .windows(2)
            .all(|pair| self.index.adjoin(&pair[0], &pair[1]))
            && !known.is_empty()
        {
            return None;
        }
        add(&mut alternatives, self.rated_others(others));
        Some(alternatives)
    }

    /// What the answer is likely to have where a question asks "when" or "how much".
    fn hint(&self, place: usize, phrases: &Phrases<'_>) -> Option<Term> {
        let lengths = (1..=LONGEST_PHRASE).rev();
        let mut others = lengths.map(|length| phrases.hints(place, length));
        let others = others.find(|others| !others.is_empty())?;
        let alternatives = self.rated_others(&others);
        (!alternatives.is_empty()).then(|| self.weighed(alternatives, Bearing::Hint))
    }

    fn rated_others(&self, others: &[Other]) -> Vec<Alternative> {
        let mut alternatives = Vec::new();
        for other in others {
            let known = self.index.known(other.word);
            add(&mut alternatives, rated(known, other.quality));
        }
        alternatives
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

    fn term(&self, word: &str, joined: Option<u32>, synonyms: &[Other]) -> Term {
        let folded = words::fold(word);
        let weak = phrases::is_weak(&folded, &self.languages) || is_lone(word);
        let named = self.names.contains(&folded);
        let mut known = self.index.known(word);
        if known.is_empty() {
            known.extend(self.index.vocabulary.find(&folded));
        }
        known.extend(joined);
        let mut alternatives = rated(known, 1.0);
        add(&mut alternatives, self.rated_others(synonyms));
        let known = ids(&alternatives);
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
        self.weighed(alternatives, bearing)
    }

    fn weighed(&self, alternatives: Vec<Alternative>, bearing: Bearing) -> Term {
        let terms = ids(&alternatives);
        let (strength, emphasis) = match bearing {
            Bearing::Telling => (1.0, 1.0),
            Bearing::Weak | Bearing::Subject => (phrases::WEAK_WEIGHT, phrases::WEAK_WEIGHT),
            Bearing::Hint => (phrases::WEAK_WEIGHT, HINT_EMPHASIS),
        };
        Term {
            weight: self.index.weight(&terms) * strength,
            emphasis,
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

/// A single letter or digit; an unspaced script has words of one character.
fn is_lone(word: &str) -> bool {
    word.len() == 1
}

fn promote(term: &mut Term) {
    if term.bearing == Bearing::Hint {
        term.bearing = Bearing::Telling;
        term.weight /= phrases::WEAK_WEIGHT;
        term.emphasis = 1.0;
    }
}

fn ids(alternatives: &[Alternative]) -> Vec<u32> {
    alternatives.iter().map(|found| found.term).collect()
}

fn is_same(known: &Term, term: &Term) -> bool {
    let first = term.alternatives.first();
    first.is_some_and(|first| known.alternatives.first() == Some(first))
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
