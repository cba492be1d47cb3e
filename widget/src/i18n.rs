//! Every word the panel itself says, by key, in each language.

use std::cell::Cell;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    German,
    French,
    Spanish,
}

impl Language {
    /// The language of a BCP 47 tag. None: one that the panel does not speak.
    pub fn of(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            "fr" => Some(Self::French),
            "es" => Some(Self::Spanish),
            _ => None,
        }
    }

    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }
}

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::English) };
}

pub fn set_language(language: Language) {
    LANGUAGE.set(language);
}

pub fn language() -> Language {
    LANGUAGE.get()
}

/// A text in the panel's language. A change of language builds the view anew, so this is not reactive.
pub fn text(key: Text) -> &'static str {
    let [english, german, french, spanish] = key.in_all_languages();
    match LANGUAGE.get() {
        Language::English => english,
        Language::German => german,
        Language::French => french,
        Language::Spanish => spanish,
    }
}

macro_rules! texts {
    ($($key:ident: $english:literal, $german:literal, $french:literal, $spanish:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Text { $($key),+ }

        impl Text {
            pub const ALL: &'static [Self] = &[$(Self::$key),+];

            const fn in_all_languages(self) -> [&'static str; 4] {
                match self {
                    $(Self::$key => [$english, $german, $french, $spanish]),+
                }
            }
        }
    };
}

texts! {
    Close: "Close chat", "Chat schließen", "Fermer la discussion", "Cerrar el chat";
    Menu: "More options", "Weitere Optionen", "Plus d’options", "Más opciones";
    Messages: "Messages", "Nachrichten", "Messages", "Mensajes";
    StatusAssistant: "Answers right away", "Antwortet sofort", "Répond tout de suite", "Responde al momento";
    StatusTeam: "We reply as soon as we can", "Wir antworten so bald wie möglich", "Nous répondons dès que possible", "Respondemos lo antes posible";
    StatusWaiting: "Waiting for a person", "Wartet auf einen Menschen", "En attente d’une personne", "Esperando a una persona";
    StatusOperator: "is talking with you", "spricht mit Ihnen", "discute avec vous", "está hablando contigo";
    StatusEnded: "Conversation ended", "Gespräch beendet", "Conversation terminée", "Conversación terminada";
    Assistant: "Assistant", "Assistent", "Assistant", "Asistente";
    Operator: "Support", "Support", "Assistance", "Soporte";
    You: "You", "Sie", "Vous", "Tú";
    Placeholder: "Ask a question…", "Stellen Sie eine Frage …", "Posez une question…", "Haz una pregunta…";
    PlaceholderPerson: "Write a message…", "Nachricht schreiben …", "Écrivez un message…", "Escribe un mensaje…";
    YourMessage: "Your message", "Ihre Nachricht", "Votre message", "Tu mensaje";
    Send: "Send message", "Nachricht senden", "Envoyer le message", "Enviar mensaje";
    CharactersLeft: "characters left", "Zeichen übrig", "caractères restants", "caracteres restantes";
    CharactersOver: "characters too many", "Zeichen zu viel", "caractères en trop", "caracteres de más";
    TalkToHuman: "Talk to a human", "Mit einem Menschen sprechen", "Parler à une personne", "Hablar con una persona";
    Ticket: "Ticket", "Ticket", "Ticket", "Ticket";
    ContactTitle: "How can we reach you?", "Wie erreichen wir Sie?", "Comment vous joindre ?", "¿Cómo te contactamos?";
    ContactHint: "So that our reply finds you even after you leave.", "Damit unsere Antwort Sie auch später erreicht.", "Pour que notre réponse vous parvienne même après votre départ.", "Para que nuestra respuesta te llegue aunque te vayas.";
    Name: "Name", "Name", "Nom", "Nombre";
    Email: "Email", "E-Mail", "E-mail", "Correo electrónico";
    Phone: "Phone", "Telefon", "Téléphone", "Teléfono";
    Save: "Save", "Speichern", "Enregistrer", "Guardar";
    NotNow: "Not now", "Nicht jetzt", "Pas maintenant", "Ahora no";
    ContactThanks: "Thank you. We know how to reach you.", "Danke. Wir wissen, wie wir Sie erreichen.", "Merci. Nous savons comment vous joindre.", "Gracias. Ya sabemos cómo contactarte.";
    ContactInvalid: "Please enter a valid email address or a phone number.", "Bitte geben Sie eine gültige E-Mail-Adresse oder Telefonnummer ein.", "Saisissez une adresse e-mail valide ou un numéro de téléphone.", "Introduce un correo válido o un número de teléfono.";
    ContactDetails: "Leave contact details", "Kontaktdaten hinterlassen", "Laisser vos coordonnées", "Dejar datos de contacto";
    Sending: "Sending…", "Wird gesendet …", "Envoi…", "Enviando…";
    Sent: "Sent", "Gesendet", "Envoyé", "Enviado";
    Seen: "Seen", "Gesehen", "Vu", "Visto";
    NotSent: "Not sent", "Nicht gesendet", "Non envoyé", "No enviado";
    Retry: "Retry", "Erneut senden", "Réessayer", "Reintentar";
    Edit: "Edit", "Bearbeiten", "Modifier", "Editar";
    ErrorNetwork: "No connection", "Keine Verbindung", "Pas de connexion", "Sin conexión";
    ErrorRate: "Too many messages, please wait a moment", "Zu viele Nachrichten, bitte kurz warten", "Trop de messages, patientez un instant", "Demasiados mensajes, espera un momento";
    ErrorBlocked: "You cannot send messages here.", "Sie können hier keine Nachrichten senden.", "Vous ne pouvez pas envoyer de messages ici.", "No puedes enviar mensajes aquí.";
    ErrorDisabled: "This chat is switched off at the moment.", "Dieser Chat ist derzeit ausgeschaltet.", "Cette discussion est désactivée pour le moment.", "Este chat está desactivado por ahora.";
    ErrorOther: "Something went wrong, please try again", "Etwas ging schief, bitte erneut versuchen", "Un problème est survenu, réessayez", "Algo salió mal, inténtalo de nuevo";
    Interrupted: "The answer broke off here.", "Die Antwort brach hier ab.", "La réponse s’est interrompue ici.", "La respuesta se cortó aquí.";
    Unavailable: "The assistant cannot answer right now.", "Der Assistent kann gerade nicht antworten.", "L’assistant ne peut pas répondre pour le moment.", "El asistente no puede responder ahora.";
    AskAgain: "Ask again", "Noch einmal fragen", "Reposer la question", "Preguntar de nuevo";
    Sources: "Sources", "Quellen", "Sources", "Fuentes";
    Source: "Source", "Quelle", "Source", "Fuente";
    OpenSource: "Open page", "Seite öffnen", "Ouvrir la page", "Abrir página";
    Helpful: "Helpful", "Hilfreich", "Utile", "Útil";
    NotHelpful: "Not helpful", "Nicht hilfreich", "Pas utile", "No es útil";
    ReasonPlaceholder: "What was missing? (optional)", "Was hat gefehlt? (freiwillig)", "Que manquait-il ? (facultatif)", "¿Qué faltó? (opcional)";
    Submit: "Send", "Senden", "Envoyer", "Enviar";
    Thanks: "Thank you!", "Danke!", "Merci !", "¡Gracias!";
    RateTitle: "How was this conversation?", "Wie war dieses Gespräch?", "Comment était cette conversation ?", "¿Qué tal la conversación?";
    Rate: "Rate this conversation", "Gespräch bewerten", "Évaluer la conversation", "Valorar la conversación";
    RateComment: "Anything to add? (optional)", "Möchten Sie etwas ergänzen? (freiwillig)", "Quelque chose à ajouter ? (facultatif)", "¿Algo que añadir? (opcional)";
    Score1: "Very bad", "Sehr schlecht", "Très mauvaise", "Muy mala";
    Score2: "Bad", "Schlecht", "Mauvaise", "Mala";
    Score3: "Okay", "In Ordnung", "Correcte", "Aceptable";
    Score4: "Good", "Gut", "Bonne", "Buena";
    Score5: "Very good", "Sehr gut", "Très bonne", "Muy buena";
    RateThanks: "Thank you for your rating.", "Danke für Ihre Bewertung.", "Merci pour votre évaluation.", "Gracias por tu valoración.";
    EndConversation: "End conversation", "Gespräch beenden", "Terminer la conversation", "Terminar la conversación";
    NewConversation: "New conversation", "Neues Gespräch", "Nouvelle conversation", "Nueva conversación";
    Ended: "This conversation has ended.", "Dieses Gespräch ist beendet.", "Cette conversation est terminée.", "Esta conversación ha terminado.";
    Reconnecting: "Connection lost. Reconnecting…", "Verbindung verloren. Neuer Versuch …", "Connexion perdue. Reconnexion…", "Conexión perdida. Reconectando…";
    Offline: "You are offline.", "Sie sind offline.", "Vous êtes hors ligne.", "Estás sin conexión.";
    Copy: "Copy", "Kopieren", "Copier", "Copiar";
    Copied: "Copied", "Kopiert", "Copié", "Copiado";
    LinkTitle: "Open this link?", "Diesen Link öffnen?", "Ouvrir ce lien ?", "¿Abrir este enlace?";
    LinkHint: "It leads to another website:", "Er führt zu einer anderen Website:", "Il mène à un autre site :", "Lleva a otro sitio web:";
    Open: "Open", "Öffnen", "Ouvrir", "Abrir";
    Cancel: "Cancel", "Abbrechen", "Annuler", "Cancelar";
    Earlier: "Show earlier messages", "Frühere Nachrichten zeigen", "Afficher les messages précédents", "Ver mensajes anteriores";
    Latest: "Latest messages", "Neueste Nachrichten", "Derniers messages", "Últimos mensajes";
    IsWriting: "is writing…", "schreibt …", "écrit…", "está escribiendo…";
    LoadFailed: "The chat could not be loaded.", "Der Chat konnte nicht geladen werden.", "La discussion n’a pas pu être chargée.", "No se pudo cargar el chat.";
    Reload: "Try again", "Noch einmal versuchen", "Réessayer", "Intentar de nuevo";
    Loading: "Loading…", "Wird geladen …", "Chargement…", "Cargando…";
    ContactPage: "Contact page", "Kontaktseite", "Page de contact", "Página de contacto";
    Website: "Website", "Website", "Site web", "Sitio web";
    Privacy: "Privacy", "Datenschutz", "Confidentialité", "Privacidad";
    Terms: "Terms", "Bedingungen", "Conditions", "Condiciones";
    Suggestions: "Suggested questions", "Vorgeschlagene Fragen", "Questions suggérées", "Preguntas sugeridas";
}

#[cfg(test)]
mod tests {
    use super::{Language, Text};

    #[test]
    fn languages_are_found_by_tag() {
        assert_eq!(Language::of("de-AT"), Some(Language::German));
        assert_eq!(Language::of("FR_ca"), Some(Language::French));
        assert_eq!(Language::of("xx"), None);
        for language in [
            Language::English,
            Language::German,
            Language::French,
            Language::Spanish,
        ] {
            assert_eq!(Language::of(language.tag()), Some(language));
        }
    }

    #[test]
    fn every_text_says_something_in_every_language() {
        for key in Text::ALL {
            assert!(
                key.in_all_languages()
                    .iter()
                    .all(|text| !text.trim().is_empty()),
                "{key:?}"
            );
        }
    }

    /// A text that nothing shows is dead weight for every visitor.
    #[test]
    fn every_text_is_used() {
        let mut code = String::new();
        for folder in ["src", "src/view", "src/markdown", "src/chat"] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for file in std::fs::read_dir(path).into_iter().flatten().flatten() {
                if file
                    .path()
                    .extension()
                    .is_some_and(|extension| extension == "rs")
                    && file.file_name() != "i18n.rs"
                {
                    code.push_str(&std::fs::read_to_string(file.path()).unwrap());
                }
            }
        }
        for key in Text::ALL {
            assert!(
                code.contains(&format!("Text::{key:?}")),
                "{key:?} is not used"
            );
        }
    }
}
