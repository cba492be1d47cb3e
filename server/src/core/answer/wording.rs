//! What the built-in answerer says in its own words, per language.

use crate::core::knowledge::language::primary;
use shared::site::SiteSettings;

/// The sentences of one language.
#[derive(Debug)]
pub(in crate::core) struct Wording {
    pub language: &'static str,
    pub greeting: &'static str,
    pub thanks: &'static str,
    pub human: &'static str,
    pub unknown: &'static str,
    pub offer: &'static str,
    /// Before addresses to write to or call.
    pub contact: &'static str,
    /// To somebody who has left a message, while people are there.
    pub received: &'static str,
    pub received_while_closed: &'static str,
}

const WORDINGS: &[Wording] = &[
    Wording {
        language: "en",
        greeting: "Hello! What would you like to know?",
        thanks: "You're welcome! If anything else comes up, just ask.",
        human: "Of course. Choose “Talk to a human” in this chat and a person will join here.",
        unknown: "I don't have an answer to that in what I know about this site.",
        offer: "You can rephrase your question, or choose “Talk to a human” and a person will help you here.",
        contact: "You can also reach us directly:",
        received: "Thanks for reaching out! We'll get back to you soon.",
        received_while_closed: "Thanks for reaching out! We are closed at the moment and will get back to you as soon as we are open again.",
    },
    Wording {
        language: "de",
        greeting: "Hallo! Was möchten Sie wissen?",
        thanks: "Gern geschehen! Wenn noch etwas ist, fragen Sie einfach.",
        human: "Natürlich. Wählen Sie in diesem Chat „Mit einem Menschen sprechen“, dann meldet sich hier eine Person.",
        unknown: "Darauf habe ich in meinem Wissen über diese Website keine Antwort.",
        offer: "Sie können anders fragen, oder Sie wählen „Mit einem Menschen sprechen“, dann hilft Ihnen hier eine Person.",
        contact: "Sie erreichen uns auch direkt:",
        received: "Vielen Dank für Ihre Nachricht! Wir melden uns bald.",
        received_while_closed: "Vielen Dank für Ihre Nachricht! Wir haben gerade geschlossen und melden uns, sobald wir wieder da sind.",
    },
    Wording {
        language: "fr",
        greeting: "Bonjour ! Que souhaitez-vous savoir ?",
        thanks: "Avec plaisir ! Si vous avez une autre question, n'hésitez pas.",
        human: "Bien sûr. Choisissez « Parler à une personne » dans ce chat et quelqu'un vous répondra ici.",
        unknown: "Je n'ai pas de réponse à cette question dans ce que je sais de ce site.",
        offer: "Vous pouvez reformuler votre question, ou choisir « Parler à une personne » et quelqu'un vous aidera ici.",
        contact: "Vous pouvez aussi nous joindre directement :",
        received: "Merci pour votre message ! Nous vous répondrons bientôt.",
        received_while_closed: "Merci pour votre message ! Nous sommes fermés en ce moment et vous répondrons dès la réouverture.",
    },
    Wording {
        language: "es",
        greeting: "¡Hola! ¿Qué le gustaría saber?",
        thanks: "¡De nada! Si tiene otra pregunta, aquí estoy.",
        human: "Por supuesto. Elija «Hablar con una persona» en este chat y alguien le responderá aquí.",
        unknown: "No tengo una respuesta a eso en lo que sé de este sitio.",
        offer: "Puede formular la pregunta de otra manera, o elegir «Hablar con una persona» y alguien le ayudará aquí.",
        contact: "También puede contactarnos directamente:",
        received: "¡Gracias por escribirnos! Le responderemos pronto.",
        received_while_closed: "¡Gracias por escribirnos! Ahora mismo estamos cerrados y le responderemos en cuanto volvamos a abrir.",
    },
];

impl Wording {
    /// In the visitor's language, else the site's, else English.
    pub(in crate::core) fn of(settings: &SiteSettings, locale: Option<&str>) -> &'static Self {
        let known = |tag: &str| {
            WORDINGS
                .iter()
                .find(|wording| wording.language.eq_ignore_ascii_case(primary(tag)))
        };
        locale
            .and_then(known)
            .or_else(|| known(&settings.language))
            .unwrap_or(&WORDINGS[0])
    }
}

/// A list of the site's own addresses, where it has any.
pub(super) fn contacts(settings: &SiteSettings) -> Option<String> {
    let lines: Vec<String> = [
        &settings.contact_email,
        &settings.contact_phone,
        &settings.contact_url,
    ]
    .into_iter()
    .filter(|value| !value.trim().is_empty())
    .map(|value| format!("- {}", value.trim()))
    .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::Wording;
    use shared::site::SiteSettings;

    #[test]
    fn the_visitors_language_goes_before_the_sites() {
        let mut settings = SiteSettings::default();
        assert_eq!(Wording::of(&settings, None).language, "en");
        assert_eq!(Wording::of(&settings, Some("fr-CA")).language, "fr");
        assert_eq!(Wording::of(&settings, Some("tlh")).language, "en");
        settings.language = "de".into();
        assert_eq!(Wording::of(&settings, None).language, "de");
        assert_eq!(Wording::of(&settings, Some("tlh")).language, "de");
        assert_eq!(Wording::of(&settings, Some("fr")).language, "fr");
    }
}
