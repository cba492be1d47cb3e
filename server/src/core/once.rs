//! A creating request that is sent again gives the first result instead of creating a second thing.

use crate::app::App;
use crate::clock::{DAY, MINUTE};
use crate::core::key::Purpose;
use crate::error::{Error, Result, check};
use crate::store::idempotency::{self, Remembered};
use sha2::{Digest, Sha256};
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_key;
use std::future::Future;
use std::time::Duration;

/// A first request that has not ended after this long was broken off with its process. The slowest one waits for a
/// model: 120 s for the answer, and what comes before its first token.
const BROKEN_OFF: i64 = 3 * MINUTE;
/// How long a resend waits for the first request: longer than an answer may take.
const WAIT: Duration = Duration::from_secs(170);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What tells two requests apart or makes them one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Route and credential: keys of different callers never meet.
    pub scope: String,
    /// The `Idempotency-Key`.
    pub key: String,
    /// What was asked for; the same key with something else is refused.
    pub fingerprint: String,
    /// The site the result tells of: it is forgotten with the site.
    pub site_id: Option<i64>,
    /// The result holds a secret that is shown only once: it is kept encrypted, and only for resends.
    pub is_secret: bool,
}

impl Attempt {
    /// What an encrypted result is bound to, so that it is worth nothing in another row.
    fn owner(&self) -> i64 {
        let digest = Sha256::new()
            .chain_update(self.scope.len().to_le_bytes())
            .chain_update(&self.scope)
            .chain_update(&self.key)
            .finalize();
        let mut owner = [0; 8];
        owner.copy_from_slice(&digest[..8]);
        i64::from_le_bytes(owner)
    }

    fn seal(&self, app: &App, body: String) -> Result<String> {
        if !self.is_secret {
            return Ok(body);
        }
        let sealed = app
            .keys
            .encrypt(&app.ids, Purpose::Reply, self.owner(), body.as_bytes())?;
        Ok(hex::encode(sealed))
    }

    fn unseal(&self, app: &App, body: String) -> Result<String> {
        if !self.is_secret {
            return Ok(body);
        }
        let sealed = hex::decode(body).map_err(Error::internal)?;
        let body = app.keys.decrypt(Purpose::Reply, self.owner(), &sealed)?;
        String::from_utf8(body).map_err(Error::internal)
    }
}

/// What the first request led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub status: u16,
    /// JSON.
    pub body: String,
}

/// Runs `work` unless the same request has run before, whose result is then given again. A refusal is not kept:
/// the same request may be tried again.
///
/// # Errors
/// Those of `work`; `validation_failed` for a key that cannot be one or that stood for another request;
/// `conflict` while the first request still runs.
pub async fn run<F>(app: &App, attempt: Attempt, work: F) -> Result<Outcome>
where
    F: Future<Output = Result<Outcome>>,
{
    check(
        "Idempotency-Key",
        check_key(&attempt.key, limits::CLIENT_ID_CHARS),
    )?;
    if let Some(first) = reserve_or_wait(app, &attempt).await? {
        return Ok(first);
    }
    match work.await {
        Ok(outcome) => {
            complete(app, attempt, outcome.clone()).await?;
            Ok(outcome)
        }
        Err(error) => {
            forget(app, attempt).await?;
            Err(error)
        }
    }
}

/// None where this request is the first, or has become it because the one before it was refused.
async fn reserve_or_wait(app: &App, attempt: &Attempt) -> Result<Option<Outcome>> {
    let waiting = async {
        while !reserve(app, attempt).await? {
            if let Some(first) = first_result(app, attempt).await? {
                return Ok(Some(first));
            }
        }
        Ok(None)
    };
    tokio::time::timeout(WAIT, waiting)
        .await
        .unwrap_or_else(|_| Err(conflict()))
}

/// True where this is the first request, or the first one's result cannot come any more.
async fn reserve(app: &App, attempt: &Attempt) -> Result<bool> {
    let (attempt, now) = (attempt.clone(), app.now());
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let Attempt {
                    scope,
                    key,
                    fingerprint,
                    site_id,
                    ..
                } = &attempt;
                if let Some(first) = idempotency::get(transaction, scope, key).await? {
                    let expired = first.created_at <= now - DAY;
                    let broken_off = first.status.is_none() && first.created_at <= now - BROKEN_OFF;
                    if !expired && !broken_off {
                        return Ok(false);
                    }
                    idempotency::forget(transaction, scope, key).await?;
                }
                idempotency::reserve(transaction, scope, key, fingerprint, *site_id, now).await
            })
        })
        .await
}

/// What the first request led to, once it is known. None where it was refused: then there is no first one any more.
async fn first_result(app: &App, attempt: &Attempt) -> Result<Option<Outcome>> {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        looks.tick().await;
        let Some(first) = look(app, attempt).await? else {
            return Ok(None);
        };
        if first.fingerprint != attempt.fingerprint {
            return Err(Error::invalid(
                "Idempotency-Key",
                "Idempotency-Key was used for another request",
            ));
        }
        if let (Some(status), Some(body)) = (first.status, first.body) {
            let status = u16::try_from(status).map_err(Error::internal)?;
            let body = attempt.unseal(app, body)?;
            return Ok(Some(Outcome { status, body }));
        }
    }
}

fn conflict() -> Error {
    Error::new(ErrorCode::Conflict).retry_after(Duration::from_secs(1))
}

async fn look(app: &App, attempt: &Attempt) -> Result<Option<Remembered>> {
    let mut connection = app.db.read().await?;
    idempotency::get(&mut connection, &attempt.scope, &attempt.key).await
}

async fn complete(app: &App, attempt: Attempt, outcome: Outcome) -> Result<()> {
    let status = i64::from(outcome.status);
    let body = attempt.seal(app, outcome.body)?;
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                idempotency::complete(transaction, &attempt.scope, &attempt.key, status, &body)
                    .await
            })
        })
        .await
}

async fn forget(app: &App, attempt: Attempt) -> Result<()> {
    app.db
        .write(move |transaction| {
            Box::pin(
                async move { idempotency::forget(transaction, &attempt.scope, &attempt.key).await },
            )
        })
        .await
}
