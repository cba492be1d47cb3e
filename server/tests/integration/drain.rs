//! The end of a process while an answer is under way: its reader is told, and the next run answers.

use crate::process::{PATIENCE, Server, program};
use crate::scripted_model::{ScriptedModel, Step, answer, head, token};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn an_answer_that_outlasts_the_drain_is_given_by_the_next_run() {
    let stalled = vec![head(), token("Half an "), Step::Stall];
    let model = ScriptedModel::start(vec![stalled, answer(&["The whole ", "answer."])]).await;
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("parlance.db").display());
    let with_model = || {
        let mut command = program(&folder, &database);
        command
            .env("PARLANCE_LLM_BASE_URL", model.base_url())
            .env("PARLANCE_LLM_MODEL", "scripted")
            .env("PARLANCE_EGRESS_ALLOW", "127.0.0.0/8");
        command
    };
    let mut server = Server::run(with_model()).await;
    let bot = server.set_up().await;
    let session = server.begin(&bot).await;
    let url = server.url(&format!("/widget/chat?bot_id={bot}&session_id={session}"));
    let question = json!({"message": "What do you know?"});
    let mut response = server
        .client
        .post(url)
        .json(&question)
        .send()
        .await
        .unwrap();
    let mut text = String::new();
    while !text.contains("Half an ") {
        let piece = timeout(PATIENCE, response.chunk()).await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
    }
    server.tell_to_end().await;
    while let Some(piece) = timeout(PATIENCE, response.chunk()).await.unwrap().unwrap() {
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
    assert!(text.contains("\"code\":\"shutting_down\""), "{text}");
    let ended = timeout(Duration::from_secs(10), server.child.wait()).await;
    assert_eq!(ended.unwrap().unwrap().code(), Some(0));

    let server = Server::run(with_model()).await;
    let answered = async {
        loop {
            let messages = server.history(&bot, &session).await;
            if messages.len() == 2 {
                return messages;
            }
        }
    };
    let messages = timeout(PATIENCE, answered)
        .await
        .expect("the next run answers");
    assert_eq!(messages[0]["content"], "What do you know?");
    assert_eq!(messages[1]["content"], "The whole answer.");
    assert_eq!(messages[1]["status"], "complete");
}
