//! Third-party widgets (S4) and contact forms (S2): callers who make their own session keys.

use crate::caller::Reply;
use crate::guest::{Channel, Event, Guest};
use crate::support::TestApp;
use axum::body::Body;
use parlance::store::site::Site;
use serde_json::{Value, json};
use shared::site::SiteSettings;

/// Separates the fields of forms.
const BOUNDARY: &str = "a-boundary";
/// The content type of what [`form`] makes.
pub const FORM: &str = "multipart/form-data; boundary=a-boundary";

#[derive(Debug, Clone)]
pub struct Outsider {
    pub guest: Guest,
    pub site_key: String,
    pub session: String,
}

/// A field of a form: its name, the name of its file, its type, its bytes.
pub type Field<'a> = (&'a str, Option<&'a str>, &'a [u8]);

pub fn form(fields: &[Field<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, filename, bytes) in fields {
        body.extend(
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"").bytes(),
        );
        if let Some(filename) = filename {
            body.extend(format!("; filename=\"{filename}\"\r\ncontent-type: text/html").bytes());
        }
        body.extend(b"\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

/// An image of 8 × 4 pixels.
pub fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 4, image::Rgb([200, 10, 10]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// What a file of a reply holds, as it was sent.
pub async fn bytes(app: &TestApp, guest: &Guest, path: &str) -> (axum::http::HeaderMap, Vec<u8>) {
    use http_body_util::BodyExt;
    let response = guest.respond(app, "GET", path, Body::empty()).await;
    assert_eq!(response.status(), 200, "{path}");
    let headers = response.headers().clone();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (headers, bytes.to_vec())
}

/// The path of an address of ours.
pub fn path_of(url: &Value) -> String {
    let url = url.as_str().unwrap();
    url.strip_prefix("http://chat.example").unwrap().to_owned()
}

impl Outsider {
    pub fn at(site: &Site, session: &str) -> Self {
        Self {
            guest: Guest::at(site),
            site_key: format!("sk_{}", site.slug),
            session: session.into(),
        }
    }

    pub fn coming_from(mut self, address: &str) -> Self {
        self.guest = self.guest.coming_from(address);
        self
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.guest = self.guest.with(name, value);
        self
    }

    /// `/api/v1/chat/<route>` with site and session in its query.
    pub fn query(&self, route: &str) -> String {
        let joint = if route.contains('?') { '&' } else { '?' };
        format!(
            "/api/v1/chat/{route}{joint}site_key={}&session_id={}",
            self.site_key, self.session
        )
    }

    pub fn body(&self, mut body: Value) -> Value {
        body["site_key"] = json!(self.site_key);
        body["session_id"] = json!(self.session);
        body
    }

    pub async fn get(&self, app: &TestApp, route: &str) -> Reply {
        self.guest
            .send(app, "GET", &self.query(route), Body::empty())
            .await
    }

    /// With site and session in the body.
    pub async fn post(&self, app: &TestApp, route: &str, body: Value) -> Reply {
        self.post_as_is(app, route, self.body(body)).await
    }

    pub async fn post_as_is(&self, app: &TestApp, route: &str, body: Value) -> Reply {
        let path = format!("/api/v1/chat/{route}");
        self.guest
            .send(app, "POST", &path, body.to_string().into())
            .await
    }

    /// Begins an answer's stream.
    pub async fn open(&self, app: &TestApp, body: Value) -> Channel {
        let body = self.body(body).to_string();
        let response = self
            .guest
            .respond(app, "POST", "/api/v1/chat/stream", body.into())
            .await;
        assert_eq!(response.status(), 200);
        Channel::new(response)
    }

    /// Sends a message and reads the answer's stream to its end.
    pub async fn ask(&self, app: &TestApp, body: Value) -> Vec<Event> {
        self.open(app, body).await.rest().await
    }

    pub async fn say(&self, app: &TestApp, text: &str) -> Vec<Event> {
        self.ask(app, json!({"message": text})).await
    }

    /// Sends a form to a path.
    pub async fn send_form(&self, app: &TestApp, path: &str, fields: &[Field<'_>]) -> Reply {
        let guest = self.guest.clone().with("content-type", FORM);
        guest.send(app, "POST", path, form(fields).into()).await
    }

    /// `POST /api/v1/chat/upload-image`
    pub async fn upload(&self, app: &TestApp, filename: &str, bytes: &[u8]) -> Reply {
        let fields: [Field<'_>; 3] = [
            ("site_key", None, self.site_key.as_bytes()),
            ("session_id", None, self.session.as_bytes()),
            ("image", Some(filename), bytes),
        ];
        self.send_form(app, "/api/v1/chat/upload-image", &fields)
            .await
    }

    /// A path of the helpdesk's, with the site key in its header.
    pub async fn help(&self, app: &TestApp, method: &str, path: &str, body: &Value) -> Reply {
        let guest = self.guest.clone().with("x-site-key", &self.site_key);
        let body = match body {
            Value::Null => Body::empty(),
            body => body.to_string().into(),
        };
        guest
            .send(app, method, &format!("/api/v1/chat/{path}"), body)
            .await
    }
}

/// The chunks joined.
pub fn joined(events: &[Event]) -> String {
    let chunks = events.iter().filter(|event| event.kind() == "chunk");
    chunks
        .map(|event| event.data["content"].as_str().unwrap())
        .collect()
}

/// A site whose people answer themselves, after a while.
pub fn quiet() -> SiteSettings {
    SiteSettings {
        ai_mode: "delay".into(),
        ai_reply_delay_sec: 600,
        ..SiteSettings::default()
    }
}
