//! Visitors who take turns one after another: each posts a message, reads the whole stream, checks the text. After a few turns
//! each begins a new session, as a new visitor would.

mod turn;

use crate::connection::{Address, Connection};
use crate::figures::{Samples, round};
use crate::processes::{Usage, Watch};
use anyhow::{Context, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
pub use turn::Turn;

/// What every visitor does.
#[derive(Debug, Clone)]
pub struct Plan {
    pub url: Address,
    /// Where sessions begin; none for the model itself.
    pub init_url: Option<Address>,
    pub bot_id: Option<String>,
    /// The site of the visitor API, in place of `bot_id`.
    pub site_key: Option<String>,
    pub visitors: usize,
    pub turns_per_session: u32,
    pub warm_up: Duration,
    pub window: Duration,
    pub turn_limit: Duration,
    pub message: String,
    /// The text that every turn must have; without it only the server's own account of the text is checked.
    pub expected: Option<String>,
    pub process: Option<u32>,
}

/// What was seen in the window.
#[derive(Debug, Serialize)]
pub struct Report {
    pub visitors: usize,
    pub seconds: f64,
    pub turns: usize,
    pub turns_per_second: f64,
    pub first_text_p50_ms: Option<f64>,
    pub first_text_p99_ms: Option<f64>,
    pub turn_p50_ms: Option<f64>,
    pub turn_p99_ms: Option<f64>,
    pub chunks_per_turn: Option<f64>,
    pub sessions: usize,
    pub session_p50_ms: Option<f64>,
    pub wrong_texts: usize,
    pub failures: BTreeMap<String, u64>,
    /// CPU seconds of the server for each thousand turns.
    pub cpu_seconds_per_1000: Option<f64>,
    pub resident_mib: Option<f64>,
}

#[derive(Default)]
struct Log {
    turns: Mutex<Vec<(Instant, Turn)>>,
    sessions: Mutex<Vec<(Instant, Duration)>>,
    failures: Mutex<BTreeMap<String, u64>>,
    /// Visitors whose first turn, which holds the cold connect, is over.
    warm: AtomicU64,
    stop: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Log {
    fn failed(&self, error: &anyhow::Error) {
        let words: String = format!("{error:#}")
            .chars()
            .filter(|c| !c.is_control())
            .take(120)
            .collect();
        *lock(&self.failures).entry(words).or_default() += 1;
    }
}

struct Visitor {
    plan: Arc<Plan>,
    log: Arc<Log>,
    connection: Option<Connection>,
    session: String,
    turns_left: u32,
    /// Names this visitor among all of the run.
    number: usize,
    sessions: u32,
}

impl Visitor {
    async fn run(mut self) {
        let mut first = true;
        while !self.log.stop.load(Relaxed) {
            let limit = self.plan.turn_limit;
            let result = match tokio::time::timeout(limit, self.turn()).await {
                Ok(result) => result,
                Err(_) => Err(anyhow::anyhow!("no end within {} s", limit.as_secs())),
            };
            match result {
                Ok(turn) if !first => lock(&self.log.turns).push((Instant::now(), turn)),
                Ok(_) => {}
                Err(error) => {
                    // A fresh connection and session, as after a page reload, and no storm of retries.
                    self.log.failed(&error);
                    self.connection = None;
                    self.turns_left = 0;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            if std::mem::take(&mut first) {
                self.log.warm.fetch_add(1, Relaxed);
            }
        }
    }

    async fn turn(&mut self) -> Result<Turn> {
        if self.connection.as_ref().is_none_or(Connection::is_closed) {
            self.connection = Some(Connection::open(&self.plan.url.host).await?);
        }
        let connection = self.connection.as_mut().context("connection")?;
        if self.turns_left == 0 {
            if let (Some(url), Some(bot_id)) = (&self.plan.init_url, &self.plan.bot_id) {
                let began = Instant::now();
                self.session = connection.begin_session(&url.path, bot_id).await?;
                lock(&self.log.sessions).push((began, began.elapsed()));
            }
            if self.plan.site_key.is_some() {
                self.sessions += 1;
                self.session = own_session(self.number, self.sessions);
            }
            self.turns_left = self.plan.turns_per_session;
        }
        self.turns_left -= 1;
        turn::take(&self.plan, connection, &self.session).await
    }
}

/// A key that no other run against the same server makes.
fn own_session(visitor: usize, count: u32) -> String {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    format!("bench-{}-{visitor}-{count}", since.as_nanos())
}

/// The window of time that counts, and what the server used in it.
struct Window {
    from: Instant,
    to: Instant,
    before: Option<Usage>,
    after: Option<Usage>,
}

/// # Errors
/// When the server's process is gone.
pub async fn run(plan: Plan) -> Result<Report> {
    let plan = Arc::new(plan);
    let log = Arc::new(Log::default());
    let tasks: Vec<_> = (0..plan.visitors)
        .map(|number| {
            let visitor = Visitor {
                plan: plan.clone(),
                log: log.clone(),
                connection: None,
                session: String::new(),
                turns_left: 0,
                number,
                sessions: 0,
            };
            tokio::spawn(visitor.run())
        })
        .collect();
    warm_up(&plan, &log).await;
    let mut watch = plan.process.map(Watch::new);
    let mut usage = || watch.as_mut().map(Watch::read).transpose();
    let (before, from) = (usage()?, Instant::now());
    tokio::time::sleep(plan.window).await;
    let (to, after) = (Instant::now(), usage()?);
    log.stop.store(true, Relaxed);
    for task in tasks {
        task.await?;
    }
    let window = Window {
        from,
        to,
        before,
        after,
    };
    Ok(report(&plan, &log, &window))
}

/// Long enough, and every visitor once through; but not for ever where the server fails.
async fn warm_up(plan: &Plan, log: &Log) {
    let began = Instant::now();
    let all = plan.visitors as u64;
    loop {
        let spent = began.elapsed();
        let warm = log.warm.load(Relaxed) >= all && spent >= plan.warm_up;
        if warm || spent >= plan.warm_up + plan.turn_limit {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn report(plan: &Plan, log: &Log, window: &Window) -> Report {
    let inside = |at: &Instant| *at >= window.from && *at < window.to;
    let turns: Vec<Turn> = lock(&log.turns)
        .iter()
        .filter(|(at, _)| inside(at))
        .map(|(_, turn)| turn.clone())
        .collect();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    let first_text = Samples::new(turns.iter().map(|turn| milliseconds(turn.first_text)));
    let total = Samples::new(turns.iter().map(|turn| milliseconds(turn.total)));
    let sessions = Samples::new(
        lock(&log.sessions)
            .iter()
            .filter(|(at, _)| inside(at))
            .map(|(_, time)| milliseconds(*time)),
    );
    let seconds = (window.to - window.from).as_secs_f64();
    let count = turns.len() as f64;
    let used = window.before.zip(window.after);
    Report {
        visitors: plan.visitors,
        seconds: round(seconds, 2),
        turns: turns.len(),
        turns_per_second: round(count / seconds, 1),
        first_text_p50_ms: first_text.percentile(0.5),
        first_text_p99_ms: first_text.percentile(0.99),
        turn_p50_ms: total.percentile(0.5),
        turn_p99_ms: total.percentile(0.99),
        chunks_per_turn: (count > 0.0).then(|| {
            round(
                turns.iter().map(|turn| f64::from(turn.chunks)).sum::<f64>() / count,
                1,
            )
        }),
        sessions: sessions.len(),
        session_p50_ms: sessions.percentile(0.5),
        wrong_texts: turns.iter().filter(|turn| !turn.right_text).count(),
        failures: lock(&log.failures).clone(),
        cpu_seconds_per_1000: used.filter(|_| count > 0.0).map(|(before, after)| {
            round(
                (after.cpu_seconds - before.cpu_seconds) / count * 1_000.0,
                3,
            )
        }),
        resident_mib: window
            .after
            .map(|usage| round(usage.resident_kib as f64 / 1024.0, 1)),
    }
}
