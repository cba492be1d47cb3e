//! `POST /api/knowledge` of type `url`, and `/api/knowledge/scrape`.

use crate::api_keys::make_key;
use crate::caller::{Caller, Person, Reply};
use crate::desk::{chatbot_id, counts, house};
use crate::support::{Engine, TestApp};
use crate::web_server::WebServer;
use parlance::clock::MINUTE;
use parlance::core::job;
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    owner: Person,
    program: Caller,
    id: String,
    web: WebServer,
}

/// An application that may reach this machine, where a web site is.
async fn desk(engine: Engine) -> Desk {
    let app = TestApp::with(engine, |config| {
        config.egress_allow = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let (owner, bot) = house(&app).await;
    let (program, _) = make_key(&app, &owner, &["knowledge"]).await;
    Desk {
        app,
        owner,
        program,
        id: chatbot_id(&bot),
        web: WebServer::start().await,
    }
}

impl Desk {
    async fn add(&self, source: &str) -> Reply {
        // As the document shows it: a `url` needs no content.
        let body = json!({"chatbotId": self.id, "type": "url", "source": source, "content": null});
        self.program
            .call(&self.app, "POST", "/api/knowledge", &body)
            .await
    }

    async fn start(&self, mut body: Value) -> Reply {
        body["chatbotId"] = json!(self.id);
        self.program
            .call(&self.app, "POST", "/api/knowledge/scrape", &body)
            .await
    }

    /// Runs a scrape to its end.
    async fn scrape(&self, path: &str) -> Value {
        self.scrape_with(json!({"url": self.web.url(path)})).await
    }

    async fn scrape_with(&self, body: Value) -> Value {
        let begun = self.start(body).await.expect(201);
        assert_eq!(job::run_due(&self.app).await.unwrap(), 1);
        let path = format!("/api/knowledge/scrape/{}", begun["id"]);
        self.program.get(&self.app, &path).await.expect(200)
    }

    /// Title and address of everything known, by address.
    async fn known(&self) -> Vec<(String, String)> {
        let path = format!("/api/knowledge?chatbotId={}", self.id);
        let list = self.program.get(&self.app, &path).await.expect(200);
        let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
        let items = list["data"].as_array().unwrap().iter();
        let mut known: Vec<_> = items
            .inspect(|item| assert_eq!(item["type"], "url"))
            .map(|item| (text(item, "source"), text(item, "title")))
            .collect();
        known.sort();
        known
    }

    fn at(&self, path: &str, title: &str) -> (String, String) {
        (self.web.url(path), title.to_owned())
    }
}

async fn a_page_is_read_and_read_again(engine: Engine) {
    let desk = desk(engine).await;
    desk.web.page(
        "/faq",
        "FAQ &amp; more",
        "<h1>Shipping</h1><p>We ship to Norway within five days.</p>",
    );
    let added = desk
        .add(&format!(" {}#top ", desk.web.url("/faq")))
        .await
        .expect(201);
    assert_eq!(
        (&added["type"], &added["title"], &added["source"]),
        (
            &json!("url"),
            &json!("FAQ & more"),
            &json!(desk.web.url("/faq"))
        )
    );
    let ask = format!("/api/chatbots/{}/ask", desk.id);
    let question = json!({"message": "Do you ship to Norway?"});
    let answer = desk
        .program
        .call(&desk.app, "POST", &ask, &question)
        .await
        .expect(200);
    assert!(
        answer["reply"].as_str().unwrap().contains("five days"),
        "{answer}"
    );
    assert_eq!(answer["sources"][0]["url"], desk.web.url("/faq"));

    desk.web.page(
        "/faq",
        "FAQ",
        "<h1>Shipping</h1><p>We ship to Norway within nine days.</p>",
    );
    desk.add(&desk.web.url("/faq")).await.expect(201);
    assert_eq!(desk.known().await, [desk.at("/faq", "FAQ")]);
    let answer = desk
        .program
        .call(&desk.app, "POST", &ask, &question)
        .await
        .expect(200);
    assert!(
        answer["reply"].as_str().unwrap().contains("nine days"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_page_is_read_and_read_again_on_sqlite() {
    a_page_is_read_and_read_again(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_page_is_read_and_read_again_on_postgres() {
    a_page_is_read_and_read_again(Engine::Postgres).await;
}

#[tokio::test]
async fn what_is_no_page_is_refused_with_the_reason() {
    let desk = desk(Engine::of_run()).await;
    let web = &desk.web;
    web.serve(
        "/robots.txt",
        "200 OK",
        "Content-Type: text/plain",
        "User-agent: *\nDisallow: /private\n",
    );
    web.page("/private", "Private", "Nothing for programs.");
    web.page("/empty", "Empty", " ");
    web.serve(
        "/picture",
        "200 OK",
        "Content-Type: image/png",
        "\u{1}\u{2}",
    );
    web.serve(
        "/sitemap.xml",
        "200 OK",
        "Content-Type: text/xml",
        "<urlset></urlset>",
    );
    web.serve(
        "/away",
        "302 Found",
        "Location: http://169.254.169.254/latest/",
        "",
    );
    let before = counts(&desk.app).await;
    for (source, code, word) in [
        (web.url("/missing"), "validation_failed", "404"),
        (web.url("/private"), "validation_failed", "robots.txt"),
        (web.url("/empty"), "validation_failed", "content"),
        (web.url("/picture"), "validation_failed", "no page"),
        (web.url("/sitemap.xml"), "validation_failed", "sitemap"),
        (web.url("/away"), "forbidden_address", ""),
        ("not an address".to_owned(), "validation_failed", "source"),
        (String::new(), "validation_failed", "source"),
        (
            "http://127.0.0.1:1/".to_owned(),
            "validation_failed",
            "reached",
        ),
        (
            format!("https://a.example/{}", "x".repeat(2_048)),
            "validation_failed",
            "source",
        ),
    ] {
        let refused = desk.add(&source).await.expect(400);
        assert_eq!(refused["error"], code, "{source}: {refused}");
        assert!(
            refused["message"].as_str().unwrap().contains(word),
            "{refused}"
        );
        desk.app.clock.advance(MINUTE);
    }
    assert_eq!(counts(&desk.app).await, before);
    assert!(!web.asked().contains(&"/private".to_owned()));
    let nameless = json!({"chatbotId": desk.id, "type": "url"});
    let refused = desk
        .program
        .call(&desk.app, "POST", "/api/knowledge", &nameless)
        .await;
    assert!(
        refused.expect(400)["message"]
            .as_str()
            .unwrap()
            .contains("source")
    );
}

#[tokio::test]
async fn private_addresses_are_refused_at_once() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let id = chatbot_id(&bot);
    let before = counts(&app).await;
    for address in [
        "http://127.0.0.1/",
        "http://10.0.0.1/sitemap.xml",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://2130706433/",
        "https://user:word@example.com/",
        "https://example.com:22/",
        "ftp://example.com/",
        "file:///etc/passwd",
    ] {
        let page = json!({"chatbotId": id, "type": "url", "source": address});
        let site = json!({"chatbotId": id, "url": address});
        for (path, body) in [("/api/knowledge", page), ("/api/knowledge/scrape", site)] {
            let refused = owner.call(&app, "POST", path, &body).await.expect(400);
            assert_eq!(refused["error"], "forbidden_address", "{path} {address}");
            app.clock.advance(MINUTE);
        }
    }
    assert_eq!(counts(&app).await, before);
}

async fn a_site_is_read_page_by_page(engine: Engine) {
    let desk = desk(engine).await;
    let web = &desk.web;
    web.serve(
        "/robots.txt",
        "200 OK",
        "Content-Type: text/plain",
        "User-agent: parlance\nDisallow: /hidden\nUser-agent: *\nDisallow: /\n",
    );
    let elsewhere = WebServer::start().await;
    elsewhere.page("/trap", "Trap", "<p>Not of this site.</p>");
    web.page(
        "/",
        "Home",
        &format!(
            "<p>Welcome to Acme.</p><a href='/shipping'>a</a> <a href='returns#x'>b</a> <a href='/hidden'>c</a> \
             <a href='/missing'>d</a> <a href='{}'>e</a> <a href='/secret'>f</a> <a href='/old'>g</a> \
             <a href='mailto:ada@acme.example'>h</a> <a href='/out'>i</a>",
            elsewhere.url("/")
        ),
    );
    web.page(
        "/shipping",
        "Shipping",
        "<p>We ship to Norway.</p><a href='/'>Home</a>",
    );
    web.page(
        "/returns",
        "Returns",
        "<p>Send it back.</p><a href='/deep'>deeper</a>",
    );
    web.page("/deep", "Deep", "<p>Deep down.</p>");
    web.page("/hidden", "Hidden", "<p>Not for programs.</p>");
    web.page(
        "/secret",
        "Secret",
        "<meta name='robots' content='noindex'><p>Do not keep this.</p>",
    );
    web.serve("/old", "301 Moved Permanently", "Location: /shipping", "");
    web.serve(
        "/out",
        "302 Found",
        &format!("Location: {}", elsewhere.url("/trap")),
        "",
    );

    let begun = desk.start(json!({"url": web.url("/")})).await.expect(201);
    assert_eq!(
        begun,
        json!({
            "id": begun["id"], "chatbotId": desk.id, "url": web.url("/"), "status": "queued", "reason": null,
            "maxPages": 500, "pagesRead": 0, "pagesFailed": 0, "createdAt": "2026-01-05T10:00:00.000Z",
            "finishedAt": null,
        })
    );
    assert_eq!(job::run_due(&desk.app).await.unwrap(), 1);
    let path = format!("/api/knowledge/scrape/{}", begun["id"]);
    let ended = desk.program.get(&desk.app, &path).await.expect(200);
    let mut expected = begun.clone();
    for (field, value) in [
        ("status", json!("done")),
        ("pagesRead", json!(4)),
        ("pagesFailed", json!(1)),
        ("finishedAt", json!("2026-01-05T10:00:00.000Z")),
    ] {
        expected[field] = value;
    }
    assert_eq!(ended, expected);
    assert_eq!(
        desk.known().await,
        [
            desk.at("/", "Home"),
            desk.at("/deep", "Deep"),
            desk.at("/returns", "Returns"),
            desk.at("/shipping", "Shipping"),
        ]
    );
    assert!(!web.asked().contains(&"/hidden".to_owned()));
    assert!(
        !elsewhere.asked().contains(&"/".to_owned()),
        "another site is not read"
    );

    assert_eq!(job::run_due(&desk.app).await.unwrap(), 0, "its job is gone");
    desk.scrape("/").await;
    assert_eq!(
        desk.known().await.len(),
        4,
        "a second scrape adds nothing twice"
    );
    let list = format!("/api/knowledge/scrape?chatbotId={}&limit=1", desk.id);
    let list = desk.program.get(&desk.app, &list).await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    let cursor = list["nextCursor"].as_str().unwrap();
    let rest = format!(
        "/api/knowledge/scrape?chatbotId={}&cursor={cursor}",
        desk.id
    );
    let rest = desk.program.get(&desk.app, &rest).await.expect(200);
    assert_eq!(rest, json!({"data": [ended], "nextCursor": null}));
}

#[tokio::test]
async fn a_site_is_read_page_by_page_on_sqlite() {
    a_site_is_read_page_by_page(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_site_is_read_page_by_page_on_postgres() {
    a_site_is_read_page_by_page(Engine::Postgres).await;
}

#[tokio::test]
async fn of_a_sitemap_just_its_pages_are_read() {
    let desk = desk(Engine::of_run()).await;
    let web = &desk.web;
    let xml = "Content-Type: application/xml";
    let list = |paths: &[&str]| -> String {
        let entries = paths
            .iter()
            .map(|path| format!("<url><loc>{}</loc></url>", web.url(path)));
        format!("<urlset>{}</urlset>", entries.collect::<String>())
    };
    let index = format!(
        "<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>",
        web.url("/pages.xml")
    );
    web.serve("/sitemap.xml", "200 OK", xml, &index);
    web.serve("/pages.xml", "200 OK", xml, &list(&["/a", "/b"]));
    web.page("/a", "A", "<p>Text of A.</p><a href='/unlisted'>more</a>");
    web.page("/b", "B", "<p>Text of B.</p>");
    web.page("/unlisted", "Unlisted", "<p>Not in the sitemap.</p>");
    let ended = desk.scrape("/sitemap.xml").await;
    assert_eq!(
        (&ended["status"], &ended["pagesRead"]),
        (&json!("done"), &json!(2))
    );
    assert_eq!(desk.known().await, [desk.at("/a", "A"), desk.at("/b", "B")]);
}

#[tokio::test]
async fn a_limit_ends_a_scrape_visibly_and_what_was_read_stays() {
    let desk = desk(Engine::of_run()).await;
    let web = &desk.web;
    for number in 0..5 {
        let body = format!(
            "<p>Page {number} of many.</p><a href='/{}'>next</a>",
            number + 1
        );
        web.page(&format!("/{number}"), &format!("Page {number}"), &body);
    }
    let ended = desk
        .scrape_with(json!({"source": web.url("/0"), "maxPages": 2}))
        .await;
    assert_eq!(
        (&ended["status"], &ended["reason"], &ended["pagesRead"]),
        (&json!("partial"), &json!("page_limit"), &json!(2))
    );
    assert_eq!(
        desk.known().await,
        [desk.at("/0", "Page 0"), desk.at("/1", "Page 1")]
    );
}

#[tokio::test]
async fn links_are_followed_ten_steps_and_no_further() {
    let desk = desk(Engine::of_run()).await;
    let web = &desk.web;
    for number in 0..13 {
        let body = format!(
            "<p>Page {number} of many.</p><a href='/{}'>next</a>",
            number + 1
        );
        web.page(&format!("/{number}"), &format!("Page {number}"), &body);
    }
    let ended = desk.scrape("/0").await;
    assert_eq!(
        (&ended["status"], &ended["reason"], &ended["pagesRead"]),
        (&json!("partial"), &json!("depth_limit"), &json!(11))
    );
}

#[tokio::test]
async fn a_scrape_that_finds_nothing_says_why() {
    let desk = desk(Engine::of_run()).await;
    let web = &desk.web;
    let ended = desk.scrape("/missing").await;
    assert_eq!(
        (&ended["status"], &ended["reason"]),
        (&json!("failed"), &json!("unreachable"))
    );
    assert_eq!(ended["pagesFailed"], 1);

    web.page("/", "Home", "<p>Welcome.</p>");
    let text = "Content-Type: text/plain";
    web.serve(
        "/robots.txt",
        "200 OK",
        text,
        "User-agent: *\nDisallow: /\n",
    );
    let ended = desk.scrape("/").await;
    assert_eq!(
        (&ended["status"], &ended["reason"]),
        (&json!("failed"), &json!("robots_disallowed"))
    );
    web.serve("/robots.txt", "503 Service Unavailable", text, "");
    let ended = desk.scrape("/").await;
    assert_eq!(
        (&ended["status"], &ended["reason"]),
        (&json!("failed"), &json!("unreachable"))
    );
    assert_eq!(desk.known().await, []);
    assert!(!web.asked().contains(&"/".to_owned()));
}

#[tokio::test]
async fn bad_scrapes_are_refused_and_nothing_is_begun() {
    let desk = desk(Engine::of_run()).await;
    let before = counts(&desk.app).await;
    for (body, field) in [
        (json!({}), "url"),
        (json!({"url": ""}), "url"),
        (json!({"url": "nonsense"}), "url"),
        (json!({"url": 5}), "url"),
        (
            json!({"url": "https://a.example/", "maxPages": 0}),
            "maxPages",
        ),
        (
            json!({"url": "https://a.example/", "maxPages": 5_001}),
            "maxPages",
        ),
    ] {
        let refused = desk.start(body.clone()).await.expect(400);
        assert_eq!(refused["error"], "validation_failed", "{body}");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{refused}"
        );
        desk.app.clock.advance(MINUTE);
    }
    assert_eq!(counts(&desk.app).await, before);
    for (path, status) in [
        ("/api/knowledge/scrape", 400),
        ("/api/knowledge/scrape/424242", 404),
        ("/api/knowledge/scrape/x", 404),
    ] {
        desk.program.get(&desk.app, path).await.expect(status);
    }
}

#[tokio::test]
async fn the_eleventh_scrape_of_five_minutes_has_to_wait() {
    let desk = desk(Engine::of_run()).await;
    let body = json!({"url": "https://a.example/"});
    for _ in 0..10 {
        desk.start(body.clone()).await.expect(201);
    }
    let refused = desk.start(body.clone()).await;
    assert_eq!(refused.headers["retry-after"], "300");
    assert_eq!(refused.expect(429)["error"], "rate_limited");
    // Per user: the key and the person whose it is are one.
    let body = json!({"chatbotId": desk.id, "url": "https://a.example/"});
    let path = "/api/knowledge/scrape";
    desk.owner
        .call(&desk.app, "POST", path, &body)
        .await
        .expect(429);
    desk.app.clock.advance(5 * MINUTE);
    desk.owner
        .call(&desk.app, "POST", path, &body)
        .await
        .expect(201);
}
