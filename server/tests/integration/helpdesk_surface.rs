//! Document S2, line by line: the surface of a site's own contact form.

use crate::caller::Person;
use crate::desk::counts;
use crate::outsider::{Field, Outsider, bytes, png, quiet};
use crate::support::{Engine, NOW, TestApp, on_both};
use axum::body::Body;
use parlance::clock::{MINUTE, SECOND, iso};
use serde_json::{Value, json};
use shared::site::SiteSettings;

const TOO_LONG: &str = "Message is too long (maximum 10000 characters)";

async fn outsider(app: &TestApp, settings: SiteSettings) -> (Person, Outsider) {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, settings).await;
    (owner, Outsider::at(&site, "visitor-1"))
}

fn enquiry(token: &str) -> Value {
    json!({
        "name": "Jane Doe",
        "email": "jane@example.com",
        "message": "Hi, I need help with billing.",
        "visitor_token": token,
    })
}

async fn begun(app: &TestApp, settings: SiteSettings) -> (Person, Outsider) {
    let (owner, outsider) = outsider(app, settings).await;
    outsider
        .help(app, "POST", "conversations", &enquiry("visitor-1"))
        .await
        .expect(201);
    (owner, outsider)
}

const MESSAGES: &str = "conversations/visitor-1/messages";

async fn row(app: &TestApp, owner: &Person) -> Value {
    owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone()
}

on_both!(the_configuration_holds_the_greeting, |app| {
    let settings = SiteSettings {
        greeting_text: "Hi there! How can we help?".into(),
        ..quiet()
    };
    let (_, outsider) = outsider(app, settings).await;
    let config = outsider.help(app, "GET", "config", &Value::Null).await;
    assert_eq!(
        config.expect(200),
        json!({"greeting": "Hi there! How can we help?"})
    );
});

on_both!(a_conversation_is_begun_answered_and_read, |app| {
    let (owner, outsider) = outsider(app, quiet()).await;
    let created = outsider
        .help(app, "POST", "conversations", &enquiry("visitor-1"))
        .await
        .expect(201);
    assert!(
        created["conversation_token"]
            .as_str()
            .is_some_and(|token| token.len() > 10)
    );
    assert_eq!(
        created["auto_reply"],
        "Thanks for reaching out! We'll get back to you soon."
    );
    let row = row(app, &owner).await;
    assert_eq!(row["visitor"]["name"], "Jane Doe");
    assert_eq!(row["visitor"]["email"], "jane@example.com");
    assert_eq!(row["preview"], "Hi, I need help with billing.");

    app.clock.advance(5 * MINUTE);
    let path = format!("/api/conversations/{}/reply", row["number"]);
    let text = json!({"message": "Sure! Let me look into that for you."});
    owner.call(app, "POST", &path, &text).await.expect(201);
    let messages = outsider
        .help(app, "GET", MESSAGES, &Value::Null)
        .await
        .expect(200);
    let ids: Vec<_> = messages
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    assert_eq!(
        messages,
        json!([
            {
                "id": ids[0],
                "direction": "inbound",
                "body": "Hi, I need help with billing.",
                "timestamp": "2026-01-05T10:00:00.000Z",
                "author": "Jane Doe",
            },
            {
                "id": ids[1],
                "direction": "outbound",
                "body": "Sure! Let me look into that for you.",
                "timestamp": "2026-01-05T10:05:00.000Z",
                "author": "ada",
            },
        ])
    );
    for since in ["2026-01-05T10:00:00Z", "2026-01-05T12:04:59.999%2B02:00"] {
        let path = format!("{MESSAGES}?since={since}");
        let news = outsider
            .help(app, "GET", &path, &Value::Null)
            .await
            .expect(200);
        assert_eq!(news, json!([messages[1]]), "{since}");
    }
    let path = format!("{MESSAGES}?since=2026-01-05T10:05:00Z");
    let news = outsider
        .help(app, "GET", &path, &Value::Null)
        .await
        .expect(200);
    assert_eq!(news, json!([]));
});

on_both!(the_assistant_answers_as_the_sites_mode_says, |app| {
    let (owner, outsider) = begun(app, SiteSettings::default()).await;
    app.tasks.close();
    app.tasks.wait().await;
    app.tasks.reopen();
    let messages = outsider
        .help(app, "GET", MESSAGES, &Value::Null)
        .await
        .expect(200);
    assert_eq!(messages.as_array().unwrap().len(), 2);
    assert_eq!(
        (&messages[1]["direction"], &messages[1]["author"]),
        (&json!("outbound"), &json!("Support"))
    );

    for (mode, answered_now, answered_later, state) in [
        ("off", false, false, "waiting"),
        ("delay", false, true, "ai"),
    ] {
        let settings = SiteSettings {
            ai_mode: mode.into(),
            ai_reply_delay_sec: 60,
            ..SiteSettings::default()
        };
        let site = app.site(&owner.operator, settings).await;
        let outsider = Outsider::at(&site, "visitor-1").coming_from("192.0.2.7");
        app.clock.advance(MINUTE);
        outsider
            .help(app, "POST", "conversations", &enquiry("visitor-1"))
            .await
            .expect(201);
        for (wait, answered) in [(0, answered_now), (61 * SECOND, answered_later)] {
            app.clock.advance(wait);
            parlance::core::job::run_due(app).await.unwrap();
            app.tasks.close();
            app.tasks.wait().await;
            app.tasks.reopen();
            let messages = outsider
                .help(app, "GET", MESSAGES, &Value::Null)
                .await
                .expect(200);
            assert_eq!(
                messages.as_array().unwrap().len() == 2,
                answered,
                "{mode} after {wait}"
            );
        }
        assert_eq!(row(app, &owner).await["mode"], state);
    }
});

on_both!(
    an_enquiry_is_refused_in_the_documents_own_sentences,
    |app| {
        let (_, outsider) = outsider(app, quiet()).await;
        let before = counts(app).await;
        let required = "Name, email, message, and visitor_token are required";
        let mut refusals = Vec::new();
        for field in ["name", "email", "message", "visitor_token"] {
            for bad in [Value::Null, json!(""), json!("  ")] {
                let mut enquiry = enquiry("visitor-1");
                enquiry[field] = bad;
                refusals.push((enquiry, required));
            }
            let mut enquiry = enquiry("visitor-1");
            enquiry.as_object_mut().unwrap().remove(field);
            refusals.push((enquiry, required));
        }
        for email in [
            "nonsense",
            "a@b",
            "a.b@c",
            "a@[1.2.3.4]",
            "Jane <jane@example.com>",
            "a b@example.com",
            "@example.com",
        ] {
            let mut enquiry = enquiry("visitor-1");
            enquiry["email"] = json!(email);
            refusals.push((enquiry, "Invalid email address"));
        }
        let mut long = enquiry("visitor-1");
        long["message"] = json!("é".repeat(10_001));
        refusals.push((long, TOO_LONG));
        let mut odd = enquiry("a b");
        refusals.push((odd.clone(), "visitor_token is not valid"));
        odd["visitor_token"] = json!("k".repeat(129));
        refusals.push((odd, "visitor_token is too long (maximum 128 characters)"));
        let mut named = enquiry("visitor-1");
        named["name"] = json!("a\u{7}");
        refusals.push((named, "name must not contain control characters"));
        let mut typed = enquiry("visitor-1");
        typed["name"] = json!(5);
        refusals.push((typed, "name has the wrong type"));
        for (enquiry, sentence) in refusals {
            let reply = outsider.help(app, "POST", "conversations", &enquiry).await;
            assert_eq!(
                reply.clone().expect(422),
                json!({"error": sentence}),
                "{enquiry}"
            );
            app.clock.advance(MINUTE);
        }
        assert_eq!(counts(app).await, before, "nothing was stored");
        let mut longest = enquiry("visitor-1");
        longest["message"] = json!("é".repeat(10_000));
        outsider
            .help(app, "POST", "conversations", &longest)
            .await
            .expect(201);
    }
);

on_both!(a_visitor_token_begins_one_conversation, |app| {
    let (_, outsider) = begun(app, quiet()).await;
    let again = outsider
        .help(app, "POST", "conversations", &enquiry("visitor-1"))
        .await;
    assert_eq!(
        again.expect(409),
        json!({"error": "A conversation with this visitor token already exists"})
    );
    let messages = outsider
        .help(app, "GET", MESSAGES, &Value::Null)
        .await
        .expect(200);
    assert_eq!(messages.as_array().unwrap().len(), 1);
});

on_both!(of_two_that_come_at_once_one_begins_it, |app| {
    let (_, outsider) = outsider(app, quiet()).await;
    let enquiry = enquiry("visitor-1");
    let both = tokio::join!(
        outsider.help(app, "POST", "conversations", &enquiry),
        outsider.help(app, "POST", "conversations", &enquiry),
    );
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let messages = outsider
        .help(app, "GET", MESSAGES, &Value::Null)
        .await
        .expect(200);
    assert_eq!(messages.as_array().unwrap().len(), 1);
});

on_both!(
    a_resend_with_an_idempotency_key_gets_the_first_result,
    |app| {
        let (_, outsider) = outsider(app, quiet()).await;
        let keyed = outsider.clone().with("idempotency-key", "k-1");
        let first = keyed
            .help(app, "POST", "conversations", &enquiry("visitor-1"))
            .await
            .expect(201);
        let second = keyed
            .help(app, "POST", "conversations", &enquiry("visitor-1"))
            .await
            .expect(201);
        assert_eq!(first, second);
        for _ in 0..2 {
            let keyed = outsider.clone().with("idempotency-key", "k-2");
            keyed
                .help(app, "POST", MESSAGES, &json!({"message": "More"}))
                .await
                .expect(201);
        }
        let messages = outsider
            .help(app, "GET", MESSAGES, &Value::Null)
            .await
            .expect(200);
        assert_eq!(messages.as_array().unwrap().len(), 2);
    }
);

on_both!(the_automatic_reply_knows_the_business_hours, |app| {
    // It is Monday, 10:00 UTC.
    for (hours, is_open) in [
        ("", true),
        (r#"{"mon":"9-17"}"#, true),
        (r#"{"mon":"11-17"}"#, false),
        (r#"{"tue":"9-17"}"#, false),
        (r#"{"mon":"9-17","timezone":"America/New_York"}"#, false),
    ] {
        let owner = app.owner("ada@example.com").await;
        let settings = SiteSettings {
            business_hours: hours.into(),
            ..quiet()
        };
        let site = app.site(&owner, settings).await;
        let outsider = Outsider::at(&site, "visitor-1");
        let created = outsider
            .help(app, "POST", "conversations", &enquiry("v"))
            .await
            .expect(201);
        let reply = created["auto_reply"].as_str().unwrap();
        assert!(reply.starts_with("Thanks for reaching out!"));
        assert_eq!(!reply.contains("closed"), is_open, "{hours}: {reply}");
        forget(app, owner.user_id).await;
    }
});

on_both!(the_automatic_reply_speaks_as_the_site_does, |app| {
    for (hours, offline_message, language, begins) in [
        (
            r#"{"tue":"9-17"}"#,
            "Back on Tuesday.",
            "",
            "Back on Tuesday.",
        ),
        (
            r#"{"mon":"9-17"}"#,
            "Back on Tuesday.",
            "",
            "Thanks for reaching out!",
        ),
        (
            r#"{"tue":"9-17"}"#,
            "",
            "de-AT",
            "Vielen Dank für Ihre Nachricht! Wir haben gerade geschlossen",
        ),
        ("", "", "fr", "Merci pour votre message"),
    ] {
        let owner = app.owner("ada@example.com").await;
        let settings = SiteSettings {
            business_hours: hours.into(),
            offline_message: offline_message.into(),
            language: language.into(),
            ..quiet()
        };
        let site = app.site(&owner, settings).await;
        let outsider = Outsider::at(&site, "visitor-1");
        let created = outsider
            .help(app, "POST", "conversations", &enquiry("v"))
            .await
            .expect(201);
        let reply = created["auto_reply"].as_str().unwrap();
        assert!(reply.starts_with(begins), "{reply}");
        forget(app, owner.user_id).await;
    }
});

/// Makes room for the next owner of the same name.
async fn forget(app: &TestApp, user_id: i64) {
    let pool = sqlx::any::AnyPoolOptions::new()
        .max_connections(1)
        .connect(&app.config.database_url)
        .await
        .unwrap();
    let statement = sqlx::AssertSqlSafe(format!("delete from users where id = {user_id}"));
    sqlx::query(statement).execute(&pool).await.unwrap();
    pool.close().await;
}

on_both!(a_reply_reopens_a_closed_conversation, |app| {
    let (owner, outsider) = begun(app, quiet()).await;
    let number = row(app, &owner).await["number"].clone();
    let path = format!("/api/conversations/{number}/resolve");
    owner.call(app, "POST", &path, &json!({})).await.expect(200);
    assert_eq!(row(app, &owner).await["mode"], "closed");
    let sent = outsider
        .help(app, "POST", MESSAGES, &json!({"message": "One more thing"}))
        .await;
    assert_eq!(sent.expect(201), json!({"status": "ok"}));
    assert_eq!(row(app, &owner).await["mode"], "ai");
    assert_eq!(row(app, &owner).await["preview"], "One more thing");
});

on_both!(replies_are_refused_in_this_surfaces_words, |app| {
    let (owner, outsider) = begun(app, quiet()).await;
    let before = counts(app).await;
    for (body, sentence) in [
        (json!({}), "Message is required"),
        (json!({"message": " "}), "Message is required"),
        (json!({"message": null}), "Message is required"),
        (json!({"message": "x".repeat(10_001)}), TOO_LONG),
        (json!({"message": 5}), "message has the wrong type"),
        (
            json!({"message": "a\u{1}"}),
            "message must not contain control characters",
        ),
    ] {
        let reply = outsider.help(app, "POST", MESSAGES, &body).await;
        assert_eq!(reply.expect(422), json!({"error": sentence}));
    }
    for token in [
        "visitor-2",
        "a%2Fb",
        "%2E%2E",
        "%20",
        "%00",
        "..%2F..",
        &"k".repeat(129),
    ] {
        let path = format!("conversations/{token}/messages");
        let missing = json!({"error": "Conversation not found"});
        let reply = outsider.help(app, "GET", &path, &Value::Null).await;
        assert_eq!(reply.expect(404), missing, "{token}");
        let reply = outsider
            .help(app, "POST", &path, &json!({"message": "Hi"}))
            .await;
        assert_eq!(reply.expect(404), missing, "{token}");
    }
    for since in ["yesterday", "5", "2026-02-30T00:00:00Z"] {
        let path = format!("{MESSAGES}?since={since}");
        let reply = outsider.help(app, "GET", &path, &Value::Null).await;
        assert_eq!(
            reply.expect(422),
            json!({"error": "since must be an ISO 8601 datetime"})
        );
    }
    assert_eq!(counts(app).await, before, "nothing was stored");
    let visitor = row(app, &owner).await["visitor"]["id"].clone();
    let path = format!("/api/visitors/{visitor}/block");
    owner.call(app, "POST", &path, &json!({})).await.expect(200);
    let reply = outsider
        .help(app, "POST", MESSAGES, &json!({"message": "Hi"}))
        .await;
    assert_eq!(
        reply.expect(403),
        json!({"error": "You cannot send messages here."})
    );
});

on_both!(
    the_site_key_may_stand_in_three_places_and_must_be_one,
    |app| {
        let (owner, outsider) = outsider(app, quiet()).await;
        let (key, guest) = (outsider.site_key.clone(), outsider.guest.clone());
        let path = "/api/v1/chat/config".to_owned();
        let in_query = format!("{path}?site_key={key}");
        guest
            .send(app, "GET", &in_query, Body::empty())
            .await
            .expect(200);
        let bearer = guest.clone().with("authorization", format!("Bearer {key}"));
        bearer
            .send(app, "GET", &path, Body::empty())
            .await
            .expect(200);
        // Two spellings of one site agree.
        let spelled = bearer
            .clone()
            .with("x-site-key", key.replace("sk_", "site_"));
        spelled
            .send(app, "GET", &in_query, Body::empty())
            .await
            .expect(200);

        let nobody = guest.send(app, "GET", &path, Body::empty()).await;
        assert_eq!(nobody.expect(401), json!({"error": "Site key is required"}));
        for wrong in ["sk_nobody", "", "sk_%", "ck_live_1234"] {
            let stranger = guest.clone().with("x-site-key", wrong);
            let reply = stranger.send(app, "GET", &path, Body::empty()).await;
            assert_eq!(
                reply.expect(401),
                json!({"error": "Invalid site key"}),
                "{wrong}"
            );
        }
        let other = app.site(&owner.operator, quiet()).await;
        for other in [format!("sk_{}", other.slug), "sk_nobody".into()] {
            let two = bearer.clone().with("x-site-key", &other);
            assert_eq!(two.send(app, "GET", &path, Body::empty()).await.status, 400);
            let two = bearer.clone();
            let query = format!("{path}?site_key={other}");
            assert_eq!(
                two.send(app, "GET", &query, Body::empty()).await.status,
                400
            );
        }
    }
);

on_both!(
    a_conversation_of_one_site_is_not_found_through_another,
    |app| {
        let (owner, _) = begun(app, quiet()).await;
        let other = app.site(&owner.operator, quiet()).await;
        let other = Outsider::at(&other, "visitor-1");
        let before = counts(app).await;
        other
            .help(app, "GET", MESSAGES, &Value::Null)
            .await
            .expect(404);
        other
            .help(app, "POST", MESSAGES, &json!({"message": "Hi"}))
            .await
            .expect(404);
        other
            .help(
                app,
                "GET",
                "conversations/visitor-1/files/1/1",
                &Value::Null,
            )
            .await
            .expect(404);
        assert_eq!(counts(app).await, before);
    }
);

on_both!(
    a_site_that_is_switched_off_takes_nothing_new_and_shows_the_rest,
    |app| {
        let (owner, outsider) = begun(app, quiet()).await;
        let site = row(app, &owner).await["siteId"].clone();
        let off = json!({"siteId": site, "enabled": false});
        owner
            .call(app, "PATCH", "/api/sites", &off)
            .await
            .expect(200);
        let reply = outsider
            .help(app, "POST", "conversations", &enquiry("visitor-2"))
            .await;
        assert_eq!(
            reply.expect(403),
            json!({"error": "This chat is switched off at the moment."})
        );
        outsider
            .help(app, "POST", MESSAGES, &json!({"message": "Hi"}))
            .await
            .expect(403);
        let messages = outsider
            .help(app, "GET", MESSAGES, &Value::Null)
            .await
            .expect(200);
        assert_eq!(messages.as_array().unwrap().len(), 1);
        outsider
            .help(app, "GET", "config", &Value::Null)
            .await
            .expect(200);
    }
);

on_both!(files_are_downloaded_as_they_are_asked_for, |app| {
    let (_, outsider) = begun(app, quiet()).await;
    let mut guest = outsider.guest.clone();
    guest.session = Some("visitor-1".into());
    let fields: [Field<'_>; 1] = [("file", Some("cat \"x\".png"), &png())];
    let uploaded = outsider
        .send_form(app, &guest.path("upload"), &fields)
        .await
        .expect(200);
    let said = guest
        .ask(app, json!({"message": "My cat", "files": [uploaded["id"]]}))
        .await
        .1;
    assert_eq!(said.last().unwrap().kind(), "done");
    let messages = outsider
        .help(app, "GET", MESSAGES, &Value::Null)
        .await
        .expect(200);
    let file = &messages[1]["files"][0];
    assert_eq!(file["activity_id"], messages[1]["id"]);
    assert_eq!(file["content_type"], "image/png");
    assert_eq!(file["size"], uploaded["size"]);
    let path = format!(
        "/api/v1/chat/conversations/visitor-1/files/{}/{}?site_key={}",
        file["activity_id"], file["id"], outsider.site_key
    );
    for (query, kind) in [
        ("", "attachment"),
        ("&disposition=attachment", "attachment"),
        ("&disposition=inline", "inline"),
    ] {
        let (headers, bytes) = bytes(app, &outsider.guest, &format!("{path}{query}")).await;
        assert_eq!(headers["content-type"], "image/png");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(
            headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with(kind)
        );
        assert_eq!(
            i64::try_from(bytes.len()).unwrap(),
            file["size"].as_i64().unwrap()
        );
    }
    let odd = format!("{path}&disposition=run");
    let reply = outsider.guest.send(app, "GET", &odd, Body::empty()).await;
    assert_eq!(
        reply.expect(422),
        json!({"error": "disposition must be inline or attachment"})
    );
    for (message, id) in [
        (messages[0]["id"].clone(), file["id"].clone()),
        (messages[1]["id"].clone(), json!(99_999)),
        (json!("x"), file["id"].clone()),
    ] {
        let message = message.to_string().replace('"', "");
        let path = format!("conversations/visitor-1/files/{message}/{id}");
        outsider
            .help(app, "GET", &path, &Value::Null)
            .await
            .expect(404);
    }
});

#[tokio::test]
async fn each_route_has_its_documented_limit() {
    let app = TestApp::new(Engine::of_run()).await;
    let (_, outsider) = begun(&app, quiet()).await;
    app.clock.advance(MINUTE);
    for (method, path, limit) in [
        ("GET", "config", 60),
        ("POST", "conversations", 5),
        ("GET", MESSAGES, 60),
        ("POST", MESSAGES, 20),
        ("GET", "conversations/visitor-1/files/1/1", 60),
    ] {
        for _ in 0..limit {
            let reply = outsider.help(&app, method, path, &json!({})).await;
            assert_ne!(reply.status, 429, "{method} {path}");
        }
        let refused = outsider.help(&app, method, path, &json!({})).await;
        assert_eq!(refused.headers["retry-after"], "60");
        assert_eq!(
            refused.expect(429),
            json!({"error": "Too many requests. Please wait a moment."})
        );
    }
    assert_eq!(iso(NOW), "2026-01-05T10:00:00.000Z");
}

on_both!(who_polls_since_the_last_message_misses_none, |app| {
    let (_, outsider) = begun(app, quiet()).await;
    // The clock stands still: all of them are written at the same moment.
    for text in ["two", "three", "four"] {
        let reply = json!({"message": text});
        outsider
            .help(app, "POST", MESSAGES, &reply)
            .await
            .expect(201);
    }
    let all = outsider
        .help(app, "GET", MESSAGES, &Value::Null)
        .await
        .expect(200);
    for (at, message) in all.as_array().unwrap().iter().enumerate() {
        let since = message["timestamp"].as_str().unwrap();
        let path = format!("{MESSAGES}?since={since}");
        let news = outsider.help(app, "GET", &path, &Value::Null).await;
        assert_eq!(news.expect(200), json!(all.as_array().unwrap()[at + 1..]));
    }
});

const WITH_BODIES: [&str; 2] = ["conversations", MESSAGES];

/// Methods and paths whose bodies are tried below.
pub fn tried() -> Vec<(String, String)> {
    let paths = WITH_BODIES.map(|path| format!("/api/v1/chat/{path}"));
    paths.map(|path| ("POST".to_owned(), path)).into()
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let app = TestApp::new(Engine::of_run()).await;
    let (_, outsider) = begun(&app, quiet()).await;
    for path in WITH_BODIES {
        for (status, kind, body) in [
            (400, "application/json", "not json"),
            (422, "application/json", "[]"),
            (415, "text/plain", "{}"),
        ] {
            let guest = outsider
                .guest
                .clone()
                .with("x-site-key", &outsider.site_key);
            let guest = guest.with("content-type", kind);
            let reply = guest
                .send(&app, "POST", &format!("/api/v1/chat/{path}"), body.into())
                .await;
            assert!(reply.expect(status)["error"].is_string());
        }
    }
}
