//! How a replica stands with the others, and when those who listen here have to look into the event table themselves.
//!
//! Whoever hears everything never looks. Where the connection to the others is away, each listener looks every second
//! or so from its own cursor; where it comes back, or somebody could not tell everything, each looks once. So nobody
//! has to be disconnected, and nothing has to be remembered about what was missed. Looks are spread, and rarer the more
//! listen, so that a database with ten thousand listeners is asked no more than [`LOOKS`] times a second.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// How often one listener looks while the others cannot be heard, as long as few listen.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks a second of all listeners together.
const LOOKS: u32 = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What happens elsewhere is not heard here.
    Apart,
    /// It is. The number grows where something may have been missed.
    Together(u64),
}

/// Shared by the listeners of one replica.
#[derive(Debug)]
pub(super) struct Watchtower {
    standing: watch::Sender<Standing>,
    crowd: Arc<Crowd>,
}

#[derive(Debug, Default)]
struct Crowd {
    present: AtomicUsize,
    ever: AtomicU64,
}

impl Crowd {
    fn pace(&self) -> Duration {
        let present = u32::try_from(self.present.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        (Duration::from_secs(1) / LOOKS)
            .saturating_mul(present)
            .max(LOOK_EVERY)
    }
}

impl Watchtower {
    pub(super) fn new() -> Self {
        Self {
            standing: watch::Sender::new(Standing::Apart),
            crowd: Arc::default(),
        }
    }

    pub(super) fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    pub(super) fn stand_apart(&self) {
        self.standing.send_replace(Standing::Apart);
    }

    /// From now on everything is heard; what came before may have been missed.
    pub(super) fn stand_together(&self) {
        self.standing.send_modify(|standing| {
            *standing = match *standing {
                Standing::Apart => Standing::Together(0),
                Standing::Together(gaps) => Standing::Together(gaps + 1),
            }
        });
    }

    pub(super) fn lookout(&self) -> Lookout {
        let number = self.crowd.ever.fetch_add(1, Ordering::Relaxed);
        self.crowd.present.fetch_add(1, Ordering::Relaxed);
        // Multiples of the golden ratio lie evenly between 0 and 1, however many there are.
        #[expect(clippy::cast_precision_loss, reason = "any spread will do")]
        let place = (number as f64 * 0.618_033_988_749_895).fract();
        let mut watching = Watching {
            standing: self.standing.subscribe(),
            crowd: self.crowd.clone(),
            place,
            next: None,
        };
        if self.standing() == Standing::Apart {
            watching.look_soon();
        }
        Lookout(Some(watching))
    }
}

/// One listener's. Made before the listener reads the table for the first time, so that no gap falls in between.
#[derive(Debug)]
pub struct Lookout(Option<Watching>);

#[derive(Debug)]
struct Watching {
    standing: watch::Receiver<Standing>,
    crowd: Arc<Crowd>,
    /// Between 0 and 1: when in a round this one has its turn.
    place: f64,
    next: Option<Instant>,
}

impl Lookout {
    /// Of a replica that is alone: it hears everything.
    pub(super) const fn idle() -> Self {
        Self(None)
    }

    /// Resolves when it is time to look. May be dropped and called again: what was waited for is kept.
    pub async fn due(&mut self) {
        match &mut self.0 {
            Some(watching) => watching.due().await,
            None => pending().await,
        }
    }

    /// The look failed: there has to be another.
    pub fn again(&mut self) {
        if let Some(watching) = &mut self.0 {
            watching.next = Some(Instant::now() + watching.crowd.pace());
        }
    }
}

impl Watching {
    async fn due(&mut self) {
        loop {
            let next = self.next;
            let wait = async {
                match next {
                    Some(next) => sleep_until(next).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                changed = self.standing.changed() => match changed {
                    Ok(()) => self.look_soon(),
                    Err(_) => return pending().await,
                },
                () = wait => {
                    let is_apart = *self.standing.borrow() == Standing::Apart;
                    self.next = is_apart.then(|| Instant::now() + self.crowd.pace());
                    return;
                }
            }
        }
    }

    fn look_soon(&mut self) {
        let soon = Instant::now() + self.crowd.pace().mul_f64(self.place);
        self.next = Some(self.next.map_or(soon, |next| next.min(soon)));
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.crowd.present.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{LOOK_EVERY, LOOKS, Lookout, Watchtower};
    use futures_util::FutureExt;
    use std::time::Duration;
    use tokio::time::{Instant, timeout};

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn looks(lookout: &mut Lookout) {
        timeout(PATIENCE, lookout.due()).await.expect("it looks");
    }

    /// When it looks next, as far as it is known.
    fn next(lookout: &mut Lookout) -> Option<Instant> {
        assert!(lookout.due().now_or_never().is_none(), "it looks already");
        lookout.0.as_ref().and_then(|watching| watching.next)
    }

    #[tokio::test]
    async fn who_is_apart_looks_again_and_again_and_who_joins_looks_once() {
        let tower = Watchtower::new();
        let mut lookout = tower.lookout();
        looks(&mut lookout).await;
        assert!(next(&mut lookout).is_some_and(|next| next > Instant::now()));
        looks(&mut lookout).await;
        tower.stand_together();
        looks(&mut lookout).await;
        assert_eq!(next(&mut lookout), None);
        tower.stand_together();
        looks(&mut lookout).await;
        assert_eq!(next(&mut lookout), None, "after a gap too");
        lookout.again();
        looks(&mut lookout).await;
        assert_eq!(next(&mut lookout), None);
        tower.stand_apart();
        looks(&mut lookout).await;
        assert!(next(&mut lookout).is_some());
    }

    #[tokio::test]
    async fn being_asked_often_puts_no_look_off() {
        let tower = Watchtower::new();
        let _first = tower.lookout();
        let mut lookout = tower.lookout();
        let asked_often = async {
            while lookout.due().now_or_never().is_none() {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, asked_often).await.expect("it looks");
    }

    #[tokio::test]
    async fn many_listeners_look_no_more_often_in_all() {
        let tower = Watchtower::new();
        tower.stand_together();
        let seconds = 20;
        let mut crowd: Vec<_> = (0..seconds * LOOKS).map(|_| tower.lookout()).collect();
        tower.stand_together();
        let start = Instant::now();
        let mut each_second = vec![0_u32; seconds as usize + 1];
        for lookout in &mut crowd {
            // A task that never waits is told less and less.
            tokio::task::yield_now().await;
            let wait = match lookout.due().now_or_never() {
                Some(()) => Duration::ZERO,
                None => {
                    let next = lookout.0.as_ref().and_then(|watching| watching.next);
                    next.expect("it heard the news")
                        .saturating_duration_since(start)
                }
            };
            each_second[wait.as_secs() as usize] += 1;
        }
        let most = each_second.iter().max().copied().unwrap_or_default();
        assert!(most <= 2 * LOOKS, "{each_second:?}");
        drop(crowd);
        assert_eq!(
            tower.crowd.pace(),
            LOOK_EVERY,
            "who has gone counts no more"
        );
    }

    #[tokio::test]
    async fn who_is_alone_never_looks() {
        assert_eq!(next(&mut Lookout::idle()), None);
    }
}
