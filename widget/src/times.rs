//! Moments as visitors read them. The browser words them, by the language that is spoken.

use shared::limits::SECOND_THOUGHTS_SECONDS;
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/src/times.js")]
extern "C" {
    /// Words every `time` of a thread, and says above an entry which day it begins, whatever comes and goes.
    #[wasm_bindgen(js_name = keepTimes)]
    pub fn keep(thread: &Element);
    /// Counts the seconds to a moment of the visitor's clock in an element: as the `{name}` of words, or alone.
    /// When they are over, `Chat::hear` is told of `time_over`.
    #[wasm_bindgen(js_name = countDown)]
    pub fn count_down(element: &Element, until: f64, words: &str);
    #[wasm_bindgen(js_name = secondsAfter)]
    fn seconds_after(moment: &str, seconds: f64) -> f64;
}

/// Until when a message can be changed that was stored at a moment, by the visitor's clock.
pub fn end_of_second_thoughts(stored_at: &str) -> f64 {
    seconds_after(stored_at, SECOND_THOUGHTS_SECONDS as f64)
}

pub fn is_in_time(until: f64) -> bool {
    until > js_sys::Date::now()
}
