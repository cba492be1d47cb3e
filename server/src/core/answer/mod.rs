//! Answers: a task of their own, not of the request that asked. Whoever listens only listens; closing a tab
//! cancels nothing. The job row that asked for an answer lives until the answer is stored, so a crash leaves
//! an answer that is taken up again.

pub mod ask;
mod built_in;
pub mod compose;
mod extract;
pub mod live;
mod prompt;
pub mod queue;
mod small_talk;
mod source;
pub mod stop;
pub mod test_chat;
pub mod turn;
pub(in crate::core) mod wording;
pub mod words;
