//! Counts what callers do: requests within a window of time, over all replicas, and live streams at one time, of each
//! replica for itself.

use crate::clock::Millis;
use crate::redis::Redis;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Callers remembered at most; above it those that have been quiet go, then any.
const CALLERS: usize = 100_000;

/// So many requests within so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Requests under different names are counted apart.
    pub name: &'static str,
    pub limit: u32,
    pub window: Millis,
}

type Key = (&'static str, Box<str>);

#[derive(Debug)]
struct Hits {
    times: VecDeque<Millis>,
    window: Millis,
}

impl Hits {
    fn forget_before(&mut self, oldest: Millis) {
        while self.times.front().is_some_and(|time| *time <= oldest) {
            self.times.pop_front();
        }
    }
}

/// A sliding window per rule and caller: never more than the limit within any span of the window's length,
/// which is what "10 per minute" promises. (A leaky bucket would let 19 through in the first minute.)
///
/// With Redis that holds over all replicas together. Each counts for itself all the same: what it alone has seen too
/// much of needs no question to Redis, and while Redis is away no replica lets through more than the limit.
#[derive(Debug, Default)]
pub struct Rates {
    here: Here,
    shared: Option<Arc<Redis>>,
}

impl Rates {
    pub fn new(shared: Option<Arc<Redis>>) -> Self {
        Self {
            here: Here::default(),
            shared,
        }
    }

    /// Counts one request; where the limit is reached gives how long to wait instead.
    pub async fn take(&self, rule: Rule, caller: &str, now: Millis) -> Result<(), Millis> {
        self.here.take(rule, caller, now)?;
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        match shared.take(rule, caller, now).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(wait)) => {
                self.here.give_back(rule, caller);
                Err(wait)
            }
            Err(away) => {
                tracing::debug!(%away, "a request was counted at this replica alone");
                Ok(())
            }
        }
    }

    /// Takes back the latest request counted: it turned out to be none of those the rule is about.
    pub async fn give_back(&self, rule: Rule, caller: &str) {
        self.here.give_back(rule, caller);
        let Some(shared) = &self.shared else { return };
        if let Err(away) = shared.give_back(rule, caller).await {
            tracing::debug!(%away, "a request was given back at this replica alone");
        }
    }
}

/// What was counted in this process.
#[derive(Debug, Default)]
struct Here(Mutex<HashMap<Key, Hits>>);

impl Here {
    fn take(&self, rule: Rule, caller: &str, now: Millis) -> Result<(), Millis> {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= CALLERS {
            make_room(&mut callers, now);
        }
        let hits = callers
            .entry((rule.name, caller.into()))
            .or_insert_with(|| Hits {
                times: VecDeque::new(),
                window: rule.window,
            });
        hits.forget_before(now - rule.window);
        let limit = usize::try_from(rule.limit).unwrap_or(usize::MAX);
        if hits.times.len() < limit {
            hits.times.push_back(now);
            return Ok(());
        }
        let oldest = hits.times.front().copied().unwrap_or(now);
        Err((oldest + rule.window - now).max(1))
    }

    fn give_back(&self, rule: Rule, caller: &str) {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hits) = callers.get_mut(&(rule.name, caller.into())) {
            hits.times.pop_back();
        }
    }
}

fn make_room(callers: &mut HashMap<Key, Hits>, now: Millis) {
    callers.retain(|_, hits| {
        let window = hits.window;
        hits.times.back().is_some_and(|last| *last > now - window)
    });
    if callers.len() >= CALLERS {
        let mut keep = false;
        callers.retain(|_, _| {
            keep = !keep;
            keep
        });
    }
}

/// Places for live streams, counted per caller in this process: what they bound is its memory.
#[derive(Debug, Default, Clone)]
pub struct Slots(Arc<Mutex<HashMap<Box<str>, u32>>>);

/// One held place; dropping it gives it back.
#[derive(Debug)]
pub struct Slot {
    slots: Slots,
    caller: Box<str>,
}

impl Slots {
    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for the caller; none where `limit` are taken. 0 means no limit.
    pub fn take(&self, caller: &str, limit: u32) -> Option<Slot> {
        let mut held = self.lock();
        let count = held.entry(caller.into()).or_insert(0);
        if limit > 0 && *count >= limit {
            return None;
        }
        *count += 1;
        Some(Slot {
            slots: self.clone(),
            caller: caller.into(),
        })
    }

    /// Streams that are open now, of all callers.
    pub fn count(&self) -> u32 {
        self.lock().values().sum()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = self.slots.lock();
        if let Some(count) = held.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.caller);
            }
        }
    }
}

/// The limit under the configured scale; none where limits are off.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what fits before the cast"
)]
pub fn scaled(limit: u32, scale: f64) -> Option<u32> {
    if scale <= 0.0 {
        return None;
    }
    Some(
        (f64::from(limit) * scale)
            .ceil()
            .clamp(1.0, f64::from(u32::MAX)) as u32,
    )
}

#[cfg(test)]
mod tests {
    use super::{CALLERS, Here, Rule, Slots, scaled};
    use crate::clock::MINUTE;

    const RULE: Rule = Rule {
        name: "test",
        limit: 3,
        window: MINUTE,
    };

    #[test]
    fn no_span_of_the_windows_length_holds_more_than_the_limit() {
        let rates = Here::default();
        assert_eq!(rates.take(RULE, "a", 0), Ok(()));
        assert_eq!(rates.take(RULE, "a", 30_000), Ok(()));
        assert_eq!(rates.take(RULE, "a", 59_999), Ok(()));
        assert_eq!(rates.take(RULE, "a", 59_999), Err(1));
        assert_eq!(rates.take(RULE, "a", 60_000), Ok(()));
        assert_eq!(rates.take(RULE, "a", 60_000), Err(30_000));
        assert_eq!(
            rates.take(RULE, "b", 60_000),
            Ok(()),
            "callers are counted apart"
        );
    }

    #[test]
    fn memory_is_bounded() {
        let rates = Here::default();
        for caller in 0..CALLERS + 10 {
            assert_eq!(rates.take(RULE, &caller.to_string(), 0), Ok(()));
        }
        assert!(rates.0.lock().unwrap().len() <= CALLERS);
    }

    #[test]
    fn a_dropped_stream_gives_its_place_back() {
        let slots = Slots::default();
        let first = slots.take("a", 1).unwrap();
        assert!(slots.take("a", 1).is_none());
        assert!(slots.take("b", 1).is_some());
        drop(first);
        assert!(slots.take("a", 1).is_some());
        assert_eq!(
            slots.count(),
            0,
            "nothing is kept about callers without streams"
        );
    }

    #[test]
    fn the_scale_multiplies_and_zero_switches_off() {
        assert_eq!(scaled(10, 1.0), Some(10));
        assert_eq!(scaled(10, 2.5), Some(25));
        assert_eq!(scaled(10, 0.01), Some(1), "a limit never becomes a ban");
        assert_eq!(scaled(10, 0.0), None);
        assert_eq!(scaled(u32::MAX, 9.0), Some(u32::MAX));
    }

    #[test]
    fn what_is_given_back_was_not_counted() {
        let rates = Here::default();
        for _ in 0..10 {
            assert_eq!(rates.take(RULE, "a", 0), Ok(()));
            rates.give_back(RULE, "a");
        }
        rates.give_back(RULE, "nobody");
    }
}
