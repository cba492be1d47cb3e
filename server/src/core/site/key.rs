//! A site's API key on the developer surface: 128 random bits as 32 lower-case hexadecimal characters. Every site
//! has one; a site from before there were keys gets its key when it is first asked for.

use crate::app::App;
use crate::core::actor::{Operator, Site};
use crate::core::key::{Purpose, hash_token};
use crate::error::{Error, Result};
use crate::store;
use crate::store::Transaction;
use shared::error::ErrorCode;

/// The site that a key opens.
///
/// # Errors
/// `invalid_api_key`, `storage_unavailable`.
pub async fn open(app: &App, key: &str) -> Result<Site> {
    let mut connection = app.db.read().await?;
    let site_id = store::site_key::site_of(&mut connection, &hash(key)).await?;
    let site_id = site_id.ok_or(ErrorCode::InvalidApiKey)?;
    let site = store::site::by_id(&mut connection, site_id).await?;
    site.ok_or_else(|| ErrorCode::InvalidApiKey.into())
}

/// Shows the key of a site of the operator's account.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn reveal(app: &App, operator: &Operator, spelling: &str) -> Result<String> {
    operator.may_manage()?;
    let site = super::find(app, operator, spelling).await?;
    show(app, &site).await
}

/// Replaces the key of a site of the operator's account. The old one opens nothing from now on.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn rotate(app: &App, operator: &Operator, spelling: &str) -> Result<String> {
    operator.may_manage()?;
    let site = super::find(app, operator, spelling).await?;
    let work = app.clone();
    app.db
        .write(move |transaction| {
            Box::pin(async move { make(&work, transaction, site.account_id, site.id).await })
        })
        .await
}

/// The key of a site that the caller was found to own.
///
/// # Errors
/// `storage_unavailable`.
pub async fn show(app: &App, site: &Site) -> Result<String> {
    let stored = {
        let mut connection = app.db.read().await?;
        store::site_key::get(&mut connection, site.account_id, site.id).await?
    };
    if let Some(stored) = stored {
        return decrypt(app, site.id, &stored);
    }
    let (work, account_id, site_id) = (app.clone(), site.account_id, site.id);
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                // Of two who ask first at once, the second gets what the first has made.
                store::site::lock(transaction, account_id, site_id).await?;
                match store::site_key::get(transaction, account_id, site_id).await? {
                    Some(stored) => decrypt(&work, site_id, &stored),
                    None => make(&work, transaction, account_id, site_id).await,
                }
            })
        })
        .await
}

/// Makes the site's key; one it had before opens nothing any more.
pub(super) async fn make(
    app: &App,
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
) -> Result<String> {
    let key = new_key(app);
    let encrypted = app
        .keys
        .encrypt(&app.ids, Purpose::SiteKey, site_id, key.as_bytes())?;
    let now = app.now();
    store::site_key::put(
        transaction,
        account_id,
        site_id,
        &hash(&key),
        &encrypted,
        now,
    )
    .await?;
    Ok(key)
}

fn decrypt(app: &App, site_id: i64, stored: &[u8]) -> Result<String> {
    let key = app.keys.decrypt(Purpose::SiteKey, site_id, stored)?;
    String::from_utf8(key).map_err(Error::internal)
}

/// A key in the form this surface documents.
pub(in crate::core) fn new_key(app: &App) -> String {
    hex::encode(app.ids.bytes::<16>())
}

/// The form in which a key is looked up.
pub(in crate::core) fn hash(key: &str) -> String {
    hex::encode(hash_token(key))
}
