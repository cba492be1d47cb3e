//! What a stream that answers a message tells, whatever its form: the pieces, and one end.

use crate::app::App;
use crate::core::answer::live::TurnEvent;
use crate::core::answer::turn::Asked;
use async_stream::stream;
use futures_util::Stream;
use shared::error::ErrorCode;
use std::time::Duration;

/// How long an answer's stream waits for its end once the server drains. The answer itself is taken up again at
/// the next start where it takes longer.
const PATIENCE: Duration = Duration::from_secs(7);
/// The stream outlasts that by a little, so that its last event is its own.
pub const LINGER: Duration = Duration::from_secs(8);

/// Chunks, and then exactly one `Done` or `Failed`.
pub fn told(app: &App, asked: Asked) -> impl Stream<Item = TurnEvent> + Send + use<> {
    let shutdown = app.shutdown.clone();
    stream! {
        let mut answer = match asked {
            Asked::Settled(done) => {
                if let Some(message) = &done.message {
                    yield TurnEvent::Chunk(message.content.clone());
                }
                yield TurnEvent::Done(done);
                return;
            }
            Asked::Answering(answer) => answer,
        };
        let given_up = async {
            shutdown.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::pin!(given_up);
        loop {
            let event = tokio::select! {
                event = answer.recv() => event,
                () = &mut given_up => Some(failure(ErrorCode::ShuttingDown)),
            };
            let event = event.unwrap_or_else(|| failure(ErrorCode::ModelInterrupted));
            let is_last = !matches!(event, TurnEvent::Chunk(_));
            yield event;
            if is_last {
                return;
            }
        }
    }
}

/// An end that is none, in the words of the error table.
pub fn failure(code: ErrorCode) -> TurnEvent {
    TurnEvent::Failed {
        code: code.code(),
        message: code.message().to_owned(),
    }
}
