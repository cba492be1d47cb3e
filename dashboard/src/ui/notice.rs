//! A line that tells something about the part of the page it stands in.

use super::badge::Tone;
use super::icon::Icon;
use leptos::prelude::*;

pub fn notice(tone: Tone, text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    let (name, icon, role) = match tone {
        Tone::Danger => ("danger", Icon::Alert, "alert"),
        Tone::Warning => ("warning", Icon::Alert, "status"),
        Tone::Success => ("success", Icon::Check, "status"),
        Tone::Neutral | Tone::Accent => ("neutral", Icon::Question, "note"),
    };
    view! { <p class="notice" data-tone=name role=role>{icon.view()}<span>{text}</span></p> }
        .into_any()
}
