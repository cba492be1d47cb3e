//! The only requests of the panel, over the browser's own `fetch`.

use crate::host;
use crate::sse::{Parser, Record};
use crate::wire::{self, ToObject};
use gloo_timers::callback::Timeout;
use js_sys::{Date, Uint8Array};
use shared::widget::WidgetConfig;
use std::pin::Pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, ReadableStreamDefaultReader, RequestInit, Response};

/// A server that has nothing to say sends a comment every 15 s.
const SILENCE_LIMIT_MS: u32 = 40_000;
/// Until the response headers are there.
const REPLY_LIMIT_MS: u32 = 30_000;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// Nothing came back.
    Network,
    Refused {
        status: u16,
        code: String,
    },
}

impl ApiError {
    /// The code of the error table; `network` where there was no reply.
    pub fn code(&self) -> &str {
        match self {
            Self::Network => "network",
            Self::Refused { code, .. } => code,
        }
    }

    /// It may go through later by itself: nothing came back, or the server could not do it just now.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Network => true,
            Self::Refused { status, .. } => *status >= 500,
        }
    }

    /// The session is not known (any more), as opposed to the request being at fault.
    pub fn is_lost_session(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_session" || code == "not_found")
    }
}

/// A future of any kind. Boxed, so that callers do not each carry a copy of the request's states.
type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

/// Runs a task of its own.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

fn spawn_boxed(task: Boxed<()>) {
    wasm_bindgen_futures::spawn_local(task);
}

/// The site's config, which `boot.js` has asked for already.
pub async fn config() -> Option<WidgetConfig> {
    wire::config(&JsFuture::from(host::config_promise()).await.ok()?)
}

/// The first texts, which `boot.js` has asked for too.
pub async fn words() -> JsValue {
    let words = JsFuture::from(host::words_promise()).await;
    words.unwrap_or(JsValue::NULL)
}

pub fn history(session: &str, before: Option<i64>) -> Boxed<Result<JsValue, ApiError>> {
    let before = before
        .map(|seq| format!("&before={seq}"))
        .unwrap_or_default();
    Request::new(
        "GET",
        &format!("history{}{before}", bot_query()),
        Some(session),
        None,
    )
    .json()
}

/// Any of the small requests that answer with JSON.
pub fn post(
    path: &str,
    session: Option<&str>,
    body: &dyn ToObject,
) -> Boxed<Result<JsValue, ApiError>> {
    let request = Request::new(
        "POST",
        &format!("{path}{}", bot_query()),
        session,
        wire::to_json(&body.to_object()),
    );
    request.outlive_page();
    request.json()
}

/// A message of the visitor; the stream is its answer. The server has stored the message when this returns.
pub fn chat(
    session: &str,
    locale: &str,
    body: &dyn ToObject,
) -> Boxed<Result<EventStream, ApiError>> {
    let path = format!("chat{}&locale={}", bot_query(), encode(locale));
    Request::new(
        "POST",
        &path,
        Some(session),
        wire::to_json(&body.to_object()),
    )
    .stream()
}

/// The live channel, from the event after a cursor.
pub fn events(session: &str, after: &str) -> Boxed<Result<EventStream, ApiError>> {
    let path = format!("events{}&after={}", bot_query(), encode(after));
    Request::new("GET", &path, Some(session), None).stream()
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn bot_query() -> String {
    format!("?bot_id={}", encode(&host::bot_id()))
}

struct Request {
    url: String,
    init: RequestInit,
    abort: Option<AbortController>,
}

impl Request {
    fn new(method: &str, path: &str, session: Option<&str>, body: Option<String>) -> Self {
        let init = RequestInit::new();
        init.set_method(method);
        if let Ok(headers) = Headers::new() {
            if let Some(session) = session {
                let _ = headers.set("authorization", &format!("Bearer {session}"));
            }
            if let Some(body) = body {
                let _ = headers.set("content-type", "application/json");
                init.set_body(&JsValue::from_str(&body));
            }
            init.set_headers(&headers);
        }
        let abort = AbortController::new().ok();
        init.set_signal(abort.as_ref().map(AbortController::signal).as_ref());
        Self {
            url: format!("/widget/{path}"),
            init,
            abort,
        }
    }

    /// What a visitor did last on a page counts, even if the page is gone before the reply comes.
    fn outlive_page(&self) {
        let _ = js_sys::Reflect::set(&self.init, &"keepalive".into(), &JsValue::TRUE);
    }

    fn abort_after(&self, milliseconds: u32) -> Option<Timeout> {
        let abort = self.abort.clone()?;
        Some(Timeout::new(milliseconds, move || abort.abort()))
    }

    async fn send(&self) -> Result<Response, ApiError> {
        let _limit = self.abort_after(REPLY_LIMIT_MS);
        let window = web_sys::window().ok_or(ApiError::Network)?;
        let reply = JsFuture::from(window.fetch_with_str_and_init(&self.url, &self.init)).await;
        let response: Response = reply
            .ok()
            .and_then(|reply| reply.dyn_into().ok())
            .ok_or(ApiError::Network)?;
        note_server_time(&response);
        if response.ok() {
            return Ok(response);
        }
        let code = json(&response)
            .await
            .and_then(|body| wire::text(&body, "code"));
        Err(ApiError::Refused {
            status: response.status(),
            code: code.unwrap_or_default(),
        })
    }

    fn json(self) -> Boxed<Result<JsValue, ApiError>> {
        Box::pin(async move { json(&self.send().await?).await.ok_or(ApiError::Network) })
    }

    fn stream(self) -> Boxed<Result<EventStream, ApiError>> {
        Box::pin(async move {
            let body = self.send().await?.body().ok_or(ApiError::Network)?;
            let reader = body
                .get_reader()
                .dyn_into()
                .map_err(|_| ApiError::Network)?;
            Ok(EventStream {
                request: self,
                reader,
                parser: Parser::default(),
            })
        })
    }
}

async fn json(response: &Response) -> Option<JsValue> {
    JsFuture::from(response.json().ok()?).await.ok()
}

/// A stream of server-sent events. Dropping it hangs up.
pub struct EventStream {
    request: Request,
    reader: ReadableStreamDefaultReader,
    parser: Parser,
}

impl EventStream {
    /// The next events, as many as came together. None: the stream is over, cut, or has been silent for too long.
    pub async fn next(&mut self) -> Option<Vec<Record>> {
        let _limit = self.request.abort_after(SILENCE_LIMIT_MS);
        let piece = JsFuture::from(self.reader.read()).await.ok()?;
        let bytes: Uint8Array = wire::field(&piece, "value").dyn_into().ok()?;
        Some(self.parser.push(&bytes.to_vec()))
    }

    /// How long to wait before a new connection, if the server has said so.
    pub fn retry(&self) -> Option<u32> {
        self.parser.retry
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        if let Some(abort) = &self.request.abort {
            abort.abort();
        }
    }
}

thread_local! {
    /// Server time minus the visitor's, in milliseconds.
    static CLOCK_OFFSET: std::cell::Cell<f64> = const { std::cell::Cell::new(0.0) };
}

/// A visitor's clock may be wrong by hours; how long someone types is said in the server's time.
fn note_server_time(response: &Response) {
    if let Ok(Some(date)) = response.headers().get("date") {
        let offset = Date::parse(&date) - Date::now();
        if offset.is_finite() {
            CLOCK_OFFSET.set(offset);
        }
    }
}

/// Milliseconds from now until a moment in the server's time.
pub fn milliseconds_until(moment: &str) -> f64 {
    Date::parse(moment) - Date::now() - CLOCK_OFFSET.get()
}
