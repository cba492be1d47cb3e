//! API keys: how an account's own programs sign in. A key acts in the name of the person who made it, with that
//! person's role as it is at the moment and within the key's scopes. Only its hash is kept.

use crate::app::App;
use crate::clock::{MINUTE, Millis, iso};
use crate::core::actor::{Key, Operator};
use crate::core::key::hash_token;
use crate::core::page;
use crate::error::{Error, Result, check};
use crate::store;
use crate::store::api_key::NewApiKey;
use shared::api_key::{ApiKey, CreateApiKeyRequest, CreatedApiKey, Scope};
use shared::error::ErrorCode;
use shared::limits;
use shared::page::Page;
use shared::text::{check_line, check_required_text};

/// The spelling that is shown, and the shorter one that means the same key.
const PREFIXES: [&str; 2] = ["ck_live_", "ck_"];
/// 256 bits in hexadecimal.
const SECRET_CHARS: usize = 64;
const HINT_CHARS: usize = 4;
/// The last use is written down no more often.
const USE_NOTED_EVERY: Millis = MINUTE;

/// Whether a token is meant to be a key.
pub fn is_key(token: &str) -> bool {
    token.starts_with("ck_")
}

/// The hash under which a key is kept, whichever way it is spelled; nothing for what cannot be a key.
fn hash(token: &str) -> Option<String> {
    let secret = PREFIXES
        .iter()
        .find_map(|prefix| token.strip_prefix(prefix))?;
    let is_secret = secret.len() == SECRET_CHARS
        && secret
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    is_secret.then(|| hex::encode(hash_token(secret)))
}

/// Who calls with this key.
///
/// # Errors
/// `unauthenticated` where it is none, was revoked or ran out.
pub async fn authenticate(app: &App, token: &str) -> Result<Operator> {
    let now = app.now();
    let hash = hash(token).ok_or(ErrorCode::Unauthenticated)?;
    let found = {
        let mut connection = app.db.read().await?;
        store::api_key::by_hash(&mut connection, &hash, now).await?
    };
    let key = found.ok_or(ErrorCode::Unauthenticated)?;
    if key
        .last_used_at
        .is_none_or(|last| now - last >= USE_NOTED_EVERY)
    {
        note_use(app, key.id, now).await;
    }
    Ok(Operator {
        account_id: key.account_id,
        user_id: key.user_id,
        name: key.user_name,
        role: key.role,
        key: Some(Key {
            id: key.id,
            scopes: parse_scopes(&key.scopes),
        }),
    })
}

/// Reads go on while nothing can be written, so a use that cannot be noted refuses nobody.
async fn note_use(app: &App, id: i64, now: Millis) {
    let noted = app
        .db
        .write(move |transaction| {
            Box::pin(async move { store::api_key::used(transaction, id, now).await })
        })
        .await;
    if let Err(error) = noted {
        tracing::warn!(%error, key = id, "the use of a key could not be noted");
    }
}

/// Makes a key. What is returned is the only copy of it.
///
/// # Errors
/// `forbidden`, `validation_failed` naming the field.
pub async fn create(
    app: &App,
    operator: &Operator,
    request: CreateApiKeyRequest,
) -> Result<CreatedApiKey> {
    may_manage_keys(operator)?;
    let now = app.now();
    let name = request.name.trim().to_owned();
    check("name", check_required_text(&name, limits::NAME_CHARS))?;
    check("name", check_line(&name, limits::NAME_CHARS))?;
    let expires_at = request
        .expires_at
        .map(|text| parse_expiry(&text, now))
        .transpose()?;
    let scopes = spell_scopes(request.scopes)?;
    let secret = app.ids.secret();
    let key_hash = hex::encode(hash_token(&secret));
    let hint = secret[SECRET_CHARS - HINT_CHARS..].to_owned();
    let (account_id, user_id) = (operator.account_id, operator.user_id);
    let row = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let new = NewApiKey {
                    account_id,
                    user_id,
                    name: &name,
                    key_hash: &key_hash,
                    hint: &hint,
                    scopes: &scopes,
                    expires_at,
                };
                let id = store::api_key::insert(transaction, &new, now).await?;
                store::api_key::by_id(transaction, account_id, id).await
            })
        })
        .await?;
    let row = row.ok_or_else(|| Error::internal("a key just made is missing"))?;
    Ok(CreatedApiKey {
        key: format!("{}{secret}", PREFIXES[0]),
        row: view(row),
    })
}

/// The account's keys, newest first.
///
/// # Errors
/// `forbidden`, `validation_failed` for a cursor we never gave.
pub async fn list(
    app: &App,
    operator: &Operator,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<ApiKey>> {
    may_manage_keys(operator)?;
    let before = page::before(cursor)?;
    let rows = {
        let mut connection = app.db.read().await?;
        store::api_key::list(&mut connection, operator.account_id, before, limit).await?
    };
    Ok(page::cut(rows, limit, |row| row.id).map(view))
}

/// Revokes a key: the next request with it is refused, and a channel opened with it ends.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn revoke(app: &App, operator: &Operator, id: i64) -> Result<()> {
    may_manage_keys(operator)?;
    let account_id = operator.account_id;
    let revoked = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let key = store::api_key::by_id(transaction, account_id, id).await?;
                let key = key.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                store::api_key::delete(transaction, account_id, id).await?;
                Ok(key)
            })
        })
        .await?;
    app.bus.close_user(revoked.user_id);
    Ok(())
}

/// A key must never make another one: it would outlive its own revocation.
fn may_manage_keys(operator: &Operator) -> Result<()> {
    if operator.key.is_some() {
        return Err(Error::new(ErrorCode::ForbiddenRole)
            .with_detail("Keys are managed by people, not with a key."));
    }
    operator.may_manage()
}

fn parse_expiry(text: &str, now: Millis) -> Result<Millis> {
    let time: jiff::Timestamp = text.parse().map_err(|_| {
        Error::invalid(
            "expiresAt",
            "expiresAt must be a time such as 2027-01-31T00:00:00Z",
        )
    })?;
    let time = time.as_millisecond();
    if time <= now {
        return Err(Error::invalid(
            "expiresAt",
            "expiresAt must be in the future",
        ));
    }
    Ok(time)
}

/// Where nothing is said of scopes, a key has all of them; one without any could do nothing.
fn spell_scopes(scopes: Option<Vec<Scope>>) -> Result<String> {
    let mut scopes = scopes.unwrap_or_else(|| Scope::ALL.to_vec());
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", "scopes must name at least one"));
    }
    scopes.sort();
    scopes.dedup();
    let names: Vec<_> = scopes.into_iter().map(Scope::as_str).collect();
    Ok(names.join(" "))
}

/// A scope that this version does not know permits nothing.
fn parse_scopes(text: &str) -> Vec<Scope> {
    text.split(' ').filter_map(Scope::parse).collect()
}

fn view(row: store::api_key::ApiKey) -> ApiKey {
    ApiKey {
        id: row.id,
        name: row.name,
        hint: row.hint,
        scopes: parse_scopes(&row.scopes),
        created_by: row.user_name,
        created_at: iso(row.created_at),
        last_used_at: row.last_used_at.map(iso),
        expires_at: row.expires_at.map(iso),
    }
}

#[cfg(test)]
mod tests {
    use super::{hash, spell_scopes};
    use shared::api_key::Scope;

    #[test]
    fn both_spellings_are_one_key_and_others_are_none() {
        let secret = "0123456789abcdef".repeat(4);
        let kept = hash(&format!("ck_live_{secret}"));
        assert!(kept.is_some());
        assert_eq!(hash(&format!("ck_{secret}")), kept);
        for wrong in [
            secret.clone(),
            format!("sk_{secret}"),
            format!("ck_live_{}", &secret[1..]),
            format!("ck_live_{secret}0"),
            format!("ck_live_{}", secret.to_uppercase()),
            format!("ck_test_{secret}"),
            "ck_live_".to_owned(),
        ] {
            assert_eq!(hash(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn scopes_are_kept_once_and_all_where_nothing_is_said_of_them() {
        let given = vec![Scope::Webhooks, Scope::Chat, Scope::Webhooks];
        assert_eq!(spell_scopes(Some(given)).unwrap(), "chat webhooks");
        assert_eq!(
            spell_scopes(None).unwrap(),
            "chat chatbots conversations knowledge webhooks"
        );
        assert!(spell_scopes(Some(Vec::new())).is_err());
    }
}
