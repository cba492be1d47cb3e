//! Where mail goes: to the configured server, or as a file into the data folder's outbox.

use crate::clock::Millis;
use crate::config::Config;
use crate::error::{Error, Result};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Tokio1Executor};
use serde::{Deserialize, Serialize};
use shared::error::ErrorCode;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use url::Url;

/// A server that says nothing for so long is tried again later.
const PATIENCE: Duration = Duration::from_secs(30);

/// A letter in plain text, and perhaps in HTML besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// One address of mail.
    pub to: String,
    /// Where answers go; none means to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
    /// The same as HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

/// Says that no person wrote the letter, so that no machine answers it (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Sends letters under the sender that is configured.
pub struct Mailer {
    from: Mailbox,
    /// Stands in the letters' ids.
    host: String,
    way: Way,
}

enum Way {
    Server(AsyncSmtpTransport<Tokio1Executor>),
    Outbox(PathBuf),
}

impl Mailer {
    /// `smtp://` asks the server for encryption and goes on without where it has none; `?tls=required` insists.
    /// `smtps://` is encrypted from the beginning.
    ///
    /// # Errors
    /// With a sentence for the operator.
    pub fn open(config: &Config) -> Result<Self> {
        let public = Url::parse(&config.public_url).ok();
        let host = public
            .as_ref()
            .and_then(Url::host_str)
            .unwrap_or("localhost")
            .to_owned();
        let from = match &config.mail_from {
            Some(from) => from.clone(),
            None => format!("Parlance <noreply@{host}>"),
        };
        let from = from
            .parse()
            .map_err(|error| wrong("PARLANCE_MAIL_FROM", error))?;
        let way = match &config.smtp_url {
            Some(address) => Way::Server(server(address)?),
            None => Way::Outbox(config.data_dir.join("outbox")),
        };
        Ok(Self { from, host, way })
    }

    /// Sends a letter. `id` and `written_at` name it: sent twice, mail programs show it once.
    ///
    /// # Errors
    /// `internal_error` where it cannot be addressed, or was not taken.
    pub async fn send(&self, id: i64, letter: &Letter, written_at: Millis) -> Result<()> {
        let milliseconds = u64::try_from(written_at).unwrap_or_default();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(letter.to.parse().map_err(Error::internal)?)
            .subject(&letter.subject)
            .header(AutoSubmitted)
            .date(UNIX_EPOCH + Duration::from_millis(milliseconds))
            .message_id(Some(format!("<{written_at}.{id}@{}>", self.host)));
        if let Some(reply_to) = &letter.reply_to {
            message = message.reply_to(reply_to.parse().map_err(Error::internal)?);
        }
        let text = letter.text.clone();
        let message = match &letter.html {
            Some(html) => message.multipart(MultiPart::alternative_plain_html(text, html.clone())),
            None => message.body(text),
        };
        let message = message.map_err(Error::internal)?;
        match &self.way {
            Way::Server(server) => {
                server.send(message).await.map_err(Error::internal)?;
                Ok(())
            }
            Way::Outbox(folder) => {
                put(
                    folder,
                    &format!("{written_at}-{id}.eml"),
                    message.formatted(),
                )
                .await
            }
        }
    }
}

fn server(address: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    let mut url = Url::parse(address).map_err(|error| wrong("PARLANCE_SMTP_URL", error))?;
    let says_how = url.query_pairs().any(|(name, _)| name == "tls");
    if url.scheme() == "smtp" && !says_how {
        url.query_pairs_mut().append_pair("tls", "opportunistic");
    }
    let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
        .map_err(|error| wrong("PARLANCE_SMTP_URL", error))?;
    Ok(server.timeout(Some(PATIENCE)).build())
}

/// As a whole or not at all, for who watches the folder.
async fn put(folder: &Path, name: &str, bytes: Vec<u8>) -> Result<()> {
    let (whole, part) = (folder.join(name), folder.join(format!(".{name}.part")));
    let written = async {
        tokio::fs::create_dir_all(folder).await?;
        tokio::fs::write(&part, bytes).await?;
        tokio::fs::rename(&part, &whole).await
    };
    written.await.map_err(Error::internal)
}

fn wrong(setting: &str, error: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::Internal).with_detail(format!("{setting} cannot be used: {error}"))
}
