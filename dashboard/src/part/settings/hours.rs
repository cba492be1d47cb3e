//! Business hours as the editor holds them: seven days of spans. Pure.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days as the wire names them, with their names for people.
pub const DAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];

/// From and to, as a time input has them (`09:30`). `00:00` at the end means midnight after the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub from: String,
    pub to: String,
}

/// A week of opening times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    pub timezone: String,
    /// Empty: closed.
    pub days: [Vec<Span>; 7],
}

/// A value of the wire's object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum HoursValue {
    One(String),
    Several(Vec<String>),
}

/// The wire's object: days and `timezone`.
pub type HoursObject = BTreeMap<String, HoursValue>;

impl Week {
    /// What an owner starts with: workdays from nine to five.
    pub fn usual(timezone: String) -> Self {
        let workday = || {
            vec![Span {
                from: "09:00".into(),
                to: "17:00".into(),
            }]
        };
        Self {
            timezone,
            days: [
                workday(),
                workday(),
                workday(),
                workday(),
                workday(),
                vec![],
                vec![],
            ],
        }
    }

    pub fn read(object: &HoursObject) -> Self {
        let timezone = match object.get("timezone") {
            Some(HoursValue::One(name)) => name.clone(),
            _ => String::new(),
        };
        let days = DAYS.map(|(day, _)| match object.get(day) {
            Some(HoursValue::One(text)) => read_spans(text.split(',')),
            Some(HoursValue::Several(texts)) => read_spans(texts.iter().map(String::as_str)),
            None => vec![],
        });
        Self { timezone, days }
    }

    pub fn write(&self) -> HoursObject {
        let days = DAYS.iter().zip(&self.days).map(|((day, _), spans)| {
            let value = match spans.as_slice() {
                [] => HoursValue::One("closed".into()),
                [span] => HoursValue::One(span.write()),
                spans => HoursValue::Several(spans.iter().map(Span::write).collect()),
            };
            ((*day).to_owned(), value)
        });
        let timezone = (!self.timezone.is_empty()).then(|| {
            (
                "timezone".to_owned(),
                HoursValue::One(self.timezone.clone()),
            )
        });
        days.chain(timezone).collect()
    }

    /// What is wrong with a day, for people.
    pub fn problem(&self, day: usize) -> Option<&'static str> {
        let spans = self.days.get(day)?;
        if spans.iter().any(|span| span.minutes().is_none()) {
            return Some("Give both times.");
        }
        let minutes: Vec<(u32, u32)> = spans.iter().filter_map(Span::minutes).collect();
        if minutes.iter().any(|(from, to)| from >= to) {
            return Some("Each span must end after it begins.");
        }
        let overlaps = minutes
            .windows(2)
            .any(|pair| matches!(pair, [(_, end), (begin, _)] if begin < end));
        overlaps.then_some("Spans must not overlap, earlier ones first.")
    }
}

impl Span {
    fn minutes(&self) -> Option<(u32, u32)> {
        let from = minutes_of(&self.from)?;
        let to = minutes_of(&self.to)?;
        Some((from, if to == 0 { 24 * 60 } else { to }))
    }

    fn write(&self) -> String {
        let to = if self.to == "00:00" {
            "24".to_owned()
        } else {
            shorten(&self.to)
        };
        format!("{}-{to}", shorten(&self.from))
    }
}

fn read_spans<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Span> {
    texts
        .filter_map(|text| text.trim().split_once('-'))
        .map(|(from, to)| Span {
            from: lengthen(from),
            to: lengthen(to),
        })
        .collect()
}

/// `9` and `9:30` as `09:00` and `09:30`.
fn lengthen(text: &str) -> String {
    let (hour, minute) = text.trim().split_once(':').unwrap_or((text.trim(), "00"));
    let hour = if hour == "24" { "00" } else { hour };
    format!("{hour:0>2}:{minute:0>2}")
}

/// `09:00` and `09:30` as `9` and `9:30`.
fn shorten(text: &str) -> String {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
    let hour = hour.strip_prefix('0').unwrap_or(hour);
    if minute == "00" {
        hour.to_owned()
    } else {
        format!("{hour}:{minute}")
    }
}

fn minutes_of(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::{HoursObject, Span, Week};

    fn read(json: &str) -> Week {
        Week::read(&serde_json::from_str::<HoursObject>(json).unwrap())
    }

    #[test]
    fn what_the_wire_has_survives_the_editor() {
        let json = r#"{"fri":"closed","mon":"9-17","sat":"closed","sun":"0-24","thu":"9:30-17:15","timezone":"Europe/Berlin","tue":["9-12","13:30-18"],"wed":"closed"}"#;
        let week = read(json);
        assert_eq!(week.days[1].len(), 2);
        assert_eq!(
            week.days[3],
            [Span {
                from: "09:30".into(),
                to: "17:15".into()
            }]
        );
        assert_eq!(serde_json::to_string(&week.write()).unwrap(), json);
        assert!((0..7).all(|day| week.problem(day).is_none()));
    }

    #[test]
    fn days_that_are_not_named_are_closed() {
        let week = read(r#"{"mon":"9-12, 13-17"}"#);
        assert_eq!(week.days[0].len(), 2);
        assert!(week.days[1].is_empty());
        assert_eq!(week.timezone, "");
    }

    #[test]
    fn a_day_that_makes_no_sense_is_told() {
        let mut week = Week::usual("UTC".into());
        let span = |from: &str, to: &str| Span {
            from: from.into(),
            to: to.into(),
        };
        week.days[0] = vec![span("17:00", "09:00")];
        week.days[1] = vec![span("", "09:00")];
        week.days[2] = vec![span("09:00", "13:00"), span("12:00", "17:00")];
        week.days[3] = vec![span("09:00", "00:00")];
        assert_eq!(week.problem(0), Some("Each span must end after it begins."));
        assert_eq!(week.problem(1), Some("Give both times."));
        assert_eq!(
            week.problem(2),
            Some("Spans must not overlap, earlier ones first.")
        );
        assert_eq!(week.problem(3), None);
    }
}
