//! What a visitor may have meant by a word the site's texts do not have: a slip of the finger, the beginning of
//! a word, a part of a compound.

use strsim::osa_distance;

/// Alternatives one word is given.
const MOST_GUESSES: usize = 4;
const SHORTEST_PREFIX: usize = 4;
const SHORTEST_OTHER_START: usize = 8;
/// In words up to this length another letter makes another word: "park" is no slip for "part", nor "life" for "lie".
const LONGEST_FIXED: usize = 4;

#[derive(Debug)]
struct Entry {
    /// Folded.
    word: Box<str>,
    term: u32,
    frequency: u32,
    /// One bit for each letter that occurs: two words that differ in many bits are far apart.
    letters: u32,
    length: u8,
}

/// All words of a site's texts, sorted.
#[derive(Debug, Default)]
pub struct Vocabulary(Vec<Entry>);

impl Vocabulary {
    pub(super) fn new(words: impl Iterator<Item = (String, u32, usize)>) -> Self {
        let mut entries: Vec<Entry> = words
            .map(|(word, term, frequency)| Entry {
                letters: letters(&word),
                length: u8::try_from(word.chars().count()).unwrap_or(u8::MAX),
                frequency: u32::try_from(frequency).unwrap_or(u32::MAX),
                word: word.into_boxed_str(),
                term,
            })
            .collect();
        entries.sort_unstable_by(|a, b| a.word.cmp(&b.word).then(a.term.cmp(&b.term)));
        Self(entries)
    }

    /// The term of exactly this folded word.
    pub(super) fn find(&self, word: &str) -> Option<u32> {
        let place = self.0.partition_point(|entry| entry.word.as_ref() < word);
        let entry = self.0.get(place)?;
        (entry.word.as_ref() == word).then_some(entry.term)
    }

    /// Guesses at an unknown folded word, the likeliest kind only.
    pub(super) fn guess(&self, word: &str) -> Vec<u32> {
        let beginnings = self.beginning_with(word);
        if !beginnings.is_empty() {
            return beginnings;
        }
        self.misspelt(word)
    }

    fn beginning_with(&self, word: &str) -> Vec<u32> {
        if word.chars().count() < SHORTEST_PREFIX {
            return Vec::new();
        }
        let first = self.0.partition_point(|entry| entry.word.as_ref() < word);
        let mut terms = Vec::new();
        for entry in self.0[first..]
            .iter()
            .take_while(|entry| entry.word.starts_with(word))
        {
            if !terms.contains(&entry.term) && terms.len() < MOST_GUESSES {
                terms.push(entry.term);
            }
        }
        terms
    }

    /// Words that have this stem in them: "Krankenkassen" for "Kasse".
    pub(super) fn containing(&self, stem: &str) -> Vec<u32> {
        let mut terms = Vec::new();
        if stem.chars().count() < SHORTEST_PREFIX {
            return terms;
        }
        for entry in self.0.iter().filter(|entry| entry.word.contains(stem)) {
            if !terms.contains(&entry.term) && terms.len() < MOST_GUESSES {
                terms.push(entry.term);
            }
        }
        terms
    }

    /// Words within one edit, or two for long words; a neighbouring swap is one edit.
    fn misspelt(&self, word: &str) -> Vec<u32> {
        let length = word.chars().count();
        let allowed = match length {
            0..=3 => return Vec::new(),
            4..=7 => 1,
            _ => 2,
        };
        let bits = letters(word);
        let first = word.chars().next();
        let mut best = usize::MAX;
        let mut found: Vec<(bool, u32, u32)> = Vec::new();
        for entry in &self.0 {
            let apart = usize::from(entry.length).abs_diff(length);
            // One edit changes at most two letters of the set.
            if apart > allowed || (entry.letters ^ bits).count_ones() as usize > 2 * allowed {
                continue;
            }
            // A short word with another beginning is another word: "rent" is no slip for "tent".
            let other_start = entry.word.chars().next() != first;
            if other_start && length < SHORTEST_OTHER_START {
                continue;
            }
            // Only a letter that was left out, or two that were swapped.
            let is_shorter = usize::from(entry.length) < length;
            let is_other = is_shorter || (apart == 0 && entry.letters != bits);
            if is_other && length <= LONGEST_FIXED {
                continue;
            }
            let distance = osa_distance(word, &entry.word);
            if distance > allowed || distance > best {
                continue;
            }
            if distance < best {
                best = distance;
                found.clear();
            }
            found.push((other_start, u32::MAX - entry.frequency, entry.term));
        }
        found.sort_unstable();
        let mut terms: Vec<u32> = Vec::new();
        for (_, _, term) in found {
            if !terms.contains(&term) && terms.len() < MOST_GUESSES {
                terms.push(term);
            }
        }
        terms
    }
}

fn letters(word: &str) -> u32 {
    word.chars()
        .fold(0, |bits, character| bits | 1 << (u32::from(character) % 32))
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    fn vocabulary() -> Vocabulary {
        let words = [
            "password",
            "passport",
            "delivery",
            "configuration",
            "open",
            "source",
            "refund",
            "opening",
        ];
        let numbered = words.iter().zip(0_u32..);
        Vocabulary::new(numbered.map(|(word, term)| ((*word).to_owned(), term, 1)))
    }

    #[test]
    fn slips_swaps_and_beginnings_are_guessed() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.guess("pasword"), [0]);
        assert_eq!(vocabulary.guess("delviery"), [2]);
        assert_eq!(vocabulary.guess("config"), [3]);
        assert_eq!(vocabulary.guess("refnd"), [6]);
        assert_eq!(vocabulary.guess("opne"), [4]);
        assert_eq!(vocabulary.containing("word"), [0]);
    }

    #[test]
    fn what_is_far_from_everything_stays_unknown() {
        let vocabulary = vocabulary();
        assert!(vocabulary.guess("elephant").is_empty());
        assert!(vocabulary.guess("ppen").is_empty());
        assert!(vocabulary.guess("oven").is_empty());
        assert!(vocabulary.guess("rfd").is_empty());
        assert!(vocabulary.guess("ref").is_empty());
        assert!(vocabulary.containing("pas").is_empty());
    }
}
