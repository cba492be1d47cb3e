//! Business hours, day by day.

use super::form::Form;
use super::hours::{DAYS, HoursObject, Span, Week};
use crate::ui::button::IconButton;
use crate::ui::card::Card;
use crate::ui::field::Field;
use crate::ui::icon::Icon;
use crate::ui::switch::Switch;
use js_sys::{Array, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

#[component]
pub fn HoursEditor(form: Form) -> AnyView {
    let stored = form.value(|settings| settings.business_hours.clone());
    let week = RwSignal::new(read(&stored.get_untracked()));
    // Discarding and saving change the text from outside.
    Effect::new(move |_| {
        let stored = stored.get();
        if week.with_untracked(|week| write(week.as_ref())) != stored {
            week.set(read(&stored));
        }
    });
    let change = Callback::new(move |next: Option<Week>| {
        form.draft
            .update(|draft| draft.settings.business_hours = write(next.as_ref()));
        week.set(next);
    });
    let edit = Callback::new(move |edit: Edit| {
        if let Some(mut next) = week.get_untracked() {
            edit.apply(&mut next);
            change.run(Some(next));
        }
    });
    let has_hours = Memo::new(move |_| week.with(Option::is_some));
    let error = form.error("businessHours");
    view! {
        <Card title="Business hours" id="hours" hint="Tell visitors when people are there. The assistant answers at any time.">
            <Switch
                label="People are there at certain hours" on=has_hours
                on_change=move |on: bool| change.run(on.then(|| Week::usual(own_timezone())))
            />
            {move || has_hours.get().then(|| view! {
                <div class="days">{(0..DAYS.len()).map(|day| day_row(week, day, edit)).collect_view()}</div>
                <TimezoneField week edit />
            })}
            <p class="field-error" aria-live="polite">{move || error.get()}</p>
        </Card>
    }
    .into_any()
}

/// One change of the week.
enum Edit {
    Open(usize, bool),
    AddSpan(usize),
    RemoveSpan(usize, usize),
    From(usize, usize, String),
    To(usize, usize, String),
    Timezone(String),
}

impl Edit {
    fn apply(self, week: &mut Week) {
        let span = |from: &str, to: &str| Span {
            from: from.into(),
            to: to.into(),
        };
        match self {
            Self::Open(day, open) => {
                if let Some(spans) = week.days.get_mut(day) {
                    *spans = if open {
                        vec![span("09:00", "17:00")]
                    } else {
                        vec![]
                    };
                }
            }
            Self::AddSpan(day) => {
                if let Some(spans) = week.days.get_mut(day) {
                    let from = spans
                        .last()
                        .map(|last| last.to.clone())
                        .unwrap_or_else(|| "09:00".into());
                    spans.push(Span {
                        from,
                        to: String::new(),
                    });
                }
            }
            Self::RemoveSpan(day, index) => {
                if let Some(spans) = week.days.get_mut(day).filter(|spans| index < spans.len()) {
                    spans.remove(index);
                }
            }
            Self::From(day, index, text) => {
                if let Some(span) = week
                    .days
                    .get_mut(day)
                    .and_then(|spans| spans.get_mut(index))
                {
                    span.from = text;
                }
            }
            Self::To(day, index, text) => {
                if let Some(span) = week
                    .days
                    .get_mut(day)
                    .and_then(|spans| spans.get_mut(index))
                {
                    span.to = text;
                }
            }
            Self::Timezone(name) => week.timezone = name,
        }
    }
}

fn day_row(week: RwSignal<Option<Week>>, day: usize, edit: Callback<Edit>) -> AnyView {
    let name = DAYS.get(day).map(|(_, name)| *name).unwrap_or_default();
    let count = Memo::new(move |_| {
        week.with(|week| {
            week.as_ref()
                .and_then(|week| week.days.get(day))
                .map_or(0, Vec::len)
        })
    });
    let is_open = Memo::new(move |_| count.get() > 0);
    let problem =
        Memo::new(move |_| week.with(|week| week.as_ref().and_then(|week| week.problem(day))));
    let spans = move || {
        if count.get() == 0 {
            return view! { <p class="faint day-closed">"Closed"</p> }.into_any();
        }
        (0..count.get())
            .map(|index| span_row(week, day, index, name, edit))
            .collect_view()
            .into_any()
    };
    view! {
        <div class="day" role="group" aria-label=name>
            <Switch label=name on=is_open on_change=move |on| edit.run(Edit::Open(day, on)) />
            <div class="spans">
                {spans}
                <p class="field-error" aria-live="polite">{move || problem.get()}</p>
            </div>
            {move || is_open.get().then(|| view! {
                <IconButton label=format!("Add another span on {name}") icon=Icon::Plus on_press=move |()| edit.run(Edit::AddSpan(day)) />
            })}
        </div>
    }
    .into_any()
}

fn span_row(
    week: RwSignal<Option<Week>>,
    day: usize,
    index: usize,
    name: &str,
    edit: Callback<Edit>,
) -> AnyView {
    let read = move |pick: fn(&Span) -> &String| {
        Memo::new(move |_| {
            week.with(|week| {
                week.as_ref()
                    .and_then(|week| week.days.get(day)?.get(index))
                    .map(|span| pick(span).clone())
            })
        })
    };
    let (from, to) = (read(|span| &span.from), read(|span| &span.to));
    let remove = (index > 0).then(|| {
        view! {
            <IconButton
                label=format!("Remove this span on {name}") icon=Icon::Close
                on_press=move |()| edit.run(Edit::RemoveSpan(day, index))
            />
        }
    });
    view! {
        <div class="span">
            <input
                class="input" type="time" aria-label=format!("{name}, from") prop:value=move || from.get().unwrap_or_default()
                on:change=move |event| edit.run(Edit::From(day, index, event_target_value(&event)))
            />
            <span aria-hidden="true">"–"</span>
            <input
                class="input" type="time" aria-label=format!("{name}, to") prop:value=move || to.get().unwrap_or_default()
                on:change=move |event| edit.run(Edit::To(day, index, event_target_value(&event)))
            />
            {remove}
        </div>
    }
    .into_any()
}

#[component]
fn TimezoneField(week: RwSignal<Option<Week>>, edit: Callback<Edit>) -> AnyView {
    let value = Memo::new(move |_| {
        week.with(|week| {
            week.as_ref()
                .map(|week| week.timezone.clone())
                .unwrap_or_default()
        })
    });
    let names = timezones()
        .into_iter()
        .map(|name| view! { <option value=name></option> })
        .collect_view();
    view! {
        <Field label="Time zone" id="timezone".to_owned() hint="Start typing a city, such as Berlin.">
            <input
                class="input" id="timezone" type="text" list="timezones" autocomplete="off" prop:value=value
                aria-describedby="timezone-hint"
                on:input=move |event| edit.run(Edit::Timezone(event_target_value(&event)))
            />
            <datalist id="timezones">{names}</datalist>
        </Field>
    }
    .into_any()
}

/// All names the browser knows; none in browsers that do not tell.
fn timezones() -> Vec<String> {
    let list = Reflect::get(&js_sys::global(), &"Intl".into())
        .and_then(|intl| Reflect::get(&intl, &"supportedValuesOf".into()))
        .ok()
        .and_then(|method| method.dyn_into::<js_sys::Function>().ok())
        .and_then(|method| method.call1(&JsValue::UNDEFINED, &"timeZone".into()).ok());
    list.map(|list| {
        Array::from(&list)
            .iter()
            .filter_map(|name| name.as_string())
            .collect()
    })
    .unwrap_or_default()
}

fn own_timezone() -> String {
    let formatter = Intl::DateTimeFormat::new(&Array::new(), &Object::new());
    Reflect::get(&formatter.resolved_options(), &"timeZone".into())
        .ok()
        .and_then(|name| name.as_string())
        .unwrap_or_else(|| "UTC".to_owned())
}

/// No text: always open.
fn read(text: &str) -> Option<Week> {
    if text.is_empty() {
        return None;
    }
    let value = js_sys::JSON::parse(text).ok()?;
    serde_wasm_bindgen::from_value::<HoursObject>(value)
        .ok()
        .map(|object| Week::read(&object))
}

fn write(week: Option<&Week>) -> String {
    week.and_then(|week| crate::api::client::to_value(&week.write()).ok())
        .and_then(|value| js_sys::JSON::stringify(&value).ok())
        .map(String::from)
        .unwrap_or_default()
}
