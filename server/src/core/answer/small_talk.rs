//! What is no question about the site: greetings, thanks, and asking for a person.

use crate::core::knowledge::plain;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmallTalk {
    Greeting,
    Thanks,
    /// Wants a person.
    Human,
}

/// A text made of these words only is a greeting. All lists are written without diacritics.
const GREETINGS: &str = "hi hello hey hiya yo howdy greetings good morning afternoon evening day there hallo moin servus guten tag morgen abend
    gruss gott bonjour bonsoir salut coucou hola buenos buenas dias tardes noches";
const THANKS: &str = "thanks thank you thx ty cheers so very much a lot great perfect cool ok okay bye goodbye danke dankeschon vielen dank schon
    sehr super tschuss merci beaucoup bien parfait gracias muchas perfecto adios";
/// A text of thanks has at least one of these.
const THANKING: &str =
    "thanks thank thx ty cheers bye goodbye danke dankeschon dank tschuss merci gracias adios";
const PERSONS: &str = "human humans person agent someone somebody operator representative rep staff employee mensch menschen mitarbeiter
    mitarbeiterin berater jemand jemandem jemanden humain personne conseiller conseillere quelqu humano persona agente operador alguien";
const SPEAKING: &str = "talk speak chat connect contact reach call transfer handover sprechen reden verbinden kontaktieren erreichen parler joindre
    contacter discuter hablar contactar comunicar comunicarme";
const SELF: &str =
    "i me us we ich mich mir wir je moi nous puis quiero puedo quisiera necesito yo comunicarme";
/// Words that beside a person make up nothing but the wish for one.
const WISHING: &str = "a an the real live please now i need want get me to with customer support service bitte ein einen einem echten jetzt mit ich
    will mochte un une svp s il vous plait una por favor con";
const LONGEST_WISH: usize = 14;

impl SmallTalk {
    pub(super) fn of(text: &str) -> Option<Self> {
        let plain = plain(text);
        let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
        // Every kind is short; most questions are through here.
        if words.is_empty() || words.len() > LONGEST_WISH {
            return None;
        }
        let all_in = |list: &str| words.iter().all(|word| is_in(list, word));
        let any_in = |list: &str| words.iter().any(|word| is_in(list, word));
        if all_in(GREETINGS) {
            return Some(Self::Greeting);
        }
        if any_in(THANKING) && all_in(THANKS) {
            return Some(Self::Thanks);
        }
        if !any_in(PERSONS) {
            return None;
        }
        let asks = any_in(SPEAKING) && any_in(SELF);
        let real = words
            .windows(2)
            .any(|pair| pair[0] == "real" && is_in(PERSONS, pair[1]));
        let nothing_else = words.iter().all(|word| {
            [PERSONS, SPEAKING, WISHING]
                .iter()
                .any(|list| is_in(list, word))
        });
        (asks || real || nothing_else).then_some(Self::Human)
    }
}

fn is_in(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == word)
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
            "My agent is offline",
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
