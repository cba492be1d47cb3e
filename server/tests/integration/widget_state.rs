//! What the visitor's surface makes of the state of a site and of who comes: switched off, blocked, known, returning.

use crate::caller::Person;
use crate::desk::{counts, execute};
use crate::guest::Guest;
use crate::support::{Engine, TestApp};
use serde_json::json;
use shared::site::SiteSettings;

async fn instance() -> TestApp {
    TestApp::new(Engine::of_run()).await
}

#[tokio::test]
async fn a_switched_off_site_takes_nothing_new_and_keeps_what_was_said() {
    let app = instance().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    guest.say(&app, "Hello").await;
    let off = json!({"siteId": site.id, "enabled": false});
    owner
        .call(&app, "PATCH", "/api/sites", &off)
        .await
        .expect(200);

    let refused = guest.init(&app, json!({})).await.expect(403);
    assert_eq!(refused["code"], "site_disabled");
    for body in [
        json!({"message": "x"}),
        json!({"message": "x", "message_id": "m1"}),
    ] {
        assert_eq!(
            guest.post(&app, "chat", body).await.expect(403)["code"],
            "site_disabled"
        );
    }
    let nobody = Guest {
        session: None,
        ..guest.clone()
    };
    assert_eq!(
        nobody
            .post(&app, "chat", json!({"message": "x"}))
            .await
            .expect(403)["code"],
        "site_disabled"
    );
    assert_eq!(
        guest.post(&app, "escalate", json!({})).await.expect(403)["code"],
        "site_disabled"
    );
    assert_eq!(
        guest.get(&app, "config").await.expect(200)["enabled"],
        false
    );
    let history = guest.get(&app, "history").await.expect(200);
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
    let events = guest.listen(&app, "").await.rest().await;
    assert_eq!(
        events.iter().map(|event| event.kind()).collect::<Vec<_>>(),
        ["ended"]
    );
}

#[tokio::test]
async fn an_account_that_is_not_active_takes_no_visitors() {
    let app = instance().await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    guest.say(&app, "Hello").await;
    execute(&app, "update accounts set active = 0").await;
    let before = counts(&app).await;
    let refused = guest.init(&app, json!({})).await.expect(403);
    assert_eq!(refused["code"], "tenant_inactive");
    assert!(refused["detail"].is_string());
    for (route, body) in [("chat", json!({"message": "x"})), ("escalate", json!({}))] {
        let refused = guest.post(&app, route, body).await.expect(403);
        assert_eq!(refused["code"], "tenant_inactive", "{route}");
    }
    assert_eq!(counts(&app).await, before);
}

#[tokio::test]
async fn a_blocked_visitor_is_told_so_and_may_still_read() {
    let app = instance().await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let visitor = app.visitor(&site).await;
    let mut guest = Guest::at(&site);
    guest.session = Some(visitor.conversation.session_key.clone());
    guest.say(&app, "Hello").await;
    let (account_id, id) = (site.account_id, visitor.conversation.visitor_id);
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let at = Some(1);
                parlance::store::visitor::set_blocked(transaction, account_id, id, at, None, None)
                    .await
            })
        })
        .await
        .unwrap();
    for (route, body) in [("chat", json!({"message": "x"})), ("escalate", json!({}))] {
        assert_eq!(
            guest.post(&app, route, body).await.expect(403)["code"],
            "visitor_blocked"
        );
    }
    let history = guest.get(&app, "history").await.expect(200);
    assert_eq!(
        (
            &history["blocked"],
            history["messages"].as_array().unwrap().len()
        ),
        (&json!(true), 2)
    );
}

#[tokio::test]
async fn an_identity_token_makes_the_visitor_known_and_a_bad_one_says_why() {
    let app = instance().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let made = owner
        .call(&app, "POST", "/tenants/me/kyc/secret", &json!({}))
        .await;
    let secret = made.body["secret"].as_str().unwrap().to_owned();
    let claims = json!({"sub": "user-7", "name": "Eve", "exp": app.now() / 1_000 + 600});
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
    let guest = Guest::at(&site);
    let known = guest
        .init(&app, json!({"identity_token": token}))
        .await
        .expect(200);
    assert_eq!(
        (&known["mode"], known.get("identity_error")),
        (&json!("identified"), None),
        "{known}"
    );
    let bad = guest
        .init(&app, json!({"identity_token": format!("{token}x")}))
        .await
        .expect(200);
    assert_eq!(bad["mode"], "anonymous");
    assert!(!bad["identity_error"].as_str().unwrap().is_empty());
    let eve = Guest {
        session: Some(known["session_id"].as_str().unwrap().to_owned()),
        ..guest
    };
    eve.say(&app, "Hello").await;
    let inbox = owner.get(&app, "/api/conversations").await.expect(200);
    let visitor = &inbox["data"][0]["visitor"];
    assert_eq!(
        (
            &visitor["externalId"],
            &visitor["name"],
            &visitor["identified"]
        ),
        (&json!("user-7"), &json!("Eve"), &json!(true))
    );
}

#[tokio::test]
async fn a_returning_browser_is_the_same_visitor() {
    let app = instance().await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::at(&site);
    let first = guest
        .init(
            &app,
            json!({"parent_url": "https://acme.example/a", "referrer": "https://search.example/"}),
        )
        .await
        .expect(200);
    let second = guest
        .init(&app, json!({"visitor_id": first["visitor_id"]}))
        .await
        .expect(200);
    assert_eq!(first["visitor_id"], second["visitor_id"]);
    assert_ne!(first["session_id"], second["session_id"]);
    let stranger = guest
        .init(&app, json!({"visitor_id": "vis_nobody"}))
        .await
        .expect(200);
    assert_ne!(stranger["visitor_id"], first["visitor_id"]);
}

#[tokio::test]
async fn an_address_that_is_no_page_is_not_shown_to_operators() {
    let app = instance().await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    for (told, kept) in [
        ("javascript:alert(1)", json!(null)),
        ("file:///home/eve/index.html", json!(null)),
        ("HTTPS://shop.example/a", json!("HTTPS://shop.example/a")),
    ] {
        let mut guest = Guest::at(&site);
        let begun = guest.init(&app, json!({"parent_url": told})).await;
        let begun = begun.expect(200);
        guest.session = Some(begun["session_id"].as_str().unwrap().to_owned());
        guest.say(&app, "Hello").await;
        let inbox = owner.get(&app, "/api/conversations").await.expect(200);
        assert_eq!(
            inbox["data"][0].get("pageUrl").unwrap_or(&json!(null)),
            &kept,
            "{told}"
        );
    }
}
