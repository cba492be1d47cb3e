//! Every store function on both databases.

use crate::support::{NOW, TestApp, on_both};
use parlance::error::Error;
use parlance::store::conversation::{self, Filter, NewConversation};
use parlance::store::job::{self, NewJob};
use parlance::store::knowledge::{self, NewItem};
use parlance::store::message::{self, NewMessage};
use parlance::store::visitor::NewVisitor;
use parlance::store::{
    Transaction, account, contact, event, idempotency, instance, rating, read_mark, site, ticket,
    user, visitor,
};
use shared::account::UserRole;
use shared::conversation::Mode;
use shared::error::ErrorCode;
use shared::event::Event;
use shared::knowledge::KnowledgeKind;
use shared::message::{MessageStatus, Role, Source, Thumb};
use shared::site::SiteSettings;
use shared::widget::EscalationTrigger;

/// Runs statements in one write and gives what they give.
macro_rules! write {
    ($app:expr, |$transaction:ident| $body:expr) => {
        $app.db
            .write(move |$transaction| Box::pin(async move { $body }))
            .await
    };
}

async fn begin_conversation(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    key: &str,
) -> Result<i64, Error> {
    let new = NewVisitor {
        slug: format!("v-{site_id}-{key}"),
        ..NewVisitor::default()
    };
    let visitor = visitor::insert(transaction, account_id, site_id, &new, NOW).await?;
    let new = NewConversation {
        account_id,
        site_id,
        visitor_id: visitor.id,
        slug: &format!("c-{site_id}-{key}"),
        session_key: key,
        mode: Mode::Ai,
        locale: Some("de-DE"),
        page_url: Some("https://acme.example/pricing"),
        referrer: None,
        is_test: false,
        continues_id: None,
        parent_origin: Some("https://acme.example"),
    };
    conversation::insert(transaction, &new, NOW).await
}

async fn say(
    transaction: &mut Transaction,
    account_id: i64,
    conversation_id: i64,
    role: Role,
    content: &str,
    now: i64,
) -> Result<i64, Error> {
    let seq =
        conversation::advance(transaction, account_id, conversation_id, role, content, now).await?;
    let new = NewMessage {
        account_id,
        conversation_id,
        role,
        author_id: None,
        author_name: None,
        content: content.to_owned(),
        status: MessageStatus::Complete,
        client_id: None,
        answer_id: None,
        sources: Vec::new(),
        files: Vec::new(),
    };
    Ok(message::insert(transaction, &new, seq, now).await?.id)
}

/// An account with one site and one conversation.
async fn desk(app: &TestApp) -> (i64, i64, i64) {
    let owner = app.owner("owner@acme.example").await;
    let site = app
        .site(
            &owner,
            SiteSettings {
                display_name: "Acme".into(),
                ..SiteSettings::default()
            },
        )
        .await;
    let account_id = owner.account_id;
    let site_id = site.id;
    let id = write!(app, |tx| begin_conversation(tx, account_id, site_id, "s1")
        .await)
    .unwrap();
    (account_id, site_id, id)
}

on_both!(instance_facts_are_kept_and_first_ones_win, |app| {
    write!(app, |tx| {
        assert!(instance::put_if_missing(tx, "fingerprint", "a").await?);
        assert!(!instance::put_if_missing(tx, "fingerprint", "b").await?);
        instance::put(tx, "demo", "1").await?;
        instance::put(tx, "demo", "2").await
    })
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    assert_eq!(
        instance::get(&mut connection, "fingerprint")
            .await
            .unwrap()
            .as_deref(),
        Some("a")
    );
    assert_eq!(
        instance::get(&mut connection, "demo")
            .await
            .unwrap()
            .as_deref(),
        Some("2")
    );
    assert_eq!(
        instance::get(&mut connection, "nothing").await.unwrap(),
        None
    );
});

on_both!(accounts_count_tickets_and_events_each_for_itself, |app| {
    let (first, second) = (
        app.owner("a@a.example").await.account_id,
        app.owner("b@b.example").await.account_id,
    );
    let numbers = write!(app, |tx| {
        Ok((
            account::next_ticket(tx, first).await?,
            account::next_ticket(tx, first).await?,
            account::next_ticket(tx, second).await?,
            account::next_event(tx, first).await?,
        ))
    })
    .unwrap();
    assert_eq!(numbers, (1, 2, 1, 1));
    write!(app, |tx| account::set_plan(tx, first, "free").await).unwrap();
    write!(app, |tx| account::set_kyc_secret(
        tx,
        first,
        &[1, 2, 0, 255],
        NOW
    )
    .await)
    .unwrap();
    write!(app, |tx| account::set_kyc_secret(tx, first, &[3], NOW + 1)
        .await)
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let row = account::get(&mut connection, first).await.unwrap().unwrap();
    assert_eq!(row.plan, "free");
    assert_eq!(row.kyc_secret, Some(vec![3]));
    assert_eq!(row.kyc_previous_secret, Some(vec![1, 2, 0, 255]));
    assert_eq!(row.kyc_rotated_at, Some(NOW + 1));
    assert_eq!(
        account::event_cursor(&mut connection, first).await.unwrap(),
        1
    );
    assert_eq!(account::count_with_users(&mut connection).await.unwrap(), 2);
    assert!(account::get(&mut connection, 999).await.unwrap().is_none());
});

on_both!(users_sign_in_until_their_session_ends, |app| {
    let owner = app.owner("o@acme.example").await;
    let id = owner.user_id;
    write!(app, |tx| user::open_session(
        tx,
        "jti",
        id,
        NOW,
        NOW + 1_000
    )
    .await)
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let by_email = user::by_email(&mut connection, "o@acme.example")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((by_email.id, by_email.role), (id, UserRole::Owner));
    assert!(
        user::by_session(&mut connection, "jti", NOW)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        user::by_session(&mut connection, "jti", NOW + 1_000)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        user::by_session(&mut connection, "other", NOW)
            .await
            .unwrap()
            .is_none()
    );
    write!(app, |tx| user::extend_session(tx, "jti", NOW + 5_000).await).unwrap();
    assert!(
        user::by_session(&mut connection, "jti", NOW + 4_999)
            .await
            .unwrap()
            .is_some()
    );
    write!(app, |tx| user::close_session(tx, "jti").await).unwrap();
    assert!(
        user::by_session(&mut connection, "jti", NOW)
            .await
            .unwrap()
            .is_none()
    );
    write!(app, |tx| user::open_session(tx, "old", id, NOW, NOW + 1)
        .await)
    .unwrap();
    assert_eq!(
        write!(app, |tx| user::purge_sessions(tx, NOW + 1).await).unwrap(),
        1
    );
});

on_both!(an_address_of_mail_is_taken_once, |app| {
    app.owner("same@acme.example").await;
    let taken = write!(app, |tx| {
        let account_id = account::insert(tx, "second", "free", NOW).await?;
        let new = user::NewUser {
            account_id,
            email: "same@acme.example",
            password_hash: "",
            name: "",
            role: UserRole::Owner,
            verified_at: None,
        };
        user::insert(tx, &new, NOW).await
    });
    assert_eq!(taken.unwrap_err().code, ErrorCode::Conflict);
    let mut connection = app.db.read().await.unwrap();
    assert!(
        account::get(&mut connection, 2).await.unwrap().is_none(),
        "what failed left nothing behind"
    );
});

on_both!(
    sites_are_found_by_slug_and_number_and_belong_to_one_account,
    |app| {
        let owner = app.owner("o@acme.example").await;
        let stranger = app.owner("s@other.example").await;
        let settings = SiteSettings {
            display_name: "Acme 😀".into(),
            greeting_text: "Grüße".into(),
            ..SiteSettings::default()
        };
        let site = app.site(&owner, settings.clone()).await;
        let (id, mine, theirs) = (site.id, owner.account_id, stranger.account_id);
        assert_eq!(site.settings, settings);
        assert!(site.enabled && !site.demo && site.account_active);
        write!(app, |tx| site::update(
            tx,
            theirs,
            id,
            &SiteSettings::default(),
            false,
            NOW
        )
        .await)
        .unwrap();
        assert!(!write!(app, |tx| site::delete(tx, theirs, id).await).unwrap());
        let changed = SiteSettings {
            display_name: "New".into(),
            ..SiteSettings::default()
        };
        let expected = changed.clone();
        write!(app, |tx| {
            site::update(tx, mine, id, &changed, false, NOW).await?;
            site::bump_knowledge(tx, mine, id).await
        })
        .unwrap();
        let mut connection = app.db.read().await.unwrap();
        let row = site::by_slug(&mut connection, &site.slug)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (row.settings, row.enabled, row.knowledge_version),
            (expected, false, 1)
        );
        assert_eq!(
            site::of_account(&mut connection, mine).await.unwrap().len(),
            1
        );
        assert!(
            site::of_account(&mut connection, theirs)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(site::demo(&mut connection).await.unwrap().is_none());
        assert!(write!(app, |tx| site::delete(tx, mine, id).await).unwrap());
        assert!(site::by_id(&mut connection, id).await.unwrap().is_none());
    }
);

on_both!(
    an_identified_visitor_is_one_and_anonymous_ones_are_many,
    |app| {
        let (account_id, site_id, _) = desk(app).await;
        let identified = |slug: &str, name: Option<&str>| NewVisitor {
            slug: slug.into(),
            external_id: Some("user-1".into()),
            name: name.map(str::to_owned),
            email: None,
            client_id: None,
        };
        let (one, two) = (identified("one", Some("Ada")), identified("two", None));
        let first = write!(app, |tx| visitor::insert(
            tx, account_id, site_id, &one, NOW
        )
        .await)
        .unwrap();
        let second = write!(app, |tx| visitor::insert(
            tx,
            account_id,
            site_id,
            &two,
            NOW + 5
        )
        .await)
        .unwrap();
        assert_eq!(first.id, second.id);
        assert_eq!(
            second.name.as_deref(),
            Some("Ada"),
            "what is not said again stays"
        );
        let anonymous = NewVisitor {
            slug: "three".into(),
            ..NewVisitor::default()
        };
        let third = write!(app, |tx| visitor::insert(
            tx, account_id, site_id, &anonymous, NOW
        )
        .await)
        .unwrap();
        assert_ne!(third.id, first.id);
        let id = third.id;
        write!(app, |tx| {
            visitor::seen(tx, account_id, id, NOW + 9).await?;
            visitor::set_contact(tx, account_id, id, None, Some("v@v.example"), None).await?;
            visitor::set_contact(tx, account_id, id, Some("Vera"), None, Some("+49 30 1234")).await
        })
        .unwrap();
        assert!(
            write!(app, |tx| visitor::set_blocked(
                tx,
                account_id,
                id,
                Some(NOW),
                Some(NOW + 7),
                Some("spam")
            )
            .await)
            .unwrap()
        );
        assert!(
            !write!(app, |tx| visitor::set_blocked(
                tx,
                account_id + 1,
                id,
                None,
                None,
                None
            )
            .await)
            .unwrap()
        );
        let mut connection = app.db.read().await.unwrap();
        let row = visitor::by_slug(&mut connection, site_id, "three")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (row.name.as_deref(), row.email.as_deref()),
            (Some("Vera"), Some("v@v.example"))
        );
        assert_eq!(
            (row.phone.as_deref(), row.blocked_at, row.blocked_until),
            (Some("+49 30 1234"), Some(NOW), Some(NOW + 7))
        );
        assert!(
            visitor::by_slug(&mut connection, site_id + 1, "three")
                .await
                .unwrap()
                .is_none()
        );
    }
);

on_both!(a_session_key_is_unique_within_its_site_only, |app| {
    let (account_id, site_id, id) = desk(app).await;
    let owner = app.owner("second@acme.example").await;
    let other = app.site(&owner, SiteSettings::default()).await;
    let (other_account, other_site) = (owner.account_id, other.id);
    let elsewhere = write!(app, |tx| begin_conversation(
        tx,
        other_account,
        other_site,
        "s1"
    )
    .await)
    .unwrap();
    assert_ne!(elsewhere, id);
    let again = write!(app, |tx| begin_conversation(tx, account_id, site_id, "s1")
        .await);
    assert_eq!(again.unwrap_err().code, ErrorCode::Conflict);
    let mut connection = app.db.read().await.unwrap();
    let row = conversation::by_session(&mut connection, site_id, "s1")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.id, row.site_name.as_str(), row.mode, row.last_seq),
        (id, "Acme", Mode::Ai, 0)
    );
    assert_eq!(row.parent_origin.as_deref(), Some("https://acme.example"));
    assert!(
        conversation::by_id(&mut connection, other_account, id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        conversation::by_slug(&mut connection, other_account, &row.slug)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        conversation::any(&mut connection, id)
            .await
            .unwrap()
            .unwrap()
            .slug,
        row.slug
    );
    assert_eq!(
        conversation::slug(&mut connection, account_id, id)
            .await
            .unwrap(),
        Some(row.slug)
    );
});

on_both!(
    the_inbox_lists_what_was_said_newest_first_page_by_page,
    |app| {
        let (account_id, site_id, first) = desk(app).await;
        let mut ids = vec![first];
        for key in ["s2", "s3", "s4"] {
            ids.push(
                write!(app, |tx| begin_conversation(tx, account_id, site_id, key)
                    .await)
                .unwrap(),
            );
        }
        let silent = ids.pop().unwrap();
        for (position, id) in ids.iter().copied().enumerate() {
            // The last two share a moment: the id decides.
            let at = NOW + i64::try_from(position.min(1)).unwrap();
            let text = format!("Where is my 100% order {position}?");
            write!(app, |tx| say(tx, account_id, id, Role::User, &text, at)
                .await)
            .unwrap();
        }
        write!(app, |tx| conversation::set_mode(
            tx,
            account_id,
            first,
            Mode::Closed,
            None,
            NOW
        )
        .await)
        .unwrap();
        let mut connection = app.db.read().await.unwrap();
        let all = conversation::list(&mut connection, account_id, &Filter::default(), 10)
            .await
            .unwrap();
        assert_eq!(
            all.iter().map(|row| row.id).collect::<Vec<_>>(),
            [ids[2], ids[1], ids[0]]
        );
        assert!(
            all.iter()
                .all(|row| row.id != silent && row.unread_count == 1)
        );
        let page = conversation::list(&mut connection, account_id, &Filter::default(), 1)
            .await
            .unwrap();
        assert_eq!(page.len(), 2, "one more row tells of another page");
        let before = Some((page[0].last_message_at, page[0].id));
        let rest = Filter {
            before,
            ..Filter::default()
        };
        let rest = conversation::list(&mut connection, account_id, &rest, 10)
            .await
            .unwrap();
        assert_eq!(
            rest.iter().map(|row| row.id).collect::<Vec<_>>(),
            [ids[1], ids[0]]
        );
        for (filter, expected) in [
            (
                Filter {
                    closed: Some(true),
                    ..Filter::default()
                },
                1,
            ),
            (
                Filter {
                    closed: Some(false),
                    ..Filter::default()
                },
                2,
            ),
            (
                Filter {
                    mode: Some(Mode::Closed),
                    ..Filter::default()
                },
                1,
            ),
            (
                Filter {
                    site_id: Some(site_id + 1),
                    ..Filter::default()
                },
                0,
            ),
            (
                Filter {
                    unassigned: true,
                    ..Filter::default()
                },
                3,
            ),
            (
                Filter {
                    assignee_id: Some(1),
                    ..Filter::default()
                },
                0,
            ),
            (
                Filter {
                    text: Some("100% ORDER 2".into()),
                    ..Filter::default()
                },
                1,
            ),
            (
                Filter {
                    text: Some("100_ order".into()),
                    ..Filter::default()
                },
                0,
            ),
        ] {
            let rows = conversation::list(&mut connection, account_id, &filter, 10)
                .await
                .unwrap();
            assert_eq!(rows.len(), expected, "{filter:?}");
        }
        assert!(
            conversation::list(&mut connection, account_id + 1, &Filter::default(), 10)
                .await
                .unwrap()
                .is_empty()
        );
    }
);

on_both!(
    positions_count_without_gaps_also_under_concurrent_writers,
    |app| {
        let (account_id, _, id) = desk(app).await;
        let writers = (0..40).map(|number| {
            let db = app.db.clone();
            tokio::spawn(async move {
                db.write(move |tx| {
                    Box::pin(async move {
                        let message =
                            say(tx, account_id, id, Role::User, &format!("{number}"), NOW).await?;
                        // Every third takes itself back, and must leave no hole.
                        if number % 3 == 0 {
                            Err(Error::new(ErrorCode::Conflict))
                        } else {
                            Ok(message)
                        }
                    })
                })
                .await
            })
        });
        let mut stored = 0;
        for writer in writers.collect::<Vec<_>>() {
            stored += i64::from(writer.await.unwrap().is_ok());
        }
        let mut connection = app.db.read().await.unwrap();
        let messages = message::after(&mut connection, id, 0, 100).await.unwrap();
        assert_eq!(
            messages
                .iter()
                .map(|message| message.seq)
                .collect::<Vec<_>>(),
            (1..=stored).collect::<Vec<_>>()
        );
        assert_eq!(stored, 26);
        let row = conversation::by_id(&mut connection, account_id, id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((row.last_seq, row.unread_count), (stored, stored));
    }
);

on_both!(read_marks_only_move_forward_and_never_past_the_end, |app| {
    let (account_id, _, id) = desk(app).await;
    for text in ["one", "two", "three"] {
        write!(app, |tx| say(tx, account_id, id, Role::User, text, NOW)
            .await)
        .unwrap();
    }
    for (seq, moves) in [(2, true), (1, false), (4, false), (3, true)] {
        assert_eq!(
            write!(app, |tx| read_mark::by_visitor(tx, account_id, id, seq)
                .await)
            .unwrap(),
            moves,
            "{seq}"
        );
    }
    assert!(
        write!(app, |tx| read_mark::by_operator(tx, account_id, id, 2)
            .await)
        .unwrap()
    );
    assert!(
        !write!(app, |tx| read_mark::by_operator(tx, account_id, id, 9)
            .await)
        .unwrap()
    );
    assert!(
        !write!(app, |tx| read_mark::by_operator(tx, account_id, id, 1)
            .await)
        .unwrap()
    );
    write!(app, |tx| {
        conversation::set_page(tx, account_id, id, "https://acme.example/cart").await
    })
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let row = conversation::by_id(&mut connection, account_id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.visitor_read_seq, row.unread_count), (3, 1));
    assert_eq!(row.page_url.as_deref(), Some("https://acme.example/cart"));
});

on_both!(a_conversation_moves_to_a_visitor_who_is_known, |app| {
    let (account_id, site_id, id) = desk(app).await;
    let new = NewVisitor {
        slug: "known".into(),
        external_id: Some("u".into()),
        ..NewVisitor::default()
    };
    let known = write!(app, |tx| visitor::insert(
        tx, account_id, site_id, &new, NOW
    )
    .await)
    .unwrap()
    .id;
    write!(app, |tx| conversation::set_visitor(
        tx, account_id, id, known
    )
    .await)
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let row = conversation::by_id(&mut connection, account_id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.visitor_id, row.visitor_external_id.as_deref()),
        (known, Some("u"))
    );
});

on_both!(
    a_mode_is_locked_set_and_says_since_when_somebody_waits,
    |app| {
        let owner = app.owner("o@acme.example").await;
        let site = app.site(&owner, SiteSettings::default()).await;
        let (account_id, site_id, user_id) = (owner.account_id, site.id, owner.user_id);
        let id = write!(app, |tx| begin_conversation(tx, account_id, site_id, "s")
            .await)
        .unwrap();
        write!(app, |tx| conversation::set_mode(
            tx,
            account_id,
            id,
            Mode::Waiting,
            None,
            NOW
        )
        .await)
        .unwrap();
        {
            let mut connection = app.db.read().await.unwrap();
            let row = conversation::by_id(&mut connection, account_id, id)
                .await
                .unwrap()
                .unwrap();
            assert_eq!((row.mode, row.waiting_since), (Mode::Waiting, Some(NOW)));
        }
        let locked = write!(app, |tx| {
            conversation::set_mode(tx, account_id, id, Mode::Operator, Some(user_id), NOW).await?;
            conversation::lock(tx, account_id, id).await
        });
        let locked = locked.unwrap().unwrap();
        assert_eq!(
            (locked.mode, locked.assignee_id),
            (Mode::Operator, Some(user_id))
        );
        assert_eq!(
            write!(app, |tx| conversation::lock(tx, account_id + 1, id).await).unwrap(),
            None
        );
    }
);

on_both!(a_message_comes_back_as_it_was_stored, |app| {
    let (account_id, _, id) = desk(app).await;
    let source = Source {
        number: 1,
        title: "Docs".into(),
        url: Some("https://acme.example/docs".into()),
        excerpt: None,
    };
    let new = NewMessage {
        account_id,
        conversation_id: id,
        role: Role::Assistant,
        author_id: None,
        author_name: Some("Anna".into()),
        content: "née 😀 中文\n\"quoted\" \\ 'single'".into(),
        status: MessageStatus::Interrupted,
        client_id: Some("c-1".into()),
        answer_id: Some("a-1".into()),
        sources: vec![source],
        files: Vec::new(),
    };
    let inserted = write!(app, |tx| {
        let seq = conversation::advance(tx, account_id, id, Role::Assistant, "née", NOW).await?;
        message::insert(tx, &new, seq, NOW).await
    })
    .unwrap();
    let message_id = inserted.id;
    let mut connection = app.db.read().await.unwrap();
    assert_eq!(
        message::by_id(&mut connection, id, message_id)
            .await
            .unwrap()
            .as_ref(),
        Some(&inserted)
    );
    assert_eq!(
        message::by_client_id(&mut connection, id, "c-1")
            .await
            .unwrap()
            .as_ref(),
        Some(&inserted)
    );
    assert_eq!(
        message::by_answer(&mut connection, id, "a-1")
            .await
            .unwrap()
            .as_ref(),
        Some(&inserted)
    );
    assert_eq!(
        message::first_answer_after(&mut connection, id, 0)
            .await
            .unwrap()
            .as_ref(),
        Some(&inserted)
    );
    assert_eq!(
        message::first_answer_after(&mut connection, id, 1)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        message::by_id(&mut connection, id + 1, message_id)
            .await
            .unwrap(),
        None
    );
    let answer = write!(app, |tx| message::set_feedback(
        tx,
        id,
        message_id,
        Some(Thumb::Down),
        Some("wrong")
    )
    .await);
    assert!(answer.unwrap());
    assert!(
        !write!(app, |tx| message::set_feedback(
            tx,
            id,
            message_id + 1,
            None,
            None
        )
        .await)
        .unwrap()
    );
    let row = message::by_id(&mut connection, id, message_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.feedback, Some(Thumb::Down));
});

on_both!(history_pages_backwards_in_reading_order, |app| {
    let (account_id, _, id) = desk(app).await;
    for number in 1..=7 {
        write!(app, |tx| say(
            tx,
            account_id,
            id,
            Role::User,
            &number.to_string(),
            NOW
        )
        .await)
        .unwrap();
    }
    let mut connection = app.db.read().await.unwrap();
    let texts = |messages: Vec<shared::message::Message>| {
        messages
            .into_iter()
            .map(|message| message.content)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        texts(message::latest(&mut connection, id, None, 3).await.unwrap()),
        ["5", "6", "7"]
    );
    assert_eq!(
        texts(
            message::latest(&mut connection, id, Some(5), 3)
                .await
                .unwrap()
        ),
        ["2", "3", "4"]
    );
    assert_eq!(
        texts(message::after(&mut connection, id, 5, 10).await.unwrap()),
        ["6", "7"]
    );
});

on_both!(events_are_replayed_in_order_to_those_they_are_for, |app| {
    let (account_id, _, id) = desk(app).await;
    write!(app, |tx| {
        let message_id = say(tx, account_id, id, Role::User, "hello", NOW).await?;
        let message = message::by_id(tx, id, message_id).await?.unwrap();
        event::insert(
            tx,
            account_id,
            id,
            true,
            &Event::Message {
                message: message.clone(),
            },
            NOW,
        )
        .await?;
        event::insert(
            tx,
            account_id,
            id,
            false,
            &Event::Blocked {
                blocked: true,
                until: None,
            },
            NOW,
        )
        .await?;
        event::insert(tx, account_id, id, true, &Event::Edited { message }, NOW).await?;
        event::insert(tx, account_id, id, true, &Event::Ended, NOW + 10).await
    })
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let kinds = |events: Vec<event::Stored>| {
        events
            .into_iter()
            .map(|stored| (stored.cursor, stored.event.kind()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(
            event::for_visitor(&mut connection, id, 0, 10)
                .await
                .unwrap()
        ),
        [(1, "message"), (3, "edited"), (4, "ended")]
    );
    assert_eq!(
        kinds(
            event::for_account(&mut connection, account_id, 1, 2)
                .await
                .unwrap()
        ),
        [(2, "blocked"), (3, "edited")]
    );
    assert_eq!(
        write!(app, |tx| event::purge(tx, account_id, NOW + 10).await).unwrap(),
        3
    );
    assert_eq!(
        kinds(
            event::for_account(&mut connection, account_id, 0, 9)
                .await
                .unwrap()
        ),
        [(4, "ended")]
    );
});

on_both!(one_ticket_is_open_at_a_time_and_numbers_go_on, |app| {
    let (account_id, _, id) = desk(app).await;
    let number = write!(app, |tx| ticket::insert(
        tx,
        account_id,
        id,
        EscalationTrigger::UserRequest,
        Some("note"),
        NOW
    )
    .await);
    assert_eq!(number.unwrap(), 1);
    let mut connection = app.db.read().await.unwrap();
    let open = ticket::open(&mut connection, account_id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((open.number, open.user_note.as_deref()), (1, Some("note")));
    assert!(
        ticket::open(&mut connection, account_id + 1, id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(write!(app, |tx| ticket::resolve(tx, account_id, id, NOW).await).unwrap());
    assert!(!write!(app, |tx| ticket::resolve(tx, account_id, id, NOW).await).unwrap());
    let number = write!(app, |tx| ticket::insert(
        tx,
        account_id,
        id,
        EscalationTrigger::Policy,
        None,
        NOW
    )
    .await);
    assert_eq!(number.unwrap(), 2);
    let row = conversation::by_id(&mut connection, account_id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.ticket, Some(2));
});

fn fields(given: &[(&str, &str)]) -> contact::Fields {
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    contact::Fields(given.iter().map(text).collect())
}

on_both!(the_last_rating_and_every_contact_field_count, |app| {
    let (account_id, site_id, id) = desk(app).await;
    let visitor_id = {
        let mut connection = app.db.read().await.unwrap();
        conversation::by_id(&mut connection, account_id, id)
            .await
            .unwrap()
            .unwrap()
            .visitor_id
    };
    write!(app, |tx| {
        rating::put(tx, account_id, id, site_id, 2, Some("slow"), NOW).await?;
        rating::put(tx, account_id, id, site_id, 5, None, NOW + 1).await?;
        let first = contact::Contact {
            name: Some("Ada".into()),
            ..contact::Contact::default()
        };
        contact::put(tx, account_id, id, visitor_id, &first, NOW).await?;
        let second = contact::Contact {
            email: Some("a@a.example".into()),
            fields: fields(&[("order", "17"), ("size", "L")]),
            ..contact::Contact::default()
        };
        let third = contact::Contact {
            fields: fields(&[("size", "XL")]),
            ..contact::Contact::default()
        };
        contact::put(tx, account_id, id, visitor_id, &second, NOW).await?;
        contact::put(tx, account_id, id, visitor_id, &third, NOW).await
    })
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let row = conversation::by_id(&mut connection, account_id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.rating_score, row.rating_comment), (Some(5), None));
    let kept = contact::get(&mut connection, account_id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (kept.name.as_deref(), kept.email.as_deref(), kept.phone),
        (Some("Ada"), Some("a@a.example"), None)
    );
    assert_eq!(kept.fields, fields(&[("order", "17"), ("size", "XL")]));
    assert_eq!(
        row.contact_fields.as_deref(),
        Some(r#"{"order":"17","size":"XL"}"#)
    );
});

on_both!(a_job_is_claimed_by_one_worker_retried_and_rests, |app| {
    let (account_id, _, id) = desk(app).await;
    let new = move |lease| NewJob {
        kind: "answer",
        account_id,
        conversation_id: Some(id),
        payload: "1",
        run_at: NOW,
        lease,
    };
    let (held, free) = write!(app, |tx| {
        Ok((
            job::insert(tx, &new(Some(("me", NOW + 100))), NOW).await?,
            job::insert(tx, &new(None), NOW).await?,
        ))
    })
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    assert_eq!(
        job::due(&mut connection, "answer", NOW - 1, 10)
            .await
            .unwrap(),
        Vec::<i64>::new()
    );
    assert_eq!(
        job::due(&mut connection, "answer", NOW, 10).await.unwrap(),
        [free]
    );
    let claim = |worker: &'static str, id: i64, now: i64| async move {
        write!(app, |tx| job::claim(tx, id, worker, now + 100, now).await).unwrap()
    };
    assert_eq!(claim("a", free, NOW).await.unwrap().attempts, 1);
    assert!(claim("b", free, NOW).await.is_none(), "it is taken");
    assert!(claim("b", held, NOW).await.is_none());
    assert_eq!(
        claim("b", held, NOW + 100).await.unwrap().id,
        held,
        "a lease that ran out frees the job"
    );
    write!(app, |tx| job::extend(tx, held, "b", NOW + 900).await).unwrap();
    assert!(claim("c", held, NOW + 899).await.is_none());
    write!(app, |tx| job::retry(tx, free, NOW + 50, "later").await).unwrap();
    assert_eq!(
        job::due(&mut connection, "answer", NOW + 50, 10)
            .await
            .unwrap(),
        [free]
    );
    write!(app, |tx| job::rest(tx, free, NOW, "never").await).unwrap();
    assert!(
        job::due(&mut connection, "answer", NOW + 50, 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(write!(app, |tx| job::release(tx, "b").await).unwrap(), 1);
    assert_eq!(
        job::due(&mut connection, "answer", NOW, 10).await.unwrap(),
        [held]
    );
    claim("d", held, NOW).await.unwrap();
    assert_eq!(write!(app, |tx| job::release_all(tx).await).unwrap(), 1);
    write!(app, |tx| job::finish(tx, held).await).unwrap();
    assert!(
        job::due(&mut connection, "answer", NOW + 1_000, 10)
            .await
            .unwrap()
            .is_empty()
    );
});

on_both!(knowledge_is_kept_whole_and_in_passages, |app| {
    let (account_id, site_id, _) = desk(app).await;
    let add = |title: &'static str, content: &'static str| async move {
        write!(app, |tx| {
            let item = NewItem {
                account_id,
                site_id,
                kind: KnowledgeKind::Text,
                title,
                source: Some("guide.md"),
                content,
                characters: 5,
                passages: 2,
            };
            let id = knowledge::insert(tx, &item, NOW).await?;
            knowledge::insert_passage(tx, id, site_id, 0, "Intro", content).await?;
            knowledge::insert_passage(tx, id, site_id, 1, "Intro > More", "second").await?;
            Ok(id)
        })
        .unwrap()
    };
    let (first, second) = (
        add("Shipping", "We ship to Canada").await,
        add("Returns", "Within 30 days").await,
    );
    let mut connection = app.db.read().await.unwrap();
    let titles =
        |items: Vec<knowledge::Item>| items.into_iter().map(|item| item.title).collect::<Vec<_>>();
    assert_eq!(
        titles(
            knowledge::list(&mut connection, account_id, site_id, None, None, 9)
                .await
                .unwrap()
        ),
        ["Returns", "Shipping"]
    );
    assert_eq!(
        titles(
            knowledge::list(&mut connection, account_id, site_id, Some(second), None, 9)
                .await
                .unwrap()
        ),
        ["Shipping"]
    );
    assert_eq!(
        titles(
            knowledge::list(
                &mut connection,
                account_id,
                site_id,
                None,
                Some("%canada%"),
                9
            )
            .await
            .unwrap()
        ),
        ["Shipping"]
    );
    assert!(
        knowledge::list(&mut connection, account_id + 1, site_id, None, None, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        knowledge::get(&mut connection, account_id, first)
            .await
            .unwrap()
            .unwrap()
            .content,
        "We ship to Canada"
    );
    let passages = knowledge::passages(&mut connection, site_id, 0, 3)
        .await
        .unwrap();
    assert_eq!(passages.len(), 3);
    assert_eq!(
        (passages[1].heading.as_str(), passages[1].title.as_str()),
        ("Intro > More", "Shipping")
    );
    let one = knowledge::passage(&mut connection, site_id, passages[0].id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (one.item_id, one.content.as_str(), one.kind),
        (first, "We ship to Canada", KnowledgeKind::Text)
    );
    assert!(!write!(app, |tx| knowledge::delete(tx, account_id + 1, first).await).unwrap());
    assert!(write!(app, |tx| knowledge::delete(tx, account_id, first).await).unwrap());
    assert_eq!(
        knowledge::passages(&mut connection, site_id, 0, 9)
            .await
            .unwrap()
            .len(),
        2,
        "passages go with their item"
    );
    write!(app, |tx| knowledge::delete_of_site(tx, account_id, site_id)
        .await)
    .unwrap();
    assert!(
        knowledge::passages(&mut connection, site_id, 0, 9)
            .await
            .unwrap()
            .is_empty()
    );
});

on_both!(the_first_of_two_equal_requests_is_remembered, |app| {
    let reserve = |key: &'static str| async move {
        write!(app, |tx| idempotency::reserve(
            tx, "scope", key, "print", None, NOW
        )
        .await)
        .unwrap()
    };
    assert!(reserve("k").await);
    assert!(!reserve("k").await);
    write!(app, |tx| idempotency::complete(tx, "scope", "k", 201, "{}")
        .await)
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    let row = idempotency::get(&mut connection, "scope", "k")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.fingerprint.as_str(), row.status, row.body.as_deref()),
        ("print", Some(201), Some("{}"))
    );
    assert!(
        idempotency::get(&mut connection, "other", "k")
            .await
            .unwrap()
            .is_none()
    );
    assert!(reserve("l").await);
    write!(app, |tx| idempotency::forget(tx, "scope", "l").await).unwrap();
    assert!(
        idempotency::get(&mut connection, "scope", "l")
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        write!(app, |tx| idempotency::purge(tx, NOW + 1).await).unwrap(),
        1
    );
});

on_both!(
    a_write_that_panics_leaves_nothing_and_the_next_one_works,
    |app| {
        let failed: Result<(), Error> = write!(app, |tx| {
            account::insert(tx, "ghost", "free", NOW).await?;
            panic!("a defect");
        });
        assert_eq!(failed.unwrap_err().code, ErrorCode::Internal);
        let id = write!(app, |tx| account::insert(tx, "real", "free", NOW).await).unwrap();
        let mut connection = app.db.read().await.unwrap();
        assert_eq!(
            account::get(&mut connection, id)
                .await
                .unwrap()
                .unwrap()
                .name,
            "real"
        );
        assert_eq!(account::count(&mut connection).await.unwrap(), 1);
    }
);

on_both!(deleting_a_site_takes_everything_it_owned, |app| {
    let (account_id, site_id, id) = desk(app).await;
    write!(app, |tx| {
        let message_id = say(tx, account_id, id, Role::User, "hello", NOW).await?;
        let message = message::by_id(tx, id, message_id).await?.unwrap();
        event::insert(tx, account_id, id, true, &Event::Message { message }, NOW).await?;
        ticket::insert(
            tx,
            account_id,
            id,
            EscalationTrigger::UserRequest,
            None,
            NOW,
        )
        .await?;
        rating::put(tx, account_id, id, site_id, 5, None, NOW).await?;
        let job = NewJob {
            kind: "answer",
            account_id,
            conversation_id: Some(id),
            payload: "1",
            run_at: NOW,
            lease: None,
        };
        job::insert(tx, &job, NOW).await?;
        site::delete(tx, account_id, site_id).await
    })
    .unwrap();
    let mut connection = app.db.read().await.unwrap();
    assert!(
        conversation::by_id(&mut connection, account_id, id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        event::for_account(&mut connection, account_id, 0, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        job::due(&mut connection, "answer", NOW, 9)
            .await
            .unwrap()
            .is_empty()
    );
});
