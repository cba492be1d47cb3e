//! What a visitor hears where the model fails: the documented event, with the question kept and a person to ask instead.

use crate::guest::{Event, Guest};
use crate::scripted_model::{ScriptedModel, Step, answer, done, event, head, status, token};
use crate::support::{Engine, TestApp};
use crate::widget_stop::{jobs_left, said, scripted, thread};
use futures_util::future::join_all;
use parlance::config::ModelConfig;
use parlance::core::knowledge::{self, New};
use serde_json::{Value, json};
use shared::site::SiteSettings;

const QUESTION: &str = "Who won the world cup?";

fn chunks(events: &[Event]) -> String {
    let chunks = events.iter().filter(|event| event.kind() == "chunk");
    chunks
        .map(|event| event.data["text"].as_str().unwrap())
        .collect()
}

/// A stream that says this and then what no model says.
fn garbled(text: &str, garbage: &[u8]) -> Vec<Step> {
    let mut script = vec![head()];
    if !text.is_empty() {
        script.push(token(text));
    }
    script.push(Step::Send(garbage.to_vec()));
    script
}

/// Asks a model that fails and nothing else could answer for. `heard` is what it says before.
async fn fails(script: Vec<Step>, heard: &str, error: &Value) {
    let (app, _model, guest) = scripted(Engine::of_run(), vec![script.clone()]).await;
    let mut other_tab = guest.listen(&app, "").await;
    let events = guest.say(&app, QUESTION).await;
    assert_eq!(chunks(&events), heard, "{script:?}");
    assert_eq!(events.last().unwrap().data, *error, "{script:?}");
    assert!(!events.iter().any(|event| event.kind() == "done"));
    assert_eq!(other_tab.until("error").await.data, *error, "{script:?}");

    let mut kept = vec![said(1, "user", QUESTION, "complete")];
    if !heard.is_empty() {
        kept.push(said(2, "assistant", heard, "interrupted"));
    }
    assert_eq!(thread(&app, &guest).await, kept, "{script:?}");
    assert_eq!(jobs_left(&app).await, 0, "nothing is tried in secret");
    let offered = error["message"].as_str().unwrap();
    assert!(offered.contains("talk to a human"), "{offered}");
    let opened = guest.post(&app, "escalate", json!({})).await.expect(200);
    assert_eq!(opened["mode"], "waiting");
    assert!(opened["ticket_number"].is_string());
}

fn unavailable() -> Value {
    json!({
        "type": "error", "code": "model_unavailable",
        "message": "The assistant cannot answer right now. You can try again or talk to a human.",
    })
}

fn interrupted() -> Value {
    json!({
        "type": "error", "code": "model_interrupted",
        "message": "The answer broke off. You can ask again or talk to a human.",
    })
}

#[tokio::test]
async fn a_model_that_fails_before_its_first_word_is_unavailable() {
    for script in [
        status("429 Too Many Requests", "", "slow down, key sk-1"),
        status("500 Internal Server Error", "", "secret of the provider"),
        status("200 OK", "Content-Type: text/html\r\n", "<html>Sign in"),
        vec![head()],
        garbled("", b"data: {\"choices\": nonsense\n\n"),
        garbled("", b"data: \xff\xfe\xfd\n\n"),
    ] {
        fails(script, "", &unavailable()).await;
    }
}

#[tokio::test]
async fn what_was_said_before_a_model_failed_is_kept_as_interrupted() {
    let split = event("👩‍👩‍👧");
    // Within a character of four bytes.
    let within = split.iter().position(|byte| *byte == 0xf0).unwrap() + 2;
    for (script, heard) in [
        (vec![head(), token("Five 🎉")], "Five 🎉"),
        (
            garbled("Five ", b"data: {\"choices\": nonsense\n\n"),
            "Five ",
        ),
        (garbled("Five ", b"data: \xff\xfe\xfd\n\n"), "Five "),
        (garbled("Five ", &split[..within]), "Five "),
    ] {
        fails(script, heard, &interrupted()).await;
    }
}

/// Both take the 20 seconds after which a model is given up.
#[tokio::test]
async fn a_model_that_falls_silent_is_given_up() {
    let cases = [
        (vec![head(), Step::Stall], "", unavailable()),
        (
            vec![head(), token("So far"), Step::Stall],
            "So far",
            interrupted(),
        ),
    ];
    let cases = cases.map(async |(script, heard, error)| fails(script, heard, &error).await);
    join_all(cases).await;
}

#[tokio::test]
async fn characters_cut_between_packets_reach_the_visitor_whole() {
    let text = "Grüße 👩‍👩‍👧 営業時間 🎉";
    let bytes = event(text).into_iter().map(|byte| Step::Send(vec![byte]));
    let script = [head()].into_iter().chain(bytes).chain([done()]).collect();
    let (app, _model, guest) = scripted(Engine::of_run(), vec![script]).await;
    let events = guest.say(&app, QUESTION).await;
    assert_eq!(chunks(&events), text);
    let end = &events.last().unwrap().data;
    assert_eq!((&end["type"], &end["text"]), (&json!("done"), &json!(text)));
    assert_eq!(thread(&app, &guest).await[1].2, text);
}

#[tokio::test]
async fn where_the_texts_hold_the_answer_a_model_that_fails_is_replaced_and_that_is_told() {
    let away = || status("500 Internal Server Error", "", "no");
    let model = ScriptedModel::start(vec![away(), away(), answer(&["At nine."])]).await;
    let app = TestApp::with(Engine::of_run(), |config| {
        config.model = Some(ModelConfig {
            base_url: model.base_url(),
            api_key: None,
            model: "scripted".into(),
        });
    })
    .await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let known = New::Qa {
        question: "When do you open?".into(),
        answer: "We open at 9am.".into(),
    };
    knowledge::add(&app, &site, known).await.unwrap();
    let guest = Guest::begun(&app, &site).await;
    let end = guest.say(&app, "When do you open?").await;
    let end = &end.last().unwrap().data;
    assert_eq!(end["type"], "done");
    assert_eq!(end["text"], "We open at 9am.");
    assert_eq!(end["fallback"], true);

    let end = guest.say(&app, "When do you open?").await;
    let end = &end.last().unwrap().data;
    assert_eq!(end["text"], "At nine.");
    assert_eq!(end.get("fallback"), None, "the model answered itself");
}
