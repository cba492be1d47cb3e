//! Parts of the inbox.

mod activity;
mod attachments;
pub mod composer;
pub mod conversation;
pub mod details;
mod export;
mod files;
pub mod filters;
pub mod list;
pub mod message;
pub mod row;
pub mod sources;
mod tags;
pub mod thread;
mod visitor_acts;

use crate::route;
use crate::state::inbox::Filter;
use crate::ui::badge::{Tone, badge};
use leptos::prelude::*;
use shared::conversation::{Conversation, Mode, Visitor};

/// What the address says is open and filtered, and how to change it.
#[derive(Clone, Copy)]
pub struct Selection {
    pub open: Memo<Option<String>>,
    pub filter: Memo<Filter>,
    /// Goes to an address; true replaces the one in the history.
    pub go: Callback<(String, bool)>,
    /// The details are always there on wide screens; on others they slide in.
    pub show_details: RwSignal<bool>,
}

impl Selection {
    pub fn open(self, id: Option<&str>) {
        self.show_details.set(false);
        let address = self
            .filter
            .with_untracked(|filter| route::inbox(id, filter));
        self.go.run((address, false));
    }

    pub fn set_filter(self, filter: &Filter, replace: bool) {
        let address = self
            .open
            .with_untracked(|open| route::inbox(open.as_deref(), filter));
        self.go.run((address, replace));
    }
}

/// What a visitor is called while no name is known.
pub fn visitor_name(visitor: &Visitor) -> String {
    let given = [&visitor.name, &visitor.email, &visitor.phone]
        .into_iter()
        .flatten()
        .find(|text| !text.trim().is_empty());
    given
        .cloned()
        .unwrap_or_else(|| format!("Visitor {}", visitor.id))
}

/// Who answers: the assistant, nobody yet, or a person.
pub fn mode_badge(row: &Conversation, my_id: Option<i64>) -> AnyView {
    match row.mode {
        Mode::Ai => badge(Tone::Neutral, "Assistant"),
        Mode::Waiting => badge(Tone::Warning, "Waiting"),
        Mode::Closed => badge(Tone::Neutral, "Resolved"),
        Mode::Operator => match &row.assignee {
            Some(assignee) if Some(assignee.id) == my_id => badge(Tone::Success, "You"),
            Some(assignee) => badge(Tone::Accent, assignee.name.clone()),
            None => badge(Tone::Accent, "Operator"),
        },
    }
}
