//! Knowledge, the test box, the inbox and the operators' channel through the real router.

use crate::caller::{Person, Reply};
use crate::support::{Engine, TestApp, on_both};
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use parlance::core::actor::Visitor;
use parlance::core::answer::turn;
use parlance::core::session::{self, Arrival};
use parlance::store;
use serde_json::{Value, json};
use shared::account::UserRole;
use std::time::Duration;
use tower::ServiceExt;

/// An owner with a site whose people answer themselves.
async fn house(app: &TestApp) -> (Person, Value) {
    let owner = Person::owner(app, "ada@example.com").await;
    let bot = owner
        .call(app, "POST", "/bots", &json!({"name": "Acme"}))
        .await
        .expect(201);
    let quiet = json!({"siteId": bot["id"], "aiMode": "delay", "aiReplyDelaySec": 600});
    owner
        .call(app, "PATCH", "/api/sites", &quiet)
        .await
        .expect(200);
    (owner, bot)
}

fn chatbot_id(bot: &Value) -> String {
    bot["public_id"].as_str().unwrap().replace("ch_", "bot_")
}

async fn visitor(app: &TestApp, bot: &Value) -> Visitor {
    let site = {
        let mut connection = app.db.read().await.unwrap();
        store::site::by_id(&mut connection, bot["id"].as_i64().unwrap())
            .await
            .unwrap()
            .unwrap()
    };
    session::begin(app, site, Arrival::default()).await.unwrap()
}

async fn says(app: &TestApp, visitor: &Visitor, text: &str) {
    turn::ask(app, visitor, text.into(), None).await.unwrap();
}

fn path(visitor: &Visitor, rest: &str) -> String {
    format!(
        "/api/conversations/conv_{}{rest}",
        visitor.conversation.slug
    )
}

/// A multipart form of an upload.
fn form(parts: &[(&str, Option<&str>, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        body.extend_from_slice(b"--the-line\r\n");
        let file = file
            .map(|file| format!("; filename=\"{file}\""))
            .unwrap_or_default();
        body.extend_from_slice(
            format!("Content-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--the-line--\r\n");
    ("multipart/form-data; boundary=the-line".to_owned(), body)
}

async fn upload(app: &TestApp, person: &Person, parts: &[(&str, Option<&str>, &[u8])]) -> Reply {
    let (content_type, body) = form(parts);
    person
        .raw(app, "POST", "/api/knowledge/upload", &content_type, body)
        .await
}

on_both!(knowledge_is_added_listed_tried_and_deleted, |app| {
    let (owner, bot) = house(app).await;
    let id = chatbot_id(&bot);
    let list = format!("/api/knowledge?chatbotId={id}");
    assert_eq!(
        owner.get(app, &list).await.expect(200),
        json!({"data": [], "nextCursor": null})
    );
    let qa = json!({"chatbotId": id, "type": "qa", "question": "Do you ship to Norway?", "content": "Yes, within five days."});
    let added = owner
        .call(app, "POST", "/api/knowledge", &qa)
        .await
        .expect(201);
    assert_eq!(
        added,
        json!({
            "id": added["id"], "chatbotId": id, "type": "qa", "title": "Do you ship to Norway?",
            "characters": 22, "passages": 1, "createdAt": "2026-01-05T10:00:00.000Z",
        })
    );
    let item = format!("/api/knowledge/{}", added["id"]);
    assert_eq!(
        owner.get(app, &item).await.expect(200)["content"],
        "Yes, within five days."
    );

    let ask = format!("/api/chatbots/{id}/ask");
    let question = json!({"message": "do you ship to norway"});
    let answer = owner.call(app, "POST", &ask, &question).await.expect(200);
    assert!(
        answer["reply"]
            .as_str()
            .unwrap()
            .contains("within five days")
    );
    assert_eq!(
        (&answer["confident"], &answer["answeredBy"]),
        (&json!(true), &json!("built-in"))
    );

    let file = b"# Returns\n\nSend it back within 30 days.";
    let parts: &[(&str, Option<&str>, &[u8])] = &[
        ("file", Some("returns.md"), file),
        ("chatbotId", None, id.as_bytes()),
    ];
    let uploaded = upload(app, &owner, parts).await.expect(201);
    assert_eq!(
        (&uploaded["type"], &uploaded["title"]),
        (&json!("document"), &json!("returns.md"))
    );
    let text = json!({"chatbotId": id, "type": "text", "title": "Hours", "content": "Open from nine to five."});
    owner
        .call(app, "POST", "/api/knowledge", &text)
        .await
        .expect(201);

    let first = owner.get(app, &format!("{list}&limit=2")).await.expect(200);
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = owner
        .get(app, &format!("{list}&limit=2&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(
        (&second["data"], &second["nextCursor"]),
        (&json!([added]), &Value::Null)
    );
    let found = owner
        .get(app, &format!("{list}&q=RETURN"))
        .await
        .expect(200);
    assert_eq!(found["data"], json!([uploaded]));

    owner
        .call(app, "DELETE", &item, &Value::Null)
        .await
        .expect(204);
    owner.get(app, &item).await.expect(404);
    owner
        .call(app, "DELETE", &item, &Value::Null)
        .await
        .expect(404);
    let answer = owner.call(app, "POST", &ask, &question).await.expect(200);
    assert_eq!(answer["confident"], false);
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    assert_eq!(inbox["data"], json!([]), "a test leaves no conversation");
});

#[tokio::test]
async fn bad_knowledge_is_refused_and_nothing_is_kept() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (owner, bot) = house(&app).await;
    let id = chatbot_id(&bot);
    for (body, field) in [
        (
            json!({"chatbotId": id, "type": "qa", "content": "A"}),
            "question",
        ),
        (
            json!({"chatbotId": id, "type": "qa", "question": "Q?"}),
            "content",
        ),
        (
            json!({"chatbotId": id, "type": "qa", "question": " ", "content": "A"}),
            "question",
        ),
        (
            json!({"chatbotId": id, "type": "qa", "question": "Q\u{0}?", "content": "A"}),
            "question",
        ),
        (
            json!({"chatbotId": id, "type": "text", "content": ""}),
            "content",
        ),
        (
            json!({"chatbotId": id, "type": "text", "content": "x".repeat(2_000_001)}),
            "content",
        ),
        (
            json!({"chatbotId": id, "type": "document", "content": "text"}),
            "source",
        ),
        (
            json!({"chatbotId": id, "type": "magic", "content": "text"}),
            "type",
        ),
        (json!({"chatbotId": id, "content": "text"}), "type"),
        (json!({"type": "text", "content": "text"}), "chatbotId"),
        (
            json!({"chatbotId": 5, "type": "text", "content": "text"}),
            "chatbotId",
        ),
    ] {
        let refused = owner
            .call(&app, "POST", "/api/knowledge", &body)
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{refused}"
        );
    }
    let elsewhere = json!({"chatbotId": "bot_nobody", "type": "text", "content": "text"});
    owner
        .call(&app, "POST", "/api/knowledge", &elsewhere)
        .await
        .expect(404);

    app.clock.advance(0);
    let chatbot: (&str, Option<&str>, &[u8]) = ("chatbotId", None, id.as_bytes());
    for (status, parts) in [
        (400, vec![chatbot, ("file", Some("a.exe"), b"text")]),
        (400, vec![chatbot, ("file", Some("a.txt"), b"\xff\xfe\xfd")]),
        (400, vec![chatbot]),
        (400, vec![("file", Some("a.txt"), b"text")]),
        (
            404,
            vec![
                ("chatbotId", None, b"bot_nobody"),
                ("file", Some("a.txt"), b"text"),
            ],
        ),
    ] {
        upload(&app, &owner, &parts).await.expect(status);
    }
    let good = [chatbot, ("file", Some("a.txt"), b"text".as_slice())];
    let reply = upload(&app, &owner, &good).await;
    assert!(
        reply.headers.contains_key("retry-after"),
        "five in five minutes"
    );
    reply.expect(429);
    app.clock.advance(5 * 60 * 1_000);
    let large = vec![b'a'; (10 << 20) + 1];
    upload(&app, &owner, &[chatbot, ("file", Some("a.txt"), &large)])
        .await
        .expect(413);
    let huge = vec![b'a'; 11 << 20];
    upload(&app, &owner, &[chatbot, ("file", Some("a.txt"), &huge)])
        .await
        .expect(413);
    let (_, body) = form(&good);
    owner
        .raw(
            &app,
            "POST",
            "/api/knowledge/upload",
            "application/json",
            body,
        )
        .await
        .expect(415);

    let list = owner
        .get(&app, &format!("/api/knowledge?chatbotId={id}"))
        .await
        .expect(200);
    assert_eq!(list["data"], json!([]));
}

on_both!(an_operator_takes_replies_hands_back_and_resolves, |app| {
    let (owner, bot) = house(app).await;
    let operator = Person::new(
        app,
        Some(owner.operator.account_id),
        "op@example.com",
        UserRole::Operator,
    )
    .await;
    let visitor = visitor(app, &bot).await;
    says(app, &visitor, "Is anybody there?").await;

    let inbox = operator
        .get(app, "/api/conversations?status=open")
        .await
        .expect(200);
    let row = &inbox["data"][0];
    assert_eq!(row["id"], format!("conv_{}", visitor.conversation.slug));
    assert_eq!(
        (&row["mode"], &row["unreadCount"], &row["preview"]),
        (&json!("ai"), &json!(1), &json!("Is anybody there?"))
    );
    assert_eq!(row["siteName"], "Acme");

    let taken = operator
        .call(app, "POST", &path(&visitor, "/takeover"), &json!({}))
        .await
        .expect(200);
    assert_eq!(
        (&taken["mode"], &taken["assignee"]["name"]),
        (&json!("operator"), &json!("op"))
    );
    let reply = json!({"message": "Yes!", "clientId": "op-1"});
    let sent = operator
        .call(app, "POST", &path(&visitor, "/reply"), &reply)
        .await
        .expect(201);
    assert_eq!(
        (&sent["seq"], &sent["role"], &sent["author"]["name"]),
        (&json!(2), &json!("operator"), &json!("op"))
    );
    let again = operator
        .call(app, "POST", &path(&visitor, "/reply"), &reply)
        .await
        .expect(201);
    assert_eq!(again["id"], sent["id"], "a resend is the first");

    let page = operator
        .get(app, &path(&visitor, "/messages"))
        .await
        .expect(200);
    let said: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["content"].clone())
        .collect();
    assert_eq!(said, ["Is anybody there?", "Yes!"]);
    let last = operator
        .get(app, &path(&visitor, "/messages?limit=1"))
        .await
        .expect(200);
    assert_eq!(
        (&last["data"][0]["seq"], &last["nextCursor"]),
        (&json!(2), &json!("2"))
    );
    let first = operator
        .get(app, &path(&visitor, "/messages?limit=1&before=2"))
        .await
        .expect(200);
    assert_eq!(
        (&first["data"][0]["seq"], &first["nextCursor"]),
        (&json!(1), &Value::Null)
    );

    says(app, &visitor, "Thanks").await;
    let shown = operator.get(app, &path(&visitor, "")).await.expect(200);
    assert_eq!(shown["unreadCount"], 1);
    assert!(shown["eventCursor"].is_i64());
    let read = operator
        .call(app, "POST", &path(&visitor, "/read"), &json!({"seq": 3}))
        .await
        .expect(200);
    assert_eq!(read["unreadCount"], 0);
    operator
        .call(app, "POST", &path(&visitor, "/typing"), &json!({}))
        .await
        .expect(204);

    for (verb, mode) in [
        ("handback", "ai"),
        ("resolve", "closed"),
        ("reopen", "ai"),
        ("end", "closed"),
    ] {
        let after = operator
            .call(
                app,
                "POST",
                &path(&visitor, &format!("/{verb}")),
                &json!({}),
            )
            .await
            .expect(200);
        assert_eq!(after["mode"], mode, "{verb}");
    }
    let by_number = format!("/api/conversations/{}", visitor.conversation.id);
    operator.get(app, &by_number).await.expect(200);
});

#[tokio::test]
async fn a_reply_with_an_idempotency_key_is_written_once() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (owner, bot) = house(&app).await;
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "Hello").await;
    let send = |text: &'static str| {
        let request = owner
            .request("POST", &path(&visitor, "/reply"))
            .header("content-type", "application/json")
            .header("idempotency-key", "1")
            .body(json!({"message": text}).to_string().into())
            .unwrap();
        owner.send(&app, request)
    };
    let first = send("Hi").await.expect(201);
    assert_eq!(send("Hi").await.expect(201), first);
    send("Something else").await.expect(400);
    let page = owner
        .get(&app, &path(&visitor, "/messages"))
        .await
        .expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 2);
}

on_both!(the_inbox_is_filtered_and_paged, |app| {
    let (owner, bot) = house(app).await;
    let other = owner
        .call(app, "POST", "/bots", &json!({"name": "Other"}))
        .await
        .expect(201);
    let mut visitors = Vec::new();
    for (number, bot) in [&bot, &bot, &other].into_iter().enumerate() {
        app.clock.advance(1_000);
        let visitor = visitor(app, bot).await;
        says(app, &visitor, &format!("Question {number}")).await;
        visitors.push(visitor);
    }
    owner
        .call(app, "POST", &path(&visitors[0], "/takeover"), &json!({}))
        .await
        .expect(200);
    owner
        .call(app, "POST", &path(&visitors[1], "/resolve"), &json!({}))
        .await
        .expect(200);
    let other_site = other["public_id"].as_str().unwrap().to_owned();
    let me = owner.operator.user_id;
    for (query, wanted) in [
        (String::new(), vec![2, 1, 0]),
        ("?status=all".into(), vec![2, 1, 0]),
        ("?status=open".into(), vec![2, 0]),
        ("?status=closed".into(), vec![1]),
        ("?mode=operator".into(), vec![0]),
        ("?mode=waiting".into(), vec![]),
        ("?assignee=me".into(), vec![0]),
        (format!("?assignee={me}"), vec![0]),
        ("?assignee=none".into(), vec![2, 1]),
        (format!("?site={other_site}"), vec![2]),
        (format!("?site={}", bot["id"]), vec![1, 0]),
        ("?q=question%201".into(), vec![1]),
        ("?q=100%25".into(), vec![]),
    ] {
        let page = owner
            .get(app, &format!("/api/conversations{query}"))
            .await
            .expect(200);
        let listed: Vec<i64> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["number"].as_i64().unwrap())
            .collect();
        let wanted: Vec<i64> = wanted
            .into_iter()
            .map(|index: usize| visitors[index].conversation.id)
            .collect();
        assert_eq!(listed, wanted, "{query}");
    }
    let mut cursor = String::new();
    let mut seen = Vec::new();
    loop {
        let page = owner
            .get(app, &format!("/api/conversations?limit=1{cursor}"))
            .await
            .expect(200);
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["number"].as_i64().unwrap()),
        );
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(
        seen,
        [2, 1, 0].map(|index: usize| visitors[index].conversation.id)
    );
});

#[tokio::test]
async fn bad_queries_and_bodies_of_the_inbox_are_refused() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (owner, bot) = house(&app).await;
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "Hello").await;
    for query in [
        "status=odd",
        "mode=odd",
        "assignee=you",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "q=%00",
    ] {
        let refused = owner
            .get(&app, &format!("/api/conversations?{query}"))
            .await
            .expect(400);
        let field = query.split('=').next().unwrap();
        assert_eq!(refused["error"], "validation_failed");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{query}: {refused}"
        );
    }
    owner
        .get(&app, "/api/conversations?site=ch_nobody")
        .await
        .expect(404);
    for (rest, body) in [
        ("/reply", json!({})),
        ("/reply", json!({"message": ""})),
        ("/reply", json!({"message": "a\u{0}b"})),
        ("/reply", json!({"message": "x".repeat(10_001)})),
        ("/reply", json!({"message": 5})),
        ("/reply", json!({"message": "a", "clientId": "with space"})),
        ("/read", json!({})),
        ("/read", json!({"seq": "one"})),
    ] {
        let refused = owner
            .call(&app, "POST", &path(&visitor, rest), &body)
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed", "{rest} {body}");
    }
    let page = owner
        .get(&app, &path(&visitor, "/messages"))
        .await
        .expect(200);
    assert_eq!(
        page["data"].as_array().unwrap().len(),
        1,
        "nothing was stored"
    );
}

/// A live channel that is read piece by piece.
struct Channel {
    body: BodyDataStream,
    text: String,
}

impl Channel {
    async fn open(app: &TestApp, person: &Person, resume: Option<&str>) -> Self {
        let mut builder = person.request("GET", "/api/events");
        if let Some(id) = resume {
            builder = builder.header("last-event-id", id);
        }
        let request = builder.body(Body::empty()).unwrap();
        let response = parlance::router(app.app.clone())
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(
            response.headers()["cache-control"],
            "no-cache, no-transform"
        );
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// Reads on until the text holds `wanted`.
    async fn until(&mut self, wanted: &str) {
        while !self.text.contains(wanted) {
            assert!(self.next().await, "it ended before {wanted}: {}", self.text);
        }
    }

    /// False at the end of the stream.
    async fn next(&mut self) -> bool {
        let piece = tokio::time::timeout(Duration::from_secs(20), self.body.next())
            .await
            .unwrap_or_else(|_| panic!("nothing came after {}", self.text));
        if let Some(piece) = &piece {
            self.text
                .push_str(std::str::from_utf8(piece.as_ref().unwrap()).unwrap());
        }
        piece.is_some()
    }

    /// Ids and data of the events so far.
    fn events(&self) -> Vec<(String, Value)> {
        self.text
            .split("\n\n")
            .filter_map(|block| {
                let id = block.lines().find_map(|line| line.strip_prefix("id: "))?;
                let data = block.lines().find_map(|line| line.strip_prefix("data: "))?;
                Some((id.to_owned(), serde_json::from_str(data).unwrap()))
            })
            .collect()
    }
}

on_both!(operators_hear_what_happens_and_resume_without_gap, |app| {
    let (owner, bot) = house(app).await;
    let visitor = visitor(app, &bot).await;
    let mut live = Channel::open(app, &owner, None).await;
    live.until("id: 0\n\n").await;
    assert!(live.text.starts_with("retry: 2000\n"));
    says(app, &visitor, "First").await;
    live.until("First").await;
    live.until("\"type\":\"conversation\"").await;
    let events = live.events();
    let conversation = format!("conv_{}", visitor.conversation.slug);
    assert!(
        events
            .iter()
            .all(|(_, event)| event["conversation_id"] == conversation)
    );
    let (cursor, first) = &events[0];
    assert_eq!(
        (&first["type"], &first["message"]["content"]),
        (&json!("message"), &json!("First"))
    );
    drop(live);

    says(app, &visitor, "Second").await;
    owner
        .call(
            app,
            "POST",
            &path(&visitor, "/reply"),
            &json!({"message": "Third"}),
        )
        .await
        .expect(201);
    let mut resumed = Channel::open(app, &owner, Some(cursor)).await;
    resumed.until("Third").await;
    let said: Vec<_> = resumed
        .events()
        .into_iter()
        .filter(|(_, event)| event["type"] == "message")
        .map(|(_, event)| event["message"]["content"].clone())
        .collect();
    assert_eq!(said, ["Second", "Third"]);
});

#[tokio::test]
async fn signing_out_ends_the_channel_and_others_go_on() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (owner, bot) = house(&app).await;
    let operator = Person::new(
        &app,
        Some(owner.operator.account_id),
        "op@example.com",
        UserRole::Operator,
    )
    .await;
    let mut theirs = Channel::open(&app, &owner, None).await;
    let mut stays = Channel::open(&app, &operator, None).await;
    theirs.until("id: 0").await;
    stays.until("id: 0").await;
    owner
        .call(&app, "POST", "/auth/logout", &json!({}))
        .await
        .expect(204);
    while theirs.next().await {}
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "Still there?").await;
    stays.until("Still there?").await;
    owner.get(&app, "/api/events").await.expect(401);
}

#[tokio::test]
async fn strangers_hear_nothing() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (_, bot) = house(&app).await;
    let stranger = Person::owner(&app, "eve@example.com").await;
    let mut theirs = Channel::open(&app, &stranger, Some("0")).await;
    theirs.until("id: 0").await;
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "A secret").await;
    stranger
        .call(&app, "POST", "/auth/logout", &json!({}))
        .await
        .expect(204);
    while theirs.next().await {}
    assert!(!theirs.text.contains("secret"), "{}", theirs.text);
    for bad in ["x", "-1"] {
        let request = stranger
            .request("GET", &format!("/api/events?after={bad}"))
            .body(Body::empty())
            .unwrap();
        assert_eq!(stranger.send(&app, request).await.status, 401);
    }
    let other = Person::owner(&app, "mallory@example.com").await;
    for bad in ["x", "-1"] {
        other
            .get(&app, &format!("/api/events?after={bad}"))
            .await
            .expect(400);
    }
}

on_both!(
    a_site_that_is_switched_off_ends_its_visitors_channels,
    |app| {
        let (owner, bot) = house(app).await;
        let visitor = visitor(app, &bot).await;
        says(app, &visitor, "Hello").await;
        let conversation = &visitor.conversation;
        let mut live = app.bus.subscribe_conversation(conversation.id);
        let off = json!({"siteId": bot["id"], "enabled": false});
        owner
            .call(app, "PATCH", "/api/sites", &off)
            .await
            .expect(200);
        let ended = live.recv().await.unwrap();
        assert_eq!(ended.event.kind(), "ended");
        assert!(live.recv().await.is_none(), "and closes");
        let history = owner
            .get(app, &path(&visitor, "/messages"))
            .await
            .expect(200);
        assert_eq!(
            history["data"].as_array().unwrap().len(),
            1,
            "history stays"
        );
    }
);
