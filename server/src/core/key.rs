//! The instance key and what is derived from it: encryption of secrets at rest, the key that signs dashboard
//! tokens, and the one-way form in which other tokens are kept.

use crate::clock::Ids;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::store::{self, Db};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use shared::error::ErrorCode;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;

const FILE: &str = "instance.key";
/// Where the instance table keeps the fingerprint of the key the database was begun with.
const FINGERPRINT: &str = "key_fingerprint";
/// First byte of everything encrypted, so that a later scheme can be told from this one.
const SCHEME: u8 = 1;
const NONCE_BYTES: usize = 24;

type Key = [u8; 32];

/// What a secret is for. Part of what is authenticated: a secret moved to another place does not decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The secret that an account signs identity tokens with.
    Kyc,
    /// The secret that an account's webhook is signed with.
    Webhook,
    /// A site's API key on the developer surface, which its owner may see again.
    SiteKey,
    /// A reply with a secret in it, kept for resends of the request that led to it.
    Reply,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Kyc => "kyc",
            Self::Webhook => "webhook",
            Self::SiteKey => "site-key",
            Self::Reply => "reply",
        }
    }
}

/// Keys derived from the instance key. Never shown, not even by `Debug`.
#[derive(Clone)]
pub struct Keyring {
    encryption: Key,
    dashboard_tokens: Key,
    fingerprint: String,
    name_in_redis: String,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Keyring")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// # Errors
    /// Only where the derivation itself is wrongly used.
    pub fn derive(instance_key: &Key) -> Result<Self> {
        let source = Hkdf::<Sha256>::new(None, instance_key);
        let expand = |label: &str| {
            let mut key = Key::default();
            source
                .expand(label.as_bytes(), &mut key)
                .map_err(|error| Error::internal(error.to_string()))?;
            Ok::<_, Error>(key)
        };
        Ok(Self {
            encryption: expand("parlance/1/encryption")?,
            dashboard_tokens: expand("parlance/1/dashboard-tokens")?,
            fingerprint: hex::encode(&expand("parlance/1/fingerprint")?[..16]),
            name_in_redis: hex::encode(&expand("parlance/1/redis")?[..16]),
        })
    }

    /// Finds the instance key (configured, or in the data folder, where a first start makes it) and holds it
    /// against the one the database was begun with.
    ///
    /// # Errors
    /// With a sentence for the operator, when the key is missing, unreadable, or another one. Nothing is
    /// written then.
    pub async fn open(config: &Config, db: &Db, ids: &Ids) -> Result<Self> {
        let known = {
            let mut connection = db.read().await?;
            store::instance::get(&mut connection, FINGERPRINT).await?
        };
        let path = config.data_dir.join(FILE);
        let found = match config.secret_key {
            Some(key) => Some(key),
            None => read(&path)?,
        };
        let keys = match (found, &known) {
            (Some(key), _) => Self::derive(&key)?,
            (None, None) => Self::derive(&make(&path, ids)?)?,
            (None, Some(_)) => return Err(missing(&path)),
        };
        match known {
            Some(known) if known != keys.fingerprint => Err(unfit()),
            Some(_) => Ok(keys),
            None => keys.record(db).await,
        }
    }

    /// Two processes may start on an empty database at once: the one that came second must have the same key.
    async fn record(self, db: &Db) -> Result<Self> {
        let fingerprint = self.fingerprint.clone();
        let stored = db
            .write(move |transaction| {
                Box::pin(async move {
                    store::instance::put_if_missing(transaction, FINGERPRINT, &fingerprint).await?;
                    store::instance::get(transaction, FINGERPRINT).await
                })
            })
            .await?;
        if stored.as_deref() != Some(&self.fingerprint) {
            return Err(unfit());
        }
        Ok(self)
    }

    /// The key that signs dashboard tokens.
    pub const fn dashboard_tokens(&self) -> &Key {
        &self.dashboard_tokens
    }

    /// What this installation's entries in Redis begin with. All its replicas have the same key and so the same name;
    /// others that use the same Redis have another.
    pub fn name_in_redis(&self) -> &str {
        &self.name_in_redis
    }

    /// Encrypts a secret of `owner`; every call gives another text.
    ///
    /// # Errors
    /// `internal_error` where the text is too long for the cipher.
    pub fn encrypt(
        &self,
        ids: &Ids,
        purpose: Purpose,
        owner: i64,
        secret: &[u8],
    ) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = ids.bytes();
        let context = context(purpose, owner);
        let payload = Payload {
            msg: secret,
            aad: context.as_bytes(),
        };
        let encrypted = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|error| Error::internal(error.to_string()))?;
        let mut stored = Vec::with_capacity(1 + NONCE_BYTES + encrypted.len());
        stored.push(SCHEME);
        stored.extend_from_slice(&nonce);
        stored.extend_from_slice(&encrypted);
        Ok(stored)
    }

    /// # Errors
    /// `internal_error` where it was made by another key, for another purpose or owner, or was tampered with.
    pub fn decrypt(&self, purpose: Purpose, owner: i64, stored: &[u8]) -> Result<Vec<u8>> {
        let Some((&SCHEME, sealed)) = stored.split_first() else {
            return Err(Error::internal("an encrypted secret has an unknown form"));
        };
        let Some((nonce, encrypted)) = sealed.split_at_checked(NONCE_BYTES) else {
            return Err(Error::internal("an encrypted secret is cut short"));
        };
        let context = context(purpose, owner);
        let payload = Payload {
            msg: encrypted,
            aad: context.as_bytes(),
        };
        self.cipher()
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| Error::internal("an encrypted secret does not fit the instance key"))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.encryption).into())
    }
}

fn context(purpose: Purpose, owner: i64) -> String {
    format!("{}/{owner}", purpose.as_str())
}

fn missing(path: &Path) -> Error {
    Error::new(ErrorCode::Internal).with_detail(format!(
        "the instance key is missing: the database was begun with one, but {} is not there and PARLANCE_SECRET_KEY is not set",
        path.display()
    ))
}

fn unfit() -> Error {
    Error::new(ErrorCode::Internal).with_detail(
        "the instance key is not the one this database was begun with: \
         give all replicas the same PARLANCE_SECRET_KEY, or put the original instance.key back",
    )
}

fn read(path: &Path) -> Result<Option<Key>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable("read", path, error)),
    };
    let mut key = Key::default();
    hex::decode_to_slice(text.trim(), &mut key)
        .map_err(|error| unusable("understood", path, error))?;
    Ok(Some(key))
}

/// Written beside its place and moved there, so that a key is there whole or not at all.
fn make(path: &Path, ids: &Ids) -> Result<Key> {
    let key: Key = ids.bytes();
    let beside: PathBuf = path.with_extension("key.new");
    write_private(&beside, &format!("{}\n", hex::encode(key)))
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| unusable("written", path, error))?;
    Ok(key)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn unusable(
    what: &str,
    path: &Path,
    cause: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    Error::new(ErrorCode::Internal)
        .with_detail(format!(
            "the instance key at {} cannot be {what}: {cause}",
            path.display()
        ))
        .with_cause(cause)
}

/// The one-way form in which a random token is kept.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Whether `token` is the one whose hash is kept. Takes as long for every token.
pub fn token_fits(token: &str, hash: &[u8; 32]) -> bool {
    hash_token(token).ct_eq(hash).into()
}

#[cfg(test)]
mod tests {
    use super::{Keyring, Purpose, hash_token, token_fits};
    use crate::clock::Ids;

    #[test]
    fn a_secret_comes_back_only_in_its_own_place() {
        let ids = Ids::seeded(1);
        let keys = Keyring::derive(&[7; 32]).unwrap();
        let stored = keys.encrypt(&ids, Purpose::Kyc, 5, b"the secret").unwrap();
        assert_eq!(
            keys.decrypt(Purpose::Kyc, 5, &stored).unwrap(),
            b"the secret"
        );
        assert!(!stored.windows(6).any(|window| window == b"secret"));
        assert!(keys.decrypt(Purpose::Kyc, 6, &stored).is_err(), "owner");
        let other = Keyring::derive(&[8; 32]).unwrap();
        assert!(other.decrypt(Purpose::Kyc, 5, &stored).is_err(), "key");
        for position in 0..stored.len() {
            let mut tampered = stored.clone();
            tampered[position] ^= 1;
            assert!(keys.decrypt(Purpose::Kyc, 5, &tampered).is_err());
        }
        for length in 0..stored.len() {
            assert!(keys.decrypt(Purpose::Kyc, 5, &stored[..length]).is_err());
        }
    }

    #[test]
    fn the_same_secret_is_never_stored_alike() {
        let ids = Ids::seeded(1);
        let keys = Keyring::derive(&[7; 32]).unwrap();
        let first = keys.encrypt(&ids, Purpose::Kyc, 5, b"s").unwrap();
        assert_ne!(first, keys.encrypt(&ids, Purpose::Kyc, 5, b"s").unwrap());
    }

    #[test]
    fn keys_stay_out_of_debug_text() {
        let keys = Keyring::derive(&[7; 32]).unwrap();
        let text = format!("{keys:?}");
        assert!(!text.contains(&hex::encode(keys.encryption)));
        assert!(!text.contains(&hex::encode(keys.dashboard_tokens)));
        assert_ne!(keys.encryption, keys.dashboard_tokens);
    }

    #[test]
    fn tokens_are_kept_as_hashes() {
        let hash = hash_token("a token");
        assert!(token_fits("a token", &hash));
        assert!(!token_fits("a tokem", &hash));
    }
}
