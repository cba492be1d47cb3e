//! Quotes from a passage what answers a question: whole sentences, lists, tables and blocks of code, in the
//! order in which they are written.

use crate::core::knowledge::index::{SiteIndex, Term};
use crate::core::knowledge::markdown::{self, BlockKind};
use crate::core::knowledge::retrieve::{Hit, Retrieved};
use unicode_segmentation::UnicodeSegmentation;

/// Sentences or blocks one quote may have, and characters after which no more are added.
const MOST_SEGMENTS: usize = 5;
const ENOUGH_CHARS: usize = 600;
/// A sentence counts when it has at least this share of what the best one has.
const WORTHWHILE: f32 = 0.5;
/// From this share of the covered words on, a heading says that the section as a whole is the answer.
const HEADING_SHARE: f32 = 0.7;
/// A shorter sentence is not understood without its neighbour.
const SHORT_CHARS: usize = 60;
/// A passage this short is quoted whole: it was written to be read so.
const WHOLE_CHARS: usize = 300;
/// A block of code answers by what introduces it; its own words say little.
const CODE_SHARE: f32 = 0.4;
/// Longer lists and tables are quoted by the lines that matter, where one has this share of what is asked.
const LONG_BLOCK_CHARS: usize = 500;
const LINE_SHARE: f32 = 0.4;

/// Ends that look like the end of a sentence and are none.
const ABBREVIATIONS: &[&str] = &[
    "e.g.", "i.e.", "etc.", "vs.", "approx.", "no.", "mr.", "mrs.", "dr.", "st.", "z.b.", "z. b.",
    "d.h.", "d. h.", "bzw.", "usw.", "ca.", "nr.", "inkl.", "evtl.", "p.ex.", "p. ex.", "env.",
    "ej.", "p.ej.", "aprox.", "sr.", "sra.", "ud.",
];
/// Beginnings that lean on the sentence before.
const LEANING: &[&str] = &[
    "it ",
    "this ",
    "that ",
    "they ",
    "these ",
    "those ",
    "however",
    "then ",
    "otherwise",
    "in that case",
    "if so",
    "es ",
    "dies",
    "sie ",
    "dann ",
    "sonst",
    "allerdings",
    "il ",
    "elle ",
    "cela ",
    "ils ",
    "sinon",
    "esto ",
    "eso ",
    "entonces",
];

/// A sentence, or a block that is only quoted whole.
#[derive(Debug)]
struct Segment {
    text: String,
    /// Number of the block it is from.
    block: usize,
    is_sentence: bool,
    /// Weight of the question's words in it.
    score: f32,
}

/// What a passage says about the question, as Markdown in pieces that can be shown one after another.
/// Joined they are the quote.
pub(super) fn quote(found: &Retrieved, hit: &Hit) -> Vec<String> {
    let reader = Reader {
        index: &found.index,
        terms: &found.terms,
        passage: hit.passage,
    };
    let passage = found.index.passage(hit.passage);
    let mut segments = segments(&passage.content, &reader);
    let heading = reader.score(&format!("{} {}", passage.heading, passage.title));
    let all = reader.score(&format!(
        "{} {} {}",
        passage.heading, passage.title, passage.content
    ));
    let best = segments
        .iter()
        .map(|segment| segment.score)
        .fold(0.0, f32::max);
    let chosen = if segments.is_empty() {
        Vec::new()
    } else if passage.content.chars().count() <= WHOLE_CHARS {
        (0..segments.len()).collect()
    } else if best == 0.0 || found.is_literal() || (all > 0.0 && heading >= HEADING_SHARE * all) {
        opening(&segments)
    } else {
        telling(&segments, best)
    };
    for number in &chosen {
        let segment = &mut segments[*number];
        if !segment.is_sentence && segment.text.chars().count() > LONG_BLOCK_CHARS {
            segment.text = reader.lines_that_matter(&segment.text);
        }
    }
    join(&segments, &chosen)
}

struct Reader<'a> {
    index: &'a SiteIndex,
    terms: &'a [Term],
    passage: usize,
}

impl Reader<'_> {
    /// The summed weight of the question's words that occur in a text of the passage, each counted once.
    fn score(&self, text: &str) -> f32 {
        let mut matched = vec![false; self.terms.len()];
        self.index.each_term(self.passage, text, |found| {
            for (term, matched) in self.terms.iter().zip(&mut matched) {
                *matched |= term.has(found);
            }
        });
        self.terms
            .iter()
            .zip(matched)
            .filter(|(_, matched)| *matched)
            .map(|(term, _)| term.weight)
            .sum()
    }

    /// Of a long list or table the lines with the question's words, below the head of a table.
    fn lines_that_matter(&self, text: &str) -> String {
        let is_table = text.trim_start().starts_with('|');
        let is_code = text.starts_with(['`', '~']);
        let head = if is_table { 2 } else { 0 };
        let scores: Vec<f32> = text.lines().map(|line| self.score(line)).collect();
        let best = scores.iter().skip(head).copied().fold(0.0, f32::max);
        let asked: f32 = self.terms.iter().map(|term| term.weight).sum();
        if best < LINE_SHARE * asked {
            return text.to_owned();
        }
        let mut kept: Vec<&str> = Vec::new();
        let mut keeping = false;
        for (number, line) in text.lines().enumerate() {
            let begins = !line.starts_with([' ', '\t']);
            if number < head || is_code {
                kept.push(line);
                continue;
            }
            if begins {
                keeping = scores[number] >= best * WORTHWHILE;
            }
            if keeping {
                kept.push(line);
            }
        }
        if kept.len() <= head {
            return text.to_owned();
        }
        kept.join("\n")
    }
}

fn segments(content: &str, reader: &Reader<'_>) -> Vec<Segment> {
    let mut segments = Vec::new();
    for (number, block) in markdown::blocks(content).into_iter().enumerate() {
        let texts = match block.kind {
            BlockKind::Paragraph => sentences(&block.text),
            _ => vec![block.text],
        };
        segments.extend(texts.into_iter().map(|text| Segment {
            score: reader.score(&text)
                * if block.kind == BlockKind::Code {
                    CODE_SHARE
                } else {
                    1.0
                },
            block: number,
            is_sentence: block.kind == BlockKind::Paragraph,
            text,
        }));
    }
    segments
}

/// The sentences of a paragraph. What ends in an abbreviation goes on.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for part in text.split_sentence_bounds() {
        match sentences.last_mut() {
            Some(last) if goes_on(last) => last.push_str(part),
            _ => sentences.push(part.to_owned()),
        }
    }
    for sentence in &mut sentences {
        sentence.truncate(sentence.trim_end().len());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn goes_on(sentence: &str) -> bool {
    // A line break inside a paragraph is only how it was wrapped.
    if !sentence
        .trim_end()
        .ends_with(['.', '!', '?', '…', '。', '！', '？', ':'])
    {
        return true;
    }
    let lower = sentence.trim_end().to_lowercase();
    let open = sentence.matches('`').count() % 2 == 1;
    open || ABBREVIATIONS.iter().any(|end| lower.ends_with(end))
}

/// The beginning of a section that is the answer as a whole.
fn opening(segments: &[Segment]) -> Vec<usize> {
    let mut chosen = Vec::new();
    let mut characters = 0;
    for (number, segment) in segments.iter().enumerate() {
        let introduced = number > 0 && segments[number - 1].text.ends_with(':');
        let full = chosen.len() >= MOST_SEGMENTS
            || characters + segment.text.chars().count() > ENOUGH_CHARS;
        if !chosen.is_empty() && full && !introduced {
            break;
        }
        characters += segment.text.chars().count();
        chosen.push(number);
    }
    chosen
}

/// The sentences with most of the question's words, and what they need to be understood.
fn telling(segments: &[Segment], best: f32) -> Vec<usize> {
    let mut ranked: Vec<usize> = (0..segments.len())
        .filter(|number| segments[*number].score >= best * WORTHWHILE)
        .collect();
    ranked.sort_by(|a, b| {
        segments[*b]
            .score
            .total_cmp(&segments[*a].score)
            .then(a.cmp(b))
    });
    let mut chosen: Vec<usize> = Vec::new();
    let mut characters = 0;
    for number in ranked {
        let group = with_neighbours(segments, number);
        let new: usize = group
            .iter()
            .filter(|number| !chosen.contains(number))
            .map(|number| segments[*number].text.chars().count())
            .sum();
        let full = chosen.len() + group.len() > MOST_SEGMENTS || characters + new > ENOUGH_CHARS;
        if !chosen.is_empty() && full {
            continue;
        }
        characters += new;
        chosen.extend(group);
        chosen.sort_unstable();
        chosen.dedup();
    }
    chosen
}

fn with_neighbours(segments: &[Segment], number: usize) -> Vec<usize> {
    let segment = &segments[number];
    let mut group = vec![number];
    if number > 0 {
        let before = &segments[number - 1];
        let introduced = !segment.is_sentence && before.text.ends_with(':');
        let leans = segment.is_sentence && before.block == segment.block && leans(&segment.text);
        if introduced || leans {
            group.push(number - 1);
        }
    }
    if let Some(after) = segments.get(number + 1) {
        let introduces = segment.text.ends_with(':');
        let short = segment.is_sentence
            && after.is_sentence
            && after.block == segment.block
            && segment.text.chars().count() < SHORT_CHARS;
        if introduces || short {
            group.push(number + 1);
        }
    }
    group
}

fn leans(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    LEANING.iter().any(|start| lower.starts_with(start))
}

fn join(segments: &[Segment], chosen: &[usize]) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut last: Option<usize> = None;
    for number in chosen {
        let segment = &segments[*number];
        let gap = match last {
            None => "",
            Some(block) if block == segment.block => " ",
            Some(_) => "\n\n",
        };
        pieces.push(format!("{gap}{}", segment.text));
        last = Some(segment.block);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn sentences_are_whole() {
        assert_eq!(
            sentences("We ship e.g. Books. Returns are free. Version 2.0 costs 3.50 EUR!\nReally?"),
            [
                "We ship e.g. Books.",
                "Returns are free.",
                "Version 2.0 costs 3.50 EUR!",
                "Really?"
            ]
        );
        assert_eq!(
            sentences("A line that is\nwrapped here. And `a. B` code."),
            ["A line that is\nwrapped here.", "And `a. B` code."]
        );
    }
}
