//! Speech by the instance's audio service.

use crate::caller::{Person, Reply};
use crate::guest::Guest;
use crate::outsider::form;
use crate::support::{Engine, TestApp};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use parlance::config::AudioConfig;
use serde_json::{Value, json};
use shared::site::SiteSettings;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A call as the service saw it.
#[derive(Debug, Clone)]
struct Call {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// What the service answers to everything: status, type, body.
type Answer = (u16, &'static str, Vec<u8>);

#[derive(Clone)]
struct Service {
    calls: Arc<Mutex<Vec<Call>>>,
    answer: Arc<Mutex<Answer>>,
}

impl Service {
    fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    fn answers(&self, status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) {
        *self.answer.lock().unwrap() = (status, content_type, body.into());
    }
}

async fn serve(
    State(service): State<Service>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call {
        path: uri.path().to_owned(),
        headers,
        body,
    };
    service.calls.lock().unwrap().push(call);
    let (status, content_type, body) = service.answer.lock().unwrap().clone();
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("content-type", content_type)], body).into_response()
}

/// An instance with an audio service, and a visitor of a site with these settings.
async fn house(settings: SiteSettings) -> (TestApp, Service, Guest, Person) {
    let service = Service {
        calls: Arc::default(),
        answer: Arc::new(Mutex::new((500, "text/plain", Vec::new()))),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(serve).with_state(service.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let app = TestApp::with(Engine::of_run(), |config| {
        config.audio = Some(AudioConfig {
            base_url: format!("http://{address}/v1"),
            api_key: Some("key-1".into()),
            transcription_model: "hears".into(),
            speech_model: "speaks".into(),
        });
    })
    .await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, settings).await;
    let mut guest = Guest::at(&site);
    let begun = guest
        .init(&app, json!({"locale": "de-AT"}))
        .await
        .expect(200);
    guest.session = Some(begun["session_id"].as_str().unwrap().to_owned());
    (app, service, guest, owner)
}

fn voiced() -> SiteSettings {
    SiteSettings {
        stt_provider: "server".into(),
        tts_voice: "alloy".into(),
        tts_speed: "1.25".into(),
        ..SiteSettings::default()
    }
}

async fn record(app: &TestApp, guest: &Guest, name: &str, bytes: &[u8]) -> Reply {
    let guest = guest
        .clone()
        .with("content-type", "multipart/form-data; boundary=a-boundary");
    let body = form(&[(name, Some("voice.html"), bytes)]);
    let path = guest.path("transcribe");
    guest.send(app, "POST", &path, body.into()).await
}

/// Asks for a message aloud: status, type, bytes.
async fn aloud(app: &TestApp, guest: &Guest, id: &Value) -> (u16, String, Bytes) {
    let body = Body::from(json!({"message_id": id}).to_string());
    let response = guest.respond(app, "POST", &guest.path("speak"), body).await;
    let status = response.status().as_u16();
    let content_type = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, content_type, bytes)
}

const WEBM: &[u8] = b"\x1a\x45\xdf\xa3 what was recorded";

#[tokio::test]
async fn what_is_said_is_written_down_and_not_kept() {
    let (app, service, guest, _) = house(voiced()).await;
    let config = guest.get(&app, "config").await.expect(200);
    assert_eq!(config["voice"], json!({"transcribe": true, "speak": true}));
    service.answers(
        200,
        "application/json",
        r#"{"text": " Where is my parcel? "}"#,
    );
    let heard = record(&app, &guest, "audio", WEBM).await.expect(200);
    assert_eq!(heard, json!({"text": "Where is my parcel?"}));
    let call = &service.calls()[0];
    assert_eq!(call.path, "/v1/audio/transcriptions");
    assert_eq!(call.headers["authorization"], "Bearer key-1");
    let sent = String::from_utf8_lossy(&call.body).into_owned();
    for part in [
        "name=\"model\"\r\n\r\nhears\r\n",
        "name=\"language\"\r\n\r\nde\r\n",
        "name=\"file\"; filename=\"recording.webm\"\r\nContent-Type: audio/webm\r\n",
        "what was recorded\r\n--",
    ] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
    assert!(!sent.contains("voice.html"), "nobody's own name goes out");
    let history = guest.get(&app, "history").await.expect(200);
    assert_eq!(history["messages"], json!([]));
}

#[tokio::test]
async fn what_is_no_recording_goes_nowhere() {
    let (app, service, guest, _) = house(voiced()).await;
    for bytes in [&b""[..], b"<html>", b"\x89PNG\r\n\x1a\n"] {
        let refused = record(&app, &guest, "audio", bytes).await.expect(415);
        assert_eq!(refused["code"], "unsupported_media_type");
    }
    record(&app, &guest, "file", WEBM).await.expect(422);
    let mut large = WEBM.to_vec();
    large.resize((10 << 20) + 1, 0);
    record(&app, &guest, "audio", &large).await.expect(413);
    guest.post(&app, "transcribe", json!({})).await.expect(415);
    assert!(service.calls().is_empty());
}

#[tokio::test]
async fn answers_are_read_aloud() {
    let (app, service, guest, owner) = house(voiced()).await;
    guest.say(&app, "Hello?").await;
    let inbox = owner.get(&app, "/api/conversations").await.expect(200);
    let path = format!(
        "/api/conversations/{}/reply",
        inbox["data"][0]["id"].as_str().unwrap()
    );
    let reply =
        json!({"message": "You have **30 days**, see [the terms](https://acme.example/terms)."});
    owner.call(&app, "POST", &path, &reply).await.expect(201);
    let history = guest.get(&app, "history").await.expect(200);
    let messages = history["messages"].as_array().unwrap();
    service.answers(200, "audio/mpeg", b"sound".to_vec());
    let last = &messages.last().unwrap()["id"];
    let (status, content_type, sound) = aloud(&app, &guest, last).await;
    assert_eq!(
        (status, content_type.as_str(), &sound[..]),
        (200, "audio/mpeg", &b"sound"[..])
    );
    let call = &service.calls()[0];
    assert_eq!(call.path, "/v1/audio/speech");
    assert_eq!(call.headers["authorization"], "Bearer key-1");
    let asked: Value = serde_json::from_slice(&call.body).unwrap();
    assert_eq!(
        asked,
        json!({
            "model": "speaks", "voice": "alloy", "speed": 1.25, "response_format": "mp3",
            "input": "You have 30 days, see the terms."
        })
    );
    let stranger = {
        let mut stranger = guest.clone();
        let begun = stranger.init(&app, json!({})).await.expect(200);
        stranger.session = Some(begun["session_id"].as_str().unwrap().to_owned());
        stranger
    };
    assert_eq!(aloud(&app, &stranger, last).await.0, 404);
    assert_eq!(
        aloud(&app, &guest, &messages[0]["id"]).await.0,
        404,
        "one's own words"
    );
    assert_eq!(aloud(&app, &guest, &json!(-1)).await.0, 404);
    assert_eq!(aloud(&app, &guest, &json!("x")).await.0, 422);
    assert_eq!(service.calls().len(), 1);
}

#[tokio::test]
async fn a_service_that_fails_is_told_without_its_words() {
    let (app, service, guest, _) = house(voiced()).await;
    let said = guest.say(&app, "Hello?").await;
    let id = said.last().unwrap().data["message_id"].clone();
    for (status, content_type, body) in [
        (500, "text/plain", "secret of the service"),
        (401, "application/json", r#"{"error": "secret key"}"#),
        (302, "text/plain", ""),
        (200, "text/html", "<p>secret</p>"),
    ] {
        service.answers(status, content_type, body);
        let refused = record(&app, &guest, "audio", WEBM).await.expect(502);
        assert_eq!(refused["code"], "voice_failed");
        assert!(!refused.to_string().contains("secret"), "{refused}");
        let (status, _, body) = aloud(&app, &guest, &id).await;
        assert_eq!(status, 502);
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
    }
}

#[tokio::test]
async fn without_a_service_or_a_site_that_uses_it_speech_is_the_browsers() {
    let (app, service, guest, _) = house(SiteSettings::default()).await;
    let refused = record(&app, &guest, "audio", WEBM).await.expect(409);
    assert_eq!(refused["code"], "voice_unavailable");
    assert_eq!(aloud(&app, &guest, &json!(1)).await.0, 409);
    assert!(
        guest
            .get(&app, "config")
            .await
            .expect(200)
            .get("voice")
            .is_none()
    );
    assert!(service.calls().is_empty());

    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, voiced()).await;
    let guest = Guest::begun(&app, &site).await;
    record(&app, &guest, "audio", WEBM).await.expect(409);
    assert_eq!(aloud(&app, &guest, &json!(1)).await.0, 409);
    let config = guest.get(&app, "config").await.expect(200);
    assert_eq!(
        config["voice"],
        json!({"transcribe": false, "speak": false, "name": "alloy", "speed": "1.25"}),
        "browsers may have a voice of that name"
    );
}

#[tokio::test]
async fn browsers_are_told_how_to_read_only_where_they_do() {
    let heard = SiteSettings {
        tts_voice: String::new(),
        ..voiced()
    };
    let (app, _, guest, owner) = house(heard).await;
    let config = guest.get(&app, "config").await.expect(200);
    assert_eq!(
        config["voice"],
        json!({"transcribe": true, "speak": false, "speed": "1.25"})
    );
    let bots = owner.get(&app, "/bots").await.expect(200);
    let change = json!({"siteId": bots[0]["id"], "ttsVoice": "alloy"});
    let changed = owner.call(&app, "PATCH", "/api/sites", &change).await;
    changed.expect(200);
    let config = guest.get(&app, "config").await.expect(200);
    assert_eq!(config["voice"], json!({"transcribe": true, "speak": true}));
}
