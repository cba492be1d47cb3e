//! A visitor's conversations as the visitor lists them.

use super::{Connection, one_more};
use crate::clock::Millis;
use crate::error::Result;
use shared::conversation::Mode;

/// Which conversations are one visitor's own.
#[derive(Debug, Clone, Copy)]
pub struct Belonging {
    pub account_id: i64,
    pub site_id: i64,
    pub visitor_id: i64,
    /// The first of the row that this browser has begun one with the key of another; none where a token vouches for
    /// the visitor, whose are all of them.
    pub first_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnConversation {
    pub id: i64,
    pub session_key: String,
    #[sqlx(try_from = "String")]
    pub mode: Mode,
    pub preview: String,
    pub preview_role: Option<String>,
    pub parent_origin: Option<String>,
    pub last_message_at: Millis,
    pub unread: i64,
    /// The latest ticket's number.
    pub ticket: Option<i64>,
}

const LIST: &str = "select c.id, c.session_key, c.mode, c.preview, c.preview_role, c.parent_origin, c.last_message_at,
        (select count(*) from messages m where m.conversation_id = c.id and m.seq > c.visitor_read_seq
            and m.role <> 'user' and m.removed_at is null) as unread,
        (select max(t.number) from tickets t where t.conversation_id = c.id) as ticket
    from conversations c
    where c.account_id = $1 and c.site_id = $2 and c.visitor_id = $3 and c.is_test = 0 and c.last_seq > 0
        and ($4 is null or c.id = $4 or c.continues_id = $4)
        and ($5 = 0 or c.mode <> 'closed')
        and ($6 is null or c.last_message_at < $6 or (c.last_message_at = $6 and c.id < $7))
    order by c.last_message_at desc, c.id desc limit $8";

/// Newest activity first; one row more than `limit` where there is another page. Conversations nobody has said
/// anything in are not listed.
pub async fn list(
    connection: &mut Connection,
    belonging: Belonging,
    open_only: bool,
    before: Option<(Millis, i64)>,
    limit: i64,
) -> Result<Vec<OwnConversation>> {
    Ok(sqlx::query_as(LIST)
        .bind(belonging.account_id)
        .bind(belonging.site_id)
        .bind(belonging.visitor_id)
        .bind(belonging.first_id)
        .bind(i64::from(open_only))
        .bind(before.map(|(time, _)| time))
        .bind(before.map(|(_, id)| id))
        .bind(one_more(limit))
        .fetch_all(connection.raw())
        .await?)
}
