//! Pages, their policies, health and the API's description.

use crate::caller::{Caller, Reply};
use crate::guest::Guest;
use crate::support::{Engine, TestApp};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};
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
async fn a_refusal_for_people_is_a_page_that_its_policy_lets_look_decent() {
    let app = TestApp::new(Engine::Sqlite).await;
    for (path, status, title) in [
        ("/nope", 404, "This page does not exist"),
        ("/widget/frame", 422, "Unprocessable Entity"),
        ("/widget/frame?bot_id=ch_nobody", 404, "Not Found"),
    ] {
        let reply = Caller::NOBODY.get(&app, path).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(reply.headers["cache-control"], "no-store");
        assert_eq!(reply.headers["x-frame-options"], "DENY");
        let page = reply.body.as_str().unwrap();
        assert!(page.contains(&format!("<h1>{title}</h1>")), "{page}");
        assert!(page.contains("href=\"/\""));
        assert!(!page.contains("{{"));
        // The policy names the page's own style by its hash, and allows no other.
        let style = page.split_once("<style>").unwrap().1;
        let style = style.split_once("</style>").unwrap().0;
        let hash = BASE64_STANDARD.encode(Sha256::digest(style));
        assert!(policy(&reply).contains(&format!("style-src 'self' 'sha256-{hash}'")));
        assert!(policy(&reply).contains("frame-ancestors 'none'"));
    }
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
async fn pages_that_isolate_themselves_may_frame_the_panel_and_nobody_indexes_it() {
    let app = TestApp::new(Engine::Sqlite).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let reply = Guest::at(&site).get(&app, "frame").await;
    is_page(&reply);
    if reply.status == 200 {
        assert_eq!(
            reply.headers["cross-origin-embedder-policy"],
            "require-corp"
        );
        assert_eq!(
            reply.headers["cross-origin-resource-policy"],
            "cross-origin"
        );
        assert_eq!(reply.headers["x-robots-tag"], "noindex");
        assert_eq!(reply.headers["cache-control"], "no-cache");
        assert!(!reply.headers.contains_key("etag"));
        assert!(!reply.headers.contains_key("access-control-allow-origin"));
        let packed = Guest::at(&site).with("accept-encoding", "gzip, br");
        let packed = packed.get(&app, "frame").await;
        assert_eq!(packed.headers["content-encoding"], "br");
        assert_eq!(policy(&packed), policy(&reply));
        // The field that visitors can write in before the program is there has a script that the policy knows.
        let scripts = "script-src 'self' 'wasm-unsafe-eval' 'sha256-";
        assert!(policy(&reply).contains(scripts), "{}", policy(&reply));
    }
}

#[tokio::test]
async fn the_panels_page_is_in_the_language_of_page_site_or_browser() {
    let app = TestApp::new(Engine::Sqlite).await;
    let owner = app.owner("ada@example.com").await;
    let any = app.site(&owner, SiteSettings::default()).await;
    let german = SiteSettings {
        language: "de".into(),
        ..SiteSettings::default()
    };
    let german = app.site(&owner, german).await;
    for (site, query, browser, language) in [
        (&any, "", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        (&any, "?locale=AR_eg", "fr", "ar"),
        (&any, "?locale=..%2f..%2fpublic%2findex", "fr", "en"),
        (&any, "", "", "en"),
        (&german, "", "fr", "de"),
        (&german, "?locale=uk", "fr", "uk"),
        (&german, "?locale=sw", "fr", "en"),
    ] {
        let guest = Guest::at(site).with("accept-language", browser);
        let reply = guest.get(&app, &format!("frame{query}")).await;
        is_page(&reply);
        if reply.status == 200 {
            let page = reply.body.as_str().expect("a page is text");
            let start = format!("<html lang=\"{language}\"");
            assert!(page.contains(&start), "{query}, {browser}: {language}");
        }
    }
}

#[tokio::test]
async fn a_site_has_a_link_to_its_chat_as_a_page() {
    let app = TestApp::new(Engine::Sqlite).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    for spelling in [format!("site_{}", site.slug), format!("ch_{}", site.slug)] {
        let reply = Caller::NOBODY.get(&app, &format!("/talk/{spelling}")).await;
        assert_eq!(reply.status, 307);
        let place = format!("/widget/frame?bot_id=ch_{}", site.slug);
        assert_eq!(reply.headers["location"], place.as_str());
    }
    let reply = Caller::NOBODY.get(&app, "/talk/site_nobody").await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.headers["content-type"], "text/html; charset=utf-8");
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
