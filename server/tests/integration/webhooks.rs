//! Deliveries to real receivers: what they say, how they are signed, and what happens when a receiver fails.

use crate::desk::words;
use crate::mail::outbox;
use crate::receiver::{Answer, Received, Receiver};
use crate::support::{Engine, NOW, TestApp};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use parlance::app::App;
use parlance::clock::{Clock, DAY, HOUR, Ids, MINUTE, SECOND, iso};
use parlance::core::actor::{Operator, Visitor};
use parlance::core::answer::turn;
use parlance::core::message::{self, Address, Draft, Sender};
use parlance::core::{conversation, job, rating, session, ticket, webhook};
use serde_json::{Value, json};
use sha2::Sha256;
use shared::message::{Message, Thumb};
use shared::site::SiteSettings;
use shared::webhook::{
    CreateWebhookRequest, DeliveryFailure, DeliveryStatus, UpdateWebhookRequest, Webhook,
    WebhookDelivery, WebhookDisabledReason, WebhookEvent,
};
use shared::widget::EscalationTrigger;

/// The promised waits between tries.
const WAITS: [i64; 9] = [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
const MESSAGES: &[WebhookEvent] = &[WebhookEvent::NewMessage];

/// An account whose assistant is silent, with a visitor.
struct House {
    app: TestApp,
    owner: Operator,
    visitor: Visitor,
}

async fn house_on(engine: Engine) -> House {
    let app = TestApp::with(engine, |config| {
        config.egress_allow = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let owner = app.owner("ada@example.com").await;
    let quiet = SiteSettings {
        ai_mode: "delay".into(),
        ai_reply_delay_sec: 600,
        ..SiteSettings::default()
    };
    let site = app.site(&owner, quiet).await;
    let visitor = app.visitor(&site).await;
    House {
        app,
        owner,
        visitor,
    }
}

async fn house() -> House {
    house_on(Engine::Sqlite).await
}

/// The same test in a house on each database.
macro_rules! on_both_houses {
    ($name:ident, |$house:ident| $body:block) => {
        mod $name {
            use super::*;

            async fn body($house: House) $body

            #[tokio::test]
            async fn sqlite() {
                body(house_on(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                body(house_on(Engine::Postgres).await).await;
            }
        }
    };
}

impl House {
    async fn hook(&self, url: String, events: &[WebhookEvent]) -> Webhook {
        let request = CreateWebhookRequest {
            url,
            events: events.to_vec(),
            description: None,
            enabled: None,
        };
        webhook::create(&self.app, &self.owner, request)
            .await
            .unwrap()
    }

    async fn says(&self, text: &str) -> Message {
        self.visitor_says(&self.visitor, text).await
    }

    async fn visitor_says(&self, visitor: &Visitor, text: &str) -> Message {
        let asked = turn::ask(&self.app, visitor, text.into(), None).await;
        asked.unwrap().0.message
    }

    async fn deliver(&self) -> usize {
        webhook::deliver_due(&self.app).await.unwrap()
    }

    async fn log(&self, hook: &Webhook) -> Vec<WebhookDelivery> {
        let page = webhook::deliveries(&self.app, &self.owner, hook.id, None, 200).await;
        page.unwrap().data
    }

    async fn state(&self, hook: &Webhook) -> Webhook {
        webhook::show(&self.app, &self.owner, hook.id)
            .await
            .unwrap()
    }

    async fn answer(&self, text: &str) -> Message {
        let sender = Sender::Assistant {
            answer_id: format!("ans_{text}"),
            status: shared::message::MessageStatus::Complete,
            sources: Vec::new(),
            job_id: None,
        };
        let address = Address::from(&self.visitor.conversation);
        let sent = message::send(&self.app, address, Draft::new(sender, text)).await;
        sent.unwrap().message
    }
}

/// HMAC-SHA256 as the documents describe it, written anew.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn documented_signature(secret: &str, received: &Received) -> String {
    hex::encode(hmac(secret.as_bytes(), &received.body))
}

fn standard_signature(secret: &str, received: &Received) -> String {
    let key = BASE64_STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut signed = format!(
        "{}.{}.",
        received.header("webhook-id"),
        received.header("webhook-timestamp")
    )
    .into_bytes();
    signed.extend_from_slice(&received.body);
    format!("v1,{}", BASE64_STANDARD.encode(hmac(&key, &signed)))
}

async fn every_event(house: House) {
    let receiver = Receiver::start(Vec::new()).await;
    let hook = house.hook(receiver.url(), WebhookEvent::ALL).await;
    let site = house.visitor.site.clone();
    let visitor = house.app.visitor(&site).await;
    let house = House { visitor, ..house };
    house.says("How do I cancel my plan?").await;
    let answer = house.answer("In the settings.").await;
    let fresh = house.app.fresh(&house.visitor).await;
    rating::give_feedback(
        &house.app,
        &fresh,
        answer.id,
        Some(Thumb::Down),
        Some("No button".into()),
    )
    .await
    .unwrap();
    // The same again, and taking it back, are no news.
    rating::give_feedback(&house.app, &fresh, answer.id, Some(Thumb::Down), None)
        .await
        .unwrap();
    rating::give_feedback(&house.app, &fresh, answer.id, None, None)
        .await
        .unwrap();
    ticket::escalate(
        &house.app,
        &fresh,
        EscalationTrigger::UserRequest,
        Some("Please call".into()),
    )
    .await
    .unwrap();
    let spelling = format!("conv_{}", fresh.conversation.slug);
    conversation::reply(&house.app, &house.owner, &spelling, words("Here I am"))
        .await
        .unwrap();

    assert_eq!(house.deliver().await, 7);
    let received = receiver.received();
    let told: Vec<Value> = received.iter().map(Received::json).collect();
    let ids = json!({
        "conversationId": spelling,
        "chatbotId": format!("bot_{}", site.slug),
        "visitorId": format!("vis_{}", fresh.conversation.visitor_slug),
    });
    let event = |name: &str, data: Value| {
        let mut all = ids.clone();
        for (key, value) in data.as_object().unwrap() {
            all[key] = value.clone();
        }
        json!({"event": name, "timestamp": "2026-01-05T10:00:00Z", "data": all})
    };
    assert_eq!(
        told,
        [
            event("new_conversation", json!({})),
            event(
                "new_message",
                json!({"message": "How do I cancel my plan?", "sender": "visitor"})
            ),
            event(
                "new_message",
                json!({"message": "In the settings.", "sender": "assistant"})
            ),
            event(
                "feedback_received",
                json!({"message": "In the settings.", "sender": "assistant", "feedback": "down", "reason": "No button"})
            ),
            event(
                "escalation",
                json!({"message": "Please call", "ticketNumber": "ESC-1", "trigger": "user_request"})
            ),
            event(
                "new_message",
                json!({"message": "Here I am", "sender": "admin"})
            ),
            event(
                "admin_reply",
                json!({"message": "Here I am", "sender": "admin"})
            ),
        ]
    );
    let secret = hook.secret.clone().unwrap();
    for received in &received {
        assert_eq!(received.path, "/hook");
        assert_eq!(received.header("content-type"), "application/json");
        assert_eq!(
            received.header("x-chattery-signature"),
            documented_signature(&secret, received)
        );
        assert_eq!(
            received.header("webhook-signature"),
            standard_signature(&secret, received)
        );
        assert_eq!(
            received.header("webhook-timestamp"),
            (NOW / 1_000).to_string()
        );
        assert!(received.header("webhook-id").starts_with("evt_"));
    }
    let log = house.log(&hook).await;
    assert!(
        log.iter()
            .all(|row| row.status == DeliveryStatus::Delivered && row.attempts == 1)
    );
    assert_eq!(house.deliver().await, 0, "each once");
}

on_both_houses!(
    every_event_is_told_in_its_documented_form_and_signed,
    |house| {
        every_event(house).await;
    }
);

on_both_houses!(
    asking_for_a_person_who_is_there_already_is_an_escalation_too,
    |house| {
        let receiver = Receiver::start(Vec::new()).await;
        house
            .hook(receiver.url(), &[WebhookEvent::Escalation])
            .await;
        let spelling = format!("conv_{}", house.visitor.conversation.slug);
        conversation::reply(&house.app, &house.owner, &spelling, words("Hello"))
            .await
            .unwrap();
        for _ in 0..2 {
            let fresh = house.app.fresh(&house.visitor).await;
            ticket::escalate(&house.app, &fresh, EscalationTrigger::UserRequest, None)
                .await
                .unwrap();
        }
        house.deliver().await;
        let received = receiver.received();
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].json()["data"]["ticketNumber"], "ESC-1");
    }
);

on_both_houses!(
    an_endpoint_hears_only_what_it_wants_and_only_of_its_own_account,
    |house| {
        let (wanting, other, off) = (
            Receiver::start(Vec::new()).await,
            Receiver::start(Vec::new()).await,
            Receiver::start(Vec::new()).await,
        );
        house.hook(wanting.url(), &[WebhookEvent::AdminReply]).await;
        let disabled = house.hook(off.url(), WebhookEvent::ALL).await;
        let change = UpdateWebhookRequest {
            enabled: Some(false),
            ..UpdateWebhookRequest::default()
        };
        webhook::update(&house.app, &house.owner, disabled.id, change)
            .await
            .unwrap();
        let stranger = house.app.owner("eve@example.com").await;
        let request = CreateWebhookRequest {
            url: other.url(),
            events: WebhookEvent::ALL.to_vec(),
            description: None,
            enabled: None,
        };
        webhook::create(&house.app, &stranger, request)
            .await
            .unwrap();

        house.says("Hello?").await;
        assert_eq!(house.deliver().await, 0);
        let spelling = format!("conv_{}", house.visitor.conversation.slug);
        conversation::reply(&house.app, &house.owner, &spelling, words("Hi"))
            .await
            .unwrap();
        assert_eq!(house.deliver().await, 1);
        assert_eq!(wanting.messages(), ["Hi"]);
        assert!(other.received().is_empty() && off.received().is_empty());
    }
);

on_both_houses!(
    a_failed_delivery_is_tried_again_on_schedule_under_the_same_id_and_then_given_up,
    |house| {
        let receiver = Receiver::always(Answer::Says(500, "x".repeat(10_000))).await;
        let hook = house.hook(receiver.url(), MESSAGES).await;
        house.says("Hello?").await;
        assert_eq!(house.deliver().await, 1);
        for (number, wait) in WAITS.into_iter().enumerate() {
            let log = house.log(&hook).await;
            assert_eq!(log[0].status, DeliveryStatus::Pending);
            assert_eq!(log[0].attempts, i64::try_from(number).unwrap() + 1);
            let now = house.app.now();
            let next = log[0].next_attempt_at.clone().unwrap();
            assert!(
                next >= iso(now + wait) && next <= iso(now + wait + wait / 5),
                "{next} after {wait}"
            );
            house.app.clock.advance(wait - 1);
            assert_eq!(house.deliver().await, 0, "not before its time");
            house.app.clock.advance(wait / 5 + 1);
            assert_eq!(house.deliver().await, 1);
        }
        let log = house.log(&hook).await.remove(0);
        assert_eq!((log.status, log.attempts), (DeliveryStatus::Failed, 10));
        assert_eq!(
            (log.next_attempt_at.as_ref(), log.finished_at),
            (None, Some(iso(house.app.now())))
        );
        assert_eq!(log.log.len(), 10);
        let received = receiver.received();
        assert_eq!(received.len(), 10);
        for (attempt, received) in log.log.iter().zip(&received) {
            assert_eq!(received.header("webhook-id"), log.event_id);
            assert_eq!(received.body, log.payload.as_bytes());
            assert_eq!(attempt.failure, Some(DeliveryFailure::Status));
            assert_eq!(attempt.request.url, receiver.url());
            assert_eq!(
                attempt.request.headers["webhook-timestamp"],
                received.header("webhook-timestamp")
            );
            let response = attempt.response.as_ref().unwrap();
            assert_eq!((response.status, response.body.len()), (500, 4 << 10));
            assert_eq!(response.headers["x-receiver"], "here");
        }
        let times: std::collections::HashSet<&str> = received
            .iter()
            .map(|received| received.header("webhook-timestamp"))
            .collect();
        assert_eq!(times.len(), 10, "each try is signed at its own time");
        house.app.clock.advance(30 * DAY);
        assert_eq!(house.deliver().await, 0);
    }
);

on_both_houses!(
    a_conversations_deliveries_keep_their_order_and_a_given_up_one_lets_the_next_go,
    |house| {
        let receiver = Receiver::start(vec![Answer::Status(500), Answer::Status(503)]).await;
        let hook = house.hook(receiver.url(), MESSAGES).await;
        let site = house.visitor.site.clone();
        let other = house.app.visitor(&site).await;
        for text in ["one", "two", "three"] {
            house.says(text).await;
        }
        assert_eq!(house.deliver().await, 1, "the others wait for the first");
        house.visitor_says(&other, "elsewhere").await;
        let log = house.log(&hook).await;
        let waiting: Vec<bool> = log
            .iter()
            .map(|row| row.next_attempt_at.is_none())
            .collect();
        assert_eq!(waiting, [false, true, true, false]);
        // Another conversation does not wait, but the receiver fails it once too.
        assert_eq!(house.deliver().await, 1);
        house.app.clock.advance(6 * SECOND);
        assert_eq!(house.deliver().await, 4);
        let mut order = receiver.messages();
        order.retain(|text| text != "elsewhere");
        assert_eq!(order, ["one", "one", "two", "three"]);

        receiver.then_always(Answer::Status(500));
        house.says("four").await;
        house.says("five").await;
        house.deliver().await;
        for wait in WAITS {
            assert!(!receiver.messages().contains(&"five".to_owned()));
            house.app.clock.advance(wait + wait / 5);
            house.deliver().await;
        }
        let log = house.log(&hook).await;
        assert_eq!(log[1].status, DeliveryStatus::Failed);
        assert_eq!(receiver.messages().last().unwrap(), "five");
    }
);

on_both_houses!(
    a_receiver_that_hangs_delays_nobody_else_and_times_out,
    |house| {
        let (hanging, healthy) = (
            Receiver::always(Answer::Hang).await,
            Receiver::start(Vec::new()).await,
        );
        let hung = house.hook(hanging.url(), MESSAGES).await;
        house.hook(healthy.url(), MESSAGES).await;
        let worker = tokio::spawn(webhook::work(house.app.app.clone()));
        for number in 0..20 {
            house.says(&format!("message {number}")).await;
        }
        hanging.wait_for(1).await;
        let texts: Vec<String> = healthy
            .wait_for(20)
            .await
            .iter()
            .map(Received::message)
            .collect();
        let sent: Vec<String> = (0..20).map(|number| format!("message {number}")).collect();
        assert_eq!(texts, sent);
        assert_eq!(hanging.received().len(), 1);
        // The other's try goes on until its time is up.
        let row = loop {
            let log = house.log(&hung).await;
            let row = log.last().unwrap().clone();
            if row.attempts > 0 {
                break row;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        assert_eq!(row.log[0].failure, Some(DeliveryFailure::Timeout));
        assert_eq!(row.log[0].response, None);
        house.app.shutdown.cancel();
        worker.await.unwrap();
    }
);

on_both_houses!(a_receiver_that_is_gone_is_switched_off_at_once, |house| {
    let receiver = Receiver::always(Answer::Status(410)).await;
    let hook = house.hook(receiver.url(), MESSAGES).await;
    house.says("one").await;
    house.says("two").await;
    assert_eq!(house.deliver().await, 1);
    let state = house.state(&hook).await;
    assert!(!state.enabled);
    assert_eq!(state.disabled_reason, Some(WebhookDisabledReason::Gone));
    assert_eq!(state.disabled_at, Some(iso(NOW)));
    while job::run_due(&house.app).await.unwrap() > 0 {}
    let letters = outbox(&house.app);
    assert_eq!(letters.len(), 1, "the owner is told, once");
    for part in ["To: ada@example.com", &receiver.url(), "gone for good"] {
        assert!(letters[0].contains(part), "{part}: {}", letters[0]);
    }
    let log = house.log(&hook).await;
    assert!(log.iter().all(|row| row.status == DeliveryStatus::Failed));
    house.says("three").await;
    assert_eq!(
        house.log(&hook).await.len(),
        2,
        "nothing more is written down"
    );
    let refused = webhook::replay(&house.app, &house.owner, hook.id, log[0].id).await;
    assert_eq!(refused.unwrap_err().code.code(), "conflict");

    receiver.then_always(Answer::Status(204));
    let change = UpdateWebhookRequest {
        enabled: Some(true),
        ..UpdateWebhookRequest::default()
    };
    let on = webhook::update(&house.app, &house.owner, hook.id, change)
        .await
        .unwrap();
    assert_eq!(
        (on.enabled, on.disabled_reason, on.failing_since),
        (true, None, None)
    );
    house.says("four").await;
    house.deliver().await;
    assert_eq!(receiver.messages(), ["one", "four"]);
});

on_both_houses!(five_days_of_failure_switch_an_endpoint_off, |house| {
    let receiver = Receiver::always(Answer::Status(500)).await;
    let hook = house.hook(receiver.url(), MESSAGES).await;
    house.says("one").await;
    house.deliver().await;
    assert_eq!(house.state(&hook).await.failing_since, Some(iso(NOW)));
    house.app.clock.advance(5 * DAY - 1);
    house.says("two").await;
    house.deliver().await;
    assert!(house.state(&hook).await.enabled);
    house.app.clock.advance(DAY);
    house.deliver().await;
    let state = house.state(&hook).await;
    assert_eq!(
        (state.enabled, state.disabled_reason),
        (false, Some(WebhookDisabledReason::Failing))
    );
    while job::run_due(&house.app).await.unwrap() > 0 {}
    let letters = outbox(&house.app);
    assert_eq!(letters.len(), 1, "the owner is told, once");
    assert!(letters[0].contains("last five days"), "{}", letters[0]);
});

on_both_houses!(one_success_ends_a_time_of_failure, |house| {
    let receiver = Receiver::start(vec![Answer::Status(500)]).await;
    let hook = house.hook(receiver.url(), MESSAGES).await;
    house.says("one").await;
    house.deliver().await;
    house.app.clock.advance(6 * SECOND);
    house.deliver().await;
    assert_eq!(house.state(&hook).await.failing_since, None);
    assert_eq!(house.log(&hook).await[0].attempts, 2);
});

on_both_houses!(redirects_are_failures_and_are_not_followed, |house| {
    let target = Receiver::start(Vec::new()).await;
    let receiver = Receiver::always(Answer::Redirect(target.url())).await;
    let hook = house.hook(receiver.url(), MESSAGES).await;
    house.says("one").await;
    house.deliver().await;
    let row = house.log(&hook).await.remove(0);
    assert_eq!(row.log[0].failure, Some(DeliveryFailure::Redirect));
    let response = row.log[0].response.clone().unwrap();
    assert_eq!(
        (response.status, response.headers["location"].as_str()),
        (302, target.url().as_str())
    );
    assert!(target.received().is_empty());
});

#[tokio::test]
async fn names_that_lead_inside_are_not_reached() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let visitor = app.visitor(&site).await;
    let house = House {
        app,
        owner,
        visitor,
    };
    let hook = house.hook("http://localhost/hook".into(), MESSAGES).await;
    house.answer("Hello").await;
    house.deliver().await;
    let row = house.log(&hook).await.remove(0);
    assert_eq!(row.log[0].failure, Some(DeliveryFailure::ForbiddenAddress));
    assert_eq!(row.log[0].response, None);
    assert_eq!(row.status, DeliveryStatus::Pending);
}

#[tokio::test]
async fn a_receiver_that_is_down_gets_it_once_it_is_up_also_after_a_restart_of_ours() {
    let house = house().await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let hook = house.hook(format!("http://{address}/hook"), MESSAGES).await;
    house.says("one").await;
    house.says("two").await;
    assert_eq!(house.deliver().await, 1);
    let row = house.log(&hook).await.pop().unwrap();
    assert_eq!(row.log[0].failure, Some(DeliveryFailure::Unreachable));

    let receiver = Receiver::start(vec![Answer::Hang]).await;
    let change = UpdateWebhookRequest {
        url: Some(receiver.url()),
        ..UpdateWebhookRequest::default()
    };
    webhook::update(&house.app, &house.owner, hook.id, change)
        .await
        .unwrap();
    house.app.clock.advance(6 * SECOND);
    // A process that dies in the middle of a try: the receiver has it, nobody has written that down.
    let cut_off = tokio::spawn({
        let app = house.app.app.clone();
        async move { webhook::work(app).await }
    });
    receiver.wait_for(1).await;
    cut_off.abort();
    house.app.shutdown.cancel();
    let config = house.app.config.clone();
    let again = App::open(config, Clock::fixed(house.app.now()), Ids::seeded(2))
        .await
        .unwrap();
    assert_eq!(
        webhook::deliver_due(&again).await.unwrap(),
        0,
        "still held by the dead process"
    );
    job::take_over(&again).await.unwrap();
    assert_eq!(webhook::deliver_due(&again).await.unwrap(), 2);
    assert_eq!(receiver.messages(), ["one", "one", "two"]);
    let received = receiver.received();
    assert_eq!(
        received[0].header("webhook-id"),
        received[1].header("webhook-id"),
        "duplicates share their id"
    );
    assert_ne!(
        received[1].header("webhook-id"),
        received[2].header("webhook-id")
    );
}

on_both_houses!(after_a_rotation_both_secrets_sign_for_a_day, |house| {
    let receiver = Receiver::start(Vec::new()).await;
    let hook = house.hook(receiver.url(), MESSAGES).await;
    let old = hook.secret.clone().unwrap();
    let new = webhook::rotate(&house.app, &house.owner, hook.id)
        .await
        .unwrap()
        .secret
        .unwrap();
    house.app.clock.advance(DAY - 1);
    house.says("one").await;
    house.deliver().await;
    house.app.clock.advance(1);
    house.says("two").await;
    house.deliver().await;
    let received = receiver.received();
    let both = format!(
        "{} {}",
        standard_signature(&new, &received[0]),
        standard_signature(&old, &received[0])
    );
    assert_eq!(received[0].header("webhook-signature"), both);
    assert_eq!(
        received[0].header("x-chattery-signature"),
        documented_signature(&new, &received[0])
    );
    assert_eq!(
        received[1].header("webhook-signature"),
        standard_signature(&new, &received[1])
    );
});

on_both_houses!(
    a_delivery_can_be_sent_again_and_blocks_nobody_then,
    |house| {
        let receiver = Receiver::start(Vec::new()).await;
        let hook = house.hook(receiver.url(), MESSAGES).await;
        house.says("one").await;
        house.deliver().await;
        let first = house.log(&hook).await.remove(0);
        receiver.then_always(Answer::Status(500));
        let replayed = webhook::replay(&house.app, &house.owner, hook.id, first.id)
            .await
            .unwrap();
        assert_eq!(replayed.status, DeliveryStatus::Pending);
        assert_eq!(
            (replayed.next_attempt_at.unwrap(), replayed.attempts),
            (iso(NOW), 1)
        );
        house.deliver().await;
        receiver.then_always(Answer::Status(200));
        house.says("two").await;
        house.deliver().await;
        assert_eq!(
            receiver.messages(),
            ["one", "one", "two"],
            "a replay keeps no place in the order"
        );
        house.app.clock.advance(6 * SECOND);
        assert_eq!(house.deliver().await, 1);
        let row = house.log(&hook).await.pop().unwrap();
        assert_eq!(
            (row.status, row.attempts, row.log.len()),
            (DeliveryStatus::Delivered, 3, 3)
        );
        let received = receiver.received();
        assert_eq!(
            received[0].header("webhook-id"),
            received[3].header("webhook-id")
        );
        assert_eq!(received[0].body, received[3].body);
    }
);

on_both_houses!(the_log_is_bounded_in_number_and_age, |house| {
    let receiver = Receiver::start(Vec::new()).await;
    let hook = house.hook(receiver.url(), MESSAGES).await;
    for number in 0..1_005 {
        house.answer(&format!("{number}")).await;
    }
    house.deliver().await;
    assert_eq!(receiver.received().len(), 1_005);
    webhook::prune(&house.app).await.unwrap();
    let mut cursor = None;
    let mut kept = 0;
    loop {
        let page = webhook::deliveries(&house.app, &house.owner, hook.id, cursor.as_deref(), 200)
            .await
            .unwrap();
        kept += page.data.len();
        cursor = page.next_cursor;
        if cursor.is_none() {
            assert!(
                page.data
                    .last()
                    .unwrap()
                    .payload
                    .contains("\"message\":\"5\""),
                "the oldest went"
            );
            break;
        }
    }
    assert_eq!(kept, 1_000);
    house.app.clock.advance(30 * DAY + 1);
    house.answer("new").await;
    webhook::prune(&house.app).await.unwrap();
    assert_eq!(
        house.log(&hook).await.len(),
        1,
        "what is still to be delivered stays"
    );
});

on_both_houses!(test_chats_are_told_to_nobody, |house| {
    let receiver = Receiver::start(Vec::new()).await;
    let hook = house.hook(receiver.url(), WebhookEvent::ALL).await;
    let site = house.visitor.site.clone();
    let visitor = session::begin_test(&house.app, site).await.unwrap();
    let house = House { visitor, ..house };
    house.says("Is this on?").await;
    let answer = house.answer("Yes.").await;
    let fresh = house.app.fresh(&house.visitor).await;
    rating::give_feedback(&house.app, &fresh, answer.id, Some(Thumb::Up), None)
        .await
        .unwrap();
    ticket::escalate(&house.app, &fresh, EscalationTrigger::UserRequest, None)
        .await
        .unwrap();
    assert_eq!(house.deliver().await, 0);
    assert!(house.log(&hook).await.is_empty());
    assert!(receiver.received().is_empty());
});
