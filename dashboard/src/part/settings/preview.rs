//! The real panel beside its settings. This page is its host: it does the loader's half of the handshake, then
//! sends the settings as they are typed.

use super::form::Form;
use crate::api::client::to_value;
use crate::browser;
use js_sys::{Array, Reflect};
use leptos::html;
use leptos::prelude::*;
use shared::frame::HostMessage;
use shared::site::{Bot, SiteSettings, is_color};
use shared::widget::WidgetConfig;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessageEvent, MessagePort, Window};

#[component]
pub fn Preview(bot: Bot, form: Form) -> AnyView {
    let frame = NodeRef::<html::Iframe>::new();
    let port = RwSignal::new_local(None::<MessagePort>);
    let public_id = StoredValue::new(bot.public_id.clone());
    let listening = window_event_listener_untyped("message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else {
            return;
        };
        let Some(panel) = frame
            .get_untracked()
            .and_then(|frame| frame.content_window())
        else {
            return;
        };
        if is_hello(event, &panel) {
            port.set(hand_over_port(&panel));
        }
    });
    on_cleanup(move || listening.remove());

    // Sent again when the panel is there, and with every change.
    Effect::new(move |_| {
        let config = form.draft.with(|draft| {
            let settings = paintable(&draft.settings);
            WidgetConfig::of(&public_id.get_value(), true, &settings, None)
        });
        port.with(|port| {
            if let Some(port) = port {
                send(
                    port,
                    &HostMessage::Preview {
                        config: Box::new(config),
                    },
                );
            }
        });
    });

    let position = form.value(|settings| settings.position.clone());
    let address = format!("/widget/frame?bot_id={}", bot.public_id);
    view! {
        <div class="preview" data-position=position>
            <div class="preview-stage">
                <iframe class="preview-frame" node_ref=frame src=address title="Preview of the chat"></iframe>
                <Launcher form />
            </div>
            <p class="hint">"This is the real chat. What you ask here is answered, and appears in the inbox."</p>
        </div>
    }
    .into_any()
}

/// The settings with the usual colour in the place of each that is only half typed.
fn paintable(settings: &SiteSettings) -> SiteSettings {
    let usual = SiteSettings::default();
    let or_usual = |color: &str, usual: String| match is_color(color) {
        true => color.to_owned(),
        false => usual,
    };
    SiteSettings {
        primary_color: or_usual(&settings.primary_color, usual.primary_color),
        bg_color: or_usual(&settings.bg_color, usual.bg_color),
        font_color: or_usual(&settings.font_color, usual.font_color),
        button_color: or_usual(&settings.button_color, usual.button_color),
        glow_color: settings.glow_color.clone().filter(|color| is_color(color)),
        ..settings.clone()
    }
}

fn is_hello(event: &MessageEvent, panel: &Window) -> bool {
    let from_panel = event.source().is_some_and(|source| {
        *AsRef::<JsValue>::as_ref(&source) == *AsRef::<JsValue>::as_ref(panel)
    });
    let word = Reflect::get(&event.data(), &"parlance".into())
        .ok()
        .and_then(|word| word.as_string());
    from_panel && event.origin() == browser::origin() && word.as_deref() == Some("hello")
}

/// Gives the panel its end of a channel and greets it.
fn hand_over_port(panel: &Window) -> Option<MessagePort> {
    let channel = MessageChannel::new().ok()?;
    let word = js_sys::Object::new();
    Reflect::set(&word, &"parlance".into(), &"port".into()).ok()?;
    panel
        .post_message_with_transfer(&word, &browser::origin(), &Array::of1(&channel.port2()))
        .ok()?;
    let port = channel.port1();
    port.start();
    send(
        &port,
        &HostMessage::Init {
            session_id: None,
            visitor_id: None,
            previous_id: None,
            asked: None,
            identity_token: None,
            page_url: Some(browser::origin() + &browser::current_path()),
            referrer: None,
            locale: None,
            theme: None,
            // An open panel takes the focus, which belongs to the settings.
            open: false,
            quiet: true,
            unsent: None,
            memory: None,
            inline: false,
        },
    );
    Some(port)
}

fn send(port: &MessagePort, message: &HostMessage) {
    if let Ok(value) = to_value(message) {
        // A panel that has gone hears nothing, and its successor gets everything again.
        let _sent = port.post_message(&value);
    }
}

/// The launcher's place, colours and shape. Where it stands on a page is the loader's doing, which needs a page
/// of its own; its looks follow the same settings.
#[component]
fn Launcher(form: Form) -> AnyView {
    let value = move |read: fn(&SiteSettings) -> String| form.value(read);
    let (corner, shadow) = (
        value(|s| s.corner_style.clone()),
        value(|s| s.drop_shadow.clone()),
    );
    let (glow_size, glow_strength) = (
        value(|s| s.glow_size.clone()),
        value(|s| s.glow_strength.clone()),
    );
    let color = value(|s| paintable(s).primary_color);
    let glow = value(|s| paintable(s).glow_color.unwrap_or_default());
    view! {
        <span
            class="preview-launcher" aria-hidden="true"
            data-corner=corner data-shadow=shadow data-glow-size=glow_size data-glow-strength=glow_strength
            style:--launcher=move || color.get()
            style:--glow=move || glow.get()
        >
            <svg viewBox="0 0 24 24" focusable="false">
                <path d="M6 4h12a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-5l-5 4v-4H6a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3Z"></path>
            </svg>
        </span>
    }
    .into_any()
}
