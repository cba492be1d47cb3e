//! The visitor's native surface (`/widget/*`, document S3 and the native endpoints beside it).

mod activity;
mod acts;
mod chat;
mod config;
mod conversations;
mod door;
mod events;
mod history;
mod messages;
mod session;
mod transcript;
mod upload;
mod voice;

use crate::app::App;
use crate::clock::DAY;
use crate::http::compress::compressed;
use crate::http::form::body_limit;
use crate::http::limit::{limited, per_minute};
use crate::rates::Rule;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How this surface refuses.
#[derive(Serialize, ToSchema)]
struct WidgetError {
    /// A sentence for people.
    detail: String,
    /// Stable, for programs.
    code: String,
}

/// What names the site and the visitor's session. The session may be named by `Authorization: Bearer` instead.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that the door reads")]
struct SessionParams {
    /// The site in any of its spellings, such as `ch_…`.
    bot_id: String,
    /// As `/widget/session/init` gave it.
    session_id: Option<String>,
}

/// Letters of one client address within a day, whatever the sessions: mail goes to people who may not have asked for it.
const LETTERS_OF_CLIENT: Rule = Rule {
    name: "widget_transcript_mail_day",
    limit: 50,
    window: DAY,
};

/// Every route, each with its documented limit per minute and client address.
pub fn routes(app: &App) -> OpenApiRouter<App> {
    let with = |name, limit, router| limited(app, per_minute(name, limit), router);
    let one = |route| OpenApiRouter::new().routes(route);
    let upload = one(routes!(upload::upload)).layer(body_limit());
    OpenApiRouter::new()
        .merge(with("widget_upload", 60, upload))
        .merge(with("widget_init", 10, one(routes!(session::init))))
        .merge(with("widget_chat", 30, one(routes!(chat::chat))))
        .merge(with("widget_history", 30, one(routes!(history::history))))
        .merge(with(
            "widget_messages",
            30,
            OpenApiRouter::new().routes(routes!(messages::edit, messages::remove)),
        ))
        .merge(with(
            "widget_conversations",
            60,
            one(routes!(conversations::conversations)),
        ))
        .merge(with(
            "widget_transcript",
            20,
            one(routes!(transcript::transcript)),
        ))
        .merge(with(
            "widget_transcript_address",
            20,
            one(routes!(transcript::address)),
        ))
        .merge(limited(
            app,
            LETTERS_OF_CLIENT,
            with("widget_transcript_mail", 5, one(routes!(transcript::mail))),
        ))
        .merge(with(
            "widget_transcribe",
            20,
            one(routes!(voice::transcribe)).layer(body_limit()),
        ))
        .merge(with("widget_speak", 20, one(routes!(voice::speak))))
        .merge(with("widget_stop", 60, one(routes!(acts::stop_answer))))
        .merge(with("widget_escalate", 20, one(routes!(acts::escalate))))
        .merge(with(
            "widget_config",
            60,
            one(routes!(config::config)).layer(compressed()),
        ))
        .merge(with("widget_events", 60, one(routes!(events::events))))
        .merge(with("widget_rate", 60, one(routes!(acts::rate))))
        .merge(with("widget_feedback", 60, one(routes!(acts::feedback))))
        .merge(with("widget_contact", 60, one(routes!(acts::contact))))
        .merge(with("widget_typing", 60, one(routes!(acts::typing))))
        .merge(with("widget_read", 60, one(routes!(acts::read))))
        .merge(with(
            "widget_attributes",
            60,
            one(routes!(activity::attributes)),
        ))
        .merge(with("widget_track", 60, one(routes!(activity::track))))
        .merge(with("widget_end", 60, one(routes!(acts::end))))
}
