//! The settings being edited: what is saved, what is typed, and what the server refused.

use crate::api::ApiError;
use crate::api::sites::SiteDocument;
use leptos::prelude::*;
use shared::site::SiteSettings;

#[derive(Clone, Copy)]
pub struct Form {
    pub saved: RwSignal<SiteDocument>,
    pub draft: RwSignal<SiteDocument>,
    pub error: RwSignal<Option<ApiError>>,
}

impl Form {
    pub fn new(saved: SiteDocument, draft: SiteDocument) -> Self {
        Self {
            saved: RwSignal::new(saved),
            draft: RwSignal::new(draft),
            error: RwSignal::new(None),
        }
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
