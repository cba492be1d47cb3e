//! Accounts and the people who sign in to them.

mod password;
pub mod setup;
mod token;

pub use password::{Passwords, check_password};
pub use setup::SetupToken;

use crate::app::App;
use crate::clock::{HOUR, MINUTE, Millis, SECOND, iso};
use crate::core::actor::Operator;
use crate::core::contact::check_email;
use crate::error::{Error, Result, check};
use crate::rates::Rule;
use crate::store;
use crate::store::Transaction;
use crate::store::user::{NewUser, User};
use shared::account::{LoginRequest, Me, UserRole};
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_line;
use token::Claims;

/// A session that is not used for so long is over; one in use is renewed.
const SESSION: Millis = 12 * HOUR;
const TRIES_PER_ADDRESS: Rule = Rule {
    name: "login_address",
    limit: 10,
    window: 15 * MINUTE,
};
const TRIES_PER_CLIENT: Rule = Rule {
    name: "login_client",
    limit: 30,
    window: 15 * MINUTE,
};
const PLANS: [&str; 2] = ["free", "pro"];

/// What a new account is made of.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub email: String,
    pub password: String,
    pub name: Option<String>,
    /// `free` or `pro`
    pub plan: String,
}

/// An account just made, and its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created {
    pub account_id: i64,
    pub user_id: i64,
}

/// A session just opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    pub token: String,
    /// Seconds until it ends, unless it is used.
    pub expires_in: i64,
}

/// Makes an account with its owner, who can sign in at once.
///
/// # Errors
/// `account_exists`, `validation_failed` naming the field.
pub async fn create(app: &App, new: NewAccount) -> Result<Created> {
    let NewPerson { email, name } = check_new(&new.email, &new.password, new.name.as_deref())?;
    let plan = known_plan(&new.plan)?;
    let owner = NewOwner {
        email,
        name,
        password_hash: app.passwords.hash(&app.ids, new.password).await?,
        plan,
    };
    let now = app.now();
    app.db
        .write(move |transaction| Box::pin(async move { insert(transaction, &owner, now).await }))
        .await
}

/// Somebody whose address and password were found good, and their account to be.
pub(super) struct NewOwner {
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub plan: &'static str,
}

pub(super) async fn insert(
    transaction: &mut Transaction,
    owner: &NewOwner,
    now: Millis,
) -> Result<Created> {
    if store::user::by_email(transaction, &owner.email)
        .await?
        .is_some()
    {
        return Err(ErrorCode::AccountExists.into());
    }
    let account_id = store::account::insert(transaction, &owner.name, owner.plan, now).await?;
    let user = NewUser {
        account_id,
        email: &owner.email,
        password_hash: &owner.password_hash,
        name: &owner.name,
        role: UserRole::Owner,
        verified_at: Some(now),
    };
    let user_id = store::user::insert(transaction, &user, now)
        .await
        .map_err(taken_meanwhile)?;
    Ok(Created {
        account_id,
        user_id,
    })
}

/// Puts the account of somebody who signs in on another plan.
///
/// # Errors
/// `not_found` where nobody signs in with this address, `validation_failed` naming the field.
pub async fn set_plan(app: &App, email: &str, plan: &str) -> Result<()> {
    let email = normalise_email(email);
    let plan = known_plan(plan)?;
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let user = store::user::by_email(transaction, &email).await?;
                let user = user.ok_or_else(|| {
                    Error::new(ErrorCode::NotFound)
                        .with_detail("Nobody signs in with this address.")
                })?;
                store::account::set_plan(transaction, user.account_id, plan).await
            })
        })
        .await
}

fn known_plan(plan: &str) -> Result<&'static str> {
    PLANS
        .into_iter()
        .find(|known| *known == plan)
        .ok_or_else(|| Error::invalid("plan", "plan must be free or pro"))
}

fn taken_meanwhile(error: Error) -> Error {
    match error.code {
        ErrorCode::Conflict => Error::new(ErrorCode::AccountExists),
        _ => error,
    }
}

pub(super) struct NewPerson {
    pub email: String,
    pub name: String,
}

pub(super) fn check_new(email: &str, password: &str, name: Option<&str>) -> Result<NewPerson> {
    let email = normalise_email(email);
    check_email(&email)?;
    check_password(password)?;
    let name = match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        // Until its owner says otherwise: what stands before the @.
        None => email.split('@').next().unwrap_or_default().to_owned(),
    };
    check("name", check_line(&name, limits::NAME_CHARS))?;
    Ok(NewPerson { email, name })
}

/// Addresses are told apart without regard to case, as mail servers do in practice.
fn normalise_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Signs in. An address that does not exist gets the same answer after the same time as a wrong password.
///
/// # Errors
/// `invalid_credentials`, `rate_limited`.
pub async fn log_in(app: &App, client: &str, request: LoginRequest) -> Result<Opened> {
    let email = normalise_email(&request.email);
    app.take(TRIES_PER_CLIENT, client).await?;
    app.take(TRIES_PER_ADDRESS, &email).await?;
    let is_possible = check_email(&email).is_ok() && check_password(&request.password).is_ok();
    let user = match is_possible {
        true => {
            let mut connection = app.db.read().await?;
            store::user::by_email(&mut connection, &email).await?
        }
        false => None,
    };
    // Bounds the work of one comparison; a longer password fits nothing.
    let password = request
        .password
        .chars()
        .take(limits::PASSWORD_MAX_CHARS)
        .collect();
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let fits = app.passwords.fits(password, hash).await?;
    let Some(user) = user.filter(|_| fits) else {
        return Err(ErrorCode::InvalidCredentials.into());
    };
    // Only failures count in the end, and nobody's success wipes out another's failures.
    app.rates.give_back(TRIES_PER_CLIENT, client).await;
    app.rates.give_back(TRIES_PER_ADDRESS, &email).await;
    open_session(app, user.id).await
}

async fn open_session(app: &App, user_id: i64) -> Result<Opened> {
    let (session, now) = (app.ids.secret(), app.now());
    let claims = Claims::new(user_id, session.clone(), now);
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::user::purge_sessions(transaction, now).await?;
                store::user::open_session(transaction, &session, user_id, now, now + SESSION).await
            })
        })
        .await?;
    Ok(Opened {
        token: token::sign(&app.keys, &claims)?,
        expires_in: SESSION / SECOND,
    })
}

/// Who holds this token; a session in use is renewed.
///
/// # Errors
/// `unauthenticated` where the token is not ours, ran out, or was signed out.
pub async fn authenticate(app: &App, token: &str) -> Result<Operator> {
    let now = app.now();
    let claims = token::read(&app.keys, token, now).ok_or(ErrorCode::Unauthenticated)?;
    let (user, expires_at) = {
        let mut connection = app.db.read().await?;
        let user = store::user::by_session(&mut connection, &claims.jti, now).await?;
        let expires_at = store::user::session_end(&mut connection, &claims.jti).await?;
        (user, expires_at)
    };
    let user = user
        .filter(|user| user.id.to_string() == claims.sub)
        .ok_or(ErrorCode::Unauthenticated)?;
    if expires_at.is_some_and(|expires_at| expires_at - now < SESSION / 2) {
        renew(app, claims.jti, now).await?;
    }
    Ok(operator(user))
}

async fn renew(app: &App, session: String, now: Millis) -> Result<()> {
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::user::extend_session(transaction, &session, now + SESSION).await
            })
        })
        .await
}

fn operator(user: User) -> Operator {
    Operator {
        account_id: user.account_id,
        user_id: user.id,
        name: user.name,
        role: user.role,
        key: None,
    }
}

/// Ends the session of a token: it is worth nothing from now on.
///
/// # Errors
/// `unauthenticated` where it was worth nothing before.
pub async fn log_out(app: &App, token: &str) -> Result<()> {
    let operator = authenticate(app, token).await?;
    let claims = token::read(&app.keys, token, app.now()).ok_or(ErrorCode::Unauthenticated)?;
    app.db
        .write(move |transaction| {
            Box::pin(async move { store::user::close_session(transaction, &claims.jti).await })
        })
        .await?;
    app.bus.close_user(operator.user_id);
    Ok(())
}

/// The signed-in person as the dashboard shows them.
///
/// # Errors
/// `unauthenticated` where they are gone meanwhile.
pub async fn me(app: &App, operator: &Operator) -> Result<Me> {
    let mut connection = app.db.read().await?;
    let user = store::user::by_id(&mut connection, operator.account_id, operator.user_id).await?;
    let user = user.ok_or(ErrorCode::Unauthenticated)?;
    Ok(Me {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        tenant_id: user.account_id,
        tenant_name: user.account_name,
        created_at: iso(user.created_at),
    })
}
