//! Visitor sessions: a conversation found or made by its session key.

use crate::app::App;
use crate::clock::Millis;
use crate::core::actor::Visitor;
use crate::core::once::{self, Attempt, Outcome};
use crate::core::own_conversation;
use crate::core::site::is_language;
use crate::error::{Error, Result, check};
use crate::store::conversation::{self, NewConversation};
use crate::store::own_conversation::Belonging;
use crate::store::site::{self, Site};
use crate::store::visitor::{self, NewVisitor};
use crate::store::{Connection, Transaction};
use shared::conversation::Mode;
use shared::error::ErrorCode;
use shared::limits;
use shared::text::{check_key, check_line, check_text};

/// Spellings of one site's slug, per surface.
pub(super) const SITE_PREFIXES: [&str; 4] = ["ch_", "site_", "bot_", "sk_"];

/// Who vouches for the visitor: the claims of a verified identity token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub subject: String,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// What a visitor brings along when a session begins.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    pub identity: Option<Identity>,
    /// Public id of a visitor of an earlier session of the same browser.
    pub visitor_slug: Option<String>,
    /// The key of an earlier session of the same browser.
    pub earlier_session: Option<String>,
    /// The caller's own name of the visitor, in whatever form.
    pub visitor_client_id: Option<String>,
    pub locale: Option<String>,
    pub page_url: Option<String>,
    pub referrer: Option<String>,
    pub parent_origin: Option<String>,
}

impl Arrival {
    /// # Errors
    /// `validation_failed` naming the field.
    pub fn check(&self) -> Result<()> {
        for (field, value, limit) in [
            ("locale", &self.locale, 64),
            ("parent_url", &self.page_url, limits::URL_CHARS),
            ("referrer", &self.referrer, limits::URL_CHARS),
        ] {
            if let Some(value) = value {
                check(field, check_line(value, limit))?;
            }
        }
        Ok(())
    }
}

/// Finds a site by any of its spellings: `ch_…`, `site_…`, `bot_…`, `sk_…`, or its number.
///
/// # Errors
/// `bot_not_found`.
pub async fn find_site(connection: &mut Connection, spelling: &str) -> Result<Site> {
    let found = match spelling.parse::<i64>() {
        Ok(number) => site::by_id(connection, number).await?,
        Err(_) => match SITE_PREFIXES
            .iter()
            .find_map(|prefix| spelling.strip_prefix(prefix))
        {
            Some(slug) if check_key(slug, limits::SESSION_KEY_CHARS).is_ok() => {
                site::by_slug(connection, slug).await?
            }
            _ => None,
        },
    };
    found.ok_or_else(|| ErrorCode::BotNotFound.into())
}

/// [`find_site`], for doors that need nothing else.
///
/// # Errors
/// `bot_not_found`, `storage_unavailable`.
pub async fn site(app: &App, spelling: &str) -> Result<Site> {
    let mut connection = app.db.read().await?;
    find_site(&mut connection, spelling).await
}

/// The site whose widget stands on the landing page, where there is one.
///
/// # Errors
/// `storage_unavailable`.
pub async fn demo_site(app: &App) -> Result<Option<Site>> {
    let mut connection = app.db.read().await?;
    site::demo(&mut connection).await
}

/// Refuses what a switched-off site or account does not take: new sessions and turns.
pub fn check_open(site: &Site) -> Result<()> {
    check_active(site)?;
    if !site.enabled {
        return Err(ErrorCode::SiteDisabled.into());
    }
    Ok(())
}

fn check_active(site: &Site) -> Result<()> {
    if !site.account_active {
        return Err(ErrorCode::TenantInactive.into());
    }
    Ok(())
}

/// Refuses a session key that cannot be one.
pub fn check_session_key(key: &str) -> Result<()> {
    check_key(key, limits::SESSION_KEY_CHARS).map_err(|problem| {
        Error {
            field: Some("session_id".into()),
            ..Error::new(ErrorCode::InvalidSession)
        }
        .with_detail(problem.describe("session_id"))
    })
}

/// Refuses a session key of a caller's own making that cannot be one, or that its site finds too easy to guess.
///
/// # Errors
/// `invalid_session`.
pub fn check_callers_key(site: &Site, key: &str) -> Result<()> {
    check_session_key(key)?;
    if site.settings.strict_session_keys && key.len() < limits::STRICT_SESSION_KEY_CHARS {
        let detail = format!(
            "session_id is too short (minimum {} characters)",
            limits::STRICT_SESSION_KEY_CHARS
        );
        return Err(Error::new(ErrorCode::InvalidSession).with_detail(detail));
    }
    Ok(())
}

/// A locale as a language tag (BCP 47), or nothing. Pages and programs name it in many ways (`pt_BR`, `english`), for which no
/// visitor is to be refused, but what is none must not be kept: it stands in what a model is told.
fn language_tag(locale: &str) -> Option<String> {
    let tag = locale.trim().replace('_', "-");
    is_language(&tag).then_some(tag)
}

/// The visitor speaks this language from now on. What is no language changes nothing.
///
/// # Errors
/// `storage_unavailable`.
pub async fn set_locale(app: &App, visitor: &Visitor, locale: &str) -> Result<()> {
    let row = &visitor.conversation;
    let Some(locale) = language_tag(locale) else {
        return Ok(());
    };
    if row.locale.as_deref() == Some(&locale) {
        return Ok(());
    }
    let (account_id, id) = (row.account_id, row.id);
    app.db
        .write(move |transaction| {
            Box::pin(
                async move { conversation::set_locale(transaction, account_id, id, &locale).await },
            )
        })
        .await
}

/// The visitor of an existing session. A session of one site is not found through another.
///
/// # Errors
/// `not_found`, `invalid_session`.
pub async fn find(connection: &mut Connection, site: Site, session_key: &str) -> Result<Visitor> {
    check_session_key(session_key)?;
    let conversation = conversation::by_session(connection, site.id, session_key).await?;
    let conversation = conversation
        .ok_or_else(|| Error::new(ErrorCode::NotFound).with_detail("Session not found."))?;
    Ok(Visitor { site, conversation })
}

/// The visitor of a session that may not have begun yet.
///
/// # Errors
/// `invalid_session`, `storage_unavailable`.
pub async fn known(app: &App, site: &Site, session_key: &str) -> Result<Option<Visitor>> {
    match resume(app, site.clone(), session_key).await {
        Ok(visitor) => Ok(Some(visitor)),
        Err(error) if error.code == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// [`find`], for doors that need nothing else.
///
/// # Errors
/// `not_found`, `invalid_session`, `storage_unavailable`.
pub async fn resume(app: &App, site: Site, session_key: &str) -> Result<Visitor> {
    let mut connection = app.db.read().await?;
    find(&mut connection, site, session_key).await
}

/// Begins a session under a key of our own making.
///
/// # Errors
/// `site_disabled`, `tenant_inactive`, `validation_failed`.
pub async fn begin(app: &App, site: Site, arrival: Arrival) -> Result<Visitor> {
    let key = app.ids.uuid();
    begin_with_key(app, site, key, arrival).await
}

/// Begins a session under the caller's key; one that exists already is the one returned.
///
/// # Errors
/// As [`begin`], and `invalid_session`.
pub async fn begin_with_key(
    app: &App,
    site: Site,
    session_key: String,
    arrival: Arrival,
) -> Result<Visitor> {
    check_open(&site)?;
    check_session_key(&session_key)?;
    arrival.check()?;
    let begun = open(app, site.clone(), session_key.clone(), arrival, false).await;
    match begun {
        // On PostgreSQL another request began the same session in between.
        Err(error) if error.code == ErrorCode::Conflict => resume(app, site, &session_key).await,
        begun => begun,
    }
}

/// Begins a developer's test chat. It may be begun before the site is switched on: that is what it is for.
///
/// # Errors
/// `tenant_inactive`, `storage_unavailable`.
pub async fn begin_test(app: &App, site: Site) -> Result<Visitor> {
    check_active(&site)?;
    let key = app.ids.uuid();
    open(app, site, key, Arrival::default(), true).await
}

async fn open(
    app: &App,
    site: Site,
    session_key: String,
    arrival: Arrival,
    is_test: bool,
) -> Result<Visitor> {
    let (now, conversation_slug, visitor_slug) = (app.now(), app.ids.slug(), app.ids.slug());
    let (account_id, site_id) = (site.account_id, site.id);
    let allowed = site.settings.conversation_limit;
    let conversation = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                // Looked for first: a session that is there already makes no further visitor.
                if let Some(existing) =
                    conversation::by_session(transaction, site_id, &session_key).await?
                {
                    return Ok(existing);
                }
                let (visitor_id, belonging) = find_visitor(
                    transaction,
                    account_id,
                    site_id,
                    visitor_slug,
                    &arrival,
                    now,
                )
                .await?;
                let key = match belonging.filter(|_| !is_test) {
                    Some(belonging) => {
                        let origin = arrival.parent_origin.as_deref();
                        own_conversation::to_continue(transaction, belonging, allowed, origin)
                            .await?
                    }
                    None => None,
                };
                if let Some(key) = key
                    && let Some(existing) =
                        conversation::by_session(transaction, site_id, &key).await?
                {
                    return Ok(existing);
                }
                let locale = arrival.locale.as_deref().and_then(language_tag);
                let new = NewConversation {
                    account_id,
                    site_id,
                    visitor_id,
                    slug: &conversation_slug,
                    session_key: &session_key,
                    mode: Mode::Ai,
                    locale: locale.as_deref(),
                    page_url: arrival.page_url.as_deref(),
                    referrer: arrival.referrer.as_deref(),
                    parent_origin: arrival.parent_origin.as_deref(),
                    continues_id: belonging.and_then(|belonging| belonging.first_id),
                    is_test,
                };
                let id = conversation::insert(transaction, &new, now).await?;
                let row = conversation::by_id(transaction, account_id, id).await?;
                row.ok_or_else(|| Error::internal("a conversation just made is missing"))
            })
        })
        .await?;
    Ok(Visitor { site, conversation })
}

/// Begins a session, or finds the one that the same request began before.
///
/// # Errors
/// As [`begin`], and those of [`once::run`].
pub async fn begin_once(
    app: &App,
    site: Site,
    arrival: Arrival,
    attempt: Attempt,
) -> Result<Visitor> {
    let begun = async {
        let visitor = begin(app, site.clone(), arrival).await?;
        Ok(Outcome {
            status: 200,
            body: visitor.conversation.session_key,
        })
    };
    let session_key = once::run(app, attempt, begun).await?.body;
    resume(app, site, &session_key).await
}

/// The visitor of a conversation of this site, by `conv_…`. Its number, which can be guessed, opens nothing.
///
/// # Errors
/// `not_found`, `storage_unavailable`.
pub async fn resume_conversation(app: &App, site: Site, spelling: &str) -> Result<Visitor> {
    let slug = spelling
        .strip_prefix("conv_")
        .filter(|slug| check_key(slug, limits::SESSION_KEY_CHARS).is_ok())
        .ok_or(ErrorCode::NotFound)?;
    let found = {
        let mut connection = app.db.read().await?;
        conversation::by_slug(&mut connection, site.account_id, slug).await?
    };
    let conversation = found
        // A developer's test chat is gone on with at the developer's door alone.
        .filter(|conversation| conversation.site_id == site.id && !conversation.is_test())
        .ok_or(ErrorCode::NotFound)?;
    Ok(Visitor { site, conversation })
}

/// The visitor that arrives, and which conversations are proved to be theirs.
async fn find_visitor(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    new_slug: String,
    arrival: &Arrival,
    now: Millis,
) -> Result<(i64, Option<Belonging>)> {
    if let Some(identity) = &arrival.identity {
        let new = NewVisitor {
            slug: new_slug,
            external_id: Some(identity.subject.clone()),
            name: identity.name.clone(),
            email: identity.email.clone(),
            client_id: None,
        };
        let known = visitor::insert(transaction, account_id, site_id, &new, now).await?;
        let belonging = Belonging {
            account_id,
            site_id,
            visitor_id: known.id,
            first_id: None,
        };
        return Ok((known.id, Some(belonging)));
    }
    if let Some(key) = arrival.earlier_session.as_deref()
        && let Some(earlier) = conversation::by_session(transaction, site_id, key).await?
        // Nobody becomes identified by a key alone, and a test chat is nobody's.
        && earlier.visitor_external_id.is_none()
        && !earlier.is_test()
    {
        visitor::seen(transaction, account_id, earlier.visitor_id, now).await?;
        let belonging = own_conversation::belonging(&earlier);
        return Ok((earlier.visitor_id, Some(belonging)));
    }
    if let Some(slug) = arrival.visitor_slug.as_deref()
        && let Some(known) = visitor::by_slug(transaction, site_id, slug).await?
        // Who was identified stays so only by a token: the public id alone proves nothing.
        && known.external_id.is_none()
    {
        visitor::seen(transaction, account_id, known.id, now).await?;
        return Ok((known.id, None));
    }
    if let Some(client_id) = &arrival.visitor_client_id {
        // Under the lock: of two first messages at once, the second finds the visitor that the first has made.
        site::lock(transaction, account_id, site_id).await?;
        if let Some(known) = visitor::by_client_id(transaction, site_id, client_id).await? {
            visitor::seen(transaction, account_id, known.id, now).await?;
            return Ok((known.id, None));
        }
    }
    let new = NewVisitor {
        slug: new_slug,
        client_id: arrival.visitor_client_id.clone(),
        ..NewVisitor::default()
    };
    let made = visitor::insert(transaction, account_id, site_id, &new, now).await?;
    Ok((made.id, None))
}

/// A visitor's id as back ends see it: the name a caller gave the visitor (S1 `visitorId`), else ours.
pub fn visitor_name_of(client_id: Option<String>, slug: &str) -> String {
    client_id.unwrap_or_else(|| visitor_public_id(slug))
}

/// The public spelling of a visitor's id.
pub fn visitor_public_id(slug: &str) -> String {
    format!("vis_{slug}")
}

/// Reads `vis_…`; anything else is nobody.
pub fn parse_visitor_id(text: &str) -> Option<String> {
    let slug = text.strip_prefix("vis_")?;
    (check_text(slug, 64).is_ok() && slug.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .then(|| slug.to_owned())
}
