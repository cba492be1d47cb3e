//! `/auth`, `/bots` and `/tenants/me/kyc` through the real router.

use crate::caller::{Caller, PASSWORD, Person};
use crate::support::{Engine, TestApp, on_both};
use parlance::core::account::setup;
use serde_json::{Value, json};
use shared::account::UserRole;

async fn instance() -> TestApp {
    TestApp::new(Engine::of_run()).await
}

on_both!(an_owner_sets_up_signs_in_and_out, |app| {
    let nobody = Caller::NOBODY;
    assert_eq!(
        nobody.get(app, "/auth/setup").await.expect(200),
        json!({"open": false}),
        "no token was made"
    );
    let token = setup::prepare(app).await.unwrap().unwrap();
    assert_eq!(
        nobody.get(app, "/auth/setup").await.expect(200),
        json!({"open": true})
    );
    let request =
        |token: &str| json!({"token": token, "email": "ada@example.com", "password": PASSWORD});
    let refused = nobody
        .call(app, "POST", "/auth/setup", &request("wrong"))
        .await;
    assert_eq!(
        refused.expect(403),
        json!({"detail": "Set-up is closed, or the set-up token is wrong."})
    );
    let made = nobody
        .call(app, "POST", "/auth/setup", &request(&token))
        .await
        .expect(201);
    assert_eq!(
        (&made["token_type"], &made["expires_in"]),
        (&json!("bearer"), &json!(43_200))
    );
    nobody
        .call(app, "POST", "/auth/setup", &request(&token))
        .await
        .expect(403);
    assert_eq!(
        nobody.get(app, "/auth/setup").await.expect(200),
        json!({"open": false})
    );

    let login = json!({"email": "ada@example.com", "password": PASSWORD});
    let reply = nobody.call(app, "POST", "/auth/login", &login).await;
    assert_eq!(reply.headers["cache-control"], "no-store");
    let token = reply.expect(200)["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let ada = Caller { token: Some(token) };
    let me = ada.get(app, "/auth/me").await.expect(200);
    assert_eq!(
        (&me["email"], &me["name"], &me["role"]),
        (&json!("ada@example.com"), &json!("ada"), &json!("owner"))
    );
    ada.call(app, "POST", "/auth/logout", &json!({}))
        .await
        .expect(204);
    let gone = ada.get(app, "/auth/me").await.expect(401);
    assert_eq!(
        gone,
        json!({"detail": "Please sign in: a valid credential is required."})
    );
    ada.call(app, "POST", "/auth/logout", &json!({}))
        .await
        .expect(401);
});

#[tokio::test]
async fn the_eleventh_try_has_to_wait() {
    let app = instance().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let wrong = json!({"email": "ada@example.com", "password": "wrong password"});
    for _ in 0..10 {
        let refused = Caller::NOBODY
            .call(&app, "POST", "/auth/login", &wrong)
            .await;
        assert_eq!(
            refused.expect(401),
            json!({"detail": "The email address or the password is wrong."})
        );
    }
    let reply = Caller::NOBODY
        .call(&app, "POST", "/auth/login", &wrong)
        .await;
    assert_eq!(reply.headers["retry-after"], "900");
    assert!(reply.expect(429)["detail"].is_string());
    owner.get(&app, "/auth/me").await.expect(200);
}

on_both!(a_bot_is_made_changed_and_deleted, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    assert_eq!(owner.get(app, "/bots").await.expect(200), json!([]));
    let made = owner
        .call(app, "POST", "/bots", &json!({"name": " Acme ", "domain": "https://acme.com/x", "agent_instructions": "Be kind."}))
        .await
        .expect(201);
    let public_id = made["public_id"].as_str().unwrap();
    let slug = public_id.strip_prefix("ch_").unwrap();
    assert_eq!(
        made,
        json!({
            "id": made["id"],
            "public_id": public_id,
            "name": "Acme",
            "enabled": true,
            "agent_instructions": "Be kind.",
            "link_safety": {"enabled": false, "allowed_domains": [], "label": ""},
            "disclosure": {"sources": "full", "allowed_documents": null},
            "snippet": format!("<script src=\"http://chat.example/widget.js\" data-site=\"site_{slug}\" async></script>"),
            "created_at": "2026-01-05T10:00:00.000Z",
        })
    );
    assert_eq!(owner.get(app, "/bots").await.expect(200), json!([made]));
    for spelling in [
        public_id.to_owned(),
        format!("site_{slug}"),
        format!("bot_{slug}"),
        made["id"].to_string(),
    ] {
        assert_eq!(
            owner
                .get(app, &format!("/bots/{spelling}"))
                .await
                .expect(200),
            made
        );
    }

    let path = format!("/bots/{public_id}");
    let changes = json!({"name": "Acme 2", "link_safety": {"enabled": true}, "disclosure": {"sources": "titles"}});
    let changed = owner.call(app, "PATCH", &path, &changes).await.expect(200);
    assert_eq!(changed["name"], "Acme 2");
    assert_eq!(changed["agent_instructions"], "Be kind.");
    assert_eq!(changed["link_safety"]["enabled"], true);
    assert_eq!(
        owner
            .get(app, &format!("{path}/disclosure"))
            .await
            .expect(200),
        json!({"sources": "titles", "allowed_documents": null})
    );

    owner
        .call(app, "DELETE", &path, &Value::Null)
        .await
        .expect(204);
    let gone = owner.get(app, &path).await;
    assert_eq!(gone.expect(404), json!({"detail": "Not found."}));
    owner
        .call(app, "DELETE", &path, &Value::Null)
        .await
        .expect(404);
});

#[tokio::test]
async fn a_resend_makes_no_second_bot() {
    let app = instance().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let create = |name: &'static str| {
        let request = owner
            .request("POST", "/bots")
            .header("content-type", "application/json")
            .header("idempotency-key", "make-it-once")
            .body(json!({"name": name}).to_string().into())
            .unwrap();
        owner.send(&app, request)
    };
    let first = create("Acme").await.expect(201);
    assert_eq!(create("Acme").await.expect(201), first);
    create("Other").await.expect(422);
    assert_eq!(
        owner
            .get(&app, "/bots")
            .await
            .expect(200)
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn bad_bots_are_refused_naming_the_field() {
    let app = instance().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": "a\nb"}), "name"),
        (json!({"name": "a\u{0}b"}), "name"),
        (json!({"name": "x".repeat(201)}), "name"),
        (json!({"name": 5}), "name"),
        (json!({"name": "A", "domain": "not a domain"}), "domain"),
        (
            json!({"name": "A", "agent_instructions": "x".repeat(20_001)}),
            "agent_instructions",
        ),
    ] {
        let refused = owner.call(&app, "POST", "/bots", &body).await.expect(422);
        assert_eq!(
            refused["detail"][0]["loc"],
            json!(["body", field]),
            "{body}"
        );
        assert!(
            refused["detail"][0]["msg"]
                .as_str()
                .unwrap()
                .contains(field)
        );
    }
    assert_eq!(owner.get(&app, "/bots").await.expect(200), json!([]));

    let made = owner
        .call(&app, "POST", "/bots", &json!({"name": "Acme"}))
        .await
        .expect(201);
    let path = format!("/bots/{}", made["public_id"].as_str().unwrap());
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({"agent_instructions": 5}), "agent_instructions"),
        (json!({"agent_instructions": "\u{1}"}), "agent_instructions"),
        (json!({"link_safety": 5}), "link_safety"),
        (json!({"link_safety": {"enabled": "yes"}}), "link_safety"),
        (json!({"disclosure": {"sources": "some"}}), "disclosure"),
        (
            json!({"name": "Fine", "disclosure": {"sources": "some"}}),
            "disclosure",
        ),
    ] {
        let refused = owner.call(&app, "PATCH", &path, &body).await.expect(422);
        assert_eq!(
            refused["detail"][0]["loc"],
            json!(["body", field]),
            "{body}"
        );
    }
    let ignored = json!({"id": 99, "public_id": "ch_x", "enabled": false, "created_at": "x", "account_id": 1});
    owner.call(&app, "PATCH", &path, &ignored).await.expect(200);
    assert_eq!(
        owner.get(&app, &path).await.expect(200),
        made,
        "nothing has changed"
    );
}

#[tokio::test]
async fn secrets_are_made_rotated_and_shown_once() {
    let app = instance().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let status = || owner.get(&app, "/tenants/me/kyc/status");
    assert_eq!(status().await.expect(200), json!({"enabled": false}));
    owner
        .call(&app, "POST", "/tenants/me/kyc/rotate", &json!({}))
        .await
        .expect(404);
    let first = owner
        .call(&app, "POST", "/tenants/me/kyc/secret", &json!({}))
        .await
        .expect(200);
    assert_eq!(first["secret"].as_str().unwrap().len(), 64);
    let second = owner
        .call(&app, "POST", "/tenants/me/kyc/rotate", &json!({}))
        .await
        .expect(200);
    assert_ne!(first["secret"], second["secret"]);
    assert_eq!(status().await.expect(200), json!({"enabled": true}));
}

#[tokio::test]
async fn roles_and_strangers() {
    let app = instance().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let operator = Person::new(
        &app,
        Some(owner.operator.account_id),
        "op@example.com",
        UserRole::Operator,
    )
    .await;
    let admin = Person::new(
        &app,
        Some(owner.operator.account_id),
        "admin@example.com",
        UserRole::Admin,
    )
    .await;
    let made = admin
        .call(&app, "POST", "/bots", &json!({"name": "Acme"}))
        .await
        .expect(201);
    let path = format!("/bots/{}", made["public_id"].as_str().unwrap());
    assert_eq!(operator.get(&app, "/bots").await.expect(200), json!([made]));
    operator.get(&app, &path).await.expect(200);
    for (method, path, body) in [
        ("POST", "/bots", json!({"name": "B"})),
        ("PATCH", path.as_str(), json!({"name": "B"})),
        ("DELETE", path.as_str(), Value::Null),
        ("GET", "/tenants/me/kyc/status", Value::Null),
        ("POST", "/tenants/me/kyc/secret", json!({})),
        ("POST", "/tenants/me/kyc/rotate", json!({})),
    ] {
        let refused = operator.call(&app, method, path, &body).await;
        assert_eq!(
            refused.expect(403),
            json!({"detail": "Your role does not allow this."}),
            "{method} {path}"
        );
    }
    assert_eq!(owner.get(&app, "/bots").await.expect(200), json!([made]));
}
