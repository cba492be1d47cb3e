//! What one replica tells the others through Redis.

use super::Live;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// An event for whoever listens.
    Live {
        account_id: i64,
        live: Live,
    },
    CloseConversation(i64),
    CloseUser(i64),
    /// The conversation's row in lists has changed. Every replica reads it itself, where an operator listens at all:
    /// so nobody reads rows for nothing, and no older row comes after a newer one.
    Row {
        account_id: i64,
        conversation_id: i64,
        conversation_slug: Arc<str>,
    },
    /// A person takes over: whoever gives an answer in this conversation breaks it off.
    Abandon(i64),
    /// Whoever asked wants to hear no more of the answer, or of the one to the message at this position.
    Stop {
        conversation_id: i64,
        question_seq: Option<i64>,
    },
    /// Somebody came late to this conversation: whoever gives an answer in it says the text so far again.
    Ask(i64),
    /// This replica could not tell everything: what can be read is to be read in the event table.
    Gap,
    /// This replica is there.
    Beat,
    /// This replica goes, and has told everything.
    Bye,
}

impl Note {
    /// Whether somebody would miss it. The others are worth nothing a moment later.
    pub(super) const fn must_arrive(&self) -> bool {
        match self {
            Self::Live { live, .. } => live.cursor.is_some(),
            Self::CloseConversation(_) | Self::CloseUser(_) | Self::Row { .. } => true,
            Self::Abandon(_) | Self::Stop { .. } | Self::Ask(_) => false,
            Self::Gap | Self::Beat | Self::Bye => false,
        }
    }

    /// As it travels: the replica's name, a line break, the note. So a replica knows its own without reading them.
    ///
    /// # Errors
    /// Where an event has no JSON form.
    pub fn write(&self, replica: &str) -> serde_json::Result<Vec<u8>> {
        let mut written = Vec::with_capacity(512);
        written.extend_from_slice(replica.as_bytes());
        written.push(b'\n');
        serde_json::to_writer(&mut written, self)?;
        Ok(written)
    }
}

/// A note on its way in, not read yet.
#[derive(Debug)]
pub struct Received<'a> {
    pub replica: &'a str,
    note: &'a [u8],
}

impl<'a> Received<'a> {
    pub fn new(written: &'a [u8]) -> Option<Self> {
        let end = written.iter().position(|byte| *byte == b'\n')?;
        Some(Self {
            replica: std::str::from_utf8(&written[..end]).ok()?,
            note: &written[end + 1..],
        })
    }

    /// # Errors
    /// Where it is of a kind that this version does not know.
    pub fn read(&self) -> serde_json::Result<Note> {
        serde_json::from_slice(self.note)
    }
}

#[cfg(test)]
mod tests {
    use super::{Note, Received};
    use crate::bus::{Audience, Live};
    use serde_json::json;
    use shared::event::{Event, Typist};
    use std::sync::Arc;

    fn message() -> Event {
        let message = json!({
            "type": "message",
            "message": {
                "id": 9, "seq": 3, "role": "assistant", "content": "née 😀\n\"quoted\"",
                "created_at": "2026-01-05T10:00:00.000Z", "status": "complete",
                "sources": [{"number": 1, "title": "Prices", "url": "https://example.com/"}],
            },
        });
        serde_json::from_value(message).unwrap()
    }

    #[test]
    fn an_event_arrives_as_it_was_sent() {
        let events = [
            message(),
            Event::Chunk {
                answer_id: "ans_1".into(),
                offset: 4,
                text: "a\nb\u{1f600}".into(),
            },
            Event::Typing {
                who: Typist::Operator,
                until: "2026-01-05T10:00:00.000Z".into(),
            },
            Event::Ended,
        ];
        for event in events {
            let note = Note::Live {
                account_id: 1,
                live: Live {
                    cursor: Some(5),
                    conversation_id: 7,
                    conversation_slug: "c".into(),
                    event: Arc::new(event.clone()),
                    audience: Audience::Visitor,
                },
            };
            let written = note.write("me").unwrap();
            let received = Received::new(&written).unwrap();
            assert_eq!(received.replica, "me");
            let Note::Live { account_id, live } = received.read().unwrap() else {
                panic!("another note came back");
            };
            assert_eq!(
                (account_id, live.cursor, live.conversation_id),
                (1, Some(5), 7)
            );
            assert_eq!(
                (&*live.conversation_slug, live.audience),
                ("c", Audience::Visitor)
            );
            assert_eq!(*live.event, event);
        }
    }

    #[test]
    fn what_is_no_note_is_refused() {
        assert!(Received::new(b"no line break").is_none());
        assert!(Received::new(b"me\n{\"later\":1}").unwrap().read().is_err());
    }
}
