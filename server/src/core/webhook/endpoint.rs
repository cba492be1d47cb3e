//! Endpoints, as their owners manage them.

use super::sign;
use crate::app::App;
use crate::clock::iso;
use crate::core::actor::Operator;
use crate::core::page;
use crate::error::{Error, Result, check};
use crate::store;
use crate::store::webhook::{Endpoint, Settings};
use shared::error::ErrorCode;
use shared::limits;
use shared::page::Page;
use shared::text::check_line;
use shared::webhook::{CreateWebhookRequest, UpdateWebhookRequest, Webhook, WebhookEvent};

fn view(endpoint: Endpoint) -> Webhook {
    let previous_until = sign::previous_until(&endpoint);
    Webhook {
        id: endpoint.id,
        url: endpoint.url,
        description: endpoint.description,
        events: endpoint.events,
        enabled: endpoint.enabled,
        disabled_at: endpoint.disabled_at.map(iso),
        disabled_reason: endpoint.disabled_reason,
        failing_since: endpoint.failing_since.map(iso),
        previous_secret_until: previous_until.map(iso),
        created_at: iso(endpoint.created_at),
        updated_at: iso(endpoint.updated_at),
        secret: None,
    }
}

/// An endpoint of the operator's account. Not there and not theirs are alike.
pub(super) async fn find(app: &App, operator: &Operator, id: i64) -> Result<Endpoint> {
    operator.may_manage()?;
    let mut connection = app.db.read().await?;
    let found = store::webhook::get(&mut connection, operator.account_id, id).await?;
    found.ok_or_else(|| ErrorCode::NotFound.into())
}

/// # Errors
/// `not_found`, `forbidden`.
pub async fn show(app: &App, operator: &Operator, id: i64) -> Result<Webhook> {
    Ok(view(find(app, operator, id).await?))
}

async fn show_with_secret(app: &App, operator: &Operator, id: i64) -> Result<Webhook> {
    let endpoint = find(app, operator, id).await?;
    let secret = sign::decrypt(app, endpoint.account_id, &endpoint.secret)?;
    Ok(Webhook {
        secret: Some(secret),
        ..view(endpoint)
    })
}

/// Newest first.
///
/// # Errors
/// `validation_failed` for a cursor that cannot be one, `forbidden`.
pub async fn list(
    app: &App,
    operator: &Operator,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<Webhook>> {
    operator.may_manage()?;
    let before = page::before(cursor)?;
    let endpoints = {
        let mut connection = app.db.read().await?;
        store::webhook::list(&mut connection, operator.account_id, before, limit).await?
    };
    Ok(page::cut(endpoints, limit, |endpoint| endpoint.id).map(view))
}

/// Makes an endpoint; its secret is shown this once.
///
/// # Errors
/// `forbidden`, `forbidden_address`, `validation_failed` naming the field, `conflict` where there are too many.
pub async fn create(
    app: &App,
    operator: &Operator,
    request: CreateWebhookRequest,
) -> Result<Webhook> {
    operator.may_manage()?;
    let settings = judge(
        app,
        Settings {
            url: request.url,
            description: request.description,
            events: request.events,
            enabled: request.enabled.unwrap_or(true),
        },
    )?;
    let account_id = operator.account_id;
    let secret = sign::encrypt(app, account_id, &sign::new_secret(app))?;
    let now = app.now();
    let id = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                if store::webhook::count(transaction, account_id).await? >= limits::WEBHOOKS {
                    let detail = format!("An account has at most {} webhooks.", limits::WEBHOOKS);
                    return Err(Error::new(ErrorCode::Conflict).with_detail(detail));
                }
                store::webhook::insert(transaction, account_id, &settings, &secret, now).await
            })
        })
        .await?;
    show_with_secret(app, operator, id).await
}

/// Changes what is given. Switching it off ends what was still to be delivered; switching it on starts afresh.
///
/// # Errors
/// As [`create`], and `not_found`.
pub async fn update(
    app: &App,
    operator: &Operator,
    id: i64,
    request: UpdateWebhookRequest,
) -> Result<Webhook> {
    let endpoint = find(app, operator, id).await?;
    let settings = judge(
        app,
        Settings {
            url: request.url.unwrap_or(endpoint.url),
            description: request.description.unwrap_or(endpoint.description),
            events: request.events.unwrap_or(endpoint.events),
            enabled: request.enabled.unwrap_or(endpoint.enabled),
        },
    )?;
    let (account_id, now) = (operator.account_id, app.now());
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::webhook::update(transaction, account_id, id, &settings, now).await?;
                if !settings.enabled {
                    store::delivery::give_up(transaction, id, now).await?;
                }
                Ok(())
            })
        })
        .await?;
    show(app, operator, id).await
}

/// # Errors
/// `not_found`, `forbidden`.
pub async fn remove(app: &App, operator: &Operator, id: i64) -> Result<()> {
    operator.may_manage()?;
    let account_id = operator.account_id;
    let found = app
        .db
        .write(move |transaction| {
            Box::pin(async move { store::webhook::delete(transaction, account_id, id).await })
        })
        .await?;
    if !found {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(())
}

/// A new secret. The one before signs along for a day, so that receivers can be changed one by one.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn rotate(app: &App, operator: &Operator, id: i64) -> Result<Webhook> {
    operator.may_manage()?;
    let (account_id, now) = (operator.account_id, app.now());
    let secret = sign::encrypt(app, account_id, &sign::new_secret(app))?;
    let found = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                store::webhook::rotate(transaction, account_id, id, &secret, now).await
            })
        })
        .await?;
    if !found {
        return Err(ErrorCode::NotFound.into());
    }
    show_with_secret(app, operator, id).await
}

fn judge(app: &App, settings: Settings) -> Result<Settings> {
    let url = settings.url.trim();
    check("url", check_line(url, limits::URL_CHARS))?;
    let url = app.net.check(url).map_err(|error| Error {
        field: Some("url".into()),
        ..error
    })?;
    let description = settings
        .description
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    if let Some(text) = &description {
        check("description", check_line(text, limits::DESCRIPTION_CHARS))?;
    }
    let wanted = |event: &&WebhookEvent| settings.events.contains(event);
    let events: Vec<WebhookEvent> = WebhookEvent::ALL.iter().filter(wanted).copied().collect();
    if events.is_empty() {
        return Err(Error::invalid(
            "events",
            "events must name at least one event",
        ));
    }
    Ok(Settings {
        url: url.into(),
        description,
        events,
        enabled: settings.enabled,
    })
}
