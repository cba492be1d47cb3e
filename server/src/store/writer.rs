//! Group commit for SQLite: one writer, and everything that waits shares one `fsync`.
//!
//! Each work of several runs inside a savepoint of the shared transaction, so that one that fails takes back only
//! its own rows. Nobody is answered before the commit.
//!
//! A statement is a message to the connection's thread and back, which costs more than what it does. So the
//! connection stays with the writer, a work on its own needs no savepoint, and one savepoint ends in the same
//! message in which the next begins.

use super::{RETRY_AFTER, Transaction, Work};
use crate::error::{Error, Result};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::error::ErrorCode;
use sqlx::AnyPool;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Bounds how long the first of a batch waits for the last.
const BATCH: usize = 64;
/// More waiting writes than this and callers wait before they may queue.
const QUEUE: usize = 1_024;

type Answer = Box<dyn FnOnce(Result<(), Arc<Error>>) + Send>;
/// Runs in the shared transaction; says whether its savepoint stays, and how to answer after the commit.
type Queued = Box<dyn for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, (bool, Answer)> + Send>;

enum Request {
    Work(Queued),
    Close(oneshot::Sender<()>),
}

#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Request>,
}

impl Writer {
    /// `pool` holds the one connection that writes.
    pub(super) async fn start(pool: AnyPool) -> Result<Self> {
        let transaction = Transaction::on(pool.acquire().await?);
        let (queue, requests) = mpsc::channel(QUEUE);
        tokio::spawn(serve(pool, transaction, requests));
        Ok(Self { queue })
    }

    pub(super) async fn run<T: Send + 'static>(&self, work: impl Work<T>) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        let queued: Queued = Box::new(move |transaction| {
            Box::pin(async move {
                let outcome = AssertUnwindSafe(work(transaction))
                    .catch_unwind()
                    .await
                    .unwrap_or_else(|_| Err(Error::internal("a write panicked")));
                let keep = outcome.is_ok();
                let answer: Answer = Box::new(move |committed| {
                    let result = match (outcome, committed) {
                        (Ok(_), Err(cause)) => Err(not_committed(&cause)),
                        (outcome, _) => outcome,
                    };
                    // A caller that has gone away needs no answer; its work is done all the same.
                    let _ = sender.send(result);
                });
                (keep, answer)
            })
        });
        self.queue
            .send(Request::Work(queued))
            .await
            .map_err(|_| closed())?;
        // Dropped unanswered: the transaction never came about; the writer has logged why.
        receiver
            .await
            .map_err(|_| Error::new(ErrorCode::StorageUnavailable).retry_after(RETRY_AFTER))?
    }

    /// Returns once everything queued before is committed.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Request::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorCode::ShuttingDown)
}

fn not_committed(cause: &Arc<Error>) -> Error {
    Error {
        retry_after: cause.retry_after,
        ..Error::new(cause.code).with_cause(cause.to_string())
    }
}

async fn serve(pool: AnyPool, mut transaction: Transaction, mut requests: mpsc::Receiver<Request>) {
    while let Some(first) = requests.recv().await {
        let mut batch = Vec::new();
        let mut closing = None;
        let mut next = Some(first);
        while let Some(request) = next {
            match request {
                Request::Work(work) => batch.push(work),
                Request::Close(done) => {
                    closing = Some(done);
                    break;
                }
            }
            next = if batch.len() < BATCH {
                requests.try_recv().ok()
            } else {
                None
            };
        }
        if !batch.is_empty() {
            commit_together(&mut transaction, batch).await;
        }
        if let Some(done) = closing {
            drop(transaction);
            pool.close().await;
            let _ = done.send(());
            return;
        }
    }
}

async fn commit_together(transaction: &mut Transaction, batch: Vec<Queued>) {
    if let Err(error) = statement(transaction, "begin immediate").await {
        tracing::warn!(%error, "a batch of writes could not begin");
        return;
    }
    let mut answers = Vec::with_capacity(batch.len());
    // Where a savepoint itself fails (disk full, I/O error) nothing of the batch may count. Works of the batch that
    // had not started lose their answer channel and are told so.
    let committed = match run(transaction, batch, &mut answers).await {
        Ok(Outcome::Keep) => statement(transaction, "commit").await,
        Ok(Outcome::TakeBack) => statement(transaction, "rollback").await,
        Err(error) => Err(error),
    };
    if committed.is_err() {
        // Some errors end the transaction by themselves; then there is nothing left to take back.
        let _ = statement(transaction, "rollback").await;
    }
    let committed = committed.map_err(Arc::new);
    for answer in answers {
        answer(committed.clone());
    }
}

enum Outcome {
    Keep,
    TakeBack,
}

async fn run(
    transaction: &mut Transaction,
    mut batch: Vec<Queued>,
    answers: &mut Vec<Answer>,
) -> Result<Outcome> {
    if batch.len() == 1
        && let Some(work) = batch.pop()
    {
        let (keep, answer) = work(transaction).await;
        answers.push(answer);
        return Ok(if keep {
            Outcome::Keep
        } else {
            Outcome::TakeBack
        });
    }
    for (index, work) in batch.into_iter().enumerate() {
        let begin = match index {
            0 => "savepoint work",
            _ => "release work; savepoint work",
        };
        statement(transaction, begin).await?;
        let (keep, answer) = work(transaction).await;
        answers.push(answer);
        if !keep {
            statement(transaction, "rollback to work").await?;
        }
    }
    // The commit releases the last savepoint.
    Ok(Outcome::Keep)
}

async fn statement(transaction: &mut Transaction, sql: &'static str) -> Result<()> {
    // As a query with arguments, of which it has none, it is prepared once and kept.
    sqlx::query(sql).execute(transaction.raw()).await?;
    Ok(())
}
