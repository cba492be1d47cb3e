//! Store functions of keys and tags on both databases.

use crate::desk::{house, visitor};
use crate::support::{NOW, on_both};
use parlance::store::api_key::{self, NewApiKey};
use parlance::store::conversation::{self, Filter};
use parlance::store::{idempotency, tag};
use shared::error::ErrorCode;

on_both!(keys_are_found_by_hash_until_they_run_out, |app| {
    let (owner, stranger) = (
        app.owner("a@a.example").await,
        app.owner("b@b.example").await,
    );
    let (account_id, user_id) = (owner.account_id, owner.user_id);
    let insert = async |hash: &'static str| {
        app.db
            .write(move |transaction| {
                Box::pin(async move {
                    let new = NewApiKey {
                        account_id,
                        user_id,
                        name: "Key",
                        key_hash: hash,
                        hint: "abcd",
                        scopes: "chat",
                        expires_at: Some(NOW + 10),
                    };
                    api_key::insert(transaction, &new, NOW).await
                })
            })
            .await
    };
    let id = insert("hash").await.unwrap();
    assert_eq!(insert("hash").await.unwrap_err().code, ErrorCode::Conflict);
    {
        let mut connection = app.db.read().await.unwrap();
        let found = api_key::by_hash(&mut connection, "hash", NOW + 9)
            .await
            .unwrap();
        assert_eq!(
            found.map(|key| (key.id, key.user_name)),
            Some((id, "a".to_owned()))
        );
        for (hash, now) in [("hash", NOW + 10), ("other", NOW)] {
            let found = api_key::by_hash(&mut connection, hash, now).await.unwrap();
            assert_eq!(found, None, "{hash} {now}");
        }
        let theirs = api_key::by_id(&mut connection, stranger.account_id, id)
            .await
            .unwrap();
        assert_eq!(theirs, None);
        let theirs = api_key::list(&mut connection, stranger.account_id, None, 10)
            .await
            .unwrap();
        assert_eq!(theirs, []);
    }
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                api_key::used(transaction, id, NOW + 5).await?;
                // Of two uses at once the later one counts, whichever is written down last.
                api_key::used(transaction, id, NOW + 4).await?;
                let key = api_key::by_id(transaction, account_id, id).await?;
                assert_eq!(key.and_then(|key| key.last_used_at), Some(NOW + 5));
                assert!(!api_key::delete(transaction, stranger.account_id, id).await?);
                assert!(api_key::delete(transaction, account_id, id).await?);
                assert!(!api_key::delete(transaction, account_id, id).await?);
                Ok(())
            })
        })
        .await
        .unwrap();
});

on_both!(tags_are_replaced_shown_and_found_by, |app| {
    let (owner, bot) = house(app).await;
    let visitor = visitor(app, &bot).await;
    crate::desk::says(app, &visitor, "Hello").await;
    let (account_id, id) = (owner.operator.account_id, visitor.conversation.id);
    let replace = async |tags: &'static [&'static str]| {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        app.db
            .write(move |transaction| {
                Box::pin(async move { tag::replace(transaction, account_id, id, &tags, NOW).await })
            })
            .await
            .unwrap();
    };
    let found = async |tag: &str| {
        let filter = Filter {
            tag: Some(tag.to_owned()),
            ..Filter::default()
        };
        let mut connection = app.db.read().await.unwrap();
        let rows = conversation::list(&mut connection, account_id, &filter, 10)
            .await
            .unwrap();
        rows.into_iter().map(|row| row.tags).collect::<Vec<_>>()
    };
    replace(&["billing", "vip"]).await;
    assert_eq!(found("vip").await, [r#"["billing","vip"]"#]);
    assert_eq!(found("vi").await, [""; 0]);
    replace(&["vip"]).await;
    assert_eq!(found("billing").await, [""; 0]);
    assert_eq!(found("vip").await, [r#"["vip"]"#]);
});

on_both!(what_is_remembered_of_a_site_goes_with_it, |app| {
    let (owner, bot) = house(app).await;
    let site_id = bot["id"].as_i64().unwrap();
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                idempotency::reserve(
                    transaction,
                    "of the site",
                    "key",
                    "print",
                    Some(site_id),
                    NOW,
                )
                .await?;
                idempotency::reserve(transaction, "of nothing", "key", "print", None, NOW).await
            })
        })
        .await
        .unwrap();
    let path = format!("/bots/{}", bot["public_id"].as_str().unwrap());
    owner
        .call(app, "DELETE", &path, &serde_json::Value::Null)
        .await
        .expect(204);
    let mut connection = app.db.read().await.unwrap();
    for (scope, is_left) in [("of the site", false), ("of nothing", true)] {
        let left = idempotency::get(&mut connection, scope, "key")
            .await
            .unwrap();
        assert_eq!(left.is_some(), is_left, "{scope}");
    }
});
