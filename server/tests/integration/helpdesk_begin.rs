//! Document S2: how a conversation begins once, by whom it is found, and what a page or a site may forbid.

use crate::caller::{Person, Reply};
use crate::desk::counts;
use crate::outsider::{Outsider, quiet};
use crate::support::{Engine, TestApp, on_both};
use axum::body::Body;
use futures_util::future::join_all;
use parlance::clock::MINUTE;
use parlance::core::session;
use serde_json::{Value, json};
use shared::site::SiteSettings;

const TAKEN: &str = "A conversation with this visitor token already exists";
const MESSAGES: &str = "conversations/visitor-1/messages";

async fn outsider(app: &TestApp, settings: SiteSettings) -> (Person, Outsider) {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, settings).await;
    (owner, Outsider::at(&site, "visitor-1"))
}

/// What the form of one of several people holds, all of whom use the same token.
fn enquiry(number: usize) -> Value {
    json!({
        "name": format!("Jane {number}"),
        "email": format!("jane{number}@example.com"),
        "message": format!("Question {number}"),
        "visitor_token": "visitor-1",
    })
}

async fn create(app: &TestApp, outsider: &Outsider, enquiry: &Value) -> Reply {
    outsider.help(app, "POST", "conversations", enquiry).await
}

async fn said(app: &TestApp, outsider: &Outsider, path: &str) -> Vec<Value> {
    let messages = outsider.help(app, "GET", path, &Value::Null).await;
    messages.expect(200).as_array().unwrap().clone()
}

on_both!(
    of_several_different_enquiries_at_once_one_begins_it,
    |app| {
        let (owner, outsider) = outsider(app, quiet()).await;
        let at_once = (0..6).map(|number| {
            let outsider = outsider.clone().coming_from(&format!("192.0.2.{number}"));
            async move { create(app, &outsider, &enquiry(number)).await }
        });
        let replies = join_all(at_once).await;
        let winners: Vec<usize> = (0..6).filter(|one| replies[*one].status == 201).collect();
        assert_eq!(winners.len(), 1);
        for reply in replies.into_iter().filter(|reply| reply.status != 201) {
            assert_eq!(reply.expect(409), json!({"error": TAKEN}));
        }
        let messages = said(app, &outsider, MESSAGES).await;
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["body"], format!("Question {}", winners[0]));
        let row = owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone();
        assert_eq!(row["visitor"]["name"], format!("Jane {}", winners[0]));
        let email = format!("jane{}@example.com", winners[0]);
        assert_eq!(row["visitor"]["email"], email);
        let counts = counts(app).await;
        assert_eq!((counts["visitors"], counts["contacts"]), (1, 1));
    }
);

on_both!(
    a_refused_enquiry_leaves_nothing_and_changes_nothing,
    |app| {
        let (owner, outsider) = outsider(app, quiet()).await;
        create(app, &outsider, &enquiry(1)).await.expect(201);
        let before = counts(app).await;
        let refused = create(app, &outsider, &enquiry(2)).await;
        assert_eq!(refused.expect(409), json!({"error": TAKEN}));
        assert_eq!(counts(app).await, before);
        let row = owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone();
        assert_eq!(row["visitor"]["email"], "jane1@example.com");
    }
);

on_both!(
    a_session_in_which_nothing_was_said_is_not_in_the_way,
    |app| {
        let (_, outsider) = outsider(app, quiet()).await;
        outsider.get(app, "pending-proactive").await.expect(200);
        outsider
            .post(app, "contact", json!({"phone": "+1 555 0100"}))
            .await
            .expect(200);
        let before = counts(app).await;
        create(app, &outsider, &enquiry(1)).await.expect(201);
        let after = counts(app).await;
        assert_eq!(after["visitors"], before["visitors"]);
        assert_eq!(after["conversations"], before["conversations"]);
        let refused = create(app, &outsider, &enquiry(2)).await;
        assert_eq!(refused.expect(409), json!({"error": TAKEN}));
    }
);

on_both!(the_same_token_on_two_sites_is_two_conversations, |app| {
    let (owner, outsider) = outsider(app, quiet()).await;
    let other = app.site(&owner.operator, quiet()).await;
    let other = Outsider::at(&other, "visitor-1");
    create(app, &outsider, &enquiry(1)).await.expect(201);
    create(app, &other, &enquiry(2)).await.expect(201);
    assert_eq!(
        said(app, &outsider, MESSAGES).await[0]["body"],
        "Question 1"
    );
    assert_eq!(said(app, &other, MESSAGES).await[0]["body"], "Question 2");
});

on_both!(
    an_idempotency_key_is_the_conversations_and_not_the_addresss,
    |app| {
        let (_, outsider) = outsider(app, quiet()).await;
        let keyed = outsider.clone().with("idempotency-key", "k-1");
        let first = create(app, &keyed, &enquiry(1)).await.expect(201);
        // A phone that has changed its network sends the same again.
        let moved = keyed.clone().coming_from("198.51.100.7");
        assert_eq!(create(app, &moved, &enquiry(1)).await.expect(201), first);
        // Somebody else behind the same address happens to use the same key.
        let mut neighbour = enquiry(2);
        neighbour["visitor_token"] = json!("visitor-2");
        let second = create(app, &keyed, &neighbour).await.expect(201);
        assert_ne!(second["conversation_token"], first["conversation_token"]);
    }
);

on_both!(
    a_used_key_with_other_words_is_refused_in_this_surfaces_words,
    |app| {
        let (_, outsider) = outsider(app, quiet()).await;
        create(app, &outsider, &enquiry(1)).await.expect(201);
        let keyed = outsider.clone().with("idempotency-key", "k-2");
        for (text, status) in [("More", 201), ("More", 201), ("Something else", 422)] {
            let reply = keyed
                .help(app, "POST", MESSAGES, &json!({"message": text}))
                .await;
            assert_eq!(reply.status, status, "{text}");
            if status == 422 {
                let sentence = "Idempotency-Key was used for another message";
                assert_eq!(reply.body, json!({"error": sentence}));
            }
        }
        let long = outsider.clone().with("idempotency-key", "k".repeat(129));
        let reply = long
            .help(app, "POST", MESSAGES, &json!({"message": "Hi"}))
            .await;
        let sentence = "Idempotency-Key is too long (maximum 128 characters)";
        assert_eq!(reply.expect(422), json!({"error": sentence}));
        assert_eq!(said(app, &outsider, MESSAGES).await.len(), 2);
    }
);

on_both!(the_conversation_token_names_the_conversation_too, |app| {
    let (owner, outsider) = outsider(app, quiet()).await;
    let created = create(app, &outsider, &enquiry(1)).await.expect(201);
    let token = created["conversation_token"].as_str().unwrap();
    let path = format!("conversations/{token}/messages");
    outsider
        .help(app, "POST", &path, &json!({"message": "One more thing"}))
        .await
        .expect(201);
    let messages = said(app, &outsider, &path).await;
    assert_eq!(messages.len(), 2);
    assert_eq!(messages, said(app, &outsider, MESSAGES).await);

    let other = app.site(&owner.operator, quiet()).await;
    let other = Outsider::at(&other, "visitor-1");
    let stranger = other.help(app, "GET", &path, &Value::Null).await;
    let missing = json!({"error": "Conversation not found"});
    assert_eq!(stranger.expect(404), missing);
    let guessed = format!("conversations/{}x/messages", &token[..token.len() - 1]);
    let reply = outsider.help(app, "GET", &guessed, &Value::Null).await;
    assert_eq!(reply.expect(404), missing);
});

on_both!(a_developers_test_chat_is_no_conversation_of_a_form, |app| {
    let (owner, outsider) = outsider(app, quiet()).await;
    let spelling = outsider.site_key.clone();
    let site = session::site(app, &spelling).await.unwrap();
    assert_eq!(site.account_id, owner.operator.account_id);
    let test = session::begin_test(app, site).await.unwrap();
    let path = format!("conversations/conv_{}/messages", test.conversation.slug);
    let reply = outsider.help(app, "GET", &path, &Value::Null).await;
    assert_eq!(
        reply.expect(404),
        json!({"error": "Conversation not found"})
    );
});

on_both!(strict_sites_ask_for_tokens_that_are_hard_to_guess, |app| {
    let strict = SiteSettings {
        strict_session_keys: true,
        ..quiet()
    };
    let (_, outsider) = outsider(app, strict).await;
    let before = counts(app).await;
    let sentence = "visitor_token is too short (minimum 16 characters)";
    let refused = create(app, &outsider, &enquiry(1)).await;
    assert_eq!(refused.expect(422), json!({"error": sentence}));
    assert_eq!(counts(app).await, before);
    let mut long = enquiry(1);
    long["visitor_token"] = json!("k".repeat(16));
    create(app, &outsider, &long).await.expect(201);
    let path = format!("conversations/{}/messages", "k".repeat(16));
    assert_eq!(said(app, &outsider, &path).await.len(), 1);
    let short = outsider.help(app, "GET", MESSAGES, &Value::Null).await;
    assert_eq!(
        short.expect(404),
        json!({"error": "Conversation not found"})
    );
});

/// A token is 1 to 128 printable ASCII characters without spaces; in a path it stands encoded.
#[tokio::test]
async fn tokens_may_be_as_odd_as_they_like() {
    let app = TestApp::new(Engine::of_run()).await;
    let (_, outsider) = outsider(&app, quiet()).await;
    for (token, encoded) in [
        ("a/b", "a%2Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a?b#c", "a%3Fb%23c"),
        ("100%", "100%25"),
        ("files", "files"),
        ("<script>", "%3Cscript%3E"),
        ("~", "~"),
        ("' or 1=1--", ""),
    ] {
        let mut enquiry = enquiry(1);
        enquiry["visitor_token"] = json!(token);
        let reply = create(&app, &outsider, &enquiry).await;
        app.clock.advance(MINUTE);
        if token.contains(' ') {
            let sentence = "visitor_token is not valid";
            assert_eq!(reply.expect(422), json!({"error": sentence}));
            continue;
        }
        assert_eq!(reply.status, 201, "{token}: {}", reply.body);
        let path = format!("conversations/{encoded}/messages");
        outsider
            .help(&app, "POST", &path, &json!({"message": "More"}))
            .await
            .expect(201);
        assert_eq!(said(&app, &outsider, &path).await.len(), 2, "{token}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_leaves_nothing() {
    let app = TestApp::new(Engine::of_run()).await;
    let (_, outsider) = outsider(&app, quiet()).await;
    let before = counts(&app).await;
    let mut large = enquiry(1);
    large["message"] = json!("x".repeat(300 << 10));
    let refused = create(&app, &outsider, &large).await.expect(413);
    assert!(refused["error"].is_string(), "{refused}");
    assert_eq!(counts(&app).await, before);
}

#[tokio::test]
async fn pages_of_other_origins_may_use_what_the_site_allows() {
    let app = TestApp::new(Engine::of_run()).await;
    let settings = SiteSettings {
        allowed_origins: "https://acme.example".into(),
        ..quiet()
    };
    let (_, outsider) = outsider(&app, settings).await;
    let allowed = |reply: &Reply| {
        let header = reply.headers.get("access-control-allow-origin");
        header.map(|value| value.to_str().unwrap().to_owned())
    };
    for (origin, status) in [("https://acme.example", 201), ("https://evil.example", 403)] {
        let page = outsider.clone().with("origin", origin);
        let reply = create(&app, &page, &enquiry(1)).await;
        assert_eq!(reply.status, status, "{origin}: {}", reply.body);
        let echoed = (status == 201).then(|| origin.to_owned());
        assert_eq!(allowed(&reply), echoed);
        let credentials = "access-control-allow-credentials";
        assert!(!reply.headers.contains_key(credentials));
        if status == 201 {
            let vary = reply.headers.get_all("vary");
            assert!(vary.iter().any(|value| value == "Origin"));
        } else {
            assert!(reply.body["error"].is_string());
        }
    }
    // What a browser asks before it sends the site key in a header of its own.
    let asking = outsider
        .guest
        .clone()
        .with("origin", "https://acme.example")
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "content-type,x-site-key");
    let path = "/api/v1/chat/conversations";
    let reply = asking.send(&app, "OPTIONS", path, Body::empty()).await;
    assert!(matches!(reply.status, 200 | 204), "{}", reply.status);
    assert_eq!(allowed(&reply).as_deref(), Some("https://acme.example"));
    let headers = reply.headers["access-control-allow-headers"].to_str();
    let headers = headers.unwrap().to_lowercase();
    for header in ["content-type", "x-site-key", "idempotency-key"] {
        assert!(headers.contains(header), "{header}: {headers}");
    }
}
