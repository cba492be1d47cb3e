//! A conversation by mail, to an address that its visitor names. Nobody is to be mailed against their will by it: a
//! letter holds nothing but the conversation, and there are few of them, to few addresses.

mod letter;
mod markup;
mod words;

use crate::app::App;
use crate::clock::{DAY, Millis};
use crate::core::actor::Visitor;
use crate::core::{block, contact, export, session};
use crate::error::{Error, Result, check};
use crate::mail_address;
use crate::rates;
use crate::store::job::{Job, NewJob};
use crate::store::{self, Transaction};
use letter::{Told, letter};
use serde::{Deserialize, Serialize};
use shared::error::ErrorCode;
use shared::text::check_line;
use shared::transcript::TranscriptRequest;
use std::time::Duration;
use url::Url;

/// Kind of the job that writes and sends a transcript.
pub const TRANSCRIPT_JOB: &str = "transcript";

/// Letters of one conversation within a day.
const OF_CONVERSATION: u32 = 5;
/// Addresses that one conversation is mailed to, ever.
const ADDRESSES: u32 = 3;
/// Letters to one address within a day, from all conversations of an account.
const TO_ADDRESS: u32 = 5;
/// Characters of a language's tag or of a time zone's name.
const TAG_CHARS: usize = 64;

/// What the job has to know. The words themselves are read when it runs: nothing of them is left where a conversation
/// was erased in between.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    to: String,
    locale: Option<String>,
    time_zone: Option<String>,
    /// Position of the last message that goes along, so that each try sends the same letter.
    up_to: i64,
}

/// Whether this instance sends mail. The outbox in the data folder is for whoever runs it, not for visitors.
pub fn is_offered(app: &App) -> bool {
    app.config.smtp_url.is_some()
}

/// The address that a visitor has named before: in this conversation, or by a verified identity.
///
/// # Errors
/// `storage_unavailable`.
pub async fn known_address(app: &App, visitor: &Visitor) -> Result<Option<String>> {
    let row = &visitor.conversation;
    let left = {
        let mut connection = app.db.read().await?;
        store::contact::get(&mut connection, row.account_id, row.id).await?
    };
    // Without a verified identity the visitor's address may be one that another conversation has left.
    let verified = row
        .visitor_external_id
        .as_ref()
        .and(row.visitor_email.clone());
    Ok(left.and_then(|contact| contact.email).or(verified))
}

/// Orders the letter: it is written down now and goes out by itself.
///
/// # Errors
/// `mail_unavailable`, `site_disabled`, `visitor_blocked`, `validation_failed`, `rate_limited`; `conflict` where the
/// conversation has gone to as many addresses as it may, or nothing has been said in it.
pub async fn order(app: &App, visitor: &Visitor, request: TranscriptRequest) -> Result<()> {
    if !is_offered(app) {
        return Err(ErrorCode::MailUnavailable.into());
    }
    session::check_open(&visitor.site)?;
    block::check(app, visitor)?;
    let email = request.email.trim().to_owned();
    contact::check_email(&email)?;
    for (name, value) in [
        ("locale", &request.locale),
        ("time_zone", &request.time_zone),
    ] {
        if let Some(value) = value {
            check(name, check_line(value, TAG_CHARS))?;
        }
    }
    let row = &visitor.conversation;
    let (account_id, conversation_id, now) = (row.account_id, row.id, app.now());
    let scale = app.config.rate_limit_scale;
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let locked =
                    store::conversation::lock(transaction, account_id, conversation_id).await?;
                let locked = locked.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                if locked.last_seq == 0 {
                    return Err(Error::new(ErrorCode::Conflict)
                        .with_detail("Nothing has been said in this conversation yet."));
                }
                check_caps(transaction, account_id, conversation_id, &email, now, scale).await?;
                store::transcript_letter::insert(
                    transaction,
                    account_id,
                    conversation_id,
                    &email.to_lowercase(),
                    now,
                )
                .await?;
                let order = Order {
                    to: email,
                    locale: request.locale,
                    time_zone: request.time_zone,
                    up_to: locked.last_seq,
                };
                let payload = serde_json::to_string(&order).map_err(Error::internal)?;
                let job = NewJob {
                    kind: TRANSCRIPT_JOB,
                    account_id,
                    conversation_id: Some(conversation_id),
                    payload: &payload,
                    run_at: now,
                    lease: None,
                };
                store::job::insert(transaction, &job, now).await?;
                Ok(())
            })
        })
        .await
}

/// Refuses what would be one letter too many. The conversation is locked, so that of two at once both are counted.
async fn check_caps(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    email: &str,
    now: Millis,
    scale: f64,
) -> Result<()> {
    let email = email.to_lowercase();
    let since = now - DAY;
    let sent =
        store::transcript_letter::of_conversation(transaction, account_id, conversation_id).await?;
    let times = sent.iter().map(|letter| letter.created_at);
    check_day(
        times.filter(|time| *time > since),
        OF_CONVERSATION,
        now,
        scale,
    )?;
    let mut addresses: Vec<&str> = sent.iter().map(|letter| letter.email.as_str()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let is_known = addresses.contains(&email.as_str());
    let most = rates::scaled(ADDRESSES, scale).and_then(|most| usize::try_from(most).ok());
    if !is_known && most.is_some_and(|most| addresses.len() >= most) {
        return Err(Error::new(ErrorCode::Conflict).with_detail(
            "This conversation has been mailed to as many addresses as it may. Take one of those.",
        ));
    }
    let times =
        store::transcript_letter::to_address(transaction, account_id, &email, since).await?;
    check_day(times.into_iter(), TO_ADDRESS, now, scale)
}

/// `times`: those of the last day, oldest first.
fn check_day(
    times: impl Iterator<Item = Millis>,
    limit: u32,
    now: Millis,
    scale: f64,
) -> Result<()> {
    let Some(limit) = rates::scaled(limit, scale) else {
        return Ok(());
    };
    let times: Vec<Millis> = times.collect();
    if times.len() < usize::try_from(limit).unwrap_or(usize::MAX) {
        return Ok(());
    }
    let oldest = times.first().copied().unwrap_or(now);
    let wait = u64::try_from(oldest + DAY - now).unwrap_or_default();
    Err(Error::new(ErrorCode::RateLimited).retry_after(Duration::from_millis(wait)))
}

/// Writes and sends the letter of a job.
///
/// # Errors
/// `internal_error` where it was not taken; `storage_unavailable`.
pub async fn run(app: &App, job: &Job) -> Result<()> {
    let order: Order = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    let found = match job.conversation_id {
        Some(id) => {
            let mut connection = app.db.read().await?;
            let row = store::conversation::by_id(&mut connection, job.account_id, id).await?;
            match row {
                Some(row) => store::site::by_id(&mut connection, row.site_id)
                    .await?
                    .map(|site| (row, site)),
                None => None,
            }
        }
        None => None,
    };
    if let Some((row, site)) = found {
        let mut messages = export::messages(app, row.id).await?;
        messages.retain(|message| message.seq <= order.up_to);
        let host = Url::parse(&app.config.public_url).ok();
        let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
        let own = site.settings.contact_email.trim();
        let site_name = site.settings.display_name.trim();
        let told = Told {
            to: &order.to,
            site_name: if site_name.is_empty() {
                host
            } else {
                site_name
            },
            reply_to: mail_address::is_address(own).then_some(own),
            locale: [
                order.locale.as_deref(),
                row.locale.as_deref(),
                Some(&site.settings.language),
            ]
            .into_iter()
            .flatten()
            .find(|locale| !locale.is_empty())
            .unwrap_or_default(),
            time_zone: order.time_zone.as_deref().unwrap_or_default(),
            messages: &messages,
        };
        app.mail
            .send(job.id, &letter(&told), job.created_at)
            .await?;
    }
    let id = job.id;
    app.db
        .write(move |transaction| {
            Box::pin(async move { store::job::finish(transaction, id).await })
        })
        .await
}
