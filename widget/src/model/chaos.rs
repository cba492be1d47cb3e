//! Whatever the network does to the two ways that an answer comes by, the thread ends as the server has it.

use super::{ChatModel, State};
use crate::model::tests::{answer, chunk, done, own, piece};
use proptest::prelude::*;
use shared::event::Event;
use shared::message::MessageStatus;
use shared::widget::ChatEvent;
use std::collections::VecDeque;

/// What the server says of one conversation, in order. A turn's own stream carries the same pieces.
#[derive(Clone)]
struct Said {
    turn: usize,
    live: Event,
    stream: Option<ChatEvent>,
}

fn client_id(turn: usize) -> String {
    format!("m-{turn}")
}

fn answer_id(turn: usize) -> String {
    format!("a-{turn}")
}

fn script(answers: &[Vec<String>]) -> Vec<Said> {
    let mut said = Vec::new();
    for (turn, pieces) in answers.iter().enumerate() {
        let first_id = turn as i64 * 2 + 1;
        said.push(Said {
            turn,
            live: own(first_id, &client_id(turn), &format!("question {turn}")),
            stream: None,
        });
        let mut text = String::new();
        for next in pieces {
            said.push(Said {
                turn,
                live: chunk(&answer_id(turn), text.chars().count(), next),
                stream: Some(piece(next)),
            });
            text.push_str(next);
        }
        said.push(Said {
            turn,
            live: answer(first_id + 1, &answer_id(turn), &text),
            stream: Some(done(&text, Some(first_id + 1))),
        });
    }
    said
}

/// A server that has said so much, a channel, and the streams of the turns.
struct World {
    script: Vec<Said>,
    said: usize,
    /// Events on their way through the channel, with their position where they are durable.
    channel: VecDeque<(Option<usize>, Event)>,
    cursor: usize,
    streams: Vec<Option<VecDeque<ChatEvent>>>,
    model: ChatModel,
}

impl World {
    fn new(answers: &[Vec<String>]) -> Self {
        let mut model = ChatModel::new(true);
        for turn in 0..answers.len() {
            model.compose(client_id(turn), format!("question {turn}"), String::new());
        }
        Self {
            script: script(answers),
            said: 0,
            channel: VecDeque::new(),
            cursor: 0,
            streams: vec![None; answers.len()],
            model,
        }
    }

    fn is_durable(said: &Said) -> bool {
        matches!(said.live, Event::Message { .. })
    }

    /// The server says the next thing, to whoever listens.
    fn go_on(&mut self) {
        let Some(next) = self.script.get(self.said).cloned() else {
            return;
        };
        self.said += 1;
        let position = Self::is_durable(&next).then_some(self.said);
        self.channel.push_back((position, next.live));
        match next.stream {
            // The visitor's own words: the request that brought them is answered.
            None => {
                self.model.begin_turn(&client_id(next.turn));
                self.model.accept(&client_id(next.turn));
                self.streams[next.turn] = Some(VecDeque::new());
            }
            Some(event) => {
                if let Some(stream) = &mut self.streams[next.turn] {
                    stream.push_back(event);
                }
            }
        }
    }

    fn hear_channel(&mut self) {
        if let Some((position, event)) = self.channel.pop_front() {
            self.model.apply(event);
            self.cursor = position.unwrap_or(self.cursor);
        }
    }

    fn hear_stream(&mut self, turn: usize) {
        let next = self.streams[turn].as_mut().and_then(VecDeque::pop_front);
        if let Some(event) = next {
            self.model.apply_turn(&client_id(turn), event);
        }
    }

    /// The turn's request is cut off.
    fn cut_stream(&mut self, turn: usize) {
        if self.streams[turn].take().is_some() {
            self.model.close_turn(&client_id(turn));
        }
    }

    /// The channel is cut off and comes back: what is durable again from the cursor, then the answer so far.
    fn reconnect(&mut self) {
        let missed = self.script[..self.said].iter().enumerate();
        self.channel = missed
            .filter(|(at, said)| *at >= self.cursor && Self::is_durable(said))
            .map(|(at, said)| (Some(at + 1), said.live.clone()))
            .collect();
        let mut so_far = None;
        for said in &self.script[..self.said] {
            match &said.live {
                Event::Chunk { text, .. } => {
                    let (turn, whole) = so_far.get_or_insert((said.turn, String::new()));
                    *turn = said.turn;
                    whole.push_str(text);
                }
                _ => so_far = None,
            }
        }
        if let Some((turn, text)) = so_far {
            self.channel
                .push_back((None, chunk(&answer_id(turn), 0, &text)));
        }
    }

    fn end(&mut self) {
        while self.said < self.script.len() {
            self.go_on();
        }
        // A stream that was not cut is read to its end.
        for turn in 0..self.streams.len() {
            while self.streams[turn]
                .as_ref()
                .is_some_and(|stream| !stream.is_empty())
            {
                self.hear_stream(turn);
            }
        }
        self.reconnect();
        while !self.channel.is_empty() {
            self.hear_channel();
        }
    }
}

fn answers() -> impl Strategy<Value = Vec<Vec<String>>> {
    // Few letters, so that answers begin alike and pieces repeat.
    let piece = "[abü ]{1,3}";
    prop::collection::vec(prop::collection::vec(piece, 1..6), 1..4)
}

proptest! {
    // A failing case is printed whole; there is no file of them to keep.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_thread_ends_as_the_server_has_it(
        answers in answers(),
        steps in prop::collection::vec((0_u8..12, 0_usize..4), 0..60),
    ) {
        let mut world = World::new(&answers);
        for (step, turn) in steps {
            let turn = turn % answers.len();
            match step {
                0..4 => world.go_on(),
                4..7 => world.hear_channel(),
                7..10 => world.hear_stream(turn),
                10 => world.cut_stream(turn),
                _ => world.reconnect(),
            }
        }
        world.end();
        let stored: Vec<(i64, String)> = world
            .script
            .iter()
            .filter_map(|said| match &said.live {
                Event::Message { message } if message.status == MessageStatus::Complete => {
                    Some((message.seq, message.content.clone()))
                }
                _ => None,
            })
            .collect();
        let shown: Vec<(i64, String)> = world
            .model
            .entries()
            .iter()
            .map(|entry| (entry.seq.unwrap_or_default(), entry.text.clone()))
            .collect();
        prop_assert_eq!(shown, stored);
        prop_assert!(world.model.entries().iter().all(|entry| entry.state == State::Complete));
    }

    /// Messages go out, fail, wait, are taken back and come in again after a reload, in any order: none is lost, none is doubled.
    #[test]
    fn nothing_unsent_is_lost_or_doubled(
        steps in prop::collection::vec((0_u8..7, 0_usize..5), 1..60),
    ) {
        let mut model = ChatModel::new(true);
        let mut written: Vec<String> = Vec::new();
        let mut acknowledged: Vec<String> = Vec::new();
        for (step, which) in steps {
            let id = format!("m-{which}");
            let is_known = written.contains(&id);
            match step {
                0 if !is_known => {
                    model.compose(id.clone(), id.clone(), String::new());
                    written.push(id);
                }
                1 => model.begin_turn(&id),
                2 => model.queue(&id),
                3 => model.fail(&id, "rate_limited"),
                4 if model.outgoing(&id).is_some() => {
                    model.accept(&id);
                    acknowledged.push(id);
                }
                5 => {
                    let key = model.entries().iter().find(|e| e.client_id.as_ref() == Some(&id)).map(|e| e.key);
                    if let Some(key) = key {
                        model.retry(key);
                    }
                }
                // A reload: the thread is gone, what was kept comes back.
                6 => {
                    let kept = model.unsent();
                    let mut next = ChatModel::new(true);
                    for (at, id) in acknowledged.iter().enumerate() {
                        next.apply(own(at as i64 + 1, id, id));
                    }
                    for message in kept {
                        next.restore(message.message_id, message.text, String::new());
                    }
                    model = next;
                }
                _ => {}
            }
            let mut shown: Vec<String> = model.entries().iter().map(|entry| entry.text.clone()).collect();
            shown.sort();
            let mut expected = written.clone();
            expected.sort();
            prop_assert_eq!(shown, expected);
            let mut open: Vec<String> = model.unsent().into_iter().map(|message| message.message_id).collect();
            open.extend(acknowledged.iter().cloned());
            open.sort();
            prop_assert_eq!(open, { let mut all = written.clone(); all.sort(); all });
        }
    }
}

#[test]
fn what_waits_can_be_taken_back_and_is_not_shown_as_stored() {
    let mut model = ChatModel::new(true);
    let key = model.compose("m-1".into(), "Hello?".into(), String::new());
    model.begin_turn("m-1");
    model.queue("m-1");
    assert_eq!(
        model.entry(key).map(|entry| &entry.state),
        Some(&State::Queued)
    );
    assert_eq!(model.outgoing("m-1").as_deref(), Some("Hello?"));
    let taken = model.withdraw(key).map(|entry| entry.text);
    assert_eq!(taken.as_deref(), Some("Hello?"));
    assert_eq!(model.outgoing("m-1"), None);
    assert_eq!(model.unsent(), []);
}

#[test]
fn what_the_server_has_is_not_sent_again() {
    let mut model = ChatModel::new(true);
    model.apply(own(1, "m-1", "Hello?"));
    assert!(!model.restore("m-1".into(), "Hello?".into(), String::new()));
    assert!(model.restore("m-2".into(), "Anybody?".into(), String::new()));
    assert_eq!(model.unsent().len(), 1);
    assert_eq!(model.entries().len(), 2);
}

#[test]
fn an_answer_can_be_stopped_from_the_question_to_its_end() {
    let mut model = ChatModel::new(true);
    let is_answering = |model: &mut ChatModel| {
        model.take_changes();
        model.head.answering
    };
    assert!(!is_answering(&mut model));
    model.compose("m-1".into(), "Why?".into(), String::new());
    model.begin_turn("m-1");
    assert!(!is_answering(&mut model), "nobody has heard of it");
    model.accept("m-1");
    assert!(is_answering(&mut model));
    model.apply_turn("m-1", piece("Beca"));
    assert!(is_answering(&mut model));
    model.apply_turn("m-1", done("Because.", Some(2)));
    assert!(!is_answering(&mut model));
}

#[test]
fn a_stopped_answer_says_so_whichever_way_tells_it_first() {
    let stopped = |model: &mut ChatModel| {
        let Event::Message { mut message } = answer(2, "a-1", "Beca") else {
            return;
        };
        message.status = MessageStatus::Interrupted;
        model.apply(Event::Message { message });
    };
    let over = |model: &mut ChatModel| model.apply_turn("m-1", done("Beca", Some(2)));
    for is_live_first in [true, false] {
        let mut model = ChatModel::new(true);
        model.compose("m-1".into(), "Why?".into(), String::new());
        model.begin_turn("m-1");
        model.accept("m-1");
        model.apply_turn("m-1", piece("Beca"));
        if is_live_first {
            stopped(&mut model);
            over(&mut model);
        } else {
            over(&mut model);
            stopped(&mut model);
        }
        let states: Vec<&State> = model.entries().iter().map(|entry| &entry.state).collect();
        assert_eq!(states, [&State::Complete, &State::Interrupted]);
    }
}
