use super::{ChatModel, Entry, State};
use shared::conversation::Mode;
use shared::event::{Event, Typist};
use shared::message::{Author, Message, MessageStatus, Role, Source, Thumb};
use shared::widget::{ChatEvent, HistoryReply};

fn message(id: i64, role: Role, content: &str) -> Message {
    Message {
        id,
        seq: id,
        role,
        content: content.into(),
        author: None,
        created_at: "2026-01-01T00:00:00Z".into(),
        status: MessageStatus::Complete,
        answer_id: None,
        client_id: None,
        sources: Vec::new(),
        files: Vec::new(),
        feedback: None,
        edited_at: None,
        removed_at: None,
    }
}

pub(super) fn own(id: i64, client_id: &str, content: &str) -> Event {
    Event::Message {
        message: Message {
            client_id: Some(client_id.into()),
            ..message(id, Role::User, content)
        },
    }
}

pub(super) fn answer(id: i64, answer_id: &str, content: &str) -> Event {
    Event::Message {
        message: Message {
            answer_id: Some(answer_id.into()),
            ..message(id, Role::Assistant, content)
        },
    }
}

fn operator(id: i64, content: &str) -> Event {
    let author = Some(Author {
        name: "Anna".into(),
    });
    Event::Message {
        message: Message {
            author,
            ..message(id, Role::Operator, content)
        },
    }
}

pub(super) fn chunk(answer_id: &str, offset: usize, text: &str) -> Event {
    Event::Chunk {
        answer_id: answer_id.into(),
        offset,
        text: text.into(),
    }
}

pub(super) fn piece(text: &str) -> ChatEvent {
    ChatEvent::Chunk { text: text.into() }
}

pub(super) fn done(text: &str, message_id: Option<i64>) -> ChatEvent {
    ChatEvent::Done {
        text: text.into(),
        session_id: "s".into(),
        chat_ended: false,
        mode: Mode::Ai,
        ticket_number: None,
        sources: Vec::new(),
        message_id,
        fallback: false,
    }
}

fn history(messages: Vec<Message>) -> HistoryReply {
    HistoryReply {
        session_id: "s".into(),
        messages,
        chat_ended: false,
        mode: Mode::Ai,
        ticket_number: None,
        operator: None,
        rating: None,
        has_more: false,
        blocked: false,
        blocked_until: None,
        read_seq: 0,
        seen_seq: 0,
        cursor: 0,
    }
}

/// A model in which the visitor has asked something that the server has accepted.
fn asked(client_id: &str) -> ChatModel {
    let mut model = ChatModel::new(true);
    ask(&mut model, client_id);
    model
}

fn ask(model: &mut ChatModel, client_id: &str) {
    model.compose(
        client_id.into(),
        format!("question {client_id}"),
        String::new(),
    );
    model.begin_turn(client_id);
    model.accept(client_id);
}

fn texts(model: &ChatModel) -> Vec<&str> {
    model
        .entries()
        .iter()
        .map(|entry| entry.text.as_str())
        .collect()
}

fn last(model: &ChatModel) -> &Entry {
    model.entries().last().expect("an entry")
}

#[test]
fn a_message_is_shown_before_it_is_sent_and_settled_by_the_server() {
    let mut model = ChatModel::new(true);
    let key = model.compose("c1".into(), "hello".into(), String::new());
    model.begin_turn("c1");
    assert_eq!(last(&model).state, State::Sending);
    model.take_changes();
    assert_eq!(model.head.dots, None, "nobody answers what has not arrived");
    model.accept("c1");
    assert_eq!(last(&model).state, State::Complete);
    model.take_changes();
    assert_eq!(model.head.dots, Some(Typist::Assistant));
    model.apply(own(1, "c1", "hello"));
    assert_eq!(texts(&model), ["hello"]);
    assert_eq!((last(&model).key, last(&model).seq), (key, Some(1)));
}

#[test]
fn the_echo_alone_says_that_a_message_has_arrived() {
    let mut model = ChatModel::new(true);
    model.compose("c1".into(), "hello".into(), String::new());
    model.begin_turn("c1");
    model.apply(own(1, "c1", "hello"));
    model.take_changes();
    assert_eq!(model.head.dots, Some(Typist::Assistant));
}

#[test]
fn a_failed_message_keeps_its_text_and_id_and_can_be_sent_again() {
    let mut model = ChatModel::new(true);
    let key = model.compose("c1".into(), "hello".into(), String::new());
    model.begin_turn("c1");
    model.fail("c1", "network");
    assert_eq!(last(&model).state, State::Failed("network".into()));
    model.apply(operator(1, "anyone there?"));
    assert!(model.retry(key));
    assert_eq!(texts(&model), ["anyone there?", "hello"]);
    assert_eq!(
        (last(&model).client_id.as_deref(), &last(&model).state),
        (Some("c1"), &State::Sending)
    );
    assert!(!model.retry(key), "it is on its way already");
}

#[test]
fn the_echo_of_a_message_believed_failed_heals_it() {
    let mut model = ChatModel::new(true);
    model.compose("c1".into(), "hello".into(), String::new());
    model.begin_turn("c1");
    model.fail("c1", "network");
    model.apply(own(1, "c1", "hello"));
    assert_eq!(last(&model).state, State::Complete);
    assert_eq!(model.entries().len(), 1);
}

#[test]
fn a_request_that_breaks_after_the_echo_has_not_failed() {
    let mut model = ChatModel::new(true);
    model.compose("c1".into(), "hello".into(), String::new());
    model.begin_turn("c1");
    model.apply(own(1, "c1", "hello"));
    model.fail("c1", "network");
    assert_eq!(last(&model).state, State::Complete);
}

#[test]
fn a_withdrawn_message_gives_its_text_back() {
    let mut model = ChatModel::new(true);
    let key = model.compose("c1".into(), "hello".into(), String::new());
    assert_eq!(model.withdraw(key), None, "it may still arrive");
    model.fail("c1", "network");
    assert_eq!(
        model.withdraw(key).map(|entry| entry.text),
        Some("hello".into())
    );
    assert!(model.entries().is_empty());
}

#[test]
fn an_answer_by_the_turns_own_stream_alone() {
    let mut model = asked("c1");
    model.apply_turn("c1", piece("Hel"));
    assert_eq!(last(&model).state, State::Streaming);
    model.take_changes();
    assert_eq!(model.head.dots, None, "text is better than dots");
    model.apply_turn("c1", piece("lo"));
    model.apply_turn("c1", done("Hello", Some(2)));
    assert_eq!(
        (texts(&model)[1], &last(&model).state, last(&model).id),
        ("Hello", &State::Complete, Some(2))
    );
}

#[test]
fn an_answer_by_both_streams_is_one_bubble_with_each_piece_once() {
    let mut model = asked("c1");
    model.apply(chunk("a1", 0, "Hel"));
    let key = last(&model).key;
    model.apply_turn("c1", piece("Hello "));
    model.apply(chunk("a1", 3, "lo wor"));
    model.apply_turn("c1", piece("world"));
    model.apply(chunk("a1", 9, "ld"));
    assert_eq!(texts(&model), ["question c1", "Hello world"]);
    model.apply(own(1, "c1", "question c1"));
    model.apply(answer(2, "a1", "Hello world"));
    model.apply_turn("c1", done("Hello world", Some(2)));
    assert_eq!(texts(&model), ["question c1", "Hello world"]);
    assert_eq!((last(&model).key, last(&model).seq), (key, Some(2)));
}

#[test]
fn the_turns_stream_first_and_the_live_channel_late() {
    let mut model = asked("c1");
    model.apply_turn("c1", piece("One two"));
    model.apply(chunk("a1", 0, "One two three"));
    model.apply_turn("c1", piece(" three"));
    assert_eq!(texts(&model)[1], "One two three");
    assert_eq!(last(&model).answer_id.as_deref(), Some("a1"));
}

#[test]
fn a_gap_is_not_filled_with_what_comes_after_it() {
    let mut model = asked("c1");
    model.apply(chunk("a1", 0, "One"));
    model.apply(chunk("a1", 8, "three"));
    assert_eq!(texts(&model)[1], "One");
    model.apply(chunk("a1", 0, "One two three"));
    assert_eq!(texts(&model)[1], "One two three");
    model.apply(chunk("a2", 5, "middle of something unseen"));
    assert_eq!(model.entries().len(), 2);
}

#[test]
fn the_text_so_far_replaces_an_attempt_that_was_given_up() {
    let mut model = asked("c1");
    model.apply(chunk("a1", 0, "Wrong start"));
    model.apply(chunk("a1", 0, "Right"));
    assert_eq!(texts(&model)[1], "Right");
    assert_eq!(model.entries().len(), 2);
}

#[test]
fn pieces_that_come_after_the_end_change_nothing() {
    let mut model = asked("c1");
    model.apply(chunk("a1", 0, "Hello"));
    model.apply(answer(2, "a1", "Hello"));
    model.apply(chunk("a1", 5, " again"));
    model.apply_turn("c1", piece("Hello"));
    model.apply_turn("c1", done("Hello", Some(2)));
    assert_eq!(texts(&model), ["question c1", "Hello"]);
}

#[test]
fn the_message_alone_is_the_whole_answer() {
    let mut model = asked("c1");
    model.apply(answer(2, "a1", "Hello"));
    model.take_changes();
    assert_eq!(model.head.dots, None, "the turn has its answer");
    model.apply_turn("c1", piece("Hello"));
    model.apply_turn("c1", done("Hello", Some(2)));
    assert_eq!(texts(&model), ["question c1", "Hello"]);
}

#[test]
fn done_before_everything_else() {
    let mut model = asked("c1");
    model.apply_turn("c1", done("Hello", Some(2)));
    model.apply(chunk("a1", 0, "Hello"));
    model.apply(answer(2, "a1", "Hello"));
    assert_eq!(texts(&model), ["question c1", "Hello"]);
}

#[test]
fn two_turns_get_an_answer_each() {
    let mut model = asked("c1");
    ask(&mut model, "c2");
    model.apply(chunk("a1", 0, "First"));
    model.apply(answer(3, "a1", "First"));
    model.apply(chunk("a2", 0, "Second"));
    model.apply_turn("c1", piece("First"));
    model.apply_turn("c1", done("First", Some(3)));
    model.apply_turn("c2", piece("Second"));
    model.apply_turn("c2", done("Second", Some(4)));
    model.apply(answer(4, "a2", "Second"));
    assert_eq!(
        texts(&model),
        ["question c1", "question c2", "First", "Second"]
    );
}

#[test]
fn an_answer_to_another_tab_is_not_taken_for_ones_own() {
    let mut model = asked("c1");
    model.apply(chunk("a1", 0, "For the other tab"));
    model.apply_turn("c1", piece("For you"));
    assert_eq!(
        texts(&model),
        ["question c1", "For the other tab", "For you"]
    );
}

#[test]
fn an_operator_who_has_the_conversation_means_no_answer() {
    let mut model = asked("c1");
    model.apply(Event::Mode {
        mode: Mode::Operator,
        operator: Some("Anna".into()),
        ticket_number: None,
    });
    let quiet = ChatEvent::Done {
        text: String::new(),
        session_id: "s".into(),
        chat_ended: false,
        mode: Mode::Operator,
        ticket_number: None,
        sources: Vec::new(),
        message_id: None,
        fallback: false,
    };
    model.apply_turn("c1", quiet);
    model.take_changes();
    assert_eq!(texts(&model), ["question c1"]);
    assert_eq!(
        (model.head.dots, model.head.operator.as_deref()),
        (None, Some("Anna"))
    );
}

#[test]
fn replay_makes_no_duplicates() {
    let mut model = ChatModel::new(true);
    let events = || {
        [
            own(1, "c1", "q"),
            answer(2, "a1", "r"),
            operator(3, "x"),
            own(4, "c2", "y"),
        ]
    };
    events().into_iter().for_each(|event| model.apply(event));
    model.take_changes();
    events().into_iter().for_each(|event| model.apply(event));
    assert_eq!(texts(&model), ["q", "r", "x", "y"]);
    assert_eq!(model.take_changes(), super::Changes::default());
}

#[test]
fn stored_messages_stand_by_seq_whatever_their_order_of_arrival() {
    let mut model = ChatModel::new(true);
    for id in [3, 1, 5, 4, 2] {
        model.apply(operator(id, &id.to_string()));
    }
    assert_eq!(texts(&model), ["1", "2", "3", "4", "5"]);
}

#[test]
fn a_message_that_was_stored_before_the_visitors_own_moves_before_it() {
    let mut model = ChatModel::new(true);
    model.apply(operator(1, "hi"));
    model.compose("c1".into(), "mine".into(), String::new());
    model.apply(operator(2, "more"));
    model.apply(own(3, "c1", "mine"));
    assert_eq!(texts(&model), ["hi", "more", "mine"]);
    model.apply(answer(4, "a", "end"));
    assert_eq!(texts(&model), ["hi", "more", "mine", "end"]);
}

#[test]
fn an_interrupted_answer_keeps_its_text_and_says_so_once() {
    let mut model = asked("c1");
    model.apply_turn("c1", piece("Half of"));
    model.apply_turn(
        "c1",
        ChatEvent::Error {
            code: "model_interrupted".into(),
            message: "m".into(),
        },
    );
    assert_eq!(
        (last(&model).text.as_str(), &last(&model).state),
        ("Half of", &State::Interrupted)
    );
    assert_eq!(model.head.trouble, None);
    let stored = Message {
        status: MessageStatus::Interrupted,
        answer_id: Some("a1".into()),
        ..message(2, Role::Assistant, "Half of")
    };
    model.apply(Event::Message { message: stored });
    model.apply(Event::Error {
        code: "model_interrupted".into(),
        message: "m".into(),
    });
    assert_eq!(model.entries().len(), 2);
    assert_eq!(model.head.trouble, None);
}

#[test]
fn an_answer_that_a_restart_cuts_off_goes_on_in_its_bubble() {
    let mut model = asked("c1");
    model.apply_turn("c1", piece("Half of"));
    let error = ChatEvent::Error {
        code: "shutting_down".into(),
        message: "m".into(),
    };
    model.apply_turn("c1", error);
    assert_eq!(
        (model.has_open_answer(), &model.head.trouble),
        (true, &None)
    );
    model.apply(answer(2, "a1", "Half of it and the rest"));
    assert_eq!(texts(&model), ["question c1", "Half of it and the rest"]);
    assert_eq!(last(&model).state, State::Complete);
}

#[test]
fn no_answer_at_all_is_told_until_something_new_happens() {
    let mut model = asked("c1");
    let error = || ChatEvent::Error {
        code: "model_unavailable".into(),
        message: "m".into(),
    };
    model.apply_turn("c1", error());
    model.take_changes();
    assert_eq!(
        model
            .head
            .trouble
            .as_ref()
            .map(|trouble| trouble.code.as_str()),
        Some("model_unavailable")
    );
    assert_eq!(
        (model.head.dots, texts(&model)),
        (None, vec!["question c1"])
    );
    ask(&mut model, "c2");
    assert_eq!(model.head.trouble, None);
}

#[test]
fn a_stream_that_is_cut_leaves_the_answer_to_the_live_channel() {
    let mut model = asked("c1");
    model.apply_turn("c1", piece("Half"));
    model.close_turn("c1");
    assert!(model.has_open_answer());
    model.apply(chunk("a1", 0, "Half and"));
    model.apply(answer(2, "a1", "Half and half"));
    assert_eq!(texts(&model), ["question c1", "Half and half"]);
    assert!(!model.has_open_answer());
}

#[test]
fn a_reload_in_the_middle_of_an_answer_refills_the_same_bubble() {
    let mut model = ChatModel::new(true);
    let open = Message {
        status: MessageStatus::Streaming,
        answer_id: Some("a1".into()),
        ..message(2, Role::Assistant, "One")
    };
    model.merge_history(history(vec![message(1, Role::User, "q"), open]), true);
    model.apply(chunk("a1", 0, "One two"));
    model.apply(chunk("a1", 7, " three"));
    model.apply(answer(2, "a1", "One two three"));
    assert_eq!(texts(&model), ["q", "One two three"]);
    assert_eq!(last(&model).state, State::Complete);
}

#[test]
fn history_meets_what_is_already_there() {
    let mut model = asked("c1");
    model.apply_turn("c1", piece("Ans"));
    let mine = Message {
        client_id: Some("c1".into()),
        ..message(1, Role::User, "question c1")
    };
    model.merge_history(
        history(vec![mine, message(2, Role::Assistant, "Answer")]),
        true,
    );
    assert_eq!(texts(&model), ["question c1", "Answer"]);
    assert!(
        model.take_changes().arrived.is_empty(),
        "history is not news"
    );
}

#[test]
fn older_pages_go_before_and_leave_the_state_alone() {
    let mut model = ChatModel::new(true);
    let mut latest = history(vec![message(3, Role::User, "c")]);
    latest.mode = Mode::Waiting;
    latest.ticket_number = Some("ESC-7".into());
    latest.has_more = true;
    model.merge_history(latest, true);
    model.merge_history(
        history(vec![
            message(1, Role::User, "a"),
            message(2, Role::User, "b"),
        ]),
        false,
    );
    assert_eq!(texts(&model), ["a", "b", "c"]);
    assert_eq!(
        (model.head.mode, model.head.ticket_number.as_deref()),
        (Mode::Waiting, Some("ESC-7"))
    );
    assert_eq!(
        (model.head.has_more, model.first_seq(), model.last_seq()),
        (false, Some(1), 3)
    );
}

#[test]
fn modes_change_who_answers() {
    let mut model = ChatModel::new(true);
    let mode = |mode, operator: Option<&str>| Event::Mode {
        mode,
        operator: operator.map(Into::into),
        ticket_number: None,
    };
    model.apply(Event::Mode {
        mode: Mode::Waiting,
        operator: None,
        ticket_number: Some("ESC-1".into()),
    });
    assert_eq!(model.head.ticket_number.as_deref(), Some("ESC-1"));
    model.apply(mode(Mode::Operator, Some("Anna")));
    assert_eq!(model.head.operator.as_deref(), Some("Anna"));
    model.apply(mode(Mode::Ai, None));
    assert_eq!(
        (model.head.operator.as_deref(), model.head.ended),
        (None, false)
    );
    model.apply(mode(Mode::Closed, None));
    assert!(model.head.ended);
    model.apply(mode(Mode::Ai, None));
    assert!(!model.head.ended, "an operator has reopened it");
    model.apply(Event::Ended);
    assert!(model.head.ended);
}

#[test]
fn dots_while_an_operator_types_and_until_the_message() {
    let mut model = ChatModel::new(true);
    model.apply(Event::Mode {
        mode: Mode::Operator,
        operator: Some("Anna".into()),
        ticket_number: None,
    });
    model.apply(Event::Typing {
        who: Typist::Visitor,
        until: "z".into(),
    });
    model.take_changes();
    assert_eq!(model.head.dots, None, "one's own typing is no news");
    model.apply(Event::Typing {
        who: Typist::Operator,
        until: "z".into(),
    });
    model.take_changes();
    assert_eq!(model.head.dots, Some(Typist::Operator));
    model.apply(operator(1, "here"));
    model.take_changes();
    assert_eq!(model.head.dots, None);
}

#[test]
fn no_dots_where_the_assistant_does_not_answer() {
    let mut model = ChatModel::new(false);
    ask(&mut model, "c1");
    model.take_changes();
    assert_eq!(model.head.dots, None);
}

#[test]
fn what_an_operator_has_read_is_seen() {
    let mut model = asked("c1");
    model.apply(Event::Read {
        seq: 1,
        who: Typist::Operator,
    });
    model.apply(own(1, "c1", "question c1"));
    assert!(last(&model).seen, "the mark was ahead of the message");
    ask(&mut model, "c2");
    model.apply(own(2, "c2", "question c2"));
    assert!(!last(&model).seen);
    model.apply(Event::Read {
        seq: 2,
        who: Typist::Operator,
    });
    assert!(last(&model).seen);
}

#[test]
fn edited_removed_and_blocked() {
    let mut model = ChatModel::new(true);
    model.apply(operator(1, "teh"));
    model.apply(operator(2, "gone"));
    model.apply(Event::Edited {
        message: message(1, Role::Operator, "the"),
    });
    model.apply(Event::Removed { id: 2, seq: 2 });
    model.apply(Event::Blocked {
        blocked: true,
        until: None,
    });
    assert_eq!(texts(&model), ["the"]);
    assert!(model.head.blocked);
}

#[test]
fn what_arrives_is_told_once() {
    let mut model = asked("c1");
    model.apply_turn("c1", piece("Hello"));
    assert!(model.take_changes().arrived.is_empty(), "not whole yet");
    model.apply_turn("c1", done("Hello", Some(2)));
    assert_eq!(model.take_changes().arrived.len(), 1);
    model.apply(answer(2, "a1", "Hello"));
    assert!(model.take_changes().arrived.is_empty());
    model.apply(own(1, "c1", "question c1"));
    assert!(
        model.take_changes().arrived.is_empty(),
        "one's own is no news"
    );
}

#[test]
fn sources_and_thumbs_survive_the_second_stream() {
    let mut model = asked("c1");
    let source = Source {
        number: 1,
        title: "Docs".into(),
        url: None,
        excerpt: None,
    };
    let mut end = done("See [1]", Some(2));
    if let ChatEvent::Done { sources, .. } = &mut end {
        sources.push(source.clone());
    }
    model.apply_turn("c1", end);
    let key = last(&model).key;
    model.set_feedback(key, Some(Thumb::Up));
    let stored = Message {
        sources: vec![source.clone()],
        feedback: Some(Thumb::Up),
        ..message(2, Role::Assistant, "See [1]")
    };
    model.apply(Event::Message { message: stored });
    assert_eq!(
        (last(&model).sources.as_slice(), last(&model).feedback),
        ([source].as_slice(), Some(Thumb::Up))
    );
}

/// Both streams of two turns, in every order a network can make of them, end in the same thread.
#[test]
fn any_interleaving_of_the_streams_converges() {
    for round in 0..2_000u32 {
        let mut model = asked("c1");
        ask(&mut model, "c2");
        let live = [
            own(1, "c1", "question c1"),
            own(2, "c2", "question c2"),
            chunk("a1", 0, "One "),
            chunk("a1", 4, "two"),
            answer(3, "a1", "One two"),
            chunk("a2", 0, "Uno "),
            chunk("a2", 4, "dos"),
            answer(4, "a2", "Uno dos"),
        ];
        let first = [piece("One"), piece(" two"), done("One two", Some(3))];
        let second = [piece("Uno dos"), done("Uno dos", Some(4))];
        let mut queues: [Vec<Step>; 3] = [
            live.into_iter().map(Step::Live).rev().collect(),
            first
                .into_iter()
                .map(|event| Step::Turn("c1", event))
                .rev()
                .collect(),
            second
                .into_iter()
                .map(|event| Step::Turn("c2", event))
                .rev()
                .collect(),
        ];
        let mut seed = round.wrapping_mul(2_654_435_761).wrapping_add(1);
        while queues.iter().any(|queue| !queue.is_empty()) {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // The second answer begins when the first is done, on its own stream too.
            let is_waiting = queues[1].len() > 1 && queues[0].len() > 3;
            let choice = match (seed >> 16) as usize % 3 {
                2 if is_waiting => 0,
                choice => choice,
            };
            match queues[choice].pop() {
                Some(Step::Live(event)) => model.apply(event),
                Some(Step::Turn(client_id, event)) => model.apply_turn(client_id, event),
                None => {}
            }
        }
        assert_eq!(
            texts(&model),
            ["question c1", "question c2", "One two", "Uno dos"],
            "round {round}"
        );
        assert!(
            model
                .entries()
                .iter()
                .all(|entry| entry.state == State::Complete),
            "round {round}"
        );
        let seqs: Vec<_> = model.entries().iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, [Some(1), Some(2), Some(3), Some(4)], "round {round}");
    }
}

enum Step {
    Live(Event),
    Turn(&'static str, ChatEvent),
}

#[test]
fn what_came_with_the_history_is_unread_beyond_the_read_mark() {
    let mut model = ChatModel::new(true);
    let mut reply = history(vec![
        message(1, Role::User, "Hello"),
        message(2, Role::Assistant, "Hi"),
        message(3, Role::Operator, "One more thing"),
        message(4, Role::User, "Yes?"),
        message(5, Role::Operator, "And another"),
    ]);
    reply.read_seq = 2;
    model.merge_history(reply, true);
    assert_eq!(model.unread(), 2);
    assert_eq!(model.take_unread(), Some(5));
    assert_eq!(model.unread(), 0);
    assert_eq!(model.take_unread(), None, "read once");
}

#[test]
fn what_operators_have_read_is_seen_after_a_reload() {
    let mut model = ChatModel::new(true);
    let mut reply = history(vec![
        message(1, Role::User, "Hello"),
        message(2, Role::User, "Are you there?"),
    ]);
    reply.seen_seq = 1;
    model.merge_history(reply, true);
    let seen: Vec<bool> = model.entries().iter().map(|entry| entry.seen).collect();
    assert_eq!(seen, [true, false]);
}

#[test]
fn what_was_written_before_the_history_came_stands_after_it() {
    let mut model = ChatModel::new(true);
    model.compose("m-9".into(), "Quick as lightning".into(), String::new());
    let earlier = vec![
        message(1, Role::User, "Hello"),
        message(2, Role::Assistant, "Hi"),
    ];
    model.merge_history(history(earlier), true);
    let texts = |model: &ChatModel| -> Vec<String> {
        let entries = model.entries().iter();
        entries.map(|entry| entry.text.clone()).collect()
    };
    assert_eq!(texts(&model), ["Hello", "Hi", "Quick as lightning"]);
    model.accept("m-9");
    model.apply(own(3, "m-9", "Quick as lightning"));
    assert_eq!(texts(&model), ["Hello", "Hi", "Quick as lightning"]);
}

#[test]
fn what_another_tab_has_read_is_read() {
    let mut model = ChatModel::new(true);
    model.apply(operator(1, "Hello"));
    model.apply(operator(2, "Still there?"));
    assert_eq!(model.unread(), 2);
    model.apply(Event::Read {
        seq: 1,
        who: Typist::Visitor,
    });
    assert_eq!(model.unread(), 1);
    model.apply(Event::Read {
        seq: 2,
        who: Typist::Operator,
    });
    assert_eq!(
        model.unread(),
        1,
        "that the operator reads says nothing about the visitor"
    );
}

#[test]
fn an_answer_counts_as_unread_once_it_is_whole() {
    let mut model = ChatModel::new(true);
    model.apply(chunk("a", 0, "We ship "));
    assert_eq!(model.unread(), 0);
    model.apply(answer(2, "a", "We ship to Canada."));
    assert_eq!(model.unread(), 1);
}

#[test]
fn a_read_mark_that_did_not_arrive_is_given_again() {
    let mut model = ChatModel::new(true);
    model.apply(operator(3, "Hello"));
    assert_eq!(model.take_unread(), Some(3));
    model.give_unread_back(3);
    assert_eq!(model.take_unread(), Some(3));
}

#[test]
fn a_note_stays_where_it_came_and_is_no_message() {
    let mut model = ChatModel::new(true);
    model.apply(answer(2, "a", "Welcome back."));
    model.take_unread();
    model.take_changes();
    model.note("Need a hand?".into(), "Acme".into());
    assert_eq!(model.unread(), 0);
    assert!(model.take_changes().arrived.is_empty());
    model.compose("m-1".into(), "Yes".into(), String::new());
    model.apply(own(3, "m-1", "Yes"));
    // The note begins with the same letters: the answer is another one all the same.
    model.apply(chunk("b", 0, "Need"));
    model.apply(answer(4, "b", "Need more? Ask."));
    let texts: Vec<&str> = model
        .entries()
        .iter()
        .map(|entry| entry.text.as_str())
        .collect();
    assert_eq!(
        texts,
        ["Welcome back.", "Need a hand?", "Yes", "Need more? Ask."]
    );
}
