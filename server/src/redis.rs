//! The Redis that replicas share: one channel on which they tell each other what happens, and the counts of their
//! limits. The only file that names the crate.
//!
//! There is one attempt at a connection at a time and one place that makes it, `core/replicas.rs`; while there is none,
//! everything here fails at once instead of waiting.

use crate::clock::Millis;
use crate::error::{Error, Result};
use crate::rates::Rule;
use ::redis::aio::{MultiplexedConnection, PubSubStream};
use ::redis::{AsyncConnectionConfig, Client, Pipeline, RedisError, Script};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use shared::error::ErrorCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

const CONNECT: Duration = Duration::from_secs(5);
/// For what no request waits for.
const ANSWER: Duration = Duration::from_secs(1);
/// For a limit: a request waits for it.
const COUNT: Duration = Duration::from_millis(250);
/// After a count that failed the next ones are not tried for so long: a Redis that hangs must not slow every request.
const REST: Duration = Duration::from_secs(1);
/// Commands on their way at once; more wait for their turn.
const PIPELINE: usize = 1_024;

/// One sorted set of times for each rule and caller. Counting and judging are one step, so that two replicas cannot
/// both take the last place. Gives 0, or how long to wait: no longer than the window, whatever another replica's clock says.
const TAKE: &str = "
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return math.min(window, math.max(1, tonumber(oldest[2]) + window - now))
";

/// Redis could not be asked, and why.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Away(pub String);

impl From<RedisError> for Away {
    fn from(error: RedisError) -> Self {
        Self(error.to_string())
    }
}

#[derive(Debug)]
pub struct Redis {
    client: Client,
    /// Channels are shared by all databases of a Redis, so the number is part of their name as well.
    channel: String,
    limits: String,
    take: Script,
    /// Tells requests of the same millisecond apart, across replicas.
    own_name: String,
    counted: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    connection: Option<MultiplexedConnection>,
    /// Nothing is counted there before.
    rests_until: Option<Instant>,
}

/// What all replicas tell, this one included, in the order in which Redis got it.
pub struct Subscription(PubSubStream);

impl Subscription {
    /// The next that was told; none when the connection is gone.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        let message = self.0.next().await?;
        Some(message.get_payload_bytes().to_vec())
    }
}

impl Redis {
    /// Connects to nothing yet. `installation` is the same for all replicas and nobody else, `own_name` is this one's.
    ///
    /// # Errors
    /// With a sentence for the operator where the address cannot be used.
    pub fn new(address: &str, installation: &str, own_name: &str) -> Result<Self> {
        let client = Client::open(address).map_err(|error| {
            Error::new(ErrorCode::Internal)
                .with_detail(format!("PARLANCE_REDIS_URL cannot be used: {error}"))
        })?;
        let database = client.get_connection_info().redis_settings().db();
        Ok(Self {
            client,
            channel: format!("parlance:{installation}:{database}:events"),
            limits: format!("parlance:{installation}:limit"),
            take: Script::new(TAKE),
            own_name: own_name.to_owned(),
            counted: AtomicU64::new(0),
            state: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects, and subscribes to what the replicas tell each other.
    ///
    /// # Errors
    /// Where Redis is not there, or refuses.
    pub async fn join(&self) -> Result<Subscription, Away> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER))
            .set_pipeline_buffer_size(PIPELINE);
        let joined = async {
            let connection = self
                .client
                .get_multiplexed_async_connection_with_config(&config)
                .await?;
            let (mut subscriber, stream) = self.client.get_async_pubsub().await?.split();
            subscriber.subscribe(&self.channel).await?;
            Ok::<_, RedisError>((connection, stream))
        };
        let (connection, stream) = timeout(CONNECT, joined)
            .await
            .map_err(|_| Away("it does not answer".to_owned()))??;
        *self.lock() = State {
            connection: Some(connection),
            rests_until: None,
        };
        Ok(Subscription(stream))
    }

    /// Forgets the connection, until there is another.
    pub fn leave(&self) {
        *self.lock() = State::default();
    }

    /// Tells all replicas, in this order.
    ///
    /// # Errors
    /// Where it is not certain that they hear it.
    pub async fn publish(&self, words: Vec<Vec<u8>>) -> Result<(), Away> {
        let mut connection = self.lock().connection.clone().ok_or_else(not_connected)?;
        let mut pipeline = Pipeline::with_capacity(words.len());
        for word in words {
            pipeline.publish(&self.channel, word).ignore();
        }
        pipeline
            .query_async::<()>(&mut connection)
            .await
            .map_err(Away::from)
    }

    /// Counts one request over all replicas; where the limit is reached gives how long to wait instead.
    ///
    /// # Errors
    /// Where Redis could not be asked in time.
    pub async fn take(
        &self,
        rule: Rule,
        caller: &str,
        now: Millis,
    ) -> Result<Result<(), Millis>, Away> {
        let mut connection = self.counting()?;
        let number = self.counted.fetch_add(1, Ordering::Relaxed);
        let mut call = self.take.key(self.key(rule, caller));
        call.arg(now)
            .arg(rule.window)
            .arg(rule.limit)
            .arg(format!("{}-{number}", self.own_name));
        let wait: Millis = self.counted(call.invoke_async(&mut connection)).await?;
        Ok(match wait {
            0 => Ok(()),
            wait => Err(wait),
        })
    }

    /// Takes back the latest request counted.
    ///
    /// # Errors
    /// Where Redis could not be asked in time.
    pub async fn give_back(&self, rule: Rule, caller: &str) -> Result<(), Away> {
        let mut connection = self.counting()?;
        let mut command = ::redis::cmd("ZREMRANGEBYRANK");
        command.arg(self.key(rule, caller)).arg(-1).arg(-1);
        self.counted(command.query_async(&mut connection)).await
    }

    /// The connection, where counting is worth a try.
    fn counting(&self) -> Result<MultiplexedConnection, Away> {
        let state = self.lock();
        if state.rests_until.is_some_and(|end| Instant::now() < end) {
            return Err(Away("it failed a moment ago".to_owned()));
        }
        state.connection.clone().ok_or_else(not_connected)
    }

    async fn counted<T>(
        &self,
        counting: impl Future<Output = ::redis::RedisResult<T>>,
    ) -> Result<T, Away> {
        let outcome = match timeout(COUNT, counting).await {
            Ok(outcome) => outcome.map_err(Away::from),
            Err(_) => Err(Away("it does not answer in time".to_owned())),
        };
        if outcome.is_err() {
            self.lock().rests_until = Some(Instant::now() + REST);
        }
        outcome
    }

    /// Callers are addresses of machines and of mail: what stands in Redis does not show them.
    fn key(&self, rule: Rule, caller: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.limits);
        hash.update(caller);
        let caller = hex::encode(&hash.finalize()[..16]);
        format!("{}:{}:{caller}", self.limits, rule.name)
    }
}

fn not_connected() -> Away {
    Away("there is no connection".to_owned())
}
