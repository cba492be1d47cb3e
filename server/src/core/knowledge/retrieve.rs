//! From a question to the passages that may answer it, and how sure one can be that they do.

use super::index::{Bearing, MOST_TERMS, SiteIndex, Term};
use super::language::Language;
use super::reader::Reader;
use super::{evidence, phrases, subject};
use std::sync::Arc;

/// What a term of the question before counts in a question that goes on from it.
const CONTEXT_QUALITY: f32 = 0.4;
/// Own terms up to which a question may be too thin to stand alone.
const THIN: usize = 2;
/// Passages looked at again by how much of the question they cover.
const CANDIDATES: usize = 24;
const HITS: usize = 6;
/// The share of a question's telling words that a passage must have before it counts as its answer.
/// Measured with `tests/integration/everyday.rs`, where answerable questions lie above and others below.
pub const CONFIDENT_COVERAGE: f32 = 0.58;
/// The same where the passage lacks the question's most telling word.
const CONFIDENT_WITHOUT_THE_MOST_TELLING: f32 = 0.6;
/// So few passages have a word that one of them is likely to be what is asked for.
const FEW: usize = 2;

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
    let own = reader.terms(asked.text);
    let tells = |term: &&Term| term.bearing == Bearing::Telling;
    // "What does it cost?" may go on from the question before; "how do I add it to my site?" says enough.
    if (asked.before.is_none() || own.iter().filter(tells).count() >= THIN)
        && let Some(passage) = index.questions().find_about(asked.text, &reader.names)
    {
        return literal(index, asked, passage);
    }
    let names = reader.terms(asked.site_name);
    let plain = phrases::plain(asked.text);
    let says = |term: &&Term| term.bearing != Bearing::Hint;
    let thin = own.iter().filter(says).count() <= THIN || phrases::refers(&plain);
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
        let bar = if has_the_most_telling(&terms, hit.matched) {
            CONFIDENT_COVERAGE
        } else {
            CONFIDENT_WITHOUT_THE_MOST_TELLING
        };
        hit.coverage >= bar
            && !is_a_mention(index, hit, &terms)
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

/// Whether all that was asked is one word, which many passages have and this one is not called by: it is about
/// something else then.
fn is_a_mention(index: &SiteIndex, hit: &Hit, terms: &[Term]) -> bool {
    let mut telling = terms.iter().filter(|term| term.bearing == Bearing::Telling);
    let (Some(only), None) = (telling.next(), telling.next()) else {
        return false;
    };
    index.passages_with(only) > FEW && !index.is_under(hit.passage, only)
}

/// Whether no word tells more of what is asked than the most telling of these: a passage on deliveries is no
/// answer to a question about Australia.
fn has_the_most_telling(terms: &[Term], matched: u32) -> bool {
    let (mut most, mut most_missing) = (0.0_f32, 0.0_f32);
    for (bit, term) in terms.iter().take(MOST_TERMS).enumerate() {
        let is_met = matched & (1 << bit) != 0;
        match term.bearing {
            Bearing::Telling if is_met => most = most.max(term.weight),
            Bearing::Telling => most_missing = most_missing.max(term.weight),
            Bearing::Weak | Bearing::Subject | Bearing::Hint => {}
        }
    }
    most >= most_missing
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

#[cfg(test)]
mod tests {
    use super::{Asked, Retrieved, retrieve};
    use crate::core::knowledge::index::SiteIndex;
    use crate::store::knowledge::Passage;
    use shared::knowledge::KnowledgeKind;
    use std::sync::Arc;

    fn site(sections: &[(&str, &str)]) -> Arc<SiteIndex> {
        let passages = sections
            .iter()
            .zip(1..)
            .map(|((heading, content), id)| Passage {
                id,
                item_id: 1,
                kind: KnowledgeKind::Text,
                title: "Help".into(),
                source: None,
                heading: (*heading).into(),
                content: (*content).into(),
            });
        Arc::new(SiteIndex::build(passages.collect(), None))
    }

    fn ask(index: &Arc<SiteIndex>, text: &str) -> Retrieved {
        let asked = Asked {
            text,
            ..Asked::default()
        };
        retrieve(index, &asked)
    }

    fn answer(index: &Arc<SiteIndex>, text: &str) -> Option<usize> {
        let found = ask(index, text);
        let best = found.hits.first().filter(|_| found.is_confident());
        best.map(|hit| hit.passage)
    }

    #[test]
    fn a_passage_without_the_most_telling_word_is_no_answer() {
        let index = site(&[
            ("Delivery", "We deliver lamps to Norway by post."),
            ("Opening", "The shop is open from nine."),
        ]);
        assert_eq!(answer(&index, "Do you deliver to Norway?"), Some(0));
        assert_eq!(answer(&index, "Do you deliver to Australia?"), None);
    }

    #[test]
    fn a_price_is_wanted_where_somebody_asks_how_much() {
        let index = site(&[
            ("Range", "A battery lasts."),
            ("Spare parts", "A battery is 490 euros here."),
        ]);
        assert_eq!(ask(&index, "How much is a battery?").hits[0].passage, 1);
        assert_eq!(ask(&index, "What is a battery?").hits[0].passage, 0);
    }

    #[test]
    fn one_word_that_many_passages_mention_is_answered_by_what_is_called_so() {
        let mention = "Bring your card to each visit.";
        let with = site(&[
            ("Bills", mention),
            ("Notes", mention),
            ("Tests", mention),
            ("Visits", "Come early."),
        ]);
        assert_eq!(answer(&with, "visit"), Some(3));
        let without = site(&[("Bills", mention), ("Notes", mention), ("Tests", mention)]);
        assert_eq!(answer(&without, "visit"), None);
    }

    #[test]
    fn a_word_of_the_question_stands_for_no_other_word_of_it() {
        let index = site(&[
            ("On phones", "The page fills the screen of a phone."),
            ("Functions", "Every call gives a number back."),
        ]);
        let found = ask(&index, "phone calls");
        assert!(found.hits.iter().all(|hit| hit.coverage < 0.9));
    }

    #[test]
    fn a_phrase_that_means_something_else_is_not_found_by_its_words() {
        let index = site(&[
            ("Signing in", "Sign in with your address."),
            ("One page", "A single page holds everything."),
        ]);
        assert_eq!(answer(&index, "Do you have single sign on?"), None);
        assert_eq!(answer(&index, "How do I sign in?"), Some(0));
        assert_eq!(answer(&index, "log in"), Some(0));
    }

    #[test]
    fn a_heading_may_ask_several_questions() {
        let index = site(&[
            ("The port is taken", "Another program uses the port."),
            (
                "Which port does it use? How do I change the port?",
                "It is port 8080.",
            ),
        ]);
        assert_eq!(answer(&index, "which port"), Some(1));
    }
}
