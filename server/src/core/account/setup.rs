//! The first account of an instance, made in the browser by whoever can read what the server printed.

use super::{Opened, check_new, open_session};
use crate::app::App;
use crate::config::Signup;
use crate::core::key::{hash_token, token_fits};
use crate::error::Result;
use crate::store;
use crate::store::user::NewUser;
use shared::account::{SetupRequest, UserRole};
use shared::error::ErrorCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where the instance table notes that the browser's set-up was used, so that two replicas cannot both do it.
const USED: &str = "setup_used";

/// Whoever sets an instance up runs it: their account is not bounded by what strangers get.
const PLAN: &str = "pro";

/// The token that opens the set-up, kept as a hash and only as long as the process lives.
#[derive(Debug, Default)]
pub struct SetupToken(Mutex<Option<[u8; 32]>>);

impl SetupToken {
    fn lock(&self) -> MutexGuard<'_, Option<[u8; 32]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_set(&self) -> bool {
        self.lock().is_some()
    }

    fn fits(&self, token: &str) -> bool {
        self.lock().is_some_and(|hash| token_fits(token, &hash))
    }
}

/// Opens the set-up where the instance waits for its first account, and gives the token to print.
///
/// # Errors
/// `storage_unavailable`.
pub async fn prepare(app: &App) -> Result<Option<String>> {
    if app.config.signup == Signup::Closed || somebody_is_here(app).await? {
        return Ok(None);
    }
    let token = app.ids.secret();
    *app.setup.lock() = Some(hash_token(&token));
    Ok(Some(token))
}

/// Whether the set-up can still be done.
///
/// # Errors
/// `storage_unavailable`.
pub async fn is_open(app: &App) -> Result<bool> {
    Ok(app.setup.is_set() && !somebody_is_here(app).await?)
}

async fn somebody_is_here(app: &App) -> Result<bool> {
    let mut connection = app.db.read().await?;
    Ok(store::account::count_with_users(&mut connection).await? > 0)
}

/// Makes the owner's account and signs the owner in. The demo's account becomes the owner's: with it come the
/// demo site, what it knows and what was said there.
///
/// # Errors
/// `setup_closed` for a wrong token as for one that was used; `validation_failed` naming the field.
pub async fn set_up(app: &App, request: SetupRequest) -> Result<Opened> {
    if !app.setup.fits(&request.token) || !is_open(app).await? {
        return Err(ErrorCode::SetupClosed.into());
    }
    let new = check_new(&request.email, &request.password, request.name.as_deref())?;
    let password_hash = app.passwords.hash(&app.ids, request.password).await?;
    let now = app.now();
    let (email, name) = (new.email, new.name);
    let user_id = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let is_first = store::instance::put_if_missing(transaction, USED, "1").await?;
                if !is_first || store::account::count_with_users(transaction).await? > 0 {
                    return Err(ErrorCode::SetupClosed.into());
                }
                let account_id = match store::account::of_demo(transaction).await? {
                    Some(id) => {
                        store::account::rename(transaction, id, &name).await?;
                        store::account::set_plan(transaction, id, PLAN).await?;
                        id
                    }
                    None => store::account::insert(transaction, &name, PLAN, now).await?,
                };
                let user = NewUser {
                    account_id,
                    email: &email,
                    password_hash: &password_hash,
                    name: &name,
                    role: UserRole::Owner,
                    verified_at: Some(now),
                };
                store::user::insert(transaction, &user, now).await
            })
        })
        .await?;
    *app.setup.lock() = None;
    open_session(app, user_id).await
}
