//! Ends an answer under way before it is whole: whoever asked wants to hear no more, or a person takes over. The answer may
//! be given by another replica than the one that is told.

use super::live::{LiveAnswer, TurnEvent};
use crate::app::App;
use crate::bus::note::Note;
use crate::core::actor::Visitor;
use std::sync::Arc;

/// Stops what is being said in the visitor's conversation and waits until the part that was said is stored. Nothing
/// under way is fine; an answer that was just whole stays whole. Where another replica gives the answer, it is told and
/// not waited for.
pub async fn stop(app: &App, visitor: &Visitor) {
    let conversation_id = visitor.conversation.id;
    match app.answers.under_way(conversation_id) {
        Some(answer) => ended(&answer).await,
        None => app.bus.tell(Note::Stop {
            conversation_id,
            question_seq: None,
        }),
    }
}

/// Stops the answer to the message at a position. False where none is being given here: one that still waits for its turn
/// will find what has become of its question.
pub(in crate::core) async fn stop_answer_to(
    app: &App,
    conversation_id: i64,
    question_seq: i64,
) -> bool {
    let Some(answer) = under_way(app, conversation_id, Some(question_seq)) else {
        return false;
    };
    ended(&answer).await;
    true
}

/// The same, at whatever replica the answer is given: for a message that is taken back, to which none is wanted any more.
pub(in crate::core) async fn stop_answer_anywhere(
    app: &App,
    conversation_id: i64,
    question_seq: i64,
) {
    if !stop_answer_to(app, conversation_id, question_seq).await {
        app.bus.tell(Note::Stop {
            conversation_id,
            question_seq: Some(question_seq),
        });
    }
}

/// What another replica was told: stops the answer that is being given here, if it is.
pub(in crate::core) fn stop_here(app: &App, conversation_id: i64, question_seq: Option<i64>) {
    if let Some(answer) = under_way(app, conversation_id, question_seq) {
        answer.stop.cancel();
    }
}

/// Breaks off what the assistant is saying in a conversation, because a person takes over.
pub(in crate::core) fn abandon(app: &App, conversation_id: i64) {
    app.turns.abandon(conversation_id);
    app.bus.tell(Note::Abandon(conversation_id));
}

fn under_way(
    app: &App,
    conversation_id: i64,
    question_seq: Option<i64>,
) -> Option<Arc<LiveAnswer>> {
    let answer = app.answers.under_way(conversation_id)?;
    let is_meant = question_seq.is_none_or(|seq| answer.question_seq == seq);
    is_meant.then_some(answer)
}

/// Every turn tells how it ended, so this waits no longer than the answer takes to be stored.
async fn ended(answer: &Arc<LiveAnswer>) {
    let mut events = answer.listen();
    answer.stop.cancel();
    while let Some(TurnEvent::Chunk(_)) = events.recv().await {}
}
