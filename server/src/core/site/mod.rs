//! Sites: made, found, changed and deleted by those who own them.

mod address;
mod first_words;
pub mod key;
mod launcher;
mod settings;
mod view;

pub(in crate::core) use address::domain;
pub use settings::{Change, check_known, is_language};
pub use view::{allowed_origins, default_prompt, prompt, snippet, spoken, widget_config};

use crate::app::App;
use crate::bus::{Audience, Live};
use crate::core::actor::Operator;
use crate::core::answer::stop::abandon;
use crate::core::file;
use crate::core::session;
use crate::error::{Error, Result, check};
use crate::store;
use crate::store::Transaction;
use crate::store::site::Site;
use serde_json::{Map, Value};
use shared::error::ErrorCode;
use shared::event::Event;
use shared::limits;
use shared::page::Page;
use shared::site::SiteSettings;
use shared::site_texts::forget_missing_nudges;
use shared::text::{check_required_text, check_text};
use std::sync::Arc;

/// Sites of an account on the free plan.
const FREE_SITES: i64 = 1;
/// Rows of one look at a site's conversations.
const PAGE: i64 = 500;

/// What a new site starts from.
#[derive(Debug, Clone, Default)]
pub struct NewSite {
    pub name: String,
    pub domain: Option<String>,
    pub agent_instructions: Option<String>,
}

/// Makes a site of the operator's account.
///
/// # Errors
/// `forbidden`, `validation_failed` naming the field.
pub async fn create(app: &App, operator: &Operator, new: NewSite) -> Result<Site> {
    operator.may_manage()?;
    insert(app, operator.account_id, settings_of(new)?, true).await
}

/// Makes a site of an account, with the settings that a change puts over the usual ones.
///
/// # Errors
/// `upgrade_required`, `storage_unavailable`.
pub async fn create_with(app: &App, account_id: i64, change: &Change) -> Result<Site> {
    let (mut settings, mut enabled) = (SiteSettings::default(), true);
    change.apply(&mut settings, &mut enabled);
    // It has no rules yet.
    forget_missing_nudges(&mut settings.translations, &[]);
    insert(app, account_id, settings, enabled).await
}

async fn insert(app: &App, account_id: i64, settings: SiteSettings, enabled: bool) -> Result<Site> {
    let (work, slug, now) = (app.clone(), app.ids.slug(), app.now());
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                check_plan(transaction, account_id).await?;
                let id = store::site::insert(transaction, account_id, &slug, &settings, false, now)
                    .await?;
                if !enabled {
                    store::site::update(transaction, account_id, id, &settings, enabled, now)
                        .await?;
                }
                key::make(&work, transaction, account_id, id).await?;
                store::site::by_id(transaction, id)
                    .await?
                    .ok_or_else(|| Error::internal("a site just made is missing"))
            })
        })
        .await
}

/// Refuses a site that the account's plan does not hold.
async fn check_plan(transaction: &mut Transaction, account_id: i64) -> Result<()> {
    let plan = store::account::lock_plan(transaction, account_id).await?;
    let is_free = plan.as_deref() == Some("free");
    if is_free && store::site::count(transaction, account_id).await? >= FREE_SITES {
        return Err(ErrorCode::UpgradeRequired.into());
    }
    Ok(())
}

fn settings_of(new: NewSite) -> Result<SiteSettings> {
    let name = new.name.trim().to_owned();
    check("name", check_required_text(&name, limits::NAME_CHARS))?;
    check("name", shared::text::check_line(&name, limits::NAME_CHARS))?;
    let domain = new.domain.unwrap_or_default();
    let domain = address::domain(&domain).map_err(|reason| Error::invalid("domain", reason))?;
    let agent_instructions = new.agent_instructions.unwrap_or_default();
    check(
        "agent_instructions",
        check_text(&agent_instructions, limits::PROMPT_CHARS),
    )?;
    Ok(SiteSettings {
        display_name: name,
        domain,
        agent_instructions,
        ..SiteSettings::default()
    })
}

/// The account's sites, oldest first.
///
/// # Errors
/// `storage_unavailable`.
pub async fn list(app: &App, operator: &Operator) -> Result<Vec<Site>> {
    let mut connection = app.db.read().await?;
    store::site::of_account(&mut connection, operator.account_id).await
}

/// One page of the account's sites, oldest first.
///
/// # Errors
/// `validation_failed` for a cursor we never gave.
pub async fn page(
    app: &App,
    operator: &Operator,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<Site>> {
    let after = cursor
        .filter(|cursor| !cursor.is_empty())
        .map_or(Ok(0), str::parse)
        .map_err(|_| Error::invalid("cursor", "cursor is not valid"))?;
    let mut data = {
        let mut connection = app.db.read().await?;
        store::site::page(&mut connection, operator.account_id, after, limit).await?
    };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = data.len() > wanted;
    data.truncate(wanted);
    let next_cursor = data.last().filter(|_| more).map(|site| site.id.to_string());
    Ok(Page { data, next_cursor })
}

/// A site of the operator's account, by any spelling. Not there and not theirs are alike.
///
/// # Errors
/// `not_found`.
pub async fn find(app: &App, operator: &Operator, spelling: &str) -> Result<Site> {
    let mut connection = app.db.read().await?;
    match session::find_site(&mut connection, spelling).await {
        Ok(site) if site.account_id == operator.account_id => Ok(site),
        Ok(_) => Err(ErrorCode::NotFound.into()),
        Err(error) if error.code == ErrorCode::BotNotFound => Err(ErrorCode::NotFound.into()),
        Err(error) => Err(error),
    }
}

/// Whether a spelling, the number among them, is this site's.
pub fn is_named(site: &Site, spelling: &str) -> bool {
    match spelling.parse::<i64>() {
        Ok(number) => number == site.id,
        Err(_) => session::SITE_PREFIXES
            .iter()
            .any(|prefix| spelling.strip_prefix(prefix) == Some(site.slug.as_str())),
    }
}

/// Changes some settings of a site. A change that is refused anywhere changes nothing.
///
/// # Errors
/// `forbidden`, `forbidden_field`, `unknown_field`, `validation_failed` naming the field, `not_found`.
pub async fn patch(
    app: &App,
    operator: &Operator,
    spelling: &str,
    fields: Map<String, Value>,
) -> Result<Site> {
    operator.may_manage()?;
    let site = find(app, operator, spelling).await?;
    apply(app, site, Change::read(fields)?).await
}

/// Changes a site that the caller was found to own.
///
/// # Errors
/// `not_found` where it is gone meanwhile, `storage_unavailable`.
pub async fn apply(app: &App, site: Site, change: Change) -> Result<Site> {
    let (account_id, id, now) = (site.account_id, site.id, app.now());
    let changed = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                // Read again under the write lock: two changes of different fields both count.
                store::site::lock(transaction, account_id, id).await?;
                let mut site = store::site::by_id(transaction, id)
                    .await?
                    .filter(|site| site.account_id == account_id)
                    .ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                change.apply(&mut site.settings, &mut site.enabled);
                // Whoever sent the words may not know yet that a rule is gone.
                let rules = store::nudge::ids(transaction, id).await?;
                forget_missing_nudges(&mut site.settings.translations, &rules);
                store::site::update(
                    transaction,
                    account_id,
                    id,
                    &site.settings,
                    site.enabled,
                    now,
                )
                .await?;
                Ok(site)
            })
        })
        .await?;
    if site.enabled && !changed.enabled {
        end_channels(app, &changed).await?;
    }
    Ok(changed)
}

/// Deletes a site and everything that belongs to it.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn delete(app: &App, operator: &Operator, spelling: &str) -> Result<()> {
    operator.may_manage()?;
    let site = find(app, operator, spelling).await?;
    // Before the rows go: afterwards nothing tells which channels were the site's.
    end_channels(app, &site).await?;
    let (account_id, id, now) = (site.account_id, site.id, app.now());
    let deleted = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                file::forget_site(transaction, account_id, id, now).await?;
                // Jobs name a scrape without a foreign key: the table of jobs knows conversations alone.
                store::scrape::delete_jobs(transaction, account_id, id).await?;
                store::site::delete(transaction, account_id, id).await
            })
        })
        .await?;
    if !deleted {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(())
}

/// Tells the visitors who have the chat open that it is over, and closes their channels.
async fn end_channels(app: &App, site: &Site) -> Result<()> {
    let mut after = 0;
    loop {
        let page = {
            let mut connection = app.db.read().await?;
            store::conversation::of_site(&mut connection, site.id, after, PAGE).await?
        };
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after = *last;
        for (conversation_id, slug) in &page {
            abandon(app, *conversation_id);
            let live = Live {
                cursor: None,
                conversation_id: *conversation_id,
                conversation_slug: slug.as_str().into(),
                event: Arc::new(Event::Ended),
                audience: Audience::Visitor,
            };
            app.bus.publish(site.account_id, &live);
            app.bus.close_conversation(*conversation_id);
        }
    }
}
