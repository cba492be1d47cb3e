//! Words of a text: letters and digits in lower case; Chinese, Japanese and Korean as pairs of characters,
//! because they are written without spaces or with endings that stick to the word.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer runs of letters are no words anybody asks for: keys, hashes, encoded data.
const LONGEST_WORD: usize = 64;

/// Calls `found` for each word, in order, in lower case and compatibility-normalised, diacritics kept.
pub(super) fn each(text: &str, mut found: impl FnMut(&str)) {
    let text: Cow<'_, str> = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfkc().collect())
    };
    let mut word = String::new();
    let mut pair = Pair::default();
    for character in text.chars() {
        if is_unspaced(character) {
            flush(&mut word, &mut found);
            pair.push(character, &mut found);
            continue;
        }
        pair.end(&mut found);
        if character.is_alphanumeric() || is_combining_mark(character) {
            word.extend(character.to_lowercase());
        } else {
            flush(&mut word, &mut found);
        }
    }
    pair.end(&mut found);
    flush(&mut word, &mut found);
}

fn flush(word: &mut String, found: &mut impl FnMut(&str)) {
    if !word.is_empty() && word.len() <= LONGEST_WORD {
        found(word);
    }
    word.clear();
}

/// Overlapping pairs of a run of unspaced characters; one that stands alone is a word.
#[derive(Default)]
struct Pair {
    last: Option<char>,
    alone: bool,
}

impl Pair {
    fn push(&mut self, character: char, found: &mut impl FnMut(&str)) {
        if let Some(last) = self.last {
            found(String::from_iter([last, character]).as_str());
        }
        self.alone = self.last.is_none();
        self.last = Some(character);
    }

    fn end(&mut self, found: &mut impl FnMut(&str)) {
        if let Some(last) = self.last.take()
            && self.alone
        {
            found(last.encode_utf8(&mut [0; 4]));
        }
    }
}

/// Han, Hiragana, Katakana and Hangul.
const fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{3005}' | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// Without diacritics, so that "reservation" finds "réservation".
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let mut folded = String::with_capacity(word.len());
    for character in word
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
    {
        match character {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    // Decomposed Hangul is put together again, so that a folded word stays a word of the same script.
    folded.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::{each, fold};

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each(text, |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn words_are_cut_at_everything_but_letters_and_digits() {
        assert_eq!(
            words("PARLANCE_LLM_MODEL isn't v2.0"),
            ["parlance", "llm", "model", "isn", "t", "v2", "0"]
        );
        assert_eq!(words("l'Été à Ålesund"), ["l", "été", "à", "ålesund"]);
    }

    #[test]
    fn unspaced_scripts_become_pairs() {
        assert_eq!(words("営業時間"), ["営業", "業時", "時間"]);
        assert_eq!(words("我 ok 你们"), ["我", "ok", "你们"]);
        assert_eq!(words("환불 정책"), ["환불", "정책"]);
    }

    #[test]
    fn full_width_forms_are_their_plain_selves() {
        assert_eq!(words("ＡＢＣ１２"), ["abc12"]);
    }

    #[test]
    fn diacritics_fold() {
        assert_eq!(fold("réservation"), "reservation");
        assert_eq!(fold("größe"), "grosse");
        assert_eq!(fold("정책"), "정책");
    }
}
