//! The chatbots surface (S1): chat, chatbots, knowledge, the test box, the operators' inbox, API keys, webhooks. Camel
//! case, `{"error": "code", "message": "…"}`.

mod ask;
mod chat;
mod conversations;
mod events;
mod export;
mod handover;
mod keys;
mod knowledge;
mod manage;
mod nudges;
mod site_key;
mod tags;
mod visitors;
mod webhooks;

use crate::app::App;
use crate::http::auth::uncached;
use utoipa_axum::router::OpenApiRouter;

pub fn routes(app: &App) -> OpenApiRouter<App> {
    uncached(
        OpenApiRouter::new()
            .merge(chat::routes(app))
            .merge(manage::routes())
            .merge(conversations::routes())
            .merge(handover::routes())
            .merge(tags::routes())
            .merge(export::routes())
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
