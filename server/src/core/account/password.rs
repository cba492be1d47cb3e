//! Passwords: Argon2id, on threads of their own, a few at a time. Each hash takes 19 MiB and some 20 ms, so an
//! unbounded crowd at the door would take the server's memory and its processors.

use crate::clock::Ids;
use crate::error::{Error, Result};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Argon2, Params};
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_text;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Hashes at one time.
const AT_ONCE: usize = 2;
/// Callers that may wait for their hash; more are told to come again.
const WAITING: usize = 64;
const COME_AGAIN: Duration = Duration::from_secs(2);

/// What is compared where there is no user: it costs the same and fits nothing.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy10aGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Makes and compares password hashes.
#[derive(Debug)]
pub struct Passwords {
    running: Semaphore,
    places: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            running: Semaphore::new(AT_ONCE),
            places: Semaphore::new(AT_ONCE + WAITING),
        }
    }
}

/// # Errors
/// `validation_failed` on `password`.
pub fn check_password(password: &str) -> Result<()> {
    crate::error::check("password", check_text(password, limits::PASSWORD_MAX_CHARS))?;
    if password.chars().count() < limits::PASSWORD_MIN_CHARS {
        let detail = format!(
            "password is too short (minimum {} characters)",
            limits::PASSWORD_MIN_CHARS
        );
        return Err(Error::invalid("password", detail));
    }
    Ok(())
}

impl Passwords {
    /// # Errors
    /// `rate_limited` when too many wait already.
    pub async fn hash(&self, ids: &Ids, password: String) -> Result<String> {
        let salt: [u8; 16] = ids.bytes();
        self.run(move || {
            let salt = SaltString::encode_b64(&salt).map_err(failed)?;
            let hash = hasher()
                .hash_password(password.as_bytes(), &salt)
                .map_err(failed)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password is the one that was hashed. With no hash it takes as long and says no.
    ///
    /// # Errors
    /// `rate_limited` when too many wait already.
    pub async fn fits(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.run(move || {
            let is_somebody = hash.is_some();
            let hash = hash.as_deref().unwrap_or(NOBODY);
            let hash = PasswordHash::new(hash).map_err(failed)?;
            let fits = hasher().verify_password(password.as_bytes(), &hash).is_ok();
            Ok(fits && is_somebody)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _place = self
            .places
            .try_acquire()
            .map_err(|_| Error::new(ErrorCode::RateLimited).retry_after(COME_AGAIN))?;
        let _running: SemaphorePermit = self.running.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)?
    }
}

fn hasher() -> Argon2<'static> {
    Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        Params::DEFAULT,
    )
}

fn failed(error: argon2::password_hash::Error) -> Error {
    Error::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{NOBODY, Passwords, check_password};
    use crate::clock::Ids;
    use argon2::Params;
    use argon2::password_hash::PasswordHash;
    use shared::error::ErrorCode;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let (passwords, ids) = (Passwords::default(), Ids::seeded(3));
        let hash = passwords.hash(&ids, "correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let again = passwords.hash(&ids, "correct horse".into()).await.unwrap();
        assert_ne!(hash, again, "salted");
        let fits = |password: &str| passwords.fits(password.into(), Some(hash.clone()));
        assert!(fits("correct horse").await.unwrap());
        assert!(!fits("correct horsf").await.unwrap());
        assert!(!passwords.fits("correct horse".into(), None).await.unwrap());
    }

    #[test]
    fn nobodys_hash_costs_what_everybodys_costs() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(nobody.algorithm.as_str(), "argon2id");
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!(params.m_cost(), Params::DEFAULT.m_cost());
        assert_eq!(params.t_cost(), Params::DEFAULT.t_cost());
        assert_eq!(params.p_cost(), Params::DEFAULT.p_cost());
    }

    #[tokio::test]
    async fn a_crowd_is_told_to_come_again() {
        let passwords = Passwords::default();
        let _all = passwords.places.acquire_many(66).await.unwrap();
        let error = passwords.fits("x".into(), None).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::RateLimited);
        assert!(error.retry_after.is_some());
    }

    #[test]
    fn lengths_count_characters() {
        assert!(check_password("1234567").is_err());
        assert!(check_password("12345678").is_ok());
        assert!(check_password(&"é".repeat(256)).is_ok());
        assert!(check_password(&"é".repeat(257)).is_err());
        assert!(check_password("with a\0nul").is_err());
    }
}
