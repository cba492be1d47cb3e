//! `GET /api/site` and `PATCH /api/sites` through the real router.

use crate::caller::Person;
use crate::support::{Engine, TestApp, on_both};
use serde_json::{Value, json};
use shared::account::UserRole;

async fn house(app: &TestApp) -> (Person, i64) {
    let owner = Person::owner(app, "ada@example.com").await;
    let made = owner
        .call(
            app,
            "POST",
            "/bots",
            &json!({"name": "Acme", "domain": "acme.com"}),
        )
        .await
        .expect(201);
    (owner, made["id"].as_i64().unwrap())
}

async fn read(app: &TestApp, owner: &Person, site_id: i64) -> Value {
    owner
        .get(app, &format!("/api/site?siteId={site_id}"))
        .await
        .expect(200)
}

on_both!(every_documented_field_can_be_set_and_is_read_back, |app| {
    let (owner, site_id) = house(app).await;
    let before = read(app, &owner, site_id).await;
    let slug = before["id"]
        .as_str()
        .unwrap()
        .strip_prefix("site_")
        .unwrap()
        .to_owned();
    assert_eq!(before["siteId"], site_id);
    assert_eq!(before["domain"], "acme.com");
    assert_eq!(before["customPrompt"], "");
    assert!(before["starterPrompt"].as_str().unwrap().contains("Acme"));
    assert_eq!(before["enabled"], true);
    assert_eq!(before["businessHours"], json!({}));
    assert_eq!(
        before["snippet"],
        format!(
            "<script src=\"http://chat.example/widget.js\" data-site=\"site_{slug}\" async></script>"
        )
    );
    assert_eq!(before["apiKey"].as_str().unwrap().len(), 32);
    assert_eq!(before["userId"], owner.operator.account_id);
    assert_eq!(before["createdAt"], "2026-01-05T10:00:00.000Z");
    for never in ["plan", "kycSecret"] {
        assert!(before.get(never).is_none(), "{never}");
    }

    let fields = json!({
        "title": "Acme Support",
        "starterPrompt": "You are Acme's concierge.",
        "brandColor": "#abe300",
        "bgColor": "#fff",
        "fontColor": "#111111",
        "buttonColor": "#222",
        "glowColor": "#333333",
        "greetingText": "Welcome back!",
        "position": "top-right",
        "welcomeMessage": "Ask me anything.",
        "businessHours": {"mon": "9-17", "sat": "closed", "timezone": "Europe/Berlin"},
        "allowedOrigins": "https://acme.com, https://*.acme.com",
        "contactPhone": "555-0100",
        "contactEmail": "support@acme.com",
        "websiteUrl": "https://acme.com/",
        "tosUrl": "https://acme.com/terms",
        "privacyUrl": "https://acme.com/privacy",
        "contactUrl": "https://acme.com/contact",
        "sttProvider": "whisper",
        "ttsVoice": "alloy",
        "ttsSpeed": "1.1",
        "cornerStyle": "square",
        "dropShadow": "none",
        "glowSize": "small",
        "glowStrength": "strong",
        "aiMode": "delay",
        "aiReplyDelaySec": 45,
        "enabled": false,
    });
    let mut request = fields.clone();
    request["siteId"] = json!(site_id);
    let after = owner
        .call(app, "PATCH", "/api/sites", &request)
        .await
        .expect(200);
    for (field, value) in fields.as_object().unwrap() {
        let (field, value) = match field.as_str() {
            "title" => ("displayName", value.clone()),
            "brandColor" => ("primaryColor", value.clone()),
            "allowedOrigins" => (
                "allowedOrigins",
                json!("https://acme.com,https://*.acme.com"),
            ),
            field => (field, value.clone()),
        };
        assert_eq!(after[field], value, "{field}");
    }
    assert_eq!(after["customPrompt"], "You are Acme's concierge.");
    assert_eq!(read(app, &owner, site_id).await, after);

    let reset = json!({"siteId": site_id, "resetStarterPrompt": true});
    let after = owner
        .call(app, "PATCH", "/api/sites", &reset)
        .await
        .expect(200);
    assert_eq!(after["customPrompt"], "");
    assert!(
        after["starterPrompt"]
            .as_str()
            .unwrap()
            .contains("Acme Support")
    );
});

#[tokio::test]
async fn refusals_name_code_and_field_and_change_nothing() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, site_id) = house(&app).await;
    let before = read(&app, &owner, site_id).await;
    for (fields, status, code, field) in [
        (json!({"colour": "#fff"}), 400, "unknown_field", "colour"),
        (
            json!({"greetingText": "new", "position": "middle"}),
            400,
            "validation_failed",
            "position",
        ),
        (
            json!({"greetingText": "new", "brandColor": "red"}),
            400,
            "validation_failed",
            "brandColor",
        ),
        (
            json!({"businessHours": "always"}),
            400,
            "validation_failed",
            "businessHours",
        ),
        (
            json!({"aiReplyDelaySec": 0}),
            400,
            "validation_failed",
            "aiReplyDelaySec",
        ),
        (
            json!({"contactEmail": "nobody"}),
            400,
            "validation_failed",
            "contactEmail",
        ),
        (
            json!({"displayName": "a\u{0}b"}),
            400,
            "validation_failed",
            "displayName",
        ),
        (
            json!({"greetingText": "new", "userId": 1}),
            403,
            "forbidden_field",
            "userId",
        ),
        (json!({"plan": "pro"}), 403, "forbidden_field", "plan"),
        (json!({"apiKey": "x"}), 403, "forbidden_field", "apiKey"),
        (
            json!({"paymentMethod": "x"}),
            403,
            "forbidden_field",
            "paymentMethod",
        ),
    ] {
        let mut request = fields.clone();
        request["siteId"] = json!(site_id);
        let refused = owner
            .call(&app, "PATCH", "/api/sites", &request)
            .await
            .expect(status);
        assert_eq!(refused["error"], code, "{fields}");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{refused}"
        );
        assert_eq!(refused.as_object().unwrap().len(), 2);
    }
    assert_eq!(read(&app, &owner, site_id).await, before);
}

#[tokio::test]
async fn the_site_must_be_named_and_owned() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, site_id) = house(&app).await;
    for (request, status, code) in [
        (json!({"greetingText": "x"}), 400, "validation_failed"),
        (json!({"siteId": null}), 400, "validation_failed"),
        (json!({"siteId": {}}), 400, "validation_failed"),
        (json!([]), 400, "validation_failed"),
        (json!({"siteId": 424_242}), 403, "forbidden"),
    ] {
        let refused = owner
            .call(&app, "PATCH", "/api/sites", &request)
            .await
            .expect(status);
        assert_eq!(refused["error"], code, "{request}");
    }
    owner.get(&app, "/api/site").await.expect(400);
    owner.get(&app, "/api/site?siteId=").await.expect(400);
    let missing = owner.get(&app, "/api/site?siteId=424242").await.expect(403);

    let stranger = Person::owner(&app, "eve@example.com").await;
    let path = format!("/api/site?siteId={site_id}");
    assert_eq!(
        stranger.get(&app, &path).await.expect(403),
        missing,
        "told apart by nobody"
    );
    let theirs = json!({"siteId": site_id, "greetingText": "hacked"});
    assert_eq!(
        stranger
            .call(&app, "PATCH", "/api/sites", &theirs)
            .await
            .expect(403),
        missing
    );

    let operator = Person::new(
        &app,
        Some(owner.operator.account_id),
        "op@example.com",
        UserRole::Operator,
    )
    .await;
    operator.get(&app, &path).await.expect(403);
    operator
        .call(&app, "PATCH", "/api/sites", &theirs)
        .await
        .expect(403);
    assert_ne!(read(&app, &owner, site_id).await["greetingText"], "hacked");
}

on_both!(two_changes_at_once_both_count, |app| {
    let (owner, site_id) = house(app).await;
    let (greeting, welcome) = (
        json!({"siteId": site_id, "greetingText": "one"}),
        json!({"siteId": site_id, "welcomeMessage": "two"}),
    );
    let (one, two) = tokio::join!(
        owner.call(app, "PATCH", "/api/sites", &greeting),
        owner.call(app, "PATCH", "/api/sites", &welcome)
    );
    assert_eq!((one.status, two.status), (200, 200));
    let after = read(app, &owner, site_id).await;
    assert_eq!(
        (&after["greetingText"], &after["welcomeMessage"]),
        (&json!("one"), &json!("two"))
    );
});
