//! Stops an answer under way because whoever asked wants to hear no more.

use super::live::{LiveAnswer, TurnEvent};
use crate::app::App;
use crate::core::actor::Visitor;
use std::sync::Arc;

/// Stops what is being said in the visitor's conversation and waits until the part that was said is stored. Nothing
/// under way is fine; an answer that was just whole stays whole.
pub async fn stop(app: &App, visitor: &Visitor) {
    if let Some(answer) = app.answers.under_way(visitor.conversation.id) {
        ended(&answer).await;
    }
}

/// Stops the answer to the message at a position. False where none is being given: one that still waits for its turn
/// will find what has become of its question.
pub(in crate::core) async fn stop_answer_to(
    app: &App,
    conversation_id: i64,
    question_seq: i64,
) -> bool {
    let answer = app.answers.under_way(conversation_id);
    let Some(answer) = answer.filter(|answer| answer.question_seq == question_seq) else {
        return false;
    };
    ended(&answer).await;
    true
}

/// Every turn tells how it ended, so this waits no longer than the answer takes to be stored.
async fn ended(answer: &Arc<LiveAnswer>) {
    let mut events = answer.listen();
    answer.stop.cancel();
    while let Some(TurnEvent::Chunk(_)) = events.recv().await {}
}
