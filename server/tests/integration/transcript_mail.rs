//! A conversation by mail: to its visitor, in their language, and not to anybody else's annoyance.

use crate::caller::Person;
use crate::desk::counts;
use crate::guest::Guest;
use crate::mail::Server;
use crate::support::{Engine, NOW, TestApp, on_both};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use parlance::clock::{DAY, MINUTE, SECOND};
use parlance::core::knowledge::{self, New};
use parlance::core::{identity, job};
use parlance::store;
use parlance::store::site::Site;
use serde_json::{Value, json};
use shared::site::SiteSettings;

/// An app that mails through a server, a site in it, and its owner.
async fn house(engine: Engine, server: &Server) -> (TestApp, Person, Site) {
    let app = TestApp::with(engine, |config| {
        config.smtp_url = Some(server.address.clone());
    })
    .await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let settings = SiteSettings {
        display_name: "Acme & Söhne".into(),
        contact_email: "help@acme.example".into(),
        ..SiteSettings::default()
    };
    let site = app.site(&owner.operator, settings).await;
    let new = New::Qa {
        question: "How long do parcels take?".into(),
        answer: "Parcels take **five** days, see [our page](https://acme.example/parcels).".into(),
    };
    knowledge::add(&app, &site, new).await.unwrap();
    (app, owner, site)
}

async fn run_jobs(app: &TestApp) {
    while job::run_due(app).await.unwrap() > 0 {}
}

/// Headers and, by their type, the bodies of a letter.
fn parts(letter: &str) -> (String, String, String) {
    let (head, _) = letter.split_once("\n\n").unwrap();
    let (_, boundary) = head.split_once("boundary=\"").unwrap();
    let boundary = format!("--{}", boundary.split('"').next().unwrap());
    let body = |kind: &str| {
        let part = letter
            .split(&boundary)
            .find(|part| part.contains(&format!("Content-Type: {kind}")));
        let (head, body) = part.unwrap().trim_start().split_once("\n\n").unwrap();
        decoded(head, body)
    };
    (head.to_owned(), body("text/plain"), body("text/html"))
}

/// By the transfer encodings of RFC 2045.
fn decoded(head: &str, body: &str) -> String {
    let bytes = if head.contains("base64") {
        let packed: String = body.split_whitespace().collect();
        BASE64_STANDARD.decode(packed).unwrap()
    } else if head.contains("quoted-printable") {
        let body = body.replace("=\n", "");
        let mut pieces = body.split('=');
        let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
        for piece in pieces {
            bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
            bytes.extend(&piece.as_bytes()[2..]);
        }
        bytes
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

async fn mails_a_conversation(engine: Engine) {
    let server = Server::refusing(1).await;
    let (app, owner, site) = house(engine, &server).await;
    let guest = Guest::begun(&app, &site).await;
    guest.say(&app, "How long do parcels take?").await;
    guest.say(&app, "<b>Now</b> https://shady.example").await;
    let inbox = owner.get(&app, "/api/conversations").await.expect(200);
    let path = format!(
        "/api/conversations/{}",
        inbox["data"][0]["id"].as_str().unwrap()
    );
    let tags = json!({"tags": ["difficult"]});
    owner
        .call(&app, "POST", &format!("{path}/tags"), &tags)
        .await
        .expect(200);

    let request =
        json!({"email": "Grace@Example.com", "locale": "de-AT", "time_zone": "Europe/Vienna"});
    let reply = guest.post(&app, "transcript", request).await.expect(200);
    assert_eq!(reply, json!({"ok": true}));
    // What is said afterwards is not in the copy that was asked for.
    guest.say(&app, "And one thing more").await;
    run_jobs(&app).await;
    assert_eq!(server.letters().len(), 0, "refused, and not lost");
    app.clock.advance(MINUTE);
    run_jobs(&app).await;
    app.clock.advance(MINUTE);
    run_jobs(&app).await;

    let letters = server.letters();
    assert_eq!(letters.len(), 1, "sent once");
    assert!(
        letters[0].contains("RCPT TO:<Grace@Example.com>"),
        "{}",
        letters[0]
    );
    let (head, text, html) = parts(&letters[0]);
    for line in [
        "Reply-To: help@acme.example",
        "Auto-Submitted: auto-generated",
        "Date: Mon, 05 Jan 2026 10:00:00 +0000",
    ] {
        assert!(
            head.lines().any(|written| written == line),
            "{line}: {head}"
        );
    }
    let subject = head
        .lines()
        .find(|line| line.starts_with("Subject: "))
        .unwrap();
    // The word with a letter beyond ASCII is an encoded one (RFC 2047).
    let word = format!("=?utf-8?b?{}?=", BASE64_STANDARD.encode("Gespräch"));
    assert!(
        subject.contains(&format!("Ihr {word} mit Acme")),
        "{subject}"
    );
    for part in [
        "Zeiten: Europe/Vienna\n",
        "[2026-01-05 11:00] Sie:\n    <b>Now</b> https://shady.example\n",
        "[2026-01-05 11:00] Assistent (KI):\n    Parcels take **five** days",
        "im Chat von Acme & Söhne eingegeben",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for part in [
        "<html lang=\"de\" dir=\"ltr\">",
        "Acme &amp; Söhne",
        "&lt;b&gt;Now&lt;/b&gt; https://shady.example",
        "<strong>five</strong>",
        "<a href=\"https://acme.example/parcels\">our page</a>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(
        !html.contains("href=\"https://shady"),
        "a visitor's address leads nowhere: {html}"
    );
    for body in [&text, &html] {
        for private in ["difficult", "And one thing more", "Grace@Example.com"] {
            assert!(!body.contains(private), "{private}: {body}");
        }
    }
}

#[tokio::test]
async fn a_conversation_is_mailed_once_in_the_visitors_language_sqlite() {
    mails_a_conversation(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_conversation_is_mailed_once_in_the_visitors_language_postgres() {
    mails_a_conversation(Engine::Postgres).await;
}

on_both!(
    without_a_mail_server_it_is_neither_offered_nor_done,
    |app| {
        let owner = app.owner("ada@example.com").await;
        let site = app.site(&owner, SiteSettings::default()).await;
        let guest = Guest::begun(app, &site).await;
        guest.say(app, "Hello").await;
        let before = counts(app).await;
        let refused = guest
            .post(app, "transcript", json!({"email": "grace@example.com"}))
            .await;
        let refused = refused.expect(409);
        assert_eq!(refused["code"], "mail_unavailable");
        assert_eq!(counts(app).await, before);
        let config = guest.get(app, "config").await.expect(200);
        assert_eq!(config.get("transcript_mail"), None);
    }
);

#[tokio::test]
async fn it_is_offered_where_there_is_a_mail_server() {
    let server = Server::refusing(0).await;
    let (app, _, site) = house(Engine::of_run(), &server).await;
    let config = Guest::at(&site).get(&app, "config").await.expect(200);
    assert_eq!(config["transcript_mail"], true);
}

async fn refuses(engine: Engine) {
    let server = Server::refusing(0).await;
    let (app, owner, site) = house(engine, &server).await;
    let other = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    let request = json!({"email": "grace@example.com"});
    let refused = guest
        .post(&app, "transcript", request.clone())
        .await
        .expect(409);
    assert_eq!(refused["code"], "conflict", "nothing was said yet");
    guest.say(&app, "Hello").await;
    let before = counts(&app).await;

    let mut nobody = Guest::at(&site);
    nobody
        .post(&app, "transcript", request.clone())
        .await
        .expect(422);
    nobody.get(&app, "transcript/address").await.expect(422);
    nobody.session = Some(uuid::Uuid::nil().to_string());
    nobody
        .post(&app, "transcript", request.clone())
        .await
        .expect(404);
    nobody.get(&app, "transcript/address").await.expect(404);
    let mut stranger = Guest::at(&other);
    stranger.session.clone_from(&guest.session);
    stranger
        .post(&app, "transcript", request.clone())
        .await
        .expect(404);
    stranger.get(&app, "transcript/address").await.expect(404);
    app.clock.advance(2 * MINUTE);
    for bad in [
        json!({}),
        json!({"email": null}),
        json!({"email": 7}),
        json!({"email": ""}),
        json!({"email": "grace"}),
        json!({"email": "grace@example.com, eve@example.com"}),
        json!({"email": "Grace <grace@example.com>"}),
        json!({"email": "grace@example.com\r\nBcc: eve@example.com"}),
        json!({"email": format!("{}@example.com", "g".repeat(250))}),
        json!({"email": "grace@example.com", "locale": "d".repeat(65)}),
        json!({"email": "grace@example.com", "time_zone": "a\nb"}),
    ] {
        let reply = guest.post(&app, "transcript", bad.clone()).await;
        assert_eq!(reply.status, 422, "{bad}: {}", reply.body);
        app.clock.advance(MINUTE);
    }
    assert_eq!(counts(&app).await, before);

    let row = owner.get(&app, "/api/conversations").await.expect(200)["data"][0].clone();
    let path = format!("/api/visitors/{}/block", row["visitor"]["id"]);
    owner
        .call(&app, "POST", &path, &json!({}))
        .await
        .expect(200);
    let refused = guest.post(&app, "transcript", request).await.expect(403);
    assert_eq!(refused["code"], "visitor_blocked");
    run_jobs(&app).await;
    assert_eq!(server.letters(), Vec::<String>::new());
}

#[tokio::test]
async fn nobody_strangers_and_bad_input_get_nothing_mailed_sqlite() {
    refuses(Engine::Sqlite).await;
}

#[tokio::test]
async fn nobody_strangers_and_bad_input_get_nothing_mailed_postgres() {
    refuses(Engine::Postgres).await;
}

async fn order(app: &TestApp, guest: &Guest, email: &str) -> (u16, Value, u64) {
    let reply = guest.post(app, "transcript", json!({"email": email})).await;
    let wait = reply
        .headers
        .get("retry-after")
        .map_or("0", |wait| wait.to_str().unwrap());
    (
        reply.status,
        reply.body["code"].clone(),
        wait.parse().unwrap(),
    )
}

#[tokio::test]
async fn there_are_few_letters_to_few_addresses() {
    let server = Server::refusing(0).await;
    let (app, _, site) = house(Engine::of_run(), &server).await;
    let mut guests = Vec::new();
    for last in 1..=3 {
        let guest = Guest::begun(&app, &site)
            .await
            .coming_from(&format!("192.0.2.{last}"));
        guest.say(&app, "Hello").await;
        guests.push(guest);
        app.clock.advance(MINUTE);
    }
    let [first, second, third] = &guests[..] else {
        unreachable!()
    };
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        assert_eq!(order(&app, first, email).await.0, 200, "{email}");
    }
    assert_eq!(
        order(&app, first, "d@example.com").await.0,
        409,
        "a fourth address"
    );
    assert_eq!(
        order(&app, first, "A@EXAMPLE.com").await.0,
        200,
        "one of the three"
    );
    assert_eq!(
        order(&app, first, "a@example.com").await.0,
        429,
        "five requests a minute"
    );
    app.clock.advance(MINUTE);
    assert_eq!(order(&app, first, "a@example.com").await.0, 200);
    let (status, code, wait) = order(&app, first, "a@example.com").await;
    assert_eq!(
        (status, code),
        (429, json!("rate_limited")),
        "five letters a day"
    );
    assert_eq!(wait, (DAY - MINUTE).unsigned_abs() / SECOND.unsigned_abs());

    // Three have gone to that address so far; another conversation may send it two more.
    assert_eq!(order(&app, second, "a@example.com").await.0, 200);
    assert_eq!(order(&app, second, "a@example.com").await.0, 200);
    assert_eq!(order(&app, third, "a@example.com").await.0, 429);
    assert_eq!(order(&app, third, "e@example.com").await.0, 200);
    app.clock.advance(DAY);
    assert_eq!(
        order(&app, third, "a@example.com").await.0,
        200,
        "a day later"
    );
}

#[tokio::test]
async fn one_client_address_does_not_mail_all_day() {
    let server = Server::refusing(0).await;
    let (app, _, site) = house(Engine::of_run(), &server).await;
    let mut sent = 0;
    for conversation in 0..55 {
        let guest = Guest::begun(&app, &site).await;
        guest.say(&app, "Hello").await;
        let (status, ..) = order(&app, &guest, &format!("g{conversation}@example.com")).await;
        sent += u32::from(status == 200);
        app.clock.advance(MINUTE);
    }
    assert_eq!(sent, 50);
}

#[tokio::test]
async fn what_is_erased_before_it_goes_out_does_not_go_out() {
    let server = Server::refusing(0).await;
    let (app, owner, site) = house(Engine::of_run(), &server).await;
    let guest = Guest::begun(&app, &site).await;
    guest.say(&app, "Forget me").await;
    assert_eq!(order(&app, &guest, "grace@example.com").await.0, 200);
    let path = format!("/api/chatbots/ch_{}", site.slug);
    owner
        .call(&app, "DELETE", &path, &Value::Null)
        .await
        .expect(204);
    run_jobs(&app).await;
    assert_eq!(server.letters(), Vec::<String>::new());
}

on_both!(the_address_offered_is_the_visitors_own, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::at(&site);
    let begun = guest.init(app, json!({})).await.expect(200);
    let guest = Guest {
        session: Some(begun["session_id"].as_str().unwrap().to_owned()),
        ..guest
    };
    assert_eq!(
        guest.get(app, "transcript/address").await.expect(200),
        json!({})
    );
    guest
        .post(app, "contact", json!({"email": "grace@example.com"}))
        .await
        .expect(200);
    let known = guest.get(app, "transcript/address").await.expect(200);
    assert_eq!(known, json!({"email": "grace@example.com"}));

    // Who knows no more than the visitor's public id learns nothing of them.
    let begun = guest
        .init(app, json!({"visitor_id": begun["visitor_id"]}))
        .await
        .expect(200);
    let other = Guest {
        session: Some(begun["session_id"].as_str().unwrap().to_owned()),
        ..Guest::at(&site)
    };
    assert_eq!(
        other.get(app, "transcript/address").await.expect(200),
        json!({})
    );

    let secret = identity::replace_secret(app, &owner.operator)
        .await
        .unwrap();
    let claims = json!({"sub": "7", "email": "hopper@example.com", "exp": NOW / 1_000 + 60});
    let token = crate::identity::sign(&secret, &claims);
    let begun = guest
        .init(app, json!({"identity_token": token}))
        .await
        .expect(200);
    assert_eq!(begun["mode"], "identified", "{begun}");
    let vouched = Guest {
        session: Some(begun["session_id"].as_str().unwrap().to_owned()),
        ..Guest::at(&site)
    };
    let known = vouched.get(app, "transcript/address").await.expect(200);
    assert_eq!(known, json!({"email": "hopper@example.com"}));
});

on_both!(letters_are_counted_by_conversation_and_by_address, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let account = owner.account_id;
    let mut conversations = Vec::new();
    for _ in 0..2 {
        let arrival = parlance::core::session::Arrival::default();
        let visitor = parlance::core::session::begin(app, site.clone(), arrival)
            .await
            .unwrap();
        conversations.push(visitor.conversation.id);
    }
    let (first, second) = (conversations[0], conversations[1]);
    app.db
        .write(move |tx| {
            Box::pin(async move {
                for (conversation, email, at) in [
                    (first, "a@example.com", 10),
                    (first, "b@example.com", 20),
                    (second, "a@example.com", 30),
                ] {
                    store::transcript_letter::insert(tx, account, conversation, email, at).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let of_first = store::transcript_letter::of_conversation(&mut connection, account, first)
        .await
        .unwrap();
    let letters: Vec<(&str, i64)> = of_first
        .iter()
        .map(|one| (one.email.as_str(), one.created_at))
        .collect();
    assert_eq!(letters, [("a@example.com", 10), ("b@example.com", 20)]);
    let times = async |connection: &mut store::Connection, account, since| {
        store::transcript_letter::to_address(connection, account, "a@example.com", since)
            .await
            .unwrap()
    };
    assert_eq!(times(&mut connection, account, 0).await, [10, 30]);
    assert_eq!(times(&mut connection, account, 10).await, [30]);
    assert_eq!(
        times(&mut connection, account + 1, 0).await,
        Vec::<i64>::new()
    );
});
