//! The store's functions for webhooks, on both databases.

use crate::support::{NOW, TestApp, on_both};
use parlance::store::delivery::{self, Attempt, Lease, NewDelivery};
use parlance::store::webhook::{self, Settings};
use parlance::store::{conversation, message};
use shared::message::{MessageStatus, Role};
use shared::site::SiteSettings;
use shared::webhook::{
    DeliveryFailure, DeliveryStatus, WebhookDisabledReason, WebhookEvent, WebhookRequest,
};

macro_rules! write {
    ($app:expr, |$transaction:ident| $body:expr) => {
        $app.db
            .write(move |$transaction| Box::pin(async move { $body }))
            .await
            .unwrap()
    };
}

fn settings(events: &[WebhookEvent], enabled: bool) -> Settings {
    Settings {
        url: "https://a.example/".into(),
        description: Some("CRM".into()),
        events: events.to_vec(),
        enabled,
    }
}

/// An account with a conversation and an endpoint.
async fn desk(app: &TestApp) -> (i64, i64, i64) {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let visitor = app.visitor(&site).await;
    let account_id = owner.account_id;
    let endpoint_id = write!(app, |tx| {
        let settings = settings(&[WebhookEvent::NewMessage], true);
        webhook::insert(tx, account_id, &settings, b"one", NOW).await
    });
    (account_id, visitor.conversation.id, endpoint_id)
}

async fn insert(app: &TestApp, ids: (i64, i64, i64), message_id: Option<i64>, now: i64) {
    let (account_id, conversation_id, endpoint_id) = ids;
    write!(app, |tx| {
        let new = NewDelivery {
            account_id,
            endpoint_id,
            conversation_id,
            message_id,
            event_id: "evt_a",
            event: WebhookEvent::NewMessage,
            payload: "{}",
        };
        delivery::insert(tx, &new, now).await
    });
}

async fn claim(app: &TestApp, endpoint_id: i64, worker: &'static str, now: i64) -> Vec<i64> {
    let claimed = write!(app, |tx| {
        let lease = Lease {
            worker,
            until: now + 100,
        };
        delivery::claim(tx, endpoint_id, lease, now, 10).await
    });
    claimed.iter().map(|delivery| delivery.id).collect()
}

on_both!(endpoints_are_kept_changed_counted_and_rotated, |app| {
    let (account_id, _, id) = desk(app).await;
    let mut connection = app.db.read().await.unwrap();
    let kept = webhook::get(&mut connection, account_id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            kept.url.as_str(),
            kept.secret,
            kept.previous_secret,
            kept.enabled
        ),
        ("https://a.example/", b"one".to_vec(), None, true)
    );
    assert!(
        webhook::get(&mut connection, account_id + 1, id)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        webhook::count(&mut connection, account_id).await.unwrap(),
        1
    );
    assert_eq!(
        webhook::wanting(&mut connection, account_id).await.unwrap(),
        [(id, vec![WebhookEvent::NewMessage])]
    );
    assert!(write!(app, |tx| webhook::rotate(
        tx,
        account_id,
        id,
        b"two",
        NOW + 5
    )
    .await));
    assert!(!write!(app, |tx| webhook::rotate(
        tx,
        account_id + 1,
        id,
        b"no",
        NOW
    )
    .await));
    let since = write!(app, |tx| webhook::failed(tx, account_id, id, NOW + 6).await);
    assert_eq!(since, Some(NOW + 6));
    let since = write!(app, |tx| webhook::failed(tx, account_id, id, NOW + 7).await);
    assert_eq!(since, Some(NOW + 6), "the first failure counts");
    let reason = WebhookDisabledReason::Gone;
    assert!(write!(app, |tx| webhook::disable(
        tx,
        account_id,
        id,
        reason,
        NOW + 8
    )
    .await));
    assert!(!write!(app, |tx| webhook::disable(
        tx,
        account_id,
        id,
        reason,
        NOW + 9
    )
    .await));
    let off = webhook::any(&mut connection, id).await.unwrap().unwrap();
    assert_eq!(
        (off.secret, off.previous_secret),
        (b"two".to_vec(), Some(b"one".to_vec()))
    );
    assert_eq!(
        (
            off.enabled,
            off.disabled_at,
            off.disabled_reason,
            off.failing_since
        ),
        (false, Some(NOW + 8), Some(reason), Some(NOW + 6))
    );
    assert!(
        webhook::wanting(&mut connection, account_id)
            .await
            .unwrap()
            .is_empty()
    );
    write!(app, |tx| {
        webhook::update(
            tx,
            account_id,
            id,
            &settings(WebhookEvent::ALL, true),
            NOW + 10,
        )
        .await
    });
    let on = webhook::any(&mut connection, id).await.unwrap().unwrap();
    assert_eq!(
        (
            on.enabled,
            on.disabled_at,
            on.disabled_reason,
            on.failing_since,
            on.events.len()
        ),
        (true, None, None, None, 5)
    );
    write!(app, |tx| webhook::failed(tx, account_id, id, NOW).await);
    write!(app, |tx| webhook::succeeded(tx, account_id, id).await);
    let well = webhook::any(&mut connection, id).await.unwrap().unwrap();
    assert_eq!(well.failing_since, None);
    assert_eq!(
        webhook::list(&mut connection, account_id, None, 1)
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(
        webhook::list(&mut connection, account_id, Some(id), 1)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(!write!(app, |tx| webhook::delete(tx, account_id + 1, id).await));
    assert!(write!(app, |tx| webhook::delete(tx, account_id, id).await));
});

on_both!(deliveries_of_a_conversation_go_one_after_another, |app| {
    let ids = desk(app).await;
    let (account_id, conversation_id, endpoint_id) = ids;
    for _ in 0..3 {
        insert(app, ids, None, NOW).await;
    }
    let mut connection = app.db.read().await.unwrap();
    assert_eq!(
        delivery::endpoints_due(&mut connection, NOW - 1, 9)
            .await
            .unwrap(),
        Vec::<i64>::new()
    );
    assert_eq!(
        delivery::endpoints_due(&mut connection, NOW, 9)
            .await
            .unwrap(),
        [endpoint_id]
    );
    let first = claim(app, endpoint_id, "a", NOW).await;
    assert_eq!(first.len(), 1);
    let first = first[0];
    assert!(
        claim(app, endpoint_id, "b", NOW + 99).await.is_empty(),
        "it is held"
    );
    assert_eq!(
        claim(app, endpoint_id, "b", NOW + 100).await,
        [first],
        "the lease ran out"
    );
    assert!(
        !write!(app, |tx| delivery::retry(tx, first, "a", NOW + 200).await),
        "who no longer holds it may not settle it"
    );
    assert!(write!(app, |tx| delivery::retry(tx, first, "b", NOW + 200).await));
    assert!(claim(app, endpoint_id, "a", NOW + 199).await.is_empty());
    assert_eq!(claim(app, endpoint_id, "a", NOW + 200).await, [first]);
    let status = DeliveryStatus::Delivered;
    assert!(!write!(app, |tx| delivery::finish(
        tx, first, "b", status, NOW
    )
    .await));
    assert!(write!(app, |tx| delivery::finish(
        tx,
        first,
        "a",
        status,
        NOW + 201
    )
    .await));
    assert!(
        claim(app, endpoint_id, "a", NOW + 300).await.is_empty(),
        "nobody has woken the next"
    );
    write!(app, |tx| delivery::wake_next(
        tx,
        endpoint_id,
        conversation_id,
        NOW + 300
    )
    .await);
    let second = claim(app, endpoint_id, "a", NOW + 300).await;
    assert_eq!(second.len(), 1);
    assert_eq!(write!(app, |tx| delivery::release(tx, "a").await), 1);
    assert_eq!(claim(app, endpoint_id, "c", NOW + 300).await, second);
    assert_eq!(write!(app, |tx| delivery::release_all(tx).await), 1);

    // One that is over goes again outside the order; one that waits stays where it is.
    write!(app, |tx| delivery::replay(tx, account_id, first, NOW + 300)
        .await);
    let mut both = claim(app, endpoint_id, "a", NOW + 300).await;
    both.sort_unstable();
    assert_eq!(both, [first, second[0]]);
    let third = second[0] + 1;
    write!(app, |tx| delivery::replay(tx, account_id, third, NOW + 300)
        .await);
    let row = delivery::get(&mut connection, account_id, endpoint_id, third)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.status, row.next_attempt_at),
        (DeliveryStatus::Pending, None)
    );
    write!(app, |tx| delivery::give_up(tx, endpoint_id, NOW + 400)
        .await);
    let rows = delivery::list(&mut connection, account_id, endpoint_id, None, 9)
        .await
        .unwrap();
    assert!(rows.iter().all(|row| row.status == DeliveryStatus::Failed));
    assert_eq!(
        rows.iter().map(|row| row.attempts).collect::<Vec<_>>(),
        [0, 0, 2]
    );
    assert!(
        delivery::get(&mut connection, account_id + 1, endpoint_id, third)
            .await
            .unwrap()
            .is_none()
    );
});

on_both!(tries_are_remembered_and_old_ones_forgotten, |app| {
    let ids = desk(app).await;
    let (account_id, conversation_id, endpoint_id) = ids;
    insert(app, ids, None, NOW).await;
    let id = claim(app, endpoint_id, "a", NOW).await[0];
    for number in 1..=3 {
        write!(app, |tx| {
            let attempt = Attempt {
                delivery_id: id,
                number,
                started_at: NOW + number,
                duration: 7,
                request: WebhookRequest {
                    url: "https://a.example/".into(),
                    ..WebhookRequest::default()
                },
                response: None,
                failure: Some(DeliveryFailure::Timeout),
            };
            delivery::insert_attempt(tx, &attempt).await
        });
    }
    write!(app, |tx| delivery::forget_attempts(tx, id, 1).await);
    let mut connection = app.db.read().await.unwrap();
    let tries = delivery::attempts(&mut connection, endpoint_id, id, id)
        .await
        .unwrap();
    assert_eq!(
        tries
            .iter()
            .map(|attempt| attempt.number)
            .collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!(
        (
            tries[0].duration,
            tries[0].failure,
            tries[0].request.url.as_str()
        ),
        (7, Some(DeliveryFailure::Timeout), "https://a.example/")
    );
    // What is pending stays; of what is over, the latest; nothing old.
    write!(app, |tx| delivery::prune(tx, NOW + 1, 0).await);
    assert_eq!(
        delivery::list(&mut connection, account_id, endpoint_id, None, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    write!(app, |tx| delivery::finish(
        tx,
        id,
        "a",
        DeliveryStatus::Failed,
        NOW
    )
    .await);
    insert(app, ids, None, NOW + 1).await;
    let next = claim(app, endpoint_id, "a", NOW + 1).await[0];
    write!(app, |tx| delivery::finish(
        tx,
        next,
        "a",
        DeliveryStatus::Delivered,
        NOW
    )
    .await);
    write!(app, |tx| delivery::prune(tx, NOW, 1).await);
    let left = delivery::list(&mut connection, account_id, endpoint_id, None, 9)
        .await
        .unwrap();
    assert_eq!(left.iter().map(|row| row.id).collect::<Vec<_>>(), [next]);
    write!(app, |tx| delivery::prune(tx, NOW + 2, 1).await);
    assert!(
        delivery::list(&mut connection, account_id, endpoint_id, None, 9)
            .await
            .unwrap()
            .is_empty()
    );
    let subject = delivery::subject(&mut connection, account_id, conversation_id)
        .await
        .unwrap();
    assert!(subject.is_some());
    let theirs = delivery::subject(&mut connection, account_id + 1, conversation_id)
        .await
        .unwrap();
    assert_eq!(theirs, None);
});

on_both!(a_conversation_says_whether_anybody_is_told_of_it, |app| {
    let (account_id, conversation_id, endpoint_id) = desk(app).await;
    let locked = write!(app, |tx| conversation::lock(
        tx,
        account_id,
        conversation_id
    )
    .await);
    assert!(locked.unwrap().has_webhooks);
    write!(app, |tx| {
        webhook::update(
            tx,
            account_id,
            endpoint_id,
            &settings(WebhookEvent::ALL, false),
            NOW,
        )
        .await
    });
    let locked = write!(app, |tx| conversation::lock(
        tx,
        account_id,
        conversation_id
    )
    .await);
    assert!(!locked.unwrap().has_webhooks);
});

on_both!(a_message_takes_what_is_told_of_it_along, |app| {
    let ids = desk(app).await;
    let (account_id, conversation_id, endpoint_id) = ids;
    let message = write!(app, |tx| {
        let new = message::NewMessage {
            account_id,
            conversation_id,
            role: Role::User,
            author_id: None,
            author_name: None,
            content: "Hello".into(),
            status: MessageStatus::Complete,
            client_id: None,
            answer_id: None,
            sources: Vec::new(),
            files: Vec::new(),
        };
        message::insert(tx, &new, 1, NOW).await
    });
    insert(app, ids, Some(message.id), NOW).await;
    parlance::store::execute_for_tests(&app.config.database_url, "delete from messages")
        .await
        .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let left = delivery::list(&mut connection, account_id, endpoint_id, None, 9)
        .await
        .unwrap();
    assert!(left.is_empty());
});
