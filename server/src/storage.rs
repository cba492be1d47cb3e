//! Where the bytes of files lie: a folder, or a bucket that speaks S3's language.

use crate::config::Config;
use crate::error::{Error, Result};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, PutPayload};
use shared::error::ErrorCode;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// What a caller is told to wait while storage is away.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The bytes of one file, piece by piece.
pub type Pieces = BoxStream<'static, Result<Bytes>>;

/// The configured place. Keys are relative, with `/` between their parts.
#[derive(Debug, Clone)]
pub struct Storage(Arc<dyn ObjectStore>);

impl Storage {
    /// Opens the place that the configuration names: the folder `files` of the data folder, `file:///…`, or
    /// `s3://bucket/prefix`, whose key, region and endpoint are the usual `AWS_*` variables.
    ///
    /// # Errors
    /// With a sentence for the operator.
    pub fn open(config: &Config) -> Result<Self> {
        let address = match &config.storage_url {
            None => return folder(&config.data_dir.join("files")),
            Some(address) => Url::parse(address).map_err(|error| wrong(&error.to_string()))?,
        };
        match address.scheme() {
            "file" => {
                let path = address.to_file_path();
                folder(&path.map_err(|()| wrong("it must be an absolute path"))?)
            }
            "s3" => bucket(&address),
            _ => Err(wrong("it must begin with file:/// or s3://")),
        }
    }

    /// Stores a file. It is there as a whole or not at all.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        let payload = PutPayload::from_bytes(bytes);
        self.0.put(&Path::from(key), payload).await?;
        Ok(())
    }

    /// The bytes under a key; none where there are none.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn get(&self, key: &str) -> Result<Option<Pieces>> {
        match self.0.get(&Path::from(key)).await {
            Ok(found) => Ok(Some(found.into_stream().map_err(Error::from).boxed())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes one file. One that is gone already is no error.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.0.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes every file whose key begins with these parts.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn delete_below(&self, parts: &str) -> Result<()> {
        let found = self.0.list(Some(&Path::from(parts)));
        let keys = found.map_ok(|found| found.location).boxed();
        let mut deleted = self.0.delete_stream(keys);
        while let Some(outcome) = deleted.next().await {
            match outcome {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn folder(path: &std::path::Path) -> Result<Storage> {
    let opened = std::fs::create_dir_all(path)
        .map_err(|error| wrong(&error.to_string()))
        .and_then(|()| {
            LocalFileSystem::new_with_prefix(path).map_err(|error| wrong(&error.to_string()))
        })?;
    Ok(Storage(Arc::new(opened.with_automatic_cleanup(true))))
}

fn bucket(address: &Url) -> Result<Storage> {
    let bucket = AmazonS3Builder::from_env()
        .with_url(address.as_str())
        .build()
        .map_err(|error| wrong(&error.to_string()))?;
    let prefix = Path::from(address.path());
    if prefix.as_ref().is_empty() {
        return Ok(Storage(Arc::new(bucket)));
    }
    Ok(Storage(Arc::new(PrefixStore::new(bucket, prefix))))
}

fn wrong(problem: &str) -> Error {
    Error::new(ErrorCode::Internal).with_detail(format!(
        "files cannot be kept at the place --storage-url (PARLANCE_STORAGE_URL) names: {problem}"
    ))
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        Self::new(ErrorCode::StorageUnavailable)
            .retry_after(RETRY_AFTER)
            .with_cause(error)
    }
}

#[cfg(test)]
mod tests {
    use super::Storage;
    use crate::config::Config;
    use bytes::Bytes;
    use futures_util::TryStreamExt;

    async fn read(storage: &Storage, key: &str) -> Option<Vec<u8>> {
        let pieces = storage.get(key).await.unwrap()?;
        let pieces: Vec<Bytes> = pieces.try_collect().await.unwrap();
        Some(pieces.concat())
    }

    #[tokio::test]
    async fn what_is_stored_is_read_back_until_it_is_deleted() {
        let place = tempfile::tempdir().unwrap();
        let storage = Storage::open(&Config::new(place.path())).unwrap();
        for key in ["1/2/a.png", "1/2/b.png", "1/3/c.png", "12/2/d.png"] {
            storage.put(key, Bytes::from(key.to_owned())).await.unwrap();
        }
        assert_eq!(read(&storage, "1/2/a.png").await.unwrap(), b"1/2/a.png");
        assert_eq!(read(&storage, "1/2/x.png").await, None);
        storage.delete("1/2/a.png").await.unwrap();
        storage.delete("1/2/a.png").await.unwrap();
        assert_eq!(read(&storage, "1/2/a.png").await, None);
        assert!(read(&storage, "1/2/b.png").await.is_some());
        storage.delete_below("1").await.unwrap();
        assert_eq!(read(&storage, "1/2/b.png").await, None);
        assert_eq!(read(&storage, "1/3/c.png").await, None);
        assert!(
            read(&storage, "12/2/d.png").await.is_some(),
            "1 is not the beginning of 12"
        );
        storage.delete_below("1").await.unwrap();
    }

    #[tokio::test]
    async fn a_place_is_named_by_its_address() {
        let place = tempfile::tempdir().unwrap();
        let mut config = Config::new(place.path());
        config.storage_url = Some(format!("file://{}/elsewhere", place.path().display()));
        let storage = Storage::open(&config).unwrap();
        storage.put("a/b.txt", Bytes::from("text")).await.unwrap();
        assert!(place.path().join("elsewhere/a/b.txt").exists());
        for wrong in ["ftp://example.com/", "nonsense", "s3:"] {
            config.storage_url = Some(wrong.into());
            let error = Storage::open(&config).unwrap_err();
            assert!(
                error.public_message().contains("PARLANCE_STORAGE_URL"),
                "{wrong}"
            );
        }
    }
}
