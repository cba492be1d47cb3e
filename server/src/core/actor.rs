//! Who is calling, as the doors established it.

use crate::error::Result;
use crate::store::conversation::Conversation;
pub use crate::store::site::Site;
use shared::account::UserRole;
use shared::error::ErrorCode;

/// A visitor within one conversation of one site.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub site: Site,
    pub conversation: Conversation,
}

/// Somebody signed in to the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub account_id: i64,
    pub user_id: i64,
    pub name: String,
    pub role: UserRole,
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
}
