//! Everything a request or a job works with. Cheap to clone.

use crate::bus::Bus;
use crate::clock::{Clock, Ids, Millis};
use crate::config::Config;
use crate::core::account::{Passwords, SetupToken};
use crate::core::answer::live::LiveAnswers;
use crate::core::answer::queue::TurnQueue;
use crate::core::file::Decoders;
use crate::core::job::Room;
use crate::core::key::Keyring;
use crate::core::knowledge::Indexes;
use crate::core::webhook::Webhooks;
use crate::error::{Error, Result};
use crate::llm::Models;
use crate::mail::Mailer;
use crate::metrics::Metrics;
use crate::net::Net;
use crate::rates::{self, Rates, Rule, Slots};
use crate::reader::Reader;
use crate::redis::Redis;
use crate::storage::Storage;
use crate::store::Db;
use shared::error::ErrorCode;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What [`App`] holds.
pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub keys: Keyring,
    pub passwords: Passwords,
    pub setup: SetupToken,
    pub clock: Clock,
    pub ids: Ids,
    pub bus: Bus,
    /// What this replica shares with others; none where it is alone.
    pub redis: Option<Arc<Redis>>,
    pub answers: LiveAnswers,
    pub turns: TurnQueue,
    /// Jobs that run at this moment, by kind.
    pub jobs: Room,
    /// Webhooks that are told something at this moment.
    pub webhooks: Webhooks,
    pub net: Net,
    /// The bytes of files.
    pub storage: Storage,
    pub mail: Mailer,
    /// Places for images that are decoded.
    pub decoders: Decoders,
    /// Reads documents in processes of their own.
    pub reader: Reader,
    pub models: Models,
    /// Search indexes of what the sites' assistants know.
    pub knowledge: Indexes,
    pub metrics: Metrics,
    /// Requests per caller.
    pub rates: Rates,
    /// Live streams per caller.
    pub streams: Slots,
    /// Work that outlives its request; shutdown waits for it.
    pub tasks: TaskTracker,
    /// Told when the process drains: streams end, new work is refused.
    pub shutdown: CancellationToken,
    /// Names this process in job leases.
    pub worker: String,
}

/// The application: database, clock, ids, bus, models, configuration.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens the database and the instance key that `config` names, making both where there are none yet.
    ///
    /// # Errors
    /// With a sentence for the operator, before anything is changed: a data folder that cannot be written, a
    /// database that cannot be opened, an instance key that does not fit it.
    pub async fn open(config: Config, clock: Clock, ids: Ids) -> Result<Self> {
        std::fs::create_dir_all(&config.data_dir).map_err(|error| {
            Error::new(ErrorCode::Internal)
                .with_detail(format!(
                    "the data folder {} cannot be made: {error}",
                    config.data_dir.display()
                ))
                .with_cause(error)
        })?;
        let db = Db::open(&config.database_url).await?;
        let keys = Keyring::open(&config, &db, &ids).await?;
        Self::new(config, db, keys, clock, ids)
    }

    /// # Errors
    /// Where the configured addresses of Redis and the model, or the model's key, cannot be used.
    pub fn new(config: Config, db: Db, keys: Keyring, clock: Clock, ids: Ids) -> Result<Self> {
        let worker = ids.slug();
        let net = Net::new(&config)?;
        let storage = Storage::open(&config)?;
        let mail = Mailer::open(&config)?;
        let models = Models::new(&config, &net)?;
        let reader = Reader::new(config.program.clone());
        let redis = match &config.redis_url {
            Some(url) => Some(Arc::new(Redis::new(url, keys.name_in_redis(), &worker)?)),
            None => None,
        };
        Ok(Self(Arc::new(Parts {
            config,
            db,
            keys,
            passwords: Passwords::default(),
            setup: SetupToken::default(),
            clock,
            ids,
            bus: match redis {
                Some(_) => Bus::between_replicas(),
                None => Bus::default(),
            },
            answers: LiveAnswers::default(),
            turns: TurnQueue::default(),
            jobs: Room::default(),
            webhooks: Webhooks::default(),
            net,
            storage,
            mail,
            decoders: Decoders::default(),
            reader,
            models,
            knowledge: Indexes::default(),
            metrics: Metrics::default(),
            rates: Rates::new(redis.clone()),
            redis,
            streams: Slots::default(),
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
            worker,
        })))
    }

    /// Counts one request of `caller`: an address, a key, an address of mail.
    ///
    /// # Errors
    /// `rate_limited`, with when to come again.
    pub async fn take(&self, rule: Rule, caller: &str) -> Result<()> {
        let Some(limit) = rates::scaled(rule.limit, self.config.rate_limit_scale) else {
            return Ok(());
        };
        let taken = self.rates.take(Rule { limit, ..rule }, caller, self.now());
        taken.await.map_err(|wait| {
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or_default());
            Error::new(ErrorCode::RateLimited).retry_after(wait)
        })
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }
}
