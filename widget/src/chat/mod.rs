//! The one state of the panel: signals that views read, verbs that views call.

mod hear;
mod own;
mod verbs;

pub use own::Attached;
pub use verbs::problem_text;

use crate::config::Config;
use crate::i18n::{self, Text, text};
use crate::line;
use crate::markdown::{parse, plain};
use crate::model::{ChatModel, Entry, Head, Key};
use crate::wire::object;
use js_sys::{Date, Math};
use leptos::prelude::*;
use shared::message::Role;
use std::sync::Arc;
use wasm_bindgen::JsValue;

/// One line of the thread: the entry changes, the row stays.
#[derive(Clone)]
pub struct Row {
    pub key: Key,
    pub entry: ArcRwSignal<Entry>,
}

/// What may lie over the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    Contact,
    Rating,
    /// Where to mail the conversation.
    Mail,
    /// What the site asks before the visitor writes.
    Before,
}

/// What the visitor wanted to do when they were asked something first.
enum Pending {
    /// To send what stands in the composer.
    Draft,
    Text(String),
    /// To talk to a person.
    Person,
}

/// What no view reads.
struct Inner {
    config: Arc<Config>,
    locale: String,
    model: ChatModel,
    pending: Option<Pending>,
    /// Nudges that came before the thread.
    nudges: Vec<String>,
    /// What the host page was told last.
    unread: u32,
    typing_told_at: f64,
    /// What the server has said of the files that go with the next message.
    files: JsValue,
    sends_when_uploaded: bool,
    /// The visitor is to be taken to the end of the thread, wherever they are.
    is_end_wanted: bool,
}

#[derive(Clone, Copy)]
pub struct Chat {
    /// Counts changes of config and language, upon which the view is built anew.
    pub look: RwSignal<u32>,
    pub rows: RwSignal<Vec<Row>>,
    pub head: RwSignal<Head>,
    pub draft: RwSignal<String>,
    pub attached: RwSignal<Attached>,
    /// The message that gets other words.
    pub editing: RwSignal<Option<Key>>,
    /// Counts times that have run out.
    pub late: RwSignal<u32>,
    /// Counts changes of what the browser remembers, and of whether the visitor looks.
    pub outside: RwSignal<u32>,
    pub card: RwSignal<Option<Card>>,
    /// The visitor's conversations lie over this one.
    pub is_listing: RwSignal<bool>,
    pub announcement: RwSignal<String>,
    pub problem: RwSignal<Option<Text>>,
    pub is_open: RwSignal<bool>,
    /// The host page can close the panel.
    pub is_framed: RwSignal<bool>,
    pub is_loading: RwSignal<bool>,
    pub is_cut_off: RwSignal<bool>,
    pub is_escalating: RwSignal<bool>,
    pub is_contact_known: RwSignal<bool>,
    /// The visitor has just said how to reach them.
    pub is_contact_left: RwSignal<bool>,
    /// The visitor reads further up.
    pub is_away: RwSignal<bool>,
    /// What has come from the other side meanwhile.
    pub missed: RwSignal<Vec<Key>>,
    /// Counts reasons to look at the end of the thread.
    pub moved: RwSignal<u32>,
    /// Counts wishes to write.
    pub focus: RwSignal<u32>,
    inner: StoredValue<Inner, LocalStorage>,
}

impl Chat {
    pub fn new(config: Config) -> Self {
        let inner = Inner {
            model: ChatModel::new(config.ai_mode == "on"),
            config: Arc::new(config),
            locale: i18n::tag(),
            pending: None,
            nudges: Vec::new(),
            unread: 0,
            typing_told_at: 0.0,
            files: JsValue::UNDEFINED,
            sends_when_uploaded: false,
            is_end_wanted: false,
        };
        Self {
            look: RwSignal::default(),
            rows: RwSignal::default(),
            head: RwSignal::default(),
            draft: RwSignal::default(),
            attached: RwSignal::default(),
            editing: RwSignal::default(),
            late: RwSignal::default(),
            outside: RwSignal::default(),
            card: RwSignal::default(),
            is_listing: RwSignal::new(false),
            announcement: RwSignal::default(),
            problem: RwSignal::default(),
            is_open: RwSignal::new(false),
            is_framed: RwSignal::new(false),
            is_loading: RwSignal::new(true),
            is_cut_off: RwSignal::new(false),
            is_escalating: RwSignal::new(false),
            is_contact_known: RwSignal::new(false),
            is_contact_left: RwSignal::new(false),
            is_away: RwSignal::new(false),
            missed: RwSignal::default(),
            moved: RwSignal::default(),
            focus: RwSignal::default(),
            inner: StoredValue::new_local(inner),
        }
    }

    /// The site's config. A change of it builds the view anew, so this is not reactive.
    pub fn config(self) -> Arc<Config> {
        self.inner.with_value(|inner| inner.config.clone())
    }

    /// Meets the host page and goes on with its session, if there is one.
    pub fn start(self) {
        line::set_locale(&self.locale());
        line::start(move |word| self.hear(&word));
        crate::view::watch(move || self.draft.with(|draft| line::keep_draft(draft)));
    }

    /// Quietly: not by the visitor, who is left where they are.
    fn opened(self, quietly: bool) {
        self.is_open.set(true);
        if !quietly {
            self.ask_focus();
        }
        self.mark_read();
    }

    /// Speaks another language as soon as its texts are there, if it is still the one that is wanted then.
    fn set_locale(self, locale: String) {
        let is_other = i18n::is_other(&locale);
        line::set_locale(&locale);
        self.inner
            .update_value(|inner| inner.locale.clone_from(&locale));
        if !is_other {
            return;
        }
        i18n::fetch(&locale.clone(), move |found| {
            if self.locale() == locale && i18n::speak(&found) {
                self.look.update(|count| *count += 1);
            }
        });
    }

    fn locale(self) -> String {
        self.inner.with_value(|inner| inner.locale.clone())
    }

    /// Whether the visitor is to be taken to the end, asked once.
    pub fn take_end_wish(self) -> bool {
        let is_wanted = |inner: &mut Inner| std::mem::take(&mut inner.is_end_wanted);
        self.inner.try_update_value(is_wanted).unwrap_or_default()
    }

    /// Changes the model and lets the views know of what came of it.
    fn change<R: Default>(self, change: impl FnOnce(&mut ChatModel) -> R) -> R {
        let mut change = Some(change);
        let mut result = R::default();
        self.change_boxed(&mut |model| {
            if let Some(change) = change.take() {
                result = change(model);
            }
        });
        result
    }

    /// Not generic, so that it is compiled once.
    fn change_boxed(self, change: &mut dyn FnMut(&mut ChatModel)) {
        let mut arrived = Vec::new();
        let mut is_moved = false;
        let was_answering = self.head.with_untracked(|head| head.answering);
        self.inner.update_value(|inner| {
            change(&mut inner.model);
            let changes = inner.model.take_changes();
            is_moved = changes.order || !changes.entries.is_empty();
            self.show(&inner.model, changes.order, &changes.entries);
            let entries = changes
                .arrived
                .iter()
                .filter_map(|key| inner.model.entry(*key));
            arrived = entries.cloned().collect();
        });
        if !was_answering && self.head.with_untracked(|head| head.answering) {
            let words = i18n::filled(Text::IsWriting, &self.site_name());
            self.announcement.set(words);
        }
        if is_moved {
            self.moved.update(|count| *count += 1);
        }
        for entry in arrived {
            self.arrived(&entry);
        }
    }

    fn show(self, model: &ChatModel, order: bool, changed: &[Key]) {
        if self.head.with_untracked(|head| *head != model.head) {
            self.head.set(model.head.clone());
        }
        if order {
            let rows = self.rows.get_untracked();
            let row = |entry: &Entry| {
                let known = rows.iter().find(|row| row.key == entry.key).cloned();
                known.unwrap_or_else(|| Row {
                    key: entry.key,
                    entry: ArcRwSignal::new(entry.clone()),
                })
            };
            self.rows.set(model.entries().iter().map(row).collect());
        }
        self.rows.with_untracked(|rows| {
            for row in rows.iter().filter(|row| changed.contains(&row.key)) {
                if let Some(entry) = model.entry(row.key) {
                    row.entry.set(entry.clone());
                }
            }
        });
    }

    /// Something from the other side has become whole: said aloud, counted, and told to the host page.
    fn arrived(self, entry: &Entry) {
        let words = plain::plain(&parse::parse(&entry.text, false));
        self.announcement.set(match entry.role {
            Role::System => words.clone(),
            Role::Assistant => {
                let name = self.author_of(entry);
                format!("{name} ({}): {words}", text(Text::AssistantTag))
            }
            _ => format!("{}: {words}", self.author_of(entry)),
        });
        tell_event("message_received", Some(&entry.text));
        if self.is_away.get_untracked() && entry.role != Role::System {
            self.missed.update(|missed| missed.push(entry.key));
        }
        if !self.is_seen_now() && entry.role != Role::System {
            line::chime();
            let author = self.author_of(entry).into();
            line::tell(
                "preview",
                &object(&[("author", author), ("text", words.into())]),
            );
        }
        self.mark_read();
    }

    /// The name that stands at a message.
    pub fn author_of(self, entry: &Entry) -> String {
        match entry.role {
            Role::User => text(Text::You).into(),
            Role::Operator => {
                let known = self.head.with_untracked(|head| head.operator.clone());
                entry
                    .author
                    .clone()
                    .or(known)
                    .unwrap_or_else(|| text(Text::Operator).into())
            }
            Role::Assistant | Role::System => self.site_name(),
        }
    }

    pub fn site_name(self) -> String {
        let name = &self.config().name;
        if name.is_empty() {
            text(Text::Assistant).into()
        } else {
            name.clone()
        }
    }

    pub fn is_seen_now(self) -> bool {
        self.is_open.get_untracked() && !document().hidden()
    }
}

/// Mirrored to listeners of the host page.
fn tell_event(name: &str, text: Option<&str>) {
    let fields = [("name", name.into()), ("text", text.into())];
    line::tell("event", &object(&fields));
}

fn now() -> String {
    Date::new_0().to_iso_string().into()
}

fn browser_language() -> String {
    window().navigator().language().unwrap_or_default()
}

/// An id that no other message of this conversation has. It names, it does not protect.
fn client_id() -> String {
    let part = || (Math::random() * f64::from(u32::MAX)) as u32;
    format!("m-{:08x}{:08x}{:08x}", part(), part(), part())
}
