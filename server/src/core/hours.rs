//! Business hours: `{"mon": "9-17", "tue": ["9-12", "13-17:30"], "sat": "closed", "timezone": "Europe/Berlin"}`.
//! A day that is not named is closed; hours that name no day are always open.

use crate::clock::Millis;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MINUTES_OF_DAY: u16 = 24 * 60;
const TIMEZONE: &str = "timezone";

/// From one minute of a day up to, not including, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from: u16,
    to: u16,
}

/// When people are there.
#[derive(Debug, Clone)]
pub struct BusinessHours {
    timezone: TimeZone,
    /// Monday first.
    days: [Vec<Span>; 7],
    named_days: usize,
}

impl BusinessHours {
    /// Reads the object, or a text that holds one.
    ///
    /// # Errors
    /// A sentence that says which part cannot be understood.
    pub fn parse(value: &Value) -> Result<Self, String> {
        Self::from_object(&object(value)?)
    }

    fn from_object(object: &Map<String, Value>) -> Result<Self, String> {
        let mut hours = Self {
            timezone: TimeZone::UTC,
            days: Default::default(),
            named_days: 0,
        };
        for (name, value) in object {
            if name == TIMEZONE {
                hours.timezone = timezone(value)?;
                continue;
            }
            let Some(day) = DAYS.iter().position(|day| day == name) else {
                return Err(format!(
                    "{} is not one of mon, tue, wed, thu, fri, sat, sun, timezone",
                    shorten(name)
                ));
            };
            hours.days[day] = spans(name, value)?;
            hours.named_days += 1;
        }
        Ok(hours)
    }

    /// Whether somebody is there at this moment.
    pub fn is_open(&self, at: Millis) -> bool {
        if self.named_days == 0 {
            return true;
        }
        let Some(local) = self.local(at) else {
            return false;
        };
        let minute = minute_of_day(local);
        self.day(local.weekday())
            .iter()
            .any(|span| (span.from..span.to).contains(&minute))
    }

    /// The next moment after `at` at which a span begins; none where there is none within a week.
    pub fn next_opening(&self, at: Millis) -> Option<Millis> {
        let mut date = self.local(at)?.date();
        // Today again in a week: its early span may already be over today.
        for _ in 0..=7 {
            let opening = self
                .day(date.weekday())
                .iter()
                .filter_map(|span| self.moment(date, span.from))
                .filter(|opening| *opening > at)
                .min();
            if opening.is_some() {
                return opening;
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// Whether any day is named; hours that name none say nothing.
    pub const fn names_days(&self) -> bool {
        self.named_days > 0
    }

    /// The next moment after `at` at which people come or go; none where there is none within a week.
    pub fn next_change(&self, at: Millis) -> Option<Millis> {
        let open = self.is_open(at);
        let mut date = self.local(at)?.date();
        for _ in 0..=7 {
            let mut edges: Vec<Millis> = self
                .day(date.weekday())
                .iter()
                .flat_map(|span| [span.from, span.to])
                .filter_map(|minute| self.moment(date, minute))
                .filter(|edge| *edge > at)
                .collect();
            edges.sort_unstable();
            // Where one span ends as the next begins, nobody goes.
            let change = edges.into_iter().find(|edge| self.is_open(*edge) != open);
            if change.is_some() {
                return change;
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn day(&self, weekday: Weekday) -> &[Span] {
        let index = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0);
        &self.days[index]
    }

    fn local(&self, at: Millis) -> Option<DateTime> {
        let timestamp = Timestamp::from_millisecond(at).ok()?;
        Some(timestamp.to_zoned(self.timezone.clone()).datetime())
    }

    /// Where the clocks jump over a time, the moment after the jump.
    fn moment(&self, date: Date, minute: u16) -> Option<Millis> {
        let (date, minute) = match minute {
            MINUTES_OF_DAY => (date.tomorrow().ok()?, 0),
            minute => (date, minute),
        };
        let (hour, minute) = (
            i8::try_from(minute / 60).ok()?,
            i8::try_from(minute % 60).ok()?,
        );
        let zoned = date
            .at(hour, minute, 0, 0)
            .to_zoned(self.timezone.clone())
            .ok()?;
        Some(zoned.timestamp().as_millisecond())
    }
}

/// The text to store for what an owner sent: canonical JSON, or empty where it names no day at all.
///
/// # Errors
/// As [`BusinessHours::parse`].
pub fn canonical(value: &Value) -> Result<String, String> {
    let object = object(value)?;
    BusinessHours::from_object(&object)?;
    if object.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(&object).map_err(|error| error.to_string())
}

fn object(value: &Value) -> Result<Map<String, Value>, String> {
    let parsed;
    let value = match value {
        Value::String(text) if text.trim().is_empty() => &Value::Null,
        Value::String(text) => {
            parsed = serde_json::from_str::<Value>(text)
                .map_err(|_| "it is a text that is not JSON".to_owned())?;
            &parsed
        }
        other => other,
    };
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(object) => Ok(object.clone()),
        _ => Err("it must be an object".to_owned()),
    }
}

fn timezone(value: &Value) -> Result<TimeZone, String> {
    let name = value
        .as_str()
        .ok_or_else(|| "timezone must be a text".to_owned())?;
    TimeZone::get(name).map_err(|_| {
        format!(
            "{} is not an IANA time zone such as Europe/Berlin",
            shorten(name)
        )
    })
}

fn spans(day: &str, value: &Value) -> Result<Vec<Span>, String> {
    let unreadable = || {
        format!(
            "{day} must be \"closed\", hours such as \"9-17\" or \"9:30-17:15\", or a list of those"
        )
    };
    let mut spans = match value {
        Value::String(text) if text.trim() == "closed" => Vec::new(),
        Value::String(text) => vec![span(text).ok_or_else(unreadable)?],
        Value::Array(entries) => entries
            .iter()
            .map(|entry| entry.as_str().and_then(span).ok_or_else(unreadable))
            .collect::<Result<_, _>>()?,
        _ => return Err(unreadable()),
    };
    spans.sort_unstable();
    Ok(spans)
}

fn span(text: &str) -> Option<Span> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < to).then_some(Span { from, to })
}

fn minute(text: &str) -> Option<u16> {
    let text = text.trim();
    let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
    let digits = |part: &str| {
        (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MINUTES_OF_DAY).then_some(total)
}

fn minute_of_day(local: DateTime) -> u16 {
    u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0)
}

/// A caller's text within a sentence of ours.
fn shorten(text: &str) -> String {
    let start: String = text
        .chars()
        .filter(|character| !character.is_control())
        .take(40)
        .collect();
    format!("\"{start}\"")
}

#[cfg(test)]
mod tests {
    use super::{BusinessHours, canonical};
    use crate::clock::Millis;
    use serde_json::{Value, json};

    fn at(text: &str) -> Millis {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    fn hours(value: Value) -> BusinessHours {
        BusinessHours::parse(&value).unwrap()
    }

    #[test]
    fn opens_and_closes_on_the_minute_in_its_own_time_zone() {
        let berlin = hours(json!({"mon": "9-17:30", "timezone": "Europe/Berlin"}));
        // 2026-11-23 is a Monday; Berlin is an hour ahead in winter.
        assert!(!berlin.is_open(at("2026-11-23T07:59:59Z")));
        assert!(berlin.is_open(at("2026-11-23T08:00:00Z")));
        assert!(berlin.is_open(at("2026-11-23T16:29:59Z")));
        assert!(!berlin.is_open(at("2026-11-23T16:30:00Z")));
        assert!(!berlin.is_open(at("2026-11-24T09:00:00Z")), "unnamed day");
    }

    #[test]
    fn lists_and_closed_days() {
        let hours = hours(json!({"tue": ["13-17", "9-12"], "wed": "closed", "thu": "0-24"}));
        assert!(hours.is_open(at("2026-11-24T11:59:00Z")));
        assert!(!hours.is_open(at("2026-11-24T12:30:00Z")));
        assert!(hours.is_open(at("2026-11-24T13:00:00Z")));
        assert!(!hours.is_open(at("2026-11-25T13:00:00Z")));
        assert!(hours.is_open(at("2026-11-26T23:59:59Z")));
    }

    #[test]
    fn nothing_named_is_always_open() {
        for value in [
            json!({}),
            json!(""),
            json!(null),
            json!({"timezone": "Asia/Tokyo"}),
        ] {
            let hours = hours(value);
            assert!(hours.is_open(at("2026-11-22T03:00:00Z")));
            assert_eq!(hours.next_opening(at("2026-11-22T03:00:00Z")), None);
        }
    }

    #[test]
    fn the_next_opening_may_be_today_or_in_a_week() {
        let hours = hours(json!({"mon": ["9-12", "13-17"]}));
        let opening = |text| hours.next_opening(at(text));
        assert_eq!(
            opening("2026-11-23T08:00:00Z"),
            Some(at("2026-11-23T09:00:00Z"))
        );
        assert_eq!(
            opening("2026-11-23T12:10:00Z"),
            Some(at("2026-11-23T13:00:00Z"))
        );
        assert_eq!(
            opening("2026-11-23T18:00:00Z"),
            Some(at("2026-11-30T09:00:00Z"))
        );
        assert_eq!(
            opening("2026-11-23T13:00:00Z"),
            Some(at("2026-11-30T09:00:00Z"))
        );
    }

    #[test]
    fn people_come_and_go() {
        let change = |value: Value, text: &str| hours(value).next_change(at(text));
        let split = json!({"mon": ["9-12", "12-13", "14-17"], "tue": "closed", "timezone": "Europe/Berlin"});
        for (now, then) in [
            ("2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z"),
            ("2026-11-23T08:00:00Z", "2026-11-23T12:00:00Z"),
            ("2026-11-23T12:30:00Z", "2026-11-23T13:00:00Z"),
            ("2026-11-23T13:00:00Z", "2026-11-23T16:00:00Z"),
            ("2026-11-23T16:00:00Z", "2026-11-30T08:00:00Z"),
        ] {
            assert_eq!(change(split.clone(), now), Some(at(then)), "{now}");
        }
        // Open over midnight: people stay.
        let night = json!({"mon": "20-24", "tue": "0-4"});
        assert_eq!(
            change(night, "2026-11-23T21:00:00Z"),
            Some(at("2026-11-24T04:00:00Z"))
        );
        let always: Value = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .map(|day| (day.to_owned(), json!("0-24")))
            .into_iter()
            .collect();
        assert_eq!(change(always, "2026-11-23T21:00:00Z"), None);
        assert_eq!(
            change(json!({"mon": "closed"}), "2026-11-23T21:00:00Z"),
            None
        );
    }

    #[test]
    fn clocks_that_jump_forward_open_after_the_jump() {
        // In New York, 02:30 of 2026-03-08 does not exist.
        let hours = hours(json!({"sun": "2:30-5", "timezone": "America/New_York"}));
        assert_eq!(
            hours.next_opening(at("2026-03-08T00:00:00Z")),
            Some(at("2026-03-08T07:30:00Z"))
        );
        assert!(hours.is_open(at("2026-03-08T08:59:00Z")));
        assert!(!hours.is_open(at("2026-03-08T09:00:00Z")));
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        for value in [
            json!({"monday": "9-17"}),
            json!({"mon": "17-9"}),
            json!({"mon": "9-9"}),
            json!({"mon": "9"}),
            json!({"mon": "9-25"}),
            json!({"mon": "24:30-25"}),
            json!({"mon": "9:60-17"}),
            json!({"mon": "-9-17"}),
            json!({"mon": "+9-17"}),
            json!({"mon": 9}),
            json!({"mon": [9]}),
            json!({"mon": null}),
            json!({"timezone": "Mars/Olympus"}),
            json!({"timezone": 1}),
            json!("nine to five"),
            json!("[]"),
            json!([]),
            json!(5),
        ] {
            assert!(BusinessHours::parse(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_text_that_parses_is_the_object() {
        let text = json!("{\"tue\": \"9-17\", \"mon\": \"9-17\"}");
        assert_eq!(canonical(&text).unwrap(), r#"{"mon":"9-17","tue":"9-17"}"#);
        assert_eq!(canonical(&json!({})).unwrap(), "");
    }
}
