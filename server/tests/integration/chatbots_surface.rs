//! `/api/chatbots` through the real router.

use crate::api_keys::make_key;
use crate::caller::{Caller, Person};
use crate::desk::{counts, furnish};
use crate::support::{Engine, TestApp, on_both};
use serde_json::{Value, json};
use shared::account::UserRole;

async fn make(app: &TestApp, caller: &Caller, body: Value) -> Value {
    caller
        .call(app, "POST", "/api/chatbots", &body)
        .await
        .expect(201)
}

fn path(bot: &Value) -> String {
    format!("/api/chatbots/{}", bot["id"].as_str().unwrap())
}

on_both!(chatbots_are_made_listed_changed_and_deleted, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let (program, _) = make_key(app, &owner, &["chatbots"]).await;
    let list = program.get(app, "/api/chatbots").await.expect(200);
    assert_eq!(list, json!({"data": [], "nextCursor": null}));

    let documented = json!({"name": "Support Bot", "website": "https://example.com"});
    let bot = make(app, &program, documented).await;
    let slug = bot["id"].as_str().unwrap().strip_prefix("bot_").unwrap();
    assert!(
        bot["website"]
            .as_str()
            .unwrap()
            .starts_with("https://example.com")
    );
    assert_eq!(
        bot,
        json!({
            "id": format!("bot_{slug}"), "number": bot["number"], "name": "Support Bot",
            "website": bot["website"], "personality": "", "language": "", "enabled": true,
            "appearance": {
                "primaryColor": "#4338ca", "bgColor": "#ffffff", "fontColor": "#1c1b29", "buttonColor": "#4338ca",
                "glowColor": null, "greetingText": "Hi! How can we help?",
                "welcomeMessage": "Ask a question and get an answer right away. A person is one click away.",
                "position": "bottom-right", "cornerStyle": "rounded", "dropShadow": "soft", "glowSize": "none",
                "glowStrength": "none", "theme": "auto",
            },
            "snippet": format!("<script src=\"http://chat.example/widget.js\" data-site=\"site_{slug}\" async></script>"),
            "createdAt": "2026-01-05T10:00:00.000Z",
        })
    );
    let second = make(app, &program, json!({"name": "Second"})).await;
    assert_eq!(second["website"], "");
    let first_page = program.get(app, "/api/chatbots?limit=1").await.expect(200);
    assert_eq!(first_page["data"], json!([bot]));
    let cursor = first_page["nextCursor"].as_str().unwrap();
    let rest = format!("/api/chatbots?limit=1&cursor={cursor}");
    let rest = program.get(app, &rest).await.expect(200);
    assert_eq!(rest, json!({"data": [second], "nextCursor": null}));
    for wrong in ["limit=0", "limit=201", "cursor=x"] {
        let path = format!("/api/chatbots?{wrong}");
        program.get(app, &path).await.expect(400);
    }

    let looks = json!({
        "primaryColor": "#abe300", "bgColor": "#fff", "fontColor": "#111", "buttonColor": "#222222",
        "glowColor": "#333333", "greetingText": "Hey!", "welcomeMessage": "Welcome.", "position": "top-left",
        "cornerStyle": "pill", "dropShadow": "none", "glowSize": "small", "glowStrength": "soft", "theme": "dark",
    });
    let change = json!({
        "name": "Helper", "website": "https://example.org/", "personality": "Be brief.", "language": "pt-BR",
        "appearance": looks,
    });
    let changed = program
        .call(app, "PATCH", &path(&bot), &change)
        .await
        .expect(200);
    for (field, value) in change.as_object().unwrap() {
        assert_eq!(&changed[field], value, "{field}");
    }
    assert_eq!(program.get(app, &path(&bot)).await.expect(200), changed);
    let partly = json!({"appearance": {"brandColor": "#123456"}});
    let partly = program
        .call(app, "PATCH", &path(&bot), &partly)
        .await
        .expect(200);
    assert_eq!(partly["appearance"]["primaryColor"], "#123456");
    assert_eq!(partly["appearance"]["greetingText"], "Hey!");
    assert_eq!(partly["name"], "Helper");

    let gone = program.call(app, "DELETE", &path(&bot), &Value::Null).await;
    assert_eq!(gone.expect(204), Value::Null);
    program.get(app, &path(&bot)).await.expect(404);
    program
        .call(app, "DELETE", &path(&bot), &Value::Null)
        .await
        .expect(404);
});

#[tokio::test]
async fn refusals_name_the_field_and_change_nothing() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let bot = make(&app, &owner, json!({"name": "Bot"})).await;
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": "a\u{0}b"}), "name"),
        (json!({"name": "x".repeat(201)}), "name"),
        (json!({"name": 5}), "name"),
        (
            json!({"name": "Bot", "website": "javascript:alert(1)"}),
            "website",
        ),
        (
            json!({"name": "Bot", "website": "not an address"}),
            "website",
        ),
    ] {
        let refused = owner
            .call(&app, "POST", "/api/chatbots", &body)
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed", "{body}");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{refused}"
        );
    }
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (
            json!({"name": "New", "website": "ftp://example.com"}),
            "website",
        ),
        (
            json!({"name": "New", "personality": "x".repeat(20_001)}),
            "personality",
        ),
        (
            json!({"name": "New", "language": "not a language"}),
            "language",
        ),
        (
            json!({"name": "New", "appearance": {"primaryColor": "red"}}),
            "primaryColor",
        ),
        (
            json!({"name": "New", "appearance": {"position": "middle"}}),
            "position",
        ),
        (json!({"name": "New", "appearance": []}), "appearance"),
        (json!({"personality": 5}), "personality"),
    ] {
        let refused = owner
            .call(&app, "PATCH", &path(&bot), &body)
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed", "{body}");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{refused}"
        );
    }
    let ignored = json!({"plan": "pro", "ownerId": 9, "createdAt": "2020-01-01T00:00:00Z", "colour": "red",
        "appearance": {"accountId": 9, "enabled": false}});
    owner
        .call(&app, "PATCH", &path(&bot), &ignored)
        .await
        .expect(200);
    let list = owner.get(&app, "/api/chatbots").await.expect(200);
    assert_eq!(list["data"], json!([bot]));
}

on_both!(a_resend_makes_no_second_chatbot, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let send = async || {
        let request = owner
            .request("POST", "/api/chatbots")
            .header("content-type", "application/json")
            .header("idempotency-key", "once")
            .body(json!({"name": "Bot"}).to_string().into())
            .unwrap();
        owner.send(app, request).await.expect(201)
    };
    assert_eq!(send().await, send().await);
    let list = owner.get(app, "/api/chatbots").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
});

on_both!(deleting_a_chatbot_leaves_nothing_of_it, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let (program, _) = make_key(app, &owner, &[]).await;
    let before = counts(app).await;
    let bot = make(app, &program, json!({"name": "Bot"})).await;
    let (visitor, _) = furnish(app, &owner, bot["number"].as_i64().unwrap()).await;
    let reply = program
        .request(
            "POST",
            &format!(
                "/api/conversations/conv_{}/reply",
                visitor.conversation.slug
            ),
        )
        .header("content-type", "application/json")
        .header("idempotency-key", "reply")
        .body(json!({"message": "The secret of Acme"}).to_string().into())
        .unwrap();
    program.send(app, reply).await.expect(201);
    assert!(
        crate::desk::everything(app)
            .await
            .contains("The secret of Acme")
    );
    program
        .call(app, "DELETE", &path(&bot), &Value::Null)
        .await
        .expect(204);
    // Bytes in storage are deleted behind the rows.
    while parlance::core::job::run_due(app).await.unwrap() > 0 {}
    assert_eq!(counts(app).await, before);
    assert!(
        !crate::desk::everything(app)
            .await
            .contains("The secret of Acme")
    );
});

on_both!(
    strangers_find_no_chatbot_and_people_in_the_inbox_change_none,
    |app| {
        let owner = Person::owner(app, "ada@example.com").await;
        let bot = make(app, &owner, json!({"name": "Bot"})).await;
        let stranger = Person::owner(app, "eve@example.com").await;
        let (foreign, _) = make_key(app, &stranger, &[]).await;
        let (shut, _) = make_key(
            app,
            &owner,
            &["chat", "knowledge", "conversations", "webhooks"],
        )
        .await;
        let operator = Person::new(
            app,
            Some(owner.operator.account_id),
            "op@example.com",
            UserRole::Operator,
        )
        .await;
        let change = json!({"name": "Hacked"});
        for (caller, reads, writes) in [
            (&Caller::NOBODY, 401, 401),
            (&stranger.caller, 404, 404),
            (&foreign, 404, 404),
            (&shut, 403, 403),
            (&operator.caller, 200, 403),
        ] {
            caller.get(app, &path(&bot)).await.expect(reads);
            caller
                .call(app, "PATCH", &path(&bot), &change)
                .await
                .expect(writes);
            caller
                .call(app, "DELETE", &path(&bot), &Value::Null)
                .await
                .expect(writes);
        }
        let theirs = foreign.get(app, "/api/chatbots").await.expect(200);
        assert_eq!(theirs["data"], json!([]));
        shut.get(app, "/api/chatbots").await.expect(403);
        operator
            .call(app, "POST", "/api/chatbots", &json!({"name": "Mine"}))
            .await
            .expect(403);
        assert_eq!(owner.get(app, &path(&bot)).await.expect(200), bot);
    }
);
