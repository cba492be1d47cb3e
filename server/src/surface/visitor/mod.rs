//! The visitor surface (S4, `/api/v1/chat/*`): for third-party widgets, which make their own session ids. Snake case,
//! `{"success": true, …}`, and `{"success": false, "message", "code"}` where something is refused.

mod contact;
mod door;
mod image;
mod messages;
mod rate;
mod stream;

use crate::app::App;
use crate::http::form::body_limit;
use crate::http::limit::{limited, per_minute};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How this surface refuses.
#[derive(Serialize, ToSchema)]
struct VisitorError {
    /// Always false.
    success: bool,
    /// A sentence for people.
    message: String,
    /// Stable, for programs.
    code: String,
}

/// What this surface answers where there is nothing to tell.
#[derive(Serialize, ToSchema)]
struct Success {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

impl Success {
    const fn plain() -> axum::Json<Self> {
        axum::Json(Self {
            success: true,
            message: None,
        })
    }

    const fn saying(message: &'static str) -> axum::Json<Self> {
        axum::Json(Self {
            success: true,
            message: Some(message),
        })
    }
}

/// What names the site and the visitor's session.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that the door reads")]
struct SessionParams {
    /// The site in any of its spellings, such as `sk_…`.
    site_key: String,
    /// The caller's own key of the session: 1 to 128 printable ASCII characters without spaces.
    session_id: String,
}

/// Every route, each with its limit per minute and client address.
pub fn routes(app: &App) -> OpenApiRouter<App> {
    let with = |name, limit, router| limited(app, per_minute(name, limit), router);
    let one = |route| OpenApiRouter::new().routes(route);
    let image = one(routes!(image::upload)).layer(body_limit());
    OpenApiRouter::new()
        .merge(with("visitor_stream", 30, one(routes!(stream::stream))))
        .merge(with("visitor_history", 60, one(routes!(messages::history))))
        .merge(with(
            "visitor_operator_messages",
            60,
            one(routes!(messages::of_operators)),
        ))
        .merge(with(
            "visitor_block_status",
            60,
            one(routes!(messages::block_status)),
        ))
        .merge(with(
            "visitor_pending_proactive",
            60,
            one(routes!(messages::pending)),
        ))
        .merge(with("visitor_email", 60, one(routes!(contact::email))))
        .merge(with("visitor_contact", 60, one(routes!(contact::contact))))
        .merge(with("visitor_upload_image", 60, image))
        .merge(with("visitor_rate", 60, one(routes!(rate::rate))))
        .merge(with(
            "visitor_rate_comment",
            60,
            one(routes!(rate::comment)),
        ))
}
