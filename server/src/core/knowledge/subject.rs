//! Questions that name nothing but what the whole site is about, such as "what is Acme?". Their words are
//! everywhere, so only a passage that introduces the thing is an answer.

use super::index::{Bearing, SiteIndex, Term};
use super::phrases::plain;
use super::retrieve::Hit;

/// How much of a passage's name must be asked, and of the question be its name.
const NAMED: f32 = 0.5;
/// What a beginning that says at once what its text is about counts beside a name that says the same.
const OPENING: f32 = 0.4;
/// A section that says it introduces, or a text without headings that begins with its subject, needs no name.
const INTRODUCING: f32 = 0.6;
/// Words of a text within which its subject is named where it is introduced: "Welcome to Acme".
const FIRST_WORDS: usize = 4;
/// Names of sections that introduce whoever writes, as they are after folding.
const ABOUT: &[&str] = &[
    "about",
    "about us",
    "overview",
    "introduction",
    "who we are",
    "what we do",
    "uber uns",
    "wer wir sind",
    "a propos",
    "qui sommes nous",
    "acerca de",
    "sobre nosotros",
    "quienes somos",
];

/// The terms a question is left with that tells nothing else: its subject by all its names, else its weak words.
/// None where it tells something.
pub(super) fn terms(terms: &[Term], names: &[Term]) -> Option<Vec<Term>> {
    if terms.iter().any(|term| term.bearing == Bearing::Telling) {
        return None;
    }
    let of = |bearing| -> Vec<Term> {
        let terms = terms.iter().filter(|term| term.bearing == bearing);
        terms.cloned().collect()
    };
    let subject = of(Bearing::Subject);
    if subject.is_empty() {
        return Some(of(Bearing::Weak));
    }
    Some([subject.as_slice(), names].concat())
}

/// Passages that are called what was asked, or begin with it, the best first.
pub(super) fn introductions(index: &SiteIndex, terms: &[Term], limit: usize) -> Vec<Hit> {
    let has_subject = terms.iter().any(|term| term.bearing == Bearing::Subject);
    let mut found: Vec<Hit> = (0..index.len())
        .filter_map(|passage| {
            // Whatever else the subject is called by need not be in the name.
            let likeness = if has_subject {
                index.likeness(passage, &named(index, passage, terms))
            } else {
                index.likeness(passage, terms)
            };
            let introduced = if has_subject {
                introduces(index, passage, terms)
            } else {
                0.0
            };
            let score = likeness + introduced;
            (score >= NAMED).then_some(Hit {
                passage,
                score,
                coverage: score.min(1.0),
                matched: 0,
            })
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
    found.truncate(limit);
    found
}

fn named(index: &SiteIndex, passage: usize, terms: &[Term]) -> Vec<Term> {
    let named = terms.iter().filter(|term| index.is_named(passage, term));
    named.cloned().collect()
}

fn introduces(index: &SiteIndex, passage: usize, terms: &[Term]) -> f32 {
    if is_about(index, passage) {
        return INTRODUCING;
    }
    if !index.is_lead(passage) || !opens(index, passage, terms) {
        return 0.0;
    }
    if index.passage(passage).heading.is_empty() {
        INTRODUCING
    } else {
        OPENING
    }
}

fn leaf(heading: &str) -> &str {
    heading.rsplit(" › ").next().unwrap_or_default()
}

fn is_about(index: &SiteIndex, passage: usize) -> bool {
    let passage = index.passage(passage);
    let is_listed = |name: &str| ABOUT.contains(&plain(name).as_str());
    is_listed(leaf(&passage.heading)) || is_listed(&passage.title)
}

fn opens(index: &SiteIndex, passage: usize, terms: &[Term]) -> bool {
    let content = &index.passage(passage).content;
    let first: Vec<&str> = content.split_whitespace().take(FIRST_WORDS).collect();
    let mut opens = false;
    index.each_term(passage, &first.join(" "), |found| {
        opens |= terms.iter().any(|term| term.has(found));
    });
    opens
}
