//! `GET/PATCH /api/v1/site`, `GET /api/v1/embed`, the site's key: document S0, line by line.

use crate::developer::{Keyed, call, is_key, keyed};
use crate::support::{Engine, TestApp, on_both};
use parlance::clock::MINUTE;
use parlance::core::site::key;
use parlance::store;
use serde_json::{Value, json};

const SITE: &str = "/api/v1/site";

/// The fields of the document's table for `GET /site`, and the types it gives them.
const DOCUMENTED: [(&str, char); 18] = [
    ("id", 's'),
    ("domain", 's'),
    ("displayName", 's'),
    ("starterPrompt", 's'),
    ("customPrompt", 's'),
    ("primaryColor", 's'),
    ("greetingText", 's'),
    ("position", 's'),
    ("welcomeMessage", 's'),
    ("businessHours", 'o'),
    ("allowedOrigins", 's'),
    ("contactPhone", 's'),
    ("contactEmail", 's'),
    ("websiteUrl", 's'),
    ("tosUrl", 's'),
    ("privacyUrl", 's'),
    ("contactUrl", 's'),
    ("enabled", 'b'),
];

/// What a table's field takes and refuses; the last entry is how a good value is read back where that differs.
fn editable() -> Vec<(&'static str, Value, Vec<Value>)> {
    let color = || vec![json!("red"), json!("#12"), json!("4338ca"), json!(7)];
    let text = || vec![json!(7), json!(null), json!("a\u{0}b")];
    let link = || vec![json!("javascript:alert(1)"), json!(7)];
    vec![
        ("displayName", json!("Acme"), vec![json!(""), json!(1)]),
        ("title", json!("Acme"), vec![json!(" "), json!(null)]),
        ("starterPrompt", json!("You are Acme's."), text()),
        ("resetStarterPrompt", json!(true), vec![json!("yes")]),
        ("primaryColor", json!("#4338ca"), color()),
        ("brandColor", json!("#abc"), color()),
        ("bgColor", json!("#ffffff"), color()),
        ("fontColor", json!("#000"), color()),
        ("buttonColor", json!("#ABCDEF"), color()),
        ("glowColor", json!("#123"), vec![json!("red"), json!(7)]),
        ("greetingText", json!("Welcome back!"), text()),
        (
            "position",
            json!("top-left"),
            vec![json!("middle"), json!(1)],
        ),
        ("welcomeMessage", json!("Ask me."), text()),
        (
            "businessHours",
            json!({"mon": "9-17", "tue": ["9-12", "13-17"]}),
            vec![json!("always"), json!({"mon": "25-26"}), json!(5)],
        ),
        (
            "allowedOrigins",
            json!("https://acme.com"),
            vec![json!("acme"), json!(["https://acme.com"])],
        ),
        ("contactPhone", json!("555-0100"), vec![json!(5_550_100)]),
        ("contactEmail", json!("support@acme.com"), vec![json!("x")]),
        ("websiteUrl", json!("https://acme.com"), link()),
        ("tosUrl", json!("https://acme.com/terms"), link()),
        ("privacyUrl", json!("https://acme.com/privacy"), link()),
        ("contactUrl", json!("https://acme.com/contact"), link()),
        ("sttProvider", json!("whisper"), text()),
        ("ttsVoice", json!("alloy"), text()),
        ("ttsSpeed", json!("1.1"), vec![json!("fast"), json!("9")]),
        ("cornerStyle", json!("pill"), vec![json!("round")]),
        ("dropShadow", json!("strong"), vec![json!("big")]),
        ("glowSize", json!("large"), vec![json!("huge")]),
        ("glowStrength", json!("soft"), vec![json!(3)]),
        ("aiMode", json!("off"), vec![json!("maybe"), json!(true)]),
        (
            "aiReplyDelaySec",
            json!(600),
            vec![json!(0), json!(601), json!("30"), json!(1.5)],
        ),
        ("enabled", json!(false), vec![json!("no"), json!(0)]),
    ]
}

on_both!(the_documents_own_requests_work_as_written, |app| {
    let site = Keyed::new(app, "ada@example.com").await;
    let read = site.get(app, SITE).await;
    for (field, kind) in DOCUMENTED {
        let value = &read[field];
        let fits = match kind {
            's' => value.is_string(),
            'b' => value.is_boolean(),
            _ => value.is_object(),
        };
        assert!(fits, "{field}: {value}");
    }
    assert!(read["id"].as_str().unwrap().starts_with("site_"));
    assert_eq!(read["domain"], "acme.com");
    assert_eq!(read["displayName"], "Acme Support");
    for never in ["userId", "plan", "apiKey", "createdAt", "payment"] {
        assert!(read.get(never).is_none(), "{never}");
    }

    let body = json!({"greetingText": "Welcome back!", "brandColor": "#4338ca"});
    let updated = site.call(app, "PATCH", SITE, &body).await.expect(200);
    assert_eq!(updated["greetingText"], "Welcome back!");
    assert_eq!(updated["primaryColor"], "#4338ca");
    assert_eq!(
        updated,
        site.get(app, SITE).await,
        "same shape as GET /site"
    );

    let embed = site.get(app, "/api/v1/embed").await;
    let tag = format!(
        "<script src=\"http://chat.example/widget.js\" data-site=\"{}\" async></script>",
        read["id"].as_str().unwrap()
    );
    assert_eq!(embed, json!({"snippet": tag}));

    let query = format!("/api/site?siteId={}", site.site_id);
    let flat = site.get(app, &query).await;
    assert_eq!(flat, site.get(app, SITE).await);
    let body =
        json!({"siteId": site.site_id, "primaryColor": "#abe300", "starterPrompt": "You are ..."});
    let updated = site
        .call(app, "PATCH", "/api/sites", &body)
        .await
        .expect(200);
    assert_eq!(updated["primaryColor"], "#abe300");
    assert_eq!(updated["starterPrompt"], "You are ...");
    assert!(updated.get("apiKey").is_none(), "only for the owner");
});

on_both!(
    each_editable_field_takes_good_values_and_refuses_bad_ones,
    |app| {
        let site = Keyed::new(app, "ada@example.com").await;
        for (field, good, bad) in editable() {
            // Past the limit of one minute.
            app.clock.advance(MINUTE);
            let before = site.get(app, SITE).await;
            for value in bad {
                // Beside a good change, which must not be made either.
                let body = json!({"language": "pt-BR", field: value});
                let refused = site.call(app, "PATCH", SITE, &body).await.expect(400);
                assert_eq!(refused["error"], "validation_failed", "{field} {value}");
                let message = refused["message"].as_str().unwrap();
                assert!(message.contains(field), "{field} {value}: {message}");
            }
            assert_eq!(site.get(app, SITE).await, before, "{field}: all or nothing");
            let body = json!({field: good});
            let after = site.call(app, "PATCH", SITE, &body).await.expect(200);
            match field {
                "title" => assert_eq!(after["displayName"], good),
                "brandColor" => assert_eq!(after["primaryColor"], good),
                "resetStarterPrompt" => assert_eq!(after["customPrompt"], ""),
                "starterPrompt" => assert_eq!(after["customPrompt"], good),
                _ => assert_eq!(after[field], good, "{field}"),
            }
            assert_eq!(site.get(app, SITE).await, after, "{field}");
        }
        let none = json!({"glowColor": null});
        let after = site.call(app, "PATCH", SITE, &none).await.expect(200);
        assert_eq!(after["glowColor"], Value::Null);
        let text = json!({"businessHours": "{\"wed\": \"closed\"}"});
        let after = site.call(app, "PATCH", SITE, &text).await.expect(200);
        assert_eq!(after["businessHours"], json!({"wed": "closed"}));
    }
);

#[tokio::test]
async fn other_fields_are_refused_by_what_they_are() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = Keyed::new(&app, "ada@example.com").await;
    let before = site.get(&app, SITE).await;
    for (field, status, code) in [
        ("colour", 400, "unknown_field"),
        ("greeting_text", 400, "unknown_field"),
        ("userId", 403, "forbidden_field"),
        ("ownerId", 403, "forbidden_field"),
        ("plan", 403, "forbidden_field"),
        ("planId", 403, "forbidden_field"),
        ("paymentMethod", 403, "forbidden_field"),
        ("apiKey", 403, "forbidden_field"),
        ("createdAt", 403, "forbidden_field"),
        ("id", 403, "forbidden_field"),
    ] {
        let body = json!({"greetingText": "new", field: "x"});
        let refused = site.call(&app, "PATCH", SITE, &body).await.expect(status);
        assert_eq!(refused["error"], code, "{field}");
        assert!(refused["message"].as_str().unwrap().contains(field));
    }
    for body in [json!([]), json!("x"), json!(5)] {
        let refused = site.call(&app, "PATCH", SITE, &body).await.expect(400);
        assert_eq!(refused["error"], "validation_failed", "{body}");
    }
    assert_eq!(site.get(&app, SITE).await, before);
    let unchanged = site.call(&app, "PATCH", SITE, &json!({})).await.expect(200);
    assert_eq!(unchanged, before);
}

#[tokio::test]
async fn a_missing_or_wrong_key_is_refused_with_the_documents_sentence() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = Keyed::new(&app, "ada@example.com").await;
    let other = Keyed::new(&app, "eve@example.com").await;
    let expected = json!({
        "error": "invalid_api_key",
        "message": "The X-API-Key header is missing or invalid."
    });
    let token = format!("Bearer {}", site.owner.token.as_deref().unwrap());
    let upper = site.key.to_uppercase();
    for (method, path, body) in [
        ("GET", SITE, Value::Null),
        ("PATCH", SITE, json!({"greetingText": "x"})),
        ("GET", "/api/v1/embed", Value::Null),
        ("POST", "/api/v1/chat", json!({"message": "Hi"})),
    ] {
        for headers in [
            &[][..],
            &[("x-api-key", "")],
            &[("x-api-key", "9f86d081884c7d659a2feaa0c55ad015")],
            &[("x-api-key", upper.as_str())],
            &[("authorization", token.as_str())],
        ] {
            let refused = call(&app, method, path, headers, &body).await.expect(401);
            assert_eq!(refused, expected, "{method} {path}");
        }
        let both = [("x-api-key", site.key.as_str()), ("x-api-key", &other.key)];
        let refused = call(&app, method, path, &both, &body).await.expect(400);
        assert_eq!(refused["error"], "conflicting_credentials");
    }
}

on_both!(a_key_opens_one_site_until_it_is_rotated, |app| {
    let site = Keyed::new(app, "ada@example.com").await;
    let reveal = format!("/api/chatbots/{}/api-key", site.chatbot);
    assert!(is_key(&json!(site.key)));
    let again = site.owner.get(app, &reveal).await.expect(200);
    assert_eq!(again, json!({"apiKey": site.key}), "shown any time");
    let owned = format!("/api/site?siteId={}", site.site_id);
    let owned = site.owner.get(app, &owned).await.expect(200);
    assert_eq!(owned["apiKey"], site.key.as_str());

    let rotated = site
        .owner
        .call(app, "POST", &format!("{reveal}/rotate"), &json!({}))
        .await
        .expect(200);
    assert!(is_key(&rotated["apiKey"]));
    assert_ne!(rotated["apiKey"], site.key.as_str());
    site.call(app, "GET", SITE, &Value::Null).await.expect(401);
    let new = rotated["apiKey"].as_str().unwrap();
    keyed(app, new, "GET", SITE, &Value::Null).await.expect(200);

    let bot = site.chatbot.replace("bot_", "/bots/ch_");
    site.owner
        .call(app, "DELETE", &bot, &Value::Null)
        .await
        .expect(204);
    keyed(app, new, "GET", SITE, &Value::Null).await.expect(401);
});

on_both!(
    a_site_from_before_gets_its_key_when_it_is_asked_for,
    |app| {
        let owner = app.owner("ada@example.com").await;
        let site = app.site(&owner, Default::default()).await;
        let spelling = format!("bot_{}", site.slug);
        let (one, two) = tokio::join!(
            key::reveal(app, &owner, &spelling),
            key::reveal(app, &owner, &spelling)
        );
        assert_eq!(one.as_ref().unwrap(), &two.unwrap(), "asked twice at once");
        assert_eq!(key::open(app, &one.unwrap()).await.unwrap().id, site.id);
    }
);

on_both!(
    keys_are_stored_so_that_the_database_alone_opens_nothing,
    |app| {
        let owner = app.owner("ada@example.com").await;
        let site = app.site(&owner, Default::default()).await;
        let made = key::show(app, &site).await.unwrap();
        let mut connection = app.db.read().await.unwrap();
        let stored = store::site_key::get(&mut connection, owner.account_id, site.id)
            .await
            .unwrap()
            .unwrap();
        assert!(
            !stored
                .windows(8)
                .any(|window| window == &made.as_bytes()[..8])
        );
        let foreign = store::site_key::get(&mut connection, owner.account_id + 1, site.id);
        assert_eq!(foreign.await.unwrap(), None);
    }
);

#[tokio::test]
async fn the_flat_endpoints_hold_the_key_against_the_site() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = Keyed::new(&app, "ada@example.com").await;
    let other = Keyed::new(&app, "eve@example.com").await;
    let theirs = format!("/api/site?siteId={}", other.site_id);
    let missing = site
        .call(&app, "GET", "/api/site?siteId=424242", &Value::Null)
        .await;
    let missing = missing.expect(403);
    assert_eq!(missing["error"], "forbidden");
    let refused = site
        .call(&app, "GET", &theirs, &Value::Null)
        .await
        .expect(403);
    assert_eq!(refused, missing, "told apart by nobody");
    let body = json!({"siteId": other.site_id, "greetingText": "hacked"});
    let refused = site
        .call(&app, "PATCH", "/api/sites", &body)
        .await
        .expect(403);
    assert_eq!(refused, missing);
    assert_ne!(other.get(&app, SITE).await["greetingText"], "hacked");

    let token = format!("Bearer {}", site.owner.token.as_deref().unwrap());
    let mine = format!("/api/site?siteId={}", site.site_id);
    let both = [("authorization", token.as_str()), ("x-api-key", &site.key)];
    let read = call(&app, "GET", &mine, &both, &Value::Null)
        .await
        .expect(200);
    assert_eq!(read["apiKey"], site.key.as_str());
    let both = [("authorization", token.as_str()), ("x-api-key", &other.key)];
    let refused = call(&app, "GET", &mine, &both, &Value::Null)
        .await
        .expect(400);
    assert_eq!(refused["error"], "conflicting_credentials");
    // Two sites of one account, named by the two credentials, are not one either.
    let bot = json!({"name": "Second"});
    let made = site.owner.call(&app, "POST", "/bots", &bot).await;
    let second = made.expect(201)["id"].as_i64().unwrap();
    let path = format!("/api/site?siteId={second}");
    let second_key = site.owner.get(&app, &path).await.expect(200)["apiKey"].clone();
    let second_key = second_key.as_str().unwrap();
    let both = [("authorization", token.as_str()), ("x-api-key", second_key)];
    let refused = call(&app, "GET", &mine, &both, &Value::Null).await;
    assert_eq!(refused.expect(400)["error"], "conflicting_credentials");
    let body = json!({"siteId": site.site_id, "greetingText": "hacked"});
    let refused = call(&app, "PATCH", "/api/sites", &both, &body).await;
    assert_eq!(refused.expect(400)["error"], "conflicting_credentials");
    assert_ne!(site.get(&app, SITE).await["greetingText"], "hacked");
    let theirs = format!("/api/site?siteId={second}");
    call(&app, "GET", &theirs, &both, &Value::Null)
        .await
        .expect(200);
    let slug = site.chatbot.strip_prefix("bot_").unwrap();
    let unknown = format!("/api/site?siteId=zzz_{slug}");
    site.call(&app, "GET", &unknown, &Value::Null)
        .await
        .expect(403);
    let nobody = call(&app, "GET", &mine, &[], &Value::Null)
        .await
        .expect(401);
    assert_eq!(nobody["error"], "invalid_api_key");
    for path in ["/api/site", "/api/site?siteId="] {
        let refused = site.call(&app, "GET", path, &Value::Null).await.expect(400);
        assert_eq!(refused["error"], "validation_failed");
    }
}

#[tokio::test]
async fn a_key_may_ask_120_times_a_minute() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = Keyed::new(&app, "ada@example.com").await;
    let other = Keyed::new(&app, "eve@example.com").await;
    let flat = format!("/api/site?siteId={}", site.site_id);
    for path in ["/api/v1/embed", &flat] {
        for _ in 0..60 {
            site.get(&app, path).await;
        }
    }
    let body = json!({"siteId": site.site_id});
    for (method, path, body) in [
        ("GET", SITE, &Value::Null),
        ("PATCH", SITE, &json!({})),
        ("GET", "/api/v1/embed", &Value::Null),
        ("GET", &flat, &Value::Null),
        ("PATCH", "/api/sites", &body),
    ] {
        let refused = site.call(&app, method, path, body).await;
        assert_eq!(refused.headers["retry-after"], "60", "{method} {path}");
        assert_eq!(refused.expect(429)["error"], "rate_limited");
    }
    other.get(&app, SITE).await;
    app.clock.advance(MINUTE);
    site.get(&app, SITE).await;
}

#[tokio::test]
async fn pages_of_any_origin_may_call() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = Keyed::new(&app, "ada@example.com").await;
    for path in [
        "/api/v1/site",
        "/api/v1/chat",
        "/api/v1/developers",
        "/api/sites",
    ] {
        let asks = [
            ("origin", "https://anywhere.example"),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "x-api-key,content-type"),
        ];
        let reply = call(&app, "OPTIONS", path, &asks, &Value::Null).await;
        assert_eq!(reply.status, 204, "{path}");
        assert_eq!(reply.headers["access-control-allow-origin"], "*");
        let allowed = reply.headers["access-control-allow-headers"]
            .to_str()
            .unwrap();
        for header in [
            "x-api-key",
            "content-type",
            "authorization",
            "x-developer-key",
        ] {
            assert!(allowed.contains(header), "{header}");
        }
        let methods = reply.headers["access-control-allow-methods"]
            .to_str()
            .unwrap();
        assert!(methods.contains("PATCH") && methods.contains("POST"));
    }
    for key in [site.key.as_str(), "wrong"] {
        let headers = [("origin", "https://anywhere.example"), ("x-api-key", key)];
        let reply = call(&app, "GET", SITE, &headers, &Value::Null).await;
        assert_eq!(reply.headers["access-control-allow-origin"], "*");
        assert!(
            !reply
                .headers
                .contains_key("access-control-allow-credentials")
        );
    }
    let elsewhere = [("origin", "https://anywhere.example")];
    let reply = call(&app, "GET", "/api/conversations", &elsewhere, &Value::Null).await;
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
}
