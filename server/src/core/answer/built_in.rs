//! The answerer that needs no model, no key and no network: it quotes what the site's own texts say, or says
//! that they do not say it.

use super::compose::{Finish, Question};
use super::extract;
use super::small_talk::SmallTalk;
use super::source;
use super::wording::{Wording, contacts};
use crate::core::knowledge::retrieve::{Hit, Retrieved};
use shared::knowledge::KnowledgeKind;

/// Its name where answers say who made them.
pub const NAME: &str = "built-in";
/// Passages quoted in one answer.
const MOST_QUOTES: usize = 2;
/// A further passage must come this close to the best.
const CLOSE: f32 = 0.6;
/// And add this share of the question's telling words.
const ADDS: f32 = 0.2;

/// A whole answer in the pieces it is shown in.
#[derive(Debug)]
pub(super) struct Answer {
    pub pieces: Vec<String>,
    pub finish: Finish,
}

/// Answers from what was found.
pub(super) fn answer(question: &Question, found: &Retrieved) -> Answer {
    let wording = Wording::of(&question.site.settings, question.locale.as_deref());
    if !found.is_literal() {
        match SmallTalk::of(&question.text) {
            Some(SmallTalk::Greeting) => return courtesy(vec![wording.greeting.to_owned()]),
            Some(SmallTalk::Thanks) => return courtesy(vec![wording.thanks.to_owned()]),
            Some(SmallTalk::Human) => return courtesy(human(question, wording)),
            None => {}
        }
    }
    if found.is_confident() {
        return quoted(question, found);
    }
    unknown(question, wording)
}

/// Whether [`answer`] has more to say than that it does not know.
pub(super) fn is_confident(question: &Question, found: &Retrieved) -> bool {
    found.is_confident() || SmallTalk::of(&question.text).is_some()
}

fn finish(confident: bool) -> Finish {
    Finish {
        confident,
        answered_by: NAME.to_owned(),
        ..Finish::default()
    }
}

fn courtesy(pieces: Vec<String>) -> Answer {
    Answer {
        pieces,
        finish: finish(true),
    }
}

fn human(question: &Question, wording: &Wording) -> Vec<String> {
    let mut pieces = vec![wording.human.to_owned()];
    pieces.extend(ways_to_reach(question, wording));
    pieces
}

fn unknown(question: &Question, wording: &Wording) -> Answer {
    let mut pieces = vec![wording.unknown.to_owned(), format!(" {}", wording.offer)];
    pieces.extend(ways_to_reach(question, wording));
    Answer {
        pieces,
        finish: finish(false),
    }
}

fn ways_to_reach(question: &Question, wording: &Wording) -> Option<String> {
    let contacts = contacts(&question.site.settings)?;
    Some(format!("\n\n{}\n\n{contacts}", wording.contact))
}

fn quoted(question: &Question, found: &Retrieved) -> Answer {
    let disclosure = &question.site.settings.disclosure;
    let mut pieces: Vec<String> = Vec::new();
    let mut sources = Vec::new();
    for hit in chosen(found) {
        let passage = found.index.passage(hit.passage);
        let source = source::of(passage, sources.len(), disclosure);
        let is_answer = passage.kind == KnowledgeKind::Qa;
        let mut quote = if is_answer {
            verbatim(&passage.content)
        } else {
            extract::quote(found, hit)
        };
        if let (Some(first), false) = (quote.first_mut(), pieces.is_empty()) {
            first.insert_str(0, "\n\n");
        }
        if let (Some(source), false) = (&source, is_answer) {
            cite(&mut quote, source.number);
        }
        pieces.extend(quote);
        sources.extend(source);
    }
    Answer {
        pieces,
        finish: Finish {
            sources,
            ..finish(true)
        },
    }
}

/// An answer somebody wrote is given as it is, line by line so that it streams.
fn verbatim(answer: &str) -> Vec<String> {
    answer.split_inclusive('\n').map(str::to_owned).collect()
}

/// The mark goes behind the last sentence; behind a block it gets a line of its own, so that lists, tables and
/// code stay what they are.
fn cite(quote: &mut Vec<String>, number: u32) {
    let Some(last) = quote.last() else {
        return;
    };
    let line = last.lines().last().unwrap_or_default().trim_start();
    let is_block = line.starts_with(['|', '`', '~', '>']);
    let gap = if is_block { "\n\n" } else { " " };
    quote.push(format!("{gap}[{number}]"));
}

/// The best passage, and a further one where it covers what the best leaves open.
fn chosen(found: &Retrieved) -> Vec<&Hit> {
    let Some(best) = found.hits.first() else {
        return Vec::new();
    };
    let mut chosen = vec![best];
    let is_whole =
        found.is_literal() || found.index.passage(best.passage).kind == KnowledgeKind::Qa;
    if is_whole {
        return chosen;
    }
    let mut covered = best.matched;
    for hit in found.hits.iter().skip(1) {
        let adds = found.share(hit.matched & !covered);
        if chosen.len() < MOST_QUOTES && hit.score >= CLOSE * best.score && adds >= ADDS {
            covered |= hit.matched;
            chosen.push(hit);
        }
    }
    chosen
}
