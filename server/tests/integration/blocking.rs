//! Blocking a visitor by a program's key, and what blocked visitors still hear.

use crate::api_keys::make_key;
use crate::caller::{Caller, Person};
use crate::desk::{chatbot_id, counts, house, says, visitor};
use crate::guest::{Channel, Guest};
use crate::outsider::{Outsider, quiet};
use crate::scripted_model::{ScriptedModel, Step, head, token};
use crate::support::{Engine, TestApp, on_both};
use axum::body::Body;
use parlance::clock::{HOUR, SECOND};
use parlance::config::ModelConfig;
use serde_json::{Value, json};
use shared::site::SiteSettings;
use tower::ServiceExt;

on_both!(a_key_for_conversations_blocks_nudges_and_listens, |app| {
    let (owner, bot) = house(app).await;
    let visitor = visitor(app, &bot).await;
    says(app, &visitor, "Hello").await;
    let path = format!("/api/visitors/{}", visitor.conversation.visitor_id);
    let rule = json!({"chatbotId": chatbot_id(&bot), "text": "Need a hand?"});
    let requests = [
        ("POST", format!("{path}/nudge"), json!({"text": "Hi"}), 201),
        (
            "POST",
            format!("{path}/block"),
            json!({"reason": "Spam"}),
            200,
        ),
        ("POST", format!("{path}/unblock"), json!({}), 200),
        ("POST", "/api/nudges".into(), rule, 201),
        ("GET", "/api/nudges".into(), Value::Null, 200),
        ("PATCH", "/api/nudges/1".into(), json!({"text": "Hm?"}), 200),
        ("DELETE", "/api/nudges/1".into(), Value::Null, 204),
    ];
    let (other, _) = make_key(app, &owner, &["chat", "knowledge"]).await;
    let before = counts(app).await;
    for (method, path, body, _) in &requests {
        let refused = other.call(app, method, path, body).await;
        assert_eq!(refused.expect(403)["error"], "forbidden", "{method} {path}");
    }
    let refused = other.get(app, "/api/events").await;
    assert_eq!(refused.expect(403)["error"], "forbidden");
    assert_eq!(counts(app).await, before);

    let (key, id) = make_key(app, &owner, &["conversations"]).await;
    for (method, path, body, status) in &requests {
        let reply = key.call(app, method, path, body).await;
        assert_eq!(reply.status, *status, "{method} {path}: {}", reply.body);
    }
    let mut channel = listen(app, &key).await;
    says(app, &visitor, "Still there?").await;
    let heard = channel.until("message").await;
    assert_eq!(heard.data["message"]["content"], "Still there?");

    // A revoked key hears nothing more.
    let path = format!("/api/keys/{id}");
    owner
        .call(app, "DELETE", &path, &Value::Null)
        .await
        .expect(204);
    channel.rest().await;
    key.get(app, "/api/events").await.expect(401);
});

async fn listen(app: &TestApp, caller: &Caller) -> Channel {
    let request = caller.request("GET", "/api/events");
    let request = request.body(Body::empty()).unwrap();
    let response = parlance::router(app.app.clone())
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    Channel::new(response)
}

on_both!(a_blocked_visitor_gets_no_nudge, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let outsider = Outsider::at(&site, "sess_1");
    outsider.say(app, "Hello").await;
    let row = owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone();
    let path = format!("/api/visitors/{}", row["visitor"]["id"]);
    let mut guest = outsider.guest.clone();
    guest.session = Some(outsider.session.clone());
    let mut channel = guest.listen(app, "").await;

    let block = format!("{path}/block");
    owner
        .call(app, "POST", &block, &json!({}))
        .await
        .expect(200);
    let nudge = format!("{path}/nudge");
    let sent = owner
        .call(app, "POST", &nudge, &json!({"text": "While blocked"}))
        .await;
    assert_eq!(sent.expect(201)["conversations"], 0);
    let unblock = format!("{path}/unblock");
    owner
        .call(app, "POST", &unblock, &json!({}))
        .await
        .expect(200);
    let sent = owner
        .call(app, "POST", &nudge, &json!({"text": "Afterwards"}))
        .await;
    assert_eq!(sent.expect(201)["conversations"], 1);
    let heard = channel.until("nudge").await;
    assert_eq!(heard.data["nudge"]["text"], "Afterwards");
    let polled = outsider.get(app, "pending-proactive").await.expect(200);
    let texts: Vec<&Value> = polled["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["content"])
        .collect();
    assert_eq!(texts, ["Afterwards"]);
});

on_both!(a_block_for_a_time_ends_by_itself, |app| {
    let (owner, bot) = house(app).await;
    let visitor = visitor(app, &bot).await;
    says(app, &visitor, "Hello").await;
    let mut guest = Guest::at(&visitor.site);
    guest.session = Some(visitor.conversation.session_key.clone());
    let mut channel = guest.listen(app, "").await;
    let path = format!("/api/visitors/{}", visitor.conversation.visitor_id);
    let block = format!("{path}/block");
    for bad in [
        json!({"hours": 0}),
        json!({"hours": -1}),
        json!({"hours": 8_761}),
        json!({"hours": "1"}),
        json!({"hours": 1.5}),
    ] {
        owner.call(app, "POST", &block, &bad).await.expect(400);
    }
    assert_eq!(
        guest.get(app, "history").await.expect(200)["blocked"],
        false
    );

    let blocked = owner
        .call(app, "POST", &block, &json!({"hours": 1}))
        .await
        .expect(200);
    assert_eq!(
        (&blocked["blocked"], &blocked["blockedUntil"]),
        (&json!(true), &json!("2026-01-05T11:00:00.000Z"))
    );
    let told = channel.until("blocked").await;
    assert_eq!(
        told.data,
        json!({"type": "blocked", "blocked": true, "until": "2026-01-05T11:00:00.000Z"})
    );
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(
        (&history["blocked"], &history["blocked_until"]),
        (&json!(true), &json!("2026-01-05T11:00:00.000Z"))
    );
    app.clock.advance(HOUR - 90 * SECOND);
    let refused = guest.post(app, "chat", json!({"message": "Please"})).await;
    assert_eq!(refused.headers["retry-after"], "90");
    let refused = refused.expect(403);
    assert_eq!(refused["code"], "visitor_blocked");
    assert_eq!(
        refused["detail"],
        "You cannot send messages here until 2026-01-05T11:00:00.000Z."
    );
    let rows = owner.get(app, "/api/conversations").await.expect(200);
    assert_eq!(rows["data"][0]["visitor"]["blocked"], true);

    app.clock.advance(90 * SECOND);
    guest.say(app, "Back again").await;
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(
        (&history["blocked"], history.get("blocked_until")),
        (&json!(false), None)
    );
    let rows = owner.get(app, "/api/conversations").await.expect(200);
    let shown = &rows["data"][0]["visitor"];
    assert_eq!(
        (&shown["blocked"], shown.get("blockedUntil")),
        (&json!(false), None)
    );

    // What is over does not shorten the next one, and that is for good.
    let blocked = owner
        .call(app, "POST", &block, &json!({}))
        .await
        .expect(200);
    assert_eq!(
        (&blocked["blocked"], blocked.get("blockedUntil")),
        (&json!(true), None)
    );
    assert_eq!(
        channel.until("blocked").await.data,
        json!({"type": "blocked", "blocked": true})
    );
    // A block that is there is given an end.
    owner
        .call(app, "POST", &block, &json!({"hours": 24}))
        .await
        .expect(200);
    let told = channel.until("blocked").await;
    assert!(told.data["until"].is_string(), "{}", told.data);
    owner
        .call(app, "POST", &format!("{path}/unblock"), &json!({}))
        .await
        .expect(200);
    assert_eq!(
        channel.until("blocked").await.data,
        json!({"type": "blocked", "blocked": false})
    );
    guest.say(app, "Thank you").await;
    owner
        .call(app, "POST", &block, &json!({}))
        .await
        .expect(200);
    app.clock.advance(10_000 * HOUR);
    let refused = guest.post(app, "chat", json!({"message": "Please"})).await;
    assert!(!refused.headers.contains_key("retry-after"));
    assert_eq!(
        refused.expect(403)["detail"],
        "You cannot send messages here."
    );
});

on_both!(third_party_widgets_learn_when_a_block_ends, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let outsider = Outsider::at(&site, "sess_1");
    outsider.say(app, "Hello").await;
    let row = owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone();
    let block = format!("/api/visitors/{}/block", row["visitor"]["id"]);
    owner
        .call(app, "POST", &block, &json!({"hours": 168}))
        .await
        .expect(200);
    let status = outsider.get(app, "block-status").await.expect(200);
    assert_eq!(
        status,
        json!({"success": true, "blocked": true, "blocked_until": "2026-01-12T10:00:00.000Z"})
    );
    app.clock.advance(168 * HOUR);
    let status = outsider.get(app, "block-status").await.expect(200);
    assert_eq!(status, json!({"success": true, "blocked": false}));
});

/// An app whose model begins to answer and then says nothing more.
async fn stalled() -> (TestApp, ScriptedModel) {
    let model = ScriptedModel::start(vec![vec![head(), token("Once upon "), Step::Stall]]).await;
    let config = ModelConfig {
        base_url: model.base_url(),
        api_key: None,
        model: "scripted".into(),
    };
    let app = TestApp::with(Engine::of_run(), |settings| {
        settings.model = Some(config);
        settings.egress_allow = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    (app, model)
}

async fn block(app: &TestApp, owner: &Person) {
    let row = owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone();
    let path = format!("/api/visitors/{}/block", row["visitor"]["id"]);
    owner.call(app, "POST", &path, &json!({})).await.expect(200);
}

/// Until what runs in the background has come to its end.
async fn settle(app: &TestApp) {
    app.tasks.close();
    app.tasks.wait().await;
    app.tasks.reopen();
}

#[tokio::test]
async fn a_block_ends_the_answer_and_the_turn_that_waits_behind_it() {
    let (app, model) = stalled().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    let open = async |text: &str| {
        let body = json!({"message": text}).to_string();
        let path = guest.path("chat");
        Channel::new(guest.respond(&app, "POST", &path, body.into()).await)
    };
    let mut first = open("Tell me a story").await;
    first.until("chunk").await;
    let second = open("And another one").await;
    block(&app, &owner).await;
    for events in [first.rest().await, second.rest().await] {
        let last = events.last().unwrap();
        assert_eq!(
            last.data,
            json!({"type": "error", "code": "visitor_blocked", "message": "You cannot send messages here."})
        );
    }
    settle(&app).await;
    assert_eq!(model.requests().len(), 1, "the second was never asked");
    let history = guest.get(&app, "history").await.expect(200);
    let messages = history["messages"].as_array().unwrap();
    let roles: Vec<&Value> = messages.iter().map(|one| &one["role"]).collect();
    assert_eq!(roles, ["user", "user", "assistant"]);
    assert_eq!(messages[2]["status"], "interrupted");
    assert_eq!(counts(&app).await["jobs"], 0);
}

#[tokio::test]
async fn a_block_ends_the_stream_of_a_back_end() {
    let (app, _model) = stalled().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let (key, _) = make_key(&app, &owner, &["chat"]).await;
    let request = key
        .request("POST", &format!("/api/chat/bot_{}", site.slug))
        .header("content-type", "application/json")
        .body(Body::from(
            json!({"message": "Tell me a story"}).to_string(),
        ))
        .unwrap();
    let response = parlance::router(app.app.clone())
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let mut answer = Channel::new(response);
    let begun = answer.next().await.unwrap();
    assert_eq!(begun.data["text"], "Once upon ");
    block(&app, &owner).await;
    let end = answer.next().await.unwrap();
    assert_eq!(end.data["error"], "visitor_blocked");
    assert_eq!(end.data["conversationId"], begun.data["conversationId"]);
    assert!(answer.next().await.is_none());
}
