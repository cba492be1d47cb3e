//! A signal of the time, so that "3 min" becomes "4 min" without anybody asking.

use crate::browser;
use leptos::prelude::*;
use std::time::Duration;

const STEP: Duration = Duration::from_secs(15);

/// Milliseconds since 1970, moving in steps.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<f64>);

impl Clock {
    pub fn start() -> Self {
        let clock = Self(RwSignal::new(browser::now()));
        let ticking = set_interval_with_handle(move || clock.0.set(browser::now()), STEP);
        if let Ok(handle) = ticking {
            on_cleanup(move || handle.clear());
        }
        clock
    }

    pub fn now(self) -> f64 {
        self.0.get()
    }
}
