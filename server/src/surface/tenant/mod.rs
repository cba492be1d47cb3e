//! The tenant surface (S3, signed in): signing in, bots, identity secrets. Snake case, `{"detail": …}`.

mod auth;
mod bots;
mod kyc;

use crate::app::App;
use crate::http::auth::uncached;
use utoipa_axum::router::OpenApiRouter;

pub fn routes(app: &App) -> OpenApiRouter<App> {
    uncached(
        OpenApiRouter::new()
            .merge(auth::routes(app))
            .merge(bots::routes())
            .merge(kyc::routes()),
    )
}
