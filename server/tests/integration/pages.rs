//! Pages, their policies, health and the API's description.

use crate::caller::{Caller, Reply};
use crate::guest::Guest;
use crate::support::{Engine, TestApp};
use serde_json::json;
use shared::site::SiteSettings;

fn policy(reply: &Reply) -> &str {
    reply.headers["content-security-policy"].to_str().unwrap()
}

/// 200 with the applications built in, 503 with a page that says how to build them without.
#[track_caller]
fn is_page(reply: &Reply) {
    assert!(matches!(reply.status, 200 | 503), "{}", reply.status);
    assert_eq!(reply.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    let says_how = reply.body.as_str().unwrap().contains("make build");
    assert_eq!(says_how, reply.status == 503);
}

#[tokio::test]
async fn the_dashboard_cannot_be_framed_and_answers_for_all_of_its_addresses() {
    let app = TestApp::new(Engine::Sqlite).await;
    for path in [
        "/dashboard",
        "/dashboard/",
        "/dashboard/inbox/conv_abc?mode=waiting",
        "/",
    ] {
        let reply = Caller::NOBODY.get(&app, path).await;
        is_page(&reply);
        assert!(policy(&reply).contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy(&reply).contains("unsafe-inline"));
    }
    let missing = Caller::NOBODY
        .get(&app, "/dashboard/assets/nothing-0123456789abcdef.js")
        .await;
    assert_eq!(missing.status, 404);
    assert!(
        missing
            .body
            .as_str()
            .unwrap()
            .starts_with("<!doctype html>")
    );
}

#[tokio::test]
async fn the_panels_page_may_be_framed_by_whom_the_site_names() {
    let app = TestApp::new(Engine::Sqlite).await;
    let owner = app.owner("ada@example.com").await;
    let open = app.site(&owner, SiteSettings::default()).await;
    let named = SiteSettings {
        allowed_origins: "https://acme.example,https://*.acme.example".into(),
        ..SiteSettings::default()
    };
    let named = app.site(&owner, named).await;
    let reply = Guest::at(&open).get(&app, "frame").await;
    is_page(&reply);
    if reply.status == 200 {
        assert!(
            policy(&reply).ends_with("frame-ancestors *"),
            "{}",
            policy(&reply)
        );
        assert!(!reply.headers.contains_key("x-frame-options"));
        let reply = Guest::at(&named).get(&app, "frame").await;
        let ancestors = "frame-ancestors 'self' https://acme.example https://*.acme.example";
        assert!(policy(&reply).ends_with(ancestors), "{}", policy(&reply));
    }
    let nowhere = Guest {
        bot: "ch_nope".into(),
        ..Guest::at(&open)
    };
    assert_eq!(nowhere.get(&app, "frame").await.status, 404);
}

#[tokio::test]
async fn health_tells_whether_the_process_can_work() {
    let app = TestApp::new(Engine::Sqlite).await;
    assert_eq!(
        Caller::NOBODY.get(&app, "/health").await.expect(200),
        json!({"status": "ok"})
    );
    let ready = Caller::NOBODY.get(&app, "/health/ready").await.expect(200);
    assert_eq!(ready["status"], "ok");
    assert_eq!(ready["components"]["database"], "ok");
    app.db.close().await;
    let ready = Caller::NOBODY.get(&app, "/health/ready").await.expect(503);
    assert_eq!(ready["components"]["database"], "unavailable");
    assert_eq!(
        Caller::NOBODY.get(&app, "/health").await.expect(200),
        json!({"status": "ok"})
    );
}

#[tokio::test]
async fn the_description_names_every_route_of_the_visitors_surface() {
    let app = TestApp::new(Engine::Sqlite).await;
    let description = Caller::NOBODY.get(&app, "/openapi.json").await.expect(200);
    for (path, method) in [
        ("/widget/session/init", "post"),
        ("/widget/chat", "post"),
        ("/widget/history", "get"),
        ("/widget/escalate", "post"),
        ("/widget/config", "get"),
        ("/widget/events", "get"),
        ("/widget/rate", "post"),
        ("/widget/feedback", "post"),
        ("/widget/contact", "post"),
        ("/widget/typing", "post"),
        ("/widget/read", "post"),
        ("/widget/end", "post"),
        ("/health", "get"),
        ("/health/ready", "get"),
    ] {
        assert!(
            description["paths"][path][method]["responses"].is_object(),
            "{method} {path}"
        );
    }
    let browser = Caller::NOBODY.get(&app, "/docs/").await;
    assert_eq!(browser.status, 200);
    assert!(policy(&browser).contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn files_outside_the_built_ones_are_not_found() {
    let app = TestApp::new(Engine::Sqlite).await;
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/widget/assets/..%2f..%2fCargo.toml",
        "/index.html",
        "/widget.js.br",
        "/.stamp",
    ] {
        assert_eq!(Caller::NOBODY.get(&app, path).await.status, 404, "{path}");
    }
}
