//! Asks before a page with unsaved changes is left.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// Set by the page that has something to lose.
#[derive(Clone, Copy)]
pub struct LeaveGuard {
    dirty: RwSignal<bool>,
    /// Where a click wanted to go while the question is open.
    pub pending: RwSignal<Option<String>>,
}

impl LeaveGuard {
    /// Listens to clicks on links before the router does, and to the tab being closed.
    pub fn install() -> Self {
        let guard = Self {
            dirty: RwSignal::new(false),
            pending: RwSignal::new(None),
        };
        let _closing = window_event_listener(leptos::ev::beforeunload, move |event| {
            if guard.dirty.get_untracked() {
                event.prevent_default();
            }
        });
        guard.catch_clicks();
        guard
    }

    pub fn set_dirty(self, dirty: bool) {
        if self.dirty.get_untracked() != dirty {
            self.dirty.set(dirty);
        }
    }

    /// At this moment, without following it.
    pub fn is_dirty_now(self) -> bool {
        self.dirty.get_untracked()
    }

    fn catch_clicks(self) {
        let listener =
            wasm_bindgen::closure::Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| {
                if !self.dirty.get_untracked()
                    || event.meta_key()
                    || event.ctrl_key()
                    || event.shift_key()
                {
                    return;
                }
                let link = event
                    .target()
                    .and_then(|target| target.dyn_into::<Element>().ok())
                    .and_then(|element| element.closest("a[href]").ok().flatten())
                    .and_then(|element| element.dyn_into::<HtmlAnchorElement>().ok());
                let Some(link) =
                    link.filter(|link| link.target().is_empty() && !link.hash().starts_with('#'))
                else {
                    return;
                };
                event.prevent_default();
                event.stop_propagation();
                self.pending.set(Some(link.pathname() + &link.search()));
            });
        if let Some(document) = crate::browser::document() {
            // In the capture phase: the router listens on the window when the event bubbles.
            let _added = document.add_event_listener_with_callback_and_bool(
                "click",
                listener.as_ref().unchecked_ref(),
                true,
            );
        }
        // Lives as long as the app.
        listener.forget();
    }
}
