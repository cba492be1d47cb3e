//! Nudges: a few words that come before the visitor has asked anything. Rules of a site fire by themselves; an
//! operator may send one to a visitor.

mod due;
mod hear;
mod pattern;
mod send;

pub use due::{PageView, for_widget, poll};
pub use hear::{mark_heard, take_unheard};
pub use send::send;

use crate::app::App;
use crate::clock::{Millis, iso};
use crate::core::actor::Operator;
use crate::core::{page, site};
use crate::error::{Error, Result, check};
use crate::store;
use crate::store::Transaction;
use crate::store::nudge::{Rule, Showing, Terms};
use shared::error::ErrorCode;
use shared::limits;
use shared::nudge::{Nudge, NudgeHours, NudgeRequest, NudgeRule};
use shared::page::Page;
use shared::text::{check_line, check_required_text};
use std::ops::RangeInclusive;

const SECONDS_ON_PAGE: RangeInclusive<i64> = 0..=3_600;
const MAX_PER_VISITOR: RangeInclusive<i64> = 1..=1_000;
const PAUSE_HOURS: RangeInclusive<i64> = 0..=8_760;
const DEFAULT_PAUSE_HOURS: i64 = 24;

fn view(rule: Rule) -> NudgeRule {
    NudgeRule {
        id: rule.id,
        chatbot_id: format!("bot_{}", rule.site_slug),
        text: rule.text,
        enabled: rule.enabled != 0,
        url_pattern: rule.url_pattern,
        seconds_on_page: rule.seconds_on_page,
        first_visit: rule.first_visit != 0,
        business_hours: rule.business_hours,
        max_per_visitor: rule.max_per_visitor,
        pause_hours: rule.pause_hours,
        created_at: iso(rule.created_at),
        updated_at: iso(rule.updated_at),
    }
}

fn nudge(showing: Showing) -> Nudge {
    Nudge {
        id: showing.id,
        text: showing.text,
        created_at: iso(showing.created_at),
    }
}

fn check_range(field: &'static str, value: i64, range: &RangeInclusive<i64>) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    let detail = format!("{field} must be from {} to {}", range.start(), range.end());
    Err(Error::invalid(field, detail))
}

fn check_terms(terms: &Terms) -> Result<()> {
    check(
        "text",
        check_required_text(&terms.text, limits::NUDGE_CHARS),
    )?;
    check(
        "urlPattern",
        check_line(&terms.url_pattern, limits::URL_CHARS),
    )?;
    check_range("secondsOnPage", terms.seconds_on_page, &SECONDS_ON_PAGE)?;
    check_range("maxPerVisitor", terms.max_per_visitor, &MAX_PER_VISITOR)?;
    check_range("pauseHours", terms.pause_hours, &PAUSE_HOURS)
}

/// The terms with what was sent laid over them.
fn changed(current: Terms, request: NudgeRequest) -> Result<Terms> {
    let terms = Terms {
        text: request.text.unwrap_or(current.text),
        enabled: request.enabled.unwrap_or(current.enabled),
        url_pattern: request
            .url_pattern
            .map_or(current.url_pattern, |pattern| pattern.trim().to_owned()),
        seconds_on_page: request.seconds_on_page.unwrap_or(current.seconds_on_page),
        first_visit: request.first_visit.unwrap_or(current.first_visit),
        business_hours: request.business_hours.unwrap_or(current.business_hours),
        max_per_visitor: request.max_per_visitor.unwrap_or(current.max_per_visitor),
        pause_hours: request.pause_hours.unwrap_or(current.pause_hours),
    };
    check_terms(&terms)?;
    Ok(terms)
}

const fn blank() -> Terms {
    Terms {
        text: String::new(),
        enabled: true,
        url_pattern: String::new(),
        seconds_on_page: 0,
        first_visit: false,
        business_hours: NudgeHours::Any,
        max_per_visitor: 1,
        pause_hours: DEFAULT_PAUSE_HOURS,
    }
}

/// Makes a rule of one of the operator's sites.
///
/// # Errors
/// `forbidden`, `not_found`, `validation_failed` naming the field.
pub async fn create(app: &App, operator: &Operator, request: NudgeRequest) -> Result<NudgeRule> {
    operator.may_manage()?;
    let chatbot_id = request
        .chatbot_id
        .clone()
        .ok_or_else(|| Error::missing("chatbotId"))?;
    if request.text.is_none() {
        return Err(Error::missing("text"));
    }
    let site = site::find(app, operator, &chatbot_id).await?;
    let terms = changed(blank(), request)?;
    let (account_id, now) = (operator.account_id, app.now());
    let rule = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                store::site::lock(transaction, account_id, site.id).await?;
                let count = store::nudge::count(transaction, account_id, site.id).await?;
                if usize::try_from(count).is_ok_and(|count| count >= limits::NUDGES_PER_SITE) {
                    let detail =
                        format!("a chatbot has at most {} nudges", limits::NUDGES_PER_SITE);
                    return Err(Error::invalid("chatbotId", detail));
                }
                let id =
                    store::nudge::insert(transaction, account_id, site.id, &terms, now).await?;
                store::nudge::by_id(transaction, account_id, id).await
            })
        })
        .await?;
    rule.map(view)
        .ok_or_else(|| Error::internal("a nudge just made is missing"))
}

/// Rules of the account, newest first; of one site only, where it is named.
///
/// # Errors
/// `not_found` for a site that is not theirs, `validation_failed` on `cursor`.
pub async fn list(
    app: &App,
    operator: &Operator,
    chatbot_id: Option<&str>,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<NudgeRule>> {
    let site_id = match chatbot_id {
        Some(spelling) => Some(site::find(app, operator, spelling).await?.id),
        None => None,
    };
    let before = page::before(cursor)?;
    let mut connection = app.db.read().await?;
    let rules =
        store::nudge::list(&mut connection, operator.account_id, site_id, before, limit).await?;
    Ok(page::cut(rules, limit, |rule| rule.id).map(view))
}

/// Changes what was sent of a rule and leaves the rest.
///
/// # Errors
/// `forbidden`, `not_found`, `validation_failed` naming the field.
pub async fn patch(
    app: &App,
    operator: &Operator,
    id: i64,
    request: NudgeRequest,
) -> Result<NudgeRule> {
    operator.may_manage()?;
    let (account_id, now) = (operator.account_id, app.now());
    let rule = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let rule = store::nudge::by_id(transaction, account_id, id).await?;
                let rule = rule.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                let terms = changed(rule.terms(), request)?;
                store::nudge::update(transaction, account_id, id, &terms, now).await?;
                store::nudge::by_id(transaction, account_id, id).await
            })
        })
        .await?;
    rule.map(view).ok_or_else(|| ErrorCode::NotFound.into())
}

/// Deletes a rule, its words in other languages, and what it showed to whom.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn remove(app: &App, operator: &Operator, id: i64) -> Result<()> {
    operator.may_manage()?;
    let (account_id, now) = (operator.account_id, app.now());
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let rule = store::nudge::by_id(transaction, account_id, id).await?;
                let rule = rule.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                forget_translations(transaction, &rule, now).await?;
                // Of two deletions at once one finds it gone.
                match store::nudge::delete(transaction, account_id, id).await? {
                    true => Ok(()),
                    false => Err(ErrorCode::NotFound.into()),
                }
            })
        })
        .await
}

async fn forget_translations(
    transaction: &mut Transaction,
    rule: &Rule,
    now: Millis,
) -> Result<()> {
    let (account_id, site_id) = (rule.account_id, rule.site_id);
    store::site::lock(transaction, account_id, site_id).await?;
    let Some(mut site) = store::site::by_id(transaction, site_id).await? else {
        return Ok(());
    };
    let key = rule.id.to_string();
    let mut removed = false;
    for texts in site.settings.translations.values_mut() {
        removed |= texts.nudge_texts.remove(&key).is_some();
    }
    if !removed {
        return Ok(());
    }
    store::site::update(
        transaction,
        account_id,
        site_id,
        &site.settings,
        site.enabled,
        now,
    )
    .await
}
