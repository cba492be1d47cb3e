//! A visitor who has heard enough: `POST /widget/stop`.

use crate::guest::{Channel, Guest};
use crate::scripted_model::{ScriptedModel, Step, answer, head, token};
use crate::support::{Engine, TestApp, on_both};
use parlance::config::ModelConfig;
use parlance::store;
use serde_json::{Value, json};
use shared::site::SiteSettings;

/// Makes one test for each database from one body that is given the database.
macro_rules! on_each {
    ($name:ident, |$engine:ident| $body:block) => {
        mod $name {
            use super::*;

            async fn body($engine: Engine) $body

            #[tokio::test]
            async fn sqlite() {
                body(Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                body(Engine::Postgres).await;
            }
        }
    };
}

pub(crate) use on_each;

/// An application whose model plays these scripts, connection by connection, and a visitor of its site.
pub async fn scripted(engine: Engine, scripts: Vec<Vec<Step>>) -> (TestApp, ScriptedModel, Guest) {
    let model = ScriptedModel::start(scripts).await;
    let app = TestApp::with(engine, |config| {
        config.model = Some(ModelConfig {
            base_url: model.base_url(),
            api_key: None,
            model: "scripted".into(),
        });
    })
    .await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    (app, model, guest)
}

/// Sends a message and leaves the answer's stream open.
pub async fn asks(app: &TestApp, guest: &Guest, text: &str) -> Channel {
    let body = json!({"message": text}).to_string().into();
    let response = guest.respond(app, "POST", &guest.path("chat"), body).await;
    assert_eq!(response.status(), 200);
    Channel::new(response)
}

/// Reads chunks until they say this.
pub async fn hears(channel: &mut Channel, wanted: &str) {
    let mut said = String::new();
    while said != wanted {
        let event = channel.until("chunk").await;
        said.push_str(event.data["text"].as_str().unwrap());
        assert!(wanted.starts_with(&said), "{said}");
    }
}

/// Position, role, text and status of every message.
pub async fn thread(app: &TestApp, guest: &Guest) -> Vec<(i64, String, String, String)> {
    let history = guest.get(app, "history").await.expect(200);
    let text = |message: &Value, field: &str| message[field].as_str().unwrap().to_owned();
    history["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            (
                message["seq"].as_i64().unwrap(),
                text(message, "role"),
                text(message, "content"),
                text(message, "status"),
            )
        })
        .collect()
}

pub fn said(seq: i64, role: &str, content: &str, status: &str) -> (i64, String, String, String) {
    (seq, role.into(), content.into(), status.into())
}

pub async fn jobs_left(app: &TestApp) -> usize {
    let mut connection = app.db.read().await.unwrap();
    store::job::due(&mut connection, "answer", i64::MAX, 100)
        .await
        .unwrap()
        .len()
}

fn half() -> Vec<Step> {
    vec![head(), token("So far "), token("so good"), Step::Stall]
}

on_each!(what_was_said_is_kept_and_everybody_is_told, |engine| {
    let (app, _model, guest) = scripted(engine, vec![half(), answer(&["Next."])]).await;
    let mut other_tab = guest.listen(&app, "").await;
    let mut stream = asks(&app, &guest, "Tell me everything").await;
    hears(&mut stream, "So far so good").await;

    guest
        .post(&app, "stop", json!({}))
        .await
        .expect(200)
        .as_object()
        .filter(|reply| reply["ok"] == true)
        .expect("the reply is ok");
    let expected = [
        said(1, "user", "Tell me everything", "complete"),
        said(2, "assistant", "So far so good", "interrupted"),
    ];
    assert_eq!(
        thread(&app, &guest).await,
        expected,
        "stored before the reply"
    );
    assert_eq!(jobs_left(&app).await, 0, "nobody takes the answer up again");

    let end = stream.rest().await;
    assert_eq!(end.len(), 1, "not a word more: {end:?}");
    assert_eq!(end[0].kind(), "done");
    assert_eq!(end[0].data["text"], "So far so good");
    assert_eq!(other_tab.until("message").await.data["message"]["seq"], 1);
    let stored = other_tab.until("message").await.data["message"].clone();
    assert_eq!(stored["status"], "interrupted");
    assert!(stored["answer_id"].is_string(), "its chunks find it");
    assert_eq!(stored["id"], end[0].data["message_id"]);

    guest.post(&app, "stop", json!({})).await.expect(200);
    assert_eq!(
        thread(&app, &guest).await,
        expected,
        "stopping twice is stopping once"
    );
    guest.say(&app, "And now?").await;
    assert_eq!(
        thread(&app, &guest).await[2..],
        [
            said(3, "user", "And now?", "complete"),
            said(4, "assistant", "Next.", "complete"),
        ]
    );
});

on_each!(an_answer_without_a_word_leaves_none, |engine| {
    let (app, _model, guest) = scripted(engine, vec![vec![head(), Step::Stall]]).await;
    let stream = asks(&app, &guest, "Hello?").await;
    guest.post(&app, "stop", json!({})).await.expect(200);
    let end = stream.rest().await;
    assert_eq!(end.len(), 1, "{end:?}");
    assert_eq!(
        (end[0].kind(), &end[0].data["text"]),
        ("done", &json!("")),
        "{end:?}"
    );
    assert!(end[0].data.get("message_id").is_none());
    assert_eq!(
        thread(&app, &guest).await,
        [said(1, "user", "Hello?", "complete")]
    );
    assert_eq!(jobs_left(&app).await, 0);
});

on_each!(a_question_behind_the_stopped_answer_is_answered, |engine| {
    let (app, _model, guest) = scripted(engine, vec![half(), answer(&["Second."])]).await;
    let mut first = asks(&app, &guest, "One?").await;
    hears(&mut first, "So far so good").await;
    let second = asks(&app, &guest, "Two?").await;
    guest.post(&app, "stop", json!({})).await.expect(200);
    assert_eq!(first.rest().await.last().unwrap().kind(), "done");
    let end = second.rest().await;
    assert_eq!(end.last().unwrap().data["text"], "Second.");
    assert_eq!(
        thread(&app, &guest).await,
        [
            said(1, "user", "One?", "complete"),
            said(2, "user", "Two?", "complete"),
            said(3, "assistant", "So far so good", "interrupted"),
            said(4, "assistant", "Second.", "complete"),
        ]
    );
});

on_each!(somebody_elses_answer_goes_on, |engine| {
    let (app, _model, guest) = scripted(engine, vec![half()]).await;
    let mut stream = asks(&app, &guest, "Hello?").await;
    hears(&mut stream, "So far so good").await;
    let mut stranger = guest.clone();
    stranger.session = None;
    let begun = stranger.init(&app, json!({})).await.expect(200);
    stranger.session = Some(begun["session_id"].as_str().unwrap().to_owned());
    stranger.post(&app, "stop", json!({})).await.expect(200);
    assert_eq!(app.answers.count(), 1, "still under way");
    assert_eq!(thread(&app, &guest).await.len(), 1);
    guest.post(&app, "stop", json!({})).await.expect(200);
});

on_both!(where_nothing_is_said_nothing_happens, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest.post(app, "stop", json!({})).await.expect(200);
    guest.say(app, "Hello?").await;
    let before = thread(app, &guest).await;
    guest.post(app, "stop", json!({})).await.expect(200);
    assert_eq!(thread(app, &guest).await, before, "a whole answer stays");
    assert_eq!(before[1].3, "complete");

    let mut nobody = guest.clone();
    nobody.session = Some(uuid::Uuid::nil().to_string());
    nobody.post(app, "stop", json!({})).await.expect(404);
    nobody.session = None;
    nobody.post(app, "stop", json!({})).await.expect(422);
});
