//! Server-sent events: the one constructor of every stream.

use crate::app::App;
use crate::error::{Error, Place, Result};
use crate::rates::Slot;
use async_stream::stream;
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use std::convert::Infallible;
use std::fmt::Write;
use std::time::Duration;

/// A comment goes out after so long a silence: proxies close what is idle for long.
const KEEP_ALIVE: Duration = Duration::from_secs(14);
/// How soon a client comes again after a break, in milliseconds.
const RETRY: u32 = 2_000;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What a client sends back as `Last-Event-ID`.
    pub id: String,
    pub data: String,
}

impl Frame {
    /// An event with a JSON document as its data.
    ///
    /// # Errors
    /// `internal_error` where the value has no JSON form.
    pub fn json(id: impl ToString, data: &impl Serialize) -> Result<Self> {
        let data = serde_json::to_string(data).map_err(Error::internal)?;
        Ok(Self {
            id: id.to_string(),
            data,
        })
    }

    fn bytes(&self) -> Bytes {
        let mut text = String::with_capacity(self.data.len() + self.id.len() + 16);
        let _ = writeln!(text, "id: {}", self.id);
        // JSON has no line breaks of its own; other data gets one `data:` line for each of its lines.
        for line in self.data.lines() {
            let _ = writeln!(text, "data: {line}");
        }
        text.push('\n');
        text.into()
    }
}

/// What a stream needs beside its events.
pub struct Opening {
    pub slot: Slot,
    /// Where the stream begins, sent first so that a break before the first event resumes rightly.
    pub id: Option<String>,
    /// How long the stream goes on once the server drains: nothing for a channel that resumes elsewhere, a while
    /// for an answer that is nearly there.
    pub linger: Duration,
}

/// The cursor a reader goes on from: the header `Last-Event-ID` wins over the query's `after`.
///
/// # Errors
/// `validation_failed` for a cursor that we never gave.
pub fn resume_after(headers: &HeaderMap, after: Option<i64>) -> Result<Option<i64>> {
    if after.is_some_and(|cursor| cursor < 0) {
        return Err(Error::invalid("after", "after must not be negative").within(Place::Query));
    }
    let Some(value) = headers
        .get("last-event-id")
        .filter(|value| !value.is_empty())
    else {
        return Ok(after);
    };
    let cursor = value.to_str().ok().and_then(|text| text.parse().ok());
    cursor
        .filter(|cursor| *cursor >= 0)
        .map(Some)
        .ok_or_else(|| {
            let detail = "Last-Event-ID is not one of this channel's";
            Error::invalid("Last-Event-ID", detail).within(Place::Header)
        })
}

/// Answers with a stream of events. It ends with `events`, when the client goes away, or when the server drains.
pub fn respond(
    app: &App,
    opening: Opening,
    events: impl Stream<Item = Frame> + Send + 'static,
) -> Response {
    let mut response = Body::from_stream(body(app.clone(), opening, events)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-transform"),
    );
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn body(
    app: App,
    opening: Opening,
    events: impl Stream<Item = Frame> + Send,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    stream! {
        let Opening { slot, id, linger } = opening;
        let _held = slot;
        yield Ok(beginning(id.as_deref()));
        tokio::pin!(events);
        let drained = async {
            app.shutdown.cancelled().await;
            tokio::time::sleep(linger).await;
        };
        tokio::pin!(drained);
        loop {
            let next = tokio::select! {
                biased;
                next = tokio::time::timeout(KEEP_ALIVE, events.next()) => next,
                () = &mut drained => Ok(None),
            };
            match next {
                Ok(Some(frame)) => yield Ok(frame.bytes()),
                Ok(None) => break,
                Err(_) => yield Ok(Bytes::from_static(b":\n\n")),
            }
        }
        if app.shutdown.is_cancelled() {
            // Spread, so that a restart is not met by everybody at the same moment.
            let [spread] = app.ids.bytes::<1>();
            yield Ok(format!("retry: {}\n\n", RETRY / 2 + 16 * u32::from(spread)).into());
        }
    }
}

fn beginning(id: Option<&str>) -> Bytes {
    match id {
        Some(id) => format!("retry: {RETRY}\nid: {id}\n\n").into(),
        None => format!("retry: {RETRY}\n\n").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn a_frame_is_an_id_and_its_data_lines() {
        let frame = Frame {
            id: "7".into(),
            data: "{\"a\":1}".into(),
        };
        assert_eq!(frame.bytes(), "id: 7\ndata: {\"a\":1}\n\n");
        let lines = Frame {
            id: "8".into(),
            data: "a\nb".into(),
        };
        assert_eq!(lines.bytes(), "id: 8\ndata: a\ndata: b\n\n");
    }
}
