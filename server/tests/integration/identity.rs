//! Identity tokens, as a site's own back end signs them.

use crate::support::{Engine, TestApp, on_both};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use parlance::clock::{DAY, HOUR, SECOND};
use parlance::core::actor::Operator;
use parlance::core::identity;
use parlance::core::session::{self, Arrival};
use parlance::store::site::Site;
use serde_json::{Value, json};
use shared::account::UserRole;
use shared::error::ErrorCode;
use shared::site::SiteSettings;

fn sign_with(algorithm: Algorithm, secret: &str, claims: &Value) -> String {
    encode(
        &Header::new(algorithm),
        claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
    .unwrap()
}

pub fn sign(secret: &str, claims: &Value) -> String {
    sign_with(Algorithm::HS256, secret, claims)
}

/// An account with a secret, its site, and the present in seconds.
async fn house(app: &TestApp) -> (Operator, Site, String, i64) {
    let owner = app.owner("owner@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let secret = identity::replace_secret(app, &owner).await.unwrap();
    (owner, site, secret, app.now() / SECOND)
}

on_both!(a_signed_token_vouches_for_a_visitor, |app| {
    let (_, site, secret, now) = house(app).await;
    let claims =
        json!({"sub": "user-7", "exp": now + 3600, "name": "Grace", "email": "grace@example.com"});
    let vouched = identity::verify(app, &site, &sign(&secret, &claims))
        .await
        .unwrap();
    assert_eq!(vouched.subject, "user-7");
    assert_eq!(vouched.name.as_deref(), Some("Grace"));
    assert_eq!(vouched.email.as_deref(), Some("grace@example.com"));

    let arrival = |identity| Arrival {
        identity: Some(identity),
        ..Arrival::default()
    };
    let first = session::begin(app, site.clone(), arrival(vouched.clone()))
        .await
        .unwrap();
    let second = session::begin(app, site, arrival(vouched)).await.unwrap();
    assert_eq!(
        first.conversation.visitor_id,
        second.conversation.visitor_id
    );
    assert_ne!(first.conversation.id, second.conversation.id);
    assert_eq!(
        second.conversation.visitor_external_id.as_deref(),
        Some("user-7")
    );
});

#[tokio::test]
async fn the_documented_claims_are_taken() {
    let app = TestApp::new(Engine::of_run()).await;
    let (_, site, secret, now) = house(&app).await;
    let public_id = format!("ch_{}", site.slug);
    for claims in [
        json!({"sub": "u", "exp": now + 1}),
        json!({"sub": "u", "exp": now - 29}),
        json!({"sub": "u", "exp": now + 24 * 3600}),
        json!({"sub": "u", "exp": now + 24 * 3600 + 30}),
        json!({"sub": "u", "exp": now + 60, "nbf": now}),
        json!({"sub": "u", "exp": now + 60, "nbf": now + 30}),
        json!({"sub": "u", "exp": now + 60, "aud": public_id}),
        json!({"sub": "u", "exp": now + 60, "aud": format!("site_{}", site.slug)}),
        json!({"sub": "u", "exp": now + 60, "aud": ["elsewhere", public_id]}),
        json!({"sub": "u", "exp": now + 60, "name": null, "email": "", "role": "admin"}),
    ] {
        let outcome = identity::verify(&app, &site, &sign(&secret, &claims)).await;
        assert!(outcome.is_ok(), "{claims}: {outcome:?}");
    }
}

#[tokio::test]
async fn bad_tokens_are_refused_with_a_reason() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, site, secret, now) = house(&app).await;
    let other_site = app.site(&owner, SiteSettings::default()).await;
    for (claims, word) in [
        (json!({"exp": now + 60}), "sub"),
        (json!({"sub": "", "exp": now + 60}), "sub"),
        (json!({"sub": 7, "exp": now + 60}), "sub"),
        (json!({"sub": null, "exp": now + 60}), "sub"),
        (json!({"sub": "a\u{0}b", "exp": now + 60}), "sub"),
        (json!({"sub": "x".repeat(201), "exp": now + 60}), "sub"),
        (json!({"sub": "u"}), "exp"),
        (json!({"sub": "u", "exp": now - 30}), "expired"),
        (json!({"sub": "u", "exp": now + 24 * 3600 + 31}), "24 hours"),
        (json!({"sub": "u", "exp": i64::MAX}), "24 hours"),
        (json!({"sub": "u", "exp": i64::MIN}), "expired"),
        (
            json!({"sub": "u", "exp": now as f64 + 60.5}),
            "whole number",
        ),
        (
            json!({"sub": "u", "exp": (now + 60).to_string()}),
            "whole number",
        ),
        (json!({"sub": "u", "exp": null}), "whole number"),
        (
            json!({"sub": "u", "exp": now + 60, "nbf": now + 31}),
            "not valid yet",
        ),
        (json!({"sub": "u", "exp": now + 60, "nbf": "soon"}), "nbf"),
        (
            json!({"sub": "u", "exp": now + 60, "aud": "ch_other"}),
            "aud",
        ),
        (
            json!({"sub": "u", "exp": now + 60, "aud": site.slug}),
            "aud",
        ),
        (
            json!({"sub": "u", "exp": now + 60, "aud": format!("ch_{}", other_site.slug)}),
            "aud",
        ),
        (json!({"sub": "u", "exp": now + 60, "aud": []}), "aud"),
        (json!({"sub": "u", "exp": now + 60, "aud": 5}), "aud"),
        (
            json!({"sub": "u", "exp": now + 60, "email": "nobody"}),
            "email",
        ),
        (json!({"sub": "u", "exp": now + 60, "email": 5}), "email"),
        (json!({"sub": "u", "exp": now + 60, "name": ["a"]}), "name"),
        (json!({"sub": "u", "exp": now + 60, "name": "a\nb"}), "name"),
    ] {
        let reason = identity::verify(&app, &site, &sign(&secret, &claims))
            .await
            .unwrap_err();
        assert!(reason.contains(word), "{claims}: {reason}");
    }
}

#[tokio::test]
async fn only_the_accounts_own_signature_counts() {
    let app = TestApp::new(Engine::of_run()).await;
    let (_, site, secret, now) = house(&app).await;
    let stranger = app.owner("stranger@example.com").await;
    let theirs = identity::replace_secret(&app, &stranger).await.unwrap();
    let claims = json!({"sub": "u", "exp": now + 60});
    let good = sign(&secret, &claims);
    let [header, payload, signature] =
        <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
    // {"alg":"none","typ":"JWT"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    // {"alg":"RS256","typ":"JWT"}
    let asymmetric = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9";
    for token in [
        sign(&theirs, &claims),
        sign("", &claims),
        sign_with(Algorithm::HS384, &secret, &claims),
        sign_with(Algorithm::HS512, &secret, &claims),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{asymmetric}.{payload}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{header}.{payload}.{}", signature.to_lowercase()),
        format!("{header}.{}.{signature}", payload.replacen('e', "f", 1)),
        String::new(),
        "a.b.c".to_owned(),
        "🦀".to_owned(),
        "x".repeat(9_000),
    ] {
        assert!(
            identity::verify(&app, &site, &token).await.is_err(),
            "{token}"
        );
    }
    identity::verify(&app, &site, &good).await.unwrap();
}

#[tokio::test]
async fn without_a_secret_no_token_counts() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("owner@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    assert!(!identity::is_enabled(&app, &owner).await.unwrap());
    let claims = json!({"sub": "u", "exp": app.now() / SECOND + 60});
    assert!(
        identity::verify(&app, &site, &sign("", &claims))
            .await
            .is_err()
    );
    let error = identity::rotate_secret(&app, &owner).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    identity::replace_secret(&app, &owner).await.unwrap();
    assert!(identity::is_enabled(&app, &owner).await.unwrap());
}

on_both!(a_rotated_secret_verifies_for_a_day_more, |app| {
    let (owner, site, first, _) = house(app).await;
    let second = identity::rotate_secret(app, &owner).await.unwrap();
    assert_ne!(first, second);
    let token = |secret: &str| sign(secret, &json!({"sub": "u", "exp": app.now() / SECOND + 60}));
    app.clock.advance(DAY - HOUR);
    identity::verify(app, &site, &token(&first)).await.unwrap();
    identity::verify(app, &site, &token(&second)).await.unwrap();
    app.clock.advance(HOUR);
    assert!(identity::verify(app, &site, &token(&first)).await.is_err());
    identity::verify(app, &site, &token(&second)).await.unwrap();

    let third = identity::replace_secret(app, &owner).await.unwrap();
    assert!(
        identity::verify(app, &site, &token(&second)).await.is_err(),
        "void at once"
    );
    identity::verify(app, &site, &token(&third)).await.unwrap();
});

#[tokio::test]
async fn operators_do_not_touch_the_secret() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, ..) = house(&app).await;
    let operator = app
        .member(Some(owner.account_id), "op@example.com", UserRole::Operator)
        .await;
    for refused in [
        identity::replace_secret(&app, &operator).await.err(),
        identity::rotate_secret(&app, &operator).await.err(),
        identity::is_enabled(&app, &operator).await.err(),
    ] {
        assert_eq!(refused.unwrap().code, ErrorCode::ForbiddenRole);
    }
}
