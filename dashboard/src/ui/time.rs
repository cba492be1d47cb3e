//! Times as people say them, in the reader's language and time zone.

use crate::browser;
use crate::state::clock::Clock;
use js_sys::{Array, Date, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

const MINUTE: f64 = 60_000.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// "now", "4 min", "3 h", "2 d": how long ago, as short as a list needs it.
pub fn ago(then: f64, now: f64) -> String {
    let passed = (now - then).max(0.0);
    if passed < MINUTE {
        "now".to_owned()
    } else if passed < HOUR {
        format!("{} min", (passed / MINUTE) as u32)
    } else if passed < DAY {
        format!("{} h", (passed / HOUR) as u32)
    } else if passed < 28.0 * DAY {
        format!("{} d", (passed / DAY) as u32)
    } else {
        format!("{} wk", (passed / (7.0 * DAY)) as u32)
    }
}

/// A time element that keeps up with the clock, with the full time as its hint.
#[component]
pub fn Ago(#[prop(into)] time: Signal<String>) -> AnyView {
    let clock = expect_context::<Clock>();
    view! {
        <time datetime=time title=move || full_time(&time.get())>
            {move || browser::parse_time(&time.get()).map(|then| ago(then, clock.now()))}
        </time>
    }
    .into_any()
}

/// For how long somebody has waited, behind `word`. Of the first minute there is nothing to say.
pub fn waited(since: String, word: &'static str) -> AnyView {
    let clock = expect_context::<Clock>();
    let begun = browser::parse_time(&since);
    let is_long = Memo::new(move |_| begun.is_some_and(|begun| clock.now() - begun >= MINUTE));
    let shown = move || {
        let since = since.clone();
        is_long
            .get()
            .then(|| view! { <span class="since">{word}<Ago time=since /></span> })
    };
    shown.into_any()
}

/// "14:05"
pub fn time_of_day(text: &str) -> String {
    format(text, &[("hour", "2-digit"), ("minute", "2-digit")])
}

/// "Today", "Yesterday", or the date.
pub fn day_name(text: &str, now: f64) -> Option<String> {
    let time = browser::parse_time(text)?;
    let day = |time: f64| String::from(Date::new(&JsValue::from_f64(time)).to_date_string());
    Some(if day(time) == day(now) {
        "Today".to_owned()
    } else if day(time) == day(now - DAY) {
        "Yesterday".to_owned()
    } else {
        format(
            text,
            &[
                ("weekday", "long"),
                ("day", "numeric"),
                ("month", "long"),
                ("year", "numeric"),
            ],
        )
    })
}

pub fn full_time(text: &str) -> String {
    format(text, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// The moment so many days from now, as the API takes it.
pub fn in_days(days: f64) -> String {
    let then = Date::new(&JsValue::from_f64(Date::now() + days * DAY));
    then.to_iso_string().into()
}

pub fn date(text: &str) -> String {
    format(text, &[("dateStyle", "medium")])
}

fn format(text: &str, options: &[(&str, &str)]) -> String {
    let Some(time) = browser::parse_time(text) else {
        return String::new();
    };
    let settings = Object::new();
    for (name, value) in options {
        let _set = Reflect::set(&settings, &(*name).into(), &(*value).into());
    }
    let formatter = Intl::DateTimeFormat::new(&Array::new(), &settings);
    formatter
        .format()
        .call1(&formatter, &Date::new(&JsValue::from_f64(time)))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, ago};

    #[test]
    fn time_passed_is_told_shortly() {
        let cases = [
            (-5.0, "now"),
            (59_999.0, "now"),
            (MINUTE, "1 min"),
            (HOUR - 1.0, "59 min"),
            (HOUR, "1 h"),
            (DAY, "1 d"),
            (27.0 * DAY, "27 d"),
            (28.0 * DAY, "4 wk"),
        ];
        for (passed, words) in cases {
            assert_eq!(ago(1e12, 1e12 + passed), words);
        }
    }
}
