//! What people really type, however they type it, asked of the demo site and of three small sites of other trades.
//! An answer that is given must be right, and most that can be given must be.

use crate::answers::{ask_in, site_knowing};
use crate::support::{Engine, TestApp};
use parlance::core::demo;
use parlance::core::knowledge::New;
use parlance::store;
use parlance::store::site::Site;
use shared::site::SiteSettings;
use std::collections::BTreeMap;

/// The share of given answers that must be right, and of answerable questions that must be answered.
const PRECISION: f64 = 0.95;
const RECALL: f64 = 0.85;
/// And so many of the questions must be such as the texts do not answer.
const FEWEST_UNANSWERABLE: usize = 40;

const QUESTIONS: &str = include_str!("answers/everyday.txt");
const SITES: [(&str, &str); 3] = [
    ("bikes", include_str!("answers/sites/bikes.txt")),
    ("invoices", include_str!("answers/sites/invoices.txt")),
    ("clinic", include_str!("answers/sites/clinic.txt")),
];

#[derive(Default)]
struct Tally {
    given: usize,
    right: usize,
    answerable: usize,
    unanswerable: usize,
    wrong: Vec<String>,
}

#[tokio::test]
async fn what_people_type_is_answered_rightly_or_not_at_all() {
    let mut sites: BTreeMap<&str, Vec<[&str; 3]>> = BTreeMap::new();
    for line in QUESTIONS.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let [site, before, question, expected] = fields[..] else {
            panic!("not a question: {line}");
        };
        let questions = sites.entry(site).or_default();
        questions.push([before, question, expected]);
    }
    let mut tally = Tally::default();
    for (name, questions) in sites {
        let app = TestApp::new(Engine::of_run()).await;
        let site = site_called(&app, name).await;
        for asked in questions {
            judge(&app, &site, asked, &mut tally).await;
        }
    }
    let precision = tally.right as f64 / tally.given as f64;
    let recall = tally.right as f64 / tally.answerable as f64;
    let report = format!(
        "precision {precision:.3} ({} of {}), recall {recall:.3} ({} of {}), {} unanswerable; wrong:\n{}",
        tally.right,
        tally.given,
        tally.right,
        tally.answerable,
        tally.unanswerable,
        tally.wrong.join("\n")
    );
    eprintln!("{report}");
    assert!(tally.unanswerable >= FEWEST_UNANSWERABLE, "{report}");
    assert!(precision >= PRECISION && recall >= RECALL, "{report}");
}

async fn judge(app: &TestApp, site: &Site, asked: [&str; 3], tally: &mut Tally) {
    let [before, question, expected] = asked;
    let before = Some(before).filter(|before| !before.is_empty());
    let (said, finish) = ask_in(app, site, None, before, question).await;
    let said = said.concat();
    // The first quote must be the answer: what comes after it is read by nobody who was misled.
    let first = said.split("[1]").next().unwrap_or_default();
    let is_answerable = expected != "-";
    let says = is_answerable && expected.split(" / ").any(|part| first.contains(part));
    let is_right = finish.confident && says;
    tally.given += usize::from(finish.confident);
    tally.right += usize::from(is_right);
    tally.answerable += usize::from(is_answerable);
    tally.unanswerable += usize::from(!is_answerable);
    if is_right != is_answerable || finish.confident != is_answerable {
        tally.wrong.push(format!("{question}\n    {said}"));
    }
}

async fn site_called(app: &TestApp, name: &str) -> Site {
    let Some((_, text)) = SITES.iter().find(|(known, _)| *known == name) else {
        demo::prepare(app).await.unwrap();
        let mut connection = app.db.read().await.unwrap();
        return store::site::demo(&mut connection).await.unwrap().unwrap();
    };
    let items = text.split("=== ").skip(1).map(item);
    site_knowing(app, SiteSettings::default(), items.collect()).await
}

/// One item of a site's file: its kind and title on the first line, its text below.
fn item(written: &str) -> New {
    let (head, text) = written.split_once('\n').unwrap();
    let (kind, title) = head.split_once(" | ").unwrap();
    match kind {
        "qa" => New::Qa {
            question: title.into(),
            answer: text.into(),
        },
        "text" => New::Text {
            title: Some(title.into()),
            source: None,
            content: text.into(),
        },
        "document" => New::Document {
            name: title.into(),
            bytes: text.as_bytes().to_vec(),
        },
        other => panic!("no kind of item: {other}"),
    }
}
