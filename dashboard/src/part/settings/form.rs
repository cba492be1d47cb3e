//! The settings being edited: what is saved, what is typed, and what the server refused.

use super::follow::follow;
use crate::api::ApiError;
use crate::api::sites::SiteDocument;
use leptos::prelude::*;
use shared::limits;
use shared::site::SiteSettings;
use shared::site_texts::{PreChatField, translated_chars};

#[derive(Clone, Copy)]
pub struct Form {
    pub saved: RwSignal<SiteDocument>,
    pub draft: RwSignal<SiteDocument>,
    pub error: RwSignal<Option<ApiError>>,
    /// The fields before the chat whose names and choices the draft's translations stand under.
    followed: RwSignal<Vec<PreChatField>>,
}

impl Form {
    pub fn new(saved: SiteDocument, draft: SiteDocument) -> Self {
        Self {
            followed: RwSignal::new(draft.settings.pre_chat_fields.clone()),
            saved: RwSignal::new(saved),
            draft: RwSignal::new(draft),
            error: RwSignal::new(None),
        }
    }

    /// Puts other settings in the place of the draft.
    pub fn replace(self, draft: SiteDocument) {
        self.followed.set(draft.settings.pre_chat_fields.clone());
        self.draft.set(draft);
    }

    /// Takes translations along to what the fields before the chat are called now, after somebody has typed. The page may be gone.
    pub fn follow(self) {
        let followed = self.followed;
        let fields = self.draft.try_update(|draft| {
            let settings = &mut draft.settings;
            let is_followed = followed.try_with_untracked(|before| {
                *before != settings.pre_chat_fields && follow(before, settings)
            });
            (is_followed == Some(true)).then(|| settings.pre_chat_fields.clone())
        });
        if let Some(fields) = fields.flatten() {
            followed.set(fields);
        }
    }

    /// Adds, removes or changes fields before the chat at once: `change` is made to those that translations follow, too.
    pub fn change_fields(self, change: impl Fn(&mut Vec<PreChatField>)) {
        self.follow();
        self.followed.update(&change);
        self.draft
            .update(|draft| change(&mut draft.settings.pre_chat_fields));
        self.follow();
    }

    /// What might not even arrive at the server.
    pub fn too_much(self) -> Option<ApiError> {
        let translations = self
            .draft
            .with_untracked(|draft| draft.settings.translations.clone());
        let is_new = self
            .saved
            .with_untracked(|saved| saved.settings.translations != translations);
        let (chars, most) = (translated_chars(&translations), limits::TRANSLATED_CHARS);
        (is_new && chars > most).then(|| {
            let message =
                format!("All languages together may hold {most} characters. These are {chars}.");
            ApiError::of_field("translations", message)
        })
    }

    pub fn is_dirty(self) -> bool {
        self.draft
            .with(|draft| self.saved.with(|saved| draft != saved))
    }

    /// One value of the settings; whoever reads it is only told when it changes.
    pub fn value<T>(self, read: impl Fn(&SiteSettings) -> T + Send + Sync + 'static) -> Signal<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.draft.with(|draft| read(&draft.settings))).into()
    }

    pub fn set<T: 'static>(
        self,
        write: impl Fn(&mut SiteSettings, T) + Send + Sync + 'static,
    ) -> Callback<T> {
        Callback::new(move |value| self.draft.update(|draft| write(&mut draft.settings, value)))
    }

    /// What the server said about a field, under its name on the wire.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        Memo::new(move |_| {
            self.error
                .with(|error| error.as_ref().and_then(|error| error.for_field(field)))
        })
        .into()
    }
}

/// A text field of the settings: its value, how it is set, and its error.
macro_rules! bind {
    ($form:expr, $field:ident) => {
        (
            $form.value(|settings| settings.$field.clone()),
            $form.set(|settings, text| settings.$field = text),
        )
    };
}
pub(super) use bind;

/// Domains or origins, one per line, of a comma-separated text.
pub fn lines_of(list: &str) -> String {
    list.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The parts of a text of lines.
pub fn parts_of(lines: &str) -> Vec<String> {
    lines
        .split(['\n', ','])
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{lines_of, parts_of};

    #[test]
    fn lists_are_edited_as_lines() {
        assert_eq!(
            lines_of("https://a.example, https://b.example,"),
            "https://a.example\nhttps://b.example"
        );
        assert_eq!(
            parts_of("https://a.example\n\n b.example ,c"),
            ["https://a.example", "b.example", "c"]
        );
        assert!(parts_of(" \n").is_empty());
    }
}
