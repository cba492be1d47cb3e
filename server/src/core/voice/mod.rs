//! Speech by an OpenAI-compatible audio service, where the instance has one and the site uses it.

mod kind;
mod service;

use crate::app::App;
use crate::core::actor::Visitor;
use crate::core::block;
use crate::core::file::Incoming;
use crate::core::session;
use crate::error::{Error, Result};
use crate::store;
use bytes::Bytes;
use shared::error::ErrorCode;
use shared::limits;
use shared::markdown::parse::parse;
use shared::markdown::plain::plain;
use shared::message::Role;
use shared::site::SiteSettings;
use shared::widget::Voice;

/// What a site's `sttProvider` is where the server writes down what visitors say.
const SERVER: &str = "server";

/// What the server does of a site's speech, and how browsers are to speak where it does not; none where nothing is said of it.
pub fn offered(app: &App, settings: &SiteSettings) -> Option<Voice> {
    let has_service = app.config.audio.is_some();
    let speak = has_service && !settings.tts_voice.is_empty();
    let for_browser = |setting: &str| {
        let is_said = !speak && !setting.is_empty();
        is_said.then(|| setting.to_owned())
    };
    let voice = Voice {
        transcribe: has_service && settings.stt_provider == SERVER,
        speak,
        name: for_browser(&settings.tts_voice),
        speed: for_browser(&settings.tts_speed),
    };
    (voice != Voice::default()).then_some(voice)
}

/// What a visitor says in a recording.
///
/// # Errors
/// `voice_unavailable`, `site_disabled`, `visitor_blocked`, `unsupported_media_type` for what is no recording,
/// `voice_failed`.
pub async fn transcribe(app: &App, visitor: &Visitor, recording: Incoming) -> Result<String> {
    check_may(app, visitor)?;
    let is_offered = offered(app, &visitor.site.settings).is_some_and(|voice| voice.transcribe);
    let audio = app.config.audio.as_ref().filter(|_| is_offered);
    let audio = audio.ok_or_else(|| Error::new(ErrorCode::VoiceUnavailable))?;
    if recording.bytes.len() > limits::AUDIO_BYTES {
        return Err(Error::new(ErrorCode::PayloadTooLarge)
            .with_detail("The recording is larger than 10 MB."));
    }
    let kind = kind::of(&recording.bytes).ok_or_else(|| {
        Error::new(ErrorCode::UnsupportedMediaType)
            .with_detail("Send a recording: WebM, Ogg, MP4, MP3, WAV or FLAC.")
    })?;
    let language = visitor.conversation.locale.as_deref().and_then(language);
    service::transcribe(app, audio, kind, &recording.bytes, language).await
}

/// The primary part of a language tag, as audio services take it.
fn language(locale: &str) -> Option<&str> {
    let language = locale.split('-').next()?;
    let fits = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
    fits.then_some(language)
}

/// An answer or an operator's reply, read aloud: the kind of the audio and its bytes.
///
/// # Errors
/// `voice_unavailable`, `site_disabled`, `visitor_blocked`, `not_found` where the conversation has no such message of
/// somebody else's, `voice_failed`.
pub async fn speak(app: &App, visitor: &Visitor, message_id: i64) -> Result<(String, Bytes)> {
    check_may(app, visitor)?;
    let settings = &visitor.site.settings;
    let is_offered = offered(app, settings).is_some_and(|voice| voice.speak);
    let audio = app.config.audio.as_ref().filter(|_| is_offered);
    let audio = audio.ok_or_else(|| Error::new(ErrorCode::VoiceUnavailable))?;
    let found = {
        let mut connection = app.db.read().await?;
        store::message::by_id(&mut connection, visitor.conversation.id, message_id).await?
    };
    let message = found
        .filter(|message| matches!(message.role, Role::Assistant | Role::Operator))
        .filter(|message| message.removed_at.is_none())
        .ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let words: String = plain(&parse(&message.content, false))
        .chars()
        .take(limits::SPOKEN_CHARS)
        .collect();
    service::speak(app, audio, settings, &words).await
}

fn check_may(app: &App, visitor: &Visitor) -> Result<()> {
    session::check_open(&visitor.site)?;
    block::check(app, visitor)
}
