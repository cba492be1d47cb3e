//! How many files one session may send.

use super::Uploader;
use crate::app::App;
use crate::clock::{HOUR, Millis};
use crate::error::{Error, Result};
use crate::rates::scaled;
use crate::store::{self, Connection};
use shared::error::ErrorCode;
use shared::limits;
use std::time::Duration;

const fn per_hour(uploader: Uploader) -> u32 {
    match uploader {
        Uploader::Visitor => limits::UPLOADS_PER_HOUR,
        Uploader::Operator => limits::OPERATOR_UPLOADS_PER_HOUR,
    }
}

/// Refuses one file more than may be sent within an hour. Exact only under the conversation's lock; asked without it,
/// it spares the work of judging what would be refused.
///
/// # Errors
/// `rate_limited` with when to come again, `storage_unavailable`.
pub(super) async fn check(
    connection: &mut Connection,
    app: &App,
    conversation_id: i64,
    uploader: Uploader,
) -> Result<()> {
    let Some(limit) = scaled(per_hour(uploader), app.config.rate_limit_scale) else {
        return Ok(());
    };
    let (now, name) = (app.now(), uploader.as_str());
    let times = store::file::uploaded_since(connection, conversation_id, name, now - HOUR).await?;
    refuse_more_than(limit, &times, now)
}

fn refuse_more_than(limit: u32, times: &[Millis], now: Millis) -> Result<()> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let Some(beyond) = times.len().checked_sub(limit) else {
        return Ok(());
    };
    let oldest = times.get(beyond).copied().unwrap_or(now);
    let wait = u64::try_from(oldest + HOUR - now).unwrap_or_default();
    Err(Error::new(ErrorCode::RateLimited)
        .with_detail("Too many files. Please wait before you send more.")
        .retry_after(Duration::from_millis(wait.max(1))))
}

#[cfg(test)]
mod tests {
    use super::refuse_more_than;
    use crate::clock::HOUR;
    use std::time::Duration;

    #[test]
    fn one_more_than_the_limit_waits_for_the_oldest() {
        let times: Vec<i64> = (0..20).collect();
        assert!(refuse_more_than(20, &times[1..], 100).is_ok());
        let refused = refuse_more_than(20, &times, 100).unwrap_err();
        let wait = Duration::from_millis(u64::try_from(HOUR).unwrap() - 100);
        assert_eq!(refused.retry_after, Some(wait));
    }
}
