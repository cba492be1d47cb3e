//! A scripted model with the interface of OpenAI.
//!
//!   POST /v1/chat/completions   `"stream": true` → one event a token, else one JSON answer
//!   GET  /v1/models
//!   GET  /_stats                counters, to prove that every turn really came here
//!   POST /_control              {"tokens": 40, "delay_ms": 20}
//!
//! The model's name may say otherwise for one request: `mock-t200` (200 tokens), `mock-d20` (20 ms between tokens).

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use clap::Parser;
use http_body::Frame;
use loadgen::words::{WORDS, answer};
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 0)]
    port: u16,
    #[arg(long, default_value_t = 40)]
    tokens: u64,
    /// Milliseconds between two tokens.
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
}

struct Model {
    tokens: AtomicU64,
    delay_ms: AtomicU64,
    requests: AtomicU64,
    finished: AtomicU64,
    prompt_bytes: AtomicU64,
    script: Script,
}

/// The events, made once.
struct Script {
    /// The role, and the first token.
    first: Bytes,
    /// One for each word.
    words: Vec<Bytes>,
    stop: Bytes,
}

impl Script {
    fn new() -> Self {
        let words: Vec<Bytes> = WORDS
            .iter()
            .map(|word| chunk(&json!({ "content": word }), None).into())
            .collect();
        let role = json!({ "role": "assistant", "content": "", "refusal": null });
        let mut first = chunk(&role, None).into_bytes();
        first.extend_from_slice(&words[0]);
        Self {
            first: first.into(),
            words,
            stop: chunk(&json!({}), Some("stop")).into(),
        }
    }
}

/// One stream event, with the keys in the order in which OpenAI sends them.
fn chunk(delta: &Value, finish: Option<&str>) -> String {
    let finish = finish.map_or("null".to_owned(), |reason| format!("\"{reason}\""));
    format!(
        "data: {{\"id\":\"chatcmpl-mock0000000000000000000\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\
         \"model\":\"mock\",\"system_fingerprint\":\"fp_mock\",\"choices\":[{{\"index\":0,\"delta\":{delta},\
         \"logprobs\":null,\"finish_reason\":{finish}}}]}}\n\n"
    )
}

fn usage(tokens: usize) -> Value {
    json!({ "prompt_tokens": 20, "completion_tokens": tokens, "total_tokens": 20 + tokens })
}

/// The tokens as a body: one frame each, at times set beforehand so that a late wake-up does not add up.
struct Tokens {
    model: Arc<Model>,
    sent: usize,
    count: usize,
    delay: Duration,
    next: Instant,
    sleep: Option<Pin<Box<Sleep>>>,
    usage: bool,
    done: bool,
}

impl Tokens {
    fn ending(&self) -> Bytes {
        let mut end = self.model.script.stop.to_vec();
        if self.usage {
            let event = json!({
                "id": "chatcmpl-mock0000000000000000000", "object": "chat.completion.chunk",
                "created": 1_700_000_000, "model": "mock", "choices": [], "usage": usage(self.count),
            });
            end.extend_from_slice(format!("data: {event}\n\n").as_bytes());
        }
        end.extend_from_slice(b"data: [DONE]\n\n");
        end.into()
    }

    fn wait_for_next(&mut self) {
        if self.delay.is_zero() || self.sent >= self.count {
            self.sleep = None;
            return;
        }
        self.next += self.delay;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(self.next),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(self.next))),
        }
    }
}

impl http_body::Body for Tokens {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.done {
            return Poll::Ready(None);
        }
        if let Some(sleep) = &mut self.sleep {
            ready!(sleep.as_mut().poll(context));
        }
        if self.sent == self.count {
            self.done = true;
            self.model.finished.fetch_add(1, Relaxed);
            return Poll::Ready(Some(Ok(Frame::data(self.ending()))));
        }
        let script = &self.model.script;
        let event = match self.sent {
            0 => script.first.clone(),
            index => script.words[index % script.words.len()].clone(),
        };
        self.sent += 1;
        self.wait_for_next();
        Poll::Ready(Some(Ok(Frame::data(event))))
    }
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    model: String,
    #[serde(default)]
    stream: bool,
    stream_options: Option<StreamOptions>,
}

/// The number after `-<letter>` in a model's name.
fn number_in_name(name: &str, letter: char) -> Option<u64> {
    name.split('-')
        .skip(1)
        .find_map(|part| part.strip_prefix(letter)?.parse().ok())
}

async fn complete(State(model): State<Arc<Model>>, body: Bytes) -> Response<Body> {
    model.requests.fetch_add(1, Relaxed);
    model.prompt_bytes.fetch_add(body.len() as u64, Relaxed);
    let Ok(asked) = serde_json::from_slice::<Completion>(&body) else {
        let error = json!({ "error": { "message": "not a chat completion request", "type": "invalid_request_error" } });
        return (StatusCode::BAD_REQUEST, axum::Json(error)).into_response();
    };
    let tokens = number_in_name(&asked.model, 't').unwrap_or_else(|| model.tokens.load(Relaxed));
    let count = usize::try_from(tokens).unwrap_or(usize::MAX);
    let delay = number_in_name(&asked.model, 'd').unwrap_or_else(|| model.delay_ms.load(Relaxed));
    let delay = Duration::from_millis(delay);
    if !asked.stream {
        model.finished.fetch_add(1, Relaxed);
        let message = json!({ "role": "assistant", "content": answer(count), "refusal": null });
        return axum::Json(json!({
            "id": "chatcmpl-mock", "object": "chat.completion", "created": 1_700_000_000, "model": "mock",
            "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": "stop" }],
            "usage": usage(count),
        }))
        .into_response();
    }
    let tokens = Tokens {
        model,
        sent: 0,
        count,
        delay,
        next: Instant::now(),
        sleep: None,
        usage: asked
            .stream_options
            .is_some_and(|options| options.include_usage),
        done: false,
    };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Body::new(tokens)).into_response()
}

async fn models() -> axum::Json<Value> {
    let model =
        json!({ "id": "mock", "object": "model", "created": 1_700_000_000, "owned_by": "mock" });
    axum::Json(json!({ "object": "list", "data": [model] }))
}

async fn stats(State(model): State<Arc<Model>>) -> axum::Json<Value> {
    axum::Json(json!({
        "requests": model.requests.load(Relaxed),
        "finished": model.finished.load(Relaxed),
        "prompt_bytes": model.prompt_bytes.load(Relaxed),
    }))
}

#[derive(Deserialize)]
struct Control {
    tokens: Option<u64>,
    delay_ms: Option<u64>,
}

async fn control(
    State(model): State<Arc<Model>>,
    axum::Json(control): axum::Json<Control>,
) -> StatusCode {
    if let Some(tokens) = control.tokens {
        model.tokens.store(tokens, Relaxed);
    }
    if let Some(delay) = control.delay_ms {
        model.delay_ms.store(delay, Relaxed);
    }
    StatusCode::NO_CONTENT
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let model = Arc::new(Model {
        tokens: arguments.tokens.into(),
        delay_ms: arguments.delay_ms.into(),
        requests: AtomicU64::default(),
        finished: AtomicU64::default(),
        prompt_bytes: AtomicU64::default(),
        script: Script::new(),
    });
    let routes = Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/models", get(models))
        .route("/_stats", get(stats))
        .route("/_control", post(control))
        .with_state(model);
    loadgen::listen::serve("mock-upstream", arguments.port, routes).await
}
