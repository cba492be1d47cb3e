//! The panel's scripts, as far as the Rust side calls them: requests, session, outbox, live channel and host page are `line.js`'
//! affair, the look is that of `look.js`. The other way, everything comes as a word to `Chat::hear`.

use crate::wire;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement};

#[wasm_bindgen(module = "/src/boot.js")]
extern "C" {
    /// The site's config and the first texts.
    pub fn begin() -> Promise;
    /// Gives an element the focus as soon as that is possible.
    #[wasm_bindgen(js_name = takeFocus)]
    pub fn take_focus(element: &HtmlElement);
}

#[wasm_bindgen(module = "/src/asks.js")]
extern "C" {
    /// Whether the site has something to ask before the visitor writes.
    #[wasm_bindgen(js_name = mustAsk)]
    pub fn must_ask(has_written: bool) -> bool;
    /// Outside the site's hours: when people are back, in the visitor's zone, or nothing where that is not known.
    pub fn away() -> Option<String>;
}

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    /// Says something to the host page.
    pub fn tell(kind: &str, more: &JsValue);
    /// What this browser remembers of the visitor's choices.
    pub fn recall(name: &str) -> Option<String>;
    pub fn remember(name: &str, value: &str);
}

#[wasm_bindgen(module = "/src/server.js")]
extern "C" {
    /// Which site the panel belongs to. Named here so that the script is packed along: `line.js` uses it.
    pub fn bot() -> String;
}

#[wasm_bindgen(module = "/src/told.js")]
extern "C" {
    /// Forgets what the page told of the visitor. Named here so that the script is packed along: `line.js` uses it.
    #[wasm_bindgen(js_name = forgetTold)]
    pub fn forget_told();
}

#[wasm_bindgen(module = "/src/look.js")]
extern "C" {
    /// Shows the site's look.
    pub fn dress();
}

#[wasm_bindgen(module = "/src/copy.js")]
extern "C" {
    /// Copies the block of code that a button stands at; the button says so.
    #[wasm_bindgen(js_name = copyCode)]
    pub fn copy_code(button: &Element, copied: &str);
}

#[wasm_bindgen(module = "/src/parts.js")]
extern "C" {
    /// Lets a part, fetched when it is first used, fill a place.
    #[wasm_bindgen(js_name = fill)]
    pub fn fill_by_part(name: &str, place: &Element, given: &JsValue);
}

#[wasm_bindgen(module = "/src/pauses.js")]
extern "C" {
    /// Ends all pauses: there is reason to try again now.
    pub fn wake();
}

#[wasm_bindgen(module = "/src/files.js")]
extern "C" {
    /// Hands files to the tray: null, those that were uploaded have gone out.
    #[wasm_bindgen(js_name = give)]
    pub fn give_files(files: &JsValue);
    /// Lets the visitor choose files, or take a picture.
    #[wasm_bindgen(js_name = choose)]
    pub fn choose_files(is_camera: bool);
    /// Where files are shown until their message goes out.
    #[wasm_bindgen(js_name = watchFiles)]
    pub fn watch_files(tray: &Element);
}

#[wasm_bindgen(module = "/src/block.js")]
extern "C" {
    /// What is said to a visitor who is blocked: until when, or that it is for good.
    #[wasm_bindgen(js_name = blockedWords)]
    pub fn blocked_words() -> String;
}

#[wasm_bindgen(module = "/src/voice.js")]
extern "C" {
    /// Two notes for a message that nobody looks at, unless they are switched off.
    pub fn chime();
    /// What this browser can do of speech, or the server for it.
    #[wasm_bindgen(js_name = canDictate)]
    pub fn can_dictate(by_server: bool) -> bool;
    #[wasm_bindgen(js_name = canSpeak)]
    pub fn can_speak(by_server: bool) -> bool;
}

#[wasm_bindgen(module = "/src/line.js")]
extern "C" {
    /// Puts a message in line, with files; undefined: with those that it had before.
    pub fn send(id: &str, text: &str, files: &JsValue);
    /// A message is not to be sent (any more). Gives its files.
    pub fn settle(id: &str) -> JsValue;
    /// The files that are uploaded and wait for their message.
    #[wasm_bindgen(js_name = keepFiles)]
    pub fn keep_files(files: &JsValue);
    /// Until when the server has asked not to be asked, by the visitor's clock.
    pub fn limited() -> f64;
    #[wasm_bindgen(js_name = mayAskRating)]
    pub fn may_ask_rating(is_seen: bool) -> bool;
    #[wasm_bindgen(js_name = askRating)]
    pub fn ask_rating();
    #[wasm_bindgen(js_name = change)]
    fn change_promise(id: f64, message: Option<&str>) -> Promise;
    #[wasm_bindgen(js_name = keepDraft)]
    pub fn keep_draft(text: &str);
    /// Asks for messages before a position.
    #[wasm_bindgen(js_name = loadEarlier)]
    pub fn load_earlier(before: f64);
    pub fn forget(keeps_visitor: bool);
    #[wasm_bindgen(js_name = settleContact)]
    pub fn settle_contact();
    /// Whether there may be earlier conversations to go back to.
    #[wasm_bindgen(js_name = hasEarlier)]
    pub fn has_earlier() -> bool;
    /// Goes on with one of the visitor's conversations.
    #[wasm_bindgen(js_name = goOn)]
    pub fn go_on(session: &str);
    #[wasm_bindgen(js_name = setLocale)]
    pub fn set_locale(tag: &str);
    #[wasm_bindgen(js_name = start)]
    fn start_hearing(hear: &Closure<dyn Fn(JsValue)>);
    #[wasm_bindgen(js_name = post)]
    fn post_promise(path: &str, body: &JsValue) -> Promise;
    #[wasm_bindgen(js_name = mention)]
    fn mention_promise(path: &str, body: &JsValue) -> Promise;
}

/// Begins to hear what happens; this lasts as long as the page.
pub fn start(hear: impl Fn(JsValue) + 'static) {
    let hear = Closure::<dyn Fn(JsValue)>::new(hear);
    start_hearing(&hear);
    hear.forget();
}

/// What came of a request: the reply, or an error's code.
pub type Answer = Result<JsValue, String>;

/// A request of a visitor's act: makes the session if it has to.
pub fn post(path: &str, body: &JsValue, then: impl FnOnce(Answer) + 'static) {
    when(post_promise(path, body), |reply| then(answer(reply)));
}

/// A request that means nothing without a session.
pub fn mention(path: &str, body: &JsValue, then: impl FnOnce(Answer) + 'static) {
    when(mention_promise(path, body), |reply| then(answer(reply)));
}

/// Puts other words in the place of a message of the visitor's, or, without any, takes it back.
pub fn change(id: f64, words: Option<&str>, then: impl FnOnce(Answer) + 'static) {
    when(change_promise(id, words), |reply| then(answer(reply)));
}

fn answer(reply: JsValue) -> Answer {
    match wire::text(&reply, "error") {
        Some(code) => Err(code),
        None => Ok(reply),
    }
}

/// Goes on when a promise is kept; null where it is broken. The only future of the panel: each one more weighs.
pub fn when(promise: Promise, then: impl FnOnce(JsValue) + 'static) {
    when_boxed(promise, Box::new(then));
}

fn when_boxed(promise: Promise, then: Box<dyn FnOnce(JsValue)>) {
    spawn_local(async move { then(JsFuture::from(promise).await.unwrap_or(JsValue::NULL)) });
}
