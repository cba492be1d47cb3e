//! The developer surface (S0). Camel case, `{"error": "code", "message": "…"}`. Unknown fields are refused.

mod accounts;
mod chat;
mod door;
mod fields;
mod settings;
mod site;
mod sites;
mod view;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::uncached;
use crate::http::input;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;

pub fn routes(_app: &App) -> OpenApiRouter<App> {
    uncached(
        OpenApiRouter::new()
            .merge(accounts::routes())
            .merge(sites::routes())
            .merge(site::routes())
            .merge(chat::routes())
            .merge(settings::routes()),
    )
}

/// A body of known fields and no others.
fn body<T: DeserializeOwned>(fields: Map<String, Value>, known: &[&str]) -> Result<T, Error> {
    crate::core::site::check_known(&fields, known)?;
    input::read(fields)
}
