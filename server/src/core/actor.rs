//! Who is calling, as the doors established it.

use crate::error::{Error, Result};
use crate::store::conversation::Conversation;
pub use crate::store::site::Site;
use shared::account::UserRole;
use shared::api_key::Scope;
use shared::error::ErrorCode;

/// A visitor within one conversation of one site.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub site: Site,
    pub conversation: Conversation,
}

/// The key that a program of the account comes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: i64,
    pub scopes: Vec<Scope>,
}

/// Somebody who acts for an account: signed in to the dashboard, or a program with a key, which acts in the name of
/// the person who made the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub account_id: i64,
    pub user_id: i64,
    pub name: String,
    pub role: UserRole,
    /// None for people at the dashboard, who are bound by their role alone.
    pub key: Option<Key>,
}

impl Operator {
    /// # Errors
    /// `forbidden` for people who may only work in the inbox.
    pub fn may_manage(&self) -> Result<()> {
        match self.role {
            UserRole::Owner | UserRole::Admin => Ok(()),
            UserRole::Operator => Err(ErrorCode::ForbiddenRole.into()),
        }
    }

    /// # Errors
    /// `forbidden` for a key without this scope.
    pub fn may_use(&self, scope: Scope) -> Result<()> {
        match &self.key {
            Some(key) if !key.scopes.contains(&scope) => {
                let detail = format!("This key lacks the scope {}.", scope.as_str());
                Err(Error::new(ErrorCode::ForbiddenRole).with_detail(detail))
            }
            _ => Ok(()),
        }
    }

    /// Names the credential, so that what one sends again is never taken for what another sent.
    pub fn credential(&self) -> String {
        match &self.key {
            Some(key) => format!("key {}", key.id),
            None => format!("user {}", self.user_id),
        }
    }
}
