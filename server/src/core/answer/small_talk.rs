//! What is no question about the site: greetings, thanks, and asking for a person.

use crate::core::knowledge::plain;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmallTalk {
    Greeting,
    Thanks,
    /// Wants a person.
    Human,
}

/// Each without diacritics; a text made of these words only is a greeting.
const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hiya",
    "yo",
    "howdy",
    "greetings",
    "good",
    "morning",
    "afternoon",
    "evening",
    "day",
    "there",
    "hallo",
    "hey",
    "moin",
    "servus",
    "guten",
    "tag",
    "morgen",
    "abend",
    "gruss",
    "gott",
    "bonjour",
    "bonsoir",
    "salut",
    "coucou",
    "hola",
    "buenos",
    "buenas",
    "dias",
    "tardes",
    "noches",
];
const THANKS: &[&str] = &[
    "thanks",
    "thank",
    "you",
    "thx",
    "ty",
    "cheers",
    "so",
    "very",
    "much",
    "a",
    "lot",
    "great",
    "perfect",
    "cool",
    "ok",
    "okay",
    "bye",
    "goodbye",
    "danke",
    "dankeschon",
    "vielen",
    "dank",
    "schon",
    "sehr",
    "super",
    "tschuss",
    "merci",
    "beaucoup",
    "bien",
    "parfait",
    "gracias",
    "muchas",
    "perfecto",
    "adios",
];
/// A text of thanks has at least one of these.
const THANKING: &[&str] = &[
    "thanks",
    "thank",
    "thx",
    "ty",
    "cheers",
    "bye",
    "goodbye",
    "danke",
    "dankeschon",
    "dank",
    "tschuss",
    "merci",
    "gracias",
    "adios",
];
const PERSONS: &[&str] = &[
    "human",
    "humans",
    "person",
    "agent",
    "someone",
    "somebody",
    "operator",
    "representative",
    "rep",
    "staff",
    "employee",
    "mensch",
    "menschen",
    "person",
    "mitarbeiter",
    "mitarbeiterin",
    "berater",
    "jemand",
    "jemandem",
    "jemanden",
    "humain",
    "personne",
    "conseiller",
    "conseillere",
    "quelqu",
    "humano",
    "persona",
    "agente",
    "operador",
    "alguien",
];
const SPEAKING: &[&str] = &[
    "talk",
    "speak",
    "chat",
    "connect",
    "contact",
    "reach",
    "call",
    "transfer",
    "handover",
    "sprechen",
    "reden",
    "verbinden",
    "kontaktieren",
    "erreichen",
    "parler",
    "joindre",
    "contacter",
    "discuter",
    "hablar",
    "contactar",
    "comunicar",
    "comunicarme",
];
const SELF: &[&str] = &[
    "i",
    "me",
    "us",
    "we",
    "ich",
    "mich",
    "mir",
    "wir",
    "je",
    "moi",
    "me",
    "nous",
    "puis",
    "quiero",
    "puedo",
    "quisiera",
    "necesito",
    "yo",
    "comunicarme",
];
/// Words beside a person that still make up nothing but the wish for one.
const SHORT_WISH: usize = 4;
const LONGEST_WISH: usize = 14;

impl SmallTalk {
    pub(super) fn of(text: &str) -> Option<Self> {
        let plain = plain(text);
        let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return None;
        }
        let all_in = |list: &[&str]| words.iter().all(|word| list.contains(word));
        let any_in = |list: &[&str]| words.iter().any(|word| list.contains(word));
        if all_in(GREETINGS) {
            return Some(Self::Greeting);
        }
        if any_in(THANKING) && all_in(THANKS) {
            return Some(Self::Thanks);
        }
        let asks = any_in(SPEAKING) && any_in(SELF) && words.len() <= LONGEST_WISH;
        let short = words.len() <= SHORT_WISH && !text.trim_end().ends_with('?');
        let real = words
            .windows(2)
            .any(|pair| pair == ["real", "person"] || pair == ["real", "human"]);
        if any_in(PERSONS) && (asks || short || real) {
            return Some(Self::Human);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::SmallTalk;

    #[test]
    fn wishes_for_a_person_are_told_from_questions_about_persons() {
        for text in [
            "Can I talk to a human?",
            "human please",
            "I want to speak with a real person",
            "Kann ich mit einem Menschen sprechen?",
            "Je voudrais parler à un conseiller",
            "Quiero hablar con una persona",
        ] {
            assert_eq!(SmallTalk::of(text), Some(SmallTalk::Human), "{text}");
        }
        for text in [
            "How does an operator take over a conversation?",
            "How many persons fit into a tent?",
            "What does the contact form send?",
            "How do I connect a model?",
        ] {
            assert_eq!(SmallTalk::of(text), None, "{text}");
        }
    }

    #[test]
    fn greetings_and_thanks_are_nothing_else() {
        assert_eq!(SmallTalk::of("Hello there!"), Some(SmallTalk::Greeting));
        assert_eq!(SmallTalk::of("Guten Tag"), Some(SmallTalk::Greeting));
        assert_eq!(SmallTalk::of("Thanks a lot!"), Some(SmallTalk::Thanks));
        assert_eq!(SmallTalk::of("Vielen Dank"), Some(SmallTalk::Thanks));
        assert_eq!(SmallTalk::of("Hello, what does it cost?"), None);
        assert_eq!(SmallTalk::of("Good evening dresses?"), None);
        assert_eq!(SmallTalk::of("so much"), None);
    }
}
