//! Every route for people who sign in: as nobody, as a stranger, with a bad body, with odd ids.

use crate::caller::{Caller, Person, Reply};
use crate::described::{Described, is_for_people};
use crate::desk::{counts, furnish, webhook};
use crate::outsider::{FORM, Field, form};
use crate::support::{Engine, TestApp, on_both};
use parlance::core::actor::Visitor;
use serde_json::{Value, json};

struct Route {
    method: &'static str,
    path: String,
    /// The fields of a form, where `is_form` says so.
    body: Value,
    is_form: bool,
    /// What somebody of another account gets.
    for_strangers: u16,
}

fn route(method: &'static str, path: impl Into<String>, body: Value, for_strangers: u16) -> Route {
    Route {
        method,
        path: path.into(),
        body,
        is_form: false,
        for_strangers,
    }
}

/// A route that takes a form: `fields`, and a file.
fn upload(path: impl Into<String>, fields: Value, for_strangers: u16) -> Route {
    Route {
        is_form: true,
        ..route("POST", path, fields, for_strangers)
    }
}

impl Route {
    async fn call(&self, app: &TestApp, caller: &Caller) -> Reply {
        if !self.is_form {
            return caller.call(app, self.method, &self.path, &self.body).await;
        }
        let given = self.body.as_object().unwrap().iter();
        let mut fields: Vec<Field<'_>> = given
            .map(|(name, value)| (name.as_str(), None, value.as_str().unwrap().as_bytes()))
            .collect();
        fields.push(("file", Some("hacked.txt"), b"Hacked"));
        caller
            .raw(app, self.method, &self.path, FORM, form(&fields))
            .await
    }

    /// Whether no body at all is as good as an empty object.
    fn takes_no_body(&self) -> bool {
        !self.is_form && self.body.as_object().is_some_and(|body| body.is_empty())
    }

    fn takes_json(&self) -> bool {
        !self.is_form && self.body.is_object()
    }
}

/// Ids of one account, for routes to name.
pub struct House {
    owner: Person,
    visitor: Visitor,
    site_id: i64,
    slug: String,
    item_id: i64,
    webhook_id: i64,
    delivery_id: i64,
    key_id: i64,
}

pub async fn house(app: &TestApp) -> House {
    let owner = Person::owner(app, "ada@example.com").await;
    let bot = owner
        .call(app, "POST", "/bots", &json!({"name": "Acme"}))
        .await
        .expect(201);
    let site_id = bot["id"].as_i64().unwrap();
    let webhook_id = webhook(app, &owner).await;
    let (visitor, item_id) = furnish(app, &owner, site_id).await;
    let slug = visitor.site.slug.clone();
    let log = owner
        .get(app, &format!("/api/webhooks/{webhook_id}/deliveries"))
        .await
        .expect(200);
    let key = owner
        .call(app, "POST", "/api/keys", &json!({"name": "Key"}))
        .await
        .expect(201);
    let key_id = key["id"].as_i64().unwrap();
    House {
        owner,
        visitor,
        site_id,
        slug,
        item_id,
        webhook_id,
        delivery_id: log["data"][0]["id"].as_i64().unwrap(),
        key_id,
    }
}

fn routes(house: &House) -> Vec<Route> {
    let bot = format!("/bots/ch_{}", house.slug);
    let chatbot = format!("bot_{}", house.slug);
    let item = format!("/api/knowledge/{}", house.item_id);
    let conversation = format!(
        "/api/conversations/conv_{}",
        house.visitor.conversation.slug
    );
    // What `furnish` made is the first of its kind.
    let nudge = "/api/nudges/1";
    let visitor = format!("/api/visitors/{}", house.visitor.conversation.visitor_id);
    let webhook = format!("/api/webhooks/{}", house.webhook_id);
    let replay = format!("{webhook}/deliveries/{}/replay", house.delivery_id);
    let mut routes = vec![
        route("GET", "/api/webhooks", Value::Null, 200),
        route(
            "POST",
            "/api/webhooks",
            json!({"url": "https://hooks.example.com/", "events": ["new_message"]}),
            201,
        ),
        route("GET", &webhook, Value::Null, 404),
        route("PATCH", &webhook, json!({"description": "Hacked"}), 404),
        route("DELETE", &webhook, Value::Null, 404),
        route("POST", format!("{webhook}/rotate"), json!({}), 404),
        route("GET", format!("{webhook}/deliveries"), Value::Null, 404),
        route("POST", replay, json!({}), 404),
        route("GET", "/auth/me", Value::Null, 200),
        route("GET", "/bots", Value::Null, 200),
        route("POST", "/bots", json!({"name": "B"}), 201),
        route("GET", &bot, Value::Null, 404),
        route("PATCH", &bot, json!({"name": "Hacked"}), 404),
        route("GET", format!("{bot}/disclosure"), Value::Null, 404),
        route("DELETE", &bot, Value::Null, 404),
        route(
            "POST",
            format!("{bot}/install-check"),
            json!({"url": "https://example.com/"}),
            404,
        ),
        route("GET", "/tenants/me/kyc/status", Value::Null, 200),
        route("POST", "/tenants/me/kyc/secret", json!({}), 200),
        route("POST", "/tenants/me/kyc/rotate", json!({}), 200),
        route(
            "GET",
            format!("/api/site?siteId={}", house.site_id),
            Value::Null,
            403,
        ),
        route(
            "PATCH",
            "/api/sites",
            json!({"siteId": house.site_id, "greetingText": "Hacked"}),
            403,
        ),
        route(
            "GET",
            format!("/api/knowledge?chatbotId={chatbot}"),
            Value::Null,
            404,
        ),
        route(
            "POST",
            "/api/knowledge",
            json!({"chatbotId": chatbot, "type": "text", "content": "Hacked"}),
            404,
        ),
        route(
            "POST",
            "/api/knowledge/scrape",
            json!({"chatbotId": chatbot, "url": "https://example.com/"}),
            404,
        ),
        route(
            "GET",
            format!("/api/knowledge/scrape?chatbotId={chatbot}"),
            Value::Null,
            404,
        ),
        route("GET", "/api/knowledge/scrape/1", Value::Null, 404),
        upload("/api/knowledge/upload", json!({"chatbotId": chatbot}), 404),
        route("GET", &item, Value::Null, 404),
        route("DELETE", &item, Value::Null, 404),
        route(
            "POST",
            format!("/api/chatbots/{chatbot}/ask"),
            json!({"message": "What?"}),
            404,
        ),
        route(
            "GET",
            format!("/api/chatbots/{chatbot}/api-key"),
            Value::Null,
            404,
        ),
        route(
            "POST",
            format!("/api/chatbots/{chatbot}/api-key/rotate"),
            json!({}),
            404,
        ),
        route("GET", "/api/keys", Value::Null, 200),
        route("POST", "/api/keys", json!({"name": "Key"}), 201),
        route(
            "DELETE",
            format!("/api/keys/{}", house.key_id),
            Value::Null,
            404,
        ),
        route("GET", "/api/conversations", Value::Null, 200),
        route(
            "GET",
            format!("/api/conversations?site={chatbot}"),
            Value::Null,
            404,
        ),
        route("GET", &conversation, Value::Null, 404),
        route(
            "GET",
            format!("/api/conversations/{}", house.visitor.conversation.id),
            Value::Null,
            404,
        ),
        route("GET", format!("{conversation}/messages"), Value::Null, 404),
        route(
            "POST",
            format!("{conversation}/reply"),
            json!({"message": "Hacked"}),
            404,
        ),
        route(
            "POST",
            format!("{conversation}/tags"),
            json!({"tags": ["Hacked"]}),
            404,
        ),
        route("GET", format!("{conversation}/export"), Value::Null, 404),
        upload(format!("{conversation}/upload"), json!({}), 404),
        route("GET", "/api/chatbots", Value::Null, 200),
        route("POST", "/api/chatbots", json!({"name": "C"}), 201),
        route("GET", format!("/api/chatbots/{chatbot}"), Value::Null, 404),
        route(
            "PATCH",
            format!("/api/chatbots/{chatbot}"),
            json!({"name": "Hacked"}),
            404,
        ),
        route(
            "DELETE",
            format!("/api/chatbots/{chatbot}"),
            Value::Null,
            404,
        ),
        route(
            "POST",
            format!("/api/chat/{chatbot}"),
            json!({"message": "Hacked"}),
            404,
        ),
        route(
            "POST",
            format!("{conversation}/read"),
            json!({"seq": 1}),
            404,
        ),
        route("GET", "/api/nudges", Value::Null, 200),
        route(
            "GET",
            format!("/api/nudges?chatbotId={chatbot}"),
            Value::Null,
            404,
        ),
        route(
            "POST",
            "/api/nudges",
            json!({"chatbotId": chatbot, "text": "Hacked"}),
            404,
        ),
        route("PATCH", nudge, json!({"text": "Hacked"}), 404),
        route("DELETE", nudge, Value::Null, 404),
        route(
            "POST",
            format!("{visitor}/nudge"),
            json!({"text": "Hacked"}),
            404,
        ),
        route("POST", format!("{visitor}/block"), json!({}), 404),
        route("POST", format!("{visitor}/unblock"), json!({}), 404),
        route("GET", format!("{visitor}/activity"), Value::Null, 404),
    ];
    for verb in ["takeover", "handback", "resolve", "reopen", "end", "typing"] {
        routes.push(route(
            "POST",
            format!("{conversation}/{verb}"),
            json!({}),
            404,
        ));
    }
    // Last: it ends the stranger's own session.
    routes.push(route("POST", "/auth/logout", json!({}), 204));
    routes
}

/// What a route that does not exist answers on the same surface.
fn is_documented_refusal(path: &str, body: &Value) -> bool {
    if path.starts_with("/api/") {
        return body["error"].is_string() && body["message"].is_string();
    }
    body["detail"].is_string() || body["detail"].is_array()
}

on_both!(nobody_gets_anywhere, |app| {
    let house = house(app).await;
    let forged = Caller {
        token: Some("a.b.c".into()),
    };
    for caller in [Caller::NOBODY, forged] {
        for route in routes(&house) {
            let reply = route.call(app, &caller).await;
            assert_eq!(reply.status, 401, "{} {}", route.method, route.path);
            assert!(
                is_documented_refusal(&route.path, &reply.body),
                "{}",
                reply.body
            );
        }
        assert_eq!(caller.get(app, "/api/events").await.status, 401);
    }
});

on_both!(strangers_find_nothing_and_change_nothing, |app| {
    let house = house(app).await;
    let before = counts(app).await;
    let stranger = Person::owner(app, "eve@example.com").await;
    let missing = stranger
        .get(app, "/api/conversations/conv_nobody")
        .await
        .body;
    for route in routes(&house) {
        let reply = route.call(app, &stranger).await;
        assert_eq!(
            reply.status, route.for_strangers,
            "{} {}: {}",
            route.method, route.path, reply.body
        );
        if reply.status == 404 && route.path.starts_with("/api/") {
            assert_eq!(reply.body, missing, "not theirs and not there are alike");
        }
        let text = reply.body.to_string();
        for theirs in [
            &house.slug,
            &house.visitor.conversation.slug,
            "Here I am",
            "grace@example.com",
        ] {
            assert!(
                !text.contains(theirs),
                "{} {}: {text}",
                route.method,
                route.path
            );
        }
    }
    let after = counts(app).await;
    for (table, count) in &before {
        // The stranger's own bot, session and account.
        let own = match table.as_str() {
            "accounts" | "users" | "api_keys" | "webhook_endpoints" => 1,
            "sites" | "site_keys" => 2,
            _ => 0,
        };
        assert_eq!(after[table], count + own, "{table}");
    }
    let page = house
        .owner
        .get(
            app,
            &format!(
                "/api/conversations/conv_{}/messages",
                house.visitor.conversation.slug
            ),
        )
        .await
        .expect(200);
    assert!(!page.to_string().contains("Hacked"));
});

/// What people who sign in may call, and is not among the routes above.
const TRIED_ELSEWHERE: [(&str, &str); 1] = [(
    "GET /api/events",
    "a stream; live_surface.rs holds that strangers hear nothing on it",
)];

#[tokio::test]
async fn every_described_route_of_people_is_tried() {
    let app = TestApp::new(Engine::of_run()).await;
    let described = Described::of(&app).await;
    let house = house(&app).await;
    let wanted = described.places(|_, _, about| is_for_people(about));
    let routes = routes(&house).into_iter();
    let tried = routes.map(|route| (route.method.to_owned(), route.path));
    described.assert_all(&wanted, tried, &TRIED_ELSEWHERE);
}

/// Routes that anybody may call, with a body.
const ANYBODYS: [(&str, &str); 2] = [("POST", "/auth/setup"), ("POST", "/auth/login")];

/// Methods and paths of the routes whose bodies are tried below.
pub fn with_bodies(house: &House) -> Vec<(String, String)> {
    let routes = routes(house).into_iter();
    let tried = routes.filter(|route| route.is_form || route.takes_json());
    let anybodys = ANYBODYS.map(|(method, path)| (method.to_owned(), path.to_owned()));
    tried
        .map(|route| (route.method.to_owned(), route.path))
        .chain(anybodys)
        .collect()
}

#[tokio::test]
async fn bad_bodies_are_refused_in_the_surfaces_own_words() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    let before = counts(&app).await;
    let with_body = ANYBODYS
        .into_iter()
        .map(|(method, path)| (method, path.to_owned(), false))
        .chain(
            routes(&house)
                .into_iter()
                .filter(Route::takes_json)
                .map(|route| {
                    let takes_no_body = route.takes_no_body();
                    (route.method, route.path, takes_no_body)
                }),
        );
    for (method, path, takes_no_body) in with_body {
        let missing = match path.starts_with("/api/") {
            true => 400,
            false => 422,
        };
        for (status, content_type, body) in [
            (400, "application/json", "not json"),
            (400, "application/json", ""),
            (400, "application/json", "{\"a\": \"\u{0}\"}"),
            (415, "text/plain", "{}"),
            (415, "application/x-www-form-urlencoded", "a=b"),
            (missing, "application/json", "[]"),
            (missing, "application/json", "\"text\""),
            (missing, "application/json", "null"),
        ] {
            if takes_no_body && body.is_empty() {
                continue;
            }
            let reply = house
                .owner
                .raw(&app, method, &path, content_type, body)
                .await;
            assert_eq!(
                reply.status, status,
                "{method} {path} {body:?}: {}",
                reply.body
            );
            assert!(
                is_documented_refusal(&path, &reply.body),
                "{path}: {}",
                reply.body
            );
        }
        let large = format!("{{\"message\": \"{}\"}}", "x".repeat(30 << 20));
        let reply = house
            .owner
            .raw(&app, method, &path, "application/json", large)
            .await;
        assert_eq!(reply.status, 413, "{method} {path}");
    }
    let half = "{\"name\": \"half a character: \\ud800\"}";
    let reply = house
        .owner
        .raw(&app, "POST", "/bots", "application/json", half)
        .await;
    assert_eq!(reply.status, 400);
    assert_eq!(counts(&app).await, before, "nothing was stored");
}

#[tokio::test]
async fn forms_are_refused_that_are_none() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    let before = counts(&app).await;
    let routes = routes(&house).into_iter().filter(|route| route.is_form);
    for Route { method, path, .. } in routes {
        for (status, content_type, body) in [
            (415, "application/json", "{}"),
            (415, "text/plain", "file"),
            (415, "multipart/form-data", "no boundary"),
            (400, FORM, ""),
            (400, FORM, "not a form"),
        ] {
            let reply = house
                .owner
                .raw(&app, method, &path, content_type, body)
                .await;
            assert_eq!(reply.status, status, "{path} {content_type} {body:?}");
            assert!(is_documented_refusal(&path, &reply.body));
        }
    }
    assert_eq!(counts(&app).await, before, "nothing was stored");
}

#[tokio::test]
async fn who_has_nothing_to_say_sends_an_empty_object_or_nothing() {
    let mut seen = Vec::new();
    for (content_type, body) in [
        ("application/json", "{}"),
        ("application/json", ""),
        ("application/x-www-form-urlencoded", ""),
    ] {
        let app = TestApp::new(Engine::of_run()).await;
        let house = house(&app).await;
        let routes = routes(&house).into_iter().filter(Route::takes_no_body);
        let mut statuses = Vec::new();
        for Route { method, path, .. } in routes {
            let reply = house
                .owner
                .raw(&app, method, &path, content_type, body)
                .await;
            // A delivery that waits for its turn is not sent again; that is said of it and not of the body.
            let is_taken = reply.status < 300 || path.ends_with("/replay") && reply.status == 409;
            assert!(is_taken, "{path} {}", reply.body);
            statuses.push(reply.status);
        }
        seen.push(statuses);
    }
    assert!(seen.iter().all(|statuses| *statuses == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn odd_ids_are_just_not_there() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    for id in [
        "0",
        "-1",
        "99999999999999999999",
        "conv_",
        "ch_",
        "%00",
        "%F0%9F%A6%80",
        "..%2F..",
        "conv_%27%20or%201=1",
        "x%0ay",
    ] {
        for (method, path) in [
            ("GET", format!("/bots/{id}")),
            ("PATCH", format!("/bots/{id}")),
            ("DELETE", format!("/bots/{id}")),
            ("GET", format!("/api/conversations/{id}")),
            ("GET", format!("/api/conversations/{id}/messages")),
            ("POST", format!("/api/conversations/{id}/resolve")),
            ("GET", format!("/api/knowledge/{id}")),
            ("DELETE", format!("/api/knowledge/{id}")),
            ("GET", format!("/api/knowledge?chatbotId={id}")),
            ("GET", format!("/api/nudges?chatbotId={id}")),
            ("PATCH", format!("/api/nudges/{id}")),
            ("DELETE", format!("/api/nudges/{id}")),
            ("POST", format!("/api/visitors/{id}/block")),
            ("POST", format!("/api/visitors/{id}/unblock")),
            ("GET", format!("/api/webhooks/{id}")),
            ("PATCH", format!("/api/webhooks/{id}")),
            ("DELETE", format!("/api/webhooks/{id}")),
            ("GET", format!("/api/webhooks/{id}/deliveries")),
            ("POST", format!("/api/webhooks/{id}/rotate")),
            ("POST", format!("/api/webhooks/1/deliveries/{id}/replay")),
        ] {
            let reply = house.owner.call(&app, method, &path, &json!({})).await;
            assert_eq!(reply.status, 404, "{method} {path}: {}", reply.body);
        }
    }
}

/// Routes that somebody who is not signed in may call, besides the visitors' own.
const OPEN: [&str; 5] = [
    "/api/v1/developers",
    "/auth/login",
    "/auth/setup",
    "/health",
    "/health/ready",
];

/// A credential that a route takes, as the description names it.
fn credential(path: &str) -> &'static str {
    match path {
        "/api/v1/sites" => "developerKey",
        path if path.starts_with("/api/v1/") => "siteKey",
        _ => "dashboard",
    }
}

#[tokio::test]
async fn every_described_route_is_open_on_purpose_or_asks_who_calls() {
    let app = TestApp::new(Engine::of_run()).await;
    let description = Caller::NOBODY.get(&app, "/openapi.json").await.expect(200);
    assert_eq!(
        description["components"]["securitySchemes"]["dashboard"]["scheme"],
        "bearer"
    );
    let mut closed = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        let is_for_visitors =
            ["/widget/", "/api/v1/chat/", "/files/"].map(|start| path.starts_with(start));
        if is_for_visitors.contains(&true) || OPEN.contains(&path.as_str()) {
            continue;
        }
        for (method, operation) in methods.as_object().unwrap() {
            let place = format!("{method} {path}");
            let credentials = operation["security"].as_array().unwrap();
            let expected = credential(path);
            assert!(credentials.contains(&json!({expected: []})), "{place}");
            let address = path.replace("{id}", "1").replace("{bot_id}", "1");
            let method = method.to_uppercase();
            let reply = Caller::NOBODY
                .call(&app, &method, &address, &json!({}))
                .await;
            assert_eq!(reply.status, 401, "{place}");
            closed += 1;
        }
    }
    assert!(closed >= 30, "{closed} routes ask who calls");
}
