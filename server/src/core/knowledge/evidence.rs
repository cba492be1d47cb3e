//! How much of a question a passage really speaks of. Words scattered over the rows of a table do not belong
//! together, and those of a program are no statement.

use super::index::{SiteIndex, Term};
use super::markdown::{self, BlockKind};

/// What a word counts that only a block of code has.
const CODE_QUALITY: f32 = 0.4;

/// Whether a passage has more than prose and lists, so that its words need a closer look.
pub(super) fn is_mixed(index: &SiteIndex, passage: usize) -> bool {
    let content = &index.passage(passage).content;
    content.contains('|') || content.contains("```") || content.contains("~~~")
}

/// The share of the terms' weight, 0 to 1, in the passage's headings and prose, in its most fitting row, and,
/// for less, in its code.
pub(super) fn share(index: &SiteIndex, passage: usize, terms: &[Term]) -> f32 {
    let text = index.passage(passage);
    let mut said = Qualities::new(terms);
    said.read(index, passage, &text.heading, 1.0);
    said.read(index, passage, &text.title, 1.0);
    let mut rows: Vec<String> = Vec::new();
    for block in markdown::blocks(&text.content) {
        match block.kind {
            BlockKind::Code => said.read(index, passage, &block.text, CODE_QUALITY),
            BlockKind::Table => rows.extend(block.text.lines().map(str::to_owned)),
            BlockKind::Paragraph | BlockKind::List | BlockKind::Quote => {
                said.read(index, passage, &block.text, 1.0);
            }
        }
    }
    let with_row = |row: &String| {
        let mut with = said.clone();
        with.read(index, passage, row, 1.0);
        with.share()
    };
    rows.iter().map(with_row).fold(said.share(), f32::max)
}

/// Per term how well it is met.
#[derive(Clone)]
struct Qualities<'a> {
    terms: &'a [Term],
    met: Vec<f32>,
}

impl<'a> Qualities<'a> {
    fn new(terms: &'a [Term]) -> Self {
        Self {
            terms,
            met: vec![0.0; terms.len()],
        }
    }

    fn read(&mut self, index: &SiteIndex, passage: usize, text: &str, quality: f32) {
        index.each_term(passage, text, |found| {
            for (term, met) in self.terms.iter().zip(&mut self.met) {
                let alternative = term.alternatives.iter().find(|one| one.term == found);
                if let Some(alternative) = alternative {
                    *met = met.max(alternative.quality * quality);
                }
            }
        });
    }

    fn share(&self) -> f32 {
        let all: f32 = self.terms.iter().map(|term| term.weight).sum();
        let pairs = self.terms.iter().zip(&self.met);
        let met: f32 = pairs.map(|(term, met)| term.weight * met).sum();
        if all > 0.0 { met / all } else { 0.0 }
    }
}
