//! Visitors who call the real router: with a session, an address and perhaps an origin.

use crate::caller::Reply;
use crate::support::TestApp;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use futures_util::StreamExt;
use http_body_util::BodyExt;
use parlance::http::client::Peer;
use parlance::store::site::Site;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tower::ServiceExt;

/// Longer than anything here takes; a wait that reaches it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
pub struct Guest {
    pub bot: String,
    pub session: Option<String>,
    pub peer: SocketAddr,
    pub headers: Vec<(&'static str, String)>,
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: String,
    pub data: Value,
}

impl Event {
    pub fn kind(&self) -> &str {
        self.data["type"].as_str().unwrap_or_default()
    }
}

impl Guest {
    /// Somebody on a page with the site's tag, without a session yet.
    pub fn at(site: &Site) -> Self {
        Self {
            bot: format!("ch_{}", site.slug),
            session: None,
            peer: "192.0.2.1:4711".parse().unwrap(),
            headers: Vec::new(),
        }
    }

    /// Somebody whose session has begun.
    pub async fn begun(app: &TestApp, site: &Site) -> Self {
        let mut guest = Self::at(site);
        let reply = guest.init(app, json!({})).await.expect(200);
        guest.session = Some(reply["session_id"].as_str().unwrap().to_owned());
        guest
    }

    pub fn coming_from(mut self, address: &str) -> Self {
        self.peer = SocketAddr::new(address.parse().unwrap(), 4711);
        self
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// `/widget/<route>?bot_id=…&session_id=…`
    pub fn path(&self, route: &str) -> String {
        let session = self.session.as_deref();
        let session = session
            .map(|key| format!("&session_id={key}"))
            .unwrap_or_default();
        let (route, query) = route.split_once('?').unwrap_or((route, ""));
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("&{query}")
        };
        format!("/widget/{route}?bot_id={}{session}{query}", self.bot)
    }

    pub async fn respond(&self, app: &TestApp, method: &str, path: &str, body: Body) -> Response {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .extension(Peer(self.peer));
        let typed = self.headers.iter().any(|(name, _)| *name == "content-type");
        if matches!(method, "POST" | "PATCH") && !typed {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(body).unwrap();
        parlance::router(app.app.clone())
            .oneshot(request)
            .await
            .unwrap()
    }

    pub async fn send(&self, app: &TestApp, method: &str, path: &str, body: Body) -> Reply {
        read(self.respond(app, method, path, body).await).await
    }

    pub async fn get(&self, app: &TestApp, route: &str) -> Reply {
        self.send(app, "GET", &self.path(route), Body::empty())
            .await
    }

    pub async fn post(&self, app: &TestApp, route: &str, body: Value) -> Reply {
        self.send(app, "POST", &self.path(route), body.to_string().into())
            .await
    }

    /// `POST /widget/session/init` with the bot's id added to `body`.
    pub async fn init(&self, app: &TestApp, mut body: Value) -> Reply {
        body["bot_id"] = json!(self.bot);
        self.send(app, "POST", "/widget/session/init", body.to_string().into())
            .await
    }

    /// Sends a message and reads the answer's stream to its end.
    pub async fn say(&self, app: &TestApp, text: &str) -> Vec<Event> {
        self.ask(app, json!({"message": text})).await.1
    }

    pub async fn ask(&self, app: &TestApp, body: Value) -> (HeaderMap, Vec<Event>) {
        let response = self
            .respond(app, "POST", &self.path("chat"), body.to_string().into())
            .await;
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        (headers, Channel::new(response).rest().await)
    }

    /// Opens the live channel.
    pub async fn listen(&self, app: &TestApp, query: &str) -> Channel {
        let path = self.path(&format!("events{query}"));
        let response = self.respond(app, "GET", &path, Body::empty()).await;
        assert_eq!(response.status(), 200);
        Channel::new(response)
    }
}

async fn read(response: Response) -> Reply {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let body = match bytes.as_ref() {
        b"" => Value::Null,
        bytes => serde_json::from_slice(bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned())),
    };
    Reply {
        status,
        headers,
        body,
    }
}

/// An open stream of events.
pub struct Channel {
    pub headers: HeaderMap,
    body: BodyDataStream,
    text: String,
    /// What stood before the first event.
    pub opening: Vec<String>,
}

impl Channel {
    pub fn new(response: Response) -> Self {
        Self {
            headers: response.headers().clone(),
            body: response.into_body().into_data_stream(),
            text: String::new(),
            opening: Vec::new(),
        }
    }

    /// The next event; none where the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(event) = event(&block) {
                    return Some(event);
                }
                self.opening.push(block);
            }
            let piece = tokio::time::timeout(PATIENCE, self.body.next()).await;
            let piece = piece.expect("the next event came in time")?;
            self.text
                .push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        }
    }

    /// Reads on until an event of this kind.
    pub async fn until(&mut self, kind: &str) -> Event {
        loop {
            let event = self.next().await.expect("the event came before the end");
            if event.kind() == kind {
                return event;
            }
        }
    }

    /// Everything up to the end.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

fn event(block: &str) -> Option<Event> {
    let id = block
        .lines()
        .find_map(|line| line.strip_prefix("id: "))
        .unwrap_or_default();
    let data: Vec<&str> = block
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    if data.is_empty() {
        return None;
    }
    Some(Event {
        id: id.to_owned(),
        data: serde_json::from_str(&data.join("\n")).unwrap(),
    })
}
