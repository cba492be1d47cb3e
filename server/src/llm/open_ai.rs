//! Chat completions as OpenAI defined them and most servers speak them, streamed.
//!
//! Written on reqwest and eventsource-stream. The crate async-openai (0.43) was looked at first: its stream ends
//! alike after `[DONE]` and after a connection that broke, so a cut answer could not be told from a whole one,
//! it queues what it reads without bound, and it needs another version of reqwest than the judging client.

use super::{Fault, Prompt, PromptMessage, Provider, Token, Tokens};
use crate::config::ModelConfig;
use crate::error::{Error, Result};
use crate::net::{self, Net};
use bytes::Bytes;
use eventsource_stream::{EventStreamError, Eventsource};
use futures_util::future::BoxFuture;
use futures_util::{Stream, StreamExt, stream};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;
use url::Url;

/// More than any answer of allowed length takes, however it is wrapped.
const STREAM_BYTES: usize = 8 << 20;

/// What is read behind an answer to keep its connection.
const DRAINED_EVENTS: usize = 8;
const DRAIN: Duration = Duration::from_secs(1);

/// A model behind an OpenAI-compatible address.
#[derive(Clone)]
pub struct OpenAi {
    net: Net,
    url: Url,
    headers: HeaderMap,
    model: String,
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OpenAi({})", self.model)
    }
}

impl OpenAi {
    /// # Errors
    /// `forbidden_address`, or `validation_failed` for a key no header can hold.
    pub fn new(config: &ModelConfig, net: &Net) -> Result<Self> {
        let address = format!("{}/chat/completions", config.base_url.trim_end_matches('/'));
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = &config.api_key {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
                Error::invalid("llm_api_key", "the key holds characters no key has")
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Self {
            url: net.check_model(&address)?,
            net: net.clone(),
            headers,
            model: config.model.clone(),
        })
    }
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: &'a [PromptMessage],
    stream: bool,
}

impl Provider for OpenAi {
    fn name(&self) -> &str {
        &self.model
    }

    fn ask(&self, prompt: Prompt) -> BoxFuture<'static, Result<Tokens, Fault>> {
        let provider = self.clone();
        Box::pin(async move {
            let request = Request {
                model: &provider.model,
                messages: &prompt,
                stream: true,
            };
            let body = serde_json::to_vec(&request).map_err(|_| Fault::Garbage)?;
            let response = provider
                .net
                .request(Method::POST, provider.url)
                .map_err(|_| Fault::Forbidden)?
                .headers(provider.headers)
                .body(body)
                .send()
                .await
                .map_err(|error| fault_of(&error))?;
            if !response.status().is_success() {
                return Err(Fault::Status {
                    status: response.status().as_u16(),
                    retry_after: retry_after(&response),
                });
            }
            Ok(tokens(response.bytes_stream()))
        })
    }
}

fn fault_of(error: &reqwest::Error) -> Fault {
    if net::is_forbidden(error) {
        Fault::Forbidden
    } else {
        Fault::Unreachable
    }
}

/// In seconds; the other form, a date, is longer than anybody waits.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    choices: Vec<Choice<'a>>,
    #[serde(default)]
    error: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    #[serde(borrow, default)]
    finish_reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    content: Option<Cow<'a, str>>,
    /// How several servers stream what a model thinks before it answers.
    #[serde(borrow, default)]
    reasoning_content: Option<Cow<'a, str>>,
}

/// What one event of the stream says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Token(Token),
    Nothing,
    /// The answer is whole; some servers put the last words into the same event.
    End(Option<String>),
}

/// The tokens in a stream of bytes, which may be cut anywhere, also within a character.
fn tokens<E: Send + 'static>(
    bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Tokens {
    let mut read = 0;
    let bounded = bytes.map(move |chunk| {
        let chunk = chunk.map_err(|_| Fault::Cut)?;
        read += chunk.len();
        if read > STREAM_BYTES {
            return Err(Fault::TooLong);
        }
        Ok(chunk)
    });
    let said = bounded.eventsource().map(|event| match event {
        Ok(event) => read_event(&event.data),
        Err(EventStreamError::Transport(fault)) => Err(fault),
        Err(_) => Err(Fault::Garbage),
    });
    // Ends with the model's own end, without waiting for the connection to close.
    stream::unfold(Some(said.boxed()), |said| async move {
        let mut said = said?;
        loop {
            return match said.next().await {
                Some(Ok(Said::Token(token))) => Some((Ok(token), Some(said))),
                Some(Ok(Said::Nothing)) => continue,
                Some(Ok(Said::End(last))) => {
                    drain(said);
                    last.map(|text| (Ok(Token::Text(text)), None))
                }
                Some(Err(fault)) => Some((Err(fault), None)),
                None => Some((Err(Fault::Cut), None)),
            };
        }
    })
    .boxed()
}

/// Reads what comes after the answer's end (usage, `[DONE]`), because a connection whose reply was not read to its
/// end is closed, and the next answer would wait for a new one. Nobody waits for this.
fn drain(rest: impl Stream + Send + 'static) {
    tokio::spawn(async move {
        let rest = rest
            .take(DRAINED_EVENTS)
            .for_each(|_| std::future::ready(()));
        // A server that keeps the connection open for longer loses it.
        let _ = tokio::time::timeout(DRAIN, rest).await;
    });
}

fn read_event(data: &str) -> Result<Said, Fault> {
    if data.trim() == "[DONE]" {
        return Ok(Said::End(None));
    }
    let chunk: Chunk<'_> = serde_json::from_str(data).map_err(|_| Fault::Garbage)?;
    if chunk.error.is_some() {
        return Err(Fault::Reported);
    }
    // Usage and the like come without a choice.
    let Some(choice) = chunk.choices.into_iter().next() else {
        return Ok(Said::Nothing);
    };
    let (content, reasoning) = match choice.delta {
        Some(delta) => (filled(delta.content), filled(delta.reasoning_content)),
        None => (None, None),
    };
    let content = content.map(Cow::into_owned);
    if filled(choice.finish_reason).is_some() {
        return Ok(Said::End(content));
    }
    Ok(match (content, reasoning) {
        (Some(text), _) => Said::Token(Token::Text(text)),
        (None, Some(_)) => Said::Token(Token::Thinking),
        (None, None) => Said::Nothing,
    })
}

fn filled(text: Option<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Said, read_event, tokens};
    use crate::llm::{Fault, Token};
    use bytes::Bytes;
    use futures_util::{StreamExt, stream};
    use proptest::prelude::*;
    use std::convert::Infallible;

    fn event(text: &str) -> String {
        let json = serde_json::json!({ "choices": [{ "index": 0, "delta": { "content": text } }] });
        format!("data: {json}\n\n")
    }

    async fn read(pieces: Vec<Vec<u8>>) -> (String, Option<Fault>) {
        let bytes = stream::iter(
            pieces
                .into_iter()
                .map(|piece| Ok::<_, Infallible>(Bytes::from(piece))),
        );
        let (mut text, mut fault) = (String::new(), None);
        let mut tokens = tokens(bytes);
        while let Some(token) = tokens.next().await {
            match token {
                Ok(Token::Text(token)) => text.push_str(&token),
                Ok(Token::Thinking) => {}
                Err(broken) => fault = Some(broken),
            }
        }
        (text, fault)
    }

    #[test]
    fn events_say_what_they_say() {
        assert_eq!(read_event("[DONE]"), Ok(Said::End(None)));
        assert_eq!(
            read_event(r#"{"choices":[],"usage":{}}"#),
            Ok(Said::Nothing)
        );
        assert_eq!(
            read_event(
                r#"{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#
            ),
            Ok(Said::Nothing)
        );
        assert_eq!(
            read_event(r#"{"choices":[{"delta":{"content":"\u00fc"},"finish_reason":"stop"}]}"#),
            Ok(Said::End(Some("ü".into())))
        );
        assert_eq!(
            read_event(r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#),
            Ok(Said::Token(Token::Thinking))
        );
        assert_eq!(
            read_event(r#"{"error":{"message":"no"}}"#),
            Err(Fault::Reported)
        );
        assert_eq!(read_event("<html>"), Err(Fault::Garbage));
    }

    #[tokio::test]
    async fn what_comes_after_the_end_is_not_read() {
        let stream = format!("{}data: [DONE]\n\n{}", event("a"), event("b"));
        assert_eq!(read(vec![stream.into_bytes()]).await, ("a".into(), None));
    }

    #[tokio::test]
    async fn an_end_without_the_end_is_a_fault() {
        assert_eq!(
            read(vec![event("a").into_bytes()]).await,
            ("a".into(), Some(Fault::Cut))
        );
        assert_eq!(read(vec![]).await, (String::new(), Some(Fault::Cut)));
        assert_eq!(
            read(vec![b"<html><body>no</body></html>".to_vec()]).await.1,
            Some(Fault::Cut)
        );
        assert_eq!(
            read(vec![b"data: \xff\xfe\n\n".to_vec()]).await.1,
            Some(Fault::Garbage)
        );
    }

    #[tokio::test]
    async fn a_line_without_end_is_not_gathered_for_ever() {
        let pieces = vec![vec![b'x'; 1 << 20]; 20];
        assert_eq!(read(pieces).await.1, Some(Fault::TooLong));
    }

    proptest! {
        /// However the bytes are cut, the text is the same, emoji and all.
        #[test]
        fn any_cut_gives_the_same_text(cuts in proptest::collection::vec(0_usize..400, 0..12)) {
            let text = "Grüße 👩‍👩‍👧 営業時間 🇩🇪 ok";
            let mut bytes: Vec<u8> = text.chars().map(|character| event(&character.to_string())).collect::<String>().into_bytes();
            // Raw characters, as most servers send them, instead of escapes.
            bytes.extend_from_slice("data: {\"choices\":[{\"delta\":{\"content\":\"🎉\"}}]}\r\n\r\ndata: [DONE]\n\n".as_bytes());
            let mut pieces = Vec::new();
            let mut rest = bytes.as_slice();
            for cut in cuts {
                let (piece, tail) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece.to_vec());
                rest = tail;
            }
            pieces.push(rest.to_vec());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let (found, fault) = runtime.block_on(read(pieces));
            prop_assert_eq!(found, format!("{text}🎉"));
            prop_assert_eq!(fault, None);
        }
    }
}
