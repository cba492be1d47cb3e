//! `POST /api/v1/chat`: test chats answer like the widget and are seen by nobody else.

use crate::developer::{Keyed, call};
use crate::guest::{Channel, Guest};
use crate::scripted_model::{ScriptedModel, answer, head, status, token};
use crate::support::{Engine, TestApp, on_both};
use parlance::clock::MINUTE;
use parlance::config::ModelConfig;
use parlance::core::session;
use serde_json::{Value, json};

const CHAT: &str = "/api/v1/chat";

async fn house(app: &TestApp) -> Keyed {
    let site = Keyed::new(app, "ada@example.com").await;
    let known = json!({
        "chatbotId": site.chatbot,
        "type": "qa",
        "question": "What are your hours?",
        "content": "We're open Monday to Friday, 9am to 5pm."
    });
    site.owner
        .call(app, "POST", "/api/knowledge", &known)
        .await
        .expect(201);
    site
}

async fn say(app: &TestApp, site: &Keyed, body: &Value) -> Value {
    site.call(app, "POST", CHAT, body).await.expect(200)
}

on_both!(the_documents_own_test_chat_works_as_written, |app| {
    let site = house(app).await;
    let first = say(app, &site, &json!({"message": "What are your hours?"})).await;
    assert_eq!(first["reply"], "We're open Monday to Friday, 9am to 5pm.");
    let id = first["conversationId"].as_str().unwrap();
    assert!(id.starts_with("conv_"));
    assert_eq!(first.as_object().unwrap().len(), 2);
    let body = json!({"message": "And on weekends?", "conversationId": id});
    let second = say(app, &site, &body).await;
    assert_eq!(second["conversationId"], id, "the conversation goes on");
    assert!(!second["reply"].as_str().unwrap().is_empty());
    let other = say(
        app,
        &site,
        &json!({"message": "Hello", "conversationId": null}),
    )
    .await;
    assert_ne!(other["conversationId"], id, "omitted begins a new one");

    let live = Guest::begun(app, &app_site(app, &site).await).await;
    let said = live.say(app, "What are your hours?").await;
    let done = said.last().unwrap();
    assert_eq!(
        done.data["text"], first["reply"],
        "the live widget's own path"
    );
});

async fn app_site(app: &TestApp, site: &Keyed) -> parlance::store::site::Site {
    session::site(app, &site.chatbot).await.unwrap()
}

on_both!(test_chats_reach_neither_inbox_nor_operators, |app| {
    let site = house(app).await;
    let request = site.owner.request("GET", "/api/events");
    let response = tower::ServiceExt::oneshot(
        parlance::router(app.app.clone()),
        request.body(axum::body::Body::empty()).unwrap(),
    )
    .await
    .unwrap();
    let mut operators = Channel::new(response);
    let tested = say(app, &site, &json!({"message": "What are your hours?"})).await;
    let id = tested["conversationId"].as_str().unwrap();
    let live = Guest::begun(app, &app_site(app, &site).await).await;
    live.say(app, "Is somebody there?").await;
    // The operators hear of the live conversation, and had heard of nothing before it.
    let heard = operators.next().await.unwrap();
    assert!(
        heard.data.to_string().contains("Is somebody there?"),
        "{heard:?}"
    );
    assert_ne!(heard.data["conversation_id"], id);

    for path in [
        "/api/conversations".to_owned(),
        "/api/conversations?q=hours".to_owned(),
        format!("/api/conversations?site={}", site.chatbot),
    ] {
        let list = site.owner.get(app, &path).await.expect(200);
        assert!(!list.to_string().contains(id), "{path}");
    }
    let all = site.owner.get(app, "/api/conversations").await.expect(200);
    assert_eq!(all["data"].as_array().unwrap().len(), 1);
    for (method, rest) in [
        ("GET", ""),
        ("GET", "/messages"),
        ("POST", "/reply"),
        ("POST", "/takeover"),
    ] {
        let path = format!("/api/conversations/{id}{rest}");
        let body = json!({"message": "Here I am"});
        site.owner.call(app, method, &path, &body).await.expect(404);
    }
    let replay = site.owner.request("GET", "/api/events?after=0");
    let response = tower::ServiceExt::oneshot(
        parlance::router(app.app.clone()),
        replay.body(axum::body::Body::empty()).unwrap(),
    )
    .await
    .unwrap();
    let first = Channel::new(response).next().await.unwrap();
    assert_ne!(first.data["conversation_id"], id, "nor in what is replayed");
});

#[tokio::test]
async fn test_chats_answer_whatever_visitors_get_at_the_moment() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = house(&app).await;
    for fields in [
        json!({"aiMode": "off"}),
        json!({"aiMode": "delay", "aiReplyDelaySec": 600}),
        json!({"aiMode": "on", "enabled": false}),
    ] {
        site.call(&app, "PATCH", "/api/v1/site", &fields)
            .await
            .expect(200);
        let reply = say(&app, &site, &json!({"message": "What are your hours?"})).await;
        assert_eq!(
            reply["reply"], "We're open Monday to Friday, 9am to 5pm.",
            "{fields}"
        );
    }
}

#[tokio::test]
async fn only_a_sites_own_test_chats_go_on() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = house(&app).await;
    let other = Keyed::new(&app, "eve@example.com").await;
    let theirs = other
        .call(&app, "POST", CHAT, &json!({"message": "Hi"}))
        .await
        .expect(200);
    let live = app.visitor(&app_site(&app, &site).await).await;
    let live = format!("conv_{}", live.conversation.slug);
    for id in [
        theirs["conversationId"].as_str().unwrap(),
        &live,
        "conv_nobody",
        "nobody",
        "",
        "conv_ö",
    ] {
        let body = json!({"message": "Hi", "conversationId": id});
        let refused = site.call(&app, "POST", CHAT, &body).await.expect(404);
        assert_eq!(refused["error"], "not_found", "{id}");
    }
}

#[tokio::test]
async fn bad_messages_are_refused_before_a_conversation_begins() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = house(&app).await;
    let before = crate::desk::counts(&app).await;
    for (body, status, code) in [
        (json!({}), 400, "validation_failed"),
        (json!({"message": ""}), 400, "validation_failed"),
        (json!({"message": " \n"}), 400, "validation_failed"),
        (json!({"message": 7}), 400, "validation_failed"),
        (json!({"message": "a\u{0}b"}), 400, "validation_failed"),
        (
            json!({"message": "x".repeat(1_001)}),
            400,
            "validation_failed",
        ),
        (
            json!({"message": "Hi", "conversationId": 7}),
            400,
            "validation_failed",
        ),
        (
            json!({"message": "Hi", "stream": true}),
            400,
            "unknown_field",
        ),
        (
            json!({"message": "Hi", "userId": 1}),
            403,
            "forbidden_field",
        ),
    ] {
        let refused = site.call(&app, "POST", CHAT, &body).await.expect(status);
        assert_eq!(refused["error"], code, "{body}");
    }
    assert_eq!(crate::desk::counts(&app).await, before);
}

#[tokio::test]
async fn a_key_may_chat_30_times_a_minute() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = house(&app).await;
    let other = Keyed::new(&app, "eve@example.com").await;
    for _ in 0..30 {
        say(&app, &site, &json!({"message": "What are your hours?"})).await;
    }
    let refused = site
        .call(&app, "POST", CHAT, &json!({"message": "Hi"}))
        .await;
    assert_eq!(refused.headers["retry-after"], "60");
    assert_eq!(refused.expect(429)["error"], "rate_limited");
    say(&app, &other, &json!({"message": "Hi"})).await;
    site.get(&app, "/api/v1/site").await;
    app.clock.advance(MINUTE);
    say(&app, &site, &json!({"message": "Hi"})).await;
}

/// The document: "runs your site's starterPrompt", "hits the LLM".
#[tokio::test]
async fn the_starter_prompt_reaches_the_model_and_its_failures_are_told() {
    let away = || status("500 Internal Server Error", "", "no");
    let scripts = vec![
        answer(&["At ", "nine."]),
        away(),
        away(),
        vec![head(), token("At ")],
    ];
    let model = ScriptedModel::start(scripts).await;
    let app = TestApp::with_model(ModelConfig {
        base_url: model.base_url(),
        api_key: None,
        model: "scripted".into(),
    })
    .await;
    let site = Keyed::new(&app, "ada@example.com").await;
    let prompt = json!({"starterPrompt": "You are a concise, friendly concierge."});
    site.call(&app, "PATCH", "/api/v1/site", &prompt)
        .await
        .expect(200);
    let body = json!({"message": "When do you open?"});
    assert_eq!(say(&app, &site, &body).await["reply"], "At nine.");
    let asked = model.requests()[0]["messages"].clone();
    assert_eq!(asked[0]["role"], "system");
    let told = asked[0]["content"].as_str().unwrap();
    assert!(
        told.contains("You are a concise, friendly concierge."),
        "{told}"
    );
    for code in ["model_unavailable", "model_interrupted"] {
        let refused = site.call(&app, "POST", CHAT, &body).await.expect(502);
        assert_eq!(refused["error"], code);
    }
}

#[tokio::test]
async fn a_resend_gets_the_first_reply() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = house(&app).await;
    let headers = [
        ("x-api-key", site.key.as_str()),
        ("idempotency-key", "once"),
    ];
    let body = json!({"message": "What are your hours?"});
    let first = call(&app, "POST", CHAT, &headers, &body).await.expect(200);
    let messages = crate::desk::counts(&app).await["messages"];
    assert_eq!(
        call(&app, "POST", CHAT, &headers, &body).await.expect(200),
        first
    );
    assert_eq!(crate::desk::counts(&app).await["messages"], messages);
}
