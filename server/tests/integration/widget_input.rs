//! What the visitor's surface does with requests that are not as documented: its own refusal, and nothing stored.

use crate::caller::{Person, Reply};
use crate::desk::counts;
use crate::guest::Guest;
use crate::support::{Engine, TestApp, on_both};
use axum::body::Body;
use serde_json::{Value, json};
use shared::site::SiteSettings;
use std::cell::Cell;

/// A refusal in this surface's own form, and nothing else in it.
#[track_caller]
fn refused(reply: Reply, status: u16, code: &str) -> Value {
    let what = format!("{} {}", reply.status, reply.body);
    assert_eq!(
        (reply.status, reply.body["code"].as_str()),
        (status, Some(code)),
        "{what}"
    );
    assert_eq!(reply.headers["content-type"], "application/json");
    assert!(reply.headers.contains_key("x-request-id"));
    let fields = reply.body.as_object().unwrap();
    assert_eq!(fields.len(), 2, "{what}");
    let detail = fields["detail"].as_str().unwrap();
    assert!(!detail.is_empty());
    for internals in [
        "line ",
        "column",
        "serde",
        "sqlx",
        "invalid type",
        "/src/",
        "SELECT",
        "select ",
    ] {
        assert!(!detail.contains(internals), "{what}");
    }
    reply.body
}

/// A route of a visitor's, and what it refuses although it is JSON.
struct Tried {
    method: &'static str,
    route: String,
    bodies: Vec<Value>,
}

impl Tried {
    fn post(route: &str, bodies: Vec<Value>) -> Self {
        Self {
            method: "POST",
            route: route.to_owned(),
            bodies,
        }
    }

    /// Whether no body at all is as good as an empty object.
    fn takes_no_body(&self) -> bool {
        matches!(self.route.as_str(), "escalate" | "typing" | "stop" | "end")
    }
}

/// Methods and paths of all that is tried.
pub fn tried() -> Vec<(String, String)> {
    let tried = bad_bodies("ch_1", 1).into_iter();
    tried
        .map(|tried| (tried.method.to_owned(), format!("/widget/{}", tried.route)))
        .collect()
}

/// Bodies that each route refuses although they are JSON; `bot` names the site, `message` one of the visitor's own messages.
fn bad_bodies(bot: &str, message: i64) -> Vec<Tried> {
    let long = |characters: usize| "x".repeat(characters);
    let many = |count: usize| -> Value {
        let fields = (0..count).map(|number| (format!("a{number}"), json!(number)));
        Value::Object(fields.collect())
    };
    vec![
        Tried::post(
            "chat",
            vec![
                json!({}),
                json!([]),
                json!("text"),
                json!(null),
                json!({"message": 5}),
                json!({"message": null}),
                json!({"message": ""}),
                json!({"message": " \n\t "}),
                json!({"message": long(1_001)}),
                json!({"message": "a\u{0}b"}),
                json!({"message": "a\u{1b}b"}),
                json!({"message": "x", "message_id": ""}),
                json!({"message": "x", "message_id": "a b"}),
                json!({"message": "x", "message_id": long(129)}),
                json!({"message": "x", "message_id": 7}),
            ],
        ),
        Tried::post(
            "escalate",
            vec![
                json!([]),
                json!({"user_note": 5}),
                json!({"user_note": long(2_001)}),
                json!({"user_note": "a\u{0}b"}),
                json!({"trigger": "magic"}),
                json!({"trigger": 5}),
            ],
        ),
        Tried::post(
            "rate",
            vec![
                json!({}),
                json!({"score": 0}),
                json!({"score": 6}),
                json!({"score": 4.5}),
                json!({"score": "5"}),
                json!({"score": 99_999_999_999_999_999_999_f64}),
                json!({"score": 5, "comment": long(2_001)}),
                json!({"score": 5, "comment": "a\u{0}"}),
            ],
        ),
        Tried::post(
            "feedback",
            vec![
                json!({}),
                json!({"value": "up"}),
                json!({"message_id": 2}),
                json!({"message_id": "2", "value": "up"}),
                json!({"message_id": 2, "value": "sideways"}),
                json!({"message_id": 2, "value": "up", "reason": long(2_001)}),
            ],
        ),
        Tried::post(
            "contact",
            vec![
                json!({}),
                json!({"email": ""}),
                json!({"email": "not an address"}),
                json!({"email": "a\u{0}@example.com"}),
                json!({"email": format!("{}@example.com", long(300))}),
                json!({"phone": "call me"}),
                json!({"phone": long(41)}),
                json!({"name": long(201)}),
                json!({"name": "a\nb"}),
                json!({"name": 5}),
            ],
        ),
        Tried::post(
            "read",
            vec![
                json!({}),
                json!({"seq": "1"}),
                json!({"seq": 1.5}),
                json!({"seq": -1}),
            ],
        ),
        Tried::post("typing", vec![json!([]), json!("x")]),
        Tried::post("end", vec![json!([]), json!("x")]),
        Tried::post("stop", vec![json!([]), json!("x"), json!(null)]),
        Tried::post(
            "session/init",
            vec![
                json!({}),
                json!([]),
                json!(null),
                json!({"bot_id": 5}),
                json!({"bot_id": null}),
                json!({"bot_id": bot, "locale": 5}),
                json!({"bot_id": bot, "locale": long(65)}),
                json!({"bot_id": bot, "locale": "a\u{0}"}),
                json!({"bot_id": bot, "identity_token": {}}),
                json!({"bot_id": bot, "parent_url": format!("https://a.example/{}", long(2_100))}),
                json!({"bot_id": bot, "referrer": "a\nb"}),
                json!({"bot_id": bot, "visitor_id": 5}),
                json!({"bot_id": bot, "session_id": []}),
            ],
        ),
        Tried::post(
            "attributes",
            vec![
                json!({}),
                json!([]),
                json!({"attributes": null}),
                json!({"attributes": []}),
                json!({"attributes": {"": "x"}}),
                json!({"attributes": {"a b": "x"}}),
                json!({"attributes": {"plan": {"deep": 1}}}),
                json!({"attributes": {"plan": long(501)}}),
                json!({"attributes": {"plan": "a\u{0}b"}}),
                json!({"attributes": {"a\u{0}b": "x"}}),
                json!({"attributes": {"good": "x", "plan": "two\nlines"}}),
                json!({"attributes": many(51)}),
            ],
        ),
        Tried::post(
            "track",
            vec![
                json!({}),
                json!([]),
                json!({"name": null}),
                json!({"name": 5}),
                json!({"name": " "}),
                json!({"name": long(101)}),
                json!({"name": "a\u{0}b"}),
                json!({"name": "bought", "properties": []}),
                json!({"name": "bought", "properties": {"a b": 1}}),
                json!({"name": "bought", "properties": {"a": "a\u{0}b"}}),
                json!({"name": "bought", "properties": many(21)}),
                json!({"name": "bought", "page_url": 5}),
                json!({"name": "bought", "page_url": long(2_049)}),
                json!({"name": "bought", "page_url": "a\u{0}b"}),
            ],
        ),
        Tried::post(
            "speak",
            vec![
                json!({}),
                json!([]),
                json!({"message_id": null}),
                json!({"message_id": "2"}),
                json!({"message_id": 1.5}),
            ],
        ),
        // What an address may be is tried where there is a mail server: transcript_mail.rs.
        Tried::post(
            "transcript",
            vec![
                json!({}),
                json!([]),
                json!({"email": null}),
                json!({"email": 7}),
                json!({"email": "a@example.com", "locale": 7}),
                json!({"email": "a@example.com", "time_zone": []}),
            ],
        ),
        Tried {
            method: "PATCH",
            route: format!("messages/{message}"),
            bodies: vec![
                json!({}),
                json!([]),
                json!(null),
                json!({"message": null}),
                json!({"message": 5}),
                json!({"message": ""}),
                json!({"message": " \n\t "}),
                json!({"message": long(1_001)}),
                json!({"message": "a\u{0}b"}),
            ],
        },
    ]
}

on_both!(bad_bodies_are_refused_and_nothing_is_stored, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest.say(app, "Hello").await;
    let history = guest.get(app, "history").await.expect(200);
    let message = history["messages"][0]["id"].as_i64().unwrap();
    let conversations = owner.get(app, "/api/conversations").await.expect(200);
    let before = counts(app).await;
    // The routes' limits count addresses.
    let numbers = Cell::new(0);
    let somebody = || {
        let number = numbers.replace(numbers.get() + 1);
        guest
            .clone()
            .coming_from(&format!("10.0.{}.{}", number / 200, number % 200 + 1))
    };
    let send = async |tried: &Tried, caller: Guest, body: Body| {
        let path = caller.path(&tried.route);
        caller.send(app, tried.method, &path, body).await
    };
    for tried in bad_bodies(&guest.bot, message) {
        let route = &tried.route;
        for body in &tried.bodies {
            let reply = send(&tried, somebody(), body.to_string().into()).await;
            assert_eq!(reply.status, 422, "{route} {body}: {}", reply.body);
            refused(reply, 422, "validation_failed");
        }
        for text in [
            "",
            "{",
            "not json",
            "{\"message\": \"x\"} trailing",
            "{\"message\": \"a\u{0}b\"}",
            "\u{feff}{}",
        ] {
            if !text.is_empty() || !tried.takes_no_body() {
                let reply = send(&tried, somebody(), text.into()).await;
                assert_eq!(reply.status, 400, "{route} {text}: {}", reply.body);
                refused(reply, 400, "invalid_json");
            }
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
        ] {
            let caller = somebody().with("content-type", kind);
            let reply = send(&tried, caller, "{\"message\":\"x\"}".into()).await;
            assert_eq!(reply.status, 415, "{route} {kind}: {}", reply.body);
            refused(reply, 415, "unsupported_media_type");
        }
        let huge = format!("{{\"message\":\"{}\"}}", "x".repeat(300 << 10));
        let reply = send(&tried, somebody(), huge.into()).await;
        assert_eq!(reply.status, 413, "{route}: {}", reply.body);
        refused(reply, 413, "payload_too_large");
    }
    let surrogate = somebody();
    let reply = surrogate
        .send(
            app,
            "POST",
            &surrogate.path("chat"),
            Body::from("{\"message\":\"\\ud800\"}"),
        )
        .await;
    refused(reply, 400, "invalid_json");
    assert_eq!(counts(app).await, before, "nothing was stored");
    let unchanged = owner.get(app, "/api/conversations").await.expect(200);
    assert_eq!(unchanged, conversations);
    assert_eq!(guest.get(app, "history").await.expect(200), history);
});

#[tokio::test]
async fn a_refused_first_message_begins_no_session() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::at(&site);
    for body in [
        json!({"message": ""}),
        json!({"message": "x".repeat(1_001)}),
        json!({"message": "a\u{0}"}),
        json!({}),
    ] {
        refused(
            guest.post(&app, "chat", body).await,
            422,
            "validation_failed",
        );
    }
    for body in [
        json!({"locale": "a\u{0}"}),
        json!({"locale": "x".repeat(65)}),
        json!({"locale": 5}),
        json!({"parent_url": format!("https://a.example/{}", "x".repeat(2_100))}),
        json!({"referrer": "a\nb"}),
        json!({"identity_token": {}}),
    ] {
        refused(guest.init(&app, body).await, 422, "validation_failed");
    }
    let first = app.visitor(&site).await;
    assert_eq!(first.conversation.id, 1, "no session was begun before");
}

#[tokio::test]
async fn bots_and_sessions_that_are_not_there() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    for bot in [
        "ch_nope",
        "nope",
        "999999",
        "ch_",
        "ch_%00",
        "-1",
        "99999999999999999999",
        "ch_%E2%82%AC",
    ] {
        let nowhere = Guest {
            bot: bot.into(),
            ..guest.clone()
        };
        refused(nowhere.get(&app, "history").await, 404, "bot_not_found");
        refused(nowhere.get(&app, "config").await, 404, "bot_not_found");
        refused(
            nowhere.post(&app, "chat", json!({"message": "x"})).await,
            404,
            "bot_not_found",
        );
    }
    refused(
        Guest {
            bot: "ch_nope".into(),
            ..guest.clone()
        }
        .init(&app, json!({}))
        .await,
        404,
        "bot_not_found",
    );
    app.clock.advance(60_000);
    for key in [
        "not-a-uuid",
        "x%00y",
        "%20",
        &"k".repeat(129),
        "",
        "'%20or%201=1",
    ] {
        let nobody = Guest {
            session: Some(key.into()),
            ..guest.clone()
        };
        refused(
            nobody.post(&app, "chat", json!({"message": "x"})).await,
            422,
            "invalid_session",
        );
        refused(nobody.get(&app, "history").await, 422, "invalid_session");
    }
    let unknown = Guest {
        session: Some("00000000-0000-4000-8000-000000000000".into()),
        ..guest.clone()
    };
    refused(
        unknown.post(&app, "chat", json!({"message": "x"})).await,
        404,
        "not_found",
    );
    let basic = Guest {
        session: None,
        ..guest.clone()
    }
    .with("authorization", "Basic YTpi");
    refused(basic.get(&app, "history").await, 422, "invalid_session");
}

#[tokio::test]
async fn queries_that_are_not_as_documented() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    let named = |body: Value, field: &str| {
        assert!(body["detail"].as_str().unwrap().contains(field), "{body}")
    };
    for (query, field) in [
        ("limit=x", "limit"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=1&limit=2", "limit"),
        ("before=-1", "before"),
        ("before=x", "before"),
    ] {
        named(
            refused(
                guest.get(&app, &format!("history?{query}")).await,
                422,
                "validation_failed",
            ),
            field,
        );
    }
    for query in ["after=x", "after=-1", "after=99999999999999999999"] {
        refused(
            guest.get(&app, &format!("events?{query}")).await,
            422,
            "validation_failed",
        );
    }
    let resumed = guest.clone().with("last-event-id", "answer.1");
    refused(resumed.get(&app, "events").await, 422, "validation_failed");
    for route in ["config", "history", "events"] {
        let reply = guest
            .send(&app, "GET", &format!("/widget/{route}"), Body::empty())
            .await;
        named(refused(reply, 422, "validation_failed"), "bot_id");
    }
    let nobody = Guest {
        session: None,
        ..guest.clone()
    };
    named(
        refused(nobody.get(&app, "history").await, 422, "validation_failed"),
        "session_id",
    );
}

#[tokio::test]
async fn feedback_only_reaches_answers_of_ones_own_conversation() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let (mine, yours) = (
        Guest::begun(&app, &site).await,
        Guest::begun(&app, &site).await,
    );
    let answer = yours.say(&app, "Hello").await.last().unwrap().data["message_id"].clone();
    mine.say(&app, "Hello").await;
    for id in [answer, json!(0), json!(-1), json!(i64::MAX)] {
        refused(
            mine.post(&app, "feedback", json!({"message_id": id, "value": "up"}))
                .await,
            404,
            "not_found",
        );
    }
    let history = yours.get(&app, "history").await.expect(200);
    assert!(history["messages"][1].get("feedback").is_none());
}

#[tokio::test]
async fn missing_routes_wrong_methods_and_panics_keep_the_form() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    refused(guest.get(&app, "nothing").await, 404, "not_found");
    let reply = guest.get(&app, "chat").await;
    assert_eq!(reply.headers["allow"], "POST");
    refused(reply, 405, "method_not_allowed");
    refused(
        guest
            .send(&app, "DELETE", &guest.path("history"), Body::empty())
            .await,
        405,
        "method_not_allowed",
    );

    let boom = axum::Router::new()
        .route("/widget/boom", axum::routing::get(boom))
        .layer(axum::middleware::from_fn_with_state(
            app.app.clone(),
            parlance::http::reply::finish,
        ));
    let request = axum::http::Request::builder()
        .uri("/widget/boom")
        .body(Body::empty())
        .unwrap();
    let response = tower::ServiceExt::oneshot(boom, request).await.unwrap();
    assert_eq!(response.status(), 500);
    let body = axum::body::to_bytes(response.into_body(), 1_024)
        .await
        .unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["code"], "internal_error");
    assert!(!body.to_string().contains("password"));
}

async fn boom() -> &'static str {
    panic!("the password is hunter2")
}
