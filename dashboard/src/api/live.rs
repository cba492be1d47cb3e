//! The operators' live channel over `fetch`, because an `EventSource` cannot send the token in a header.

use super::client::Api;
use super::error::ApiError;
use super::event_stream::{EventStreamParser, ServerSentEvent};
use super::operator_event::read_operator_event;
use gloo_timers::callback::Timeout;
use js_sys::{Reflect, Uint8Array};
use shared::event::OperatorEvent;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, RequestInit, Response,
    TextDecodeOptions, TextDecoder,
};

/// The server sends something at least every 15 s: twice that without a byte means the line is dead.
const SILENCE_MILLISECONDS: u32 = 35_000;

/// An event with the cursor it moves the reader to.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveEvent {
    pub cursor: Option<i64>,
    /// None where only the cursor was told, or where this version does not know the kind.
    pub event: Option<OperatorEvent>,
}

/// What a connection tells while it lasts.
pub enum LiveNews {
    /// The server answered.
    Connected,
    Events(Vec<LiveEvent>),
}

impl Api {
    /// Reads the channel until it ends. `after` is the last cursor that was applied.
    pub async fn listen(
        self,
        after: Option<i64>,
        abort: &AbortController,
        mut tell: impl FnMut(LiveNews),
    ) -> Result<(), ApiError> {
        let token = self.session.token_now().unwrap_or_default();
        let watchdog = Watchdog::new(abort.clone());
        let response = open(after, &token, abort).await?;
        if !response.ok() {
            let text = text_of(&response).await;
            return self.judge(response.status(), &text, Some(&token)).map(drop);
        }
        tell(LiveNews::Connected);
        let stream = response
            .body()
            .ok_or_else(|| ApiError::unreadable(response.status()))?;
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        read_all(&reader, watchdog, &mut tell).await
    }
}

async fn open(
    after: Option<i64>,
    token: &str,
    abort: &AbortController,
) -> Result<Response, ApiError> {
    let headers = Headers::new().map_err(cut)?;
    headers
        .set("Authorization", &format!("Bearer {token}"))
        .map_err(cut)?;
    headers.set("Accept", "text/event-stream").map_err(cut)?;
    if let Some(cursor) = after {
        headers
            .set("Last-Event-ID", &cursor.to_string())
            .map_err(cut)?;
    }
    let init = RequestInit::new();
    init.set_method("GET");
    init.set_headers(&headers);
    init.set_signal(Some(&abort.signal()));
    let window = web_sys::window().ok_or_else(ApiError::unreachable)?;
    let response = JsFuture::from(window.fetch_with_str_and_init("/api/events", &init))
        .await
        .map_err(cut)?;
    Ok(response.unchecked_into())
}

async fn text_of(response: &Response) -> String {
    let Ok(promise) = response.text() else {
        return String::new();
    };
    JsFuture::from(promise)
        .await
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

async fn read_all(
    reader: &ReadableStreamDefaultReader,
    mut watchdog: Watchdog,
    tell: &mut impl FnMut(LiveNews),
) -> Result<(), ApiError> {
    let decoder = TextDecoder::new().map_err(cut)?;
    let options = TextDecodeOptions::new();
    options.set_stream(true);
    let mut parser = EventStreamParser::default();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(cut)?;
        if Reflect::get(&piece, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            return Ok(());
        }
        watchdog.feed();
        let bytes: Uint8Array = Reflect::get(&piece, &"value".into())
            .map_err(cut)?
            .unchecked_into();
        let text = decoder
            .decode_with_buffer_source_and_options(&bytes, &options)
            .map_err(cut)?;
        let events: Vec<LiveEvent> = parser.push(&text).into_iter().map(read_event).collect();
        if !events.is_empty() {
            tell(LiveNews::Events(events));
        }
    }
}

fn read_event(raw: ServerSentEvent) -> LiveEvent {
    let cursor = raw.id.and_then(|id| id.parse().ok());
    let value = js_sys::JSON::parse(&raw.data).unwrap_or(JsValue::NULL);
    let event = if value.is_object() {
        read_operator_event(&value)
    } else {
        None
    };
    LiveEvent { cursor, event }
}

fn cut(_: JsValue) -> ApiError {
    ApiError::unreachable()
}

/// Aborts a connection on which nothing arrives any more.
struct Watchdog {
    abort: AbortController,
    timeout: Option<Timeout>,
}

impl Watchdog {
    fn new(abort: AbortController) -> Self {
        let mut watchdog = Self {
            abort,
            timeout: None,
        };
        watchdog.feed();
        watchdog
    }

    fn feed(&mut self) {
        let abort = self.abort.clone();
        // Replacing the handle cancels the timeout before it.
        self.timeout = Some(Timeout::new(SILENCE_MILLISECONDS, move || abort.abort()));
    }
}
