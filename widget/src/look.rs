//! Colours and shapes on the document's root, through the CSS object model: the frame's content security policy
//! allows no style in markup.

use crate::theme;
use leptos::prelude::{document, window};
use shared::widget::WidgetStyle;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::HtmlElement;

thread_local! {
    /// The style and the theme asked for, to be applied anew when the system changes its mind.
    static APPLIED: RefCell<Option<(WidgetStyle, String)>> = const { RefCell::new(None) };
}

fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

/// Shows the site's look in the theme that the host page asked for, else the site's own.
pub fn apply(style: &WidgetStyle, theme: Option<&str>) {
    let theme = theme.unwrap_or(&style.theme).to_owned();
    let is_first =
        APPLIED.with_borrow_mut(|applied| applied.replace((style.clone(), theme)).is_none());
    paint();
    if is_first {
        repaint_with_system();
    }
}

fn dark_query() -> Option<web_sys::MediaQueryList> {
    window().match_media("(prefers-color-scheme: dark)").ok()?
}

fn repaint_with_system() {
    let Some(query) = dark_query() else { return };
    let listener = Closure::<dyn Fn()>::new(paint);
    let _ = query.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref());
    // The list must live for as long as it is to be listened to.
    std::mem::forget(query);
    listener.forget();
}

fn paint() {
    let Some((style, theme)) = APPLIED.with_borrow(Clone::clone) else {
        return;
    };
    let Some(root) = root() else { return };
    let wants_dark = match theme.as_str() {
        "dark" => true,
        "light" => false,
        _ => dark_query().is_some_and(|query| query.matches()),
    };
    let palette = theme::palette(&style, wants_dark);
    let css = root.style();
    for (property, color) in palette.properties {
        let _ = css.set_property(property, &color.to_css());
    }
    let scheme = if palette.is_dark { "dark" } else { "light" };
    let _ = css.set_property("color-scheme", scheme);
    for (name, value) in [
        ("data-scheme", scheme),
        ("data-corner", &style.corner_style),
        ("data-shadow", &style.drop_shadow),
        ("data-glow", &style.glow_size),
        ("data-glow-strength", &style.glow_strength),
        ("data-position", &style.position),
    ] {
        let _ = root.set_attribute(name, value);
    }
}
