//! What the thread shows, and what stands above and below it.

use shared::conversation::{Mode, Rating};
use shared::event::Typist;
use shared::limits::VISITOR_MESSAGE_CHARS;
use shared::message::{FileReference, Role, Source, Thumb};

/// Names an entry for as long as the panel lives, whatever the server calls it later.
pub type Key = u32;

/// How far an entry has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The visitor's own, not acknowledged yet.
    Sending,
    /// The visitor's own: it goes out by itself as soon as there is a connection.
    Queued,
    /// The visitor's own, one of too many: it goes out by itself at this moment, in milliseconds of the visitor's clock.
    Held(i64),
    /// The visitor's own, not accepted: the error's code.
    Failed(String),
    /// An answer under way.
    Streaming,
    Complete,
    /// An answer that broke off; what came of it is kept.
    Interrupted,
    /// Words of the site that are stored nowhere.
    Note,
}

/// One message as the thread shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub key: Key,
    pub id: Option<i64>,
    pub seq: Option<i64>,
    pub role: Role,
    pub text: String,
    pub author: Option<String>,
    pub created_at: String,
    pub state: State,
    pub answer_id: Option<String>,
    pub client_id: Option<String>,
    pub sources: Vec<Source>,
    pub files: Vec<FileReference>,
    pub feedback: Option<Thumb>,
    /// Its visitor has changed it.
    pub is_edited: bool,
    /// An operator has read it.
    pub seen: bool,
}

impl Entry {
    pub fn is_own(&self) -> bool {
        self.role == Role::User
    }

    /// What it says besides its files: a message of files alone carries their names as its text.
    pub fn words(&self) -> &str {
        let is_named = !self.files.is_empty() && self.text == names_of(&self.files);
        if is_named { "" } else { &self.text }
    }

    pub(super) fn is_on_its_way(&self) -> bool {
        matches!(self.state, State::Sending | State::Queued | State::Held(_))
    }

    pub(super) fn is_streaming(&self) -> bool {
        self.state == State::Streaming
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.state, State::Complete | State::Interrupted)
    }
}

/// Everything above and below the thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub mode: Mode,
    pub operator: Option<String>,
    pub ticket_number: Option<String>,
    pub ended: bool,
    pub blocked: bool,
    pub rating: Option<Rating>,
    /// There are older messages than those shown.
    pub has_more: bool,
    pub trouble: Option<Trouble>,
    pub dots: Option<Typist>,
    /// An answer is under way, or asked for, that the visitor may stop.
    pub answering: bool,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            mode: Mode::Ai,
            operator: None,
            ticket_number: None,
            ended: false,
            blocked: false,
            rating: None,
            has_more: false,
            trouble: None,
            dots: None,
            answering: false,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub code: String,
    pub message: String,
}

/// Someone on the other side is writing, until a moment the server named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    pub who: Typist,
    pub until: String,
}

/// The names of files, as a message that has no words of its own is sent with them.
pub fn names_of(files: &[FileReference]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.filename.as_str()).collect();
    names
        .join(", ")
        .chars()
        .take(VISITOR_MESSAGE_CHARS)
        .collect()
}
