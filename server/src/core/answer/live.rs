//! Answers under way, in memory: the text so far and who listens to it. Chunks are not rows; who joins late
//! starts from the text so far.

use crate::bus::{Audience, Live};
use crate::core::message::Address;
use shared::conversation::Mode;
use shared::event::Event;
use shared::message::Message;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What a turn tells those who asked for it.
#[derive(Debug, Clone)]
pub enum TurnEvent {
    Chunk(String),
    Done(Box<Done>),
    Failed { code: &'static str, message: String },
}

/// How a turn ended.
#[derive(Debug, Clone)]
pub struct Done {
    /// The stored reply; none where an operator has the conversation or the assistant is off.
    pub message: Option<Message>,
    pub mode: Mode,
    pub ticket_number: Option<String>,
    pub fallback: bool,
}

/// One answer under way.
#[derive(Debug)]
pub struct LiveAnswer {
    pub address: Address,
    /// `conv_…` without the prefix.
    pub conversation_slug: Arc<str>,
    pub answer_id: String,
    /// Position of the message it answers.
    pub question_seq: i64,
    /// Who hears its pieces, besides those who asked.
    pub audience: Audience,
    /// Cancelled where whoever asked wants to hear no more of it.
    pub stop: CancellationToken,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    text: String,
    characters: usize,
    /// Each is bounded by the length an answer may have.
    listeners: Vec<mpsc::UnboundedSender<TurnEvent>>,
    /// How it ended, for whoever found the answer on the list and listens a moment too late.
    ended: Option<TurnEvent>,
}

/// The text so far of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub answer_id: String,
    pub text: String,
}

impl LiveAnswer {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds text and gives its offset in characters. Publishing happens under the same lock through `publish`,
    /// so that chunks leave in order.
    pub fn push(&self, text: &str, publish: impl FnOnce(usize)) {
        let mut state = self.lock();
        let offset = state.characters;
        state.text.push_str(text);
        state.characters += text.chars().count();
        state
            .listeners
            .retain(|listener| listener.send(TurnEvent::Chunk(text.to_owned())).is_ok());
        publish(offset);
    }

    /// Says the text so far again through `publish`, between two pieces, for who came late and cannot ask here.
    pub fn repeat(&self, publish: impl FnOnce(Live)) {
        let state = self.lock();
        if !state.text.is_empty() {
            publish(self.piece(0, state.text.clone()));
        }
    }

    /// A piece of the text, for everybody who listens to the conversation.
    pub fn piece(&self, offset: usize, text: String) -> Live {
        let event = Event::Chunk {
            answer_id: self.answer_id.clone(),
            offset,
            text,
        };
        Live {
            cursor: None,
            conversation_id: self.address.conversation_id,
            conversation_slug: self.conversation_slug.clone(),
            event: Arc::new(event),
            audience: self.audience,
        }
    }

    pub fn text(&self) -> String {
        self.lock().text.clone()
    }

    /// Hears the text so far and everything that follows.
    pub fn listen(&self) -> mpsc::UnboundedReceiver<TurnEvent> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut state = self.lock();
        if !state.text.is_empty() && sender.send(TurnEvent::Chunk(state.text.clone())).is_err() {
            return receiver;
        }
        if let Some(ended) = &state.ended {
            // The receiver is ours and open.
            let _ = sender.send(ended.clone());
            return receiver;
        }
        state.listeners.push(sender);
        receiver
    }

    fn tell(&self, event: &TurnEvent) {
        let mut state = self.lock();
        state.ended = Some(event.clone());
        for listener in state.listeners.drain(..) {
            // A listener that has gone away misses nothing: the message is stored.
            let _ = listener.send(event.clone());
        }
    }
}

/// All answers under way in this process.
#[derive(Debug, Default)]
pub struct LiveAnswers(Mutex<HashMap<i64, Vec<Arc<LiveAnswer>>>>);

impl LiveAnswers {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Vec<Arc<LiveAnswer>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Announces an answer to come, so that a resend of its question can join it from the start.
    pub fn open(
        &self,
        address: Address,
        slug: Arc<str>,
        answer_id: String,
        question_seq: i64,
        audience: Audience,
    ) -> Arc<LiveAnswer> {
        let answer = Arc::new(LiveAnswer {
            address,
            conversation_slug: slug,
            answer_id,
            question_seq,
            audience,
            stop: CancellationToken::new(),
            state: Mutex::new(State::default()),
        });
        self.lock()
            .entry(address.conversation_id)
            .or_default()
            .push(answer.clone());
        answer
    }

    /// The answer to the message at a position, while it is under way.
    pub fn to_question(&self, conversation_id: i64, question_seq: i64) -> Option<Arc<LiveAnswer>> {
        self.lock()
            .get(&conversation_id)?
            .iter()
            .find(|answer| answer.question_seq == question_seq)
            .cloned()
    }

    /// The answer that is being given in a conversation, or is the next to be given.
    pub fn under_way(&self, conversation_id: i64) -> Option<Arc<LiveAnswer>> {
        self.lock()
            .get(&conversation_id)?
            .iter()
            .min_by_key(|answer| answer.question_seq)
            .cloned()
    }

    /// All answers that are being given in a conversation, or wait for their turn.
    pub fn all(&self, conversation_id: i64) -> Vec<Arc<LiveAnswer>> {
        let answers = self.lock().get(&conversation_id).cloned();
        answers.unwrap_or_default()
    }

    /// What is being said in a conversation right now.
    pub fn snapshots(&self, conversation_id: i64) -> Vec<Snapshot> {
        self.all(conversation_id)
            .iter()
            .map(|answer| Snapshot {
                answer_id: answer.answer_id.clone(),
                text: answer.text(),
            })
            .filter(|snapshot| !snapshot.text.is_empty())
            .collect()
    }

    /// Takes the answer off the list and tells those who listen how it ended.
    pub fn close(&self, answer: &Arc<LiveAnswer>, event: &TurnEvent) {
        {
            let mut answers = self.lock();
            if let Some(list) = answers.get_mut(&answer.address.conversation_id) {
                list.retain(|other| !Arc::ptr_eq(other, answer));
                if list.is_empty() {
                    answers.remove(&answer.address.conversation_id);
                }
            }
        }
        answer.tell(event);
    }

    /// Ends what those who asked in a conversation hear, and not the answers themselves.
    pub fn dismiss(&self, conversation_id: i64, event: &TurnEvent) {
        for answer in self.all(conversation_id) {
            answer.tell(event);
        }
    }

    /// How many answers are under way.
    pub fn count(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{LiveAnswers, TurnEvent};
    use crate::bus::Audience;
    use crate::core::message::Address;

    fn chunk(event: Option<TurnEvent>) -> String {
        match event {
            Some(TurnEvent::Chunk(text)) => text,
            other => panic!("a chunk was expected, not {other:?}"),
        }
    }

    #[tokio::test]
    async fn who_joins_late_gets_the_text_so_far_first_and_offsets_count_characters() {
        let answers = LiveAnswers::default();
        let answer = answers.open(
            Address {
                account_id: 1,
                conversation_id: 1,
            },
            "slug".into(),
            "ans_1".into(),
            1,
            Audience::Everybody,
        );
        let mut early = answer.listen();
        answer.push("née ", |offset| assert_eq!(offset, 0));
        let mut late = answers.to_question(1, 1).unwrap().listen();
        answer.push("😀!", |offset| assert_eq!(offset, 4));
        assert_eq!(chunk(early.recv().await), "née ");
        assert_eq!(chunk(early.recv().await), "😀!");
        assert_eq!(chunk(late.recv().await), "née ");
        assert_eq!(chunk(late.recv().await), "😀!");
        answers.close(
            &answer,
            &TurnEvent::Failed {
                code: "x",
                message: String::new(),
            },
        );
        assert!(matches!(late.recv().await, Some(TurnEvent::Failed { .. })));
        let mut too_late = answer.listen();
        assert_eq!(chunk(too_late.recv().await), "née 😀!");
        assert!(matches!(
            too_late.recv().await,
            Some(TurnEvent::Failed { .. })
        ));
        assert!(late.recv().await.is_none());
        assert_eq!(answers.count(), 0);
    }
}
