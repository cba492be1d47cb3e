//! The chatbots surface (S1): knowledge, the test box, the operators' inbox. Camel case, `{"error": "code",
//! "message": "…"}`.

mod ask;
mod conversations;
mod events;
mod knowledge;
mod nudges;
mod paging;
mod visitors;

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
            .merge(nudges::routes())
            .merge(visitors::routes()),
    )
}
