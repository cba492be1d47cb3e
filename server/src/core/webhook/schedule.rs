//! When a delivery that failed is tried again.

use crate::clock::{HOUR, MINUTE, Millis, SECOND};

/// After the first try, after the second, and so on.
const WAITS: [Millis; 9] = [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// A wait is made longer by up to a fifth, so that what failed together does not come back together.
const JITTER: Millis = 5;

/// How long to wait after so many tries; none where it was the last. `random` spreads the waits.
pub(super) fn wait(tries: i64, random: [u8; 2]) -> Option<Millis> {
    let position = usize::try_from(tries.checked_sub(1)?).ok()?;
    let wait = *WAITS.get(position)?;
    Some(wait + wait / JITTER * Millis::from(u16::from_be_bytes(random)) / Millis::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::{WAITS, wait};
    use crate::clock::{DAY, HOUR, SECOND};

    #[test]
    fn waits_are_the_promised_ones_and_at_most_a_fifth_longer() {
        assert_eq!(wait(1, [0, 0]), Some(5 * SECOND));
        assert_eq!(wait(1, [255, 255]), Some(6 * SECOND));
        assert_eq!(wait(9, [0, 0]), Some(24 * HOUR));
        assert_eq!(wait(10, [0, 0]), None);
        assert_eq!(wait(0, [0, 0]), None);
        for tries in 1..=9 {
            let (least, most) = (
                wait(tries, [0, 0]).unwrap(),
                wait(tries, [255, 255]).unwrap(),
            );
            assert!(most > least && most <= least + least / 5);
        }
        // The last try comes before an endpoint is given up for failing five days.
        assert!(WAITS.iter().sum::<i64>() * 6 / 5 < 5 * DAY);
    }
}
