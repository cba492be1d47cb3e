//! Labelled inputs. Each ties its label, its hint and its error to the input for screen readers.

use crate::browser;
use leptos::prelude::*;

/// The frame every input has: label above, hint and error below.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    id: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    children: Children,
) -> AnyView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> });
    view! {
        <div class="field" class:invalid=move || error.with(Option::is_some)>
            <label for=id>{label}</label>
            {children()}
            {hint}
            <p class="field-error" id=error_id aria-live="polite">{move || error.get()}</p>
        </div>
    }
    .into_any()
}

/// The ids that describe an input.
fn described_by(id: &str) -> String {
    format!("{id}-hint {id}-error")
}

fn invalid(error: Signal<Option<String>>) -> impl Fn() -> Option<&'static str> {
    move || error.with(Option::is_some).then_some("true")
}

/// One line.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] id: String,
    #[prop(optional)] placeholder: &'static str,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] max: Option<usize>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    /// After what was typed, when it is left.
    #[prop(optional)]
    on_change: Option<Callback<()>>,
) -> AnyView {
    let id = if id.is_empty() {
        format!("f-{}", browser::random_id())
    } else {
        id
    };
    if autofocus {
        let id = id.clone();
        request_animation_frame(move || browser::focus(&id));
    }
    view! {
        <Field label id=id.clone() hint error>
            <input
                class="input"
                id=id.clone()
                type=kind
                placeholder=placeholder
                autocomplete=autocomplete
                maxlength=max.map(|max| max.to_string())
                required=required
                aria-describedby=described_by(&id)
                aria-invalid=invalid(error)
                prop:value=value
                on:input=move |event| on_input.run(event_target_value(&event))
                on:change=move |_| if let Some(on_change) = on_change { on_change.run(()) }
            />
        </Field>
    }
    .into_any()
}

/// Several lines; grows with its text where the browser can.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(default = 3)] rows: u32,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] max: Option<usize>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    /// After what was typed, when it is left.
    #[prop(optional)]
    on_change: Option<Callback<()>>,
) -> AnyView {
    let id = format!("f-{}", browser::random_id());
    view! {
        <Field label id=id.clone() hint error>
            <textarea
                class="input area"
                id=id.clone()
                rows=rows.to_string()
                placeholder=placeholder
                maxlength=max.map(|max| max.to_string())
                aria-describedby=described_by(&id)
                aria-invalid=invalid(error)
                prop:value=value
                on:input=move |event| on_input.run(event_target_value(&event))
                on:change=move |_| if let Some(on_change) = on_change { on_change.run(()) }
            ></textarea>
        </Field>
    }
    .into_any()
}

/// One of several, as a list that drops down.
#[component]
pub fn SelectField(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// Value and words of each choice.
    options: Vec<(String, String)>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_change: Callback<String>,
) -> AnyView {
    let id = format!("f-{}", browser::random_id());
    let choices = options
        .into_iter()
        .map(|(option, words)| {
            let own = option.clone();
            view! { <option value=option selected=move || value.with(|value| *value == own)>{words}</option> }
        })
        .collect_view();
    view! {
        <Field label id=id.clone() hint error>
            <select
                class="input select"
                id=id.clone()
                aria-describedby=described_by(&id)
                aria-invalid=invalid(error)
                prop:value=value
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                {choices}
            </select>
        </Field>
    }
    .into_any()
}

/// A colour: the browser's picker beside the value as text.
#[component]
pub fn ColorField(
    #[prop(into)] label: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
) -> AnyView {
    let id = format!("f-{}", browser::random_id());
    let picker_label = format!("Pick: {label}");
    view! {
        <Field label id=id.clone() error>
            <div class="color">
                <input
                    type="color"
                    aria-label=picker_label
                    prop:value=move || six_digits(&value.get())
                    on:input=move |event| on_input.run(event_target_value(&event))
                />
                <input
                    class="input"
                    id=id.clone()
                    type="text"
                    spellcheck="false"
                    maxlength="7"
                    aria-describedby=described_by(&id)
                    aria-invalid=invalid(error)
                    prop:value=value
                    on:input=move |event| on_input.run(event_target_value(&event))
                />
            </div>
        </Field>
    }
    .into_any()
}

/// The form a colour input takes; what is not a colour yet shows as black.
fn six_digits(color: &str) -> String {
    let digits = color.strip_prefix('#').unwrap_or_default();
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.len() {
        3 if is_hex => std::iter::once('#')
            .chain(digits.chars().flat_map(|digit| [digit, digit]))
            .collect(),
        6 if is_hex => color.to_owned(),
        _ => "#000000".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::six_digits;

    #[test]
    fn short_colors_are_spelled_out_for_the_picker() {
        assert_eq!(six_digits("#abc"), "#aabbcc");
        assert_eq!(six_digits("#4338ca"), "#4338ca");
        for unfinished in ["", "#", "#12", "red", "#gggggg"] {
            assert_eq!(six_digits(unfinished), "#000000");
        }
    }
}
