//! What the built-in answerer says in its own words, per language.

use crate::core::knowledge::language::primary;
use shared::site::SiteSettings;

/// The sentences of one language.
#[derive(Debug)]
pub(super) struct Wording {
    pub language: &'static str,
    pub greeting: &'static str,
    pub thanks: &'static str,
    pub human: &'static str,
    pub unknown: &'static str,
    pub offer: &'static str,
    /// Before addresses to write to or call.
    pub contact: &'static str,
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
    },
    Wording {
        language: "de",
        greeting: "Hallo! Was möchten Sie wissen?",
        thanks: "Gern geschehen! Wenn noch etwas ist, fragen Sie einfach.",
        human: "Natürlich. Wählen Sie in diesem Chat „Mit einem Menschen sprechen“, dann meldet sich hier eine Person.",
        unknown: "Darauf habe ich in meinem Wissen über diese Website keine Antwort.",
        offer: "Sie können anders fragen, oder Sie wählen „Mit einem Menschen sprechen“, dann hilft Ihnen hier eine Person.",
        contact: "Sie erreichen uns auch direkt:",
    },
    Wording {
        language: "fr",
        greeting: "Bonjour ! Que souhaitez-vous savoir ?",
        thanks: "Avec plaisir ! Si vous avez une autre question, n'hésitez pas.",
        human: "Bien sûr. Choisissez « Parler à une personne » dans ce chat et quelqu'un vous répondra ici.",
        unknown: "Je n'ai pas de réponse à cette question dans ce que je sais de ce site.",
        offer: "Vous pouvez reformuler votre question, ou choisir « Parler à une personne » et quelqu'un vous aidera ici.",
        contact: "Vous pouvez aussi nous joindre directement :",
    },
    Wording {
        language: "es",
        greeting: "¡Hola! ¿Qué le gustaría saber?",
        thanks: "¡De nada! Si tiene otra pregunta, aquí estoy.",
        human: "Por supuesto. Elija «Hablar con una persona» en este chat y alguien le responderá aquí.",
        unknown: "No tengo una respuesta a eso en lo que sé de este sitio.",
        offer: "Puede formular la pregunta de otra manera, o elegir «Hablar con una persona» y alguien le ayudará aquí.",
        contact: "También puede contactarnos directamente:",
    },
];

impl Wording {
    /// In the site's language, else the visitor's, else English.
    pub(super) fn of(settings: &SiteSettings, locale: Option<&str>) -> &'static Self {
        let tags = [settings.language.as_str(), locale.unwrap_or_default()];
        let tag = tags.into_iter().find(|tag| !tag.is_empty()).unwrap_or("en");
        let known = |tag: &str| {
            WORDINGS
                .iter()
                .find(|wording| wording.language.eq_ignore_ascii_case(primary(tag)))
        };
        known(tag).unwrap_or(&WORDINGS[0])
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
    fn the_sites_language_goes_before_the_visitors() {
        let mut settings = SiteSettings::default();
        assert_eq!(Wording::of(&settings, None).language, "en");
        assert_eq!(Wording::of(&settings, Some("fr-CA")).language, "fr");
        assert_eq!(Wording::of(&settings, Some("tlh")).language, "en");
        settings.language = "de".into();
        assert_eq!(Wording::of(&settings, Some("fr")).language, "de");
    }
}
