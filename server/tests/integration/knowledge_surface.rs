//! Knowledge and the test box through the real router.

use crate::caller::{Person, Reply};
use crate::desk::{chatbot_id, house};
use crate::support::{Engine, TestApp, on_both};
use parlance::clock::MINUTE;
use serde_json::{Value, json};
use shared::account::UserRole;

/// A multipart form of an upload.
pub fn form(parts: &[(&str, Option<&str>, &[u8])]) -> (String, Vec<u8>) {
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

pub async fn upload(
    app: &TestApp,
    person: &Person,
    parts: &[(&str, Option<&str>, &[u8])],
) -> Reply {
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
    let app = TestApp::new(Engine::of_run()).await;
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

/// The contract: `type: "document"` takes the text in `content` and a name in `source`.
#[tokio::test]
async fn the_text_of_a_document_is_taken_under_any_name() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let id = chatbot_id(&bot);
    for name in [
        "handbook.pdf",
        "Handbook.DOCX",
        "handbook.md",
        "handbook",
        "hand.book",
    ] {
        let document = json!({"chatbotId": id, "type": "document", "source": name, "content": "# Leave\n\nThirty days."});
        let added = owner
            .call(&app, "POST", "/api/knowledge", &document)
            .await
            .expect(201);
        assert_eq!(
            (&added["type"], &added["title"]),
            (&json!("document"), &json!(name))
        );
        let item = format!("/api/knowledge/{}", added["id"]);
        let shown = owner.get(&app, &item).await.expect(200);
        assert_eq!(shown["content"], "# Leave\n\nThirty days.");
    }
}

on_both!(what_is_sent_again_under_its_key_is_added_once, |app| {
    let (owner, bot) = house(app).await;
    let id = chatbot_id(&bot);
    let qa = json!({"chatbotId": id, "type": "qa", "question": "Open?", "content": "At nine."});
    let send = async |path: &str, kind: &str, body: Vec<u8>| {
        let request = owner
            .request("POST", path)
            .header("content-type", kind)
            .header("idempotency-key", "once")
            .body(body.into())
            .unwrap();
        owner.send(app, request).await
    };
    let add = async || {
        send("/api/knowledge", "application/json", qa.to_string().into())
            .await
            .expect(201)
    };
    assert_eq!(add().await, add().await);
    let file = async |name: &str, text: &str| {
        let parts: &[(&str, Option<&str>, &[u8])] = &[
            ("file", Some(name), text.as_bytes()),
            ("chatbotId", None, id.as_bytes()),
        ];
        let (kind, body) = form(parts);
        send("/api/knowledge/upload", &kind, body).await
    };
    let first = file("a.md", "# Hours\n\nAt nine.").await.expect(201);
    assert_eq!(file("a.md", "# Hours\n\nAt nine.").await.expect(201), first);
    let other = file("a.md", "# Hours\n\nAt ten.").await.expect(400);
    assert_eq!(other["error"], "validation_failed");
    let list = owner
        .get(app, &format!("/api/knowledge?chatbotId={id}"))
        .await;
    assert_eq!(list.expect(200)["data"].as_array().unwrap().len(), 2);
});

/// Document S1: five uploads in five minutes, and ten scrapes, per user.
#[tokio::test]
async fn uploads_and_scrapes_count_by_user() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let account = Some(owner.operator.account_id);
    let colleague = Person::new(&app, account, "bea@example.com", UserRole::Admin).await;
    let id = chatbot_id(&bot);
    let parts: &[(&str, Option<&str>, &[u8])] = &[
        ("file", Some("a.md"), b"# Hours\n\nAt nine."),
        ("chatbotId", None, id.as_bytes()),
    ];
    for _ in 0..5 {
        upload(&app, &owner, parts).await.expect(201);
    }
    app.clock.advance(2 * MINUTE);
    let refused = upload(&app, &owner, parts).await;
    assert_eq!(refused.headers["retry-after"], "180");
    assert_eq!(refused.expect(429)["error"], "rate_limited");
    upload(&app, &colleague, parts).await.expect(201);

    let scrape = json!({"chatbotId": id, "url": "https://acme.example/"});
    let start = async |person: &Person| {
        person
            .call(&app, "POST", "/api/knowledge/scrape", &scrape)
            .await
    };
    for _ in 0..10 {
        start(&owner).await.expect(201);
    }
    let refused = start(&owner).await;
    assert_eq!(refused.headers["retry-after"], "300");
    assert_eq!(refused.expect(429)["error"], "rate_limited");
    start(&colleague).await.expect(201);
    app.clock.advance(3 * MINUTE);
    upload(&app, &owner, parts).await.expect(201);
}

#[tokio::test]
async fn large_texts_and_files_are_taken_up_to_their_limits() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let id = chatbot_id(&bot);
    let line = "Every line of this text says the same.\n";
    let file = line.repeat(2_000_000 / line.len());
    let parts: &[(&str, Option<&str>, &[u8])] = &[
        ("chatbotId", None, id.as_bytes()),
        ("file", Some("long.txt"), file.as_bytes()),
    ];
    let uploaded = upload(&app, &owner, parts).await.expect(201);
    assert!(uploaded["passages"].as_i64().unwrap() > 1_000);
    let text = json!({"chatbotId": id, "type": "text", "content": "word\n\n".repeat(300_000)});
    owner
        .call(&app, "POST", "/api/knowledge", &text)
        .await
        .expect(201);
}
