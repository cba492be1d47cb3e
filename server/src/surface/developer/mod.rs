//! The developer surface (S0). Camel case, `{"error": "code", "message": "…"}`.

mod settings;

use crate::app::App;
use crate::http::auth::uncached;
use utoipa_axum::router::OpenApiRouter;

pub fn routes(_app: &App) -> OpenApiRouter<App> {
    uncached(settings::routes())
}
