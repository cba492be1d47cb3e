//! Requests per minute and client address, live streams, and what counts as an address.

use crate::guest::Guest;
use crate::support::{Engine, TestApp};
use axum::body::Body;
use parlance::clock::{MINUTE, SECOND};
use serde_json::json;
use shared::site::SiteSettings;

async fn begun(app: &TestApp) -> Guest {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    app.clock.advance(MINUTE);
    guest
}

#[tokio::test]
async fn the_eleventh_session_of_a_minute_has_to_wait() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = begun(&app).await;
    for _ in 0..10 {
        guest.init(&app, json!({})).await.expect(200);
    }
    app.clock.advance(20 * SECOND);
    let refused = guest.init(&app, json!({})).await;
    assert_eq!(refused.headers["retry-after"], "40");
    assert_eq!(refused.expect(429)["code"], "rate_limited");
    guest
        .clone()
        .coming_from("192.0.2.2")
        .init(&app, json!({}))
        .await
        .expect(200);
    app.clock.advance(40 * SECOND);
    guest.init(&app, json!({})).await.expect(200);
}

#[tokio::test]
async fn each_route_has_its_documented_limit() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = begun(&app).await;
    for (route, body, limit) in [
        ("chat", json!({"message": ""}), 30),
        ("escalate", json!({"trigger": "no"}), 20),
        ("rate", json!({}), 60),
        ("feedback", json!({}), 60),
        ("contact", json!({}), 60),
        ("typing", json!({}), 60),
        ("read", json!({}), 60),
        ("end", json!([]), 60),
        ("upload", json!({}), 60),
    ] {
        for _ in 0..limit {
            assert_ne!(
                guest.post(&app, route, body.clone()).await.status,
                429,
                "{route}"
            );
        }
        guest.post(&app, route, body).await.expect(429);
    }
    for (route, limit) in [("history", 30), ("config", 60), ("events?after=x", 60)] {
        for _ in 0..limit {
            assert_ne!(guest.get(&app, route).await.status, 429, "{route}");
        }
        guest.get(&app, route).await.expect(429);
    }
    let file = async || {
        let path = "/files/00000000000000000000000000000000.png";
        guest.send(&app, "GET", path, Body::empty()).await.status
    };
    for _ in 0..600 {
        assert_eq!(file().await, 404);
    }
    assert_eq!(file().await, 429);
}

#[tokio::test]
async fn the_scale_multiplies_limits_and_zero_switches_them_off() {
    let doubled = TestApp::with(Engine::of_run(), |config| config.rate_limit_scale = 2.0).await;
    let guest = begun(&doubled).await;
    for _ in 0..20 {
        guest.init(&doubled, json!({})).await.expect(200);
    }
    guest.init(&doubled, json!({})).await.expect(429);
    let off = TestApp::with(Engine::of_run(), |config| config.rate_limit_scale = 0.0).await;
    let guest = begun(&off).await;
    for _ in 0..100 {
        guest.get(&off, "config").await.expect(200);
    }
}

#[tokio::test]
async fn nobody_gets_a_fresh_limit_by_writing_a_header() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = begun(&app).await;
    for number in 0..11 {
        let forged = guest
            .clone()
            .with("x-forwarded-for", format!("198.51.100.{number}"));
        let status = forged.init(&app, json!({})).await.status;
        assert_eq!(status, if number < 10 { 200 } else { 429 }, "{number}");
    }
}

#[tokio::test]
async fn behind_a_configured_proxy_its_clients_count_apart() {
    let app = TestApp::with(Engine::of_run(), |config| {
        config.trusted_proxies = vec!["192.0.2.0/24".parse().unwrap()];
    })
    .await;
    let guest = begun(&app).await;
    let through = |forwarded: &str| guest.clone().with("x-forwarded-for", forwarded);
    for number in 0..11 {
        // What stands left of the client's own address was written by the client.
        let forged = through(&format!("203.0.113.{number}, 198.51.100.1, 192.0.2.7"));
        let status = forged.init(&app, json!({})).await.status;
        assert_eq!(status, if number < 10 { 200 } else { 429 }, "{number}");
    }
    through("198.51.100.2")
        .init(&app, json!({}))
        .await
        .expect(200);
}

#[tokio::test]
async fn one_subscribers_ipv6_addresses_count_together() {
    let app = TestApp::new(Engine::of_run()).await;
    let guest = begun(&app).await;
    for number in 0..11 {
        let address = format!("2001:db8:1:2::{number:x}");
        let status = guest
            .clone()
            .coming_from(&address)
            .init(&app, json!({}))
            .await
            .status;
        assert_eq!(status, if number < 10 { 200 } else { 429 }, "{number}");
    }
    guest
        .clone()
        .coming_from("2001:db8:1:3::1")
        .init(&app, json!({}))
        .await
        .expect(200);
}

#[tokio::test]
async fn live_streams_of_one_address_are_counted_while_they_are_open() {
    // 1,000 streams scaled down to 2; requests per minute become 1.
    let app = TestApp::with(Engine::of_run(), |config| config.rate_limit_scale = 0.002).await;
    let guest = begun(&app).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(guest.listen(&app, "").await);
        app.clock.advance(MINUTE);
    }
    let refused = guest.get(&app, "events").await;
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.expect(429)["code"], "too_many_streams");
    open.pop();
    app.clock.advance(MINUTE);
    guest.listen(&app, "").await;
}
