//! Who is signed in. The token lives in this origin's storage, so that all tabs share it.

use crate::browser;
use leptos::prelude::*;
use shared::account::Me;

const TOKEN_KEY: &str = "parlance.dashboard.token";

/// Token and person of this browser.
#[derive(Clone, Copy)]
pub struct Session {
    token: RwSignal<Option<String>>,
    me: RwSignal<Option<Me>>,
    /// Why the sign-in page is shown, where somebody was signed in before.
    expired: RwSignal<bool>,
}

impl Session {
    /// Reads what an earlier visit left, and follows other tabs.
    pub fn from_storage() -> Self {
        let token =
            browser::stored(browser::local_storage(), TOKEN_KEY).filter(|token| !token.is_empty());
        let session = Self {
            token: RwSignal::new(token),
            me: RwSignal::new(None),
            expired: RwSignal::new(false),
        };
        let _listening = window_event_listener_untyped("storage", move |event| {
            use wasm_bindgen::JsCast;
            let Some(event) = event.dyn_ref::<web_sys::StorageEvent>() else {
                return;
            };
            if event.key().as_deref() == Some(TOKEN_KEY) || event.key().is_none() {
                session
                    .token
                    .set(event.new_value().filter(|token| !token.is_empty()));
                session.me.set(None);
            }
        });
        session
    }

    pub fn is_signed_in(self) -> bool {
        self.token.with(Option::is_some)
    }

    pub fn token_now(self) -> Option<String> {
        self.token.get_untracked()
    }

    pub fn me(self) -> Option<Me> {
        self.me.get()
    }

    pub fn my_id(self) -> Option<i64> {
        self.me.with(|me| me.as_ref().map(|me| me.id))
    }

    pub fn my_id_now(self) -> Option<i64> {
        self.me.with_untracked(|me| me.as_ref().map(|me| me.id))
    }

    pub fn set_me(self, me: Me) {
        self.me.set(Some(me));
    }

    pub fn sign_in(self, token: String) {
        browser::store(browser::local_storage(), TOKEN_KEY, Some(&token));
        self.expired.set(false);
        self.me.set(None);
        self.token.set(Some(token));
    }

    pub fn sign_out(self) {
        browser::store(browser::local_storage(), TOKEN_KEY, None);
        self.token.set(None);
        self.me.set(None);
    }

    /// The server refused `token`. A newer token, from a sign-in that happened meanwhile, stays.
    pub fn expire(self, token: &str) {
        if self.token_now().as_deref() == Some(token) {
            self.sign_out();
            self.expired.set(true);
        }
    }

    pub fn has_expired(self) -> bool {
        self.expired.get()
    }
}
