//! Turns: order, resends, readers that leave, people who take over, processes that die.

use crate::desk::words;
use crate::support::{TestApp, on_both};
use parlance::core::actor::{Operator, Visitor};
use parlance::core::answer::live::{Done, TurnEvent};
use parlance::core::answer::turn::{self, Asked};
use parlance::core::message::LEASE;
use parlance::core::{conversation, handover, job};
use parlance::store;
use shared::conversation::Mode;
use shared::error::ErrorCode;
use shared::message::{Message, Role};
use shared::site::SiteSettings;

async fn desk(app: &TestApp, settings: SiteSettings) -> (Operator, Visitor) {
    let owner = app.owner("anna@acme.example").await;
    let site = app.site(&owner, settings).await;
    let visitor = app.visitor(&site).await;
    (owner, visitor)
}

/// The chunks joined, and how the turn ended.
async fn hear(asked: Asked) -> (String, Done) {
    match asked {
        Asked::Settled(done) => (String::new(), *done),
        Asked::Answering(mut events) => {
            let mut text = String::new();
            loop {
                match events.recv().await.expect("a turn ends with its end") {
                    TurnEvent::Chunk(chunk) => text.push_str(&chunk),
                    TurnEvent::Done(done) => return (text, *done),
                    TurnEvent::Failed { code, message } => panic!("{code}: {message}"),
                }
            }
        }
    }
}

async fn ask(app: &TestApp, visitor: &Visitor, text: &str, client_id: Option<&str>) -> Asked {
    turn::ask(app, visitor, text.to_owned(), client_id.map(str::to_owned))
        .await
        .unwrap()
        .1
}

async fn thread(app: &TestApp, visitor: &Visitor) -> Vec<Message> {
    let mut connection = app.db.read().await.unwrap();
    store::message::after(&mut connection, visitor.conversation.id, 0, 500)
        .await
        .unwrap()
}

async fn jobs_left(app: &TestApp) -> usize {
    let mut connection = app.db.read().await.unwrap();
    store::job::due(&mut connection, "answer", i64::MAX, 100)
        .await
        .unwrap()
        .len()
}

on_both!(a_question_is_answered_and_the_chunks_are_the_reply, |app| {
    let (_, visitor) = desk(app, SiteSettings::default()).await;
    let (text, done) = hear(ask(app, &visitor, "Hello?", None).await).await;
    let reply = done.message.unwrap();
    assert!(!text.is_empty());
    assert_eq!(reply.content, text);
    assert_eq!(
        (reply.role, reply.seq, done.mode),
        (Role::Assistant, 2, Mode::Ai)
    );
    assert_eq!(jobs_left(app).await, 0);
    assert_eq!(app.answers.count(), 0);
});

on_both!(a_resend_gets_the_first_answer_and_makes_no_second, |app| {
    let (_, visitor) = desk(app, SiteSettings::default()).await;
    let (first, _) = hear(ask(app, &visitor, "Hello?", Some("m-1")).await).await;
    let (_, again) = hear(ask(app, &visitor, "Hello?", Some("m-1")).await).await;
    assert_eq!(again.message.unwrap().content, first);
    assert_eq!(thread(app, &visitor).await.len(), 2);
});

on_both!(a_reader_that_leaves_does_not_cancel_the_answer, |app| {
    let (_, visitor) = desk(app, SiteSettings::default()).await;
    drop(ask(app, &visitor, "Hello?", None).await);
    app.tasks.close();
    app.tasks.wait().await;
    let thread = thread(app, &visitor).await;
    assert_eq!(
        thread
            .iter()
            .map(|message| message.role)
            .collect::<Vec<_>>(),
        [Role::User, Role::Assistant]
    );
});

on_both!(turns_of_one_session_run_one_after_another_in_order, |app| {
    let (_, visitor) = desk(app, SiteSettings::default()).await;
    let mut asked = Vec::new();
    for number in 0..8 {
        asked.push(ask(app, &visitor, &format!("Question {number}?"), None).await);
    }
    for asked in asked {
        hear(asked).await;
    }
    let answers = thread(app, &visitor)
        .await
        .into_iter()
        .filter(|message| message.role == Role::Assistant);
    let order = answers
        .map(|message| message.answer_id.unwrap())
        .collect::<Vec<_>>();
    let mut sorted = order.clone();
    sorted.sort_by_key(|id| id.trim_start_matches("ans_").parse::<i64>().unwrap());
    assert_eq!(order, sorted);
    assert_eq!(order.len(), 8);
});

on_both!(
    an_answer_left_behind_by_a_dead_process_is_taken_up_again,
    |app| {
        let (_, visitor) = desk(app, SiteSettings::default()).await;
        // What a process that dies right after the commit leaves: a stored message and its job, held by nobody alive.
        let address = parlance::core::message::Address::from(&visitor.conversation);
        let draft =
            parlance::core::message::Draft::new(parlance::core::message::Sender::Visitor, "Hello?");
        let sent = parlance::core::message::send(app, address, draft)
            .await
            .unwrap();
        assert!(sent.answer_job.is_some());
        assert_eq!(job::run_due(app).await.unwrap(), 0, "it is still held");
        app.clock.advance(LEASE);
        assert_eq!(job::run_due(app).await.unwrap(), 1);
        app.tasks.close();
        app.tasks.wait().await;
        assert_eq!(thread(app, &visitor).await.len(), 2);
        assert_eq!(jobs_left(app).await, 0);
        app.clock.advance(LEASE);
        assert_eq!(job::run_due(app).await.unwrap(), 0);
    }
);

on_both!(
    nobody_answers_while_an_operator_has_the_conversation_and_hand_back_ends_that,
    |app| {
        let (owner, visitor) = desk(app, SiteSettings::default()).await;
        let spelling = format!("conv_{}", visitor.conversation.slug);
        conversation::change(
            app,
            &owner,
            &spelling,
            handover::Event::TakenOver { by: owner.user_id },
        )
        .await
        .unwrap();
        let (text, done) = hear(ask(app, &visitor, "Hello?", None).await).await;
        assert_eq!(
            (text.as_str(), done.message, done.mode),
            ("", None, Mode::Operator)
        );
        conversation::change(app, &owner, &spelling, handover::Event::HandedBack)
            .await
            .unwrap();
        let (text, done) = hear(ask(app, &visitor, "And now?", None).await).await;
        assert!(!text.is_empty());
        assert_eq!(done.mode, Mode::Ai);
    }
);

on_both!(
    an_assistant_that_is_off_leaves_the_question_to_people,
    |app| {
        let (owner, visitor) = desk(
            app,
            SiteSettings {
                ai_mode: "off".into(),
                ..SiteSettings::default()
            },
        )
        .await;
        let (text, done) = hear(ask(app, &visitor, "Hello?", None).await).await;
        assert_eq!((text.as_str(), done.mode), ("", Mode::Waiting));
        assert_eq!(done.ticket_number.as_deref(), Some("ESC-1"));
        let waiting = store::conversation::Filter {
            mode: Some(Mode::Waiting),
            ..Default::default()
        };
        assert_eq!(
            conversation::list(app, &owner, &waiting, 10)
                .await
                .unwrap()
                .data
                .len(),
            1
        );
    }
);

on_both!(
    an_assistant_that_waits_answers_when_nobody_was_faster,
    |app| {
        let settings = SiteSettings {
            ai_mode: "delay".into(),
            ai_reply_delay_sec: 30,
            ..SiteSettings::default()
        };
        let (owner, visitor) = desk(app, settings).await;
        let (text, done) = hear(ask(app, &visitor, "Hello?", None).await).await;
        assert_eq!((text.as_str(), done.mode), ("", Mode::Ai));
        app.clock.advance(29_999);
        assert_eq!(job::run_due(app).await.unwrap(), 0);
        app.clock.advance(1);
        assert_eq!(job::run_due(app).await.unwrap(), 1);
        while app.answers.count() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(thread(app, &visitor).await.len(), 2);

        hear(ask(app, &visitor, "Second?", None).await).await;
        let spelling = format!("conv_{}", visitor.conversation.slug);
        conversation::reply(app, &owner, &spelling, words("I was faster"))
            .await
            .unwrap();
        app.clock.advance(30_000);
        job::run_due(app).await.unwrap();
        app.tasks.close();
        app.tasks.wait().await;
        let last = thread(app, &visitor).await.pop().unwrap();
        assert_eq!(last.role, Role::Operator);
        assert_eq!(jobs_left(app).await, 0);
    }
);

on_both!(
    a_message_that_cannot_be_one_is_refused_and_not_stored,
    |app| {
        let (_, visitor) = desk(app, SiteSettings::default()).await;
        for bad in ["", "  \n", "a\u{0}b", &"x".repeat(1_001)] {
            let refused = turn::ask(app, &visitor, bad.to_owned(), None)
                .await
                .unwrap_err();
            assert_eq!(
                (refused.code, refused.field.as_deref()),
                (ErrorCode::ValidationFailed, Some("message"))
            );
        }
        assert!(
            turn::ask(app, &visitor, "ok".into(), Some("a b".into()))
                .await
                .is_err()
        );
        assert!(thread(app, &visitor).await.is_empty());
        hear(ask(app, &visitor, &"é".repeat(1_000), None).await).await;
    }
);

on_both!(only_as_many_jobs_are_claimed_as_can_run_at_once, |app| {
    let (owner, visitor) = desk(app, SiteSettings::default()).await;
    let (account_id, conversation_id) = (owner.account_id, visitor.conversation.id);
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                for kind in ["answer"; 33].into_iter().chain(["of_a_later_version"]) {
                    let job = store::job::NewJob {
                        kind,
                        account_id,
                        conversation_id: Some(conversation_id),
                        // There is no such message: the job ends with nothing done.
                        payload: "4711",
                        run_at: 0,
                        lease: None,
                    };
                    store::job::insert(transaction, &job, 0).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
    assert_eq!(job::run_due(app).await.unwrap(), 32);
    assert_eq!(job::run_due(app).await.unwrap(), 1);
    assert_eq!(job::run_due(app).await.unwrap(), 0);
    let mut connection = app.db.read().await.unwrap();
    let left = store::job::due(&mut connection, "of_a_later_version", 0, 9).await;
    assert_eq!(left.unwrap().len(), 1, "left to who knows it");
});
