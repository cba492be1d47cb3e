//! Dashboard tokens: a JWT that names a session row. The row decides; the signature only keeps guesses away
//! from the database.

use crate::clock::{DAY, Millis, SECOND};
use crate::core::key::Keyring;
use crate::error::{Error, Result};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

/// No session is renewed beyond this; then one signs in again.
const LONGEST: Millis = 30 * DAY;
/// A token of ours is some 250 characters.
const TOKEN_BYTES: usize = 1_024;

/// What a token says, in seconds since the epoch where it is about time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// The user's number.
    pub sub: String,
    /// The session row.
    pub jti: String,
    pub iat: i64,
    pub exp: i64,
}

impl Claims {
    pub(super) fn new(user_id: i64, session: String, now: Millis) -> Self {
        Self {
            sub: user_id.to_string(),
            jti: session,
            iat: now / SECOND,
            exp: (now + LONGEST) / SECOND,
        }
    }
}

pub(super) fn sign(keys: &Keyring, claims: &Claims) -> Result<String> {
    encode(
        &Header::new(Algorithm::HS256),
        claims,
        &EncodingKey::from_secret(keys.dashboard_tokens()),
    )
    .map_err(Error::internal)
}

/// The claims of a token of ours that has not run out; nothing otherwise.
pub(super) fn read(keys: &Keyring, token: &str, now: Millis) -> Option<Claims> {
    if token.len() > TOKEN_BYTES {
        return None;
    }
    let mut validation = Validation::new(Algorithm::HS256);
    // Judged below by the application's clock instead of the system's.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(keys.dashboard_tokens());
    let claims = decode::<Claims>(token, &key, &validation).ok()?.claims;
    (claims.exp > now / SECOND).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::{Claims, LONGEST, read, sign};
    use crate::core::key::Keyring;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn keys() -> Keyring {
        Keyring::derive(&[9; 32]).unwrap()
    }

    #[test]
    fn a_token_is_read_until_it_runs_out() {
        let claims = Claims::new(5, "session".into(), 0);
        let token = sign(&keys(), &claims).unwrap();
        assert_eq!(read(&keys(), &token, LONGEST - 1), Some(claims));
        assert_eq!(read(&keys(), &token, LONGEST), None);
    }

    #[test]
    fn tokens_of_others_are_not_read() {
        let claims = Claims::new(5, "session".into(), 0);
        let foreign = sign(&Keyring::derive(&[8; 32]).unwrap(), &claims).unwrap();
        assert_eq!(read(&keys(), &foreign, 0), None);

        let token = sign(&keys(), &claims).unwrap();
        let parts: Vec<_> = token.split('.').collect();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let other = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS512","typ":"JWT"}"#);
        let admin =
            URL_SAFE_NO_PAD.encode(r#"{"sub":"1","jti":"session","iat":0,"exp":99999999999}"#);
        for forged in [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{other}.{}.{}", parts[1], parts[2]),
            format!("{}.{admin}.{}", parts[0], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            String::new(),
            "x".repeat(100_000),
        ] {
            assert_eq!(read(&keys(), &forged, 0), None, "{forged}");
        }
    }
}
