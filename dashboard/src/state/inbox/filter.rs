//! What the list shows, as the URL and the server spell it.

use shared::conversation::{Conversation, Mode};

/// The lists of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum View {
    #[default]
    Open,
    Waiting,
    Mine,
    Closed,
    All,
}

impl View {
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Waiting,
        Self::Mine,
        Self::Closed,
        Self::All,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Mine => "mine",
            Self::Closed => "closed",
            Self::All => "all",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Waiting => "Waiting",
            Self::Mine => "Mine",
            Self::Closed => "Closed",
            Self::All => "All",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// View, search and site of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub view: View,
    pub search: String,
    /// Numeric id of the site.
    pub site: Option<i64>,
}

impl Filter {
    /// Reads the URL's query; unknown values are as if they were not there.
    pub fn from_url(read: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            view: read("view")
                .and_then(|name| View::parse(&name))
                .unwrap_or_default(),
            search: read("q").unwrap_or_default(),
            site: read("site").and_then(|text| text.parse().ok()),
        }
    }

    /// The URL's query; what is as usual stays out of it.
    pub fn to_url(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.view != View::default() {
            pairs.push(("view", self.view.name().to_owned()));
        }
        if let Some(site) = self.site {
            pairs.push(("site", site.to_string()));
        }
        pairs.push(("q", self.search.trim().to_owned()));
        pairs
    }

    /// The query of `GET /api/conversations`.
    pub fn to_api(&self) -> Vec<(&'static str, String)> {
        let mut pairs = match self.view {
            View::Open => vec![("status", "open".to_owned())],
            View::Waiting => vec![
                ("status", "open".to_owned()),
                ("mode", "waiting".to_owned()),
            ],
            View::Mine => vec![("status", "open".to_owned()), ("assignee", "me".to_owned())],
            View::Closed => vec![("status", "closed".to_owned())],
            View::All => vec![("status", "all".to_owned())],
        };
        if let Some(site) = self.site {
            pairs.push(("site", site.to_string()));
        }
        if !self.search.trim().is_empty() {
            pairs.push(("q", self.search.trim().to_owned()));
        }
        pairs
    }

    /// Whether a conversation belongs into the list, its text apart: only the server searches all messages.
    pub fn admits(&self, conversation: &Conversation, my_id: Option<i64>) -> bool {
        let open = conversation.mode != Mode::Closed;
        let in_view = match self.view {
            View::Open => open,
            View::Waiting => conversation.mode == Mode::Waiting,
            View::Mine => {
                open && my_id.is_some()
                    && conversation.assignee.as_ref().map(|assignee| assignee.id) == my_id
            }
            View::Closed => !open,
            View::All => true,
        };
        in_view && self.site.is_none_or(|site| site == conversation.site_id)
    }
}
