//! One kept-alive HTTP connection of one visitor.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// An http:// address in its two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub host: String,
    pub path: String,
}

impl std::str::FromStr for Address {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let rest = text
            .strip_prefix("http://")
            .with_context(|| format!("{text}: not an http:// address"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        Ok(Self {
            host: host.to_owned(),
            path: format!("/{path}"),
        })
    }
}

pub struct Connection {
    host: String,
    requests: SendRequest<Full<Bytes>>,
}

#[derive(Deserialize)]
struct Session {
    session_id: String,
}

impl Connection {
    /// # Errors
    /// When the server cannot be reached.
    pub async fn open(host: &str) -> Result<Self> {
        let stream = TcpStream::connect(host).await.context("connect")?;
        stream.set_nodelay(true)?;
        let (requests, driver) = handshake(TokioIo::new(stream)).await.context("handshake")?;
        tokio::spawn(driver);
        Ok(Self {
            host: host.to_owned(),
            requests,
        })
    }

    pub fn is_closed(&self) -> bool {
        self.requests.is_closed()
    }

    /// # Errors
    /// When the connection breaks before the answer's headers, or the status is not a success.
    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Response<Incoming>> {
        self.requests.ready().await.context("connection")?;
        let request = Request::post(path)
            .header("host", &self.host)
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body.to_string())))?;
        let response = self.requests.send_request(request).await.context("send")?;
        let status = response.status();
        if !status.is_success() {
            let body = response.into_body().collect().await?.to_bytes();
            bail!(
                "status {}: {}",
                status.as_u16(),
                String::from_utf8_lossy(&body[..body.len().min(120)])
            );
        }
        Ok(response)
    }

    /// A session of the widget's API.
    ///
    /// # Errors
    /// When the server does not give one.
    pub async fn begin_session(&mut self, path: &str, bot_id: &str) -> Result<String> {
        let response = self
            .post(path, &json!({ "bot_id": bot_id }))
            .await
            .context("session")?;
        let body = response.into_body().collect().await?.to_bytes();
        let session: Session = serde_json::from_slice(&body).context("session: no session_id")?;
        Ok(session.session_id)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_split_at_the_path() {
        let address: Address = "http://127.0.0.1:80/widget/chat".parse().unwrap();
        assert_eq!(
            (address.host.as_str(), address.path.as_str()),
            ("127.0.0.1:80", "/widget/chat")
        );
        let bare: Address = "http://127.0.0.1:80".parse().unwrap();
        assert_eq!(bare.path, "/");
        assert!("https://a/".parse::<Address>().is_err());
    }
}
