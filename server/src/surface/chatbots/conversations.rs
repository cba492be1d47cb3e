//! `/api/conversations`: the operators' inbox.

use crate::app::App;
use crate::core::actor::Operator;
use crate::core::conversation::{self, Filter};
use crate::core::{file, site};
use crate::error::{Error, Place, Result};
use crate::http::auth::ForConversations;
use crate::http::form::{Form, body_limit};
use crate::http::input::{Json, Nothing, OptionalJson, Path, Query};
use crate::http::once;
use crate::http::page;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use shared::conversation::{
    Conversation, ConversationMessage, Mode, ReadRequest, ReplyRequest, UploadedFile,
};
use shared::limits;
use shared::page::Page;
use shared::text::check_line;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(messages))
        .routes(routes!(reply))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(upload))
                .layer(body_limit()),
        )
        .routes(routes!(read))
        .routes(routes!(typing))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `open`, `closed` or `all` (the default).
    status: Option<String>,
    /// `ai`, `waiting`, `operator` or `closed`.
    mode: Option<String>,
    /// A site, by any spelling of its id.
    site: Option<String>,
    /// `me`, `none`, or a user's number.
    assignee: Option<String>,
    /// Only conversations with this tag.
    tag: Option<String>,
    /// Matched in messages, names and addresses.
    q: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

fn refuse(field: &'static str, detail: &'static str) -> Error {
    Error::invalid(field, detail).within(Place::Query)
}

async fn filter(app: &App, operator: &Operator, query: ListQuery) -> Result<Filter> {
    let closed = match query.status.as_deref() {
        None | Some("" | "all") => None,
        Some("open") => Some(false),
        Some("closed") => Some(true),
        Some(_) => return Err(refuse("status", "status must be open, closed or all")),
    };
    let mode = given(query.mode)
        .map(|mode| {
            Mode::parse(&mode)
                .ok_or_else(|| refuse("mode", "mode must be ai, waiting, operator or closed"))
        })
        .transpose()?;
    let (assignee_id, unassigned) = match given(query.assignee).as_deref() {
        None => (None, false),
        Some("me") => (Some(operator.user_id), false),
        Some("none") => (None, true),
        Some(id) => {
            let refusal = || refuse("assignee", "assignee must be me, none or a user's number");
            (Some(id.parse().map_err(|_| refusal())?), false)
        }
    };
    let site_id = match given(query.site) {
        Some(spelling) => Some(site::find(app, operator, &spelling).await?.id),
        None => None,
    };
    let text = given(query.q);
    if let Some(text) = &text {
        check_line(text, limits::NAME_CHARS)
            .map_err(|problem| Error::invalid("q", problem.describe("q")).within(Place::Query))?;
    }
    let before = crate::core::page::before(given(query.cursor).as_deref())
        .map_err(|error| error.within(Place::Query))?;
    Ok(Filter {
        mode,
        closed,
        site_id,
        assignee_id,
        unassigned,
        text,
        tag: given(query.tag),
        before,
    })
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// Conversations in which something was said, newest activity first.
#[utoipa::path(
    get,
    path = "/api/conversations",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(ListQuery),
    responses((status = 200, body = Page<Conversation>), (status = 400), (status = 401), (status = 403), (status = 404))
)]
async fn list(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Page<Conversation>>> {
    let limit = page::limit(query.limit)?;
    let filter = filter(&app, &operator, query).await?;
    conversation::list(&app, &operator, &filter, limit)
        .await
        .map(axum::Json)
}

/// One conversation; `eventCursor` is where the live channel goes on from it.
#[utoipa::path(
    get,
    path = "/api/conversations/{id}",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`conv_…`, or the number")),
    responses((status = 200, body = Conversation), (status = 401), (status = 403), (status = 404))
)]
async fn show(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
) -> Result<axum::Json<Conversation>> {
    conversation::show(&app, &operator, &id)
        .await
        .map(axum::Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MessagesQuery {
    /// Only messages before this `seq`: `nextCursor` of the page before.
    before: Option<i64>,
    limit: Option<i64>,
}

/// The latest messages, oldest first.
#[utoipa::path(
    get,
    path = "/api/conversations/{id}/messages",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`conv_…`, or the number"), MessagesQuery),
    responses((status = 200, body = Page<ConversationMessage>), (status = 400), (status = 401), (status = 403), (status = 404))
)]
async fn messages(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    Query(query): Query<MessagesQuery>,
) -> Result<axum::Json<Page<ConversationMessage>>> {
    let limit = page::limit(query.limit)?;
    let page = conversation::messages(&app, &operator, &id, query.before, limit).await?;
    Ok(axum::Json(Page {
        data: page
            .data
            .into_iter()
            .map(ConversationMessage::from)
            .collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Writes to the visitor and takes the conversation over where nobody has it. A resend with the same
/// `Idempotency-Key` or `clientId` answers with the first result. `files` names what was uploaded here before.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/reply",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(
        ("id" = String, Path, description = "`conv_…`, or the number"),
        ("Idempotency-Key" = Option<String>, Header, description = "Marks a resend."),
    ),
    request_body = ReplyRequest,
    responses((status = 201, body = ConversationMessage), (status = 400), (status = 401), (status = 403), (status = 404))
)]
async fn reply(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(request): Json<ReplyRequest>,
) -> Result<Response> {
    let row = conversation::find(&app, &operator, &id).await?;
    let scope = format!(
        "POST /api/conversations/{}/reply {}",
        row.id,
        operator.credential()
    );
    let scope = (scope, row.site_id);
    let work = async {
        let sent = conversation::reply(&app, &operator, &id, request.clone()).await?;
        Ok(ConversationMessage::from(sent.message))
    };
    once::created(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

/// The fields of the form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field")]
struct ReplyFileForm {
    /// PNG, JPEG, GIF, WebP, PDF, DOCX, TXT, MD or CSV, at most 10 MB.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Uploads a file, to go with a reply in this conversation by its id. A resend with the same `Idempotency-Key` answers
/// with the first result.
///
/// What it is is told by its bytes. Images are written anew, without their metadata.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/upload",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(
        ("id" = String, Path, description = "`conv_…`, or the number"),
        ("Idempotency-Key" = Option<String>, Header, description = "Marks a resend."),
    ),
    request_body(content = ReplyFileForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = UploadedFile),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 413, description = "Over 10 MB or 40 megapixels."),
        (status = 415, description = "Another kind of file, or one that is damaged."),
        (status = 429, description = "More than 200 files of one conversation and hour."),
    )
)]
async fn upload(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response> {
    let row = conversation::find(&app, &operator, &id).await?;
    let incoming = Form::read(request, "file").await?.into_file("file")?;
    let scope = format!(
        "POST /api/conversations/{}/upload {}",
        row.id,
        operator.credential()
    );
    let (scope, sent) = ((scope, row.site_id), once::of_file(&incoming));
    let work = async {
        let file = file::upload_for_reply(&app, &row, incoming).await?;
        let file = file::reference(&app.config.public_url, &file);
        Ok(UploadedFile::from(file))
    };
    once::created(&app, &headers, scope, &sent, StatusCode::CREATED, work).await
}

/// Says that the operator has seen everything up to `seq`.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/read",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`conv_…`, or the number")),
    request_body = ReadRequest,
    responses((status = 200, body = Conversation), (status = 400), (status = 401), (status = 403), (status = 404))
)]
async fn read(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    Json(request): Json<ReadRequest>,
) -> Result<axum::Json<Conversation>> {
    conversation::read(&app, &operator, &id, request.seq)
        .await
        .map(axum::Json)
}

/// Tells the visitor that the operator is writing.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/typing",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`conv_…`, or the number")),
    request_body = Option<Nothing>,
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn typing(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<StatusCode> {
    let row = conversation::find(&app, &operator, &id).await?;
    conversation::operator_types(&app, &row);
    Ok(StatusCode::NO_CONTENT)
}
