//! Conversations, and their rows as the inbox lists them.

use super::{Connection, Transaction, one_more};
use crate::clock::Millis;
use crate::error::Result;
use shared::conversation::Mode;
use shared::message::Role;

/// A conversation with what every door needs to know about it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Conversation {
    pub id: i64,
    pub account_id: i64,
    pub site_id: i64,
    pub site_name: String,
    pub visitor_id: i64,
    pub slug: String,
    pub session_key: String,
    #[sqlx(try_from = "String")]
    pub mode: Mode,
    pub assignee_id: Option<i64>,
    pub assignee_name: Option<String>,
    pub locale: Option<String>,
    pub page_url: Option<String>,
    pub referrer: Option<String>,
    pub parent_origin: Option<String>,
    /// The first conversation of the same browser, where it was begun with the key of another of them.
    pub continues_id: Option<i64>,
    pub last_seq: i64,
    pub last_message_at: Millis,
    pub preview: String,
    pub preview_role: Option<String>,
    pub unread_count: i64,
    pub visitor_read_seq: i64,
    pub operator_read_seq: i64,
    pub waiting_since: Option<Millis>,
    pub created_at: Millis,
    /// A developer's test chat: never in the inbox, in webhooks or in statistics.
    pub is_test: i64,
    pub visitor_slug: String,
    pub visitor_client_id: Option<String>,
    pub visitor_name: Option<String>,
    pub visitor_email: Option<String>,
    pub visitor_phone: Option<String>,
    pub visitor_external_id: Option<String>,
    pub visitor_blocked_at: Option<Millis>,
    pub visitor_blocked_until: Option<Millis>,
    pub consent_version: Option<i64>,
    pub consented_at: Option<Millis>,
    /// The latest ticket's number.
    pub ticket: Option<i64>,
    pub rating_score: Option<i64>,
    pub rating_comment: Option<String>,
    /// A JSON list.
    pub tags: String,
    /// What a form asked, a JSON object of texts; none where no contact was left.
    pub contact_fields: Option<String>,
    /// When the site's pages last told something of the visitor.
    pub activity_at: Option<Millis>,
}

impl Conversation {
    pub const fn is_test(&self) -> bool {
        self.is_test != 0
    }
}

pub struct NewConversation<'a> {
    pub account_id: i64,
    pub site_id: i64,
    pub visitor_id: i64,
    pub slug: &'a str,
    pub session_key: &'a str,
    pub mode: Mode,
    pub locale: Option<&'a str>,
    pub page_url: Option<&'a str>,
    pub referrer: Option<&'a str>,
    pub parent_origin: Option<&'a str>,
    pub continues_id: Option<i64>,
    pub is_test: bool,
}

/// What the inbox shows; none means any.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub mode: Option<Mode>,
    /// True for closed ones, false for all others.
    pub closed: Option<bool>,
    pub site_id: Option<i64>,
    pub assignee_id: Option<i64>,
    pub unassigned: bool,
    /// Matched in messages, names and addresses, any case.
    pub text: Option<String>,
    pub tag: Option<String>,
    /// `last_message_at` and id of the last row of the page before.
    pub before: Option<(Millis, i64)>,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select c.id, c.account_id, c.site_id, s.name as site_name, c.visitor_id, c.slug, c.session_key, c.mode,
                c.assignee_id, u.name as assignee_name, c.locale, c.page_url, c.referrer, c.parent_origin, c.continues_id, c.last_seq,
                c.last_message_at, c.preview, c.preview_role, c.unread_count, c.visitor_read_seq, c.operator_read_seq, c.waiting_since,
                c.created_at, c.is_test, v.slug as visitor_slug, v.client_id as visitor_client_id, v.name as visitor_name, v.email as visitor_email,
                v.phone as visitor_phone, v.external_id as visitor_external_id, v.blocked_at as visitor_blocked_at, v.blocked_until as visitor_blocked_until,
                v.consent_version, v.consented_at,
                (select max(t.number) from tickets t where t.conversation_id = c.id) as ticket,
                r.score as rating_score, r.comment as rating_comment, c.tags, k.fields as contact_fields,
                (select a.updated_at from visitor_activity a where a.visitor_id = c.visitor_id) as activity_at
            from conversations c
            join sites s on s.id = c.site_id
            join visitors v on v.id = c.visitor_id
            left join users u on u.id = c.assignee_id
            left join ratings r on r.conversation_id = c.id
            left join contacts k on k.conversation_id = c.id ",
            $condition
        )
    };
}

const BY_SESSION: &str = select!("where c.site_id = $1 and c.session_key = $2");
const BY_ID: &str = select!("where c.account_id = $1 and c.id = $2");
const ANY: &str = select!("where c.id = $1");
const BY_SLUG: &str = select!("where c.account_id = $1 and c.slug = $2");
const LIST: &str = select!(
    "where c.account_id = $1
        and ($2 is null or c.mode = $2)
        and ($3 is null or ($3 = 1 and c.mode = 'closed') or ($3 = 0 and c.mode <> 'closed'))
        and ($4 is null or c.site_id = $4)
        and ($5 is null or c.assignee_id = $5)
        and ($6 = 0 or c.assignee_id is null)
        and ($7 is null or lower(c.preview) like $7 escape '!' or lower(v.name) like $7 escape '!'
            or lower(v.email) like $7 escape '!'
            or exists (select 1 from messages m where m.conversation_id = c.id and lower(m.content) like $7 escape '!'))
        and ($8 is null or c.last_message_at < $8 or (c.last_message_at = $8 and c.id < $9))
        and ($11 is null or exists (select 1 from conversation_tags g
            where g.account_id = $1 and g.tag = $11 and g.conversation_id = c.id))
        and c.last_seq > 0 and c.is_test = 0
    order by c.last_message_at desc, c.id desc limit $10"
);
const OF_SITE: &str =
    "select id, slug from conversations where site_id = $1 and id > $2 order by id limit $3";
const INSERT: &str = "insert into conversations (account_id, site_id, visitor_id, slug, session_key, mode, locale, page_url,
        referrer, parent_origin, is_test, last_message_at, created_at, continues_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13) returning id";
/// Also the lock that puts the writers of one conversation in order.
const ADVANCE: &str = "update conversations set last_seq = last_seq + 1, last_message_at = $3, preview = $4, preview_role = $5,
        unread_count = case when $5 = 'user' then unread_count + 1 else unread_count end,
        operator_read_seq = case when $5 = 'operator' then last_seq + 1 else operator_read_seq end
    where account_id = $1 and id = $2 returning last_seq";
/// Tells in the same breath whether anybody wants to hear of it, so that a conversation without webhooks costs nothing.
const LOCK: &str = "update conversations set last_seq = last_seq where account_id = $1 and id = $2
    returning mode, assignee_id, slug, is_test, visitor_id, last_seq,
        (select count(*) from webhook_endpoints w where w.account_id = $1 and w.enabled = 1) as webhooks";
const SET_MODE: &str =
    "update conversations set mode = $3, assignee_id = $4, waiting_since = $5, closed_at = $6
    where account_id = $1 and id = $2";
const SLUG: &str = "select slug from conversations where account_id = $1 and id = $2";
const SET_PAGE: &str = "update conversations set page_url = $3 where account_id = $1 and id = $2";
const SET_LOCALE: &str = "update conversations set locale = $3 where account_id = $1 and id = $2";
const OF_VISITOR: &str = "select id, slug, mode from conversations where account_id = $1 and visitor_id = $2 and is_test = 0
    order by id desc limit $3";
const SET_VISITOR: &str =
    "update conversations set visitor_id = $3 where account_id = $1 and id = $2";

pub async fn by_session(
    connection: &mut Connection,
    site_id: i64,
    session_key: &str,
) -> Result<Option<Conversation>> {
    Ok(sqlx::query_as(BY_SESSION)
        .bind(site_id)
        .bind(session_key)
        .fetch_optional(connection.raw())
        .await?)
}

pub async fn by_id(
    connection: &mut Connection,
    account_id: i64,
    id: i64,
) -> Result<Option<Conversation>> {
    Ok(sqlx::query_as(BY_ID)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// For work that was begun in the conversation's own name and needs no tenant to find it again.
pub async fn any(connection: &mut Connection, id: i64) -> Result<Option<Conversation>> {
    Ok(sqlx::query_as(ANY)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

pub async fn by_slug(
    connection: &mut Connection,
    account_id: i64,
    slug: &str,
) -> Result<Option<Conversation>> {
    Ok(sqlx::query_as(BY_SLUG)
        .bind(account_id)
        .bind(slug)
        .fetch_optional(connection.raw())
        .await?)
}

/// Ids and slugs of a site's conversations after the one with id `after`.
pub async fn of_site(
    connection: &mut Connection,
    site_id: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    Ok(sqlx::query_as(OF_SITE)
        .bind(site_id)
        .bind(after)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?)
}

/// Newest activity first; one row more than `limit` where there is another page. Conversations without a
/// message are not listed: nobody has said anything yet.
pub async fn list(
    connection: &mut Connection,
    account_id: i64,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Conversation>> {
    Ok(sqlx::query_as(LIST)
        .bind(account_id)
        .bind(filter.mode.map(Mode::as_str))
        .bind(filter.closed.map(i64::from))
        .bind(filter.site_id)
        .bind(filter.assignee_id)
        .bind(i64::from(filter.unassigned))
        .bind(filter.text.as_deref().map(like_pattern))
        .bind(filter.before.map(|(time, _)| time))
        .bind(filter.before.map(|(_, id)| id))
        .bind(one_more(limit))
        .bind(filter.tag.as_deref())
        .fetch_all(connection.raw())
        .await?)
}

/// Text as a `like` pattern with `!` as the escape character.
fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// # Errors
/// `conflict` when the site already has a session with this key.
pub async fn insert(
    transaction: &mut Transaction,
    new: &NewConversation<'_>,
    now: Millis,
) -> Result<i64> {
    Ok(sqlx::query_scalar(INSERT)
        .bind(new.account_id)
        .bind(new.site_id)
        .bind(new.visitor_id)
        .bind(new.slug)
        .bind(new.session_key)
        .bind(new.mode.as_str())
        .bind(new.locale)
        .bind(new.page_url)
        .bind(new.referrer)
        .bind(new.parent_origin)
        .bind(i64::from(new.is_test))
        .bind(now)
        .bind(new.continues_id)
        .fetch_one(transaction.raw())
        .await?)
}

pub async fn slug(connection: &mut Connection, account_id: i64, id: i64) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(SLUG)
        .bind(account_id)
        .bind(id)
        .fetch_optional(connection.raw())
        .await?)
}

/// Allocates the next `seq` and moves the conversation's row with it.
pub async fn advance(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    role: Role,
    preview: &str,
    now: Millis,
) -> Result<i64> {
    Ok(sqlx::query_scalar(ADVANCE)
        .bind(account_id)
        .bind(id)
        .bind(now)
        .bind(preview)
        .bind(role.as_str())
        .fetch_one(transaction.raw())
        .await?)
}

/// A conversation as it stands, locked until the end of the transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    pub mode: Mode,
    pub assignee_id: Option<i64>,
    pub slug: String,
    /// Whether the account has webhooks that are told of what happens here.
    pub has_webhooks: bool,
    pub is_test: bool,
    pub visitor_id: i64,
    /// Position of the last message; 0 where nothing was said yet.
    pub last_seq: i64,
}

#[derive(sqlx::FromRow)]
struct LockedRow {
    #[sqlx(try_from = "String")]
    mode: Mode,
    assignee_id: Option<i64>,
    slug: String,
    is_test: i64,
    visitor_id: i64,
    last_seq: i64,
    webhooks: i64,
}

pub async fn lock(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
) -> Result<Option<Locked>> {
    let row: Option<LockedRow> = sqlx::query_as(LOCK)
        .bind(account_id)
        .bind(id)
        .fetch_optional(transaction.raw())
        .await?;
    Ok(row.map(|row| Locked {
        mode: row.mode,
        assignee_id: row.assignee_id,
        slug: row.slug,
        // Test chats are told to nobody.
        has_webhooks: row.webhooks > 0 && row.is_test == 0,
        is_test: row.is_test != 0,
        visitor_id: row.visitor_id,
        last_seq: row.last_seq,
    }))
}

pub async fn set_mode(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    mode: Mode,
    assignee_id: Option<i64>,
    now: Millis,
) -> Result<()> {
    sqlx::query(SET_MODE)
        .bind(account_id)
        .bind(id)
        .bind(mode.as_str())
        .bind(assignee_id)
        .bind((mode == Mode::Waiting).then_some(now))
        .bind((mode == Mode::Closed).then_some(now))
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn set_page(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    page_url: &str,
) -> Result<()> {
    sqlx::query(SET_PAGE)
        .bind(account_id)
        .bind(id)
        .bind(page_url)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn set_visitor(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    visitor_id: i64,
) -> Result<()> {
    sqlx::query(SET_VISITOR)
        .bind(account_id)
        .bind(id)
        .bind(visitor_id)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

pub async fn set_locale(
    transaction: &mut Transaction,
    account_id: i64,
    id: i64,
    locale: &str,
) -> Result<()> {
    sqlx::query(SET_LOCALE)
        .bind(account_id)
        .bind(id)
        .bind(locale)
        .execute(transaction.raw())
        .await?;
    Ok(())
}

/// One conversation of a visitor.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OfVisitor {
    pub id: i64,
    pub slug: String,
    #[sqlx(try_from = "String")]
    pub mode: Mode,
}

/// A visitor's conversations, newest first.
pub async fn of_visitor(
    connection: &mut Connection,
    account_id: i64,
    visitor_id: i64,
    limit: i64,
) -> Result<Vec<OfVisitor>> {
    Ok(sqlx::query_as(OF_VISITOR)
        .bind(account_id)
        .bind(visitor_id)
        .bind(limit)
        .fetch_all(connection.raw())
        .await?)
}

#[cfg(test)]
mod tests {
    use super::like_pattern;

    #[test]
    fn patterns_escape_what_like_would_read() {
        assert_eq!(like_pattern("50% OFF_now!"), "%50!% off!_now!!%");
    }
}
