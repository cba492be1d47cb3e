//! `POST /api/conversations/{id}/{takeover,handback,resolve,reopen,end}`: who has a conversation.

use crate::app::App;
use crate::core::conversation;
use crate::core::handover::Event;
use crate::error::Result;
use crate::http::auth::ForConversations;
use crate::http::input::{Nothing, OptionalJson, Path};
use axum::extract::State;
use shared::conversation::Conversation;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(take_over))
        .routes(routes!(hand_back))
        .routes(routes!(resolve))
        .routes(routes!(reopen))
        .routes(routes!(end))
}

/// Makes a route that does nothing but tell the conversation's state machine what `operator` wants.
macro_rules! change {
    ($(#[$comment:meta])* $name:ident $path:literal |$operator:ident| $event:expr) => {
        $(#[$comment])*
        #[utoipa::path(
            post,
            path = $path,
            tag = "conversations",
            security(("key" = []), ("dashboard" = [])),
            params(("id" = String, Path, description = "`conv_…`, or the number")),
            request_body = Option<Nothing>,
            responses((status = 200, body = Conversation), (status = 401), (status = 403), (status = 404))
        )]
        async fn $name(
            State(app): State<App>,
            ForConversations($operator): ForConversations,
            Path(id): Path<String>,
            OptionalJson(Nothing {}): OptionalJson<Nothing>,
        ) -> Result<axum::Json<Conversation>> {
            let event = $event;
            conversation::change(&app, &$operator, &id, event)
                .await
                .map(axum::Json)
        }
    };
}

change! {
    /// Takes the conversation: from now on the assistant is silent.
    take_over "/api/conversations/{id}/takeover" |operator| Event::TakenOver { by: operator.user_id }
}
change! {
    /// Gives the conversation back to the assistant.
    hand_back "/api/conversations/{id}/handback" |operator| Event::HandedBack
}
change! {
    /// Closes the conversation as done.
    resolve "/api/conversations/{id}/resolve" |operator| Event::Closed
}
change! {
    /// Opens a closed conversation again.
    reopen "/api/conversations/{id}/reopen" |operator| Event::Reopened
}
change! {
    /// Ends the conversation.
    end "/api/conversations/{id}/end" |operator| Event::Closed
}
