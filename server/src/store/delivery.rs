//! What webhooks are to be told: deliveries in the order of their conversation, and every try.

use super::{Connection, Transaction};
use crate::clock::Millis;
use crate::error::{Error, Result};
use shared::webhook::{
    DeliveryFailure, DeliveryStatus, WebhookEvent, WebhookRequest, WebhookResponse,
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Delivery {
    pub id: i64,
    pub account_id: i64,
    pub endpoint_id: i64,
    pub conversation_id: i64,
    pub event_id: String,
    #[sqlx(try_from = "String")]
    pub event: WebhookEvent,
    pub payload: String,
    #[sqlx(try_from = "String")]
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub tries: i64,
    pub next_attempt_at: Option<Millis>,
    pub created_at: Millis,
    pub finished_at: Option<Millis>,
}

pub struct NewDelivery<'a> {
    pub account_id: i64,
    pub endpoint_id: i64,
    pub conversation_id: i64,
    /// Whose text the payload holds.
    pub message_id: Option<i64>,
    pub event_id: &'a str,
    pub event: WebhookEvent,
    pub payload: &'a str,
}

/// The slugs of what a delivery is about.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Subject {
    pub conversation: String,
    pub site: String,
    pub visitor: String,
    /// The caller's own name of the visitor, where one was given.
    pub visitor_client_id: Option<String>,
}

/// One try, as it is remembered.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub delivery_id: i64,
    pub number: i64,
    pub started_at: Millis,
    pub duration: Millis,
    pub request: WebhookRequest,
    pub response: Option<WebhookResponse>,
    pub failure: Option<DeliveryFailure>,
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    delivery_id: i64,
    number: i64,
    started_at: Millis,
    duration: Millis,
    request: String,
    response: Option<String>,
    failure: Option<String>,
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = Error;

    fn try_from(row: AttemptRow) -> Result<Self> {
        let response = row.response.as_deref().map(serde_json::from_str);
        Ok(Self {
            delivery_id: row.delivery_id,
            number: row.number,
            started_at: row.started_at,
            duration: row.duration,
            request: serde_json::from_str(&row.request).map_err(Error::internal)?,
            response: response.transpose().map_err(Error::internal)?,
            failure: row.failure.as_deref().and_then(DeliveryFailure::parse),
        })
    }
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, account_id, endpoint_id, conversation_id, event_id, event, payload, status, attempts, tries,
                next_attempt_at, created_at, finished_at
            from webhook_deliveries ",
            $condition
        )
    };
}

const SUBJECT: &str = "select c.slug as conversation, s.slug as site, v.slug as visitor, v.client_id as visitor_client_id
    from conversations c join sites s on s.id = c.site_id join visitors v on v.id = c.visitor_id
    where c.account_id = $1 and c.id = $2 and c.is_test = 0";
/// Due at once, unless an earlier one of the conversation is still on its way: that one wakes it.
const INSERT: &str = "insert into webhook_deliveries (account_id, endpoint_id, conversation_id, message_id, event_id, event, payload, status,
        next_attempt_at, created_at)
    select $1, $2, $3, $4, $5, $6, $7, 'pending',
        case when exists (select 1 from webhook_deliveries d where d.endpoint_id = $2 and d.conversation_id = $3
            and d.status = 'pending' and d.replayed = 0) then null else $8 end, $8";
const ENDPOINTS_DUE: &str = "select distinct endpoint_id from webhook_deliveries
    where status = 'pending' and next_attempt_at <= $1 and (locked_until is null or locked_until <= $1) order by endpoint_id limit $2";
const CLAIM: &str = "update webhook_deliveries set locked_by = $2, locked_until = $3
    where id in (select id from webhook_deliveries where endpoint_id = $1 and status = 'pending' and next_attempt_at <= $4
            and (locked_until is null or locked_until <= $4) order by next_attempt_at, id limit $5)
        and status = 'pending' and (locked_until is null or locked_until <= $4)
    returning id, account_id, endpoint_id, conversation_id, event_id, event, payload, status, attempts, tries, next_attempt_at,
        created_at, finished_at";
const FINISH: &str = "update webhook_deliveries set status = $3, attempts = attempts + 1, tries = tries + 1, next_attempt_at = null,
        locked_by = null, locked_until = null, finished_at = $4
    where id = $1 and locked_by = $2 and status = 'pending'";
const RETRY: &str = "update webhook_deliveries set attempts = attempts + 1, tries = tries + 1, next_attempt_at = $3,
        locked_by = null, locked_until = null
    where id = $1 and locked_by = $2 and status = 'pending'";
const WAKE_NEXT: &str = "update webhook_deliveries set next_attempt_at = $3
    where id = (select min(id) from webhook_deliveries where endpoint_id = $1 and conversation_id = $2 and status = 'pending' and replayed = 0)
        and next_attempt_at is null";
const REPLAY: &str =
    "update webhook_deliveries set next_attempt_at = $3, tries = 0, finished_at = null,
        replayed = case when status = 'pending' then replayed else 1 end, status = 'pending'
    where account_id = $1 and id = $2 and (status <> 'pending' or next_attempt_at is not null)";
const GIVE_UP: &str = "update webhook_deliveries set status = 'failed', next_attempt_at = null, locked_by = null, locked_until = null,
        finished_at = $2
    where endpoint_id = $1 and status = 'pending'";
const GET: &str = select!("where account_id = $1 and endpoint_id = $2 and id = $3");
const LIST: &str = select!(
    "where account_id = $1 and endpoint_id = $2 and ($3 is null or id < $3) order by id desc limit $4"
);
const INSERT_ATTEMPT: &str = "insert into webhook_attempts (delivery_id, number, started_at, duration, request, response, failure)
    values ($1, $2, $3, $4, $5, $6, $7)";
/// Of deliveries from one id to another: pages are read in one go.
const ATTEMPTS: &str =
    "select a.delivery_id, a.number, a.started_at, a.duration, a.request, a.response, a.failure
    from webhook_attempts a join webhook_deliveries d on d.id = a.delivery_id
    where d.endpoint_id = $1 and d.id >= $2 and d.id <= $3 order by a.id";
const PRUNE_OLD: &str =
    "delete from webhook_deliveries where status <> 'pending' and created_at < $1";
const PRUNE_MANY: &str = "delete from webhook_deliveries where id in (select id from (
        select id, row_number() over (partition by endpoint_id order by id desc) as place
        from webhook_deliveries where status <> 'pending') ranked where place > $1)";
const PRUNE_ATTEMPTS: &str = "delete from webhook_attempts where delivery_id = $1 and number <= $2";
const RELEASE: &str =
    "update webhook_deliveries set locked_by = null, locked_until = null where locked_by = $1";
const RELEASE_ALL: &str = "update webhook_deliveries set locked_by = null, locked_until = null where locked_until is not null";

/// What webhooks are told of a conversation; none where they are told nothing.
pub async fn subject(
    connection: &mut Connection,
    account_id: i64,
    conversation_id: i64,
) -> Result<Option<Subject>> {
    Ok(sqlx::query_as(SUBJECT)
        .bind(account_id)
        .bind(conversation_id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Call it under the conversation's lock: it puts deliveries in order.
pub async fn insert(
    transaction: &mut Transaction,
    new: &NewDelivery<'_>,
    now: Millis,
) -> Result<()> {
    sqlx::query(INSERT)
        .bind(new.account_id)
        .bind(new.endpoint_id)
        .bind(new.conversation_id)
        .bind(new.message_id)
        .bind(new.event_id)
        .bind(new.event.as_str())
        .bind(new.payload)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Endpoints that have something due.
pub async fn endpoints_due(
    connection: &mut Connection,
    now: Millis,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(ENDPOINTS_DUE)
        .bind(now)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?)
}

/// Who claims, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    pub worker: &'a str,
    pub until: Millis,
}

/// Takes what is due for an endpoint, oldest first, at most one of each conversation.
pub async fn claim(
    transaction: &mut Transaction,
    endpoint_id: i64,
    lease: Lease<'_>,
    now: Millis,
    limit: i64,
) -> Result<Vec<Delivery>> {
    Ok(sqlx::query_as(CLAIM)
        .bind(endpoint_id)
        .bind(lease.worker)
        .bind(lease.until)
        .bind(now)
        .bind(limit)
        .fetch_all(transaction.raw())
        .await?)
}

/// Ends a delivery that `worker` holds. False where it no longer does.
pub async fn finish(
    transaction: &mut Transaction,
    id: i64,
    worker: &str,
    status: DeliveryStatus,
    now: Millis,
) -> Result<bool> {
    let done = sqlx::query(FINISH)
        .bind(id)
        .bind(worker)
        .bind(status.as_str())
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Puts a delivery that `worker` holds off. False where it no longer does.
pub async fn retry(
    transaction: &mut Transaction,
    id: i64,
    worker: &str,
    at: Millis,
) -> Result<bool> {
    let done = sqlx::query(RETRY)
        .bind(id)
        .bind(worker)
        .bind(at)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Makes the next one of a conversation due. Call it under the conversation's lock.
pub async fn wake_next(
    transaction: &mut Transaction,
    endpoint_id: i64,
    conversation_id: i64,
    now: Millis,
) -> Result<()> {
    sqlx::query(WAKE_NEXT)
        .bind(endpoint_id)
        .bind(conversation_id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Makes a delivery due once more. One that waits for an earlier one of its conversation stays in its place.
pub async fn replay(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    now: Millis,
) -> Result<()> {
    sqlx::query(REPLAY)
        .bind(account_id)
        .bind(id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Ends everything that was still to be delivered to an endpoint.
pub async fn give_up(transaction: &mut Transaction, endpoint_id: i64, now: Millis) -> Result<()> {
    sqlx::query(GIVE_UP)
        .bind(endpoint_id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn get(
    connection: &mut Connection,
    account_id: i64,
    endpoint_id: i64,
    id: i64,
) -> Result<Option<Delivery>> {
    Ok(sqlx::query_as(GET)
        .bind(account_id)
        .bind(endpoint_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Newest first; one row more than `limit` where there is another page.
pub async fn list(
    connection: &mut Connection,
    account_id: i64,
    endpoint_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    Ok(sqlx::query_as(LIST)
        .bind(account_id)
        .bind(endpoint_id)
        .bind(before)
        .bind(super::one_more(limit))
        .fetch_all(connection.raw())
        .await?)
}

pub async fn insert_attempt(transaction: &mut Transaction, attempt: &Attempt) -> Result<()> {
    let response = attempt.response.as_ref().map(serde_json::to_string);
    sqlx::query(INSERT_ATTEMPT)
        .bind(attempt.delivery_id)
        .bind(attempt.number)
        .bind(attempt.started_at)
        .bind(attempt.duration)
        .bind(serde_json::to_string(&attempt.request).map_err(Error::internal)?)
        .bind(response.transpose().map_err(Error::internal)?)
        .bind(attempt.failure.map(DeliveryFailure::as_str))
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Tries of the deliveries from id `first` to id `last`, oldest first.
pub async fn attempts(
    connection: &mut Connection,
    endpoint_id: i64,
    first: i64,
    last: i64,
) -> Result<Vec<Attempt>> {
    let rows: Vec<AttemptRow> = sqlx::query_as(ATTEMPTS)
        .bind(endpoint_id)
        .bind(first)
        .bind(last)
        .fetch_all(connection.raw())
        .await?;
    rows.into_iter().map(Attempt::try_from).collect()
}

/// Forgets the tries of a delivery up to a number.
pub async fn forget_attempts(
    transaction: &mut Transaction,
    delivery_id: i64,
    up_to: i64,
) -> Result<()> {
    sqlx::query(PRUNE_ATTEMPTS)
        .bind(delivery_id)
        .bind(up_to)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Forgets what is over and older than `before`, or not among the `keep` latest of its endpoint.
pub async fn prune(transaction: &mut Transaction, before: Millis, keep: i64) -> Result<()> {
    sqlx::query(PRUNE_OLD)
        .bind(before)
        .execute(transaction.raw())
        .await?;
    sqlx::query(PRUNE_MANY)
        .bind(keep)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// Gives back what this worker holds.
pub async fn release(transaction: &mut Transaction, worker: &str) -> Result<u64> {
    Ok(sqlx::query(RELEASE)
        .bind(worker)
        .execute(transaction.raw())
        .await?
        .rows_affected())
}

/// Where only one process can have the database open, whatever is held at start was held by one that died.
pub async fn release_all(transaction: &mut Transaction) -> Result<u64> {
    Ok(sqlx::query(RELEASE_ALL)
        .execute(transaction.raw())
        .await?
        .rows_affected())
}
