//! The helpdesk surface (S2, `/api/v1/chat/{config,conversations…}`): a site's own contact form or app. Snake case,
//! `{"error": "sentence"}`.

mod conversations;
mod door;
mod files;
mod messages;

use crate::app::App;
use crate::http::limit::{limited, per_minute};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How this surface refuses.
#[derive(Serialize, ToSchema)]
struct HelpdeskError {
    /// A sentence for people.
    error: String,
}

/// Where the site key may stand: here, in [`SiteKeyQuery`], or in `Authorization: Bearer`. One is enough.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header that the door reads")]
struct SiteKeyHeader {
    /// The site in any of its spellings, such as `sk_…`. `Authorization: Bearer` means the same.
    #[param(rename = "X-Site-Key")]
    x_site_key: Option<String>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter that the door reads")]
struct SiteKeyQuery {
    /// As `X-Site-Key`.
    site_key: Option<String>,
}

/// Every route, each with its documented limit per minute and client address.
pub fn routes(app: &App) -> OpenApiRouter<App> {
    let with = |name, limit, router| limited(app, per_minute(name, limit), router);
    let one = |route| OpenApiRouter::new().routes(route);
    OpenApiRouter::new()
        .merge(with(
            "helpdesk_config",
            60,
            one(routes!(conversations::config)),
        ))
        .merge(with(
            "helpdesk_create",
            5,
            one(routes!(conversations::create)),
        ))
        .merge(with(
            "helpdesk_messages",
            60,
            one(routes!(messages::messages)),
        ))
        .merge(with("helpdesk_reply", 20, one(routes!(messages::reply))))
        .merge(with("helpdesk_files", 60, one(routes!(files::download))))
}
