//! Words that carry little of a question's meaning, whatever the texts are about, and signs that a question goes
//! on from the one before. All are written without diacritics and compared so.

use super::language::Language;
use super::words;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What such a word counts beside a telling one.
pub(super) const WEAK_WEIGHT: f32 = 0.15;

const WEAK: &[(Language, &str)] = &[
    (
        Language::English,
        "whats hows wheres whos whens im ive id dont doesnt cant isnt wont didnt arent able actually against already always anyone anything around ask available behind bring come could currently default describe does else error even
        ever every exactly explain find first get give go going good got happen happening happens hello help hey hi info information inside introduce issue item
        items know let like long look looking lot made make many may maybe mean meaning means might much near need new now number ok okay one outside
        per please policies policy possible problem product products question questions really run same say second see show someone something soon still stuff sure take tell
        thank thanks thing things today together understand us use used using want wanted way well within without wonder wondering work
        working works would yes another",
    ),
    (
        Language::German,
        "bekomme bekommen bitte brauche brauchen danke eigentlich erklaren euch eure eurer frage fragen gehe geht gern gerne gibt habt hallo hast
        heute hilfe info informationen jetzt komme kommen konnen konnt konnte konnten lange machen macht mal mochte mochten moglich sagen
        seid uhr uhrzeit viel viele wann warum welche wer wieso wissen wurde",
    ),
    (
        Language::French,
        "aide aider aimerais aller avoir bonjour combien comment dire elle elles est faire faut heure il ils information informations infos
        merci mettre peut peux plait possible pourquoi pouvez prendre puis quand quel quelle quelles quels question questions salut savoir svp
        trouver venir veux voudrais y a t",
    ),
    (
        Language::Spanish,
        "ayuda como cual cuales cuando cuanta cuanto cuantos decir donde favor gracias hacer hay hola hora informacion ir necesito pregunta
        preguntas puede pueden puedo quiero quisiera saber tener tengo tiene tienen venir",
    ),
];

static WEAK_WORDS: LazyLock<HashMap<Language, HashSet<&'static str>>> = LazyLock::new(|| {
    WEAK.iter()
        .map(|(language, words)| (*language, words.split_whitespace().collect()))
        .collect()
});

/// Beginnings of a question that goes on from the one before.
const CONTINUATIONS: &[&str] = &[
    "and",
    "also",
    "but",
    "how about",
    "or",
    "then",
    "what about",
    "what if",
    "und",
    "auch",
    "aber",
    "was ist mit",
    "wie sieht es mit",
    "oder",
    "et",
    "aussi",
    "mais",
    "qu en est il",
    "ou",
    "y",
    "tambien",
    "pero",
    "que pasa con",
    "o",
];

/// Words that stand for something said before.
const REFERENCES: &str = "it its that this they them those these there one das dies diese es sie dafur damit davon ca cela ceci eso esto";

/// Words that ask what something is.
const INTRODUCTIONS: &str = "what who about tell explain describe introduce was wer erklar erklare uber que quoi qui quien sobre";

/// Words that stand for the site itself where nothing was spoken of before.
const STANDING_FOR_IT: &str =
    "it this that you your du ihr sie es dies ca vous tu eso esto usted ustedes";

/// Whether a question asks what the site itself is, without a name.
pub(super) fn asks_what_it_is(plain: &str) -> bool {
    let has = |list: &str| {
        let mut words = plain.split(' ');
        words.any(|word| list.split(' ').any(|listed| listed == word))
    };
    has(INTRODUCTIONS) && has(STANDING_FOR_IT)
}

/// Endings of the same word that is listed without.
const ENDINGS: [&str; 4] = ["s", "es", "ed", "ing"];

pub(super) fn is_weak(folded: &str, languages: &[Language]) -> bool {
    let mut listed = languages
        .iter()
        .filter_map(|language| WEAK_WORDS.get(language));
    let stem = |words: &HashSet<&str>| {
        let mut stems = ENDINGS.iter().filter_map(|end| folded.strip_suffix(end));
        stems.any(|stem| words.contains(stem))
    };
    listed.any(|words| words.contains(folded) || stem(words))
}

/// The words of a text, folded and joined by single spaces.
pub(in crate::core) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    words::each(text, |word| {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(&words::fold(word));
    });
    plain
}

/// Whether a question reads as going on from the one before.
pub(super) fn continues(plain: &str) -> bool {
    CONTINUATIONS.iter().any(|start| {
        plain
            .strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

/// Whether a question points at something it does not name.
pub(super) fn refers(plain: &str) -> bool {
    plain
        .split(' ')
        .any(|word| REFERENCES.split(' ').any(|reference| reference == word))
}

#[cfg(test)]
mod tests {
    use super::{asks_what_it_is, continues, plain, refers};

    #[test]
    fn questions_that_go_on_are_told_from_others() {
        assert!(continues(&plain("And on weekends?")));
        assert!(continues(&plain("What about Sundays?")));
        assert!(continues(&plain("Und am Wochenende?")));
        assert!(!continues(&plain("Android app?")));
        assert!(refers(&plain("How much does it cost?")));
        assert!(!refers(&plain("How much does shipping cost?")));
    }

    #[test]
    fn questions_about_the_site_itself_are_told_from_others() {
        assert!(asks_what_it_is(&plain("What is this?")));
        assert!(asks_what_it_is(&plain("Who are you?")));
        assert!(asks_what_it_is(&plain("Wer seid ihr?")));
        assert!(!asks_what_it_is(&plain("How are you?")));
        assert!(!asks_what_it_is(&plain("What are tents?")));
    }
}
