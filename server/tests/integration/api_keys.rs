//! `/api/keys`, and what a key opens on the chatbots surface.

use crate::caller::{Caller, Person, Reply};
use crate::desk::{chatbot_id, counts, house, path, says, visitor};
use crate::support::{Engine, NOW, TestApp, on_both};
use parlance::clock::{DAY, SECOND};
use serde_json::{Value, json};
use shared::account::UserRole;

/// A program that comes with this key.
pub fn with_key(key: impl Into<String>) -> Caller {
    Caller {
        token: Some(key.into()),
    }
}

/// A key of a person, with these scopes; with all where there are none.
pub async fn make_key(app: &TestApp, person: &Person, scopes: &[&str]) -> (Caller, i64) {
    let mut request = json!({"name": "Back end"});
    if !scopes.is_empty() {
        request["scopes"] = json!(scopes);
    }
    let made = person
        .call(app, "POST", "/api/keys", &request)
        .await
        .expect(201);
    let key = made["key"].as_str().unwrap();
    (with_key(key), made["id"].as_i64().unwrap())
}

async fn revoke(app: &TestApp, person: &Person, id: i64) -> Reply {
    let path = format!("/api/keys/{id}");
    person.call(app, "DELETE", &path, &Value::Null).await
}

on_both!(a_key_is_shown_once_listed_used_and_revoked, |app| {
    let (owner, _) = house(app).await;
    let request = json!({"name": " Back end ", "scopes": ["knowledge", "conversations"], "expiresAt": "2026-01-06T12:00:00+02:00"});
    let reply = owner.call(app, "POST", "/api/keys", &request).await;
    assert_eq!(reply.headers["cache-control"], "no-store");
    let made = reply.expect(201);
    let key = made["key"].as_str().unwrap();
    let secret = key.strip_prefix("ck_live_").unwrap();
    assert!(secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let row = json!({
        "id": made["id"], "name": "Back end", "hint": &secret[60..], "scopes": ["conversations", "knowledge"],
        "createdBy": "ada", "createdAt": "2026-01-05T10:00:00.000Z", "lastUsedAt": null,
        "expiresAt": "2026-01-06T10:00:00.000Z",
    });
    let mut shown = row.clone();
    shown["key"] = json!(key);
    assert_eq!(made, shown);
    let list = owner.get(app, "/api/keys").await.expect(200);
    assert_eq!(list, json!({"data": [row], "nextCursor": null}));

    let both_spellings = [with_key(key), with_key(format!("ck_{secret}"))];
    for caller in &both_spellings {
        caller.get(app, "/api/conversations").await.expect(200);
    }
    revoke(app, &owner, made["id"].as_i64().unwrap())
        .await
        .expect(204);
    for caller in &both_spellings {
        let refused = caller.get(app, "/api/conversations").await.expect(401);
        assert_eq!(refused["error"], "unauthenticated");
    }
    revoke(app, &owner, made["id"].as_i64().unwrap())
        .await
        .expect(404);
    let list = owner.get(app, "/api/keys").await.expect(200);
    assert_eq!(list["data"], json!([]));
});

on_both!(the_last_use_is_noted_once_a_minute, |app| {
    let (owner, _) = house(app).await;
    let (program, _) = make_key(app, &owner, &[]).await;
    let last_use =
        async || owner.get(app, "/api/keys").await.expect(200)["data"][0]["lastUsedAt"].clone();
    assert_eq!(last_use().await, Value::Null);
    for (wait, noted) in [
        (0, "2026-01-05T10:00:00.000Z"),
        (59 * SECOND, "2026-01-05T10:00:00.000Z"),
        (SECOND, "2026-01-05T10:01:00.000Z"),
    ] {
        app.clock.advance(wait);
        program.get(app, "/api/conversations").await.expect(200);
        assert_eq!(last_use().await, noted);
    }
});

on_both!(a_key_ends_when_it_said_it_would, |app| {
    let (owner, _) = house(app).await;
    let expires_at = parlance::clock::iso(NOW + DAY);
    let request = json!({"name": "For a day", "expiresAt": expires_at});
    let made = owner
        .call(app, "POST", "/api/keys", &request)
        .await
        .expect(201);
    let program = with_key(made["key"].as_str().unwrap());
    app.clock.advance(DAY - 1);
    program.get(app, "/api/conversations").await.expect(200);
    app.clock.advance(1);
    program.get(app, "/api/conversations").await.expect(401);
});

on_both!(pages_of_keys_follow_each_other, |app| {
    let (owner, _) = house(app).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, make_key(app, &owner, &["chat"]).await.1);
    }
    let numbers = |page: &Value| -> Vec<i64> {
        let rows = page["data"].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
    };
    let first = owner.get(app, "/api/keys?limit=2").await.expect(200);
    assert_eq!(numbers(&first), ids[..2]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = format!("/api/keys?limit=2&cursor={cursor}");
    let rest = owner.get(app, &rest).await.expect(200);
    assert_eq!(
        (numbers(&rest), &rest["nextCursor"]),
        (vec![ids[2]], &Value::Null)
    );
    for wrong in ["limit=0", "limit=201", "limit=x", "cursor=x"] {
        owner
            .get(app, &format!("/api/keys?{wrong}"))
            .await
            .expect(400);
    }
});

#[tokio::test]
async fn bad_keys_are_refused_and_nothing_is_kept() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, _) = house(&app).await;
    let before = counts(&app).await;
    for (request, field) in [
        (json!({}), "name"),
        (json!({"name": " "}), "name"),
        (json!({"name": "a\nb"}), "name"),
        (json!({"name": "x".repeat(201)}), "name"),
        (json!({"name": "a", "scopes": ["keys"]}), "scopes"),
        (json!({"name": "a", "scopes": "chat"}), "scopes"),
        (json!({"name": "a", "scopes": []}), "scopes"),
        (json!({"name": "a", "expiresAt": "tomorrow"}), "expiresAt"),
        (
            json!({"name": "a", "expiresAt": "2026-01-06T10:00:00"}),
            "expiresAt",
        ),
        (
            json!({"name": "a", "expiresAt": "2026-01-05T10:00:00Z"}),
            "expiresAt",
        ),
        (
            json!({"name": "a", "expiresAt": 1_800_000_000}),
            "expiresAt",
        ),
    ] {
        let refused = owner
            .call(&app, "POST", "/api/keys", &request)
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed", "{request}");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{refused}"
        );
    }
    assert_eq!(counts(&app).await, before);
}

on_both!(
    a_resend_gets_the_same_key_and_it_is_nowhere_in_the_clear,
    |app| {
        let (owner, _) = house(app).await;
        let make = async |name: &str| {
            let request = owner
                .request("POST", "/api/keys")
                .header("content-type", "application/json")
                .header("idempotency-key", "once")
                .body(json!({"name": name}).to_string().into())
                .unwrap();
            owner.send(app, request).await
        };
        let first = make("One").await.expect(201);
        assert_eq!(make("One").await.expect(201), first);
        assert_eq!(
            make("Other").await.expect(400)["error"],
            "validation_failed"
        );
        let list = owner.get(app, "/api/keys").await.expect(200);
        assert_eq!(list["data"].as_array().unwrap().len(), 1);
        let secret = first["key"]
            .as_str()
            .unwrap()
            .strip_prefix("ck_live_")
            .unwrap();
        assert!(!crate::desk::everything(app).await.contains(secret));
    }
);

on_both!(scopes_bound_what_a_key_opens, |app| {
    let (owner, bot) = house(app).await;
    let visitor = visitor(app, &bot).await;
    says(app, &visitor, "Hello").await;
    let knowledge = format!("/api/knowledge?chatbotId={}", chatbot_id(&bot));
    let conversation = path(&visitor, "");
    for (scopes, opens, stays_shut) in [
        (&["knowledge"][..], &knowledge, &conversation),
        (&["conversations"][..], &conversation, &knowledge),
    ] {
        let (program, _) = make_key(app, &owner, scopes).await;
        program.get(app, opens).await.expect(200);
        let refused = program.get(app, stays_shut).await.expect(403);
        assert_eq!(refused["error"], "forbidden");
        assert!(refused["message"].as_str().unwrap().contains("scope"));
    }
    let (program, _) = make_key(app, &owner, &[]).await;
    for path in [&knowledge, &conversation] {
        program.get(app, path).await.expect(200);
    }
    let reply = json!({"message": "Here I am"});
    let sent = program
        .call(app, "POST", &format!("{conversation}/reply"), &reply)
        .await
        .expect(201);
    assert_eq!(
        sent["author"]["name"], "ada",
        "in the name of who made the key"
    );
});

on_both!(a_key_does_no_more_than_the_person_whose_it_is, |app| {
    let (owner, bot) = house(app).await;
    let admin = Person::new(
        app,
        Some(owner.operator.account_id),
        "op@example.com",
        UserRole::Admin,
    )
    .await;
    let (program, _) = make_key(app, &admin, &[]).await;
    let text = json!({"chatbotId": chatbot_id(&bot), "type": "text", "content": "Open at nine."});
    program
        .call(app, "POST", "/api/knowledge", &text)
        .await
        .expect(201);
    let demote = format!(
        "update users set role = 'operator' where id = {}",
        admin.operator.user_id
    );
    crate::desk::execute(app, &demote).await;
    program
        .call(app, "POST", "/api/knowledge", &text)
        .await
        .expect(403);
    program.get(app, "/api/conversations").await.expect(200);
});

on_both!(
    keys_are_managed_by_owners_and_admins_of_the_account_and_by_no_key,
    |app| {
        let (owner, _) = house(app).await;
        let (program, id) = make_key(app, &owner, &[]).await;
        let operator = Person::new(
            app,
            Some(owner.operator.account_id),
            "op@example.com",
            UserRole::Operator,
        )
        .await;
        let stranger = Person::owner(app, "eve@example.com").await;
        let new = json!({"name": "Another"});
        for (caller, status) in [
            (&Caller::NOBODY, 401),
            (&program, 401),
            (&operator.caller, 403),
        ] {
            caller.get(app, "/api/keys").await.expect(status);
            caller
                .call(app, "POST", "/api/keys", &new)
                .await
                .expect(status);
            caller
                .call(app, "DELETE", &format!("/api/keys/{id}"), &Value::Null)
                .await
                .expect(status);
        }
        let theirs = stranger.get(app, "/api/keys").await.expect(200);
        assert_eq!(theirs["data"], json!([]));
        revoke(app, &stranger, id).await.expect(404);
        let (foreign, _) = make_key(app, &stranger, &[]).await;
        let inbox = foreign.get(app, "/api/conversations").await.expect(200);
        assert_eq!(inbox["data"], json!([]), "a key sees its own account");
        program.get(app, "/api/conversations").await.expect(200);
    }
);

#[tokio::test]
async fn credentials_that_are_no_key_are_refused() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let (program, _) = make_key(&app, &owner, &[]).await;
    let key = program.token.unwrap();
    let site_key = bot["public_id"].as_str().unwrap().replace("ch_", "sk_");
    for wrong in [
        "ck_live_".to_owned(),
        format!("{key}0"),
        key.to_uppercase(),
        format!("ck_live_{}", "0".repeat(64)),
        // Keys of other surfaces.
        "0".repeat(32),
        site_key,
        "x".repeat(100_000),
    ] {
        let reply = with_key(wrong).get(&app, "/api/conversations").await;
        assert_eq!(reply.expect(401)["error"], "unauthenticated");
    }
    let two = Caller::NOBODY
        .request("GET", "/api/conversations")
        .header("authorization", format!("Bearer {key}"))
        .header(
            "authorization",
            format!("Bearer {}", owner.token.as_ref().unwrap()),
        )
        .body(axum::body::Body::empty())
        .unwrap();
    let refused = Caller::NOBODY.send(&app, two).await.expect(400);
    assert_eq!(refused["error"], "conflicting_credentials");
}
