//! Which nudges are due for a visitor on a page.

use super::nudge;
use super::pattern::fits;
use super::send::show;
use crate::app::App;
use crate::clock::{HOUR, MINUTE, Millis, SECOND};
use crate::core::actor::{Site, Visitor};
use crate::core::block::Block;
use crate::core::hours::BusinessHours;
use crate::core::message::{self, Address};
use crate::core::session::{self, Arrival, check_open};
use crate::core::site::spoken;
use crate::error::{Result, check};
use crate::store;
use crate::store::nudge::{NewShowing, Rule, Shown};
use serde_json::Value;
use shared::limits;
use shared::nudge::{Nudge, NudgeHours, WidgetNudge};
use shared::site::SiteSettings;
use shared::site_texts::SiteTexts;
use shared::text::check_line;

/// A visit whose first page was opened longer ago is over.
const VISIT: Millis = 30 * MINUTE;

/// What a poll says about the page it comes from. What it does not say is guessed from the session.
#[derive(Debug, Clone, Default)]
pub struct PageView {
    pub url: Option<String>,
    pub seconds: Option<i64>,
    pub first_visit: Option<bool>,
}

/// What is new for a session: rules that have become due, and what operators sent. Each is told once.
///
/// A session begins here only where the site has rules: something has to remember what it was shown.
///
/// # Errors
/// `invalid_session`, `validation_failed`, `storage_unavailable`.
pub async fn poll(app: &App, site: Site, session_key: &str, page: PageView) -> Result<Vec<Nudge>> {
    if let Some(url) = &page.url {
        check("page_url", check_line(url, limits::URL_CHARS))?;
    }
    let visitor = session::known(app, &site, session_key).await?;
    if check_open(&site).is_err() {
        return Ok(Vec::new());
    }
    let rules = {
        let mut connection = app.db.read().await?;
        store::nudge::enabled(&mut connection, site.id).await?
    };
    let visitor = match visitor {
        Some(visitor) => visitor,
        None if rules.is_empty() => return Ok(Vec::new()),
        None => {
            let arrival = Arrival {
                page_url: page.url.clone(),
                ..Arrival::default()
            };
            session::begin_with_key(app, site, session_key.to_owned(), arrival).await?
        }
    };
    if Block::of_conversation(&visitor.conversation, app.now()).is_some() {
        return Ok(Vec::new());
    }
    let due = due(app, &visitor, rules, &page).await?;
    // Such a visitor's page is not ours, so only what the session says of a language is known.
    let settings = &visitor.site.settings;
    let locale = spoken(
        visitor.conversation.locale.as_deref(),
        &settings.language,
        None,
    );
    fire(app, &visitor, translated(due, settings, locale)).await?;
    take(app, &visitor).await
}

/// The rules in the words that somebody reads, each falling back to its own.
fn translated(mut rules: Vec<Rule>, settings: &SiteSettings, locale: Option<&str>) -> Vec<Rule> {
    // Most polls find nothing due.
    if rules.is_empty() {
        return rules;
    }
    let texts = SiteTexts::of(settings, locale);
    for rule in &mut rules {
        if let Some(text) = texts.nudge_text(rule.id) {
            text.clone_into(&mut rule.text);
        }
    }
    rules
}

/// The rules that hold for this visitor on this page now, and have not been shown too often.
async fn due(app: &App, visitor: &Visitor, rules: Vec<Rule>, page: &PageView) -> Result<Vec<Rule>> {
    let now = app.now();
    let row = &visitor.conversation;
    let mut connection = app.db.read().await?;
    let first_visit = match page.first_visit {
        Some(first_visit) => first_visit,
        None => {
            let theirs =
                store::conversation::of_visitor(&mut connection, row.account_id, row.visitor_id, 2)
                    .await?;
            theirs.len() < 2 && row.created_at > now - VISIT
        }
    };
    let seconds = page
        .seconds
        .unwrap_or_else(|| (now - row.created_at) / SECOND);
    let url = page.url.as_deref().or(row.page_url.as_deref());
    let mut due = Vec::new();
    for rule in rules {
        let holds = fits(&rule.url_pattern, url)
            && seconds >= rule.seconds_on_page
            && (first_visit || rule.first_visit == 0)
            && is_in_hours(&visitor.site, rule.business_hours, now);
        if !holds {
            continue;
        }
        let shown = store::nudge::shown(&mut connection, row.visitor_id, rule.id).await?;
        if may_show(&rule, shown, now) {
            due.push(rule);
        }
    }
    Ok(due)
}

fn may_show(rule: &Rule, shown: Shown, now: Millis) -> bool {
    shown.times < rule.max_per_visitor
        && shown
            .last_at
            .is_none_or(|last| last + rule.pause_hours * HOUR <= now)
}

/// Hours that cannot be read any more are no hours: always open.
fn is_in_hours(site: &Site, wanted: NudgeHours, now: Millis) -> bool {
    let is_open = || {
        let hours = Value::String(site.settings.business_hours.clone());
        BusinessHours::parse(&hours).map_or(true, |hours| hours.is_open(now))
    };
    match wanted {
        NudgeHours::Any => true,
        NudgeHours::Open => is_open(),
        NudgeHours::Closed => !is_open(),
    }
}

async fn fire(app: &App, visitor: &Visitor, due: Vec<Rule>) -> Result<()> {
    if due.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let address = Address::from(&visitor.conversation);
    let visitor_id = visitor.conversation.visitor_id;
    let (slug, events) = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let Address {
                    account_id,
                    conversation_id,
                } = address;
                // Two polls at once: the second waits here, and then finds what the first has shown.
                let locked =
                    store::conversation::lock(transaction, account_id, conversation_id).await?;
                let slug = locked.map(|locked| locked.slug).unwrap_or_default();
                let mut events = Vec::new();
                for rule in due {
                    let shown = store::nudge::shown(transaction, visitor_id, rule.id).await?;
                    if !may_show(&rule, shown, now) {
                        continue;
                    }
                    let new = NewShowing {
                        account_id,
                        conversation_id,
                        visitor_id,
                        nudge_id: Some(rule.id),
                        text: &rule.text,
                    };
                    events.push(show(transaction, &new, now).await?);
                }
                Ok((slug, events))
            })
        })
        .await?;
    message::publish_events(app, address, &slug, events).await;
    Ok(())
}

async fn take(app: &App, visitor: &Visitor) -> Result<Vec<Nudge>> {
    let (conversation_id, now) = (visitor.conversation.id, app.now());
    {
        let mut connection = app.db.read().await?;
        // Most polls find nothing, and then nothing needs to be written.
        if store::nudge::pending(&mut connection, conversation_id)
            .await?
            .is_empty()
        {
            return Ok(Vec::new());
        }
    }
    let taken = app
        .db
        .write(move |transaction| {
            Box::pin(
                async move { store::nudge::take_pending(transaction, conversation_id, now).await },
            )
        })
        .await?;
    Ok(taken.into_iter().map(nudge).collect())
}

/// The rules that the widget judges itself, on the page: no session has begun there yet. Their words are for somebody who
/// is spoken to in the language of `locale`.
///
/// # Errors
/// `storage_unavailable`.
pub async fn for_widget(app: &App, site: &Site, locale: Option<&str>) -> Result<Vec<WidgetNudge>> {
    if check_open(site).is_err() {
        return Ok(Vec::new());
    }
    let rules = {
        let mut connection = app.db.read().await?;
        store::nudge::enabled(&mut connection, site.id).await?
    };
    let now = app.now();
    let held = translated(rules, &site.settings, locale)
        .into_iter()
        .filter(|rule| is_in_hours(site, rule.business_hours, now));
    Ok(held
        .map(|rule| WidgetNudge {
            id: rule.id,
            text: rule.text,
            url_pattern: rule.url_pattern,
            seconds_on_page: rule.seconds_on_page,
            first_visit: rule.first_visit != 0,
            max_per_visitor: rule.max_per_visitor,
            pause_hours: rule.pause_hours,
        })
        .collect())
}
