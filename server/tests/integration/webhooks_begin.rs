//! `new_conversation`: told with a conversation's first message, once, and never for a session that stays silent.

use crate::caller::Person;
use crate::guest::Guest;
use crate::outsider::{Outsider, quiet};
use crate::receiver::Receiver;
use crate::support::{Engine, TestApp};
use parlance::core::session;
use parlance::core::webhook;
use serde_json::{Value, json};

struct Room {
    app: TestApp,
    receiver: Receiver,
    outsider: Outsider,
}

async fn room(engine: Engine) -> Room {
    let app = TestApp::with(engine, |config| {
        config.egress_allow = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let receiver = Receiver::start(Vec::new()).await;
    let hook = json!({
        "url": receiver.url(),
        "events": ["new_conversation", "new_message", "escalation"],
    });
    owner
        .call(&app, "POST", "/api/webhooks", &hook)
        .await
        .expect(201);
    Room {
        app,
        receiver,
        outsider: Outsider::at(&site, "sess_1"),
    }
}

impl Room {
    /// The events told so far, each with its conversation.
    async fn told(&self) -> Vec<(String, String)> {
        webhook::deliver_due(&self.app).await.unwrap();
        let received = self.receiver.received();
        let told = received.iter().map(|one| {
            let told = one.json();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&told["event"]), text(&told["data"]["conversationId"]))
        });
        told.collect()
    }

    async fn events(&self) -> Vec<String> {
        self.told()
            .await
            .into_iter()
            .map(|(event, _)| event)
            .collect()
    }
}

async fn told_with_the_first_message(engine: Engine) {
    let room = room(engine).await;
    let app = &room.app;
    // Sessions in which nobody says anything.
    room.outsider.guest.init(app, json!({})).await.expect(200);
    room.outsider
        .get(app, "pending-proactive")
        .await
        .expect(200);
    room.outsider
        .upload(app, "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        .await
        .expect(415);
    let contact = json!({"email": "jane@example.com"});
    room.outsider.post(app, "email", contact).await.expect(200);
    assert_eq!(room.events().await, [""; 0]);

    room.outsider.say(app, "Hello").await;
    room.outsider.say(app, "Anybody there?").await;
    assert_eq!(
        room.events().await,
        ["new_conversation", "new_message", "new_message"]
    );
    let told = room.told().await;
    assert!(
        told.iter()
            .all(|(_, conversation)| *conversation == told[0].1)
    );
}

#[tokio::test]
async fn it_is_told_with_the_first_message_sqlite() {
    told_with_the_first_message(Engine::Sqlite).await;
}

#[tokio::test]
async fn it_is_told_with_the_first_message_postgres() {
    told_with_the_first_message(Engine::Postgres).await;
}

#[tokio::test]
async fn of_two_first_messages_at_once_it_is_told_once() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let room = room(engine).await;
        let app = &room.app;
        let (one, other) = (room.outsider.clone(), room.outsider.clone());
        tokio::join!(one.say(app, "One"), other.say(app, "Other"));
        assert_eq!(
            room.events().await,
            ["new_conversation", "new_message", "new_message"]
        );
        assert_eq!(crate::desk::counts(app).await["visitors"], 1, "{engine:?}");
    }
}

#[tokio::test]
async fn whoever_asks_for_a_person_at_once_has_begun_a_conversation() {
    let room = room(Engine::of_run()).await;
    let app = &room.app;
    let mut guest: Guest = room.outsider.guest.clone();
    let begun = guest.init(app, json!({})).await.expect(200);
    guest.session = Some(begun["session_id"].as_str().unwrap().to_owned());
    guest.post(app, "escalate", json!({})).await.expect(200);
    assert_eq!(room.events().await, ["new_conversation", "escalation"]);
}

#[tokio::test]
async fn a_refused_enquiry_is_no_conversation() {
    let room = room(Engine::of_run()).await;
    let app = &room.app;
    for (number, status) in [(1, 201), (2, 409)] {
        let enquiry = json!({
            "name": "Jane", "email": "jane@example.com", "visitor_token": "visitor-1",
            "message": format!("Question {number}"),
        });
        room.outsider
            .help(app, "POST", "conversations", &enquiry)
            .await
            .expect(status);
    }
    assert_eq!(room.events().await, ["new_conversation", "new_message"]);
}

#[tokio::test]
async fn a_test_chat_is_told_to_nobody() {
    let room = room(Engine::of_run()).await;
    let app = &room.app;
    let site = session::site(app, &room.outsider.site_key).await.unwrap();
    let test = session::begin_test(app, site).await.unwrap();
    crate::desk::says(app, &test, "Hello").await;
    assert_eq!(room.events().await, [""; 0]);
    room.outsider.say(app, "Hello").await;
    assert_eq!(room.events().await, ["new_conversation", "new_message"]);
}
