//! Buttons.

use super::icon::Icon;
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    Primary,
    #[default]
    Plain,
    Quiet,
    Danger,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
        }
    }
}

/// A button with words. While `busy` it cannot be pressed and says so.
#[component]
pub fn Button(
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] look: Look,
    #[prop(optional)] icon: Option<Icon>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] submit: bool,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> AnyView {
    view! {
        <button
            class=look.class()
            type=if submit { "submit" } else { "button" }
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| if let Some(on_press) = on_press { on_press.run(()) }
        >
            {icon.map(Icon::view)}
            <span>{label}</span>
        </button>
    }
    .into_any()
}

/// A button that shows only an icon; the label is for screen readers and as a hint.
#[component]
pub fn IconButton(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] icon: Signal<Icon>,
    #[prop(optional, into)] pressed: Option<Signal<bool>>,
    #[prop(optional, into)] class: &'static str,
    #[prop(into)] on_press: Callback<()>,
) -> AnyView {
    view! {
        <button
            class=format!("icon-button {class}")
            type="button"
            aria-label=label
            title=label
            aria-pressed=move || pressed.map(|pressed| if pressed.get() { "true" } else { "false" })
            on:click=move |_| on_press.run(())
        >
            {move || icon.get().view()}
        </button>
    }
    .into_any()
}
