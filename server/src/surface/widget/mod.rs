//! The visitor's native surface (`/widget/*`).

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;

pub fn routes(_app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
