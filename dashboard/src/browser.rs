//! Small wrappers around what the browser offers; what it refuses is answered with none, never with a panic.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement, ResizeObserver, Storage, Window};

pub fn window() -> Option<Window> {
    web_sys::window()
}

pub fn document() -> Option<Document> {
    window()?.document()
}

/// Lives as long as the browser profile.
pub fn local_storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// Lives as long as the tab.
pub fn session_storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

pub fn stored(storage: Option<Storage>, key: &str) -> Option<String> {
    storage?.get_item(key).ok()?
}

/// Keeps a value, or removes it. A full or forbidden storage only means that nothing is remembered.
pub fn store(storage: Option<Storage>, key: &str, value: Option<&str>) {
    let Some(storage) = storage else { return };
    let _kept = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// Milliseconds since 1970.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// Milliseconds since 1970 of an ISO 8601 time.
pub fn parse_time(text: &str) -> Option<f64> {
    let time = js_sys::Date::parse(text);
    time.is_finite().then_some(time)
}

/// A random id for something this browser sends.
pub fn random_id() -> String {
    window()
        .and_then(|window| {
            let crypto = js_sys::Reflect::get(&window, &"crypto".into()).ok()?;
            let method = js_sys::Reflect::get(&crypto, &"randomUUID".into()).ok()?;
            let method = method.dyn_into::<js_sys::Function>().ok()?;
            method.call0(&crypto).ok()?.as_string()
        })
        // Pages without TLS have no `randomUUID`; these ids only need to differ from each other.
        .unwrap_or_else(|| format!("{:x}-{:x}", now() as u64, (js_sys::Math::random() * 1e15) as u64))
}

/// The address without origin.
pub fn current_path() -> String {
    let Some(location) = window().map(|window| window.location()) else {
        return String::new();
    };
    let path = location.pathname().unwrap_or_default();
    path + &location.search().unwrap_or_default()
}

/// `https://chat.example` of this page.
pub fn origin() -> String {
    window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// Whether somebody can be looking at this page.
pub fn is_visible() -> bool {
    document()
        .is_some_and(|document| document.visibility_state() == web_sys::VisibilityState::Visible)
}

pub fn set_title(title: &str) {
    if let Some(document) = document()
        && document.title() != title
    {
        document.set_title(title);
    }
}

/// Moves the focus to the element, if it is there.
pub fn focus(id: &str) {
    if let Some(element) = by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _moved = element.focus();
    }
}

pub fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Whether keys that are typed now go into a field.
pub fn is_typing_into(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        || element.is_content_editable()
}

/// Copies text, and tells whether that worked.
pub async fn copy(text: &str) -> bool {
    let Some(window) = window() else { return false };
    let navigator = window.navigator();
    let clipboard =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).unwrap_or(JsValue::UNDEFINED);
    // Only pages with TLS (or on the own machine) have one.
    if clipboard.is_undefined() {
        return false;
    }
    wasm_bindgen_futures::JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}

/// Asks whether reduced motion or a dark scheme, or whatever the query says, holds.
pub fn media_matches(query: &str) -> bool {
    let Some(window) = window() else { return false };
    let Ok(method) = js_sys::Reflect::get(&window, &"matchMedia".into()) else {
        return false;
    };
    method
        .dyn_ref::<js_sys::Function>()
        .and_then(|method| method.call1(&window, &query.into()).ok())
        .and_then(|list| js_sys::Reflect::get(&list, &"matches".into()).ok())
        .is_some_and(|matches| matches.is_truthy())
}

/// The path of an address of the web, for what this page's own server serves under another name.
pub fn path_of(address: &str) -> Option<String> {
    let base = web_sys::window()?.location().origin().ok()?;
    let url = web_sys::Url::new_with_base(address, &base).ok()?;
    matches!(url.protocol().as_str(), "http:" | "https:").then(|| url.pathname())
}

/// Gives the reader a text as a file to keep.
pub fn save_file(name: &str, text: &str) {
    let parts = js_sys::Array::of1(&text.into());
    let Ok(blob) = web_sys::Blob::new_with_str_sequence(&parts) else {
        return;
    };
    let Ok(address) = web_sys::Url::create_object_url_with_blob(&blob) else {
        return;
    };
    let link = document()
        .and_then(|document| document.create_element("a").ok())
        .and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    let _freed = web_sys::Url::revoke_object_url(&address);
}

/// Watches elements for as long as this value is kept.
pub struct Sizes {
    observer: Option<ResizeObserver>,
    _listener: Closure<dyn Fn()>,
}

impl Sizes {
    /// Acts once at the beginning, and after each change of one of the sizes, before it is painted.
    pub fn watch(elements: &[&Element], act: impl Fn() + 'static) -> Self {
        let listener = Closure::<dyn Fn()>::new(act);
        let observer = ResizeObserver::new(listener.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            elements
                .iter()
                .for_each(|element| observer.observe(element));
        }
        Self {
            observer,
            _listener: listener,
        }
    }
}

impl Drop for Sizes {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
