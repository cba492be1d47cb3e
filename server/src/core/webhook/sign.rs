//! Signatures: the documented one, and those of Standard Webhooks.

use crate::app::App;
use crate::clock::{DAY, Millis, SECOND};
use crate::core::key::Purpose;
use crate::error::{Error, Result};
use crate::store::webhook::Endpoint;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;

/// How long the secret before the last rotation signs along.
pub(super) const OVERLAP: Millis = DAY;
const PREFIX: &str = "whsec_";
const SECRET_BYTES: usize = 32;

/// A new secret, as its owner is shown it: 256 random bits.
pub(super) fn new_secret(app: &App) -> String {
    let bytes: [u8; SECRET_BYTES] = app.ids.bytes();
    format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes))
}

pub(super) fn encrypt(app: &App, account_id: i64, secret: &str) -> Result<Vec<u8>> {
    app.keys
        .encrypt(&app.ids, Purpose::Webhook, account_id, secret.as_bytes())
}

pub(super) fn decrypt(app: &App, account_id: i64, stored: &[u8]) -> Result<String> {
    let secret = app.keys.decrypt(Purpose::Webhook, account_id, stored)?;
    String::from_utf8(secret).map_err(Error::internal)
}

/// Until when the previous secret signs along.
pub(super) fn previous_until(endpoint: &Endpoint) -> Option<Millis> {
    endpoint.previous_secret.as_ref()?;
    endpoint.rotated_at.map(|rotated_at| rotated_at + OVERLAP)
}

/// The secrets that sign at this moment, the newest first.
pub(super) fn secrets(app: &App, endpoint: &Endpoint, now: Millis) -> Result<Vec<String>> {
    let overlaps = previous_until(endpoint).is_some_and(|until| now < until);
    let previous = endpoint.previous_secret.as_ref().filter(|_| overlaps);
    [Some(&endpoint.secret), previous]
        .into_iter()
        .flatten()
        .map(|stored| decrypt(app, endpoint.account_id, stored))
        .collect()
}

/// The headers of one try. `secrets` has the newest first.
pub(super) fn headers(
    secrets: &[String],
    event_id: &str,
    body: &str,
    now: Millis,
) -> Result<BTreeMap<String, String>> {
    let seconds = now.div_euclid(SECOND);
    let signed = format!("{event_id}.{seconds}.{body}");
    let mut standard = Vec::new();
    for secret in secrets {
        let key = BASE64_STANDARD
            .decode(secret.strip_prefix(PREFIX).unwrap_or(secret))
            .map_err(Error::internal)?;
        let signature = mac(&key, &signed)?;
        standard.push(format!("v1,{}", BASE64_STANDARD.encode(signature)));
    }
    // The documented signature has room for one: it carries the newest.
    let newest = secrets.first().map(String::as_bytes).unwrap_or_default();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", event_id.to_owned()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", standard.join(" ")),
        ("x-chattery-signature", hex::encode(mac(newest, body)?)),
    ];
    Ok(headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

fn mac(key: &[u8], text: &str) -> Result<Vec<u8>> {
    if key.is_empty() {
        return Err(Error::internal("a webhook has no secret to sign with"));
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal)?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::headers;

    /// The example of the Standard Webhooks specification's own libraries.
    #[test]
    fn signs_as_the_standard_says() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let signed = headers(
            &[secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            r#"{"test": 2432232314}"#,
            1_614_265_330_000,
        )
        .unwrap();
        assert_eq!(
            signed["webhook-signature"],
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert_eq!(signed["webhook-timestamp"], "1614265330");
    }

    #[test]
    fn nothing_is_signed_without_a_secret() {
        assert!(headers(&[], "evt_a", "{}", 0).is_err());
        assert!(headers(&["whsec_".to_owned()], "evt_a", "{}", 0).is_err());
    }
}
