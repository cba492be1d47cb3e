//! The one live connection: opened while somebody is signed in, resumed where it broke off.

use crate::api::Api;
use crate::api::live::LiveNews;
use crate::browser;
use crate::state::inbox_store::InboxStore;
use js_sys::{Array, Function, Promise};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

/// Short breaks heal before anybody needs to know of them.
const GRACE: Duration = Duration::from_secs(3);
const FIRST_WAIT_MILLISECONDS: u32 = 1_000;
const LONGEST_WAIT_MILLISECONDS: u32 = 20_000;

#[derive(Clone, Copy)]
pub struct Live {
    /// Whether the notice of a lost connection is due.
    pub is_away: RwSignal<bool>,
    online: RwSignal<bool>,
    cursor: RwSignal<Option<i64>>,
    /// Which conversation the page shows: fetched again after a fresh connection.
    pub open: RwSignal<Option<String>>,
    /// Moves when the connection is to end; loops of older runs stop.
    run: StoredValue<u32>,
    abort: StoredValue<Option<AbortController>, LocalStorage>,
    wake: StoredValue<Option<Function>, LocalStorage>,
}

impl Live {
    pub fn new() -> Self {
        let live = Self {
            is_away: RwSignal::new(false),
            online: RwSignal::new(false),
            cursor: RwSignal::new(None),
            open: RwSignal::new(None),
            run: StoredValue::new(0),
            abort: StoredValue::new_local(None),
            wake: StoredValue::new_local(None),
        };
        let _online = window_event_listener_untyped("online", move |_| live.hurry());
        let _visible = window_event_listener_untyped("focus", move |_| live.hurry());
        live
    }

    /// Connects and stays connected until `stop`.
    pub fn start(self, api: Api, store: InboxStore) {
        self.stop();
        let run = self.run.get_value();
        self.cursor.set(None);
        spawn_local(async move { self.stay_connected(run, api, store).await });
    }

    pub fn stop(self) {
        self.run.update_value(|run| *run = run.wrapping_add(1));
        self.abort.with_value(|abort| {
            if let Some(abort) = abort {
                abort.abort();
            }
        });
        self.online.set(false);
        self.is_away.set(false);
        self.hurry();
    }

    /// Tries again now instead of waiting on.
    pub fn hurry(self) {
        self.wake.with_value(|wake| {
            if let Some(wake) = wake {
                let _woken = wake.call0(&JsValue::UNDEFINED);
            }
        });
    }

    async fn stay_connected(self, run: u32, api: Api, store: InboxStore) {
        let mut wait = FIRST_WAIT_MILLISECONDS;
        self.announce_absence_later(run);
        while self.run.get_value() == run {
            let Ok(abort) = AbortController::new() else {
                return;
            };
            self.abort.set_value(Some(abort.clone()));
            let after = self.cursor.get_untracked();
            let outcome = api
                .listen(after, &abort, |news| {
                    self.hear(run, news, after.is_none(), store)
                })
                .await;
            let was_online = self.online.get_untracked();
            self.online.set(false);
            if self.run.get_value() != run || outcome.is_err_and(|error| error.status == 401) {
                return;
            }
            if was_online {
                wait = FIRST_WAIT_MILLISECONDS;
                self.announce_absence_later(run);
            }
            self.pause(jittered(wait)).await;
            wait = (wait * 2).min(LONGEST_WAIT_MILLISECONDS);
        }
    }

    fn hear(self, run: u32, news: LiveNews, fresh: bool, store: InboxStore) {
        if self.run.get_value() != run {
            return;
        }
        match news {
            LiveNews::Connected => {
                self.online.set(true);
                self.is_away.set(false);
                if fresh {
                    store.refresh(self.open.get_untracked());
                }
            }
            LiveNews::Events(events) => {
                if let Some(cursor) = events.iter().rev().find_map(|event| event.cursor) {
                    self.cursor.set(Some(cursor));
                }
                store.apply(events);
            }
        }
    }

    fn announce_absence_later(self, run: u32) {
        set_timeout(
            move || {
                if self.run.get_value() == run && !self.online.get_untracked() {
                    self.is_away.set(true);
                }
            },
            GRACE,
        );
    }

    /// Waits, or is woken.
    async fn pause(self, milliseconds: u32) {
        let woken = Promise::new(&mut |resolve, _| self.wake.set_value(Some(resolve)));
        let passed = Promise::new(&mut |resolve, _| {
            set_timeout(
                move || {
                    let _resolved = resolve.call0(&JsValue::UNDEFINED);
                },
                Duration::from_millis(u64::from(milliseconds)),
            );
        });
        let _either = JsFuture::from(Promise::race(&Array::of2(&woken, &passed))).await;
        self.wake.set_value(None);
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

/// Spreads the returns of many browsers after a restart of the server.
fn jittered(milliseconds: u32) -> u32 {
    (f64::from(milliseconds) * (0.75 + js_sys::Math::random() / 2.0)) as u32
}

/// Whether the page can be seen, as a signal.
pub fn visibility() -> ReadSignal<bool> {
    let (visible, set_visible) = signal(browser::is_visible());
    for event in ["visibilitychange", "focus"] {
        let listening =
            window_event_listener_untyped(event, move |_| set_visible.set(browser::is_visible()));
        on_cleanup(move || listening.remove());
    }
    visible
}
