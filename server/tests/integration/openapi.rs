//! The API's description: complete and browsable.

use crate::caller::Caller;
use crate::support::{Engine, TestApp};
use serde_json::Value;

const SURFACES: [&str; 6] = [
    "chatbots",
    "developer",
    "helpdesk",
    "tenant",
    "visitor",
    "widget",
];

/// What is served, by the names of the committed files.
pub async fn served(app: &TestApp) -> Vec<(String, Value)> {
    let all = Caller::NOBODY.get(app, "/openapi.json").await.expect(200);
    let mut served = vec![("all.json".to_owned(), all)];
    for surface in SURFACES {
        let path = format!("/openapi/{surface}.json");
        let part = Caller::NOBODY.get(app, &path).await.expect(200);
        served.push((format!("{surface}.json"), part));
    }
    served
}

/// Each operation: its place, the surface's name and the operation.
async fn operations(app: &TestApp) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (name, description) in served(app).await {
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                found.push((format!("{method} {path}"), name.clone(), operation.clone()));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_parts_are_the_whole() {
    let app = TestApp::new(Engine::Sqlite).await;
    let operations = operations(&app).await;
    let names = |is_all: bool| {
        let mut names: Vec<&String> = operations
            .iter()
            .filter(|(_, file, _)| (file == "all.json") == is_all)
            .map(|(place, ..)| place)
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(true), names(false));
}

#[tokio::test]
async fn every_operation_says_how_it_refuses() {
    let app = TestApp::new(Engine::Sqlite).await;
    for (place, file, operation) in operations(&app).await {
        assert!(!operation["tags"][0].is_null(), "{place} has a tag");
        let responses = operation["responses"].as_object().unwrap();
        for (name, part) in operation.as_object().unwrap() {
            assert!(!part.is_null(), "{place} {name}");
        }
        assert!(responses.contains_key("500"), "{place}");
        for (status, response) in responses {
            let words = response["description"].as_str().unwrap_or_default();
            assert!(!words.is_empty(), "{place} {status}");
            if status.starts_with(['4', '5']) && place != "get /health/ready" {
                let schema = &response["content"]["application/json"]["schema"];
                assert!(schema.is_object(), "{place} {status} has a body in {file}");
            }
        }
        if operation["security"].is_array() {
            assert!(responses.contains_key("401"), "{place}");
        }
        if operation["requestBody"].is_object() {
            for status in ["400", "413", "415"] {
                assert!(responses.contains_key(status), "{place} {status}");
            }
        }
    }
}

/// Whoever calls for a visitor may come from a page the site does not allow, and may name two sessions at once.
#[tokio::test]
async fn every_visitors_route_says_what_its_door_refuses() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut seen = 0;
    for (place, _, operation) in operations(&app).await {
        let Some((_, path)) = place.split_once(" /widget/") else {
            continue;
        };
        if path == "frame" {
            continue;
        }
        seen += 1;
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("403"), "{place}");
        if path != "config" {
            assert!(responses.contains_key("400"), "{place}");
        }
    }
    assert!(seen >= 2 * 13, "{seen}");
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let app = TestApp::new(Engine::Sqlite).await;
    for (file, description) in served(&app).await {
        let text = description.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(description.pointer(pointer).is_some(), "{file} {pointer}");
        }
        let schemes = &description["components"]["securitySchemes"];
        for (place, _, operation) in operations(&app)
            .await
            .iter()
            .filter(|(_, of, _)| *of == file)
        {
            for credential in operation["security"].as_array().into_iter().flatten() {
                for name in credential.as_object().unwrap().keys() {
                    assert!(schemes[name].is_object(), "{place} {name} in {file}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_browser_offers_every_description_without_anything_from_elsewhere() {
    let app = TestApp::new(Engine::Sqlite).await;
    let script = Caller::NOBODY
        .get(&app, "/docs/swagger-initializer.js")
        .await;
    assert_eq!(script.status, 200);
    let script = script.body.as_str().unwrap().to_owned();
    for surface in SURFACES {
        assert!(
            script.contains(&format!("/openapi/{surface}.json")),
            "{surface}"
        );
    }
    let page = Caller::NOBODY.get(&app, "/docs/").await.expect(200);
    assert!(!page.to_string().contains("https://"));
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_one_that_does_not_exist() {
    let app = TestApp::new(Engine::Sqlite).await;
    let unread = Caller::NOBODY.get(&app, "/docs/%FF").await;
    let missing = Caller::NOBODY.get(&app, "/docs/nothing.js").await;
    assert_eq!((unread.status, missing.status), (404, 404));
    assert_eq!(unread.headers["content-type"], "text/html; charset=utf-8");
    let (unread, missing) = (
        unread.body.as_str().unwrap(),
        missing.body.as_str().unwrap(),
    );
    assert!(unread.contains("This page does not exist"), "{unread}");
    assert!(missing.contains("This page does not exist"), "{missing}");
}
