//! Light, dark, or as the system has it.

use crate::browser;
use leptos::prelude::*;

const KEY: &str = "parlance.dashboard.theme";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThemeChoice {
    System,
    Light,
    Dark,
}

impl ThemeChoice {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

#[derive(Clone, Copy)]
pub struct Theme(RwSignal<ThemeChoice>);

impl Theme {
    pub fn from_storage() -> Self {
        let choice = browser::stored(browser::local_storage(), KEY)
            .and_then(|name| ThemeChoice::parse(&name))
            .unwrap_or(ThemeChoice::System);
        let theme = Self(RwSignal::new(choice));
        theme.apply();
        theme
    }

    pub fn choice(self) -> ThemeChoice {
        self.0.get()
    }

    pub fn choose(self, choice: ThemeChoice) {
        self.0.set(choice);
        let kept = (choice != ThemeChoice::System).then_some(choice.name());
        browser::store(browser::local_storage(), KEY, kept);
        self.apply();
    }

    /// The style sheets read `data-theme` of the root; without it the system decides.
    fn apply(self) {
        let Some(root) = browser::document().and_then(|document| document.document_element())
        else {
            return;
        };
        let _changed = match self.0.get_untracked() {
            ThemeChoice::System => root.remove_attribute("data-theme"),
            choice => root.set_attribute("data-theme", choice.name()),
        };
    }
}
