//! The visitor's surface as its document describes it: each route's fields, statuses and effects.

use crate::caller::Person;
use crate::described::Described;
use crate::desk::counts;
use crate::guest::Guest;
use crate::outsider::{FORM, form};
use crate::support::{Engine, TestApp, on_both};
use axum::body::Body;
use serde_json::{Value, json};
use shared::site::SiteSettings;

async fn instance() -> TestApp {
    TestApp::new(Engine::of_run()).await
}

on_both!(a_visitor_asks_reads_again_and_reaches_a_person, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let mut guest = Guest::at(&site);

    let begun = guest
        .init(app, json!({"locale": "ru-RU"}))
        .await
        .expect(200);
    assert_eq!(begun["mode"], "anonymous");
    assert!(begun.get("identity_error").is_none());
    let session = begun["session_id"].as_str().unwrap().to_owned();
    assert!(uuid::Uuid::try_parse(&session).is_ok());
    guest.session = Some(session.clone());

    let (headers, events) = guest.ask(app, json!({"message": "What is Chat9?"})).await;
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-cache, no-transform");
    assert_eq!(headers["x-accel-buffering"], "no");
    let (done, chunks) = events.split_last().unwrap();
    assert!(!chunks.is_empty() && chunks.iter().all(|event| event.kind() == "chunk"));
    assert!(
        events.iter().all(|event| !event.id.is_empty()),
        "every event has an id"
    );
    let joined: String = chunks
        .iter()
        .map(|event| event.data["text"].as_str().unwrap())
        .collect();
    assert_eq!(done.kind(), "done");
    assert_eq!(done.data["text"], joined);
    assert_eq!(done.data["session_id"], session);
    assert_eq!(done.data["chat_ended"], false);
    assert!(done.data.get("ticket_number").is_none());

    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["session_id"], session);
    assert_eq!(history["chat_ended"], false);
    assert!(history.get("ticket_number").is_none());
    let messages = history["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(
        (&messages[0]["role"], &messages[0]["content"]),
        (&json!("user"), &json!("What is Chat9?"))
    );
    assert_eq!(
        (&messages[1]["role"], &messages[1]["content"]),
        (&json!("assistant"), &json!(joined))
    );
    assert_eq!(
        (&messages[0]["seq"], &messages[1]["seq"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(messages[1]["id"], done.data["message_id"]);
    assert!(messages[0]["created_at"].as_str().unwrap().ends_with('Z'));

    let note = json!({"user_note": "Please call me", "trigger": "user_request"});
    let opened = guest.post(app, "escalate", note.clone()).await.expect(200);
    assert_eq!(
        opened,
        json!({"ticket_number": "ESC-1", "session_id": session, "mode": "waiting"})
    );
    let again = guest.post(app, "escalate", note).await.expect(200);
    assert_eq!(
        again["ticket_number"], "ESC-1",
        "asking twice returns the open ticket"
    );
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(
        (&history["ticket_number"], &history["mode"]),
        (&json!("ESC-1"), &json!("waiting"))
    );
});

#[tokio::test]
async fn a_message_without_a_session_begins_one() {
    let app = instance().await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let mut guest = Guest::at(&site);
    let events = guest.say(&app, "Hello?").await;
    let session = events.last().unwrap().data["session_id"]
        .as_str()
        .unwrap()
        .to_owned();
    guest.session = Some(session);
    let history = guest.get(&app, "history").await.expect(200);
    assert_eq!(history["messages"][0]["content"], "Hello?");
}

#[tokio::test]
async fn every_spelling_of_the_site_is_taken() {
    let app = instance().await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let mut guest = Guest::begun(&app, &site).await;
    for bot in [
        format!("site_{}", site.slug),
        format!("bot_{}", site.slug),
        format!("ch_{}", site.slug),
        site.id.to_string(),
    ] {
        guest.bot = bot;
        guest.get(&app, "history").await.expect(200);
        guest.get(&app, "config").await.expect(200);
    }
}

#[tokio::test]
async fn a_session_key_travels_in_the_query_or_as_a_bearer_but_never_as_two() {
    let app = instance().await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    let key = guest.session.clone().unwrap();
    let bearer = Guest {
        session: None,
        ..guest.clone()
    }
    .with("authorization", format!("Bearer {key}"));
    bearer.get(&app, "history").await.expect(200);
    guest
        .clone()
        .with("authorization", format!("bearer {key}"))
        .get(&app, "history")
        .await
        .expect(200);
    let other = Guest::begun(&app, &site).await.session.unwrap();
    let refused = guest
        .with("authorization", format!("Bearer {other}"))
        .get(&app, "history")
        .await
        .expect(400);
    assert_eq!(refused["code"], "conflicting_credentials");
}

on_both!(a_session_is_not_found_through_another_site, |app| {
    let (ada, bob) = (
        app.owner("ada@example.com").await,
        app.owner("bob@example.com").await,
    );
    let own = app.site(&ada, SiteSettings::default()).await;
    let sibling = app.site(&ada, SiteSettings::default()).await;
    let strangers = app.site(&bob, SiteSettings::default()).await;
    let guest = Guest::begun(app, &own).await;
    guest.say(app, "A secret").await;
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
    let message = history["messages"][0]["id"].as_i64().unwrap();
    let before = counts(app).await;
    let nowhere = Guest {
        session: Some("00000000-0000-4000-8000-000000000000".into()),
        ..guest.clone()
    };
    let missing = nowhere.get(app, "history").await.expect(404);
    for site in [&sibling, &strangers] {
        let through = Guest {
            bot: format!("ch_{}", site.slug),
            ..guest.clone()
        };
        for (method, route, body) in in_a_session(message) {
            let path = through.path(&route);
            let caller = match body {
                None => through.clone().with("content-type", FORM),
                Some(_) => through.clone(),
            };
            let body = match body {
                None => form(&[("file", Some("a.txt"), b"Hacked")]).into(),
                Some(Value::Null) => Body::empty(),
                Some(body) => body.to_string().into(),
            };
            let reply = caller.send(app, method, &path, body).await;
            assert_eq!(reply.status, 404, "{method} {route}: {}", reply.body);
            assert_eq!(reply.body, missing, "{method} {route}");
        }
    }
    assert_eq!(guest.get(app, "history").await.expect(200), history);
    assert_eq!(counts(app).await, before, "nothing was stored");
});

/// Requests in a session in which `message` was written: method, route and body, none for a form.
fn in_a_session(message: i64) -> Vec<(&'static str, String, Option<Value>)> {
    let own = format!("messages/{message}");
    let mut requests = vec![
        ("PATCH", own.clone(), Some(json!({"message": "Hacked"}))),
        ("DELETE", own, Some(Value::Null)),
        ("POST", "upload".into(), None),
        ("POST", "transcribe".into(), None),
    ];
    for route in [
        "history",
        "events",
        "conversations",
        "transcript",
        "transcript/address",
    ] {
        requests.push(("GET", route.into(), Some(Value::Null)));
    }
    for (route, body) in [
        ("chat", json!({"message": "x"})),
        ("escalate", json!({})),
        ("rate", json!({"score": 5})),
        (
            "feedback",
            json!({"message_id": message + 1, "value": "up"}),
        ),
        ("contact", json!({"name": "X"})),
        ("typing", json!({})),
        ("read", json!({"seq": 1})),
        ("stop", json!({})),
        ("end", json!({})),
        ("attributes", json!({"attributes": {"plan": "x"}})),
        ("track", json!({"name": "bought"})),
        ("speak", json!({"message_id": message + 1})),
        ("transcript", json!({"email": "eve@example.com"})),
    ] {
        requests.push(("POST", route.into(), Some(body)));
    }
    requests
}

/// What a visitor's page calls outside of a session.
const WITHOUT_A_SESSION: [(&str, &str); 2] = [
    (
        "GET /widget/config",
        "the same for everybody who knows the site",
    ),
    (
        "POST /widget/session/init",
        "begins one; own_conversations.rs holds what a foreign earlier session is worth",
    ),
];

#[tokio::test]
async fn every_described_route_of_a_session_is_tried_through_another_site() {
    let app = instance().await;
    let described = Described::of(&app).await;
    let wanted = described.places(|_, path, _| path.starts_with("/widget/"));
    let requests = in_a_session(1).into_iter();
    let tried = requests.map(|(method, route, _)| (method.to_owned(), format!("/widget/{route}")));
    described.assert_all(&wanted, tried, &WITHOUT_A_SESSION);
}

on_both!(history_is_read_page_by_page, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app
        .site(
            &owner,
            SiteSettings {
                ai_mode: "delay".into(),
                ..SiteSettings::default()
            },
        )
        .await;
    let guest = Guest::begun(app, &site).await;
    for number in 1..=7 {
        guest.say(app, &format!("message {number}")).await;
    }
    let numbers = |page: &Value| -> Vec<i64> {
        let messages = page["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|message| message["seq"].as_i64().unwrap())
            .collect()
    };
    let last = guest.get(app, "history?limit=3").await.expect(200);
    assert_eq!(
        (numbers(&last), &last["has_more"]),
        (vec![5, 6, 7], &json!(true))
    );
    let middle = guest.get(app, "history?limit=3&before=5").await.expect(200);
    assert_eq!(
        (numbers(&middle), &middle["has_more"]),
        (vec![2, 3, 4], &json!(true))
    );
    let first = guest.get(app, "history?limit=3&before=2").await.expect(200);
    assert_eq!(
        (numbers(&first), &first["has_more"]),
        (vec![1], &json!(false))
    );
    assert_eq!(
        numbers(&guest.get(app, "history").await.expect(200)).len(),
        7
    );
});

on_both!(a_forms_own_fields_are_kept_and_shown, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest.say(app, "Hello").await;
    let form = json!({"email": "eve@example.com", "order_number": " A-17 ", "seats": 3, "is_member": true, "company": null});
    assert_eq!(
        guest.post(app, "contact", form).await.expect(200),
        json!({"ok": true})
    );
    // Later ones join them; nothing but fields is enough, and owner, role and id fields have no effect.
    let more = json!({"seats": "4", "größe": "XL", "role": "admin", "id": 7, "visitor_id": "v"});
    guest.post(app, "contact", more).await.expect(200);

    let kept = json!({"order_number": "A-17", "seats": "4", "is_member": "true", "größe": "XL"});
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    let row = &inbox["data"][0];
    assert_eq!(row["contactFields"], kept);
    assert_eq!(row["visitor"]["email"], "eve@example.com");
    let address = format!("/api/conversations/{}", row["id"].as_str().unwrap());
    let shown = owner.get(app, &address).await.expect(200);
    assert_eq!(shown["contactFields"], kept);
    let export = format!("{address}/export?format=txt");
    let transcript = owner.get(app, &export).await.expect(200);
    assert!(
        transcript.as_str().unwrap().contains("order_number: A-17"),
        "{transcript}"
    );

    let long = "x".repeat(501);
    let many: serde_json::Map<_, _> = (0..21).map(|n| (format!("f{n}"), json!("x"))).collect();
    let too_many_in_all: serde_json::Map<_, _> =
        (0..17).map(|n| (format!("f{n}"), json!("x"))).collect();
    for bad in [
        json!({"seats": ["a"]}),
        json!({"seats": {"a": 1}}),
        json!({"seats": long}),
        json!({"seats": "a\u{0}b"}),
        json!({"a b": "x"}),
        json!({"": "x"}),
        json!({"x".repeat(41): "x"}),
        json!({"company": "  "}),
        json!({"role": "admin"}),
        json!({"email": "nobody", "company": "Acme"}),
        many.into(),
        too_many_in_all.into(),
    ] {
        let refused = guest.post(app, "contact", bad.clone()).await.expect(422);
        assert_eq!(refused["code"], "validation_failed", "{bad}");
    }
    let after = owner.get(app, &address).await.expect(200);
    assert_eq!(after["contactFields"], kept, "nothing of what was refused");
});

on_both!(the_visitors_verdicts_and_contact_reach_the_inbox, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    let events = guest.say(app, "Hello").await;
    let answer = events.last().unwrap().data["message_id"].clone();
    let ok = json!({"ok": true});

    assert_eq!(
        guest
            .post(app, "rate", json!({"score": 2, "comment": "slow"}))
            .await
            .expect(200),
        ok
    );
    assert_eq!(
        guest
            .post(app, "rate", json!({"score": 5}))
            .await
            .expect(200),
        ok
    );
    assert_eq!(
        guest
            .post(
                app,
                "feedback",
                json!({"message_id": answer, "value": "down", "reason": "wrong"})
            )
            .await
            .expect(200),
        ok
    );
    let contact = json!({"email": "eve@example.com", "phone": "+44 20 7946 0000", "name": "Eve"});
    assert_eq!(guest.post(app, "contact", contact).await.expect(200), ok);
    assert_eq!(
        guest.post(app, "read", json!({"seq": 2})).await.expect(200),
        ok
    );
    assert_eq!(guest.post(app, "typing", json!({})).await.expect(200), ok);

    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["rating"], json!({"score": 5}), "again replaces");
    assert_eq!(history["read_seq"], 2);
    assert_eq!(history["messages"][1]["feedback"], "down");
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    let row = &inbox["data"][0];
    assert_eq!(
        (&row["visitor"]["email"], &row["visitor"]["name"]),
        (&json!("eve@example.com"), &json!("Eve"))
    );
    assert_eq!(
        (&row["rating"]["score"], &row["visitorReadSeq"]),
        (&json!(5), &json!(2))
    );

    assert_eq!(
        guest
            .post(
                app,
                "feedback",
                json!({"message_id": answer, "value": null})
            )
            .await
            .expect(200),
        ok
    );
    let history = guest.get(app, "history").await.expect(200);
    assert!(
        history["messages"][1].get("feedback").is_none(),
        "null takes the verdict back"
    );

    assert_eq!(guest.post(app, "end", json!({})).await.expect(200), ok);
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(
        (&history["chat_ended"], &history["mode"]),
        (&json!(true), &json!("closed"))
    );
    guest.say(app, "One more thing").await;
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["chat_ended"], false, "writing again reopens");
});

#[tokio::test]
async fn acts_without_a_body_are_taken_too() {
    let app = instance().await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    for route in ["typing", "escalate", "end"] {
        guest
            .send(&app, "POST", &guest.path(route), Body::empty())
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn the_configuration_is_small_and_cached() {
    let app = instance().await;
    let owner = app.owner("ada@example.com").await;
    let settings = SiteSettings {
        display_name: "Acme".into(),
        primary_color: "#ff0000".into(),
        allowed_origins: "https://acme.example,https://*.acme.example".into(),
        ..SiteSettings::default()
    };
    let site = app.site(&owner, settings).await;
    let guest = Guest::at(&site);
    let reply = guest.get(&app, "config").await;
    assert_eq!(reply.headers["cache-control"], "public, max-age=60");
    let tag = reply.headers["etag"].to_str().unwrap().to_owned();
    let config = reply.expect(200);
    assert_eq!(config["bot_id"], format!("ch_{}", site.slug));
    assert_eq!(
        (&config["name"], &config["enabled"]),
        (&json!("Acme"), &json!(true))
    );
    assert_eq!(config["style"]["primary_color"], "#ff0000");
    assert_eq!(
        config["allowed_domains"],
        json!(["https://acme.example", "https://*.acme.example"])
    );
    assert_eq!(config["link_safety"]["enabled"], false);
    assert!(config.to_string().len() < 2_048);
    let unchanged = guest
        .clone()
        .with("if-none-match", tag)
        .get(&app, "config")
        .await;
    assert_eq!((unchanged.status, &unchanged.body), (304, &Value::Null));
}

#[tokio::test]
async fn a_config_with_all_that_sites_usually_say_is_one_kilobyte() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let question = |words: &str| format!("How do I {words}?");
    let settings = SiteSettings {
        display_name: "Acme Bikes".into(),
        greeting_text: "Hi! How can we help you with your bike today?".into(),
        welcome_message: "Ask about repairs, deliveries and returns. A person is one click away."
            .into(),
        offline_message: "We are closed now. Leave your address, and we will write to you.".into(),
        allowed_origins: "https://acme.example,https://*.acme.example,https://acme.shop".into(),
        contact_email: "help@acme.example".into(),
        contact_phone: "+44 20 7946 0000".into(),
        contact_url: "https://acme.example/contact".into(),
        website_url: "https://acme.example".into(),
        tos_url: "https://acme.example/terms".into(),
        privacy_url: "https://acme.example/privacy".into(),
        business_hours: r#"{"timezone":"Europe/London","mon":["09:00","17:00"]}"#.into(),
        starter_questions: vec![
            question("send a bike back"),
            question("book an inspection"),
            question("track my order"),
        ],
        ..SiteSettings::default()
    };
    let site = app.site(&owner, settings).await;
    let response = Guest::at(&site)
        .with("accept-encoding", "gzip, deflate, br")
        .respond(
            &app,
            "GET",
            &Guest::at(&site).path("config"),
            axum::body::Body::empty(),
        )
        .await;
    assert_eq!(response.headers()["content-encoding"], "br");
    let bytes = http_body_util::BodyExt::collect(response.into_body())
        .await
        .unwrap()
        .to_bytes();
    assert!(bytes.len() <= 1_024, "{} bytes", bytes.len());
}
