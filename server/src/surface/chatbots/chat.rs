//! `POST /api/chat/{chatbotId}`: a visitor's message, answered by a stream that ends with `[DONE]`.

use crate::app::App;
use crate::core::actor::{Site, Visitor};
use crate::core::answer::live::TurnEvent;
use crate::core::answer::turn;
use crate::core::answer::words::Words;
use crate::core::once::Attempt;
use crate::core::session::{self, Arrival};
use crate::core::site;
use crate::error::{Error, Result, check};
use crate::http::answer::{LINGER, told};
use crate::http::auth::caller;
use crate::http::client::Client;
use crate::http::cors::{check_origin, foreign_origin};
use crate::http::input::{Json, Path};
use crate::http::limit::{limited, per_minute, take_stream};
use crate::http::once;
use crate::http::sse::{self, Frame, Opening};
use async_stream::stream;
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::request::Parts;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use shared::api_key::Scope;
use shared::chatbot::{ChatbotChunk, ChatbotFailure, ChatbotMessage};
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_key;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const LANGUAGE: &str = "en";

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    let chat = OpenApiRouter::new().routes(routes!(chat));
    limited(app, per_minute("chatbots.chat", 10), chat)
}

/// The chatbot of the address, for a key of its account, or for a browser on a page where it may be used. Names the
/// caller too, so that resends of different callers never meet.
struct AtChatbot {
    site: Site,
    caller: String,
}

impl FromRequestParts<App> for AtChatbot {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Path(id): Path<String> = Path::from_request_parts(parts, app).await?;
        let headers = &parts.headers;
        let (site, caller) = if headers.contains_key(AUTHORIZATION) {
            let operator = caller(headers, app).await?;
            operator.may_use(Scope::Chat)?;
            let site = site::find(app, &operator, &id).await?;
            (site, operator.credential())
        } else if headers.contains_key(ORIGIN) {
            let site = session::site(app, &id).await.map_err(not_found)?;
            let client = Client::from_request_parts(parts, app).await?;
            // Hashed: the address is only compared, never shown.
            let client = hex::encode(&Sha256::digest(client.key())[..16]);
            (site, format!("client {client}"))
        } else {
            return Err(ErrorCode::Unauthenticated.into());
        };
        check_origin(app, &parts.headers, &site, None)?;
        Ok(Self { site, caller })
    }
}

fn not_found(error: Error) -> Error {
    match error.code {
        ErrorCode::BotNotFound => ErrorCode::NotFound.into(),
        _ => error,
    }
}

/// Sends a message and streams the answer.
///
/// The texts joined are the whole reply; `[DONE]` ends the stream, or one error does. The message is stored before
/// the response's headers are sent, the reply before `[DONE]`. While an operator has the conversation there is one
/// event with an empty text. Browsers may leave the key out on pages where the chatbot may be used.
#[utoipa::path(
    post,
    path = "/api/chat/{chatbotId}",
    tag = "chat",
    security(("key" = []), ("dashboard" = []), ()),
    params(
        ("chatbotId" = String, Path, description = "`bot_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "A resend joins the first one's answer."),
    ),
    request_body = ChatbotMessage,
    responses(
        (status = 200, body = ChatbotChunk, content_type = "text/event-stream"),
        (status = 400),
        (status = 401, description = "A wrong key, or none and no page either."),
        (status = 403, description = "`site_disabled`, `visitor_blocked`, `origin_not_allowed`, `forbidden`"),
        (status = 404),
        (status = 409),
        (status = 413),
        (status = 415),
        (status = 429, description = "More than 10 a minute."),
    )
)]
async fn chat(
    State(app): State<App>,
    at: AtChatbot,
    client: Client,
    headers: HeaderMap,
    Json(request): Json<ChatbotMessage>,
) -> Result<Response> {
    check_request(&request)?;
    let client_id = once::key(&headers)?;
    let words = Words::new(request.message.clone(), client_id.clone());
    words.check(&at.site)?;
    let slot = take_stream(&app, client)?;
    let visitor = match &request.conversation_id {
        Some(id) => {
            let visitor = going_on(&app, &headers, at.site, id).await?;
            if let Some(language) = &request.language {
                session::set_locale(&app, &visitor, language).await?;
            }
            visitor
        }
        None => begun(&app, &headers, at, &request, client_id).await?,
    };
    let conversation_id = format!("conv_{}", visitor.conversation.slug);
    let (_, asked) = turn::ask_with(&app, &visitor, words).await?;
    let opening = Opening {
        slot,
        id: None,
        linger: LINGER,
    };
    Ok(sse::respond(
        &app,
        opening,
        frames(told(&app, asked), conversation_id),
    ))
}

fn check_request(request: &ChatbotMessage) -> Result<()> {
    if let Some(visitor_id) = &request.visitor_id {
        check("visitorId", check_key(visitor_id, limits::CLIENT_ID_CHARS))?;
    }
    match &request.language {
        Some(language) if !site::is_language(language) => Err(Error::invalid(
            "language",
            "language must be a language tag such as en or pt-BR",
        )),
        _ => Ok(()),
    }
}

/// The conversation that an earlier reply named. One that a page began goes on from pages of that origin alone.
async fn going_on(app: &App, headers: &HeaderMap, site: Site, id: &str) -> Result<Visitor> {
    let visitor = session::resume_conversation(app, site, id).await?;
    let bound = visitor.conversation.parent_origin.as_deref();
    check_origin(app, headers, &visitor.site, bound)?;
    Ok(visitor)
}

async fn begun(
    app: &App,
    headers: &HeaderMap,
    at: AtChatbot,
    request: &ChatbotMessage,
    client_id: Option<String>,
) -> Result<Visitor> {
    let AtChatbot { site, caller } = at;
    let visitor_id = request.visitor_id.as_deref();
    let own = Some(site.settings.language.as_str()).filter(|own| !own.is_empty());
    let language = request.language.as_deref().or(own).unwrap_or(LANGUAGE);
    let arrival = Arrival {
        visitor_slug: visitor_id.and_then(session::parse_visitor_id),
        visitor_client_id: visitor_id.map(str::to_owned),
        locale: Some(language.to_owned()),
        parent_origin: foreign_origin(app, headers).map(str::to_owned),
        ..Arrival::default()
    };
    let Some(key) = client_id else {
        return session::begin(app, site, arrival).await;
    };
    let request = serde_json::to_vec(request).map_err(Error::internal)?;
    let attempt = Attempt {
        scope: format!("POST /api/chat/{} {caller}", site.id),
        key,
        fingerprint: hex::encode(Sha256::digest(request)),
        site_id: Some(site.id),
        is_secret: false,
    };
    session::begin_once(app, site, arrival, attempt).await
}

/// The answer in this surface's form.
fn frames(
    events: impl Stream<Item = TurnEvent> + Send,
    conversation_id: String,
) -> impl Stream<Item = Frame> + Send {
    stream! {
        let mut said = false;
        for await (number, event) in events.enumerate() {
            let id = format!("answer.{number}");
            let is_empty_end = matches!(event, TurnEvent::Done(_)) && !said;
            let written = match event {
                TurnEvent::Chunk(text) => chunk(&id, text, &conversation_id),
                // Nobody answers now; the caller still learns how to go on.
                TurnEvent::Done(_) if is_empty_end => {
                    chunk(&id, String::new(), &conversation_id)
                }
                TurnEvent::Done(_) => Ok(done(&id)),
                TurnEvent::Failed { code, message } => Frame::json(
                    &id,
                    &ChatbotFailure {
                        error: code.to_owned(),
                        message,
                        conversation_id: conversation_id.clone(),
                    },
                ),
            };
            said = true;
            match written {
                Ok(frame) => yield frame,
                Err(error) => tracing::error!(%error, "an event could not be written"),
            }
            if is_empty_end {
                yield done(&format!("{id}.end"));
            }
        }
    }
}

fn chunk(id: &str, text: String, conversation_id: &str) -> Result<Frame> {
    let chunk = ChatbotChunk {
        text,
        conversation_id: conversation_id.to_owned(),
    };
    Frame::json(id, &chunk)
}

fn done(id: &str) -> Frame {
    Frame {
        id: id.to_owned(),
        data: "[DONE]".to_owned(),
    }
}
