//! `/api/knowledge`: what a chatbot's answers rest on.

use crate::app::App;
use crate::clock::MINUTE;
use crate::core::actor::{Operator, Site};
use crate::core::knowledge::{self, Listing, New};
use crate::core::{scrape, site};
use crate::error::{Error, Place, Result};
use crate::http::auth::ForKnowledge;
use crate::http::input::{Json, Path, Query};
use crate::http::once;
use crate::http::page;
use crate::rates::Rule;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::error::ErrorCode;
use shared::knowledge::{AddKnowledgeRequest, KnowledgeItem, KnowledgeKind, Scrape, ScrapeRequest};
use shared::limits;
use shared::page::Page;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Documented: five uploads in five minutes.
const UPLOADS: Rule = Rule {
    name: "upload",
    limit: 5,
    window: 5 * MINUTE,
};
/// What surrounds the file in its request.
const ENVELOPE_BYTES: usize = 64 << 10;
/// Documented: ten scrapes in five minutes.
const SCRAPES: Rule = Rule {
    name: "scrape",
    limit: 10,
    window: 5 * MINUTE,
};
/// A text of the most characters, each of them escaped.
const TEXT_BYTES: usize = 12 * limits::KNOWLEDGE_TEXT_CHARS;

pub(super) fn routes() -> OpenApiRouter<App> {
    let uploading = OpenApiRouter::new()
        .routes(routes!(upload))
        .layer(DefaultBodyLimit::max(
            limits::DOCUMENT_BYTES + ENVELOPE_BYTES,
        ));
    let adding = OpenApiRouter::new()
        .routes(routes!(list, add))
        .layer(DefaultBodyLimit::max(TEXT_BYTES));
    OpenApiRouter::new()
        .merge(adding)
        .merge(uploading)
        .routes(routes!(scrapes, scrape))
        .routes(routes!(show_scrape))
        .routes(routes!(show, remove))
}

/// A chatbot the operator may teach.
async fn taught(app: &App, operator: &Operator, chatbot_id: &str) -> Result<Site> {
    operator.may_manage()?;
    site::find(app, operator, chatbot_id).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `bot_…`
    chatbot_id: String,
    cursor: Option<String>,
    limit: Option<i64>,
    /// Words to look for in title and text.
    q: Option<String>,
}

/// What a chatbot knows, newest first, without the texts.
#[utoipa::path(
    get,
    path = "/api/knowledge",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    params(ListQuery),
    responses((status = 200, body = Page<KnowledgeItem>), (status = 400), (status = 401), (status = 404))
)]
async fn list(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Page<KnowledgeItem>>> {
    let site = site::find(&app, &operator, &query.chatbot_id).await?;
    let listing = Listing {
        cursor: query.cursor.filter(|cursor| !cursor.is_empty()),
        limit: query.limit,
        q: query.q,
    };
    knowledge::list(&app, &site, &listing)
        .await
        .map(axum::Json)
        .map_err(|error| error.within(Place::Query))
}

fn new(request: AddKnowledgeRequest) -> Result<New> {
    let AddKnowledgeRequest {
        kind,
        title,
        question,
        source,
        content,
        ..
    } = request;
    let content = content.ok_or_else(|| Error::missing("content"))?;
    match kind {
        // Read from the web instead, see `add`.
        KnowledgeKind::Url => Err(Error::wrong_type("type")),
        KnowledgeKind::Qa => {
            let question = question.or(source).or(title);
            Ok(New::Qa {
                question: question.ok_or_else(|| Error::missing("question"))?,
                answer: content,
            })
        }
        KnowledgeKind::Text => Ok(New::Text {
            title,
            source,
            content,
        }),
        KnowledgeKind::Document => Ok(New::DocumentText {
            name: source.or(title).ok_or_else(|| Error::missing("source"))?,
            text: content,
        }),
    }
}

/// Adds a question with its answer, a text, a document's text, or a page of the web as it is now. A resend with the same `Idempotency-Key`
/// adds nothing twice.
#[utoipa::path(
    post,
    path = "/api/knowledge",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    request_body = AddKnowledgeRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Marks a resend.")),
    responses(
        (status = 201, body = KnowledgeItem),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 429, description = "Pages of the web count as scrapes: at most ten in five minutes."),
    )
)]
async fn add(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    headers: HeaderMap,
    Json(request): Json<AddKnowledgeRequest>,
) -> Result<Response> {
    let site = taught(&app, &operator, &request.chatbot_id).await?;
    let scope = format!("POST /api/knowledge {}", operator.credential());
    let scope = (scope, site.id);
    let work = async {
        if request.kind == KnowledgeKind::Url {
            app.take(SCRAPES, &operator.user_id.to_string()).await?;
            let source = request.source.as_deref();
            let source = source.ok_or_else(|| Error::missing("source"))?;
            return scrape::add_page(&app, &site, source).await;
        }
        knowledge::add(&app, &site, new(request.clone())?).await
    };
    once::created(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form")]
#[schema(as = KnowledgeUploadForm)]
struct UploadForm {
    /// `bot_…`
    #[schema(rename = "chatbotId")]
    chatbot_id: String,
    /// A PDF, DOCX, Markdown or text file of up to 10 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Uploads a PDF, DOCX, Markdown or text file. What it is, is told by what is in it. A resend with the same
/// `Idempotency-Key` adds nothing twice.
#[utoipa::path(
    post,
    path = "/api/knowledge/upload",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Marks a resend.")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = KnowledgeItem),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 413),
        (status = 429, description = "At most five uploads in five minutes."),
    )
)]
async fn upload(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    headers: HeaderMap,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Result<Response> {
    operator.may_manage()?;
    app.take(UPLOADS, &operator.user_id.to_string()).await?;
    let form = form.map_err(|_| {
        Error::new(ErrorCode::UnsupportedMediaType)
            .with_detail("Send the file as multipart/form-data.")
    })?;
    let Upload {
        chatbot_id,
        name,
        bytes,
    } = read_form(form).await?;
    let site = taught(&app, &operator, &chatbot_id).await?;
    let scope = format!("POST /api/knowledge/upload {}", operator.credential());
    let scope = (scope, site.id);
    let request = (site.id, name.clone(), hex::encode(Sha256::digest(&bytes)));
    let work = knowledge::add(&app, &site, New::Document { name, bytes });
    once::created(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

struct Upload {
    chatbot_id: String,
    name: String,
    bytes: Vec<u8>,
}

async fn read_form(mut form: Multipart) -> Result<Upload> {
    let (mut chatbot_id, mut file) = (None, None);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("chatbotId") => chatbot_id = Some(field.text().await.map_err(unreadable)?),
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, field.bytes().await.map_err(unreadable)?));
            }
            // Read to its end by the next turn, and without effect.
            _ => {}
        }
    }
    let (name, bytes) = file.ok_or_else(|| Error::missing("file"))?;
    Ok(Upload {
        chatbot_id: chatbot_id.ok_or_else(|| Error::missing("chatbotId"))?,
        name,
        bytes: bytes.into(),
    })
}

fn unreadable(error: MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ErrorCode::PayloadTooLarge.into();
    }
    Error::invalid("file", "the form cannot be read")
}

/// Starts the reading of a site: the page and those of the same site that it leads to, or the pages of a sitemap.
/// What robots.txt asks is obeyed.
#[utoipa::path(
    post,
    path = "/api/knowledge/scrape",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A resend starts no second one.")),
    request_body = ScrapeRequest,
    responses(
        (status = 201, body = Scrape),
        (status = 400, description = "Also an address that cannot be reached from here: `forbidden_address`."),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 429, description = "At most ten scrapes in five minutes."),
    )
)]
async fn scrape(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    headers: HeaderMap,
    Json(request): Json<ScrapeRequest>,
) -> Result<Response> {
    operator.may_manage()?;
    app.take(SCRAPES, &operator.user_id.to_string()).await?;
    let site = taught(&app, &operator, &request.chatbot_id).await?;
    let scope = format!("POST /api/knowledge/scrape {}", operator.credential());
    let scope = (scope, site.id);
    let work = scrape::start(&app, &site, &request.url, request.max_pages);
    once::created(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct ScrapesQuery {
    /// `bot_…`
    chatbot_id: String,
    cursor: Option<String>,
    limit: Option<i64>,
}

/// A chatbot's scrapes, newest first.
#[utoipa::path(
    get,
    path = "/api/knowledge/scrape",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    params(ScrapesQuery),
    responses((status = 200, body = Page<Scrape>), (status = 400), (status = 401), (status = 403), (status = 404))
)]
async fn scrapes(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    Query(query): Query<ScrapesQuery>,
) -> Result<axum::Json<Page<Scrape>>> {
    let limit = page::limit(query.limit)?;
    let site = site::find(&app, &operator, &query.chatbot_id).await?;
    scrape::list(&app, &site, query.cursor.as_deref(), limit)
        .await
        .map(axum::Json)
        .map_err(|error| error.within(Place::Query))
}

/// How far a scrape is.
#[utoipa::path(
    get,
    path = "/api/knowledge/scrape/{id}",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    responses((status = 200, body = Scrape), (status = 401), (status = 403), (status = 404))
)]
async fn show_scrape(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    Path(id): Path<i64>,
) -> Result<axum::Json<Scrape>> {
    scrape::show(&app, &operator, id).await.map(axum::Json)
}

/// One item with its whole text.
#[utoipa::path(
    get,
    path = "/api/knowledge/{id}",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    responses((status = 200, body = KnowledgeItem), (status = 401), (status = 404))
)]
async fn show(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    Path(id): Path<i64>,
) -> Result<axum::Json<KnowledgeItem>> {
    knowledge::show(&app, &operator, id).await.map(axum::Json)
}

/// Deletes an item: the next question no longer finds it.
#[utoipa::path(
    delete,
    path = "/api/knowledge/{id}",
    tag = "knowledge",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn remove(
    State(app): State<App>,
    ForKnowledge(operator): ForKnowledge,
    Path(id): Path<i64>,
) -> Result<StatusCode> {
    knowledge::remove(&app, &operator, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
