//! Sessions, messages, handover and the live channels, below the surfaces.

use crate::desk::words;
use crate::support::{NOW, TestApp, on_both};
use futures_util::{Stream, StreamExt};
use parlance::bus::{Audience, Live};
use parlance::core::actor::{Operator, Visitor};
use parlance::core::handover;
use parlance::core::message::{self, Address, Draft, Sender};
use parlance::core::session::{self, Arrival, Identity};
use parlance::core::stream::Delivery;
use parlance::core::{contact, conversation, rating, stream, ticket};
use parlance::error::Result;
use parlance::store;
use parlance::store::contact::Contact;
use shared::conversation::{Mode, ReplyRequest};
use shared::error::ErrorCode;
use shared::event::{Event, Typist};
use shared::message::{MessageStatus, Role};
use shared::site::SiteSettings;
use shared::widget::EscalationTrigger;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

async fn desk(app: &TestApp) -> (Operator, Visitor) {
    let owner = app.owner("anna@acme.example").await;
    let site = app
        .site(
            &owner,
            SiteSettings {
                display_name: "Acme".into(),
                ..SiteSettings::default()
            },
        )
        .await;
    let visitor = app.visitor(&site).await;
    (owner, visitor)
}

fn spelling(visitor: &Visitor) -> String {
    format!("conv_{}", visitor.conversation.slug)
}

async fn say(app: &TestApp, visitor: &Visitor, text: &str) -> message::Sent {
    message::send(
        app,
        Address::from(&visitor.conversation),
        Draft::new(Sender::Visitor, text),
    )
    .await
    .unwrap()
}

async fn escalate(app: &TestApp, visitor: &Visitor) -> ticket::Escalation {
    ticket::escalate(app, visitor, EscalationTrigger::UserRequest, None)
        .await
        .unwrap()
}

/// What the channel gives until the `Read` mark that the test sets as its end.
async fn until_mark(channel: impl Stream<Item = Result<Delivery>>) -> Vec<Delivery> {
    let mut channel = pin!(channel);
    let mut deliveries = Vec::new();
    while let Some(delivery) = channel.next().await {
        let delivery = delivery.unwrap();
        if matches!(*delivery.event, Event::Read { .. }) {
            return deliveries;
        }
        deliveries.push(delivery);
    }
    panic!("the channel ended before the mark");
}

fn kinds(deliveries: &[Delivery]) -> Vec<&'static str> {
    deliveries
        .iter()
        .map(|delivery| delivery.event.kind())
        .collect()
}

on_both!(a_session_is_found_by_its_key_on_its_own_site_only, |app| {
    let (owner, visitor) = desk(app).await;
    let other = app.site(&owner, SiteSettings::default()).await;
    let mut connection = app.db.read().await.unwrap();
    let key = visitor.conversation.session_key.clone();
    assert_eq!(
        session::find(&mut connection, visitor.site.clone(), &key)
            .await
            .unwrap()
            .conversation
            .id,
        visitor.conversation.id
    );
    assert_eq!(
        session::find(&mut connection, other, &key)
            .await
            .unwrap_err()
            .code,
        ErrorCode::NotFound
    );
    for bad in ["", "with space", "ключ", &"k".repeat(129)] {
        let refused = session::find(&mut connection, visitor.site.clone(), bad)
            .await
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidSession, "{bad:?}");
    }
    for prefix in ["ch_", "bot_", "site_", "sk_"] {
        let spelling = format!("{prefix}{}", visitor.site.slug);
        assert_eq!(
            session::find_site(&mut connection, &spelling)
                .await
                .unwrap()
                .id,
            visitor.site.id
        );
    }
    assert_eq!(
        session::find_site(&mut connection, &visitor.site.id.to_string())
            .await
            .unwrap()
            .id,
        visitor.site.id
    );
    for nobody in ["", "ch_", "ch_nobody", "999999", &visitor.site.slug] {
        assert_eq!(
            session::find_site(&mut connection, nobody)
                .await
                .unwrap_err()
                .code,
            ErrorCode::BotNotFound,
            "{nobody:?}"
        );
    }
});

on_both!(a_callers_own_key_begins_a_session_once, |app| {
    let (_, visitor) = desk(app).await;
    let begin = || {
        session::begin_with_key(
            app,
            visitor.site.clone(),
            "sess_1".into(),
            Arrival::default(),
        )
    };
    let (first, second) = (begin().await.unwrap(), begin().await.unwrap());
    assert_eq!(first.conversation.id, second.conversation.id);
});

on_both!(
    a_visitor_returns_by_id_and_an_identified_one_only_by_token,
    |app| {
        let (_, visitor) = desk(app).await;
        let arrive = |arrival: Arrival| session::begin(app, visitor.site.clone(), arrival);
        let back = arrive(Arrival {
            visitor_slug: Some(visitor.conversation.visitor_slug.clone()),
            ..Arrival::default()
        })
        .await
        .unwrap();
        assert_eq!(
            back.conversation.visitor_id,
            visitor.conversation.visitor_id
        );
        assert_ne!(back.conversation.id, visitor.conversation.id);
        let identity = Identity {
            subject: "user-7".into(),
            name: Some("Ada".into()),
            email: None,
        };
        let known = arrive(Arrival {
            identity: Some(identity.clone()),
            ..Arrival::default()
        })
        .await
        .unwrap();
        let again = arrive(Arrival {
            identity: Some(identity),
            ..Arrival::default()
        })
        .await
        .unwrap();
        assert_eq!(known.conversation.visitor_id, again.conversation.visitor_id);
        let impostor = arrive(Arrival {
            visitor_slug: Some(known.conversation.visitor_slug.clone()),
            ..Arrival::default()
        })
        .await
        .unwrap();
        assert_ne!(
            impostor.conversation.visitor_id,
            known.conversation.visitor_id
        );
    }
);

on_both!(a_switched_off_site_takes_no_new_session, |app| {
    let (_, visitor) = desk(app).await;
    let closed = parlance::store::site::Site {
        enabled: false,
        ..visitor.site.clone()
    };
    assert_eq!(
        session::begin(app, closed, Arrival::default())
            .await
            .unwrap_err()
            .code,
        ErrorCode::SiteDisabled
    );
    let inactive = parlance::store::site::Site {
        account_active: false,
        ..visitor.site.clone()
    };
    assert_eq!(
        session::begin(app, inactive, Arrival::default())
            .await
            .unwrap_err()
            .code,
        ErrorCode::TenantInactive
    );
});

on_both!(the_same_client_id_is_the_same_message, |app| {
    let (_, visitor) = desk(app).await;
    let address = Address::from(&visitor.conversation);
    let draft = || Draft {
        client_id: Some("m-1".into()),
        ..Draft::new(Sender::Visitor, "Hello")
    };
    let first = message::send(app, address, draft()).await.unwrap();
    let second = message::send(app, address, draft()).await.unwrap();
    assert_eq!(first.message, second.message);
    assert!(!first.repeated && second.repeated);
    assert!(
        first.answer_job.is_some() && second.answer_job.is_none(),
        "a resend does not ask twice"
    );
    assert_eq!(app.fresh(&visitor).await.conversation.last_seq, 1);
});

on_both!(escalating_opens_one_ticket_and_tells_everybody, |app| {
    let (owner, visitor) = desk(app).await;
    say(app, &visitor, "I want a person").await;
    let first = escalate(app, &visitor).await;
    let second = escalate(app, &visitor).await;
    assert_eq!(first, second);
    assert_eq!(
        (first.ticket_number.as_str(), first.mode),
        ("ESC-1", Mode::Waiting)
    );
    let shown = conversation::show(app, &owner, &spelling(&visitor))
        .await
        .unwrap();
    assert_eq!(
        (shown.mode, shown.ticket_number.as_deref()),
        (Mode::Waiting, Some("ESC-1"))
    );
    assert!(shown.waiting_since.is_some());
    let messages = conversation::messages(app, &owner, &spelling(&visitor), None, 50)
        .await
        .unwrap()
        .data;
    assert_eq!(
        messages
            .iter()
            .map(|message| message.role)
            .collect::<Vec<_>>(),
        [Role::User, Role::System]
    );
});

on_both!(
    a_visitor_who_already_has_an_operator_still_gets_a_number,
    |app| {
        let (owner, visitor) = desk(app).await;
        say(app, &visitor, "Hello").await;
        conversation::reply(app, &owner, &spelling(&visitor), words("Hi, Anna here"))
            .await
            .unwrap();
        let asked = escalate(app, &visitor).await;
        assert_eq!(
            (asked.ticket_number.as_str(), asked.mode),
            ("ESC-1", Mode::Operator)
        );
        assert_eq!(escalate(app, &visitor).await, asked);
    }
);

on_both!(a_reply_takes_over_is_sent_once_and_counts_as_read, |app| {
    let (owner, visitor) = desk(app).await;
    say(app, &visitor, "Hello").await;
    let reply = || conversation::reply(app, &owner, "x", words(""));
    assert_eq!(reply().await.unwrap_err().code, ErrorCode::ValidationFailed);
    let send = || conversation::reply(app, &owner, "conv_nobody", words("text"));
    assert_eq!(send().await.unwrap_err().code, ErrorCode::NotFound);
    let spelling = spelling(&visitor);
    let named = ReplyRequest {
        client_id: Some("r-1".into()),
        ..words("Hi")
    };
    let first = conversation::reply(app, &owner, &spelling, named.clone())
        .await
        .unwrap();
    let second = conversation::reply(app, &owner, &spelling, named.clone())
        .await
        .unwrap();
    assert_eq!(first.message.id, second.message.id);
    assert_eq!(first.message.author.as_ref().unwrap().name, "anna");
    let shown = conversation::show(app, &owner, &spelling).await.unwrap();
    assert_eq!((shown.mode, shown.unread_count), (Mode::Operator, 0));
    assert_eq!(shown.assignee.unwrap().id, owner.user_id);
});

on_both!(a_stranger_finds_nothing, |app| {
    let (_, visitor) = desk(app).await;
    say(app, &visitor, "Hello").await;
    let stranger = app.owner("stranger@other.example").await;
    for spelling in [spelling(&visitor), visitor.conversation.id.to_string()] {
        assert_eq!(
            conversation::find(app, &stranger, &spelling)
                .await
                .unwrap_err()
                .code,
            ErrorCode::NotFound
        );
    }
    let list = conversation::list(app, &stranger, &Default::default(), 10)
        .await
        .unwrap();
    assert!(list.data.is_empty());
});

on_both!(
    the_assistant_cannot_speak_while_an_operator_has_the_conversation,
    |app| {
        let (owner, visitor) = desk(app).await;
        say(app, &visitor, "Hello").await;
        conversation::change(
            app,
            &owner,
            &spelling(&visitor),
            handover::Event::TakenOver { by: owner.user_id },
        )
        .await
        .unwrap();
        let answer = |status| Sender::Assistant {
            answer_id: "ans_1".into(),
            status,
            sources: Vec::new(),
            job_id: None,
        };
        let address = Address::from(&visitor.conversation);
        let refused = message::send(
            app,
            address,
            Draft::new(answer(MessageStatus::Complete), "I think"),
        )
        .await
        .unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        let kept = message::send(
            app,
            address,
            Draft::new(answer(MessageStatus::Interrupted), "I thi"),
        )
        .await
        .unwrap();
        assert_eq!(
            (kept.message.status, kept.mode),
            (MessageStatus::Interrupted, Mode::Operator)
        );
        assert!(
            say(app, &visitor, "Are you there?")
                .await
                .answer_job
                .is_none()
        );
    }
);

on_both!(
    the_whole_course_of_a_conversation_reaches_a_reader_that_comes_late,
    |app| {
        let (owner, visitor) = desk(app).await;
        let (account_id, id) = (owner.account_id, visitor.conversation.id);
        let present = stream::visitor(app, account_id, id, Some(0));
        let operators = stream::operators(app, account_id, Some(0));
        let mut present = pin!(present.peekable());
        let mut operators = pin!(operators.peekable());
        say(app, &visitor, "Hello").await;
        // Both channels are open once their first event is there.
        assert!(present.as_mut().peek().await.is_some());
        assert!(operators.as_mut().peek().await.is_some());
        escalate(app, &visitor).await;
        conversation::reply(app, &owner, &spelling(&visitor), words("Hi"))
            .await
            .unwrap();
        conversation::change(
            app,
            &owner,
            &spelling(&visitor),
            handover::Event::HandedBack,
        )
        .await
        .unwrap();
        conversation::visitor_ends(app, &visitor).await.unwrap();
        conversation::visitor_read(app, &visitor, 3).await.unwrap();
        say(app, &visitor, "One more thing").await;
        conversation::read(app, &owner, &spelling(&visitor), 4)
            .await
            .unwrap();

        let expected = [
            "message", "message", "mode", "mode", "message", "mode", "mode", "ended", "mode",
            "message",
        ];
        let durable = |deliveries: Vec<Delivery>| {
            deliveries
                .into_iter()
                .filter(|delivery| delivery.cursor.is_some())
                .collect::<Vec<_>>()
        };
        let late = stream::visitor(app, account_id, id, Some(0));
        let middle = stream::visitor(app, account_id, id, Some(4));
        let mark = tokio::spawn({
            let (app, visitor) = (app.app.clone(), visitor.clone());
            async move {
                // Sets the mark at which the readers below stop, once they listen.
                loop {
                    if app.bus.has_operators(visitor.conversation.account_id) {
                        let address = Address::from(&visitor.conversation);
                        message::send(&app, address, Draft::new(Sender::System, "mark"))
                            .await
                            .unwrap();
                        return;
                    }
                    tokio::task::yield_now().await;
                }
            }
        });
        mark.await.unwrap();
        let seen = durable(collect(present, expected.len() + 1).await);
        let mut names = expected.to_vec();
        names.push("message");
        assert_eq!(kinds(&seen), names);
        let cursors = seen
            .iter()
            .map(|delivery| delivery.cursor.unwrap())
            .collect::<Vec<_>>();
        assert_eq!(
            cursors,
            (1..=11).collect::<Vec<_>>(),
            "no gap, no duplicate"
        );
        assert_eq!(
            kinds(&durable(collect(pin!(late.peekable()), 11).await)),
            names
        );
        assert_eq!(
            kinds(&durable(collect(pin!(middle.peekable()), 7).await)),
            &names[4..]
        );
        let theirs = durable(collect(operators, 11).await);
        assert_eq!(kinds(&theirs), names);
        assert!(
            theirs
                .iter()
                .all(|delivery| delivery.conversation == spelling(&visitor))
        );
    }
);

/// The first durable events of a channel, with what came between them.
async fn collect(channel: impl Stream<Item = Result<Delivery>>, durable: usize) -> Vec<Delivery> {
    let mut channel = pin!(channel);
    let mut deliveries: Vec<Delivery> = Vec::new();
    while deliveries
        .iter()
        .filter(|delivery| delivery.cursor.is_some())
        .count()
        < durable
    {
        deliveries.push(channel.next().await.expect("the channel goes on").unwrap());
    }
    deliveries
}

on_both!(
    a_reader_reads_what_was_said_before_and_what_is_said_now_once,
    |app| {
        let (owner, visitor) = desk(app).await;
        for number in 0..450 {
            say(app, &visitor, &format!("{number}")).await;
        }
        let channel = stream::visitor(app, owner.account_id, visitor.conversation.id, Some(0));
        let reader = tokio::spawn(until_mark(channel));
        for number in 450..460 {
            say(app, &visitor, &format!("{number}")).await;
        }
        let operator = owner.clone();
        // The mark is repeated until the reader has come so far that it hears it.
        while !reader.is_finished() {
            say(app, &visitor, "tick").await;
            let last = app.fresh(&visitor).await.conversation.last_seq;
            conversation::read(app, &operator, &spelling(&visitor), last)
                .await
                .unwrap();
            tokio::task::yield_now().await;
        }
        let seqs =
            reader
                .await
                .unwrap()
                .into_iter()
                .filter_map(|delivery| match &*delivery.event {
                    Event::Message { message } => Some(message.seq),
                    _ => None,
                });
        let seqs = seqs.collect::<Vec<_>>();
        assert!(seqs.len() >= 460);
        assert_eq!(
            seqs,
            (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>()
        );
    }
);

on_both!(events_published_in_another_order_arrive_in_theirs, |app| {
    let (owner, visitor) = desk(app).await;
    let (account_id, id) = (owner.account_id, visitor.conversation.id);
    let mut present = pin!(stream::visitor(app, account_id, id, Some(0)).peekable());
    let mut operators = pin!(stream::operators(app, account_id, Some(0)).peekable());
    say(app, &visitor, "Hello").await;
    // Both channels are open once their first event is there.
    assert!(present.as_mut().peek().await.is_some());
    assert!(operators.as_mut().peek().await.is_some());
    let written: Vec<(i64, Event)> = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let mut written = Vec::new();
                for seq in [2, 3] {
                    let event = Event::Removed { id: seq, seq };
                    let cursor =
                        store::event::insert(transaction, account_id, id, true, &event, NOW)
                            .await?;
                    written.push((cursor, event));
                }
                Ok(written)
            })
        })
        .await
        .unwrap();
    for (cursor, event) in written.into_iter().rev() {
        let live = Live {
            cursor: Some(cursor),
            conversation_id: id,
            conversation_slug: visitor.conversation.slug.as_str().into(),
            event: event.into(),
            audience: Audience::Everybody,
        };
        app.bus.publish(account_id, &live);
    }
    let removed = |delivery: &Delivery| match &*delivery.event {
        Event::Removed { seq, .. } => Some(*seq),
        _ => None,
    };
    for channel in [
        &mut present as &mut (dyn Stream<Item = Result<Delivery>> + Unpin),
        &mut operators,
    ] {
        let mut seqs = Vec::new();
        while seqs.len() < 2 {
            let next = timeout(PATIENCE, channel.next()).await;
            seqs.extend(removed(&next.expect("an event is lost").unwrap().unwrap()));
        }
        assert_eq!(seqs, [2, 3]);
    }
});

on_both!(typing_reaches_the_other_side_only, |app| {
    let (owner, visitor) = desk(app).await;
    let mut to_visitor = app.bus.subscribe_conversation(visitor.conversation.id);
    let mut to_operators = app.bus.subscribe_account(owner.account_id);
    conversation::visitor_types(app, &visitor);
    conversation::operator_types(app, &visitor.conversation);
    let who = |event: &Event| match event {
        Event::Typing { who, .. } => *who,
        other => panic!("{other:?}"),
    };
    assert_eq!(who(&to_visitor.try_recv().unwrap().event), Typist::Operator);
    assert_eq!(
        who(&to_operators.try_recv().unwrap().event),
        Typist::Visitor
    );
    assert!(to_visitor.try_recv().is_err() && to_operators.try_recv().is_err());
});

on_both!(a_read_mark_reaches_the_visitors_other_tabs, |app| {
    let (owner, visitor) = desk(app).await;
    say(app, &visitor, "Hello").await;
    let mut other_tab = app.bus.subscribe_conversation(visitor.conversation.id);
    let mut to_operators = app.bus.subscribe_account(owner.account_id);
    conversation::visitor_read(app, &visitor, 1).await.unwrap();
    let expected = Event::Read {
        seq: 1,
        who: Typist::Visitor,
    };
    assert_eq!(*other_tab.try_recv().unwrap().event, expected);
    assert_eq!(*to_operators.try_recv().unwrap().event, expected);
    conversation::visitor_read(app, &visitor, 1).await.unwrap();
    assert!(other_tab.try_recv().is_err(), "the same mark is no news");
});

on_both!(a_row_is_read_when_its_turn_to_be_shown_has_come, |app| {
    let (owner, visitor) = desk(app).await;
    say(app, &visitor, "Hello").await;
    let address = Address::from(&visitor.conversation);
    let mut to_operators = app.bus.subscribe_account(owner.account_id);
    let turn = app.bus.row_order(address.conversation_id).await;
    let first = tokio::spawn({
        let (app, slug) = (app.app.clone(), visitor.conversation.slug.as_str().into());
        async move { message::publish_row(&app, address, slug).await }
    });
    let second = tokio::spawn({
        let (app, visitor) = (app.app.clone(), visitor.clone());
        async move { rating::rate(&app, &visitor, 4, None).await }
    });
    while app
        .fresh(&visitor)
        .await
        .conversation
        .rating_score
        .is_none()
    {
        tokio::task::yield_now().await;
    }
    drop(turn);
    first.await.unwrap();
    second.await.unwrap().unwrap();
    for _ in 0..2 {
        let shown = to_operators.try_recv().unwrap();
        let Event::Conversation { conversation } = &*shown.event else {
            panic!("{shown:?}");
        };
        let rating = conversation.rating.as_ref();
        assert_eq!(rating.map(|rating| rating.score), Some(4));
    }
});

on_both!(verdicts_and_contacts_are_checked_and_shown, |app| {
    let (owner, visitor) = desk(app).await;
    say(app, &visitor, "Hello").await;
    for score in [0, 6, -1] {
        assert_eq!(
            rating::rate(app, &visitor, score, None)
                .await
                .unwrap_err()
                .field
                .as_deref(),
            Some("score")
        );
    }
    rating::rate(app, &visitor, 4, Some("  ".into()))
        .await
        .unwrap();
    assert_eq!(
        rating::give_feedback(app, &visitor, 1, None, None)
            .await
            .unwrap_err()
            .code,
        ErrorCode::NotFound
    );
    for (contact, field) in [
        (Contact::default(), "email"),
        (
            Contact {
                email: Some("not an address".into()),
                ..Contact::default()
            },
            "email",
        ),
        (
            Contact {
                email: Some("a@b".into()),
                ..Contact::default()
            },
            "email",
        ),
        (
            Contact {
                phone: Some("call me".into()),
                ..Contact::default()
            },
            "phone",
        ),
        (
            Contact {
                name: Some("a\u{0}b".into()),
                ..Contact::default()
            },
            "name",
        ),
    ] {
        assert_eq!(
            contact::leave(app, &visitor, contact)
                .await
                .unwrap_err()
                .field
                .as_deref(),
            Some(field)
        );
    }
    let contact = Contact {
        email: Some(" ada@acme.example ".into()),
        phone: Some("+49 (30) 12-34".into()),
        ..Contact::default()
    };
    contact::leave(app, &visitor, contact).await.unwrap();
    let shown = conversation::show(app, &owner, &spelling(&visitor))
        .await
        .unwrap();
    assert_eq!(shown.rating.unwrap().score, 4);
    assert_eq!(shown.visitor.email.as_deref(), Some("ada@acme.example"));
    assert_eq!(shown.created_at, parlance::clock::iso(NOW));
});
