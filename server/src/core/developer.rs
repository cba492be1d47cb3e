//! Developers: accounts that sign themselves up over the API and make sites with a key of their own.

use crate::app::App;
use crate::clock::HOUR;
use crate::config::Signup;
use crate::core::account::{self, NewOwner};
use crate::core::actor::Site;
use crate::core::site::{self, Change, key};
use crate::error::Result;
use crate::rates::Rule;
use crate::store;
use serde_json::{Map, Value};
use shared::error::ErrorCode;

/// What the document promises: one account after another is made by programs, many at once by nobody we want.
const SIGN_UPS: Rule = Rule {
    name: "developers",
    limit: 5,
    window: HOUR,
};
/// The plan an account starts on. The instance's admin sets another.
const PLAN: &str = "free";
/// What a site is called whose maker names neither a title nor a domain.
const UNNAMED: &str = "New site";

/// What a developer signs up with.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDeveloper {
    pub email: String,
    pub password: Option<String>,
    pub name: Option<String>,
}

/// A developer's account just made. Key and password are shown this once.
#[derive(Clone, PartialEq, Eq)]
pub struct Developer {
    pub account_id: i64,
    pub email: String,
    pub key: String,
    /// Only where it was made for them.
    pub generated_password: Option<String>,
}

/// Makes an account with its owner and its developer key, where the instance lets strangers in.
///
/// # Errors
/// `signup_closed`, `validation_failed` naming the field, `rate_limited`, `account_exists`.
pub async fn sign_up(app: &App, client: &str, new: NewDeveloper) -> Result<Developer> {
    // Also while there is no account yet: the first one is for who can read what the server printed.
    if app.config.signup != Signup::Open {
        return Err(ErrorCode::SignupClosed.into());
    }
    let generated_password = new.password.is_none().then(|| app.ids.slug());
    let password = new.password.or_else(|| generated_password.clone());
    let password = password.unwrap_or_default();
    let person = account::check_new(&new.email, &password, new.name.as_deref())?;
    app.take(SIGN_UPS, client).await?;
    let owner = NewOwner {
        email: person.email.clone(),
        name: person.name,
        password_hash: app.passwords.hash(&app.ids, password).await?,
        plan: PLAN,
    };
    let (key, now) = (key::new_key(app), app.now());
    let key_hash = key::hash(&key);
    let created = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let created = account::insert(transaction, &owner, now).await?;
                store::developer_key::insert(transaction, created.account_id, &key_hash, now)
                    .await?;
                Ok(created)
            })
        })
        .await?;
    Ok(Developer {
        account_id: created.account_id,
        email: person.email,
        key,
        generated_password,
    })
}

/// The account that a developer key belongs to.
///
/// # Errors
/// `invalid_api_key`.
pub async fn authenticate(app: &App, developer_key: &str) -> Result<i64> {
    let mut connection = app.db.read().await?;
    store::developer_key::account_of(&mut connection, &key::hash(developer_key))
        .await?
        .ok_or_else(|| ErrorCode::InvalidApiKey.into())
}

/// Makes a site of the account, with the settings a change of one takes.
///
/// # Errors
/// `forbidden_field`, `unknown_field`, `validation_failed` naming the field, `upgrade_required`.
pub async fn create_site(
    app: &App,
    account_id: i64,
    mut fields: Map<String, Value>,
) -> Result<Site> {
    if !fields.contains_key("displayName") && !fields.contains_key("title") {
        let given = fields.get("domain").and_then(Value::as_str);
        // One that is none is refused below, with all the rest.
        let domain = given.and_then(|text| site::domain(text).ok());
        let name = domain.filter(|domain| !domain.is_empty());
        fields.insert(
            "displayName".into(),
            name.unwrap_or_else(|| UNNAMED.to_owned()).into(),
        );
    }
    let change = Change::read(fields)?;
    site::create_with(app, account_id, &change).await
}
