//! `POST /bots/{bot_id}/install-check`: what is told of a page.

use crate::caller::{Caller, Person};
use crate::desk::house;
use crate::support::{Engine, TestApp};
use crate::web_server::WebServer;
use serde_json::{Value, json};

/// Where the tests' application says it is.
const CHAT: &str = "http://chat.example";

struct Desk {
    app: TestApp,
    owner: Person,
    bot: Value,
    web: WebServer,
}

async fn desk() -> Desk {
    let app = TestApp::with(Engine::of_run(), |config| {
        config.egress_allow = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let (owner, bot) = house(&app).await;
    let web = WebServer::start().await;
    Desk {
        app,
        owner,
        bot,
        web,
    }
}

impl Desk {
    fn slug(&self) -> String {
        self.bot["public_id"].as_str().unwrap().replace("ch_", "")
    }

    fn tag(&self) -> String {
        self.bot["snippet"].as_str().unwrap().to_owned()
    }

    fn path(&self) -> String {
        format!(
            "/bots/{}/install-check",
            self.bot["public_id"].as_str().unwrap()
        )
    }

    async fn look(&self, url: &str) -> Value {
        let body = json!({"url": url});
        self.owner
            .call(&self.app, "POST", &self.path(), &body)
            .await
            .expect(200)
    }

    /// Codes of what is found on a page with this head.
    async fn codes(&self, headers: &str, head: &str) -> Vec<String> {
        let html =
            format!("<!doctype html><html><head>{head}</head><body><p>Acme</p></body></html>");
        let headers = format!("Content-Type: text/html; charset=utf-8{headers}");
        self.web.serve("/page", "200 OK", &headers, &html);
        codes(&self.look(&self.web.url("/page")).await)
    }

    async fn set(&self, change: Value) {
        let mut body = change;
        body["siteId"] = self.bot["id"].clone();
        self.owner
            .call(&self.app, "PATCH", "/api/sites", &body)
            .await
            .expect(200);
    }
}

fn codes(found: &Value) -> Vec<String> {
    let findings = found["findings"].as_array().unwrap();
    let code = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
    findings.iter().map(code).collect()
}

#[tokio::test]
async fn a_page_with_the_tag_as_it_was_given_is_installed() {
    let desk = desk().await;
    desk.web.page("/", "Shop", &desk.tag());
    let found = desk.look(&desk.web.url("/")).await;
    let spelled = format!("site_{}", desk.slug());
    assert_eq!(
        found,
        json!({
            "url": desk.web.url("/"),
            "installed": true,
            "tags": [{"src": format!("{CHAT}/widget.js"), "site": spelled}],
            "findings": [],
        })
    );
}

#[tokio::test]
async fn redirects_are_followed_and_told() {
    let desk = desk().await;
    desk.web
        .serve("/old", "301 Moved Permanently", "Location: /new", "");
    desk.web.page("/new", "Shop", &desk.tag());
    let found = desk.look(&desk.web.url("/old")).await;
    assert_eq!(found["url"], desk.web.url("/new"));
    assert_eq!(found["installed"], true);
}

#[tokio::test]
async fn each_fault_of_a_tag_has_a_name() {
    let desk = desk().await;
    let none: [&str; 0] = [];
    let slug = desk.slug();
    assert_eq!(desk.codes("", "").await, ["tag_missing"]);
    let manager =
        "<script async src=\"https://www.googletagmanager.com/gtm.js?id=GTM-1\"></script>";
    assert_eq!(
        desk.codes("", manager).await,
        ["tag_missing", "tag_manager"]
    );
    // Another product's script of the same name is none of ours.
    let strange = "<script async src=\"https://vendor.example/widget.js\"></script>";
    assert_eq!(desk.codes("", strange).await, ["tag_missing"]);
    assert_eq!(
        desk.codes("", &format!("{}{strange}", desk.tag())).await,
        none
    );

    let wrong =
        format!("<script async src=\"{CHAT}/widget.js\" data-site=\"site_other\"></script>");
    assert_eq!(desk.codes("", &wrong).await, ["wrong_site"]);
    let nameless = format!("<script async src=\"{CHAT}/widget.js\"></script>");
    assert_eq!(desk.codes("", &nameless).await, ["site_missing"]);
    let moved = format!(
        "<script async src=\"http://old.example/widget.js\" data-site=\"site_{slug}\"></script>"
    );
    assert_eq!(desk.codes("", &moved).await, ["other_server"]);
    let twice = desk.tag().repeat(2);
    assert_eq!(desk.codes("", &twice).await, ["double_tag"]);
    let waiting = format!(
        "<script src=\"{CHAT}/widget.js\" data-site=\"{}\"></script>",
        desk.bot["id"]
    );
    assert_eq!(desk.codes("", &waiting).await, ["blocking_tag"]);
    let documented = format!(
        "<script defer src=\"//chat.example/embed.js\" data-bot-id=\"ch_{slug}\"></script>"
    );
    assert_eq!(desk.codes("", &documented).await, none);
}

#[tokio::test]
async fn warnings_and_hints_do_not_make_a_page_uninstalled() {
    let desk = desk().await;
    desk.web.page("/", "Shop", &desk.tag().repeat(2));
    let found = desk.look(&desk.web.url("/")).await;
    assert_eq!(found["installed"], true);
    assert_eq!(found["findings"][0]["severity"], "warning");
    assert_eq!(found["tags"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_sites_own_settings_count() {
    let desk = desk().await;
    let none: [&str; 0] = [];
    desk.set(json!({"enabled": false})).await;
    assert_eq!(desk.codes("", &desk.tag()).await, ["site_disabled"]);
    desk.set(json!({"enabled": true, "allowedOrigins": "https://acme.example"}))
        .await;
    assert_eq!(desk.codes("", &desk.tag()).await, ["origin_not_allowed"]);
    let origin = format!("http://{}", desk.web.address);
    desk.set(json!({ "allowedOrigins": origin })).await;
    assert_eq!(desk.codes("", &desk.tag()).await, none);
}

#[tokio::test]
async fn policies_of_headers_and_of_the_page_count() {
    let desk = desk().await;
    let none: [&str; 0] = [];
    let policy = "\r\nContent-Security-Policy: default-src 'self'";
    assert_eq!(
        desk.codes(policy, &desk.tag()).await,
        ["content_security_policy"]
    );
    let found = desk.look(&desk.web.url("/page")).await;
    let detail = found["findings"][0]["detail"].as_str().unwrap();
    for directive in ["script-src", "connect-src", "frame-src"] {
        assert!(detail.contains(&format!("{directive} {CHAT}")), "{detail}");
    }
    let reported = "\r\nContent-Security-Policy-Report-Only: default-src 'self'";
    assert_eq!(desk.codes(reported, &desk.tag()).await, none);
    let meta = "<meta http-equiv=\"content-security-policy\" content=\"frame-src 'none'\">";
    let head = format!("{meta}{}", desk.tag());
    assert_eq!(desk.codes("", &head).await, ["content_security_policy"]);
    let open = format!(
        "\r\nContent-Security-Policy: default-src 'none'; script-src {CHAT}; connect-src {CHAT}; frame-src {CHAT}"
    );
    assert_eq!(desk.codes(&open, &desk.tag()).await, none);
}

#[tokio::test]
async fn what_is_no_page_is_told_and_not_an_error_of_this_server() {
    let desk = desk().await;
    desk.web.serve(
        "/file",
        "200 OK",
        "Content-Type: application/pdf",
        "%PDF-1.4",
    );
    for path in ["/nowhere", "/file"] {
        let found = desk.look(&desk.web.url(path)).await;
        assert_eq!(codes(&found), ["page_unreachable"], "{path}");
        assert_eq!(found["installed"], false);
    }
    // A port that nobody listens on.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    assert_eq!(
        codes(&desk.look(&format!("http://{address}/")).await),
        ["page_unreachable"]
    );
}

#[tokio::test]
async fn rubbish_strangers_and_private_addresses_are_refused() {
    let desk = desk().await;
    let path = desk.path();
    for url in ["", "acme", "javascript:alert(1)"] {
        let reply = desk
            .owner
            .call(&desk.app, "POST", &path, &json!({ "url": url }))
            .await;
        assert!(matches!(reply.status, 400 | 422), "{url}: {}", reply.status);
    }
    for body in [json!({}), json!({"url": 7})] {
        desk.owner
            .call(&desk.app, "POST", &path, &body)
            .await
            .expect(422);
    }
    for private in [
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
    ] {
        let reply = desk
            .owner
            .call(&desk.app, "POST", &path, &json!({"url": private}))
            .await;
        reply.expect(400);
    }
    let body = json!({"url": desk.web.url("/")});
    Caller::NOBODY
        .call(&desk.app, "POST", &path, &body)
        .await
        .expect(401);
    let stranger = Person::owner(&desk.app, "eve@example.com").await;
    stranger
        .call(&desk.app, "POST", &path, &body)
        .await
        .expect(404);
}

#[tokio::test]
async fn looks_are_counted() {
    let desk = desk().await;
    desk.web.page("/", "Shop", "");
    for _ in 0..30 {
        desk.look(&desk.web.url("/")).await;
    }
    let body = json!({"url": desk.web.url("/")});
    desk.owner
        .call(&desk.app, "POST", &desk.path(), &body)
        .await
        .expect(429);
}
