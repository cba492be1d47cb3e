//! People who call the real router, signed in or not.

use crate::support::{NOW, TestApp};
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use parlance::core::account;
use parlance::core::actor::Operator;
use parlance::http::client::Peer;
use parlance::store;
use parlance::store::user::NewUser;
use serde_json::Value;
use shared::account::{LoginRequest, UserRole};
use tower::ServiceExt;

pub const PASSWORD: &str = "correct horse battery";

/// What came back, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null where there was no body.
    pub body: Value,
}

impl Reply {
    /// The body of a reply with this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}

/// Somebody at the door: with a token, or nobody.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    pub token: Option<String>,
}

impl Caller {
    pub const NOBODY: Self = Self { token: None };

    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let peer: std::net::SocketAddr = "192.0.2.1:4711".parse().unwrap();
        let mut builder = Request::builder()
            .method(method)
            .uri(path)
            .extension(Peer(peer));
        if let Some(token) = &self.token {
            builder = builder.header("authorization", format!("Bearer {token}"));
        }
        builder
    }

    pub async fn send(&self, app: &TestApp, request: Request<Body>) -> Reply {
        let response = parlance::router(app.app.clone())
            .oneshot(request)
            .await
            .unwrap();
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

    pub async fn get(&self, app: &TestApp, path: &str) -> Reply {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
        self.send(app, request).await
    }

    /// A request with a JSON body; null means none.
    pub async fn call(&self, app: &TestApp, method: &str, path: &str, body: &Value) -> Reply {
        let text = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.raw(app, method, path, "application/json", text).await
    }

    pub async fn raw(
        &self,
        app: &TestApp,
        method: &str,
        path: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Reply {
        let request = self
            .request(method, path)
            .header("content-type", content_type)
            .body(body.into())
            .unwrap();
        self.send(app, request).await
    }
}

/// Somebody who has signed in.
pub struct Person {
    pub operator: Operator,
    pub caller: Caller,
}

impl std::ops::Deref for Person {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl Person {
    /// The owner of a new account.
    pub async fn owner(app: &TestApp, email: &'static str) -> Self {
        Self::new(app, None, email, UserRole::Owner).await
    }

    /// Somebody of an account; of a new one with none.
    pub async fn new(
        app: &TestApp,
        account: Option<i64>,
        email: &'static str,
        role: UserRole,
    ) -> Self {
        let password_hash = app
            .passwords
            .hash(&app.ids, PASSWORD.to_owned())
            .await
            .unwrap();
        app.db
            .write(move |transaction| {
                Box::pin(async move {
                    let account_id = match account {
                        Some(account_id) => account_id,
                        None => store::account::insert(transaction, email, "pro", NOW).await?,
                    };
                    let user = NewUser {
                        account_id,
                        email,
                        password_hash: &password_hash,
                        name: email.split('@').next().unwrap(),
                        role,
                        verified_at: Some(NOW),
                    };
                    store::user::insert(transaction, &user, NOW).await
                })
            })
            .await
            .unwrap();
        let request = LoginRequest {
            email: email.into(),
            password: PASSWORD.into(),
        };
        let opened = account::log_in(app, "test", request).await.unwrap();
        let operator = account::authenticate(app, &opened.token).await.unwrap();
        Self {
            operator,
            caller: Caller {
                token: Some(opened.token),
            },
        }
    }
}
