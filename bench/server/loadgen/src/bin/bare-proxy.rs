//! The practical limit (`bare-plain` in the tables): relays a model's tokens in the widget's form as one would write it first, with
//! axum, reqwest and serde, and does nothing else. No database, no history, no check of any kind.
//!
//!   POST /widget/session/init                   → {"session_id": "…"}
//!   POST /widget/chat?session_id= {"message"}   → chunk … done
//!   GET  /widget/events                         an idle stream, a comment every 15 s

use anyhow::Result;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::{Buf, Bytes, BytesMut};
use clap::Parser;
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

const PROMPT: &str = "You are the friendly assistant of an online shop. Answer briefly.";

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The model's address, without a path.
    #[arg(long)]
    upstream: String,
    #[arg(long, default_value = "mock")]
    model: String,
}

struct Relay {
    upstream: String,
    model: String,
    client: reqwest::Client,
    sessions: AtomicU64,
}

#[derive(Deserialize)]
struct ChatQuery {
    #[serde(default)]
    session_id: String,
}

#[derive(Deserialize)]
struct ChatBody {
    message: String,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
}

#[derive(Deserialize)]
struct Chunk {
    choices: Vec<Choice>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum WidgetEvent<'a> {
    Chunk {
        text: &'a str,
    },
    Done {
        text: &'a str,
        session_id: &'a str,
        chat_ended: bool,
    },
    Error {
        message: &'a str,
    },
}

impl WidgetEvent<'_> {
    fn event(&self) -> Event {
        Event::default().json_data(self).unwrap_or_default()
    }
}

/// The model's bytes in, the widget's events out.
struct Events<S> {
    upstream: Pin<Box<S>>,
    unread: BytesMut,
    text: String,
    session: String,
    done: bool,
}

impl<S> Events<S> {
    /// The next event that the bytes at hand hold.
    fn next_at_hand(&mut self) -> Option<Event> {
        while let Some(end) = memchr::memchr(b'\n', &self.unread) {
            let line = self.unread.split_to(end);
            self.unread.advance(1);
            let Some(data) = line.strip_prefix(b"data: ") else {
                continue;
            };
            if data == b"[DONE]" {
                self.done = true;
                let done = WidgetEvent::Done {
                    text: &self.text,
                    session_id: &self.session,
                    chat_ended: false,
                };
                return Some(done.event());
            }
            let Ok(chunk) = serde_json::from_slice::<Chunk>(data) else {
                continue;
            };
            let content = chunk
                .choices
                .into_iter()
                .next()
                .and_then(|choice| choice.delta.content);
            if let Some(text) = content.filter(|text| !text.is_empty()) {
                self.text.push_str(&text);
                return Some(WidgetEvent::Chunk { text: &text }.event());
            }
        }
        None
    }
}

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Events<S> {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.done {
                return Poll::Ready(None);
            }
            if let Some(event) = self.next_at_hand() {
                return Poll::Ready(Some(Ok(event)));
            }
            let Some(Ok(bytes)) = ready!(self.upstream.as_mut().poll_next(context)) else {
                self.done = true;
                let error = WidgetEvent::Error {
                    message: "the model's stream broke",
                };
                return Poll::Ready(Some(Ok(error.event())));
            };
            self.unread.extend_from_slice(&bytes);
        }
    }
}

async fn chat(
    State(relay): State<Arc<Relay>>,
    Query(query): Query<ChatQuery>,
    Json(body): Json<ChatBody>,
) -> Response {
    let asked = json!({ "model": relay.model, "stream": true, "messages": [
        { "role": "system", "content": PROMPT },
        { "role": "user", "content": body.message },
    ] });
    let answer = relay.client.post(&relay.upstream).json(&asked).send().await;
    match answer.and_then(reqwest::Response::error_for_status) {
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        Ok(answer) => Sse::new(Events {
            upstream: Box::pin(answer.bytes_stream()),
            unread: BytesMut::with_capacity(8192),
            text: String::with_capacity(512),
            session: query.session_id,
            done: false,
        })
        .into_response(),
    }
}

async fn begin_session(State(relay): State<Arc<Relay>>) -> Json<Value> {
    let number = relay.sessions.fetch_add(1, Relaxed);
    Json(json!({ "session_id": format!("s{number:016x}") }))
}

async fn events() -> impl IntoResponse {
    Sse::new(futures_util::stream::pending::<Result<Event, Infallible>>())
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let relay = Arc::new(Relay {
        upstream: format!("{}/v1/chat/completions", arguments.upstream),
        model: arguments.model,
        client: reqwest::Client::builder()
            .tcp_nodelay(true)
            .no_proxy()
            .build()?,
        sessions: AtomicU64::new(1),
    });
    let routes = Router::new()
        .route("/widget/chat", post(chat))
        .route("/widget/session/init", post(begin_session))
        .route("/widget/events", get(events))
        .with_state(relay);
    loadgen::listen::serve("bare-plain", arguments.port, routes).await
}
