//! Identity tokens: a site's own back end vouches for a visitor with a JWT, signed with the account's secret.

use crate::app::App;
use crate::clock::{DAY, Millis, SECOND};
use crate::core::actor::Operator;
use crate::core::contact::check_email;
use crate::core::key::Purpose;
use crate::core::session::Identity;
use crate::error::{Error, Result};
use crate::store;
use crate::store::account::Account;
use crate::store::site::Site;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_line;

/// Clocks of two machines differ.
const LEEWAY: i64 = 30;
/// How far ahead a token may run out, in seconds.
const LONGEST: i64 = DAY / SECOND;
/// How long a secret verifies after another has taken its place.
const OVERLAP: Millis = DAY;
const TOKEN_BYTES: usize = 8 << 10;

/// Whether the account has a secret for identity tokens.
///
/// # Errors
/// `storage_unavailable`.
pub async fn is_enabled(app: &App, operator: &Operator) -> Result<bool> {
    operator.may_manage()?;
    Ok(account(app, operator.account_id)
        .await?
        .kyc_secret
        .is_some())
}

/// A new secret. Earlier ones verify nothing from now on: this is for a secret that leaked.
///
/// # Errors
/// `forbidden` for people who may only work in the inbox.
pub async fn replace_secret(app: &App, operator: &Operator) -> Result<String> {
    operator.may_manage()?;
    new_secret(app, operator.account_id, false).await
}

/// A new secret. The one before verifies for a day more, so that back ends can be changed one by one.
///
/// # Errors
/// `not_found` where there is none yet, `forbidden`.
pub async fn rotate_secret(app: &App, operator: &Operator) -> Result<String> {
    operator.may_manage()?;
    if account(app, operator.account_id)
        .await?
        .kyc_secret
        .is_none()
    {
        let detail = "There is no secret to rotate yet.";
        return Err(Error::new(ErrorCode::NotFound).with_detail(detail));
    }
    new_secret(app, operator.account_id, true).await
}

async fn new_secret(app: &App, account_id: i64, keep_previous: bool) -> Result<String> {
    let secret = app.ids.secret();
    let encrypted = app
        .keys
        .encrypt(&app.ids, Purpose::Kyc, account_id, secret.as_bytes())?;
    let now = app.now();
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                if keep_previous {
                    return store::account::set_kyc_secret(
                        transaction,
                        account_id,
                        &encrypted,
                        now,
                    )
                    .await;
                }
                store::account::replace_kyc_secret(transaction, account_id, &encrypted, now).await
            })
        })
        .await?;
    Ok(secret)
}

async fn account(app: &App, id: i64) -> Result<Account> {
    let mut connection = app.db.read().await?;
    let account = store::account::get(&mut connection, id).await?;
    account.ok_or_else(|| ErrorCode::NotFound.into())
}

/// Who the token vouches for; otherwise a sentence, fit to be shown, that says why it was not taken.
///
/// # Errors
/// That sentence.
pub async fn verify(app: &App, site: &Site, token: &str) -> Result<Identity, String> {
    let secrets = secrets(app, site.account_id).await.map_err(|error| {
        tracing::error!(%error, account = site.account_id, "an identity token could not be judged");
        "The token could not be judged right now.".to_owned()
    })?;
    let claims = signed_claims(&secrets, token)?;
    check_times(&claims, app.now() / SECOND)?;
    check_audience(&claims, site)?;
    identity(&claims)
}

/// The secrets that verify at this moment, the newest first.
async fn secrets(app: &App, account_id: i64) -> Result<Vec<Vec<u8>>> {
    let account = account(app, account_id).await?;
    let overlaps = account
        .kyc_rotated_at
        .is_some_and(|rotated_at| app.now() < rotated_at + OVERLAP);
    let previous = account.kyc_previous_secret.filter(|_| overlaps);
    [account.kyc_secret, previous]
        .into_iter()
        .flatten()
        .map(|stored| app.keys.decrypt(Purpose::Kyc, account_id, &stored))
        .collect()
}

fn signed_claims(secrets: &[Vec<u8>], token: &str) -> Result<Map<String, Value>, String> {
    if secrets.is_empty() {
        return Err("Identity tokens are not switched on for this account.".into());
    }
    if token.len() > TOKEN_BYTES {
        return Err("The token is too long.".into());
    }
    let mut validation = Validation::new(Algorithm::HS256);
    // Times and audience are judged by our own rules and the application's clock.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    secrets
        .iter()
        .find_map(|secret| {
            let key = DecodingKey::from_secret(secret);
            decode::<Map<String, Value>>(token, &key, &validation).ok()
        })
        .map(|token| token.claims)
        .ok_or_else(|| "The token is not signed with this account's secret (HS256).".to_owned())
}

fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), String> {
    let expires = claims.get("exp").ok_or("The token has no exp.")?;
    let expires = expires
        .as_i64()
        .ok_or("exp must be a whole number of seconds.")?;
    if expires.saturating_add(LEEWAY) <= now {
        return Err("The token has expired.".into());
    }
    if expires > now + LONGEST + LEEWAY {
        return Err("exp must be at most 24 hours ahead.".into());
    }
    let Some(not_before) = claims.get("nbf") else {
        return Ok(());
    };
    let not_before = not_before
        .as_i64()
        .ok_or("nbf must be a whole number of seconds.")?;
    if not_before > now + LEEWAY {
        return Err("The token is not valid yet.".into());
    }
    Ok(())
}

fn check_audience(claims: &Map<String, Value>, site: &Site) -> Result<(), String> {
    let audience = match claims.get("aud") {
        None => return Ok(()),
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(_) => return Err("aud must be a text or a list of texts.".into()),
    };
    let is_this_site = |name: &str| {
        ["ch_", "site_", "bot_"]
            .iter()
            .any(|prefix| name.strip_prefix(prefix) == Some(&site.slug))
    };
    if !audience.into_iter().any(is_this_site) {
        return Err("The token is meant for another bot (aud).".into());
    }
    Ok(())
}

fn identity(claims: &Map<String, Value>) -> Result<Identity, String> {
    let subject = text(claims, "sub")?.ok_or("The token has no sub.")?;
    check_line(&subject, limits::NAME_CHARS).map_err(|problem| problem.describe("sub"))?;
    if subject.trim().is_empty() {
        return Err("sub must not be empty.".into());
    }
    let name = text(claims, "name")?;
    if let Some(name) = &name {
        check_line(name, limits::NAME_CHARS).map_err(|problem| problem.describe("name"))?;
    }
    let email = text(claims, "email")?;
    if let Some(email) = &email {
        check_email(email).map_err(|error| error.public_message().to_owned())?;
    }
    Ok(Identity {
        subject,
        name,
        email,
    })
}

fn text(claims: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() && name != "sub" => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("{name} must be a text.")),
    }
}
