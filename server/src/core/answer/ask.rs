//! The test box: what the assistant would say, without a visitor and without a trace.

use super::compose::{Part, Question, compose};
use crate::app::App;
use crate::clock::MINUTE;
use crate::core::actor::Operator;
use crate::core::site;
use crate::error::{Result, check};
use crate::rates::Rule;
use futures_util::TryStreamExt;
use shared::knowledge::AskReply;
use shared::limits;
use shared::text::check_required_text;

/// Each try may cost a call of the model.
const TRIES: Rule = Rule {
    name: "ask",
    limit: 30,
    window: MINUTE,
};

/// # Errors
/// `not_found`, `validation_failed`, `rate_limited`, `model_unavailable`, `model_interrupted`.
pub async fn ask(app: &App, operator: &Operator, spelling: &str, text: String) -> Result<AskReply> {
    let site = site::find(app, operator, spelling).await?;
    check(
        "message",
        check_required_text(&text, limits::VISITOR_MESSAGE_CHARS),
    )?;
    app.take(TRIES, &operator.user_id.to_string()).await?;
    let question = Question {
        site,
        text,
        history: Vec::new(),
        locale: None,
    };
    let empty = AskReply {
        reply: String::new(),
        sources: Vec::new(),
        confident: false,
        answered_by: String::new(),
    };
    compose(app, question)
        .try_fold(empty, |mut reply, part| async move {
            match part {
                Part::Text(text) => reply.reply.push_str(&text),
                Part::Finished(finish) => {
                    reply.sources = finish.sources;
                    reply.confident = finish.confident;
                    reply.answered_by = finish.answered_by;
                }
            }
            Ok(reply)
        })
        .await
}
