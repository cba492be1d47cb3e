//! The page that framed the panel, reached through the port that `boot.js` has taken from it.

use crate::wire::{self, ToObject};
use js_sys::{Array, Promise};
use shared::frame::{HostMessage, PanelMessage};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, MessageEvent, MessagePort, Storage};

#[wasm_bindgen(module = "/src/boot.js")]
extern "C" {
    #[wasm_bindgen(js_name = bot)]
    pub fn bot_id() -> String;
    #[wasm_bindgen(js_name = config)]
    pub fn config_promise() -> Promise;
    #[wasm_bindgen(js_name = pause)]
    fn pause_promise(milliseconds: u32) -> Promise;
    /// Ends all pauses: there is reason to try again now.
    pub fn wake();
    /// Gives an element the focus as soon as that is possible.
    #[wasm_bindgen(js_name = takeFocus)]
    pub fn take_focus(element: &HtmlElement);
    #[wasm_bindgen(js_name = words)]
    pub fn words_promise() -> Promise;
    #[wasm_bindgen(js_name = host)]
    fn host_promise() -> Promise;
}

const SESSION_KEY: &str = "parlance:session";
const VISITOR_KEY: &str = "parlance:visitor";
const UNSENT_KEY: &str = "parlance:unsent";

/// Where the panel's words to the host page go. Without a host page the session is kept for this tab only.
#[derive(Clone, Default)]
pub struct Host {
    port: Option<MessagePort>,
}

impl Host {
    /// Waits for the host page's first message. `hear` is called with it and with all that follow.
    pub async fn connect(hear: impl Fn(HostMessage) + 'static) -> Self {
        let reply = JsFuture::from(host_promise())
            .await
            .unwrap_or(JsValue::NULL);
        let Ok(port) = wire::field(&reply, "port").dyn_into::<MessagePort>() else {
            hear(init_without_host());
            return Self::default();
        };
        let is_own = wire::field(&reply, "isOwn").is_truthy();
        let take = move |value: &JsValue| match wire::host_message(value) {
            // Only the dashboard may dress the panel up.
            Some(HostMessage::Preview { .. }) if !is_own => {}
            Some(message) => hear(message),
            None => {}
        };
        take(&wire::field(&reply, "init"));
        for waiting in Array::from(&wire::field(&reply, "waiting")) {
            take(&waiting);
        }
        let listener =
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| take(&event.data()));
        port.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        // The port lives as long as the page.
        listener.forget();
        Self { port: Some(port) }
    }

    pub fn is_present(&self) -> bool {
        self.port.is_some()
    }

    pub fn tell(&self, message: &PanelMessage) {
        match (&self.port, message) {
            (Some(port), _) => {
                // Fails only for values that cannot be cloned, which plain objects can.
                let _ = port.post_message(&message.to_object());
            }
            (
                None,
                PanelMessage::Session {
                    session_id,
                    visitor_id,
                },
            ) => {
                keep(SESSION_KEY, session_id.as_deref());
                keep(VISITOR_KEY, visitor_id.as_deref());
            }
            (None, PanelMessage::Unsent { unsent }) => {
                keep(UNSENT_KEY, wire::to_json(&unsent.to_object()).as_deref());
            }
            _ => {}
        }
    }
}

fn init_without_host() -> HostMessage {
    HostMessage::Init {
        session_id: kept(SESSION_KEY),
        visitor_id: kept(VISITOR_KEY),
        identity_token: None,
        page_url: None,
        referrer: None,
        locale: None,
        theme: None,
        open: true,
        unsent: kept(UNSENT_KEY)
            .and_then(|json| wire::parse(&json))
            .and_then(|value| wire::unsent(&value)),
        inline: false,
    }
}

/// Waits before another try, until then or until `wake`.
pub async fn pause(milliseconds: u32) {
    // Never rejected.
    let _ = JsFuture::from(pause_promise(milliseconds)).await;
}

/// Storage of this tab. Browsers may refuse it to a frame; the panel works without.
fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

pub fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

pub fn keep(key: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}
