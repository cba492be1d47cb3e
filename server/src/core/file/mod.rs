//! Files that visitors and operators send: judged by their bytes, stored under random names, gone with what they
//! belong to.

mod attach;
mod encode;
mod kind;
mod picture;
mod purge;
mod quota;

pub use attach::{Attached, attach, to_attach};
pub use kind::Takes;
pub use purge::{
    PURGE_JOB, forget_conversation, forget_of_message, forget_older, forget_site, purge,
};

use crate::app::App;
use crate::clock::{HOUR, Millis};
use crate::core::actor::{Site, Visitor};
use crate::core::block;
use crate::core::session::{self, Arrival};
use crate::error::{Error, Result};
use crate::storage::Pieces;
use crate::store;
use crate::store::conversation::Conversation;
pub use crate::store::file::File;
use crate::store::file::NewFile;
use bytes::Bytes;
use kind::Kind;
use purge::{Purge, enqueue, key};
use shared::error::ErrorCode;
use shared::limits;
use shared::message::FileReference;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Images decoded at one time: each may take some hundred megabytes.
const DECODED_AT_ONCE: usize = 2;
/// An upload that has not ended after this long was broken off with its process.
const BROKEN_OFF: Millis = HOUR;

/// Places for images that are being decoded.
#[derive(Debug)]
pub struct Decoders(Arc<Semaphore>);

impl Default for Decoders {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(DECODED_AT_ONCE)))
    }
}

/// Who sends a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploader {
    Visitor,
    Operator,
}

impl Uploader {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "user",
            Self::Operator => "operator",
        }
    }
}

/// A file as it comes in.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// As its sender calls it.
    pub filename: String,
    pub bytes: Bytes,
}

/// A file that was judged: it may be stored as it is now.
#[derive(Debug)]
struct Judged {
    kind: Kind,
    filename: String,
    bytes: Bytes,
}

/// Keeps a visitor's file.
///
/// # Errors
/// `visitor_blocked`, `site_disabled`; `payload_too_large`, `unsupported_media_type`; `rate_limited` over so many
/// files of one session and hour; `storage_unavailable`.
pub async fn upload(
    app: &App,
    visitor: &Visitor,
    takes: Takes,
    incoming: Incoming,
) -> Result<File> {
    check_visitor(app, visitor).await?;
    let judged = judge(app, takes, incoming).await?;
    keep(app, &visitor.conversation, Uploader::Visitor, judged).await
}

/// [`upload`], in a session of the caller's own key. One that has not begun yet begins with a file that is taken.
///
/// # Errors
/// As [`upload`], and `invalid_session`.
pub async fn upload_in_session(
    app: &App,
    site: Site,
    session_key: String,
    takes: Takes,
    incoming: Incoming,
) -> Result<File> {
    if let Some(visitor) = session::known(app, &site, &session_key).await? {
        return upload(app, &visitor, takes, incoming).await;
    }
    session::check_open(&site)?;
    let judged = judge(app, takes, incoming).await?;
    let visitor = session::begin_with_key(app, site, session_key, Arrival::default()).await?;
    keep(app, &visitor.conversation, Uploader::Visitor, judged).await
}

/// Keeps an operator's file, to go with a reply in this conversation.
///
/// # Errors
/// `payload_too_large`, `unsupported_media_type`; `rate_limited` over so many files of one conversation and hour;
/// `not_found` where the conversation is gone; `storage_unavailable`.
pub async fn upload_for_reply(
    app: &App,
    conversation: &Conversation,
    incoming: Incoming,
) -> Result<File> {
    check_count(app, conversation, Uploader::Operator).await?;
    let judged = judge(app, Takes::Documents, incoming).await?;
    keep(app, conversation, Uploader::Operator, judged).await
}

async fn check_visitor(app: &App, visitor: &Visitor) -> Result<()> {
    session::check_open(&visitor.site)?;
    block::check(app, visitor)?;
    check_count(app, &visitor.conversation, Uploader::Visitor).await
}

async fn check_count(app: &App, conversation: &Conversation, uploader: Uploader) -> Result<()> {
    let mut connection = app.db.read().await?;
    quota::check(&mut connection, app, conversation.id, uploader).await
}

/// Judges a file by its bytes, and writes an image anew.
async fn judge(app: &App, takes: Takes, incoming: Incoming) -> Result<Judged> {
    let Incoming { filename, bytes } = incoming;
    if bytes.len() > limits::UPLOAD_BYTES {
        return Err(
            Error::new(ErrorCode::PayloadTooLarge).with_detail("The file is larger than 10 MB.")
        );
    }
    let kind = takes.judge(&filename, &bytes)?;
    let (kind, bytes) = match kind.is_image() {
        true => renew(app, kind, bytes).await?,
        false => (kind, bytes),
    };
    Ok(Judged {
        kind,
        filename: kind.filename(&filename),
        bytes,
    })
}

async fn keep(
    app: &App,
    conversation: &Conversation,
    uploader: Uploader,
    judged: Judged,
) -> Result<File> {
    let Judged {
        kind,
        filename,
        bytes,
    } = judged;
    let new = NewFile {
        account_id: conversation.account_id,
        site_id: conversation.site_id,
        conversation_id: conversation.id,
        name: format!("{}.{}", hex::encode(app.ids.bytes::<16>()), kind.ending()),
        filename,
        content_type: kind.content_type(),
        size: i64::try_from(bytes.len()).map_err(Error::internal)?,
        uploader: uploader.as_str(),
    };
    put(app, new, uploader, bytes).await
}

/// Away from the threads that serve everybody, and only so many at one time.
async fn renew(app: &App, kind: Kind, bytes: Bytes) -> Result<(Kind, Bytes)> {
    let place = app.decoders.0.clone().acquire_owned().await;
    let place = place.map_err(Error::internal)?;
    let renewing = tokio::task::spawn_blocking(move || {
        // Held by the work and not by the request: whoever goes away must not make room for more.
        let _held = place;
        picture::renew(kind, &bytes)
    });
    let (kind, bytes) = renewing.await.map_err(Error::internal)??;
    Ok((kind, bytes.into()))
}

/// First the row and a job that would undo it, then the bytes, then the job goes: whatever breaks off in between,
/// no bytes stay without a row.
async fn put(app: &App, new: NewFile, uploader: Uploader, bytes: Bytes) -> Result<File> {
    let (now, writing) = (app.now(), app.clone());
    let key = key(new.site_id, new.conversation_id, &new.name);
    let reserved = new.clone();
    let undo = Purge::File {
        key: key.clone(),
        name: new.name.clone(),
    };
    let (id, job) = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                store::conversation::lock(
                    transaction,
                    reserved.account_id,
                    reserved.conversation_id,
                )
                .await?
                .ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                quota::check(transaction, &writing, reserved.conversation_id, uploader).await?;
                let id = store::file::insert(transaction, &reserved, now).await?;
                let job = enqueue(
                    transaction,
                    reserved.account_id,
                    &undo,
                    now + BROKEN_OFF,
                    now,
                )
                .await?;
                Ok((id, job))
            })
        })
        .await?;
    app.storage.put(&key, bytes).await?;
    let account_id = new.account_id;
    let is_wanted = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let is_wanted = store::file::mark_stored(transaction, account_id, id).await?;
                if is_wanted {
                    store::job::finish(transaction, job).await?;
                }
                Ok(is_wanted)
            })
        })
        .await?;
    if !is_wanted {
        // Its conversation was deleted while the bytes were on their way.
        app.storage.delete(&key).await?;
        return Err(ErrorCode::NotFound.into());
    }
    Ok(File {
        id,
        account_id,
        site_id: new.site_id,
        conversation_id: new.conversation_id,
        message_id: None,
        name: new.name,
        filename: new.filename,
        content_type: new.content_type.to_owned(),
        size: new.size,
        created_at: now,
    })
}

/// The address of a file: whoever knows it may see the file.
pub fn address(public_url: &str, file: &File) -> String {
    format!("{public_url}/files/{}", file.name)
}

/// A file as messages name it.
pub fn reference(public_url: &str, file: &File) -> FileReference {
    FileReference {
        id: file.id,
        filename: file.filename.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
        url: address(public_url, file),
    }
}

/// A file by the random name in its address, with its bytes.
///
/// # Errors
/// `not_found`, `storage_unavailable`.
pub async fn open(app: &App, name: &str) -> Result<(File, Pieces)> {
    // Ours are hexadecimal digits and an ending; anything else does not get as far as the database.
    let is_ours = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    if !is_ours {
        return Err(not_there());
    }
    let file = {
        let mut connection = app.db.read().await?;
        store::file::by_name(&mut connection, name).await?
    };
    read(app, file).await
}

/// A file that hangs on a message of the visitor's conversation, with its bytes.
///
/// # Errors
/// `not_found`, `storage_unavailable`.
pub async fn open_of_message(
    app: &App,
    visitor: &Visitor,
    message_id: i64,
    id: i64,
) -> Result<(File, Pieces)> {
    let file = {
        let mut connection = app.db.read().await?;
        store::file::of_message(&mut connection, visitor.conversation.id, message_id, id).await?
    };
    read(app, file).await
}

async fn read(app: &App, file: Option<File>) -> Result<(File, Pieces)> {
    let file = file.ok_or_else(not_there)?;
    let key = key(file.site_id, file.conversation_id, &file.name);
    let pieces = app.storage.get(&key).await?;
    Ok((file, pieces.ok_or_else(not_there)?))
}

fn not_there() -> Error {
    Error::new(ErrorCode::NotFound).with_detail("File not found.")
}

/// Whether browsers may show it in a page: an image that was written anew here.
pub fn is_image(file: &File) -> bool {
    file.content_type.starts_with("image/")
}
