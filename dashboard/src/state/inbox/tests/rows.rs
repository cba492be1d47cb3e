//! The list: order, counts, lists, attention.

use super::{ME, inbox_of, message, open_thread, row, tell, texts};
use crate::state::inbox::{Effect, Filter, Inbox, View};
use shared::conversation::{Assignee, Conversation, Mode, Rating};
use shared::event::{Event, Typist};
use shared::message::Role;

#[test]
fn a_message_moves_its_conversation_up_and_counts_once() {
    let mut inbox = inbox_of(vec![row("conv_a", 1), row("conv_b", 2)]);
    assert_eq!(inbox.list(&Filter::default(), ME), ["conv_b", "conv_a"]);
    let news = Event::Message {
        message: message(2, Role::User, "are you\n there?"),
    };
    assert_eq!(tell(&mut inbox, "conv_a", 101, news.clone()), []);
    assert_eq!(tell(&mut inbox, "conv_a", 101, news), []);
    let row = inbox.conversation("conv_a").unwrap();
    assert_eq!(
        (row.unread_count, row.last_seq, row.preview.as_str()),
        (1, 2, "are you there?")
    );
    assert_eq!(inbox.list(&Filter::default(), ME), ["conv_a", "conv_b"]);
    assert_eq!(inbox.unread(), 1);
}

#[test]
fn a_row_that_was_under_way_while_the_visitor_read_does_not_take_it_back() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    let read = Event::Read {
        seq: 1,
        who: Typist::Visitor,
    };
    tell(&mut inbox, "conv_a", 101, read);
    inbox.take_conversation(row("conv_a", 1));
    assert_eq!(inbox.conversation("conv_a").unwrap().visitor_read_seq, 1);
    let late = Event::Conversation {
        conversation: Box::new(row("conv_a", 1)),
    };
    tell(&mut inbox, "conv_a", 101, late);
    assert_eq!(inbox.conversation("conv_a").unwrap().visitor_read_seq, 1);
}

#[test]
fn an_answer_is_listed_by_its_words() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    let answer = Event::Message {
        message: message(2, Role::Assistant, "You have **30 days**."),
    };
    tell(&mut inbox, "conv_a", 101, answer);
    let row = inbox.conversation("conv_a").unwrap();
    assert_eq!(row.preview, "You have 30 days.");
}

#[test]
fn replayed_events_change_nothing_that_a_fetched_row_already_knows() {
    let mut inbox = inbox_of(vec![Conversation {
        last_seq: 5,
        unread_count: 2,
        ..row("conv_a", 1)
    }]);
    open_thread(&mut inbox, "conv_a");
    tell(
        &mut inbox,
        "conv_a",
        90,
        Event::Message {
            message: message(4, Role::User, "old"),
        },
    );
    tell(
        &mut inbox,
        "conv_a",
        91,
        Event::Mode {
            mode: Mode::Waiting,
            operator: None,
            ticket_number: None,
        },
    );
    tell(
        &mut inbox,
        "conv_a",
        92,
        Event::Conversation {
            conversation: Box::new(Conversation {
                mode: Mode::Closed,
                ..row("conv_a", 1)
            }),
        },
    );
    let row = inbox.conversation("conv_a").unwrap();
    assert_eq!((row.mode, row.unread_count, row.last_seq), (Mode::Ai, 2, 5));
    assert_eq!(
        texts(&inbox, "conv_a"),
        ["hello", "old"],
        "the thread still takes what it lacks"
    );
}

#[test]
fn an_unknown_conversation_is_fetched() {
    let mut inbox = Inbox::default();
    let effects = tell(
        &mut inbox,
        "conv_new",
        1,
        Event::Message {
            message: message(1, Role::User, "hi"),
        },
    );
    assert_eq!(effects, [Effect::Fetch("conv_new".into())]);
    let effects = tell(&mut inbox, "conv_new", 2, Event::Ended);
    assert_eq!(effects, [Effect::Fetch("conv_new".into())]);
}

#[test]
fn waiting_and_my_own_conversations_call_for_attention_others_do_not() {
    let mut inbox = inbox_of(vec![
        row("conv_ai", 1),
        row("conv_wait", 2),
        row("conv_mine", 3),
        row("conv_hers", 4),
    ]);
    let effects = tell(
        &mut inbox,
        "conv_wait",
        101,
        Event::Mode {
            mode: Mode::Waiting,
            operator: None,
            ticket_number: Some("ESC-1".into()),
        },
    );
    assert!(effects.contains(&Effect::Alert("conv_wait".into())));
    for (id, assignee) in [("conv_mine", 7), ("conv_hers", 8)] {
        let taken = Conversation {
            mode: Mode::Operator,
            assignee: Some(Assignee {
                id: assignee,
                name: "N".into(),
            }),
            ..row(id, 3)
        };
        tell(
            &mut inbox,
            id,
            102,
            Event::Conversation {
                conversation: Box::new(taken),
            },
        );
    }
    for (id, wanted) in [
        ("conv_ai", false),
        ("conv_wait", true),
        ("conv_mine", true),
        ("conv_hers", false),
    ] {
        let effects = tell(
            &mut inbox,
            id,
            103,
            Event::Message {
                message: message(2, Role::User, "?"),
            },
        );
        assert_eq!(effects.contains(&Effect::Alert(id.into())), wanted, "{id}");
    }
    assert_eq!(inbox.waiting(), 1);
}

#[test]
fn a_mode_event_moves_a_conversation_between_lists_and_asks_for_the_exact_row() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    let waiting = Filter {
        view: View::Waiting,
        ..Filter::default()
    };
    let taken = Event::Mode {
        mode: Mode::Operator,
        operator: Some("Ada".into()),
        ticket_number: None,
    };
    let asked = Event::Mode {
        mode: Mode::Waiting,
        operator: None,
        ticket_number: Some("ESC-3".into()),
    };
    tell(&mut inbox, "conv_a", 101, asked);
    assert_eq!(inbox.list(&waiting, ME), ["conv_a"]);
    assert_eq!(
        tell(&mut inbox, "conv_a", 102, taken),
        [Effect::Fetch("conv_a".into())]
    );
    assert!(inbox.list(&waiting, ME).is_empty());
    let row = inbox.conversation("conv_a").unwrap();
    assert_eq!(
        row.assignee.as_ref().map(|assignee| assignee.name.as_str()),
        Some("Ada")
    );
    assert_eq!(row.ticket_number.as_deref(), Some("ESC-3"));
    tell(&mut inbox, "conv_a", 103, Event::Ended);
    assert!(inbox.list(&Filter::default(), ME).is_empty());
    assert_eq!(
        inbox.list(
            &Filter {
                view: View::Closed,
                ..Filter::default()
            },
            ME
        ),
        ["conv_a"]
    );
}

#[test]
fn a_slow_reply_does_not_undo_what_events_told_meanwhile() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Message {
            message: message(2, Role::User, "new"),
        },
    );
    inbox.take_conversation(Conversation {
        event_cursor: Some(100),
        ..row("conv_a", 1)
    });
    assert_eq!(inbox.conversation("conv_a").unwrap().preview, "new");
    inbox.take_conversation(Conversation {
        event_cursor: Some(102),
        last_seq: 2,
        unread_count: 0,
        ..row("conv_a", 1)
    });
    assert_eq!(inbox.conversation("conv_a").unwrap().unread_count, 0);
}

#[test]
fn the_visitors_reading_only_goes_forward_and_an_operators_reading_clears_the_count() {
    let mut inbox = inbox_of(vec![Conversation {
        unread_count: 2,
        last_seq: 4,
        ..row("conv_a", 1)
    }]);
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Read {
            seq: 4,
            who: Typist::Visitor,
        },
    );
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Read {
            seq: 2,
            who: Typist::Visitor,
        },
    );
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Read {
            seq: 3,
            who: Typist::Operator,
        },
    );
    assert_eq!(inbox.conversation("conv_a").unwrap().visitor_read_seq, 4);
    assert_eq!(inbox.unread(), 1);
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Read {
            seq: 4,
            who: Typist::Operator,
        },
    );
    assert_eq!(inbox.unread(), 0);
}

#[test]
fn a_search_shows_what_the_server_found_and_nothing_else() {
    let mut inbox = inbox_of(vec![row("conv_a", 1), row("conv_b", 2)]);
    let search = Filter {
        search: "refund".into(),
        ..Filter::default()
    };
    inbox.take_page(vec![row("conv_b", 2)], true, true);
    assert_eq!(inbox.list(&search, ME), ["conv_b"]);
    inbox.take_page(vec![row("conv_c", 3)], true, false);
    assert_eq!(inbox.list(&search, ME), ["conv_c", "conv_b"]);
    inbox.take_page(vec![], false, true);
    assert_eq!(
        inbox.list(&Filter::default(), ME),
        ["conv_c", "conv_b", "conv_a"]
    );
}

#[test]
fn a_row_that_follows_its_event_under_the_same_cursor_is_taken() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Message {
            message: message(2, Role::User, "hi"),
        },
    );
    let exact = Conversation {
        last_seq: 2,
        unread_count: 3,
        event_cursor: None,
        ..row("conv_a", 1)
    };
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Conversation {
            conversation: Box::new(exact),
        },
    );
    assert_eq!(inbox.conversation("conv_a").unwrap().unread_count, 3);
    tell(
        &mut inbox,
        "conv_a",
        101,
        Event::Message {
            message: message(2, Role::User, "hi"),
        },
    );
    assert_eq!(inbox.conversation("conv_a").unwrap().unread_count, 3);
}

#[test]
fn a_rating_outlives_a_reply_that_was_under_way_before_it() {
    let mut inbox = inbox_of(vec![row("conv_a", 1)]);
    let rating = Rating {
        score: 5,
        comment: None,
    };
    let rated = Conversation {
        rating: Some(rating.clone()),
        ..row("conv_a", 1)
    };
    inbox.take_conversation(rated);
    inbox.take_conversation(row("conv_a", 1));
    assert_eq!(inbox.conversation("conv_a").unwrap().rating, Some(rating));
    let again = Rating {
        score: 2,
        comment: Some("changed my mind".into()),
    };
    inbox.take_conversation(Conversation {
        rating: Some(again.clone()),
        ..row("conv_a", 1)
    });
    assert_eq!(inbox.conversation("conv_a").unwrap().rating, Some(again));
}
