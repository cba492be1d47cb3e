//! `GET /files/{name}`: files by the random name in their address, which is what allows to see them.

use crate::app::App;
use crate::core::file::{self, is_image};
use crate::error::Result;
use crate::http::download::{About, Disposition, respond};
use crate::http::input::Path;
use crate::http::limit::{limited, per_minute};
use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const IMMUTABLE: &str = "private, max-age=31536000, immutable";

pub fn routes(app: &App) -> OpenApiRouter<App> {
    let files = OpenApiRouter::new().routes(routes!(show));
    limited(app, per_minute("files", 600), files)
}

/// A file that was sent in a chat. Images are shown, everything else is saved.
#[utoipa::path(
    get,
    path = "/files/{name}",
    tag = "files",
    params(("name" = String, Path, description = "The last part of the address that the upload or the message gave.")),
    responses(
        (status = 200, content_type = "application/octet-stream", description = "The bytes, with their own content type."),
        (status = 404),
        (status = 429, description = "More than 600 a minute."),
    )
)]
async fn show(State(app): State<App>, Path(name): Path<String>) -> Result<Response> {
    let (file, pieces) = file::open(&app, &name).await?;
    let disposition = if is_image(&file) {
        Disposition::Inline
    } else {
        Disposition::Attachment
    };
    let about = About {
        filename: &file.filename,
        content_type: &file.content_type,
        size: file.size,
        disposition,
        cache: IMMUTABLE,
    };
    respond(&about, pieces)
}
