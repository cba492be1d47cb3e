//! Blocks of visitors: for good, or until a time at which they end by themselves. Whether one holds is judged whenever it
//! is looked at, so nothing has to run for it to end.

use crate::app::App;
use crate::clock::{Millis, iso};
use crate::core::actor::Visitor;
use crate::error::{Error, Result};
use crate::store;
use shared::error::ErrorCode;
use std::time::Duration;

/// A block that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub since: Millis,
    /// None: for good.
    pub until: Option<Millis>,
}

impl Block {
    const fn holding(since: Option<Millis>, until: Option<Millis>, now: Millis) -> Option<Self> {
        match (since, until) {
            (Some(_), Some(until)) if until <= now => None,
            (Some(since), until) => Some(Self { since, until }),
            (None, _) => None,
        }
    }

    pub const fn of_visitor(row: &store::visitor::Visitor, now: Millis) -> Option<Self> {
        Self::holding(row.blocked_at, row.blocked_until, now)
    }

    /// That of the conversation's visitor.
    pub const fn of_conversation(
        row: &store::conversation::Conversation,
        now: Millis,
    ) -> Option<Self> {
        Self::holding(row.visitor_blocked_at, row.visitor_blocked_until, now)
    }
}

/// When a block ends, as surfaces tell it.
pub fn end(block: Option<Block>) -> Option<String> {
    block.and_then(|block| block.until).map(iso)
}

/// Refuses what a blocked visitor may not do, with when they may again.
///
/// # Errors
/// `visitor_blocked`.
pub fn check(app: &App, visitor: &Visitor) -> Result<()> {
    let now = app.now();
    let Some(block) = Block::of_conversation(&visitor.conversation, now) else {
        return Ok(());
    };
    let refusal = Error::new(ErrorCode::VisitorBlocked);
    let Some(until) = block.until else {
        return Err(refusal);
    };
    let wait = u64::try_from(until - now).unwrap_or_default();
    Err(refusal
        .with_detail(format!(
            "You cannot send messages here until {}.",
            iso(until)
        ))
        .retry_after(Duration::from_millis(wait)))
}

#[cfg(test)]
mod tests {
    use super::Block;

    #[test]
    fn a_block_holds_up_to_its_end_and_without_one_for_good() {
        let holds = |since, until, now| Block::holding(since, until, now).is_some();
        assert!(holds(Some(10), None, i64::MAX));
        assert!(holds(Some(10), Some(20), 19));
        assert!(!holds(Some(10), Some(20), 20));
        assert!(!holds(None, None, 15));
        assert!(!holds(None, Some(20), 15));
    }
}
