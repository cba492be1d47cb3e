//! Uploads: how many there may be, what a refused one leaves, and what a resend gets.

use crate::caller::{Person, Reply};
use crate::desk::{counts, execute};
use crate::guest::Guest;
use crate::outsider::{Field, Outsider, png, quiet};
use crate::support::{Engine, TestApp, on_both};
use futures_util::future::join_all;
use serde_json::json;

async fn outsider(app: &TestApp) -> (Person, Outsider) {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    (owner, Outsider::at(&site, "sess_1"))
}

/// Somebody with a session, and who sends forms for them.
async fn begun(app: &TestApp) -> (Guest, Outsider) {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let guest = Guest::begun(app, &site).await;
    let outsider = Outsider::at(&site, guest.session.as_deref().unwrap());
    (guest, outsider)
}

async fn send(app: &TestApp, guest: &Guest, outsider: &Outsider, name: &str, text: &str) -> Reply {
    let fields: [Field<'_>; 1] = [("file", Some(name), text.as_bytes())];
    outsider
        .send_form(app, &guest.path("upload"), &fields)
        .await
}

on_both!(twenty_at_once_are_taken_and_not_one_more, |app| {
    let (guest, outsider) = begun(app).await;
    let replies = join_all((0..40).map(|number| {
        // Each from an address of its own: what counts is the session.
        let outsider = outsider.clone().coming_from(&format!("192.0.2.{number}"));
        let guest = guest.clone();
        async move { send(app, &guest, &outsider, "a.txt", &number.to_string()).await }
    }))
    .await;
    let taken = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(taken, 20);
    for refused in replies.into_iter().filter(|reply| reply.status != 200) {
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(refused.expect(429)["code"], "rate_limited");
    }
    assert_eq!(counts(app).await["files"], 20);
});

#[tokio::test]
async fn the_scale_multiplies_the_files_of_an_hour_and_zero_switches_the_limit_off() {
    for (scale, most) in [(0.1, Some(2)), (2.0, Some(40)), (0.0, None)] {
        let app = TestApp::with(Engine::of_run(), |config| config.rate_limit_scale = scale).await;
        let (guest, outsider) = begun(&app).await;
        for number in 0..most.unwrap_or(80) {
            send(&app, &guest, &outsider, "a.txt", &number.to_string())
                .await
                .expect(200);
            app.clock.advance(60_000);
        }
        let next = send(&app, &guest, &outsider, "a.txt", "next").await;
        assert_eq!(
            next.status,
            if most.is_some() { 429 } else { 200 },
            "{scale}"
        );
    }
}

on_both!(a_refused_image_begins_no_session, |app| {
    let (_, outsider) = outsider(app).await;
    let before = counts(app).await;
    let images = "Only PNG, JPEG, GIF and WebP images can be sent.";
    let mut cut = png();
    cut.truncate(40);
    for (filename, content, sentence) in [
        (
            "a.svg",
            &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
            images,
        ),
        ("a.bmp", b"BM\0\0\0\0", images),
        ("a.pdf", b"%PDF-1.7", images),
        ("a.txt", b"text", images),
        ("a.png", b"", images),
        ("a.png", &cut, "The image is damaged."),
    ] {
        let refused = outsider.upload(app, filename, content).await.expect(415);
        assert_eq!(refused["message"], sentence, "{filename}");
        assert_eq!(refused["success"], false);
    }
    let fields: [Field<'_>; 2] = [
        ("site_key", None, outsider.site_key.as_bytes()),
        ("session_id", None, b"sess_1"),
    ];
    let path = "/api/v1/chat/upload-image";
    let refused = outsider.send_form(app, path, &fields).await;
    assert_eq!(refused.expect(400)["message"], "image is required");
    let large = vec![b'a'; (10 << 20) + 1];
    assert_eq!(outsider.upload(app, "a.png", &large).await.status, 413);
    assert_eq!(counts(app).await, before, "nothing was stored");

    outsider.upload(app, "a.png", &png()).await.expect(200);
    let after = counts(app).await;
    assert_eq!((after["conversations"], after["files"]), (1, 1));
});

on_both!(
    an_image_that_is_refused_whoever_sends_it_begins_no_session,
    |app| {
        let (_, outsider) = outsider(app).await;
        let before = counts(app).await;
        execute(app, "update sites set enabled = 0").await;
        let refused = outsider.upload(app, "a.png", &png()).await;
        assert_eq!(refused.expect(403)["code"], "site_disabled");
        execute(app, "update sites set enabled = 1").await;
        execute(app, "update accounts set active = 0").await;
        let refused = outsider.upload(app, "a.png", &png()).await;
        assert_eq!(refused.expect(403)["code"], "tenant_inactive");
        assert_eq!(counts(app).await, before);
    }
);

on_both!(a_resent_upload_gets_the_first_result, |app| {
    let (guest, outsider) = begun(app).await;
    let keyed = outsider.clone().with("idempotency-key", "k-1");
    let first = send(app, &guest, &keyed, "a.txt", "one").await.expect(200);
    let again = send(app, &guest, &keyed, "a.txt", "one").await.expect(200);
    assert_eq!(first, again);
    let (one, other) = {
        let keyed = outsider.clone().with("idempotency-key", "k-2");
        tokio::join!(
            send(app, &guest, &keyed, "b.txt", "two"),
            send(app, &guest, &keyed, "b.txt", "two")
        )
    };
    assert_eq!(one.expect(200)["id"], other.expect(200)["id"]);
    assert_eq!(counts(app).await["files"], 2);
    for (name, text) in [("a.txt", "other bytes"), ("other.txt", "one")] {
        let refused = send(app, &guest, &keyed, name, text).await.expect(422);
        assert_eq!(refused["code"], "validation_failed", "{name}");
    }
    assert_eq!(counts(app).await["files"], 2);
    // The key is the session's: another visitor's is another request.
    let elsewhere = guest.init(app, json!({})).await.expect(200);
    let mut elsewhere_guest = guest.clone();
    elsewhere_guest.session = Some(elsewhere["session_id"].as_str().unwrap().to_owned());
    let theirs = send(app, &elsewhere_guest, &keyed, "a.txt", "one").await;
    assert_ne!(theirs.expect(200)["id"], first["id"]);
});

on_both!(a_resent_image_gets_the_first_result, |app| {
    let (_, outsider) = outsider(app).await;
    let keyed = outsider.clone().with("idempotency-key", "k-1");
    let first = keyed.upload(app, "a.png", &png()).await.expect(200);
    let again = keyed.upload(app, "a.png", &png()).await.expect(200);
    assert_eq!(first, again);
    let refused = keyed.upload(app, "other.png", &png()).await.expect(400);
    assert_eq!(refused["success"], false);
    let mut other = keyed.clone();
    other.session = "sess_2".into();
    let theirs = other.upload(app, "a.png", &png()).await.expect(200);
    assert_ne!(theirs["url"], first["url"]);
    assert_eq!(counts(app).await["files"], 2);
});
