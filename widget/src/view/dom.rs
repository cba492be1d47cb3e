//! Elements for the views. Leptos' own view macro makes every element a type of its own, by its attributes and children; for a
//! panel of this size that weighed 180 KB compressed against 70 KB with these builders, which take everything boxed. Signals,
//! effects and owners are Leptos' all the same.

use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, Node};

use crate::chat::{Chat, Row};
use crate::line;
use crate::model::Key;

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element under construction. A clone is the same element.
#[derive(Clone)]
pub struct El(Element);

pub fn el(name: &str, class: &str) -> El {
    // Names are literals of this crate; only a name that is none could fail.
    let element: Element = document()
        .create_element(name)
        .unwrap_or_else(JsCast::unchecked_into);
    if !class.is_empty() {
        element.set_class_name(class);
    }
    El(element)
}

pub fn svg(name: &str) -> El {
    El(document()
        .create_element_ns(Some(SVG), name)
        .unwrap_or_else(JsCast::unchecked_into))
}

/// A button that does not send a form.
pub fn button(class: &str) -> El {
    el("button", class).set("type", "button")
}

/// A place that a part of `parts/` fills, fetched when it is first used. `given`: what this part has to know.
pub fn part(name: &str, class: &str, given: &JsValue) -> El {
    let place = el("div", class);
    line::fill_by_part(name, place.element(), given);
    place
}

/// Runs now and whenever a signal that it reads has changed.
pub fn watch(act: impl Fn() + 'static) {
    watch_boxed(Box::new(act));
}

fn watch_boxed(act: Box<dyn Fn()>) {
    Effect::new(move |_| act());
}

impl El {
    pub fn element(&self) -> &Element {
        &self.0
    }

    /// The element as one of its kind.
    pub fn cast<T: JsCast>(&self) -> T {
        self.0.clone().unchecked_into()
    }

    pub fn set(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    pub fn text(self, text: &str) -> Self {
        let _ = self.0.append_child(&document().create_text_node(text));
        self
    }

    pub fn add(self, child: El) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    pub fn maybe(self, child: Option<El>) -> Self {
        match child {
            Some(child) => self.add(child),
            None => self,
        }
    }

    /// Keeps an attribute at a value; without one it is absent.
    pub fn bind(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.bind_boxed(name, Box::new(value))
    }

    fn bind_boxed(self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) -> Self {
        let element = self.0.clone();
        watch(move || {
            let _ = match value() {
                Some(value) => element.set_attribute(name, &value),
                None => element.remove_attribute(name),
            };
        });
        self
    }

    pub fn bind_class(self, class: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.bind_class_boxed(class, Box::new(is_on))
    }

    fn bind_class_boxed(self, class: &'static str, is_on: Box<dyn Fn() -> bool>) -> Self {
        let element = self.0.clone();
        watch(move || {
            let _ = element.class_list().toggle_with_force(class, is_on());
        });
        self
    }

    /// Keeps the element's text.
    pub fn bind_text(self, text: impl Fn() -> String + 'static) -> Self {
        self.bind_text_boxed(Box::new(text))
    }

    fn bind_text_boxed(self, text: Box<dyn Fn() -> String>) -> Self {
        let element = self.0.clone();
        watch(move || element.set_text_content(Some(&text())));
        self
    }

    /// A place among the children for what may be there or not.
    pub fn slot(self, build: impl Fn() -> Option<El> + 'static) -> Self {
        self.slot_boxed(Box::new(build))
    }

    fn slot_boxed(self, build: Box<dyn Fn() -> Option<El>>) -> Self {
        let anchor: Node = document().create_text_node("").into();
        let _ = self.0.append_child(&anchor);
        let shown: RefCell<Option<El>> = RefCell::new(None);
        watch_boxed(Box::new(move || {
            let next = build();
            if let Some(old) = shown.take() {
                old.0.remove();
            }
            if let (Some(next), Some(parent)) = (&next, anchor.parent_node()) {
                let _ = parent.insert_before(&next.0, Some(&anchor));
            }
            shown.replace(next);
        }));
        self
    }

    /// A slot that is built anew only when a number changes, whatever else the number is made of.
    pub fn slot_by(
        self,
        key: impl Fn() -> u32 + 'static,
        build: impl Fn(u32) -> Option<El> + 'static,
    ) -> Self {
        self.slot_by_boxed(Box::new(key), Box::new(build))
    }

    fn slot_by_boxed(
        self,
        key: Box<dyn Fn() -> u32>,
        build: Box<dyn Fn(u32) -> Option<El>>,
    ) -> Self {
        let current = RwSignal::new(untrack(&key));
        watch(move || {
            let next = key();
            if current.get_untracked() != next {
                current.set(next);
            }
        });
        self.slot(move || {
            let key = current.get();
            untrack(|| build(key))
        })
    }

    /// One child for each row, kept as long as the row is there.
    pub fn rows(self, rows: RwSignal<Vec<Row>>, build: fn(Chat, Row) -> El, chat: Chat) -> Self {
        let anchor: Node = document().create_text_node("").into();
        let _ = self.0.append_child(&anchor);
        let owner = Owner::current().unwrap_or_default();
        let shown: RefCell<Vec<(Key, El, Owner)>> = RefCell::default();
        watch(move || {
            let old = shown.take();
            let kept = |key: Key| old.iter().find(|(known, ..)| *known == key).cloned();
            let next: Vec<_> = rows.with(|rows| {
                let shown = |row: &Row| {
                    kept(row.key).unwrap_or_else(|| {
                        let owner = owner.child();
                        let row = row.clone();
                        let key = row.key;
                        (
                            key,
                            owner.with(|| untrack(|| build(chat, row))),
                            owner.clone(),
                        )
                    })
                };
                rows.iter().map(shown).collect()
            });
            for (key, el, owner) in &old {
                if !next.iter().any(|(kept, ..)| kept == key) {
                    owner.cleanup();
                    el.0.remove();
                }
            }
            place(&anchor, &next);
            shown.replace(next);
        });
        self
    }

    pub fn on(self, name: &str, act: impl Fn(Event) + 'static) -> Self {
        self.on_boxed(name, Closure::new(act))
    }

    fn on_boxed(self, name: &str, act: Closure<dyn Fn(Event)>) -> Self {
        let _ = self
            .0
            .add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
        // Freed with the view that the element belongs to.
        StoredValue::new_local(Rc::new(act));
        self
    }

    pub fn on_click(self, act: impl Fn() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    /// Takes focus as soon as it stands in the document.
    pub fn focused(self) -> Self {
        let element: web_sys::HtmlElement = self.cast();
        request_animation_frame(move || {
            let _ = element.focus();
        });
        self
    }
}

/// Puts children before an anchor in this order, touching only those that stand elsewhere.
fn place(anchor: &Node, children: &[(Key, El, Owner)]) {
    let Some(parent) = anchor.parent_node() else {
        return;
    };
    let mut next = anchor.clone();
    for (_, child, _) in children.iter().rev() {
        let node: &Node = &child.0;
        if node.next_sibling().as_ref() != Some(&next) {
            let _ = parent.insert_before(node, Some(&next));
        }
        next = node.clone();
    }
}
