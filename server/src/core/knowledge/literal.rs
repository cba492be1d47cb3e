//! Questions the site's texts ask themselves, as Q&A pairs or as headings, and visitors who ask just the same.

use super::phrases::plain;
use crate::store::knowledge::Passage;
use shared::knowledge::KnowledgeKind;
use std::collections::HashMap;

/// Words that stand for the site or what it offers where nothing else was spoken of.
const STANDING_FOR_IT: &[&str] = &["it", "this", "you"];
/// Forms of verbs that change with who is spoken of: "does it", "do you".
const AGREEING: &[&str] = &["do", "does", "is", "are", "s"];
/// A question made of fewer words once those are gone says too little to be recognised by them.
const FEWEST_WORDS: usize = 2;

/// Passages by the question they answer.
#[derive(Debug, Default)]
pub struct Questions {
    exact: HashMap<String, usize>,
    /// Without the verbs' forms.
    loose: HashMap<String, usize>,
}

impl Questions {
    pub(super) fn of(passages: &[Passage]) -> Self {
        let mut questions = Self::default();
        // What somebody wrote as an answer goes before a section with the same heading.
        for written in [true, false] {
            for (number, passage) in passages.iter().enumerate() {
                if written == (passage.kind == KnowledgeKind::Qa) {
                    questions.add(number, passage);
                }
            }
        }
        questions
    }

    fn add(&mut self, number: usize, passage: &Passage) {
        if passage.kind == KnowledgeKind::Qa {
            self.insert(number, &passage.title);
            return;
        }
        let heading = passage.heading.rsplit(" › ").next().unwrap_or_default();
        // One heading may ask several: "What does it cost? Is it free?"
        for question in heading.split_inclusive('?') {
            if question.ends_with('?') {
                self.insert(number, question);
            }
        }
    }

    fn insert(&mut self, number: usize, question: &str) {
        let plain = plain(question);
        let loose = without_agreement(plain.split(' '));
        if let Some(loose) = loose {
            self.loose.entry(loose).or_insert(number);
        }
        self.exact.entry(plain).or_insert(number);
    }

    /// The passage that answers just this question.
    pub(super) fn find(&self, question: &str) -> Option<usize> {
        self.exact.get(&plain(question)).copied()
    }

    /// The same, where the question calls the site's subject by another word: "it", "you", a name.
    pub(super) fn find_about(&self, question: &str, names: &[String]) -> Option<usize> {
        let plain = plain(question);
        let words: Vec<&str> = plain.split(' ').collect();
        let stands =
            |word: &str| STANDING_FOR_IT.contains(&word) || names.iter().any(|name| name == word);
        if !words.iter().any(|word| stands(word)) {
            return None;
        }
        let whole = names.join(" ");
        let callings = STANDING_FOR_IT
            .iter()
            .copied()
            .chain(names.iter().map(String::as_str))
            .chain([whole.as_str()]);
        callings
            .filter(|calling| !calling.is_empty())
            .find_map(|calling| {
                let mut called: Vec<&str> = Vec::with_capacity(words.len());
                for word in &words {
                    let word = if stands(word) { calling } else { word };
                    // A name of several words is called once.
                    if word != calling || called.last() != Some(&calling) {
                        called.push(word);
                    }
                }
                let loose = without_agreement(called.into_iter())?;
                self.loose.get(&loose).copied()
            })
    }
}

fn without_agreement<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    let kept: Vec<&str> = words.filter(|word| !AGREEING.contains(word)).collect();
    (kept.len() >= FEWEST_WORDS).then(|| kept.join(" "))
}

#[cfg(test)]
mod tests {
    use super::Questions;
    use crate::store::knowledge::Passage;
    use shared::knowledge::KnowledgeKind;

    fn section(heading: &str) -> Passage {
        Passage {
            id: 1,
            item_id: 1,
            kind: KnowledgeKind::Document,
            title: "guide.md".into(),
            source: None,
            heading: heading.into(),
            content: "Text.".into(),
        }
    }

    #[test]
    fn a_heading_that_asks_is_found_however_its_subject_is_called() {
        let questions = Questions::of(&[
            section("Guide › What is Acme?"),
            section("Guide › What does Acme cost? Is it free?"),
            section("Guide › Prices"),
        ]);
        let names = ["acme".to_owned(), "shop".to_owned()];
        assert_eq!(questions.find("what is acme"), Some(0));
        for (question, found) in [
            ("What is this?", Some(0)),
            ("what's Acme shop", Some(0)),
            ("What are you?", Some(0)),
            ("Is Acme free?", Some(1)),
            ("How much does it cost?", None),
            ("Prices", None),
            ("What is the weather?", None),
        ] {
            assert_eq!(questions.find_about(question, &names), found, "{question}");
        }
    }

    #[test]
    fn a_written_answer_goes_before_a_heading() {
        let mut written = section("");
        written.kind = KnowledgeKind::Qa;
        written.title = "What is Acme?".into();
        let questions = Questions::of(&[section("What is Acme?"), written]);
        assert_eq!(questions.find("What is Acme?"), Some(1));
    }
}
