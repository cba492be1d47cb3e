//! The end of the thread, which is kept in sight for whoever is there.

use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/src/end.js")]
extern "C" {
    /// Keeps the end in sight while the thread loses or gains room.
    #[wasm_bindgen(js_name = keepEnd)]
    pub fn keep(thread: &Element);
    /// Whether the visitor has left the end; to be asked whenever the thread has moved.
    #[wasm_bindgen(js_name = leftEnd)]
    pub fn is_left(thread: &Element) -> bool;
    #[wasm_bindgen(js_name = toEnd)]
    pub fn show(thread: &Element);
}
