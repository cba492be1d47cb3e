//! Time, ids and randomness. They are passed in everywhere, so that a whole flow is deterministic in tests;
//! `clippy.toml` bans the impure calls everywhere else.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the epoch, UTC.
pub type Millis = i64;

pub const SECOND: Millis = 1_000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;

/// Where the time comes from.
#[derive(Debug)]
pub enum Clock {
    System,
    /// Moves only when a test moves it.
    Fixed(AtomicI64),
}

impl Clock {
    pub const fn fixed(now: Millis) -> Self {
        Self::Fixed(AtomicI64::new(now))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    pub fn now(&self) -> Millis {
        match self {
            Self::Fixed(now) => now.load(Ordering::SeqCst),
            Self::System => {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
        }
    }

    /// Moves a fixed clock; the system's cannot be moved.
    pub fn advance(&self, by: Millis) {
        if let Self::Fixed(now) = self {
            now.fetch_add(by, Ordering::SeqCst);
        }
    }
}

/// ISO 8601 in UTC with `Z` and milliseconds, as every surface shows times.
pub fn iso(time: Millis) -> String {
    let timestamp = jiff::Timestamp::from_millisecond(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{timestamp:.3}")
}

const SLUG_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// 32 possibilities a character: 100 bits.
const SLUG_CHARS: usize = 20;

/// Where randomness comes from.
#[derive(Debug)]
pub enum Ids {
    System,
    /// A reproducible sequence for tests. Never for anything that must be secret.
    Seeded(Mutex<u64>),
}

impl Ids {
    pub const fn seeded(seed: u64) -> Self {
        Self::Seeded(Mutex::new(seed))
    }

    /// `N` bytes from the system's generator.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that draws randomness"
    )]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        match self {
            Self::System => rand::random(),
            Self::Seeded(state) => {
                let mut state = state
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                std::array::from_fn(|_| {
                    // SplitMix64 (Steele, Lea, Flood 2014): enough for ids that must differ and repeat per seed.
                    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                    (mixed >> 56) as u8
                })
            }
        }
    }

    /// A random slug of 100 bits, lower case letters and digits that are hard to confuse.
    pub fn slug(&self) -> String {
        let bytes: [u8; SLUG_CHARS] = self.bytes();
        bytes
            .iter()
            .map(|byte| char::from(SLUG_ALPHABET[usize::from(byte & 31)]))
            .collect()
    }

    /// A random UUID, version 4.
    pub fn uuid(&self) -> String {
        uuid::Builder::from_random_bytes(self.bytes())
            .into_uuid()
            .to_string()
    }

    /// 256 random bits in lower-case hexadecimal.
    pub fn secret(&self) -> String {
        hex::encode(self.bytes::<32>())
    }
}

#[cfg(test)]
mod tests {
    use super::{Ids, iso};

    #[test]
    fn times_are_utc_with_milliseconds() {
        assert_eq!(iso(1_767_225_600_123), "2026-01-01T00:00:00.123Z");
    }

    #[test]
    fn seeded_ids_repeat_and_differ() {
        let (first, second) = (Ids::seeded(7), Ids::seeded(7));
        let slug = first.slug();
        assert_eq!(slug, second.slug());
        assert_ne!(slug, first.slug());
        assert_eq!(slug.len(), 20);
    }
}
