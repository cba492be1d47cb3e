//! The operations that the API's description names, to hold tables of requests against them: what a table lacks is told, and so is what it
//! is said to lack but has.

use crate::caller::Caller;
use crate::developer_input;
use crate::helpdesk_surface;
use crate::isolation;
use crate::support::{Engine, TestApp};
use crate::visitor_surface;
use crate::widget_input;
use serde_json::Value;
use std::collections::BTreeSet;

/// One operation: `POST`, `/widget/chat`, and what is said of it.
struct Operation {
    method: String,
    template: String,
    about: Value,
}

pub struct Described(Vec<Operation>);

impl Described {
    pub async fn of(app: &TestApp) -> Self {
        let description = Caller::NOBODY.get(app, "/openapi.json").await.expect(200);
        let mut operations = Vec::new();
        for (template, methods) in description["paths"].as_object().unwrap() {
            for (method, about) in methods.as_object().unwrap() {
                operations.push(Operation {
                    method: method.to_uppercase(),
                    template: template.clone(),
                    about: about.clone(),
                });
            }
        }
        Self(operations)
    }

    /// Those of which `wanted` holds, which is told method, path and description.
    pub fn places(&self, wanted: impl Fn(&str, &str, &Value) -> bool) -> BTreeSet<String> {
        let wanted = |operation: &&Operation| {
            wanted(&operation.method, &operation.template, &operation.about)
        };
        self.0.iter().filter(wanted).map(Operation::place).collect()
    }

    /// The operation that a request reaches.
    #[track_caller]
    pub fn place(&self, method: &str, path: &str) -> String {
        let path = path.split('?').next().unwrap();
        let matching = self
            .0
            .iter()
            .filter(|operation| operation.method == method && fits(&operation.template, path));
        // Where several fit, the router takes what stands there literally.
        let place = matching.min_by_key(|operation| operation.template.matches('{').count());
        place
            .unwrap_or_else(|| panic!("{method} {path} is described"))
            .place()
    }

    /// That these requests reach all of `wanted` but the exceptions, each with its reason.
    #[track_caller]
    pub fn assert_all(
        &self,
        wanted: &BTreeSet<String>,
        requests: impl IntoIterator<Item = (String, String)>,
        exceptions: &[(&str, &str)],
    ) {
        let tried: BTreeSet<String> = requests
            .into_iter()
            .map(|(method, path)| self.place(&method, &path))
            .collect();
        let left: BTreeSet<&str> = wanted.difference(&tried).map(String::as_str).collect();
        let excepted: BTreeSet<&str> = exceptions.iter().map(|(place, _)| *place).collect();
        assert_eq!(left, excepted);
    }
}

impl Operation {
    fn place(&self) -> String {
        format!("{} {}", self.method, self.template)
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(part, given)| part == given || part.starts_with('{') && !given.is_empty())
}

/// Whether somebody signed in to the dashboard may call it.
pub fn is_for_people(about: &Value) -> bool {
    let credentials = about["security"].as_array().into_iter().flatten();
    let mut names = credentials.flat_map(|credential| credential.as_object().unwrap().keys());
    names.any(|name| name == "dashboard")
}

/// What takes a body and stands in no table of bad ones.
const BODIES_TRIED_ELSEWHERE: [(&str, &str); 3] = [
    (
        "POST /api/v1/chat/upload-image",
        "a form: visitor_surface.rs, an_image_that_cannot_be_read_is_refused_in_this_surfaces_words",
    ),
    (
        "POST /widget/transcribe",
        "a form: voice.rs, what_is_no_recording_goes_nowhere",
    ),
    (
        "POST /widget/upload",
        "a form: sent_files.rs, hostile_files_are_refused_and_leave_nothing",
    ),
];

#[tokio::test]
async fn every_described_body_is_tried_as_a_bad_one() {
    let app = TestApp::new(Engine::of_run()).await;
    let described = Described::of(&app).await;
    let changes = ["POST", "PATCH", "PUT"];
    let wanted = described.places(|method, _, _| changes.contains(&method));
    let house = isolation::house(&app).await;
    let mut tried = isolation::with_bodies(&house);
    tried.extend(widget_input::tried());
    tried.extend(visitor_surface::tried());
    tried.extend(helpdesk_surface::tried());
    tried.extend(developer_input::tried());
    described.assert_all(&wanted, tried, &BODIES_TRIED_ELSEWHERE);
}
