//! What the loader on the host page and the panel in the frame say to each other over their `MessagePort`.
//! The session key only ever travels over that port: both sides have checked origin and source before it exists.

use crate::message::FileReference;
use crate::widget::WidgetConfig;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the visitor has written and the server has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unsent {
    /// What stands in the composer.
    #[serde(default)]
    pub draft: String,
    /// Files that are uploaded and wait for their message.
    #[serde(default)]
    pub files: Vec<FileReference>,
    /// In the order of writing.
    #[serde(default)]
    pub messages: Vec<UnsentMessage>,
    /// The consent that goes with the first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_version: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentMessage {
    /// Of the panel; under it the server knows a message that it has stored already.
    pub message_id: String,
    pub text: String,
    #[serde(default)]
    pub files: Vec<FileReference>,
}

/// What this browser remembers of the visitor's choices, by name: `sound` is `off` or `on`, `rating` the session whose rating
/// was asked for, `contact` the one that has said how to be reached, `attributes` what was told of one. Kept by the host page beside the session, and forgotten with it.
pub type Memory = BTreeMap<String, String>;

/// What the site has asked this visitor before writing, and got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Asked {
    /// The version of the consent that the server has on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_version: Option<i64>,
    /// The site's fields have been filled in.
    #[serde(default)]
    pub has_fields: bool,
}

/// From the loader to the panel.
#[cfg_attr(
    target_pointer_width = "64",
    expect(
        clippy::large_enum_variant,
        reason = "there is one at a time, and the first is the largest"
    )
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HostMessage {
    /// First message after the port was handed over.
    Init {
        #[serde(default)]
        session_id: Option<String>,
        #[serde(default)]
        visitor_id: Option<String>,
        /// As `PanelMessage::Session` gave it.
        #[serde(default)]
        previous_id: Option<String>,
        #[serde(default)]
        asked: Option<Asked>,
        #[serde(default)]
        identity_token: Option<String>,
        #[serde(default)]
        page_url: Option<String>,
        #[serde(default)]
        referrer: Option<String>,
        #[serde(default)]
        locale: Option<String>,
        #[serde(default)]
        theme: Option<String>,
        /// Whether the panel is shown at this moment, or only prepared.
        #[serde(default)]
        open: bool,
        /// It was not the visitor who opened it: the focus stays where it is.
        #[serde(default)]
        quiet: bool,
        /// What an earlier life of this tab has left unsent.
        #[serde(default)]
        unsent: Option<Unsent>,
        #[serde(default)]
        memory: Option<Memory>,
        /// The panel is a part of the page: nothing can close it.
        #[serde(default)]
        inline: bool,
    },
    Open {
        #[serde(default)]
        quiet: bool,
    },
    Close,
    /// Another tab has begun a conversation where there was none.
    Session {
        session_id: String,
        visitor_id: String,
    },
    PageView {
        page_url: String,
    },
    Identify {
        identity_token: String,
    },
    /// Puts text into the composer.
    NewMessage {
        text: String,
    },
    SendMessage {
        text: String,
    },
    Escalate,
    /// The visitor has followed a nudge: its words stand in the thread.
    Nudge {
        text: String,
    },
    SetLocale {
        locale: String,
    },
    SetTheme {
        theme: String,
    },
    /// The visitor has chosen something in another tab.
    Memory {
        memory: Memory,
    },
    /// The visitor's session was ended by the host page; forget it.
    Shutdown,
    /// The dashboard shows the panel with settings that are not saved yet: it looks and speaks by them from
    /// now on. The panel takes this from a host page of its own origin only.
    Preview {
        config: Box<WidgetConfig>,
    },
}

/// From the panel to the loader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PanelMessage {
    /// The panel can be used.
    Ready,
    /// The visitor has opened the panel in another tab.
    Open,
    Close,
    /// To be kept in the host's storage: sent after the visitor's first act, never before.
    Session {
        session_id: Option<String>,
        visitor_id: Option<String>,
        /// Key of an earlier conversation: it proves that the next one is of the same browser.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous_id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<Asked>,
    },
    Unread {
        count: u32,
    },
    /// To be kept for as long as this tab lives, reloads included: sent after the visitor's first act, never before.
    Unsent {
        unsent: Unsent,
    },
    /// To be kept in the host's storage beside the session: sent after the visitor's choice, never before.
    Remember {
        memory: Memory,
    },
    /// A message has come that the visitor does not see now.
    Preview {
        author: String,
        /// Without its markup.
        text: String,
    },
    /// An operator's nudge, to be shown beside the launcher.
    Nudge {
        id: i64,
        text: String,
    },
    /// Mirrored to `Parlance.on` listeners and as a `parlance:<name>` event of the document.
    Event {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
}
