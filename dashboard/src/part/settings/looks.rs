//! Colours, place and shape.

use super::form::{Form, bind};
use crate::ui::card::Card;
use crate::ui::field::{ColorField, TextField};
use crate::ui::switch::{Segmented, Switch};
use leptos::prelude::*;

const THEMES: [(&str, &str); 3] = [("auto", "Automatic"), ("light", "Light"), ("dark", "Dark")];
const CORNERS: [(&str, &str); 3] = [
    ("rounded", "Rounded"),
    ("square", "Square"),
    ("pill", "Pill"),
];
const SHADOWS: [(&str, &str); 3] = [("none", "None"), ("soft", "Soft"), ("strong", "Strong")];
const GLOW_SIZES: [(&str, &str); 4] = [
    ("none", "None"),
    ("small", "Small"),
    ("medium", "Medium"),
    ("large", "Large"),
];
const POSITIONS: [(&str, &str); 4] = [
    ("top-left", "Top left"),
    ("top-right", "Top right"),
    ("bottom-left", "Bottom left"),
    ("bottom-right", "Bottom right"),
];

#[component]
pub fn Looks(form: Form) -> AnyView {
    let (primary, set_primary) = bind!(form, primary_color);
    let (button, set_button) = bind!(form, button_color);
    let (background, set_background) = bind!(form, bg_color);
    let (font, set_font) = bind!(form, font_color);
    let from_side = form.value(|settings| settings.offset_x.to_string());
    let set_from_side = form.set(|settings, text: String| settings.offset_x = pixels(&text));
    let from_edge = form.value(|settings| settings.offset_y.to_string());
    let set_from_edge = form.set(|settings, text: String| settings.offset_y = pixels(&text));
    view! {
        <Card title="Colours" id="colours">
            <div class="grid two">
                <ColorField label="Main" value=primary on_input=set_primary error=form.error("primaryColor") />
                <ColorField label="Buttons" value=button on_input=set_button error=form.error("buttonColor") />
                <ColorField label="Background" value=background on_input=set_background error=form.error("bgColor") />
                <ColorField label="Text" value=font on_input=set_font error=form.error("fontColor") />
            </div>
            {choice("Light or dark", "theme", &THEMES, form, |s| s.theme.clone(), |s, v| s.theme = v)}
        </Card>
        <Card title="Place and shape" id="shape">
            <PositionField form />
            <div class="grid two">
                <TextField label="From the side" kind="number" hint="Pixels, 0 to 400." value=from_side on_input=set_from_side error=form.error("offsetX") />
                <TextField label="From above or below" kind="number" hint="Pixels, 0 to 400." value=from_edge on_input=set_from_edge error=form.error("offsetY") />
            </div>
            {choice("Corners", "cornerStyle", &CORNERS, form, |s| s.corner_style.clone(), |s, v| s.corner_style = v)}
            {choice("Shadow", "dropShadow", &SHADOWS, form, |s| s.drop_shadow.clone(), |s, v| s.drop_shadow = v)}
            <Glow form />
        </Card>
    }
    .into_any()
}

/// What is no number is none: the field goes back to the edge.
fn pixels(text: &str) -> i64 {
    text.trim().parse().unwrap_or_default()
}

/// A labelled row of choices with its error.
pub fn choice(
    label: &'static str,
    wire_name: &'static str,
    options: &[(&'static str, &'static str)],
    form: Form,
    read: fn(&shared::site::SiteSettings) -> String,
    write: fn(&mut shared::site::SiteSettings, String),
) -> AnyView {
    let error = form.error(wire_name);
    view! {
        <div class="field">
            <span class="label" aria-hidden="true">{label}</span>
            <Segmented label options=options.to_vec() value=form.value(read) on_change=form.set(write) />
            <p class="field-error" aria-live="polite">{move || error.get()}</p>
        </div>
    }
    .into_any()
}

#[component]
fn PositionField(form: Form) -> AnyView {
    let (position, set_position) = bind!(form, position);
    let error = form.error("position");
    let corners = POSITIONS
        .map(|(value, label)| {
            view! {
                <label class="corner" data-corner=value title=label>
                    <input
                        type="radio"
                        name="position"
                        prop:checked=move || position.with(|position| position == value)
                        on:change=move |_| set_position.run(value.to_owned())
                    />
                    <span aria-hidden="true"></span>
                    <span class="visually-hidden">{label}</span>
                </label>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <div class="field">
            <span class="label" aria-hidden="true">"Corner of the page"</span>
            <div class="corners" role="radiogroup" aria-label="Corner of the page">{corners}</div>
            <p class="field-error" aria-live="polite">{move || error.get()}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Glow(form: Form) -> AnyView {
    let color = form.value(|settings| settings.glow_color.clone().unwrap_or_default());
    let set_color = form.set(|settings, text: String| settings.glow_color = Some(text));
    let is_on = form.value(|settings| settings.glow_color.is_some());
    let switch = form.set(|settings, on: bool| {
        settings.glow_color = on.then(|| settings.primary_color.clone());
        // A colour alone would not glow.
        if on && settings.glow_size == "none" {
            settings.glow_size = "small".into();
        }
        if on && settings.glow_strength == "none" {
            settings.glow_strength = "soft".into();
        }
    });
    view! {
        <Switch label="Glow" hint="A soft light around the launcher." on=is_on on_change=switch />
        {move || is_on.get().then(|| view! {
            <div class="grid two">
                <ColorField label="Glow colour" value=color on_input=set_color error=form.error("glowColor") />
            </div>
            {choice("Size of the glow", "glowSize", &GLOW_SIZES, form, |s| s.glow_size.clone(), |s, v| s.glow_size = v)}
            {choice("Strength of the glow", "glowStrength", &SHADOWS, form, |s| s.glow_strength.clone(), |s, v| s.glow_strength = v)}
        })}
    }
    .into_any()
}
