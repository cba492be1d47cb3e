//! The two calls of an audio service, as OpenAI defined them.

use super::kind::Kind;
use crate::app::App;
use crate::config::AudioConfig;
use crate::error::{Error, Result};
use crate::net::Said;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use shared::error::ErrorCode;
use shared::limits;
use shared::site::SiteSettings;
use std::time::Duration;

/// For everything, from the connection to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// More than any text takes that a recording of the allowed size holds.
const TEXT_BYTES: usize = 256 << 10;

#[derive(Deserialize)]
struct Heard {
    text: String,
}

pub(super) async fn transcribe(
    app: &App,
    audio: &AudioConfig,
    kind: Kind,
    recording: &[u8],
    language: Option<&str>,
) -> Result<String> {
    // Random, so that no recording can hold it.
    let boundary = format!("parlance-{}", app.ids.slug());
    let mut fields = vec![
        ("model", audio.transcription_model.as_str()),
        ("response_format", "json"),
    ];
    fields.extend(language.map(|language| ("language", language)));
    let body = form(&boundary, &fields, kind, recording);
    let content_type = format!("multipart/form-data; boundary={boundary}");
    let said = ask(
        app,
        audio,
        "audio/transcriptions",
        &content_type,
        body,
        TEXT_BYTES,
    )
    .await?;
    let heard: Heard = serde_json::from_slice(&said.body).map_err(|error| failed(&error))?;
    Ok(heard.text.trim().to_owned())
}

fn form(boundary: &str, fields: &[(&str, &str)], kind: Kind, recording: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(recording.len() + 1_024);
    for (name, value) in fields {
        let field = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(field.as_bytes());
    }
    let Kind {
        content_type,
        filename,
    } = kind;
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\nContent-Type: {content_type}\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(recording);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}

pub(super) async fn speak(
    app: &App,
    audio: &AudioConfig,
    settings: &SiteSettings,
    words: &str,
) -> Result<(String, Bytes)> {
    let mut request = json!({
        "model": audio.speech_model,
        "voice": settings.tts_voice,
        "input": words,
        "response_format": "mp3",
    });
    if let Ok(speed) = settings.tts_speed.parse::<f64>() {
        request["speed"] = json!(speed);
    }
    let body = request.to_string().into_bytes();
    let said = ask(
        app,
        audio,
        "audio/speech",
        "application/json",
        body,
        limits::AUDIO_BYTES,
    )
    .await?;
    // A page or a JSON text from there is nothing to play.
    if !said.content_type.starts_with("audio/") {
        return Err(failed(&"the audio service answered with no audio"));
    }
    Ok((said.content_type, said.body))
}

async fn ask(
    app: &App,
    audio: &AudioConfig,
    route: &str,
    content_type: &str,
    body: Vec<u8>,
    at_most: usize,
) -> Result<Said> {
    let address = format!("{}/{route}", audio.base_url.trim_end_matches('/'));
    let url = app.net.check_model(&address)?;
    let key = audio.api_key.as_deref();
    app.net
        .say(url, key, content_type, body, PATIENCE, at_most)
        .await
        .map_err(|error| failed(&error))
}

/// What a service wrote is neither shown nor logged: it may repeat what was said.
fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorCode::VoiceFailed).with_cause(std::io::Error::other(error.to_string()))
}
