//! Files that go along with a message.

use super::{File, Uploader};
use crate::error::{Error, Result};
use crate::store;
use crate::store::Transaction;
use shared::error::ErrorCode;
use shared::limits;
use shared::message::FileReference;

/// Which uploaded files a message takes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attached {
    /// By their ids.
    These(Vec<i64>),
    /// Whatever the visitor has uploaded since the last message, for doors whose messages cannot name files.
    Unsent,
}

impl Default for Attached {
    fn default() -> Self {
        Self::These(Vec::new())
    }
}

/// The files a message is to take along. Call it in the message's transaction, and [`attach`] them there.
///
/// # Errors
/// `validation_failed` on `files` where one is not there, another's, or sent already.
pub async fn to_attach(
    transaction: &mut Transaction,
    conversation_id: i64,
    uploader: Uploader,
    attached: &Attached,
) -> Result<Vec<File>> {
    let uploader = uploader.as_str();
    let at_most = i64::try_from(limits::FILES_PER_MESSAGE).unwrap_or(i64::MAX);
    let ids = match attached {
        Attached::Unsent => {
            return store::file::unsent(transaction, conversation_id, uploader, None, at_most)
                .await;
        }
        Attached::These(ids) => ids,
    };
    if ids.len() > limits::FILES_PER_MESSAGE {
        let detail = format!("files holds more than {at_most} files");
        return Err(Error::invalid("files", detail));
    }
    let mut files: Vec<File> = Vec::new();
    for id in ids {
        let mut found =
            store::file::unsent(transaction, conversation_id, uploader, Some(*id), 1).await?;
        let is_new = files.iter().all(|file| file.id != *id);
        match found.pop().filter(|_| is_new) {
            Some(file) => files.push(file),
            None => {
                let detail = "files names one that is not there or was sent already";
                return Err(Error::invalid("files", detail));
            }
        }
    }
    Ok(files)
}

/// Hangs files on the message that takes them along.
///
/// # Errors
/// `conflict` where another message was faster.
pub async fn attach(
    transaction: &mut Transaction,
    conversation_id: i64,
    message_id: i64,
    files: &[FileReference],
) -> Result<()> {
    for file in files {
        if !store::file::attach(transaction, conversation_id, file.id, message_id).await? {
            return Err(ErrorCode::Conflict.into());
        }
    }
    Ok(())
}
