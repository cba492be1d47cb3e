//! A webhook's receiver on a real socket: it keeps what it gets and answers as its script says.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Longer than anything here takes; a wait that reaches it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// How one request is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    Status(u16),
    Redirect(String),
    /// A body with a header.
    Says(u16, String),
    /// Never.
    Hang,
}

#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// `data.message`
    pub fn message(&self) -> String {
        self.json()["data"]["message"].as_str().unwrap().to_owned()
    }
}

#[derive(Default)]
struct Desk {
    script: Mutex<VecDeque<Answer>>,
    /// Given when the script is at its end.
    otherwise: Mutex<Option<Answer>>,
    received: Mutex<Vec<Received>>,
    more: Notify,
}

pub struct Receiver {
    pub address: SocketAddr,
    desk: Arc<Desk>,
}

impl Receiver {
    /// Answers with these, one after the other, and then with 200.
    pub async fn start(script: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Desk {
            script: Mutex::new(script.into()),
            ..Desk::default()
        });
        let router = Router::new().fallback(receive).with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, desk }
    }

    /// One that answers every request alike.
    pub async fn always(answer: Answer) -> Self {
        let receiver = Self::start(Vec::new()).await;
        receiver.then_always(answer);
        receiver
    }

    pub fn then_always(&self, answer: Answer) {
        *self.desk.otherwise.lock().unwrap() = Some(answer);
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub fn received(&self) -> Vec<Received> {
        self.desk.received.lock().unwrap().clone()
    }

    pub fn messages(&self) -> Vec<String> {
        self.received().iter().map(Received::message).collect()
    }

    /// Waits until so many requests have come.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let waiting = async {
            loop {
                let more = self.desk.more.notified();
                let received = self.received();
                if received.len() >= count {
                    return received;
                }
                more.await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("the requests came in time")
    }
}

async fn receive(
    State(desk): State<Arc<Desk>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let scripted = desk.script.lock().unwrap().pop_front();
    let answer = scripted
        .or_else(|| desk.otherwise.lock().unwrap().clone())
        .unwrap_or(Answer::Status(200));
    desk.received.lock().unwrap().push(Received {
        path: uri.path().to_owned(),
        headers,
        body,
    });
    desk.more.notify_waiters();
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Redirect(to) => (StatusCode::FOUND, [("location", to)]).into_response(),
        Answer::Says(status, text) => (
            StatusCode::from_u16(status).unwrap(),
            [("x-receiver", "here")],
            text,
        )
            .into_response(),
        Answer::Hang => std::future::pending().await,
    }
}
