//! What a passage is made of for the search: its title, its headings, its text, and what it is called.

use crate::store::knowledge::Passage;
use shared::knowledge::KnowledgeKind;

/// What a word in a field counts: the question of a Q&A pair and a heading say more than the text below.
const QUESTION_WEIGHT: f32 = 3.0;
const HEADING_WEIGHT: f32 = 2.0;
const OUTER_HEADING_WEIGHT: f32 = 0.5;
const TITLE_WEIGHT: f32 = 0.5;
const CONTENT_WEIGHT: f32 = 1.0;

/// What a passage is called: its question, its own heading, or the title of a text without headings.
pub(super) fn called(passage: &Passage) -> &str {
    if passage.kind == KnowledgeKind::Qa || passage.heading.is_empty() {
        return &passage.title;
    }
    passage.heading.rsplit(" › ").next().unwrap_or_default()
}

/// The texts of a passage and what a word in each counts.
pub(super) fn fields(passage: &Passage) -> [(&str, f32); 4] {
    let title = match passage.kind {
        KnowledgeKind::Qa => QUESTION_WEIGHT,
        _ if passage.heading.is_empty() => HEADING_WEIGHT,
        KnowledgeKind::Text | KnowledgeKind::Document | KnowledgeKind::Url => TITLE_WEIGHT,
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
