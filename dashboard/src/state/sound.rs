//! The notification sound: two short tones, off until somebody turns it on.

use crate::browser;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::AudioContext;

const KEY: &str = "parlance.dashboard.sound";

#[derive(Clone, Copy)]
pub struct Sound(RwSignal<bool>);

impl Sound {
    pub fn from_storage() -> Self {
        Self(RwSignal::new(
            browser::stored(browser::local_storage(), KEY).as_deref() == Some("on"),
        ))
    }

    pub fn is_on(self) -> bool {
        self.0.get()
    }

    /// Turning it on plays it once: the click is also what browsers ask for before they let a page sound.
    pub fn switch(self, on: bool) {
        self.0.set(on);
        browser::store(browser::local_storage(), KEY, on.then_some("on"));
        self.play();
    }

    pub fn play(self) {
        if self.0.get_untracked() {
            // A browser that does not let the page sound is no reason to disturb anybody.
            let _played = play_tones();
        }
    }
}

fn play_tones() -> Result<(), JsValue> {
    let context = AudioContext::new()?;
    for (start, frequency) in [(0.0, 660.0), (0.14, 880.0)] {
        let at = context.current_time() + start;
        let oscillator = context.create_oscillator()?;
        let gain = context.create_gain()?;
        oscillator.frequency().set_value(frequency);
        gain.gain().set_value_at_time(0.0, at)?;
        gain.gain().linear_ramp_to_value_at_time(0.08, at + 0.02)?;
        gain.gain().linear_ramp_to_value_at_time(0.0, at + 0.18)?;
        oscillator.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&context.destination())?;
        oscillator.start_with_when(at)?;
        oscillator.stop_with_when(at + 0.2)?;
    }
    Ok(())
}
