//! Setting up, signing in and out.

use crate::support::{Engine, TestApp, on_both};
use parlance::clock::{HOUR, MINUTE};
use parlance::core::account::{self, NewAccount, setup};
use parlance::error::Result;
use parlance::store;
use shared::account::{LoginRequest, SetupRequest, UserRole};
use shared::error::ErrorCode;

const PASSWORD: &str = "correct horse battery";

fn new_account(email: &str) -> NewAccount {
    NewAccount {
        email: email.into(),
        password: PASSWORD.into(),
        name: Some("Ada".into()),
        plan: "free".into(),
    }
}

fn login(email: &str, password: &str) -> LoginRequest {
    LoginRequest {
        email: email.into(),
        password: password.into(),
    }
}

fn setup_request(token: &str) -> SetupRequest {
    SetupRequest {
        token: token.into(),
        email: "Owner@Example.com".into(),
        password: PASSWORD.into(),
        name: None,
    }
}

fn code<T>(outcome: Result<T>) -> ErrorCode {
    match outcome {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.code,
    }
}

on_both!(an_account_signs_in_and_out, |app| {
    let created = account::create(app, new_account(" Ada@Example.com "))
        .await
        .unwrap();
    let opened = account::log_in(app, "client", login("ada@example.COM", PASSWORD))
        .await
        .unwrap();
    assert_eq!(opened.expires_in, 12 * 60 * 60);

    let operator = account::authenticate(app, &opened.token).await.unwrap();
    assert_eq!(
        (operator.account_id, operator.user_id, operator.role),
        (created.account_id, created.user_id, UserRole::Owner)
    );
    let me = account::me(app, &operator).await.unwrap();
    assert_eq!(
        (me.email.as_str(), me.name.as_str()),
        ("ada@example.com", "Ada")
    );

    let other = account::log_in(app, "client", login("ada@example.com", PASSWORD))
        .await
        .unwrap();
    account::log_out(app, &opened.token).await.unwrap();
    assert_eq!(
        code(account::authenticate(app, &opened.token).await),
        ErrorCode::Unauthenticated
    );
    assert_eq!(
        code(account::log_out(app, &opened.token).await),
        ErrorCode::Unauthenticated
    );
    account::authenticate(app, &other.token).await.unwrap();
});

on_both!(an_address_has_one_account, |app| {
    account::create(app, new_account("ada@example.com"))
        .await
        .unwrap();
    let again = account::create(app, new_account("ADA@example.com")).await;
    assert_eq!(code(again), ErrorCode::AccountExists);
    let mut connection = app.db.read().await.unwrap();
    assert_eq!(
        store::account::count_with_users(&mut connection)
            .await
            .unwrap(),
        1
    );
});

on_both!(two_at_once_make_one_account, |app| {
    let (one, two) = tokio::join!(
        account::create(app, new_account("ada@example.com")),
        account::create(app, new_account("ada@example.com")),
    );
    assert!(one.is_ok() != two.is_ok());
    let refused = if one.is_ok() { two } else { one };
    assert_eq!(code(refused), ErrorCode::AccountExists);
});

#[tokio::test]
async fn what_an_account_is_made_of_is_checked() {
    let app = TestApp::new(Engine::of_run()).await;
    for (field, new) in [
        (
            "email",
            NewAccount {
                email: "ada".into(),
                ..new_account("")
            },
        ),
        (
            "email",
            NewAccount {
                email: format!("{}@example.com", "a".repeat(300)),
                ..new_account("")
            },
        ),
        (
            "email",
            NewAccount {
                email: "a\0b@example.com".into(),
                ..new_account("")
            },
        ),
        (
            "password",
            NewAccount {
                password: "short".into(),
                ..new_account("a@b.example")
            },
        ),
        (
            "password",
            NewAccount {
                password: "x".repeat(257),
                ..new_account("a@b.example")
            },
        ),
        (
            "name",
            NewAccount {
                name: Some("x".repeat(201)),
                ..new_account("a@b.example")
            },
        ),
        (
            "name",
            NewAccount {
                name: Some("a\nb".into()),
                ..new_account("a@b.example")
            },
        ),
        (
            "plan",
            NewAccount {
                plan: "gold".into(),
                ..new_account("a@b.example")
            },
        ),
    ] {
        let error = account::create(&app, new).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::ValidationFailed);
        assert_eq!(error.field.as_deref(), Some(field));
    }
    let mut connection = app.db.read().await.unwrap();
    assert_eq!(
        store::account::count_with_users(&mut connection)
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn a_session_lives_while_it_is_used() {
    let app = TestApp::new(Engine::of_run()).await;
    account::create(&app, new_account("ada@example.com"))
        .await
        .unwrap();
    let log_in = || account::log_in(&app, "client", login("ada@example.com", PASSWORD));
    let used = log_in().await.unwrap().token;
    let unused = log_in().await.unwrap().token;
    for _ in 0..10 {
        app.clock.advance(7 * HOUR);
        account::authenticate(&app, &used).await.unwrap();
    }
    assert_eq!(
        code(account::authenticate(&app, &unused).await),
        ErrorCode::Unauthenticated
    );
    app.clock.advance(12 * HOUR - 1);
    // Looked at again in the first half of its life it is not renewed by every request.
    account::authenticate(&app, &used).await.unwrap();
    app.clock.advance(12 * HOUR);
    assert_eq!(
        code(account::authenticate(&app, &used).await),
        ErrorCode::Unauthenticated
    );
}

#[tokio::test]
async fn no_session_outlives_thirty_days() {
    let app = TestApp::new(Engine::of_run()).await;
    account::create(&app, new_account("ada@example.com"))
        .await
        .unwrap();
    let token = account::log_in(&app, "client", login("ada@example.com", PASSWORD))
        .await
        .unwrap()
        .token;
    for _ in 0..(30 * 4 - 1) {
        app.clock.advance(6 * HOUR + 1);
        if app.now() - crate::support::NOW >= 30 * 24 * HOUR {
            break;
        }
        account::authenticate(&app, &token).await.unwrap();
    }
    app.clock.advance(6 * HOUR);
    assert_eq!(
        code(account::authenticate(&app, &token).await),
        ErrorCode::Unauthenticated
    );
}

#[tokio::test]
async fn unknown_addresses_and_wrong_passwords_are_answered_alike() {
    let app = TestApp::new(Engine::of_run()).await;
    account::create(&app, new_account("ada@example.com"))
        .await
        .unwrap();
    let mut answers = Vec::new();
    for request in [
        login("ada@example.com", "wrong password"),
        login("nobody@example.com", PASSWORD),
        login("not an address", PASSWORD),
        login("ada@example.com", ""),
        login("ada@example.com", &"x".repeat(10_000)),
    ] {
        let error = account::log_in(&app, "client", request)
            .await
            .err()
            .unwrap();
        answers.push((
            error.code,
            error.public_message().to_owned(),
            error.retry_after,
        ));
    }
    assert_eq!(answers[0].0, ErrorCode::InvalidCredentials);
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn ten_failures_close_an_address_for_fifteen_minutes() {
    let app = TestApp::new(Engine::of_run()).await;
    account::create(&app, new_account("ada@example.com"))
        .await
        .unwrap();
    for client in 0..10 {
        let client = client.to_string();
        let refused =
            account::log_in(&app, &client, login("ada@example.com", "wrong password")).await;
        assert_eq!(code(refused), ErrorCode::InvalidCredentials);
    }
    let error = account::log_in(&app, "another", login(" ADA@example.com", PASSWORD))
        .await
        .err()
        .unwrap();
    assert_eq!(error.code, ErrorCode::RateLimited);
    assert_eq!(error.retry_after.unwrap().as_secs(), 15 * 60);
    app.clock.advance(15 * MINUTE);
    account::log_in(&app, "another", login("ada@example.com", PASSWORD))
        .await
        .unwrap();
}

#[tokio::test]
async fn thirty_failures_close_a_client() {
    let app = TestApp::new(Engine::of_run()).await;
    account::create(&app, new_account("ada@example.com"))
        .await
        .unwrap();
    for number in 0..30 {
        let email = format!("user{number}@example.com");
        let refused = account::log_in(&app, "client", login(&email, "wrong password")).await;
        assert_eq!(code(refused), ErrorCode::InvalidCredentials);
    }
    let own = account::log_in(&app, "client", login("ada@example.com", PASSWORD)).await;
    assert_eq!(code(own), ErrorCode::RateLimited);
    account::log_in(&app, "another", login("ada@example.com", PASSWORD))
        .await
        .unwrap();
}

#[tokio::test]
async fn signing_in_again_and_again_is_no_attack() {
    let app = TestApp::new(Engine::of_run()).await;
    account::create(&app, new_account("ada@example.com"))
        .await
        .unwrap();
    for _ in 0..35 {
        account::log_in(&app, "client", login("ada@example.com", PASSWORD))
            .await
            .unwrap();
    }
}

on_both!(set_up_makes_the_first_account_once, |app| {
    let token = setup::prepare(app).await.unwrap().unwrap();
    assert_eq!(token.len(), 64);
    assert!(setup::is_open(app).await.unwrap());
    for wrong in [
        "",
        "x",
        &token[1..],
        &token.to_uppercase().replace('0', "1"),
    ] {
        assert_eq!(
            code(setup::set_up(app, setup_request(wrong)).await),
            ErrorCode::SetupClosed
        );
    }
    let bad = SetupRequest {
        password: "short".into(),
        ..setup_request(&token)
    };
    assert_eq!(
        code(setup::set_up(app, bad).await),
        ErrorCode::ValidationFailed
    );

    let opened = setup::set_up(app, setup_request(&token)).await.unwrap();
    let owner = account::authenticate(app, &opened.token).await.unwrap();
    assert_eq!(
        (owner.role, owner.name.as_str()),
        (UserRole::Owner, "owner")
    );
    assert!(!setup::is_open(app).await.unwrap());
    assert_eq!(
        code(setup::set_up(app, setup_request(&token)).await),
        ErrorCode::SetupClosed
    );
    assert_eq!(setup::prepare(app).await.unwrap(), None);
    account::log_in(app, "client", login("owner@example.com", PASSWORD))
        .await
        .unwrap();
});

on_both!(two_at_once_set_up_one_account, |app| {
    let token = setup::prepare(app).await.unwrap().unwrap();
    let other = SetupRequest {
        email: "other@example.com".into(),
        ..setup_request(&token)
    };
    let (one, two) = tokio::join!(
        setup::set_up(app, setup_request(&token)),
        setup::set_up(app, other)
    );
    assert!(one.is_ok() != two.is_ok());
    let mut connection = app.db.read().await.unwrap();
    assert_eq!(
        store::account::count_with_users(&mut connection)
            .await
            .unwrap(),
        1
    );
});

on_both!(an_account_made_by_command_closes_the_set_up, |app| {
    let token = setup::prepare(app).await.unwrap().unwrap();
    account::create(app, new_account("ada@example.com"))
        .await
        .unwrap();
    assert!(!setup::is_open(app).await.unwrap());
    assert_eq!(
        code(setup::set_up(app, setup_request(&token)).await),
        ErrorCode::SetupClosed
    );
});
