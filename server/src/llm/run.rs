//! The rules a model's answer runs under: time, size, one retry before the first word, and none after it.

use super::{Fault, Prompt, Provider, Token, Tokens};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Tokens that arrive together are handed on together, up to this many.
const TOGETHER: usize = 64;

/// What a model's answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the question to the first text.
    pub first: Duration,
    /// Between two signs of life.
    pub between: Duration,
    pub whole: Duration,
    /// Of text.
    pub bytes: usize,
    /// The longest `Retry-After` that is waited for.
    pub retry_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(20),
            between: Duration::from_secs(20),
            whole: Duration::from_secs(120),
            bytes: 16 << 10,
            retry_after: Duration::from_secs(5),
        }
    }
}

/// Asks a model. The stream ends after the whole answer, or with the fault that ended it.
pub fn answer(
    provider: Arc<dyn Provider>,
    prompt: Prompt,
    limits: Limits,
) -> BoxStream<'static, Result<String, Fault>> {
    async_stream::try_stream! {
        let end = Instant::now() + limits.whole;
        let (first, mut tokens) = begin(&provider, &prompt, &limits, end).await?;
        let mut bytes = first.text.len();
        if bytes > limits.bytes {
            Err(Fault::TooLong)?;
        }
        yield first.text;
        if let Some(fault) = first.fault {
            Err(fault)?;
        }
        loop {
            let until = end.min(Instant::now() + limits.between);
            let Some(batch) = timeout_at(until, tokens.next()).await.map_err(|_| Fault::Slow("it stopped"))? else {
                break;
            };
            let Batch { text, fault } = gather(batch);
            bytes += text.len();
            if bytes > limits.bytes {
                Err(Fault::TooLong)?;
            }
            if !text.is_empty() {
                yield text;
            }
            if let Some(fault) = fault {
                Err(fault)?;
            }
        }
    }
    .boxed()
}

type Batches = BoxStream<'static, Vec<Result<Token, Fault>>>;

/// Text that arrived together, and the fault that came right behind it.
struct Batch {
    text: String,
    fault: Option<Fault>,
}

fn gather(batch: Vec<Result<Token, Fault>>) -> Batch {
    let mut text = String::new();
    for token in batch {
        match token {
            Ok(Token::Text(token)) => text.push_str(&token),
            Ok(Token::Thinking) => {}
            Err(fault) => {
                return Batch {
                    text,
                    fault: Some(fault),
                };
            }
        }
    }
    Batch { text, fault: None }
}

/// The first text of an answer and the stream of the rest, trying a second time where that makes sense.
async fn begin(
    provider: &Arc<dyn Provider>,
    prompt: &Prompt,
    limits: &Limits,
    end: Instant,
) -> Result<(Batch, Batches), Fault> {
    let fault = match attempt(provider, prompt, limits, end).await {
        Ok(begun) => return Ok(begun),
        Err(fault) => fault,
    };
    let Some(wait) = wait_before_retry(&fault, limits) else {
        return Err(fault);
    };
    tracing::info!(%fault, model = provider.name(), "a model is asked a second time");
    if timeout_at(end, tokio::time::sleep(wait)).await.is_err() {
        return Err(fault);
    }
    attempt(provider, prompt, limits, end).await
}

fn wait_before_retry(fault: &Fault, limits: &Limits) -> Option<Duration> {
    match fault {
        Fault::Unreachable => Some(Duration::ZERO),
        Fault::Status {
            status: 429,
            retry_after,
        } => retry_after.filter(|wait| *wait <= limits.retry_after),
        Fault::Status {
            status: 500..=599,
            retry_after,
        } => Some(retry_after.unwrap_or_default()).filter(|wait| *wait <= limits.retry_after),
        _ => None,
    }
}

async fn attempt(
    provider: &Arc<dyn Provider>,
    prompt: &Prompt,
    limits: &Limits,
    end: Instant,
) -> Result<(Batch, Batches), Fault> {
    let slow = |_| Fault::Slow("it did not begin");
    let mut until = end.min(Instant::now() + limits.first);
    let tokens: Tokens = timeout_at(until, provider.ask(prompt.clone()))
        .await
        .map_err(slow)??;
    let mut batches = tokens.ready_chunks(TOGETHER).boxed();
    loop {
        let Some(batch) = timeout_at(until, batches.next()).await.map_err(slow)? else {
            return Err(Fault::Empty);
        };
        let batch = gather(batch);
        if !batch.text.is_empty() {
            return Ok((batch, batches));
        }
        if let Some(fault) = batch.fault {
            return Err(fault);
        }
        // A model that shows that it thinks may take until the whole time is over, but not fall silent.
        until = end.min(Instant::now() + limits.between);
    }
}
