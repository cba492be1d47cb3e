//! The open conversation: order, streams, replies on their way.

use super::{inbox_of, message, open_thread, pending, row, tell, texts};
use crate::state::inbox::{SendState, lay_out};
use shared::event::{Event, Typist};
use shared::message::{Author, Message, Role};

#[test]
fn an_answer_streams_and_becomes_its_message_without_a_double() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    open_thread(&mut inbox, "conv_a");
    let chunk = |offset, text: &str| Event::Chunk {
        answer_id: "ans_1".into(),
        offset,
        text: text.into(),
    };
    tell(&mut inbox, "conv_a", 101, chunk(0, "Grüß"));
    tell(&mut inbox, "conv_a", 101, chunk(4, " dich"));
    tell(&mut inbox, "conv_a", 101, chunk(2, "üß dich, 😀"));
    tell(&mut inbox, "conv_a", 101, chunk(99, "lost"));
    assert_eq!(texts(&inbox, "conv_a"), ["hello", "Grüß dich, 😀…"]);
    let key = lay_out(&inbox, "conv_a", |_| None)[1].item.key();
    let answer = Message {
        answer_id: Some("ans_1".into()),
        ..message(2, Role::Assistant, "Grüß dich, 😀!")
    };
    tell(
        &mut inbox,
        "conv_a",
        102,
        Event::Message { message: answer },
    );
    assert_eq!(texts(&inbox, "conv_a"), ["hello", "Grüß dich, 😀!"]);
    assert_eq!(lay_out(&inbox, "conv_a", |_| None)[1].item.key(), key);
    tell(&mut inbox, "conv_a", 102, chunk(0, "late"));
    assert_eq!(texts(&inbox, "conv_a").len(), 2);
}

#[test]
fn a_failed_answer_leaves_a_notice_until_somebody_speaks() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    open_thread(&mut inbox, "conv_a");
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Chunk {
            answer_id: "ans_1".into(),
            offset: 0,
            text: "Half".into(),
        },
    );
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Error {
            code: "model_unavailable".into(),
            message: "No answer.".into(),
        },
    );
    assert_eq!(texts(&inbox, "conv_a"), ["hello"]);
    assert_eq!(
        inbox.thread("conv_a").unwrap().problem.as_deref(),
        Some("No answer.")
    );
    tell(
        &mut inbox,
        "conv_a",
        102,
        Event::Message {
            message: message(2, Role::User, "again?"),
        },
    );
    assert_eq!(inbox.thread("conv_a").unwrap().problem, None);
}

#[test]
fn own_replies_are_shown_at_once_and_confirmed_once() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    open_thread(&mut inbox, "conv_a");
    inbox.add_pending("conv_a", pending("c1", "Hi!"));
    inbox.add_pending("conv_a", pending("c2", "More"));
    inbox.set_pending("conv_a", "c2", SendState::Failed("offline".into()));
    assert_eq!(texts(&inbox, "conv_a"), ["hello", "(Hi!)", "(More)"]);
    let stored = Message {
        client_id: Some("c1".into()),
        ..message(2, Role::Operator, "Hi!")
    };
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Message {
            message: stored.clone(),
        },
    );
    inbox.take_own_message("conv_a", stored.into());
    assert_eq!(texts(&inbox, "conv_a"), ["hello", "Hi!", "(More)"]);
    assert_eq!(inbox.conversation("conv_a").unwrap().unread_count, 0);
}

#[test]
fn messages_are_ordered_by_seq_however_they_arrive() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    inbox.take_messages(
        "conv_a",
        vec![
            message(5, Role::User, "5").into(),
            message(6, Role::Assistant, "6").into(),
        ],
        Some("5".into()),
        true,
    );
    tell(
        &mut inbox,
        "conv_a",
        103,
        Event::Message {
            message: message(8, Role::User, "8"),
        },
    );
    tell(
        &mut inbox,
        "conv_a",
        102,
        Event::Message {
            message: message(7, Role::User, "7"),
        },
    );
    inbox.take_messages(
        "conv_a",
        vec![message(4, Role::User, "4").into()],
        None,
        false,
    );
    assert_eq!(texts(&inbox, "conv_a"), ["4", "5", "6", "7", "8"]);
    assert_eq!(inbox.thread("conv_a").unwrap().older, None);
}

#[test]
fn typing_ends_with_the_message_or_with_its_time() {
    let mut inbox = inbox_of(vec![row("conv_a", 1), row("conv_b", 2)]);
    for id in ["conv_a", "conv_b"] {
        tell(
            &mut inbox,
            id,
            101,
            Event::Typing {
                who: Typist::Visitor,
                until: "2026-01-01T11:00:05.000Z".into(),
            },
        );
    }
    assert_eq!(inbox.typing("conv_a").len(), 1);
    tell(
        &mut inbox,
        "conv_a",
        102,
        Event::Message {
            message: message(2, Role::User, "done"),
        },
    );
    assert!(inbox.typing("conv_a").is_empty());
    inbox.expire_typing("2026-01-01T11:00:04.000Z");
    assert_eq!(inbox.typing("conv_b").len(), 1);
    inbox.expire_typing("2026-01-01T11:00:05.000Z");
    assert!(inbox.typing("conv_b").is_empty());
}

#[test]
fn days_and_speakers_break_the_thread() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    let by = |seq, name: &str| Message {
        author: Some(Author { name: name.into() }),
        ..message(seq, Role::Operator, "x")
    };
    let tomorrow = Message {
        created_at: "2026-01-02T08:00:00.000Z".into(),
        ..by(4, "Ada")
    };
    inbox.take_messages(
        "conv_a",
        vec![
            message(1, Role::User, "x").into(),
            by(2, "Ada").into(),
            by(3, "Ada").into(),
            tomorrow.into(),
            by(5, "Bo").into(),
        ],
        None,
        true,
    );
    inbox.add_pending("conv_a", pending("c1", "x"));
    let entries = lay_out(&inbox, "conv_a", |time| time.get(..10).map(str::to_owned));
    let days: Vec<Option<&str>> = entries.iter().map(|entry| entry.day.as_deref()).collect();
    // The fifth was written on the first day; a day's name stands wherever it changes.
    assert_eq!(
        days,
        [
            Some("2026-01-01"),
            None,
            None,
            Some("2026-01-02"),
            Some("2026-01-01"),
            None
        ]
    );
    let changes: Vec<bool> = entries.iter().map(|entry| entry.speaker_changes).collect();
    assert_eq!(changes, [true, true, false, true, true, false]);
}
