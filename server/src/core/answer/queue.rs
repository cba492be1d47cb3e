//! Turns of one conversation run one after another, in order; turns of different ones side by side.

use super::turn::{self, Turn};
use crate::app::App;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

#[derive(Debug, Default)]
pub struct TurnQueue(Mutex<HashMap<i64, Line>>);

#[derive(Debug)]
struct Line {
    waiting: VecDeque<Turn>,
    running: CancellationToken,
}

impl TurnQueue {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a turn into its conversation's line and sees that somebody works on it.
    pub fn push(&self, app: &App, turn: Turn) {
        let conversation_id = turn.answer.address.conversation_id;
        let mut lines = self.lock();
        if let Some(line) = lines.get_mut(&conversation_id) {
            // Two requests of one visitor may get here in another order than they were stored in.
            let place = line
                .waiting
                .partition_point(|waiting| waiting.answer.question_seq < turn.answer.question_seq);
            line.waiting.insert(place, turn);
            return;
        }
        lines.insert(
            conversation_id,
            Line {
                waiting: VecDeque::from([turn]),
                running: CancellationToken::new(),
            },
        );
        drop(lines);
        let app = app.clone();
        app.tasks.clone().spawn(async move {
            while let Some((turn, token)) = app.turns.next(conversation_id) {
                turn::run(&app, turn, token).await;
            }
        });
    }

    /// Breaks off what the assistant is saying in a conversation, because a person takes over.
    pub fn abandon(&self, conversation_id: i64) {
        if let Some(line) = self.lock().get(&conversation_id) {
            line.running.cancel();
        }
    }

    fn next(&self, conversation_id: i64) -> Option<(Turn, CancellationToken)> {
        let mut lines = self.lock();
        let line = lines.get_mut(&conversation_id)?;
        let Some(turn) = line.waiting.pop_front() else {
            lines.remove(&conversation_id);
            return None;
        };
        line.running = CancellationToken::new();
        Some((turn, line.running.clone()))
    }
}
