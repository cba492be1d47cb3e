//! `/api/webhooks`: managing endpoints, seen through the real router.

use crate::caller::{Caller, Person};
use crate::support::{Engine, NOW, TestApp, on_both};
use base64::Engine as _;
use parlance::clock::{DAY, iso};
use parlance::store;
use serde_json::{Value, json};
use shared::account::UserRole;

const URL: &str = "https://hooks.example.com/parlance?key=1";

fn wanted() -> Value {
    json!({"url": URL, "events": ["new_message", "escalation"], "description": "CRM"})
}

async fn made(app: &TestApp, owner: &Person) -> Value {
    owner
        .call(app, "POST", "/api/webhooks", &wanted())
        .await
        .expect(201)
}

fn path(webhook: &Value, rest: &str) -> String {
    format!("/api/webhooks/{}{rest}", webhook["id"])
}

on_both!(an_endpoint_is_made_shown_changed_and_deleted, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let made = made(app, &owner).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    let key = secret.strip_prefix("whsec_").unwrap();
    assert_eq!(
        base64::prelude::BASE64_STANDARD.decode(key).unwrap().len(),
        32
    );
    let mut shown = made.clone();
    shown.as_object_mut().unwrap().remove("secret");
    assert_eq!(
        shown,
        json!({
            "id": made["id"], "url": URL, "description": "CRM", "events": ["new_message", "escalation"], "enabled": true,
            "disabledAt": null, "disabledReason": null, "failingSince": null, "previousSecretUntil": null,
            "createdAt": iso(NOW), "updatedAt": iso(NOW),
        })
    );
    assert_eq!(owner.get(app, &path(&made, "")).await.expect(200), shown);
    assert_eq!(
        owner.get(app, "/api/webhooks").await.expect(200),
        json!({"data": [shown], "nextCursor": null})
    );

    app.clock.advance(1_000);
    let change = json!({"events": ["admin_reply", "new_conversation", "admin_reply"], "description": null, "enabled": false});
    let changed = owner
        .call(app, "PATCH", &path(&made, ""), &change)
        .await
        .expect(200);
    assert_eq!(
        changed,
        json!({
            "id": made["id"], "url": URL, "description": null, "events": ["new_conversation", "admin_reply"], "enabled": false,
            "disabledAt": iso(NOW + 1_000), "disabledReason": null, "failingSince": null, "previousSecretUntil": null,
            "createdAt": iso(NOW), "updatedAt": iso(NOW + 1_000),
        })
    );
    let on = owner
        .call(app, "PATCH", &path(&made, ""), &json!({"enabled": true}))
        .await
        .expect(200);
    assert_eq!(
        (&on["enabled"], &on["disabledAt"]),
        (&json!(true), &Value::Null)
    );

    owner
        .call(app, "DELETE", &path(&made, ""), &Value::Null)
        .await
        .expect(204);
    for (method, rest) in [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/deliveries"),
        ("POST", "/rotate"),
        ("POST", "/deliveries/1/replay"),
    ] {
        let reply = owner
            .call(app, method, &path(&made, rest), &json!({}))
            .await;
        assert_eq!(reply.status, 404, "{method} {rest}");
        assert_eq!(
            reply.body,
            json!({"error": "not_found", "message": "Not found."})
        );
    }
});

on_both!(
    a_rotated_secret_is_shown_once_and_the_old_one_lasts_a_day,
    |app| {
        let owner = Person::owner(app, "ada@example.com").await;
        let made = made(app, &owner).await;
        let rotated = owner
            .call(app, "POST", &path(&made, "/rotate"), &json!({}))
            .await
            .expect(200);
        assert!(rotated["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_ne!(rotated["secret"], made["secret"]);
        assert_eq!(rotated["previousSecretUntil"], json!(iso(NOW + DAY)));
        let shown = owner.get(app, &path(&made, "")).await.expect(200);
        assert_eq!(shown.get("secret"), None);
    }
);

#[tokio::test]
async fn secrets_are_stored_encrypted() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let made = made(&app, &owner).await;
    let mut connection = app.db.read().await.unwrap();
    let stored = store::webhook::any(&mut connection, made["id"].as_i64().unwrap())
        .await
        .unwrap()
        .unwrap();
    let secret = made["secret"].as_str().unwrap();
    let key = secret.trim_start_matches("whsec_").as_bytes();
    assert!(!stored.secret.windows(key.len()).any(|window| window == key));
}

on_both!(a_resend_gets_the_first_endpoint_with_its_secret, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let send = async |body: Value| {
        let request = owner
            .request("POST", "/api/webhooks")
            .header("content-type", "application/json")
            .header("idempotency-key", "once")
            .body(body.to_string().into())
            .unwrap();
        owner.send(app, request).await
    };
    let first = send(wanted()).await.expect(201);
    assert_eq!(send(wanted()).await.expect(201), first);
    let other = send(json!({"url": URL, "events": ["escalation"]})).await;
    assert_eq!(other.expect(400)["error"], "validation_failed");
    let list = owner.get(app, "/api/webhooks").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
});

#[tokio::test]
async fn what_cannot_be_an_endpoint_is_refused_and_not_stored() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let events = json!(["new_message"]);
    for (body, code) in [
        (json!({"events": events}), "validation_failed"),
        (json!({"url": URL}), "validation_failed"),
        (json!({"url": URL, "events": []}), "validation_failed"),
        (
            json!({"url": URL, "events": ["new_order"]}),
            "validation_failed",
        ),
        (
            json!({"url": URL, "events": "new_message"}),
            "validation_failed",
        ),
        (
            json!({"url": URL, "events": events, "enabled": "yes"}),
            "validation_failed",
        ),
        (
            json!({"url": URL, "events": events, "description": "a\nb"}),
            "validation_failed",
        ),
        (
            json!({"url": URL, "events": events, "description": "x".repeat(501)}),
            "validation_failed",
        ),
        (
            json!({"url": format!("https://a.example/{}", "x".repeat(2_048)), "events": events}),
            "validation_failed",
        ),
        (json!({"url": "", "events": events}), "forbidden_address"),
        (
            json!({"url": "hooks", "events": events}),
            "forbidden_address",
        ),
        (
            json!({"url": "ftp://a.example/", "events": events}),
            "forbidden_address",
        ),
        (
            json!({"url": "http://127.0.0.1/", "events": events}),
            "forbidden_address",
        ),
        (
            json!({"url": "http://2130706433/", "events": events}),
            "forbidden_address",
        ),
        (
            json!({"url": "http://[::1]/", "events": events}),
            "forbidden_address",
        ),
        (
            json!({"url": "http://169.254.169.254/latest", "events": events}),
            "forbidden_address",
        ),
        (
            json!({"url": "https://user:word@a.example/", "events": events}),
            "forbidden_address",
        ),
        (
            json!({"url": "https://a.example:6379/", "events": events}),
            "forbidden_address",
        ),
    ] {
        let reply = owner.call(&app, "POST", "/api/webhooks", &body).await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.body);
        assert_eq!(reply.body["error"], code, "{body}");
        assert!(reply.body["message"].is_string());
    }
    let list = owner.get(&app, "/api/webhooks").await.expect(200);
    assert_eq!(list["data"], json!([]));

    let made = made(&app, &owner).await;
    for (body, code) in [
        (json!({"url": "http://10.0.0.1/"}), "forbidden_address"),
        (json!({"events": []}), "validation_failed"),
        (json!({"url": null, "events": ["x"]}), "validation_failed"),
    ] {
        let reply = owner.call(&app, "PATCH", &path(&made, ""), &body).await;
        assert_eq!(reply.expect(400)["error"], code, "{body}");
    }
    let shown = owner.get(&app, &path(&made, "")).await.expect(200);
    assert_eq!(shown["url"], URL);
}

#[tokio::test]
async fn lists_go_on_and_are_bounded() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.insert(0, made(&app, &owner).await["id"].clone());
    }
    let refused = owner.call(&app, "POST", "/api/webhooks", &wanted()).await;
    assert_eq!(refused.expect(409)["error"], "conflict");
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = owner
            .get(&app, &format!("/api/webhooks?limit=7{cursor}"))
            .await
            .expect(200);
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].clone()),
        );
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ids);
    for query in ["limit=0", "limit=201", "limit=x", "cursor=x"] {
        for rest in [
            format!("?{query}"),
            format!("/{}/deliveries?{query}", ids[0]),
        ] {
            let reply = owner.get(&app, &format!("/api/webhooks{rest}")).await;
            assert_eq!(reply.expect(400)["error"], "validation_failed", "{rest}");
        }
    }
}

#[tokio::test]
async fn people_who_only_work_in_the_inbox_may_not_manage_webhooks() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let made = made(&app, &owner).await;
    let account = Some(owner.operator.account_id);
    let helper = Person::new(&app, account, "bob@example.com", UserRole::Operator).await;
    for (method, path) in [
        ("GET", "/api/webhooks".to_owned()),
        ("POST", "/api/webhooks".to_owned()),
        ("GET", path(&made, "")),
        ("PATCH", path(&made, "")),
        ("DELETE", path(&made, "")),
        ("POST", path(&made, "/rotate")),
        ("GET", path(&made, "/deliveries")),
        ("POST", path(&made, "/deliveries/1/replay")),
    ] {
        let reply = helper.call(&app, method, &path, &wanted()).await;
        assert_eq!(reply.expect(403)["error"], "forbidden", "{method} {path}");
        let reply = Caller::NOBODY.call(&app, method, &path, &wanted()).await;
        assert_eq!(
            reply.expect(401)["error"],
            "unauthenticated",
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_program_with_the_scope_may_manage_webhooks() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    for (scope, status) in [("webhooks", 201), ("knowledge", 403)] {
        let key = json!({"name": scope, "scopes": [scope]});
        let key = owner
            .call(&app, "POST", "/api/keys", &key)
            .await
            .expect(201);
        let program = Caller {
            token: Some(key["key"].as_str().unwrap().to_owned()),
        };
        let reply = program.call(&app, "POST", "/api/webhooks", &wanted()).await;
        assert_eq!(reply.status, status, "{scope}: {}", reply.body);
    }
}
