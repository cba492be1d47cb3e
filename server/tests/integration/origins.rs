//! Which pages may use a chat: what browsers are told, and what is refused.

use crate::caller::Reply;
use crate::guest::Guest;
use crate::support::{Engine, TestApp};
use axum::body::Body;
use serde_json::json;
use shared::site::SiteSettings;

const OWN: &str = "https://acme.example";
const SUB: &str = "https://shop.acme.example";
const EVIL: &str = "https://evil.example";

async fn site(app: &TestApp, allowed: &str) -> Guest {
    let owner = app.owner("ada@example.com").await;
    let settings = SiteSettings {
        allowed_origins: allowed.into(),
        ..SiteSettings::default()
    };
    Guest::at(&app.site(&owner, settings).await)
}

fn allowed(reply: &Reply) -> Option<&str> {
    reply
        .headers
        .get("access-control-allow-origin")
        .map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_site_that_names_no_origin_may_be_used_from_any() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = site(&app, "").await.with("origin", EVIL);
    let reply = guest.get(&app, "config").await;
    assert_eq!((reply.status, allowed(&reply)), (200, Some(EVIL)));
    assert!(
        reply
            .headers
            .get_all("vary")
            .iter()
            .any(|value| value == "Origin")
    );
    assert!(
        !reply
            .headers
            .contains_key("access-control-allow-credentials")
    );
    let reply = guest.init(&app, json!({})).await;
    assert_eq!((reply.status, allowed(&reply)), (200, Some(EVIL)));
}

#[tokio::test]
async fn a_site_that_names_origins_may_be_used_from_those_alone() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = site(&app, &format!("{OWN},https://*.acme.example")).await;
    for origin in [OWN, SUB] {
        let reply = guest
            .clone()
            .with("origin", origin)
            .init(&app, json!({}))
            .await;
        assert_eq!((reply.status, allowed(&reply)), (200, Some(origin)));
    }
    for origin in [
        EVIL,
        "http://acme.example",
        "https://acme.example:8443",
        "null",
        "https://acme.example.evil.example",
    ] {
        let caller = guest.clone().with("origin", origin);
        let reply = caller.init(&app, json!({})).await;
        assert_eq!((reply.status, allowed(&reply)), (403, None), "{origin}");
        assert_eq!(reply.body["code"], "origin_not_allowed");
        let reply = caller.get(&app, "config").await;
        assert_eq!((reply.status, allowed(&reply)), (403, None), "{origin}");
    }
    let program = guest.init(&app, json!({})).await;
    assert_eq!(
        (program.status, allowed(&program)),
        (200, None),
        "a program that is no browser"
    );
}

#[tokio::test]
async fn refusals_can_be_read_by_the_page_they_are_for() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = site(&app, OWN).await.with("origin", OWN);
    let reply = guest.get(&app, "history").await;
    assert_eq!((reply.status, allowed(&reply)), (422, Some(OWN)));
    let nowhere = Guest {
        bot: "ch_nope".into(),
        ..guest
    };
    let reply = nowhere.get(&app, "config").await;
    assert_eq!((reply.status, allowed(&reply)), (404, Some(OWN)));
}

#[tokio::test]
async fn browsers_are_told_before_they_send() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = site(&app, OWN).await;
    let asks = |origin: &str| {
        guest
            .clone()
            .with("origin", origin)
            .with("access-control-request-method", "POST")
            .with(
                "access-control-request-headers",
                "content-type,authorization",
            )
    };
    let reply = asks(OWN)
        .send(&app, "OPTIONS", &guest.path("chat"), Body::empty())
        .await;
    assert_eq!((reply.status, allowed(&reply)), (204, Some(OWN)));
    assert!(
        reply.headers["access-control-allow-methods"]
            .to_str()
            .unwrap()
            .contains("POST")
    );
    let headers = reply.headers["access-control-allow-headers"]
        .to_str()
        .unwrap();
    for name in [
        "authorization",
        "content-type",
        "idempotency-key",
        "last-event-id",
    ] {
        assert!(headers.contains(name), "{name}");
    }
    let reply = asks(EVIL)
        .send(&app, "OPTIONS", &guest.path("chat"), Body::empty())
        .await;
    assert_eq!((reply.status, allowed(&reply)), (403, None));
    let reply = asks(OWN)
        .send(&app, "OPTIONS", "/widget/session/init", Body::empty())
        .await;
    assert_eq!((reply.status, allowed(&reply)), (204, Some(OWN)));
}

#[tokio::test]
async fn what_is_not_for_visitors_stays_same_origin() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = site(&app, "").await.with("origin", OWN);
    for path in [
        "/auth/setup",
        "/api/conversations",
        "/bots",
        "/health",
        "/dashboard",
    ] {
        let reply = guest.send(&app, "GET", path, Body::empty()).await;
        assert_eq!(allowed(&reply), None, "{path}");
    }
}

#[tokio::test]
async fn the_panels_own_frame_may_always_call() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = site(&app, OWN).await;
    // The configured address, and the name the visitor's browser really came by.
    guest
        .clone()
        .with("origin", "http://chat.example")
        .init(&app, json!({}))
        .await
        .expect(200);
    guest
        .clone()
        .with("origin", "http://localhost:8080")
        .with("host", "localhost:8080")
        .init(&app, json!({}))
        .await
        .expect(200);
    // But it tells which page it stands on, and that page must be one of the site's.
    let frame = guest.with("origin", "http://chat.example");
    let body = json!({"parent_url": format!("{EVIL}/page")});
    assert_eq!(
        frame.init(&app, body).await.expect(403)["code"],
        "origin_not_allowed"
    );
    frame
        .init(&app, json!({"parent_url": format!("{OWN}/page")}))
        .await
        .expect(200);
    frame
        .init(&app, json!({"parent_url": "http://chat.example/"}))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_session_stays_with_the_page_it_was_begun_on() {
    let app = TestApp::new(Engine::of_run()).await;
    let mut guest = site(&app, "").await;
    let begun = guest
        .clone()
        .with("origin", OWN)
        .init(&app, json!({}))
        .await
        .expect(200);
    guest.session = Some(begun["session_id"].as_str().unwrap().to_owned());
    guest
        .clone()
        .with("origin", OWN)
        .get(&app, "history")
        .await
        .expect(200);
    guest
        .clone()
        .with("origin", "http://chat.example")
        .get(&app, "history")
        .await
        .expect(200);
    guest.get(&app, "history").await.expect(200);
    let stolen = guest.with("origin", EVIL);
    assert_eq!(
        stolen.get(&app, "history").await.expect(403)["code"],
        "origin_not_allowed"
    );
    assert_eq!(
        stolen
            .post(&app, "chat", json!({"message": "x"}))
            .await
            .expect(403)["code"],
        "origin_not_allowed"
    );
}
