//! `/bots`: a bot is a site under this surface's name.

use crate::app::App;
use crate::clock::{MINUTE, iso};
use crate::core::actor::Site;
use crate::core::install;
use crate::core::site::{self, NewSite};
use crate::error::{Error, Result};
use crate::http::auth::SignedIn;
use crate::http::input::{Json, Path};
use crate::http::once;
use crate::rates::Rule;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::install::{InstallCheck, InstallCheckRequest};
use shared::site::{Bot, CreateBotRequest, Disclosure, LinkSafety};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(disclosure))
        .routes(routes!(check_install))
}

/// A look at a foreign page is work for this server and for that page's.
const LOOKS: Rule = Rule {
    name: "install_check",
    limit: 30,
    window: 5 * MINUTE,
};

/// `PATCH /bots/{id}`: what is left out stays as it is, also within `link_safety` and `disclosure`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct UpdateBotRequest {
    name: Option<String>,
    agent_instructions: Option<String>,
    #[schema(value_type = Option<LinkSafety>)]
    link_safety: Option<Value>,
    #[schema(value_type = Option<Disclosure>)]
    disclosure: Option<Value>,
}

/// Names of the same settings on this surface and in the core.
const NAMES: [(&str, &str); 4] = [
    ("name", "displayName"),
    ("agent_instructions", "agentInstructions"),
    ("link_safety", "linkSafety"),
    ("disclosure", "disclosure"),
];

impl UpdateBotRequest {
    fn into_settings(self) -> Map<String, Value> {
        let values = [
            self.name.map(Value::String),
            self.agent_instructions.map(Value::String),
            self.link_safety,
            self.disclosure,
        ];
        NAMES
            .iter()
            .zip(values)
            .filter_map(|((_, setting), value)| Some(((*setting).to_owned(), value?)))
            .collect()
    }
}

/// A refusal in this surface's names.
fn rename(error: Error) -> Error {
    let renamed = NAMES
        .iter()
        .find(|(_, setting)| error.field.as_deref() == Some(*setting));
    let Some((name, setting)) = renamed else {
        return error;
    };
    let detail = error.public_message().replacen(setting, name, 1);
    Error {
        field: Some((*name).into()),
        ..error.with_detail(detail)
    }
}

fn bot(app: &App, site: Site) -> Bot {
    Bot {
        id: site.id,
        public_id: format!("ch_{}", site.slug),
        enabled: site.enabled,
        snippet: site::snippet(&app.config.public_url, &site),
        created_at: iso(site.created_at),
        name: site.settings.display_name,
        agent_instructions: site.settings.agent_instructions,
        link_safety: site.settings.link_safety,
        disclosure: site.settings.disclosure,
    }
}

/// The account's bots, oldest first.
#[utoipa::path(
    get,
    path = "/bots",
    tag = "bots",
    security(("dashboard" = [])),
    responses((status = 200, body = Vec<Bot>), (status = 401))
)]
async fn list(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
) -> Result<axum::Json<Vec<Bot>>> {
    let sites = site::list(&app, &operator).await?;
    Ok(axum::Json(
        sites.into_iter().map(|site| bot(&app, site)).collect(),
    ))
}

/// Makes a bot. A resend with the same `Idempotency-Key` makes no second one.
#[utoipa::path(
    post,
    path = "/bots",
    tag = "bots",
    security(("dashboard" = [])),
    request_body = CreateBotRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Marks a resend.")),
    responses((status = 201, body = Bot), (status = 401), (status = 403), (status = 422))
)]
async fn create(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    headers: HeaderMap,
    Json(request): Json<CreateBotRequest>,
) -> Result<Response> {
    let scope = format!("POST /bots {}", operator.credential());
    let new = NewSite {
        name: request.name.clone(),
        domain: request.domain.clone(),
        agent_instructions: request.agent_instructions.clone(),
    };
    let work = async { Ok(bot(&app, site::create(&app, &operator, new).await?)) };
    once::created(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

/// One bot, by any spelling of its id.
#[utoipa::path(
    get,
    path = "/bots/{bot_id}",
    tag = "bots",
    security(("dashboard" = [])),
    params(("bot_id" = String, Path, description = "`ch_…`")),
    responses((status = 200, body = Bot), (status = 401), (status = 404))
)]
async fn get(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Path(bot_id): Path<String>,
) -> Result<axum::Json<Bot>> {
    let site = site::find(&app, &operator, &bot_id).await?;
    Ok(axum::Json(bot(&app, site)))
}

/// Changes name, instructions, link safety or disclosure.
#[utoipa::path(
    patch,
    path = "/bots/{bot_id}",
    tag = "bots",
    security(("dashboard" = [])),
    params(("bot_id" = String, Path, description = "`ch_…`")),
    request_body = UpdateBotRequest,
    responses((status = 200, body = Bot), (status = 401), (status = 403), (status = 404), (status = 422))
)]
async fn update(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Path(bot_id): Path<String>,
    Json(request): Json<UpdateBotRequest>,
) -> Result<axum::Json<Bot>> {
    let site = site::patch(&app, &operator, &bot_id, request.into_settings())
        .await
        .map_err(rename)?;
    Ok(axum::Json(bot(&app, site)))
}

/// Deletes a bot with its conversations and its knowledge.
#[utoipa::path(
    delete,
    path = "/bots/{bot_id}",
    tag = "bots",
    security(("dashboard" = [])),
    params(("bot_id" = String, Path, description = "`ch_…`")),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn delete(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Path(bot_id): Path<String>,
) -> Result<StatusCode> {
    site::delete(&app, &operator, &bot_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the bot's answers may reveal of their sources.
#[utoipa::path(
    get,
    path = "/bots/{bot_id}/disclosure",
    tag = "bots",
    security(("dashboard" = [])),
    params(("bot_id" = String, Path, description = "`ch_…`")),
    responses((status = 200, body = Disclosure), (status = 401), (status = 404))
)]
async fn disclosure(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Path(bot_id): Path<String>,
) -> Result<axum::Json<Disclosure>> {
    let site = site::find(&app, &operator, &bot_id).await?;
    Ok(axum::Json(site.settings.disclosure))
}

/// Looks at a page and says whether the bot's chat can work there.
#[utoipa::path(
    post,
    path = "/bots/{bot_id}/install-check",
    tag = "bots",
    security(("dashboard" = [])),
    params(("bot_id" = String, Path, description = "`ch_…`")),
    request_body = InstallCheckRequest,
    responses(
        (status = 200, body = InstallCheck),
        (status = 400, description = "An address that may not be fetched from here: `forbidden_address`."),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 422),
        (status = 429, description = "At most thirty looks in five minutes."),
    )
)]
async fn check_install(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Path(bot_id): Path<String>,
    Json(request): Json<InstallCheckRequest>,
) -> Result<axum::Json<InstallCheck>> {
    operator.may_manage()?;
    let site = site::find(&app, &operator, &bot_id).await?;
    app.take(LOOKS, &operator.user_id.to_string()).await?;
    let found = install::check(&app, &site, &request.url).await?;
    Ok(axum::Json(found))
}
