//! Tickets: `ESC-<number>`, counted per account.

use super::{Connection, Transaction, account};
use crate::clock::Millis;
use crate::error::Result;
use shared::widget::EscalationTrigger;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Ticket {
    pub id: i64,
    pub number: i64,
    pub user_note: Option<String>,
    pub created_at: Millis,
    pub resolved_at: Option<Millis>,
}

const OPEN: &str = "select id, number, user_note, created_at, resolved_at from tickets
    where account_id = $1 and conversation_id = $2 and resolved_at is null order by id desc limit 1";
const INSERT: &str =
    "insert into tickets (account_id, conversation_id, number, trigger_kind, user_note, created_at)
    values ($1, $2, $3, $4, $5, $6)";
const RESOLVE: &str = "update tickets set resolved_at = $3 where account_id = $1 and conversation_id = $2 and resolved_at is null";

/// The ticket that is still open.
pub async fn open(
    connection: &mut Connection,
    account_id: i64,
    conversation_id: i64,
) -> Result<Option<Ticket>> {
    Ok(sqlx::query_as(OPEN)
        .bind(account_id)
        .bind(conversation_id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Opens a ticket and gives its number.
pub async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    trigger: EscalationTrigger,
    user_note: Option<&str>,
    now: Millis,
) -> Result<i64> {
    let number = account::next_ticket(transaction, account_id).await?;
    sqlx::query(INSERT)
        .bind(account_id)
        .bind(conversation_id)
        .bind(number)
        .bind(trigger.as_str())
        .bind(user_note)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(number)
}

/// Resolves whatever is open; true where something was.
pub async fn resolve(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    now: Millis,
) -> Result<bool> {
    let done = sqlx::query(RESOLVE)
        .bind(account_id)
        .bind(conversation_id)
        .bind(now)
        .execute(transaction.raw())
        .await?;
    Ok(done.rows_affected() > 0)
}
