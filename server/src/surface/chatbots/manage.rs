//! `/api/chatbots`: a chatbot is a site under this surface's name.

use crate::app::App;
use crate::clock::iso;
use crate::core::actor::Site;
use crate::core::site::{self, Change};
use crate::error::{Error, Place, Result};
use crate::http::auth::ForChatbots;
use crate::http::input::{Json, Path, Query};
use crate::http::once;
use crate::http::page;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::chatbot::{Appearance, Chatbot, CreateChatbotRequest};
use shared::page::Page;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
}

/// Names of the same settings on this surface and in the core.
const NAMES: [(&str, &str); 4] = [
    ("name", "displayName"),
    ("website", "websiteUrl"),
    ("personality", "agentInstructions"),
    ("language", "language"),
];
/// A new chatbot's domain is that of its website.
const DOMAIN: (&str, &str) = ("website", "domain");
/// The settings that are appearance here.
const APPEARANCE: [&str; 14] = [
    "primaryColor",
    "brandColor",
    "bgColor",
    "fontColor",
    "buttonColor",
    "glowColor",
    "greetingText",
    "welcomeMessage",
    "position",
    "cornerStyle",
    "dropShadow",
    "glowSize",
    "glowStrength",
    "theme",
];

/// `PATCH /api/chatbots/{id}`: what is left out stays as it is, also within `appearance`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct UpdateChatbotRequest {
    name: Option<String>,
    website: Option<String>,
    personality: Option<String>,
    language: Option<String>,
    /// Any of the fields of a chatbot's appearance.
    #[schema(value_type = Option<Object>)]
    appearance: Option<Map<String, Value>>,
}

impl UpdateChatbotRequest {
    fn into_settings(self) -> Map<String, Value> {
        let values = [self.name, self.website, self.personality, self.language];
        let mut settings: Map<String, Value> = NAMES
            .iter()
            .zip(values)
            .filter_map(|((_, setting), value)| Some(((*setting).to_owned(), value?.into())))
            .collect();
        let looks = self.appearance.unwrap_or_default().into_iter();
        settings.extend(looks.filter(|(field, _)| APPEARANCE.contains(&field.as_str())));
        settings
    }
}

/// A refusal in this surface's names.
fn rename(error: Error) -> Error {
    let renamed = NAMES
        .iter()
        .chain([&DOMAIN])
        .find(|(name, setting)| name != setting && error.field.as_deref() == Some(*setting));
    let Some((name, setting)) = renamed else {
        return error;
    };
    let detail = error.public_message().replacen(setting, name, 1);
    Error {
        field: Some((*name).into()),
        ..error.with_detail(detail)
    }
}

fn view(app: &App, site: Site) -> Chatbot {
    let snippet = site::snippet(&app.config.public_url, &site);
    let settings = site.settings;
    Chatbot {
        id: format!("bot_{}", site.slug),
        number: site.id,
        name: settings.display_name,
        website: settings.website_url,
        personality: settings.agent_instructions,
        appearance: Appearance {
            primary_color: settings.primary_color,
            bg_color: settings.bg_color,
            font_color: settings.font_color,
            button_color: settings.button_color,
            glow_color: settings.glow_color,
            greeting_text: settings.greeting_text,
            welcome_message: settings.welcome_message,
            position: settings.position,
            corner_style: settings.corner_style,
            drop_shadow: settings.drop_shadow,
            glow_size: settings.glow_size,
            glow_strength: settings.glow_strength,
            theme: settings.theme,
        },
        language: settings.language,
        enabled: site.enabled,
        snippet,
        created_at: iso(site.created_at),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// The account's chatbots, oldest first.
#[utoipa::path(
    get,
    path = "/api/chatbots",
    tag = "chatbots",
    security(("key" = []), ("dashboard" = [])),
    params(ListQuery),
    responses((status = 200, body = Page<Chatbot>), (status = 400), (status = 401), (status = 403))
)]
async fn list(
    State(app): State<App>,
    ForChatbots(operator): ForChatbots,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Page<Chatbot>>> {
    let limit = page::limit(query.limit)?;
    let page = site::page(&app, &operator, query.cursor.as_deref(), limit)
        .await
        .map_err(|error| error.within(Place::Query))?;
    Ok(axum::Json(Page {
        data: page.data.into_iter().map(|site| view(&app, site)).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn change_of(request: &CreateChatbotRequest) -> Result<Change> {
    let website = request.website.as_deref().unwrap_or_default();
    let fields = [
        ("displayName", request.name.as_str()),
        ("websiteUrl", website),
        ("domain", website),
    ];
    let fields = fields.map(|(field, value)| (field.to_owned(), Value::from(value)));
    Change::read(fields.into_iter().collect()).map_err(rename)
}

/// Makes a chatbot. A resend with the same `Idempotency-Key` makes no second one.
#[utoipa::path(
    post,
    path = "/api/chatbots",
    tag = "chatbots",
    security(("key" = []), ("dashboard" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A resend gets the first result.")),
    request_body = CreateChatbotRequest,
    responses(
        (status = 201, body = Chatbot),
        (status = 400),
        (status = 401),
        (status = 402, description = "The account's plan does not hold another one."),
        (status = 403),
        (status = 409),
        (status = 413),
        (status = 415),
    )
)]
async fn create(
    State(app): State<App>,
    ForChatbots(operator): ForChatbots,
    headers: HeaderMap,
    Json(request): Json<CreateChatbotRequest>,
) -> Result<Response> {
    operator.may_manage()?;
    let scope = format!("POST /api/chatbots {}", operator.credential());
    let work = async {
        let change = change_of(&request)?;
        let site = site::create_with(&app, operator.account_id, &change).await?;
        Ok(view(&app, site))
    };
    once::created(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

/// One chatbot, by any spelling of its id.
#[utoipa::path(
    get,
    path = "/api/chatbots/{id}",
    tag = "chatbots",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`bot_…`")),
    responses((status = 200, body = Chatbot), (status = 401), (status = 403), (status = 404))
)]
async fn show(
    State(app): State<App>,
    ForChatbots(operator): ForChatbots,
    Path(id): Path<String>,
) -> Result<axum::Json<Chatbot>> {
    let site = site::find(&app, &operator, &id).await?;
    Ok(axum::Json(view(&app, site)))
}

/// Changes name, website, personality, language or appearance. A change that is refused anywhere changes nothing.
#[utoipa::path(
    patch,
    path = "/api/chatbots/{id}",
    tag = "chatbots",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`bot_…`")),
    request_body = UpdateChatbotRequest,
    responses(
        (status = 200, body = Chatbot),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 413),
        (status = 415),
    )
)]
async fn update(
    State(app): State<App>,
    ForChatbots(operator): ForChatbots,
    Path(id): Path<String>,
    Json(request): Json<UpdateChatbotRequest>,
) -> Result<axum::Json<Chatbot>> {
    let site = site::patch(&app, &operator, &id, request.into_settings())
        .await
        .map_err(rename)?;
    Ok(axum::Json(view(&app, site)))
}

/// Deletes a chatbot for good, with everything that was its.
#[utoipa::path(
    delete,
    path = "/api/chatbots/{id}",
    tag = "chatbots",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`bot_…`")),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn remove(
    State(app): State<App>,
    ForChatbots(operator): ForChatbots,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    site::delete(&app, &operator, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
