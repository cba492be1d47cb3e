//! What Prometheus is told, on an address of its own.

use crate::caller::{Caller, Person};
use crate::guest::Guest;
use crate::process::{PATIENCE, Server, database, program_with};
use crate::support::{Engine, TestApp};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use parlance::serve::{serve, serve_metrics};
use parlance::surface::metrics;
use shared::site::SiteSettings;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tower::ServiceExt;

async fn scrape(app: &TestApp) -> String {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = metrics::router(app.app.clone())
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_turn_is_counted_and_no_caller_chooses_a_label() {
    let app = TestApp::new(Engine::Sqlite).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    guest.say(&app, "What is Chat9?").await;
    Caller::NOBODY.get(&app, "/no-such-page-4711").await;
    let text = scrape(&app).await;
    for line in [
        "parlance_messages_total{role=\"user\"} 1",
        "parlance_messages_total{role=\"assistant\"} 1",
        "parlance_answers_total{outcome=\"complete\"} 1",
        "parlance_http_requests_total{surface=\"widget\",method=\"POST\",status=\"200\"} 2",
        "parlance_http_requests_total{surface=\"page\",method=\"GET\",status=\"404\"} 1",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(!text.contains("4711") && !text.contains(&site.slug));
}

#[tokio::test]
async fn metrics_stay_away_from_visitors() {
    let app = TestApp::new(Engine::Sqlite).await;
    assert_eq!(Caller::NOBODY.get(&app, "/metrics").await.status, 404);
}

#[tokio::test]
async fn metrics_are_off_where_their_address_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = database(Engine::Sqlite, &folder).await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let server = Server::run(program_with(&folder, &sqlite, &address)).await;
    let health = server.client.get(server.url("/health")).send().await;
    assert_eq!(health.unwrap().status(), 200);
}

#[tokio::test]
async fn metrics_are_served_where_they_are_wanted() {
    let wanted = "127.0.0.1:0".parse().unwrap();
    let app = TestApp::with(Engine::Sqlite, |config| {
        config.metrics_listen = Some(wanted)
    })
    .await;
    let address = serve_metrics(&app).await.unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut reply = String::new();
    connection.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK"), "{reply}");
    assert!(reply.contains("parlance_build_info"), "{reply}");
}

/// An instance with metrics, and a connection to them on which half a head was sent.
async fn half_asked() -> (TestApp, TcpStream) {
    let app = TestApp::with(Engine::Sqlite, |config| {
        config.metrics_listen = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    let address = serve_metrics(&app).await.unwrap();
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"GET /metrics HTTP/1.1\r\nhost: here\r\n")
        .await
        .unwrap();
    (app, half)
}

#[tokio::test]
async fn a_half_sent_head_is_closed_at_the_metrics_too() {
    let (_app, mut half) = half_asked().await;
    let mut rest = Vec::new();
    timeout(PATIENCE, half.read_to_end(&mut rest))
        .await
        .expect("the connection is closed")
        .unwrap();
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn who_asks_half_for_metrics_does_not_delay_the_end() {
    let (app, half) = half_asked().await;
    // One that comes later is answered: so the half one has been accepted.
    let address = half.peer_addr().unwrap();
    let mut whole = TcpStream::connect(address).await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    whole.write_all(request).await.unwrap();
    let mut reply = String::new();
    whole.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK"), "{reply}");
    let visitors = TcpListener::bind("127.0.0.1:0").await.unwrap();
    timeout(
        Duration::from_secs(5),
        serve(&app, visitors, std::future::ready(())),
    )
    .await
    .expect("it ends long before a drain is given up");
    drop(half);
}
