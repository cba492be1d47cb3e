//! Words that carry little of a question's meaning, whatever the texts are about. They are written without
//! diacritics and compared so.

use super::language::Language;
use super::words;

/// What such a word counts beside a telling one.
pub(super) const WEAK_WEIGHT: f32 = 0.2;

const WEAK: &[(Language, &[&str])] = &[
    (
        Language::English,
        &[
            "able",
            "anyone",
            "anything",
            "ask",
            "could",
            "does",
            "else",
            "ever",
            "explain",
            "find",
            "get",
            "give",
            "going",
            "got",
            "hello",
            "help",
            "hey",
            "hi",
            "info",
            "information",
            "know",
            "let",
            "like",
            "long",
            "look",
            "looking",
            "lot",
            "many",
            "may",
            "maybe",
            "might",
            "much",
            "need",
            "now",
            "ok",
            "okay",
            "one",
            "please",
            "possible",
            "question",
            "questions",
            "really",
            "say",
            "see",
            "show",
            "someone",
            "something",
            "soon",
            "sure",
            "take",
            "tell",
            "thank",
            "thanks",
            "thing",
            "things",
            "today",
            "understand",
            "us",
            "use",
            "used",
            "using",
            "want",
            "wanted",
            "way",
            "well",
            "wonder",
            "wondering",
            "would",
            "yes",
        ],
    ),
    (
        Language::German,
        &[
            "bekomme",
            "bitte",
            "brauche",
            "danke",
            "eigentlich",
            "erklaren",
            "frage",
            "fragen",
            "gerne",
            "gern",
            "geht",
            "gibt",
            "hallo",
            "heute",
            "hilfe",
            "info",
            "informationen",
            "jetzt",
            "konnen",
            "konnt",
            "konnte",
            "konnten",
            "lange",
            "mal",
            "mochte",
            "mochten",
            "moglich",
            "sagen",
            "viel",
            "viele",
            "wann",
            "welche",
            "wissen",
            "wieso",
            "warum",
            "wer",
            "wurde",
        ],
    ),
    (
        Language::French,
        &[
            "aide",
            "aider",
            "aimerais",
            "bonjour",
            "combien",
            "comment",
            "dire",
            "est",
            "faire",
            "faut",
            "information",
            "informations",
            "infos",
            "merci",
            "peut",
            "peux",
            "plait",
            "pourquoi",
            "possible",
            "pouvez",
            "puis",
            "quand",
            "quel",
            "quelle",
            "quelles",
            "quels",
            "question",
            "questions",
            "salut",
            "savoir",
            "svp",
            "trouver",
            "veux",
            "voudrais",
        ],
    ),
    (
        Language::Spanish,
        &[
            "ayuda",
            "como",
            "cual",
            "cuales",
            "cuando",
            "cuanto",
            "cuanta",
            "cuantos",
            "decir",
            "donde",
            "favor",
            "gracias",
            "hacer",
            "hola",
            "informacion",
            "necesito",
            "pregunta",
            "preguntas",
            "puede",
            "pueden",
            "puedo",
            "quiero",
            "quisiera",
            "saber",
            "tengo",
        ],
    ),
];

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
const REFERENCES: &[&str] = &[
    "it", "its", "that", "this", "they", "them", "those", "these", "there", "one", "das", "dies",
    "diese", "es", "sie", "dafur", "damit", "davon", "ca", "cela", "ceci", "eso", "esto",
];

pub(super) fn is_weak(folded: &str, languages: &[Language]) -> bool {
    WEAK.iter()
        .filter(|(language, _)| languages.contains(language))
        .any(|(_, words)| words.contains(&folded))
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
    plain.split(' ').any(|word| REFERENCES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::{continues, plain, refers};

    #[test]
    fn questions_that_go_on_are_told_from_others() {
        assert!(continues(&plain("And on weekends?")));
        assert!(continues(&plain("What about Sundays?")));
        assert!(continues(&plain("Und am Wochenende?")));
        assert!(!continues(&plain("Android app?")));
        assert!(refers(&plain("How much does it cost?")));
        assert!(!refers(&plain("How much does shipping cost?")));
    }
}
