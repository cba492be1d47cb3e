//! Carries what replicas tell each other: this one's notes to Redis, the others' notes to whoever they concern here.
//!
//! Every replica hears every note, its own ones included. That is less to go wrong than a channel for each account, and
//! costs little: what nobody here listens to ends at a look into a map. Hearing oneself is how a dead connection is
//! told from a quiet one.
//!
//! Nothing here is the only copy of anything durable. A connection that breaks, a note that does not fit, a replica
//! that is killed with something on its tongue: all end with every listener concerned looking into the event table
//! once (`bus/standing.rs`), and looking again and again as long as there is no connection.

use crate::app::App;
use crate::bus::note::{Note, Received};
use crate::core::answer::stop::stop_here;
use crate::core::message::{self, Address};
use crate::redis::{Away, Redis, Subscription};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

/// How often a replica says that it is there.
const BEAT: Duration = Duration::from_secs(1);
/// Who is not heard for so long has died; where it is this one itself, the connection has.
const SILENCE: Duration = Duration::from_secs(5);
/// Notes that go to Redis in one piece.
const BATCH: usize = 256;
/// Between two tries to connect.
const AGAIN: Duration = Duration::from_millis(500);

/// Works until `leave`, and then tells what is left. Ends at once where there is no Redis.
pub async fn work(app: App, leave: CancellationToken) {
    let Some(redis) = app.redis.clone() else {
        return;
    };
    let Some(outbox) = app.bus.outbox() else {
        return;
    };
    let rows = Rows::default();
    let mut carrier = Carrier {
        app: &app,
        redis: &redis,
        rows: &rows,
        outbox,
        batch: Vec::new(),
        leave: &leave,
    };
    tokio::select! {
        () = carrier.work() => {}
        () = rows.show(&app) => {}
    }
}

struct Carrier<'a> {
    app: &'a App,
    redis: &'a Redis,
    rows: &'a Rows,
    outbox: mpsc::Receiver<Note>,
    /// What is being told.
    batch: Vec<Note>,
    leave: &'a CancellationToken,
}

impl Carrier<'_> {
    async fn work(&mut self) {
        let mut is_known_away = false;
        loop {
            let ended = self.session(&mut is_known_away).await;
            self.redis.leave();
            self.app.bus.stand_apart();
            let Err(away) = ended else { return };
            // Whatever was on its way when the connection ended.
            self.app.bus.lose();
            if !is_known_away {
                tracing::warn!(
                    %away,
                    "Redis cannot be used: until it can, limits count at this replica alone, and what happens at others is read from the database"
                );
            }
            is_known_away = true;
            tokio::select! {
                () = sleep(AGAIN) => {}
                () = self.leave.cancelled() => return,
            }
        }
    }

    /// From connecting to the end of the connection, or of the process.
    async fn session(&mut self, is_known_away: &mut bool) -> Result<(), Away> {
        let subscription = tokio::select! {
            joined = self.redis.join() => joined?,
            // Who is not connected has told nothing, and has nothing to tell.
            () = self.leave.cancelled() => return Ok(()),
        };
        // What was left from the time before is in the event table.
        while self.outbox.try_recv().is_ok() {
            self.app.bus.lose();
        }
        // Only now: whoever looks from here on, and hears everything from here on, has missed nothing in between.
        self.app.bus.stand_together();
        tracing::info!("events and limits are shared with the other replicas through Redis");
        *is_known_away = false;
        let (app, rows) = (self.app, self.rows);
        tokio::select! {
            told = self.tell() => told,
            away = hear(app, rows, subscription) => Err(away),
        }
    }

    async fn tell(&mut self) -> Result<(), Away> {
        let mut beats = beats();
        loop {
            self.batch.clear();
            let is_last = tokio::select! {
                biased;
                _ = beats.tick() => {
                    self.batch.push(Note::Beat);
                    false
                }
                _ = self.outbox.recv_many(&mut self.batch, BATCH) => false,
                () = self.leave.cancelled() => {
                    while let Ok(note) = self.outbox.try_recv() {
                        self.batch.push(note);
                    }
                    true
                }
            };
            if self.app.bus.take_lost() {
                self.batch.push(Note::Gap);
            }
            if is_last {
                self.batch.push(Note::Bye);
            }
            if let Err(away) = self.redis.publish(self.written()).await {
                // Some may have got through; that they did is not known.
                self.app.bus.lose();
                return Err(away);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    fn written(&self) -> Vec<Vec<u8>> {
        let written = self.batch.iter().filter_map(|note| {
            let written = note.write(&self.app.worker);
            written
                .inspect_err(|error| tracing::error!(%error, "a note could not be written"))
                .ok()
        });
        written.collect()
    }
}

fn beats() -> Interval {
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats
}

/// Hears until the connection is gone.
async fn hear(app: &App, rows: &Rows, mut subscription: Subscription) -> Away {
    let mut heard: HashMap<String, Instant> = HashMap::new();
    let mut heard_self = Instant::now();
    let mut ticks = beats();
    loop {
        let written = tokio::select! {
            written = subscription.next() => written,
            _ = ticks.tick() => {
                if heard_self.elapsed() > SILENCE {
                    return Away("it does not repeat what it is told".to_owned());
                }
                forget_silent(app, &mut heard);
                continue;
            }
        };
        let Some(written) = written else {
            return Away("the connection was closed".to_owned());
        };
        let Some(received) = Received::new(&written) else {
            continue;
        };
        if received.replica == app.worker {
            heard_self = Instant::now();
            continue;
        }
        if !heard.contains_key(received.replica) {
            tracing::info!(replica = received.replica, "another replica is there");
        }
        heard.insert(received.replica.to_owned(), Instant::now());
        match received.read() {
            Ok(Note::Bye) => {
                heard.remove(received.replica);
            }
            Ok(note) => take(app, rows, note),
            // Another version tells what this one does not know. What is durable of it is in the table.
            Err(error) => {
                tracing::warn!(%error, replica = received.replica, "a note could not be read");
                app.bus.stand_together();
            }
        }
    }
}

/// A replica that went without a word may have had something to say: its last events are looked for.
fn forget_silent(app: &App, heard: &mut HashMap<String, Instant>) {
    let before = heard.len();
    heard.retain(|replica, last| {
        let is_there = last.elapsed() <= SILENCE;
        if !is_there {
            tracing::warn!(replica, "another replica fell silent");
        }
        is_there
    });
    if heard.len() < before {
        app.bus.stand_together();
    }
}

/// Gives a note of another replica to whoever it concerns here. Never waits: whoever hears slowly is cut off by Redis.
fn take(app: &App, rows: &Rows, note: Note) {
    match note {
        Note::Live { account_id, live } => app.bus.deliver(account_id, &live),
        Note::CloseConversation(conversation_id) => {
            app.bus.close_conversation_here(conversation_id);
        }
        Note::CloseUser(user_id) => app.bus.close_user_here(user_id),
        Note::Row {
            account_id,
            conversation_id,
            conversation_slug,
        } => {
            if app.bus.has_operators(account_id) {
                let address = Address {
                    account_id,
                    conversation_id,
                };
                rows.push(address, conversation_slug);
            }
        }
        Note::Abandon(conversation_id) => app.turns.abandon(conversation_id),
        Note::Stop {
            conversation_id,
            question_seq,
        } => stop_here(app, conversation_id, question_seq),
        Note::Ask(conversation_id) => say_again(app, conversation_id),
        Note::Gap => app.bus.stand_together(),
        Note::Beat | Note::Bye => {}
    }
}

fn say_again(app: &App, conversation_id: i64) {
    for answer in app.answers.all(conversation_id) {
        let account_id = answer.address.account_id;
        answer.repeat(|live| app.bus.tell(Note::Live { account_id, live }));
    }
}

/// Rows of lists that are to be read and shown to the operators here. One that changes faster than it can be read is
/// read less often than it changes.
#[derive(Default)]
struct Rows {
    waiting: Mutex<HashMap<i64, (Address, Arc<str>)>>,
    there: Notify,
}

impl Rows {
    fn push(&self, address: Address, slug: Arc<str>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(address.conversation_id, (address, slug));
        drop(waiting);
        self.there.notify_one();
    }

    async fn show(&self, app: &App) {
        loop {
            self.there.notified().await;
            let waiting = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                std::mem::take(&mut *waiting)
            };
            for (address, slug) in waiting.into_values() {
                message::show_row(app, address, slug).await;
            }
        }
    }
}
