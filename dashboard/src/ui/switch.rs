//! On or off, and one of a few.

use leptos::prelude::*;

/// A switch with its label and what it means.
#[component]
pub fn Switch(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(into)] on: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
) -> AnyView {
    let hint = (!hint.is_empty()).then(|| view! { <span class="hint">{hint}</span> });
    view! {
        <label class="switch">
            <input
                type="checkbox"
                role="switch"
                prop:checked=on
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class="switch-track" aria-hidden="true"></span>
            <span class="switch-words"><span class="switch-label">{label}</span>{hint}</span>
        </label>
    }
    .into_any()
}

/// A row of choices of which one is taken.
#[component]
pub fn Segmented(
    #[prop(into)] label: String,
    /// Value and words of each choice.
    options: Vec<(&'static str, &'static str)>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_change: Callback<String>,
) -> AnyView {
    let name = crate::browser::random_id();
    let choices = options
        .into_iter()
        .map(|(option, words)| {
            view! {
                <label class="segment">
                    <input
                        type="radio"
                        name=name.clone()
                        value=option
                        prop:checked=move || value.with(|value| value == option)
                        on:change=move |_| on_change.run(option.to_owned())
                    />
                    <span>{words}</span>
                </label>
            }
        })
        .collect_view();
    view! { <div class="segmented" role="radiogroup" aria-label=label>{choices}</div> }.into_any()
}

/// A box to tick, with what it means.
pub fn check_box(
    label: &'static str,
    hint: &'static str,
    on: Signal<bool>,
    on_change: impl Fn(bool) + 'static,
) -> AnyView {
    let hint = (!hint.is_empty()).then(|| view! { <span class="hint">{hint}</span> });
    view! {
        <label class="check">
            <input
                type="checkbox" prop:checked=on
                on:change=move |event| on_change(event_target_checked(&event))
            />
            <span class="switch-words"><span class="switch-label">{label}</span>{hint}</span>
        </label>
    }
    .into_any()
}
