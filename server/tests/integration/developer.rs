//! Programs that call the developer surface through the real router, with any headers.

use crate::caller::{Caller, Person, Reply};
use crate::support::TestApp;
use axum::body::Body;
use parlance::config::Signup;
use parlance::http::client::Peer;
use serde_json::{Value, json};

/// The headers of a request; the body's type comes with the body.
pub type Headers<'a> = &'a [(&'a str, &'a str)];

/// Sends what the document's `curl` sends.
pub async fn call(
    app: &TestApp,
    method: &str,
    path: &str,
    headers: Headers<'_>,
    body: &Value,
) -> Reply {
    let mut request = Caller::NOBODY.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Value::Null => Body::empty(),
        body => {
            request = request.header("content-type", "application/json");
            body.to_string().into()
        }
    };
    Caller::NOBODY.send(app, request.body(body).unwrap()).await
}

pub async fn keyed(app: &TestApp, key: &str, method: &str, path: &str, body: &Value) -> Reply {
    call(app, method, path, &[("x-api-key", key)], body).await
}

/// `POST /api/v1/developers` from an address.
pub async fn sign_up(app: &TestApp, address: &str, body: &Value) -> Reply {
    let mut request = Caller::NOBODY
        .request("POST", "/api/v1/developers")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let address = std::net::SocketAddr::new(address.parse().unwrap(), 4711);
    request.extensions_mut().insert(Peer(address));
    Caller::NOBODY.send(app, request).await
}

/// An instance that lets developers in.
pub async fn open_instance(engine: crate::support::Engine) -> TestApp {
    TestApp::with(engine, |config| config.signup = Signup::Open).await
}

/// A site with its key, and its owner.
pub struct Keyed {
    pub owner: Person,
    pub site_id: i64,
    /// `bot_…`
    pub chatbot: String,
    pub key: String,
}

impl Keyed {
    pub async fn new(app: &TestApp, email: &'static str) -> Self {
        let owner = Person::owner(app, email).await;
        Self::of(app, owner, "Acme Support").await
    }

    /// One more site of somebody.
    pub async fn of(app: &TestApp, owner: Person, name: &str) -> Self {
        let bot = json!({"name": name, "domain": "acme.com"});
        let made = owner.call(app, "POST", "/bots", &bot).await.expect(201);
        let chatbot = made["public_id"].as_str().unwrap().replace("ch_", "bot_");
        let revealed = owner
            .get(app, &format!("/api/chatbots/{chatbot}/api-key"))
            .await
            .expect(200);
        Self {
            site_id: made["id"].as_i64().unwrap(),
            key: revealed["apiKey"].as_str().unwrap().to_owned(),
            owner,
            chatbot,
        }
    }

    pub async fn call(&self, app: &TestApp, method: &str, path: &str, body: &Value) -> Reply {
        keyed(app, &self.key, method, path, body).await
    }

    pub async fn get(&self, app: &TestApp, path: &str) -> Value {
        self.call(app, "GET", path, &Value::Null).await.expect(200)
    }
}

/// 32 lower-case hexadecimal characters.
pub fn is_key(value: &Value) -> bool {
    value.as_str().is_some_and(|key| {
        key.len() == 32
            && key
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}
