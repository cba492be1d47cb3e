//! `POST /api/v1/developers` and `POST /api/v1/sites`: document S0, line by line.

use crate::caller::Caller;
use crate::desk::counts;
use crate::developer::{call, is_key, keyed, open_instance, sign_up};
use crate::support::{Engine, TestApp};
use parlance::clock::HOUR;
use parlance::config::Signup;
use parlance::core::account;
use serde_json::{Value, json};

const SITES: &str = "/api/v1/sites";
const ADA: &str = "192.0.2.7";

/// A developer's key on an open instance.
async fn developer(app: &TestApp, email: &str) -> String {
    let made = sign_up(app, ADA, &json!({"email": email}))
        .await
        .expect(200);
    made["developerKey"].as_str().unwrap().to_owned()
}

async fn create(app: &TestApp, key: &str, body: &Value) -> crate::caller::Reply {
    let bearer = format!("Bearer {key}");
    call(app, "POST", SITES, &[("authorization", &bearer)], body).await
}

#[tokio::test]
async fn the_documents_sign_up_works_as_written_on_both_databases() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = open_instance(engine).await;
        let body = json!({"email": "dev@example.com", "name": "Ada"});
        let made = sign_up(&app, ADA, &body).await.expect(200);
        assert_eq!(made["ok"], true);
        assert!(made["accountId"].as_i64().is_some());
        assert_eq!(made["email"], "dev@example.com");
        assert!(is_key(&made["developerKey"]));
        assert_eq!(
            made["message"],
            "Account created. Store developerKey securely; use it as a Bearer token for POST /api/v1/sites."
        );
        let password = made["password"].as_str().unwrap();
        assert!(password.len() >= 12, "strong");
        let sign_in = json!({"email": "dev@example.com", "password": password});
        let token = Caller::NOBODY
            .call(&app, "POST", "/auth/login", &sign_in)
            .await
            .expect(200);
        let caller = Caller {
            token: Some(token["access_token"].as_str().unwrap().to_owned()),
        };
        let me = caller.get(&app, "/auth/me").await.expect(200);
        assert_eq!((&me["name"], &me["role"]), (&json!("Ada"), &json!("owner")));

        let again = sign_up(&app, ADA, &json!({"email": " DEV@example.com"})).await;
        assert_eq!(again.expect(409)["error"], "account_exists");
        let own = json!({"email": "own@example.com", "password": "eight ch"});
        let made = sign_up(&app, ADA, &own).await.expect(200);
        assert!(made.get("password").is_none(), "only where it was made");

        let key = developer(&app, "third@example.com").await;
        let body = json!({"domain": "acme.com", "displayName": "Acme Support"});
        let made = create(&app, &key, &body).await.expect(200);
        assert_eq!(made["ok"], true);
        assert!(made["siteId"].as_i64().is_some());
        assert!(is_key(&made["apiKey"]));
        assert_eq!(made["domain"], "acme.com");
        assert_eq!(made["displayName"], "Acme Support");
        assert_eq!(
            made["message"],
            "Site created. Use apiKey as the X-API-Key header for the per-site /api/v1 endpoints."
        );
        let key = made["apiKey"].as_str().unwrap();
        let read = keyed(&app, key, "GET", "/api/v1/site", &Value::Null).await;
        assert_eq!(made["config"], read.expect(200), "same shape as GET /site");
    }
}

#[tokio::test]
async fn only_an_open_instance_lets_strangers_in() {
    for signup in [Signup::First, Signup::Closed] {
        let app = TestApp::with(Engine::of_run(), |config| config.signup = signup).await;
        let refused = sign_up(&app, ADA, &json!({"email": "dev@example.com"})).await;
        assert_eq!(refused.expect(403)["error"], "signup_closed");
        assert_eq!(counts(&app).await["accounts"], 0);
    }
}

#[tokio::test]
async fn bad_sign_ups_are_refused_and_leave_nothing() {
    let app = open_instance(Engine::of_run()).await;
    for (body, status, code, word) in [
        (json!({}), 400, "validation_failed", "email"),
        (
            json!({"email": "nobody"}),
            400,
            "validation_failed",
            "email",
        ),
        (json!({"email": 7}), 400, "validation_failed", "email"),
        (json!({"email": null}), 400, "validation_failed", "email"),
        (
            json!({"email": "a@b.example", "password": "short"}),
            400,
            "validation_failed",
            "password",
        ),
        (
            json!({"email": "a@b.example", "password": 12_345_678}),
            400,
            "validation_failed",
            "password",
        ),
        (
            json!({"email": "a@b.example", "name": "a\u{0}b"}),
            400,
            "validation_failed",
            "name",
        ),
        (
            json!({"email": "a@b.example", "company": "x"}),
            400,
            "unknown_field",
            "company",
        ),
        (
            json!({"email": "a@b.example", "plan": "pro"}),
            403,
            "forbidden_field",
            "plan",
        ),
    ] {
        let refused = sign_up(&app, ADA, &body).await.expect(status);
        assert_eq!(refused["error"], code, "{body}");
        assert!(
            refused["message"].as_str().unwrap().contains(word),
            "{refused}"
        );
    }
    assert_eq!(counts(&app).await["accounts"], 0);
}

#[tokio::test]
async fn one_address_may_sign_up_five_accounts_an_hour() {
    let app = open_instance(Engine::of_run()).await;
    for number in 0..5 {
        let body = json!({"email": format!("dev{number}@example.com")});
        sign_up(&app, ADA, &body).await.expect(200);
    }
    let sixth = json!({"email": "sixth@example.com"});
    let refused = sign_up(&app, ADA, &sixth).await;
    assert_eq!(refused.headers["retry-after"], "3600");
    assert_eq!(refused.expect(429)["error"], "rate_limited");
    sign_up(&app, "192.0.2.8", &sixth).await.expect(200);
    app.clock.advance(HOUR);
    let seventh = json!({"email": "seventh@example.com"});
    sign_up(&app, ADA, &seventh).await.expect(200);
}

#[tokio::test]
async fn a_free_account_has_one_site_until_its_plan_changes() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = open_instance(engine).await;
        let key = developer(&app, "dev@example.com").await;
        let (first, second) = (
            json!({"domain": "a.example"}),
            json!({"domain": "b.example"}),
        );
        let (one, two) = tokio::join!(create(&app, &key, &first), create(&app, &key, &second));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 402], "also of two at once");
        let refused = if one.status == 402 { one } else { two };
        assert_eq!(refused.body["error"], "upgrade_required");

        account::set_plan(&app, "dev@example.com", "pro")
            .await
            .unwrap();
        create(&app, &key, &json!({})).await.expect(200);
        assert!(
            account::set_plan(&app, "dev@example.com", "gold")
                .await
                .is_err()
        );
        assert!(
            account::set_plan(&app, "nobody@example.com", "pro")
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn the_plan_holds_at_the_dashboards_door_too() {
    let app = open_instance(Engine::of_run()).await;
    let body = json!({"email": "dev@example.com", "password": "correct horse"});
    sign_up(&app, ADA, &body).await.expect(200);
    let token = Caller::NOBODY
        .call(&app, "POST", "/auth/login", &body)
        .await
        .expect(200);
    let caller = Caller {
        token: Some(token["access_token"].as_str().unwrap().to_owned()),
    };
    let bot = json!({"name": "One"});
    caller.call(&app, "POST", "/bots", &bot).await.expect(201);
    caller.call(&app, "POST", "/bots", &bot).await.expect(402);
}

#[tokio::test]
async fn a_new_site_takes_the_documented_fields_and_has_sensible_others() {
    let app = open_instance(Engine::of_run()).await;
    let key = developer(&app, "dev@example.com").await;
    account::set_plan(&app, "dev@example.com", "pro")
        .await
        .unwrap();
    let whole = json!({
        "domain": "acme.com",
        "displayName": "Acme Support",
        "primaryColor": "#4338ca",
        "greetingText": "Hi!",
        "position": "bottom-left",
        "starterPrompt": "You are Acme's assistant."
    });
    let made = create(&app, &key, &whole).await.expect(200);
    for (field, value) in whole.as_object().unwrap() {
        assert_eq!(&made["config"][field], value, "{field}");
    }
    let only_domain = create(&app, &key, &json!({"domain": "acme.com"}))
        .await
        .expect(200);
    assert_eq!(
        only_domain["displayName"], "acme.com",
        "defaults to the domain"
    );
    assert_eq!(only_domain["config"]["customPrompt"], "");
    let prompt = only_domain["config"]["starterPrompt"].as_str().unwrap();
    assert!(prompt.contains("acme.com"), "generated: {prompt}");
    for domain in ["https://ACME.com/shop", " ACME.com "] {
        let pasted = create(&app, &key, &json!({"domain": domain})).await;
        assert_eq!(pasted.expect(200)["displayName"], "acme.com", "{domain}");
    }
    let nothing = create(&app, &key, &Value::Null).await.expect(200);
    assert_eq!(nothing["config"]["enabled"], true);
    assert_ne!(nothing["displayName"], "");

    let before = counts(&app).await["sites"];
    for (body, status, code) in [
        (json!({"domain": "not a domain"}), 400, "validation_failed"),
        (json!({"primaryColor": "red"}), 400, "validation_failed"),
        (json!({"position": "middle"}), 400, "validation_failed"),
        (json!({"displayName": 5}), 400, "validation_failed"),
        (json!({"color": "#fff"}), 400, "unknown_field"),
        (json!({"plan": "pro"}), 403, "forbidden_field"),
        (json!({"userId": 1}), 403, "forbidden_field"),
        (json!([]), 400, "validation_failed"),
    ] {
        let refused = create(&app, &key, &body).await.expect(status);
        assert_eq!(refused["error"], code, "{body}");
    }
    assert_eq!(counts(&app).await["sites"], before);
}

#[tokio::test]
async fn a_resend_makes_no_second_site_and_keeps_no_key_in_the_clear() {
    let app = open_instance(Engine::of_run()).await;
    let key = developer(&app, "dev@example.com").await;
    let headers = [
        ("x-developer-key", key.as_str()),
        ("idempotency-key", "once"),
    ];
    let body = json!({"domain": "acme.com"});
    let first = call(&app, "POST", SITES, &headers, &body).await.expect(200);
    let again = call(&app, "POST", SITES, &headers, &body).await.expect(200);
    assert_eq!(first, again);
    assert_eq!(counts(&app).await["sites"], 1);
    let other = json!({"domain": "b.example"});
    call(&app, "POST", SITES, &headers, &other)
        .await
        .expect(400);
}

/// The developer key is shown once: who lost the reply on its way repeats the request.
#[tokio::test]
async fn a_resent_sign_up_shows_the_first_reply_to_who_repeats_it_whole() {
    let app = open_instance(Engine::of_run()).await;
    let headers = [("idempotency-key", "mine")];
    let path = "/api/v1/developers";
    let body =
        json!({"email": "dev@example.com", "password": "correct horse battery", "name": "Ada"});
    let first = call(&app, "POST", path, &headers, &body).await.expect(200);
    let again = call(&app, "POST", path, &headers, &body).await.expect(200);
    assert_eq!(first, again);
    assert_eq!(counts(&app).await["accounts"], 1);
    let key = first["developerKey"].as_str().unwrap();
    call(&app, "POST", SITES, &[("x-developer-key", key)], &json!({}))
        .await
        .expect(200);
    // Without the key, with another one, or with other words it is a request of its own.
    let taken = call(&app, "POST", path, &[], &body).await.expect(409);
    assert_eq!(taken["error"], "account_exists");
    call(&app, "POST", path, &[("idempotency-key", "other")], &body)
        .await
        .expect(409);
    let other = json!({"email": "eve@example.com"});
    call(&app, "POST", path, &headers, &other).await.expect(400);
    assert_eq!(counts(&app).await["accounts"], 1);
}

#[tokio::test]
async fn of_many_resends_of_what_is_refused_each_hears_the_refusal() {
    let app = open_instance(Engine::of_run()).await;
    let key = developer(&app, "dev@example.com").await;
    let used = [("x-developer-key", key.as_str())];
    call(&app, "POST", SITES, &used, &json!({}))
        .await
        .expect(200);
    let headers = [
        ("x-developer-key", key.as_str()),
        ("idempotency-key", "once"),
    ];
    let body = json!({"domain": "acme.com"});
    let all = (0..4).map(|_| call(&app, "POST", SITES, &headers, &body));
    for refused in futures_util::future::join_all(all).await {
        assert_eq!(refused.expect(402)["error"], "upgrade_required");
    }
}

#[tokio::test]
async fn sites_are_made_at_most_120_a_minute() {
    let app = open_instance(Engine::of_run()).await;
    let key = developer(&app, "dev@example.com").await;
    let headers = [("x-developer-key", key.as_str())];
    for made in 0..120 {
        let reply = call(&app, "POST", SITES, &headers, &json!({})).await;
        reply.expect(if made == 0 { 200 } else { 402 });
    }
    let refused = call(&app, "POST", SITES, &headers, &json!({})).await;
    assert_eq!(refused.headers["retry-after"], "60");
    assert_eq!(refused.expect(429)["error"], "rate_limited");
}

#[tokio::test]
async fn the_developer_key_comes_in_either_header_and_nothing_else_does() {
    let app = open_instance(Engine::of_run()).await;
    let (one, other) = (
        developer(&app, "one@example.com").await,
        developer(&app, "other@example.com").await,
    );
    account::set_plan(&app, "one@example.com", "pro")
        .await
        .unwrap();
    let bearer = format!("Bearer {one}");
    let body = json!({"domain": "acme.com"});
    for headers in [
        &[("authorization", bearer.as_str())][..],
        &[("x-developer-key", one.as_str())],
        &[
            ("authorization", bearer.as_str()),
            ("x-developer-key", &one),
        ],
    ] {
        call(&app, "POST", SITES, headers, &body).await.expect(200);
    }
    let both = [
        ("authorization", bearer.as_str()),
        ("x-developer-key", &other),
    ];
    let refused = call(&app, "POST", SITES, &both, &body).await.expect(400);
    assert_eq!(refused["error"], "conflicting_credentials");

    let made = call(&app, "POST", SITES, &[("x-developer-key", &one)], &body).await;
    let site_key = made.expect(200)["apiKey"].as_str().unwrap().to_owned();
    let before = counts(&app).await["sites"];
    for headers in [
        &[][..],
        &[("authorization", "Bearer nonsense")],
        &[("authorization", "Basic abc")],
        &[("x-developer-key", site_key.as_str())],
        &[("x-api-key", one.as_str())],
    ] {
        let refused = call(&app, "POST", SITES, headers, &body).await.expect(401);
        assert_eq!(refused["error"], "invalid_api_key");
    }
    assert_eq!(counts(&app).await["sites"], before);
    keyed(&app, &one, "GET", "/api/v1/site", &Value::Null)
        .await
        .expect(401);
}
