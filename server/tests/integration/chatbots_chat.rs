//! `POST /api/chat/{chatbotId}` as its document describes it.

use crate::api_keys::{make_key, with_key};
use crate::caller::{Caller, Person, Reply};
use crate::desk::{chatbot_id, counts};
use crate::developer::Keyed;
use crate::scripted_model::{ScriptedModel, answer, head, status, token};
use crate::support::{Engine, TestApp, on_both};
use axum::body::Body;
use axum::http::Request;
use parlance::clock::{MINUTE, SECOND};
use parlance::config::ModelConfig;
use parlance::http::client::Peer;
use serde_json::{Value, json};

/// A chatbot that knows one answer, and a key of its account.
struct House {
    owner: Person,
    program: Caller,
    bot: Value,
    id: String,
}

async fn house(app: &TestApp) -> House {
    let owner = Person::owner(app, "ada@example.com").await;
    let bot = owner
        .call(app, "POST", "/bots", &json!({"name": "Acme"}))
        .await
        .expect(201);
    let id = chatbot_id(&bot);
    let qa = json!({"chatbotId": id, "type": "qa", "question": "How do I reset my password?",
        "content": "Click the 'Forgot Password' link."});
    owner
        .call(app, "POST", "/api/knowledge", &qa)
        .await
        .expect(201);
    let (program, _) = make_key(app, &owner, &["chat"]).await;
    House {
        owner,
        program,
        bot,
        id,
    }
}

/// What an answer's stream held.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    text: String,
    conversation_id: String,
    events: Vec<String>,
}

/// Reads a stream as the document shows it: `data: ` lines of JSON, and `[DONE]` at the end.
#[track_caller]
fn read(reply: &Reply) -> Answer {
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.headers["content-type"], "text/event-stream");
    assert_eq!(reply.headers["cache-control"], "no-cache, no-transform");
    assert_eq!(reply.headers["x-accel-buffering"], "no");
    let body = reply.body.as_str().unwrap();
    let events: Vec<String> = body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(str::to_owned)
        .collect();
    let (done, chunks) = events.split_last().unwrap();
    assert_eq!(done, "[DONE]", "{body}");
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|chunk| serde_json::from_str(chunk).unwrap())
        .collect();
    let conversation_id = chunks[0]["conversationId"].as_str().unwrap().to_owned();
    let mut text = String::new();
    for chunk in &chunks {
        assert_eq!(chunk.as_object().unwrap().len(), 2, "{chunk}");
        assert_eq!(chunk["conversationId"], conversation_id);
        text.push_str(chunk["text"].as_str().unwrap());
    }
    Answer {
        text,
        conversation_id,
        events,
    }
}

fn request(caller: &Caller, id: &str, headers: &[(&str, &str)], body: &Value) -> Request<Body> {
    let mut request = caller
        .request("POST", &format!("/api/chat/{id}"))
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.to_string().into()).unwrap()
}

async fn ask(app: &TestApp, house: &House, body: &Value) -> Reply {
    let reply = house
        .program
        .send(app, request(&house.program, &house.id, &[], body))
        .await;
    app.clock.advance(MINUTE);
    reply
}

on_both!(
    the_documented_request_is_answered_by_the_documented_stream,
    |app| {
        let house = house(app).await;
        let body = json!({"message": "How do I reset my password?", "visitorId": "vis_abc123", "language": "en"});
        let first = read(&ask(app, &house, &body).await);
        assert!(first.conversation_id.starts_with("conv_"));
        assert!(first.text.contains("Forgot Password"), "{}", first.text);

        let mut follow_up = body.clone();
        follow_up["conversationId"] = json!(first.conversation_id);
        let second = read(&ask(app, &house, &follow_up).await);
        assert_eq!(second.conversation_id, first.conversation_id);

        let path = format!("/api/conversations/{}", first.conversation_id);
        let page = house
            .owner
            .get(app, &format!("{path}/messages"))
            .await
            .expect(200);
        let said: Vec<&str> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["content"].as_str().unwrap())
            .collect();
        let question = "How do I reset my password?";
        assert_eq!(
            said,
            [
                question,
                first.text.as_str(),
                question,
                second.text.as_str()
            ]
        );
        let shown = house.owner.get(app, &path).await.expect(200);
        assert_eq!(
            (&shown["mode"], &shown["locale"]),
            (&json!("ai"), &json!("en"))
        );
    }
);

on_both!(one_visitors_conversations_are_known_as_theirs, |app| {
    let house = house(app).await;
    let other = house
        .owner
        .call(app, "POST", "/bots", &json!({"name": "Other"}))
        .await
        .expect(201);
    let mut visitors = Vec::new();
    for (id, visitor_id) in [
        (&house.id, json!("vis_abc123")),
        (&house.id, json!("vis_abc123")),
        (&house.id, json!("customer-7")),
        (&house.id, Value::Null),
        (&chatbot_id(&other), json!("vis_abc123")),
    ] {
        let body = json!({"message": "Hello", "visitorId": visitor_id});
        let reply = house
            .program
            .send(app, request(&house.program, id, &[], &body))
            .await;
        let path = format!("/api/conversations/{}", read(&reply).conversation_id);
        let shown = house.owner.get(app, &path).await.expect(200);
        visitors.push(shown["visitor"]["id"].as_i64().unwrap());
    }
    assert_eq!(
        visitors[0], visitors[1],
        "the same name is the same visitor"
    );
    // The caller's name is what back ends see and what they may call the visitor by.
    let path = |name: &str, act: &str| format!("/api/visitors/{name}/{act}");
    let stranger = Person::owner(app, "eve@example.com").await;
    let inbox = house.owner.get(app, "/api/conversations").await;
    let ours = inbox.expect(200)["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["visitor"]["id"] == visitors[3])
        .unwrap()["visitor"]["visitorId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(ours.starts_with("vis_"), "{ours}");
    for act in ["block", "unblock"] {
        let named = house
            .owner
            .call(app, "POST", &path("customer-7", act), &json!({}))
            .await
            .expect(200);
        assert_eq!(
            (&named["id"], &named["visitorId"]),
            (&json!(visitors[2]), &json!("customer-7"))
        );
        let reply = house
            .owner
            .call(app, "POST", &path(&ours, act), &json!({}))
            .await;
        assert_eq!(reply.expect(200)["id"], visitors[3]);
        // Two sites have a visitor of this name: neither is meant.
        let both = house
            .owner
            .call(app, "POST", &path("vis_abc123", act), &json!({}))
            .await;
        assert_eq!(both.expect(409)["error"], "conflict");
        let nobody = house
            .owner
            .call(app, "POST", &path("nobody", act), &json!({}))
            .await;
        nobody.expect(404);
        let foreign = stranger
            .call(app, "POST", &path("customer-7", act), &json!({}))
            .await;
        foreign.expect(404);
    }
    for one in 1..visitors.len() {
        for other in one + 1..visitors.len() {
            assert_ne!(visitors[one], visitors[other]);
        }
    }
});

#[tokio::test]
async fn without_a_language_it_is_english_and_otherwise_the_one_given() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    for (body, locale) in [
        (json!({"message": "Hello"}), "en"),
        (json!({"message": "Hallo", "language": "de-AT"}), "de-AT"),
    ] {
        let answer = read(&ask(&app, &house, &body).await);
        let path = format!("/api/conversations/{}", answer.conversation_id);
        let shown = house.owner.get(&app, &path).await.expect(200);
        assert_eq!(shown["locale"], locale);
        // A later message may bring another language, and one without any changes nothing.
        let id = &answer.conversation_id;
        for more in [
            json!({"message": "Bonjour", "conversationId": id, "language": "fr"}),
            json!({"message": "Encore", "conversationId": id}),
        ] {
            read(&ask(&app, &house, &more).await);
            let shown = house.owner.get(&app, &path).await.expect(200);
            assert_eq!(shown["locale"], "fr");
        }
    }
}

on_both!(
    a_conversation_is_found_only_through_its_own_chatbot,
    |app| {
        let house = house(app).await;
        let begun = read(&ask(app, &house, &json!({"message": "Hello"})).await);
        let other = house
            .owner
            .call(app, "POST", "/bots", &json!({"name": "Other"}))
            .await
            .expect(201);
        let shown = house
            .owner
            .get(
                app,
                &format!("/api/conversations/{}", begun.conversation_id),
            )
            .await
            .expect(200);
        let before = counts(app).await;
        for (id, conversation_id) in [
            (chatbot_id(&other), begun.conversation_id.clone()),
            (house.id.clone(), "conv_xyz789".to_owned()),
            (house.id.clone(), shown["number"].to_string()),
            (house.id.clone(), String::new()),
            (house.id.clone(), "conv_".to_owned()),
        ] {
            let body = json!({"message": "Hello", "conversationId": conversation_id});
            let reply = house
                .program
                .send(app, request(&house.program, &id, &[], &body))
                .await;
            assert_eq!(reply.expect(404)["error"], "not_found", "{conversation_id}");
            app.clock.advance(MINUTE);
        }
        assert_eq!(counts(app).await, before);
    }
);

on_both!(keys_open_the_chatbots_of_their_own_account, |app| {
    let house = house(app).await;
    let stranger = Person::owner(app, "eve@example.com").await;
    let (foreign, _) = make_key(app, &stranger, &[]).await;
    let (shut, _) = make_key(app, &house.owner, &["knowledge"]).await;
    let body = json!({"message": "Hello"});
    let nonsense = "ck_live_0000";
    for (caller, id, status, code) in [
        (&Caller::NOBODY, &house.id, 401, "unauthenticated"),
        (&with_key(nonsense), &house.id, 401, "unauthenticated"),
        (&with_key("0".repeat(32)), &house.id, 401, "unauthenticated"),
        (&shut, &house.id, 403, "forbidden"),
        (&foreign, &house.id, 404, "not_found"),
        (&house.program, &"bot_nobody".to_owned(), 404, "not_found"),
    ] {
        let refused = caller.send(app, request(caller, id, &[], &body)).await;
        assert_eq!(refused.expect(status)["error"], code);
        app.clock.advance(MINUTE);
    }
    let person = &house.owner.caller;
    read(
        &person
            .send(app, request(person, &house.id, &[], &body))
            .await,
    );
    for spelling in ["ch_", "site_", "sk_"] {
        let id = house.id.replace("bot_", spelling);
        let reply = house
            .program
            .send(app, request(&house.program, &id, &[], &body))
            .await;
        read(&reply);
    }
});

on_both!(
    a_browser_needs_no_key_on_a_page_that_the_chatbot_may_be_used_on,
    |app| {
        let house = house(app).await;
        let nobody = &Caller::NOBODY;
        let (here, there) = ("https://acme.example", "https://evil.example");
        let body = json!({"message": "Hello"});
        let from = async |origin: &str, body: &Value| {
            let request = request(nobody, &house.id, &[("origin", origin)], body);
            nobody.send(app, request).await
        };
        let reply = from(here, &body).await;
        assert_eq!(reply.headers["access-control-allow-origin"], here);
        assert!(
            reply
                .headers
                .get_all("vary")
                .iter()
                .any(|vary| vary == "Origin")
        );
        assert!(
            !reply
                .headers
                .contains_key("access-control-allow-credentials")
        );
        let begun = read(&reply);

        let mut follow_up = body.clone();
        follow_up["conversationId"] = json!(begun.conversation_id);
        from(there, &follow_up).await.expect(403);
        read(&from(here, &follow_up).await);

        let listed = json!({"siteId": house.bot["id"], "allowedOrigins": here});
        house
            .owner
            .call(app, "PATCH", "/api/sites", &listed)
            .await
            .expect(200);
        let refused = from(there, &body).await;
        assert!(!refused.headers.contains_key("access-control-allow-origin"));
        assert_eq!(refused.expect(403)["error"], "origin_not_allowed");
        read(&from(here, &body).await);
        read(&from("http://chat.example", &body).await);

        let wrong = [("origin", here), ("authorization", "Bearer ck_live_wrong")];
        let wrong = request(nobody, &house.id, &wrong, &body);
        let refused = nobody.send(app, wrong).await;
        assert_eq!(refused.headers["access-control-allow-origin"], here);
        assert_eq!(
            refused.expect(401)["error"],
            "unauthenticated",
            "a wrong key is no missing one"
        );
    }
);

#[tokio::test]
async fn browsers_are_told_beforehand_what_they_may_send() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    let listed = json!({"siteId": house.bot["id"], "allowedOrigins": "https://acme.example"});
    house
        .owner
        .call(&app, "PATCH", "/api/sites", &listed)
        .await
        .expect(200);
    let ask_first = async |path: &str, origin: &str| {
        let request = Caller::NOBODY
            .request("OPTIONS", path)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .unwrap();
        Caller::NOBODY.send(&app, request).await
    };
    let path = format!("/api/chat/{}", house.id);
    let told = ask_first(&path, "https://acme.example").await;
    assert_eq!(told.status, 204);
    let headers = told.headers["access-control-allow-headers"]
        .to_str()
        .unwrap();
    for header in ["authorization", "content-type", "idempotency-key"] {
        assert!(headers.contains(header), "{header}");
    }
    let refused = ask_first(&path, "https://evil.example").await;
    assert!(!refused.headers.contains_key("access-control-allow-origin"));
    // The rest of this surface is for back ends: no page of another origin reads it.
    let other = ask_first("/api/chatbots", "https://acme.example").await;
    assert!(!other.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn bad_messages_are_refused_and_nothing_is_stored() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    let before = counts(&app).await;
    for (body, field) in [
        (json!({}), "message"),
        (json!({"message": ""}), "message"),
        (json!({"message": "a\u{0}"}), "message"),
        (json!({"message": "x".repeat(1_001)}), "message"),
        (json!({"message": 5}), "message"),
        (json!({"message": "Hello", "visitorId": ""}), "visitorId"),
        (json!({"message": "Hello", "visitorId": "a b"}), "visitorId"),
        (
            json!({"message": "Hello", "visitorId": "x".repeat(129)}),
            "visitorId",
        ),
        (json!({"message": "Hello", "visitorId": 5}), "visitorId"),
        (
            json!({"message": "Hello", "conversationId": 5}),
            "conversationId",
        ),
        (
            json!({"message": "Hello", "language": "not a language"}),
            "language",
        ),
    ] {
        let refused = ask(&app, &house, &body).await.expect(400);
        assert_eq!(refused["error"], "validation_failed", "{body}");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{refused}"
        );
    }
    let off = json!({"siteId": house.bot["id"], "enabled": false});
    house
        .owner
        .call(&app, "PATCH", "/api/sites", &off)
        .await
        .expect(200);
    let refused = ask(&app, &house, &json!({"message": "Hello"})).await;
    assert_eq!(refused.expect(403)["error"], "site_disabled");
    assert_eq!(counts(&app).await, before);
}

/// Document S1: the chat is limited per IP, whatever key, chatbot or visitor.
#[tokio::test]
async fn messages_count_by_the_address_they_come_from() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    let (other_key, _) = make_key(&app, &house.owner, &["chat"]).await;
    let other_bot = house
        .owner
        .call(&app, "POST", "/bots", &json!({"name": "Other"}))
        .await
        .expect(201);
    let other_bot = chatbot_id(&other_bot);
    let send = async |caller: &Caller, bot: &str, visitor: &str, address: &str| {
        let body = json!({"message": "Hello", "visitorId": visitor});
        let mut request = request(caller, bot, &[], &body);
        let address: std::net::SocketAddr = address.parse().unwrap();
        request.extensions_mut().insert(Peer(address));
        caller.send(&app, request).await
    };
    let (here, there) = ("198.51.100.1:1", "198.51.100.2:1");
    for visitor in 0..10 {
        let bot = if visitor % 2 == 0 {
            &house.id
        } else {
            &other_bot
        };
        let caller = if visitor % 3 == 0 {
            &house.program
        } else {
            &other_key
        };
        read(&send(caller, bot, &visitor.to_string(), here).await);
    }
    for (caller, bot) in [(&house.program, &house.id), (&other_key, &other_bot)] {
        let refused = send(caller, bot, "new", here).await;
        assert_eq!(refused.headers["retry-after"], "60");
        assert_eq!(refused.expect(429)["error"], "rate_limited");
    }
    read(&send(&house.program, &house.id, "new", there).await);
}

on_both!(
    a_developers_test_chat_is_no_conversation_of_this_door,
    |app| {
        let site = Keyed::new(app, "ada@example.com").await;
        let test = site
            .call(app, "POST", "/api/v1/chat", &json!({"message": "Hello"}))
            .await
            .expect(200);
        let (program, _) = make_key(app, &site.owner, &["chat"]).await;
        let before = counts(app).await;
        let body = json!({"message": "Hello", "conversationId": test["conversationId"]});
        for caller in [&program, &Caller::NOBODY] {
            let headers = [("origin", "https://acme.com")];
            let refused = caller
                .send(app, request(caller, &site.chatbot, &headers, &body))
                .await;
            assert_eq!(refused.expect(404)["error"], "not_found");
        }
        assert_eq!(counts(app).await, before);
    }
);

#[tokio::test]
async fn an_assistant_that_is_off_says_nothing() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    let off = json!({"siteId": house.bot["id"], "aiMode": "off"});
    house
        .owner
        .call(&app, "PATCH", "/api/sites", &off)
        .await
        .expect(200);
    let silent = read(&ask(&app, &house, &json!({"message": "Hello"})).await);
    assert_eq!((silent.text.as_str(), silent.events.len()), ("", 2));
}

#[tokio::test]
async fn the_eleventh_message_of_a_minute_has_to_wait() {
    let app = TestApp::new(Engine::of_run()).await;
    let house = house(&app).await;
    let body = json!({"message": "Hello"});
    let send = async || {
        house
            .program
            .send(&app, request(&house.program, &house.id, &[], &body))
            .await
    };
    for _ in 0..10 {
        read(&send().await);
    }
    app.clock.advance(20 * SECOND);
    let refused = send().await;
    assert_eq!(refused.headers["retry-after"], "40");
    assert_eq!(refused.expect(429)["error"], "rate_limited");
    app.clock.advance(40 * SECOND);
    read(&send().await);
}

on_both!(a_resend_gets_the_first_answer, |app| {
    let house = house(app).await;
    let body = json!({"message": "How do I reset my password?"});
    let send = async |body: &Value| {
        let headers = [("idempotency-key", "once")];
        let request = request(&house.program, &house.id, &headers, body);
        house.program.send(app, request).await
    };
    let first = read(&send(&body).await);
    let before = counts(app).await;
    let again = read(&send(&body).await);
    assert_eq!(
        (again.text, &again.conversation_id),
        (first.text, &first.conversation_id)
    );
    assert_eq!(counts(app).await, before);
    let other = send(&json!({"message": "Something else"})).await;
    assert_eq!(other.expect(400)["error"], "validation_failed");

    let (another, _) = make_key(app, &house.owner, &["chat"]).await;
    let headers = [("idempotency-key", "once")];
    let theirs = another
        .send(app, request(&another, &house.id, &headers, &body))
        .await;
    assert_ne!(read(&theirs).conversation_id, first.conversation_id);
});

on_both!(while_an_operator_has_it_the_answer_is_empty, |app| {
    let house = house(app).await;
    let begun = read(&ask(app, &house, &json!({"message": "Hello"})).await);
    let path = format!("/api/conversations/{}", begun.conversation_id);
    house
        .owner
        .call(app, "POST", &format!("{path}/takeover"), &json!({}))
        .await
        .expect(200);
    let body = json!({"message": "Are you there?", "conversationId": begun.conversation_id});
    let silent = read(&ask(app, &house, &body).await);
    assert_eq!((silent.text.as_str(), silent.events.len()), ("", 2));
    assert_eq!(silent.conversation_id, begun.conversation_id);
    let page = house
        .owner
        .get(app, &format!("{path}/messages"))
        .await
        .expect(200);
    let last = page["data"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["role"], &last["content"]),
        (&json!("user"), &json!("Are you there?"))
    );
});

async fn with_model(scripts: Vec<Vec<crate::scripted_model::Step>>) -> (TestApp, ScriptedModel) {
    let model = ScriptedModel::start(scripts).await;
    let app = TestApp::with_model(ModelConfig {
        base_url: model.base_url(),
        api_key: None,
        model: "scripted".into(),
    })
    .await;
    (app, model)
}

#[tokio::test]
async fn the_texts_joined_are_the_whole_reply_byte_for_byte() {
    let tokens = [
        "You can ",
        "reset\n\nit — ",
        "née \u{1f600} ",
        "data: [DONE]",
    ];
    let (app, _model) = with_model(vec![answer(&tokens)]).await;
    let house = house(&app).await;
    let answer = read(&ask(&app, &house, &json!({"message": "How?"})).await);
    assert_eq!(answer.text, tokens.concat());
}

#[tokio::test]
async fn a_model_that_is_away_is_an_error_in_this_surfaces_form() {
    let (app, _model) = with_model(vec![refusal(), refusal()]).await;
    let house = house(&app).await;
    let reply = ask(&app, &house, &json!({"message": "What is the weather?"})).await;
    assert_eq!(reply.status, 200);
    let body = reply.body.as_str().unwrap();
    let events: Vec<&str> = body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    assert!(!events.contains(&"[DONE]"), "{body}");
    let error: Value = serde_json::from_str(events.last().unwrap()).unwrap();
    assert_eq!(error["error"], "model_unavailable", "{body}");
}

fn refusal() -> Vec<crate::scripted_model::Step> {
    status("500 Internal Server Error", "", "no")
}

#[tokio::test]
async fn an_answer_that_breaks_off_ends_with_an_error_in_this_surfaces_form() {
    let (app, _model) = with_model(vec![vec![head(), token("You can ")]]).await;
    let house = house(&app).await;
    let reply = ask(&app, &house, &json!({"message": "How?"})).await;
    assert_eq!(reply.status, 200);
    let body = reply.body.as_str().unwrap().to_owned();
    let events: Vec<Value> = body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    assert_eq!(events[0]["text"], "You can ");
    assert_eq!(
        events[1],
        json!({
            "error": "model_interrupted", "conversationId": events[0]["conversationId"],
            "message": "The answer broke off. You can ask again or talk to a human.",
        })
    );
    assert!(!body.contains("[DONE]"), "what broke off is not done");
}
