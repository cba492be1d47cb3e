//! One turn: a message posted, its stream read to the end.

use super::Plan;
use crate::connection::Connection;
use anyhow::{Context, Result, bail};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::json;
use std::time::{Duration, Instant};

/// What one turn showed.
#[derive(Debug, Clone)]
pub struct Turn {
    /// From the request to the first text.
    pub first_text: Duration,
    pub total: Duration,
    pub chunks: u32,
    /// The chunks joined are the text expected, and what `done` says.
    pub right_text: bool,
}

/// The fields of all forms: the widget's events, the visitor API's, and the model's own.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type", default)]
    kind: String,
    text: Option<String>,
    content: Option<String>,
    message: Option<String>,
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

enum Step {
    Text(String),
    /// The end, with the whole text where the server says it.
    End(Option<String>),
    Other,
}

fn step(line: &[u8]) -> Result<Step> {
    let Some(data) = line.strip_prefix(b"data: ") else {
        return Ok(Step::Other);
    };
    if data == b"[DONE]" {
        return Ok(Step::End(None));
    }
    let event: Event = serde_json::from_slice(data).context("event is not JSON")?;
    match event.kind.as_str() {
        "chunk" => Ok(Step::Text(event.text.or(event.content).unwrap_or_default())),
        "done" => Ok(Step::End(event.text)),
        "error" => bail!("error event: {}", event.message.unwrap_or_default()),
        _ => Ok(event
            .choices
            .into_iter()
            .next()
            .and_then(|choice| choice.delta.content)
            .map_or(Step::Other, Step::Text)),
    }
}

/// Everything read from the stream of one turn so far.
struct Reading {
    began: Instant,
    unread: Vec<u8>,
    text: String,
    whole: Option<String>,
    ended: bool,
    first_text: Option<Duration>,
    chunks: u32,
}

impl Reading {
    fn take(&mut self, bytes: &[u8]) -> Result<()> {
        let now = self.began.elapsed();
        self.unread.extend_from_slice(bytes);
        let mut from = 0;
        while let Some(length) = memchr::memchr(b'\n', &self.unread[from..]) {
            let line = &self.unread[from..from + length];
            from += length + 1;
            match step(line)? {
                Step::Text(text) if !text.is_empty() => {
                    self.first_text.get_or_insert(now);
                    self.chunks += 1;
                    self.text.push_str(&text);
                }
                Step::End(whole) => {
                    self.ended = true;
                    self.whole = whole;
                }
                Step::Text(_) | Step::Other => {}
            }
        }
        self.unread.drain(..from);
        Ok(())
    }

    fn finish(self, expected: Option<&str>) -> Result<Turn> {
        if !self.ended {
            bail!("the stream ended before its last event");
        }
        let first_text = self.first_text.context("no text came")?;
        let told = self.whole.as_deref().unwrap_or(&self.text);
        Ok(Turn {
            first_text,
            total: self.began.elapsed(),
            chunks: self.chunks,
            right_text: told == self.text && expected.is_none_or(|expected| expected == self.text),
        })
    }
}

/// # Errors
/// When the server refuses, breaks off, or says that something went wrong.
pub async fn take(plan: &Plan, connection: &mut Connection, session: &str) -> Result<Turn> {
    let (path, body) = match (&plan.site_key, &plan.bot_id) {
        (Some(site_key), _) => (
            plan.url.path.clone(),
            json!({ "site_key": site_key, "session_id": session, "message": plan.message }),
        ),
        (None, Some(bot_id)) => (
            format!("{}?bot_id={bot_id}&session_id={session}", plan.url.path),
            json!({ "message": plan.message }),
        ),
        (None, None) => (
            plan.url.path.clone(),
            json!({ "model": "mock", "stream": true, "messages": [{ "role": "user", "content": plan.message }] }),
        ),
    };
    let mut reading = Reading {
        began: Instant::now(),
        unread: Vec::with_capacity(8192),
        text: String::with_capacity(512),
        whole: None,
        ended: false,
        first_text: None,
        chunks: 0,
    };
    let mut body = connection.post(&path, &body).await?.into_body();
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame.context("stream")?.into_data() {
            reading.take(&bytes)?;
        }
    }
    reading.finish(plan.expected.as_deref())
}

#[cfg(test)]
mod tests {
    use super::{Reading, Turn};
    use std::time::Instant;

    fn read(parts: &[&str], expected: Option<&str>) -> anyhow::Result<Turn> {
        let mut reading = Reading {
            began: Instant::now(),
            unread: Vec::new(),
            text: String::new(),
            whole: None,
            ended: false,
            first_text: None,
            chunks: 0,
        };
        for part in parts {
            reading.take(part.as_bytes())?;
        }
        reading.finish(expected)
    }

    const DONE: &str = "id: 3\ndata: {\"type\":\"done\",\"text\":\"Hi you\"}\n\n";

    #[test]
    fn chunks_make_the_text_wherever_the_bytes_are_cut() {
        let parts = [
            "retry: 2000\n\nid: 1\nda",
            "ta: {\"type\":\"chunk\",\"text\":\"Hi\"}\n\ndata: {\"type\":\"chunk\",\"text\":\" you\"}\n\n",
            DONE,
        ];
        let turn = read(&parts, Some("Hi you")).unwrap();
        assert!(turn.right_text);
        assert_eq!(turn.chunks, 2);
    }

    #[test]
    fn the_visitor_apis_events_are_read_too() {
        let parts = [
            "data: {\"type\":\"chunk\",\"content\":\"Yes, \"}\n\ndata: {\"type\":\"chunk\",\"content\":\"we do.\"}\n\n",
            "data: {\"type\":\"done\",\"meta\":{\"conversation_id\":50}}\n\n",
        ];
        assert!(read(&parts, Some("Yes, we do.")).unwrap().right_text);
    }

    #[test]
    fn a_text_that_differs_from_done_or_from_what_was_expected_is_wrong() {
        let parts = ["data: {\"type\":\"chunk\",\"text\":\"Hi\"}\n\n", DONE];
        assert!(!read(&parts, None).unwrap().right_text);
        let model = [
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n",
            "data: [DONE]\n\n",
        ];
        assert!(!read(&model, Some("Hello")).unwrap().right_text);
        assert!(read(&model, Some("Hi")).unwrap().right_text);
    }

    #[test]
    fn a_stream_without_its_end_is_a_failure() {
        assert!(read(&["data: {\"type\":\"chunk\",\"text\":\"Hi\"}\n\n"], None).is_err());
        assert!(read(&["data: {\"type\":\"error\",\"message\":\"no\"}\n\n"], None).is_err());
    }
}
