//! The chatbots surface (S1): knowledge, the test box, the operators' inbox, API keys, webhooks. Camel case, `{"error": "code",
//! "message": "…"}`.

mod ask;
mod conversations;
mod events;
mod keys;
mod knowledge;
mod nudges;
mod paging;
mod site_key;
mod visitors;
mod webhooks;

use crate::app::App;
use crate::http::auth::uncached;
use utoipa_axum::router::OpenApiRouter;

pub fn routes(_app: &App) -> OpenApiRouter<App> {
    uncached(
        OpenApiRouter::new()
            .merge(conversations::routes())
            .merge(events::routes())
            .merge(knowledge::routes())
            .merge(ask::routes())
            .merge(keys::routes())
            .merge(site_key::routes())
            .merge(nudges::routes())
            .merge(visitors::routes())
            .merge(webhooks::routes()),
    )
}
