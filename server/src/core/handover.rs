//! Who has a conversation: a pure state machine. The assistant never speaks while an operator owns it.
//!
//! | mode | escalate | take over | reply | hand back | resolve | visitor writes |
//! |---|---|---|---|---|---|---|
//! | ai | waiting | operator | operator | – | closed | – |
//! | waiting | – | operator | operator | ai | closed | – |
//! | operator | – | operator (the one who takes it) | operator | ai | closed | – |
//! | closed | waiting | operator | operator | ai | – | ai |

use shared::conversation::Mode;

/// Who answers, and which operator has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    pub mode: Mode,
    /// Set exactly while the mode is `operator`.
    pub assignee: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A person is asked for.
    Escalated,
    /// An operator takes the conversation.
    TakenOver {
        by: i64,
    },
    /// An operator writes; writing takes the conversation over from the assistant and from nobody else.
    Replied {
        by: i64,
    },
    /// Back to the assistant.
    HandedBack,
    /// Done, by an operator or by the visitor.
    Closed,
    /// Opened again without a message.
    Reopened,
    VisitorWrote,
}

/// What has to happen besides the change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    OpenTicket,
    ResolveTicket,
    /// Tell everybody who listens that the mode changed.
    Announce,
    /// The conversation is over: ask for a rating, end streams.
    AnnounceEnd,
}

/// Where `event` leads from `state`, and what goes with it. Events that change nothing have no effects.
pub fn apply(state: State, event: Event) -> (State, Vec<Effect>) {
    use Effect::{Announce, AnnounceEnd, OpenTicket, ResolveTicket};
    let unchanged = (state, Vec::new());
    let to = |mode, assignee, effects: &[Effect]| (State { mode, assignee }, effects.to_vec());
    match (state.mode, event) {
        (Mode::Ai | Mode::Closed, Event::Escalated) => {
            to(Mode::Waiting, None, &[OpenTicket, Announce])
        }
        (Mode::Waiting | Mode::Operator, Event::Escalated) => unchanged,

        (Mode::Operator, Event::TakenOver { by }) if state.assignee == Some(by) => unchanged,
        (_, Event::TakenOver { by }) => to(Mode::Operator, Some(by), &[Announce]),

        (Mode::Operator, Event::Replied { .. }) => unchanged,
        (_, Event::Replied { by }) => to(Mode::Operator, Some(by), &[Announce]),

        (Mode::Ai, Event::HandedBack) => unchanged,
        (_, Event::HandedBack) => to(Mode::Ai, None, &[ResolveTicket, Announce]),

        (Mode::Closed, Event::Closed) => unchanged,
        (_, Event::Closed) => to(Mode::Closed, None, &[ResolveTicket, Announce, AnnounceEnd]),

        (Mode::Closed, Event::Reopened | Event::VisitorWrote) => to(Mode::Ai, None, &[Announce]),
        (_, Event::Reopened | Event::VisitorWrote) => unchanged,
    }
}

/// Whether the assistant answers a visitor's message in this mode.
pub const fn assistant_answers(mode: Mode) -> bool {
    matches!(mode, Mode::Ai)
}

#[cfg(test)]
mod tests {
    use super::{Effect, Event, State, apply, assistant_answers};
    use proptest::prelude::*;
    use shared::conversation::Mode;

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Escalated),
            (1..4_i64).prop_map(|by| Event::TakenOver { by }),
            (1..4_i64).prop_map(|by| Event::Replied { by }),
            Just(Event::HandedBack),
            Just(Event::Closed),
            Just(Event::Reopened),
            Just(Event::VisitorWrote),
        ]
    }

    /// The model: what people would say is going on, told in other terms than the table's.
    #[derive(Debug, Default)]
    struct Desk {
        owner: Option<i64>,
        somebody_waits: bool,
        over: bool,
        open_tickets: u32,
        last_human_act: Option<Event>,
    }

    impl Desk {
        fn hear(&mut self, event: Event) {
            match event {
                Event::Escalated if self.owner.is_none() && !self.somebody_waits => {
                    self.somebody_waits = true;
                    self.over = false;
                }
                Event::TakenOver { by } => {
                    (self.owner, self.somebody_waits, self.over) = (Some(by), false, false)
                }
                Event::Replied { by } => {
                    self.owner = self.owner.or(Some(by));
                    (self.somebody_waits, self.over) = (false, false);
                }
                Event::HandedBack => {
                    (self.owner, self.somebody_waits, self.over) = (None, false, false)
                }
                Event::Closed => (self.owner, self.somebody_waits, self.over) = (None, false, true),
                Event::Reopened | Event::VisitorWrote => self.over = false,
                Event::Escalated => {}
            }
            self.last_human_act = Some(event);
        }

        fn count(&mut self, effects: &[Effect]) {
            for effect in effects {
                match effect {
                    Effect::OpenTicket => self.open_tickets += 1,
                    Effect::ResolveTicket => self.open_tickets = 0,
                    Effect::Announce | Effect::AnnounceEnd => {}
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_course_of_events_keeps_the_promises(events in proptest::collection::vec(any_event(), 0..60)) {
            let mut state = State { mode: Mode::Ai, assignee: None };
            let mut desk = Desk::default();
            for event in events {
                let (next, effects) = apply(state, event);
                desk.hear(event);
                desk.count(&effects);

                prop_assert_eq!(next.assignee.is_some(), next.mode == Mode::Operator);
                prop_assert_eq!(next.assignee, desk.owner);
                prop_assert_eq!(next.mode == Mode::Waiting, desk.somebody_waits);
                prop_assert_eq!(next.mode == Mode::Closed, desk.over);
                prop_assert_eq!(assistant_answers(next.mode), desk.owner.is_none() && !desk.somebody_waits && !desk.over);
                prop_assert!(desk.open_tickets <= 1, "escalating twice returns the open ticket");
                if next.mode == Mode::Waiting {
                    prop_assert_eq!(desk.open_tickets, 1);
                }
                if next == state {
                    prop_assert!(effects.is_empty(), "nothing is announced that did not happen");
                } else {
                    prop_assert!(effects.contains(&Effect::Announce));
                }
                prop_assert_eq!(effects.contains(&Effect::AnnounceEnd), next.mode == Mode::Closed && state.mode != Mode::Closed);
                state = next;
            }
        }

        #[test]
        fn every_event_said_twice_is_said_once(event in any_event(), mode_index in 0..4_usize) {
            let mode = Mode::ALL[mode_index];
            let state = State { mode, assignee: (mode == Mode::Operator).then_some(9) };
            let (once, _) = apply(state, event);
            let (twice, effects) = apply(once, event);
            prop_assert_eq!(once, twice);
            prop_assert!(effects.is_empty());
        }
    }
}
