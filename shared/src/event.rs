//! Events of the two live channels: `GET /widget/events` (a visitor) and `GET /api/events` (operators).

use crate::conversation::{Conversation, Mode};
use crate::message::Message;
use crate::nudge::Nudge;
use serde::{Deserialize, Serialize};

/// Who is typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Typist {
    Visitor,
    Assistant,
    Operator,
}

/// What happened. Durable kinds are rows with a cursor and are replayed after a reconnect; the others only
/// reach those who listen at that moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Event {
    /// Durable.
    Message { message: Message },
    /// A piece of an answer under way; `offset` counts the characters before it. Who joins late first gets
    /// one with offset 0 and the text so far.
    Chunk {
        answer_id: String,
        offset: usize,
        text: String,
    },
    /// Someone types until `until` (ISO 8601) or until their message arrives.
    Typing { who: Typist, until: String },
    /// Durable. `operator` names who has taken the conversation.
    Mode {
        mode: Mode,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket_number: Option<String>,
    },
    /// The other side has seen everything up to `seq`.
    Read { seq: i64, who: Typist },
    /// Durable.
    Edited { message: Message },
    /// Durable.
    Removed { id: i64, seq: i64 },
    /// Durable.
    Blocked {
        blocked: bool,
        /// When it ends by itself, in UTC; left out where it does not. Nothing more is told then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    /// Durable. A few words that come before the visitor has asked.
    Nudge { nudge: Nudge },
    /// Durable. The conversation is closed, or the site was switched off.
    Ended,
    /// An answer failed; what the visitor wrote is kept.
    Error { code: String, message: String },
    /// Operators only: the conversation's row as lists show it.
    Conversation { conversation: Box<Conversation> },
}

impl Event {
    /// The name in `type`, as the event table keeps it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Message { .. } => "message",
            Self::Chunk { .. } => "chunk",
            Self::Typing { .. } => "typing",
            Self::Mode { .. } => "mode",
            Self::Read { .. } => "read",
            Self::Edited { .. } => "edited",
            Self::Removed { .. } => "removed",
            Self::Blocked { .. } => "blocked",
            Self::Nudge { .. } => "nudge",
            Self::Ended => "ended",
            Self::Error { .. } => "error",
            Self::Conversation { .. } => "conversation",
        }
    }
}

/// An event of the operators' channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorEvent {
    /// `conv_…`
    pub conversation_id: String,
    #[serde(flatten)]
    pub event: Event,
}
