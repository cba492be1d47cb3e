//! The operators' live channel through the real router, and channels that end.

use crate::caller::Person;
use crate::desk::{house, path, says, visitor};
use crate::guest::Guest;
use crate::outsider::quiet;
use crate::support::{Engine, TestApp, on_both};
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use serde_json::{Value, json};
use shared::account::UserRole;
use std::time::Duration;
use tower::ServiceExt;

/// A live channel that is read piece by piece.
struct Channel {
    body: BodyDataStream,
    text: String,
}

impl Channel {
    async fn open(app: &TestApp, person: &Person, resume: Option<&str>) -> Self {
        let mut builder = person.request("GET", "/api/events");
        if let Some(id) = resume {
            builder = builder.header("last-event-id", id);
        }
        let request = builder.body(Body::empty()).unwrap();
        let response = parlance::router(app.app.clone())
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(
            response.headers()["cache-control"],
            "no-cache, no-transform"
        );
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// Reads on until the text holds `wanted`.
    async fn until(&mut self, wanted: &str) {
        while !self.text.contains(wanted) {
            assert!(self.next().await, "it ended before {wanted}: {}", self.text);
        }
    }

    /// False at the end of the stream.
    async fn next(&mut self) -> bool {
        let piece = tokio::time::timeout(Duration::from_secs(20), self.body.next())
            .await
            .unwrap_or_else(|_| panic!("nothing came after {}", self.text));
        if let Some(piece) = &piece {
            self.text
                .push_str(std::str::from_utf8(piece.as_ref().unwrap()).unwrap());
        }
        piece.is_some()
    }

    /// Ids and data of the events so far.
    fn events(&self) -> Vec<(String, Value)> {
        self.text
            .split("\n\n")
            .filter_map(|block| {
                let id = block.lines().find_map(|line| line.strip_prefix("id: "))?;
                let data = block.lines().find_map(|line| line.strip_prefix("data: "))?;
                Some((id.to_owned(), serde_json::from_str(data).unwrap()))
            })
            .collect()
    }
}

on_both!(operators_hear_what_happens_and_resume_without_gap, |app| {
    let (owner, bot) = house(app).await;
    let visitor = visitor(app, &bot).await;
    let mut live = Channel::open(app, &owner, None).await;
    live.until("id: 0\n\n").await;
    assert!(live.text.starts_with("retry: 2000\n"));
    says(app, &visitor, "First").await;
    live.until("First").await;
    live.until("\"type\":\"conversation\"").await;
    let events = live.events();
    let conversation = format!("conv_{}", visitor.conversation.slug);
    assert!(
        events
            .iter()
            .all(|(_, event)| event["conversation_id"] == conversation)
    );
    let (cursor, first) = &events[0];
    assert_eq!(
        (&first["type"], &first["message"]["content"]),
        (&json!("message"), &json!("First"))
    );
    drop(live);

    says(app, &visitor, "Second").await;
    owner
        .call(
            app,
            "POST",
            &path(&visitor, "/reply"),
            &json!({"message": "Third"}),
        )
        .await
        .expect(201);
    let mut resumed = Channel::open(app, &owner, Some(cursor)).await;
    resumed.until("Third").await;
    let said: Vec<_> = resumed
        .events()
        .into_iter()
        .filter(|(_, event)| event["type"] == "message")
        .map(|(_, event)| event["message"]["content"].clone())
        .collect();
    assert_eq!(said, ["Second", "Third"]);
});

on_both!(operators_hear_how_far_each_visitor_has_read, |app| {
    let (owner, _) = house(app).await;
    let site = app.site(&owner.operator, quiet()).await;
    let (first, second) = (
        Guest::begun(app, &site).await,
        Guest::begun(app, &site).await,
    );
    for _ in 0..3 {
        first.say(app, "Hello").await;
    }
    second.say(app, "Hello").await;
    let mut live = Channel::open(app, &owner, None).await;
    for (guest, seq) in [(&first, 3), (&second, 1)] {
        guest
            .post(app, "read", json!({"seq": seq}))
            .await
            .expect(200);
        live.until(&format!("\"seq\":{seq},\"who\":\"visitor\""))
            .await;
    }
});

#[tokio::test]
async fn signing_out_ends_the_channel_and_others_go_on() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let operator = Person::new(
        &app,
        Some(owner.operator.account_id),
        "op@example.com",
        UserRole::Operator,
    )
    .await;
    let mut theirs = Channel::open(&app, &owner, None).await;
    let mut stays = Channel::open(&app, &operator, None).await;
    theirs.until("id: 0").await;
    stays.until("id: 0").await;
    owner
        .call(&app, "POST", "/auth/logout", &json!({}))
        .await
        .expect(204);
    while theirs.next().await {}
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "Still there?").await;
    stays.until("Still there?").await;
    owner.get(&app, "/api/events").await.expect(401);
}

#[tokio::test]
async fn strangers_hear_nothing() {
    let app = TestApp::new(Engine::of_run()).await;
    let (_, bot) = house(&app).await;
    let stranger = Person::owner(&app, "eve@example.com").await;
    let mut theirs = Channel::open(&app, &stranger, Some("0")).await;
    theirs.until("id: 0").await;
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "A secret").await;
    stranger
        .call(&app, "POST", "/auth/logout", &json!({}))
        .await
        .expect(204);
    while theirs.next().await {}
    assert!(!theirs.text.contains("secret"), "{}", theirs.text);
    for bad in ["x", "-1"] {
        let request = stranger
            .request("GET", &format!("/api/events?after={bad}"))
            .body(Body::empty())
            .unwrap();
        assert_eq!(stranger.send(&app, request).await.status, 401);
    }
    let other = Person::owner(&app, "mallory@example.com").await;
    for bad in ["x", "-1"] {
        other
            .get(&app, &format!("/api/events?after={bad}"))
            .await
            .expect(400);
    }
}

on_both!(
    a_site_that_is_switched_off_ends_its_visitors_channels,
    |app| {
        let (owner, bot) = house(app).await;
        let visitor = visitor(app, &bot).await;
        says(app, &visitor, "Hello").await;
        let conversation = &visitor.conversation;
        let mut live = app.bus.subscribe_conversation(conversation.id);
        let off = json!({"siteId": bot["id"], "enabled": false});
        owner
            .call(app, "PATCH", "/api/sites", &off)
            .await
            .expect(200);
        let ended = live.recv().await.unwrap();
        assert_eq!(ended.event.kind(), "ended");
        assert!(live.recv().await.is_none(), "and closes");
        let history = owner
            .get(app, &path(&visitor, "/messages"))
            .await
            .expect(200);
        assert_eq!(
            history["data"].as_array().unwrap().len(),
            1,
            "history stays"
        );
    }
);
