//! Nudges on the live channel: one that nobody was there to hear is brought by the first channel that opens.

use super::nudge;
use crate::app::App;
use crate::core::block::Block;
use crate::error::Result;
use crate::store;
use shared::nudge::Nudge;

/// Takes what no channel has brought yet: it is brought once, however many open at the same time. Who is blocked now gets it
/// when they no longer are.
///
/// # Errors
/// `storage_unavailable`.
pub async fn take_unheard(app: &App, account_id: i64, conversation_id: i64) -> Result<Vec<Nudge>> {
    let now = app.now();
    {
        let mut connection = app.db.read().await?;
        // Most channels find nothing, and then nothing needs to be written.
        let unheard = store::nudge::unheard(&mut connection, conversation_id).await?;
        if unheard.is_empty() {
            return Ok(Vec::new());
        }
        let row = store::conversation::by_id(&mut connection, account_id, conversation_id).await?;
        if row.is_none_or(|row| Block::of_conversation(&row, now).is_some()) {
            return Ok(Vec::new());
        }
    }
    let taken = app
        .db
        .write(move |transaction| {
            Box::pin(
                async move { store::nudge::take_unheard(transaction, conversation_id, now).await },
            )
        })
        .await?;
    Ok(taken.into_iter().map(nudge).collect())
}

/// A channel that was open has brought a nudge: no later one brings it again.
///
/// # Errors
/// `storage_unavailable`.
pub async fn mark_heard(app: &App, conversation_id: i64, id: i64) -> Result<()> {
    let now = app.now();
    {
        let mut connection = app.db.read().await?;
        let unheard = store::nudge::unheard(&mut connection, conversation_id).await?;
        if !unheard.contains(&id) {
            return Ok(());
        }
    }
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::nudge::mark_heard(transaction, conversation_id, id, now).await
            })
        })
        .await
}
