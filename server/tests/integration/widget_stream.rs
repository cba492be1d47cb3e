//! The visitor's live channel and the streams of answers: nothing missing, nothing twice, nothing lost.

use crate::caller::Person;
use crate::guest::{Channel, Event, Guest};
use crate::support::{Engine, TestApp, on_both};
use axum::body::Body;
use serde_json::{Value, json};
use shared::site::SiteSettings;

/// What durable events say, in order.
fn durable(events: &[Event]) -> Vec<(String, String)> {
    events
        .iter()
        .filter(|event| matches!(event.kind(), "message" | "mode" | "ended"))
        .map(|event| {
            let what = match event.kind() {
                "message" => event.data["message"]["content"].as_str().unwrap(),
                "mode" => event.data["mode"].as_str().unwrap(),
                _ => "",
            };
            (event.kind().to_owned(), what.to_owned())
        })
        .collect()
}

on_both!(a_channel_shows_both_sides_at_once, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    let mut channel = guest.listen(app, "").await;
    assert_eq!(channel.headers["content-type"], "text/event-stream");
    assert_eq!(channel.headers["cache-control"], "no-cache, no-transform");
    assert_eq!(channel.headers["x-accel-buffering"], "no");

    guest.clone().coming_from("192.0.2.2").say(app, "Hi").await;
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    let id = inbox["data"][0]["id"].as_str().unwrap().to_owned();
    owner
        .call(
            app,
            "POST",
            &format!("/api/conversations/{id}/typing"),
            &json!({}),
        )
        .await
        .expect(204);
    // Nothing fleeting is replayed, so from here on the channel shows what happens as it happens.
    assert_eq!(channel.until("typing").await.data["who"], "operator");

    let answer = guest.say(app, "Hello").await;
    let own = channel.until("message").await;
    assert_eq!(
        (
            &own.data["message"]["role"],
            &own.data["message"]["content"]
        ),
        (&json!("user"), &json!("Hello"))
    );
    assert!(
        channel.opening[0].starts_with("retry: 2000"),
        "{:?}",
        channel.opening
    );
    let mut chunks = String::new();
    let stored = loop {
        let event = channel.next().await.unwrap();
        match event.kind() {
            "chunk" => {
                assert_eq!(event.data["offset"], chunks.chars().count());
                chunks.push_str(event.data["text"].as_str().unwrap());
            }
            "message" => break event,
            _ => {}
        }
    };
    let message = &stored.data["message"];
    assert_eq!(
        (&message["role"], &message["content"]),
        (&json!("assistant"), &json!(chunks))
    );
    assert_eq!(answer.last().unwrap().data["text"], chunks);

    let path = format!("/api/conversations/{id}/reply");
    owner
        .call(app, "POST", &path, &json!({"message": "Ada here"}))
        .await
        .expect(201);
    let mode = channel.until("mode").await;
    assert_eq!(
        (&mode.data["mode"], &mode.data["operator"]),
        (&json!("operator"), &json!("ada"))
    );
    let reply = channel.until("message").await;
    assert_eq!(
        (
            &reply.data["message"]["role"],
            &reply.data["message"]["content"]
        ),
        (&json!("operator"), &json!("Ada here"))
    );
    assert_eq!(reply.data["message"]["author"]["name"], "ada");

    let silent = guest.say(app, "Thank you").await;
    assert_eq!(
        silent.len(),
        1,
        "no chunk while an operator has the conversation"
    );
    assert_eq!(
        (&silent[0].data["text"], &silent[0].data["mode"]),
        (&json!(""), &json!("operator"))
    );
    owner
        .call(
            app,
            "POST",
            &format!("/api/conversations/{id}/handback"),
            &json!({}),
        )
        .await
        .expect(200);
    assert_eq!(channel.until("mode").await.data["mode"], "ai");
    assert!(
        guest.say(app, "And now?").await.len() > 1,
        "the assistant answers again"
    );
});

on_both!(
    whoever_comes_again_gets_what_was_missed_once_and_in_order,
    |app| {
        let owner = app.owner("ada@example.com").await;
        let site = app.site(&owner, SiteSettings::default()).await;
        let guest = Guest::begun(app, &site).await;
        let mut channel = guest.listen(app, "").await;
        guest.say(app, "one").await;
        let first = channel.until("message").await;
        drop(channel);
        guest.say(app, "two").await;
        guest.post(app, "escalate", json!({})).await.expect(200);

        let mut whole = guest.listen(app, "?after=0").await;
        let mut all = Vec::new();
        while durable(&all).len() < 6 {
            all.push(whole.next().await.unwrap());
        }
        let texts = durable(&all);
        assert_eq!(texts[0].1, "one");
        assert_eq!(texts[2].1, "two");
        assert!(
            texts.contains(&("mode".into(), "waiting".into())),
            "{texts:?}"
        );

        let resumed = guest.clone().with("last-event-id", first.id.clone());
        // The header is newer than the address the browser first came with.
        let mut rest = resumed.listen(app, "?after=0").await;
        let mut missed = Vec::new();
        while durable(&missed).len() < texts.len() - 1 {
            missed.push(rest.next().await.unwrap());
        }
        assert_eq!(durable(&missed), texts[1..]);
        let cursor = missed.last().unwrap().id.clone();

        let mut present = guest.listen(app, &format!("?after={cursor}")).await;
        guest
            .clone()
            .coming_from("192.0.2.9")
            .say(app, "three")
            .await;
        let next = present.next().await.unwrap();
        assert_eq!(
            durable(&[next]),
            [("message".into(), "three".into())],
            "nothing comes twice"
        );
    }
);

on_both!(history_and_channel_meet_without_a_gap, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest.say(app, "one").await;
    let history = guest.get(app, "history").await.expect(200);
    guest.say(app, "two").await;
    let mut channel = guest
        .listen(app, &format!("?after={}", history["cursor"]))
        .await;
    let next = channel.until("message").await;
    assert_eq!(next.data["message"]["content"], "two");
    assert_eq!(next.data["message"]["seq"], 3);
});

on_both!(an_answer_outlives_its_reader, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    let mut channel = guest.listen(app, "").await;
    let response = guest
        .respond(
            app,
            "POST",
            &guest.path("chat"),
            Body::from("{\"message\":\"Hello\"}"),
        )
        .await;
    assert_eq!(response.status(), 200);
    drop(response);
    channel.until("message").await;
    let answer = channel.until("message").await;
    assert_eq!(
        (
            &answer.data["message"]["role"],
            &answer.data["message"]["status"]
        ),
        (&json!("assistant"), &json!("complete"))
    );
});

on_both!(a_resend_gives_the_first_result, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    let body = json!({"message": "Hello", "message_id": "m-1"});
    let (_, first) = guest.ask(app, body.clone()).await;
    let (_, second) = guest.ask(app, body).await;
    assert_eq!(first.last().unwrap().data, second.last().unwrap().data);
    let joined: String = second[..second.len() - 1]
        .iter()
        .map(|event| event.data["text"].as_str().unwrap())
        .collect();
    assert_eq!(second.last().unwrap().data["text"], joined);
    let keyed = guest.clone().with("idempotency-key", "k-1");
    let third = keyed.say(app, "Once").await;
    assert_eq!(
        keyed.say(app, "Once").await.last().unwrap().data,
        third.last().unwrap().data
    );
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["messages"].as_array().unwrap().len(), 4);
});

on_both!(an_id_that_names_a_message_takes_no_other_words, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest
        .ask(app, json!({"message": "Hello", "message_id": "m-1"}))
        .await;
    let other = json!({"message": "Another question", "message_id": "m-1"});
    let refused = guest.post(app, "chat", other).await.expect(422);
    assert_eq!(refused["code"], "validation_failed");
    let keyed = guest.clone().with("idempotency-key", "m-1");
    keyed
        .post(app, "chat", json!({"message": "A third"}))
        .await
        .expect(422);
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
});

on_both!(a_key_makes_two_beginnings_one, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::at(&site).with("idempotency-key", "key-of-this-browser");
    let first = guest.init(app, json!({})).await.expect(200);
    assert_eq!(guest.init(app, json!({})).await.expect(200), first);
    guest.init(app, json!({"locale": "de"})).await.expect(422);
    let neighbour = guest
        .clone()
        .coming_from("192.0.2.2")
        .init(app, json!({}))
        .await
        .expect(200);
    assert_ne!(
        neighbour["session_id"], first["session_id"],
        "keys of different callers never meet"
    );

    let begun = guest.say(app, "Hello").await.last().unwrap().data.clone();
    let again = guest.say(app, "Hello").await.last().unwrap().data.clone();
    assert_eq!(begun, again);
    guest
        .post(app, "chat", json!({"message": "Something else"}))
        .await
        .expect(422);
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    let spoken: Vec<&Value> = inbox["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["lastSeq"] != 0)
        .collect();
    assert_eq!(spoken.len(), 1);
});

#[tokio::test]
async fn turns_of_one_session_are_answered_in_order() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    let texts: Vec<String> = (0..8).map(|number| format!("question {number}")).collect();
    futures_util::future::join_all(texts.iter().map(|text| guest.say(&app, text))).await;
    let history = guest.get(&app, "history").await.expect(200);
    let messages = history["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 16);
    for (position, message) in messages.iter().enumerate() {
        assert_eq!(message["seq"], position + 1);
    }
}

#[tokio::test]
async fn a_drained_channel_ends_with_a_hint_when_to_come_again() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    let mut channel: Channel = guest.listen(&app, "").await;
    app.shutdown.cancel();
    assert_eq!(channel.next().await, None);
    assert_eq!(channel.opening.len(), 2, "{:?}", channel.opening);
    assert!(channel.opening[1].starts_with("retry: "));
    assert_eq!(app.streams.count(), 0, "its place is free again");
}

on_both!(what_was_read_while_nobody_listened_is_told_first, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest.say(app, "Hello").await;
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["seen_seq"], 0, "nobody has looked yet");

    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    let id = inbox["data"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/conversations/{id}/read");
    owner
        .call(app, "POST", &path, &json!({"seq": 2}))
        .await
        .expect(200);
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["seen_seq"], 2);

    let mut channel = guest.listen(app, "").await;
    let read = channel.until("read").await.data;
    assert_eq!(
        (&read["who"], &read["seq"]),
        (&json!("operator"), &json!(2))
    );
    guest.post(app, "read", json!({"seq": 2})).await.expect(200);
    let mut channel = guest.listen(app, "").await;
    let own = channel.until("read").await.data;
    assert_eq!((&own["who"], &own["seq"]), (&json!("visitor"), &json!(2)));
});
