//! The operators' inbox through the real router.

use crate::caller::Person;
use crate::desk::{house, path, says, visitor};
use crate::support::{Engine, TestApp, on_both};
use serde_json::{Value, json};
use shared::account::UserRole;

on_both!(an_operator_takes_replies_hands_back_and_resolves, |app| {
    let (owner, bot) = house(app).await;
    let operator = Person::new(
        app,
        Some(owner.operator.account_id),
        "op@example.com",
        UserRole::Operator,
    )
    .await;
    let visitor = visitor(app, &bot).await;
    says(app, &visitor, "Is anybody there?").await;

    let inbox = operator
        .get(app, "/api/conversations?status=open")
        .await
        .expect(200);
    let row = &inbox["data"][0];
    assert_eq!(row["id"], format!("conv_{}", visitor.conversation.slug));
    assert_eq!(
        (&row["mode"], &row["unreadCount"], &row["preview"]),
        (&json!("ai"), &json!(1), &json!("Is anybody there?"))
    );
    assert_eq!(row["siteName"], "Acme");

    let taken = operator
        .call(app, "POST", &path(&visitor, "/takeover"), &json!({}))
        .await
        .expect(200);
    assert_eq!(
        (&taken["mode"], &taken["assignee"]["name"]),
        (&json!("operator"), &json!("op"))
    );
    let reply = json!({"message": "Yes!", "clientId": "op-1"});
    let sent = operator
        .call(app, "POST", &path(&visitor, "/reply"), &reply)
        .await
        .expect(201);
    assert_eq!(
        (&sent["seq"], &sent["role"], &sent["author"]["name"]),
        (&json!(2), &json!("operator"), &json!("op"))
    );
    let again = operator
        .call(app, "POST", &path(&visitor, "/reply"), &reply)
        .await
        .expect(201);
    assert_eq!(again["id"], sent["id"], "a resend is the first");

    let page = operator
        .get(app, &path(&visitor, "/messages"))
        .await
        .expect(200);
    let said: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["content"].clone())
        .collect();
    assert_eq!(said, ["Is anybody there?", "Yes!"]);
    let last = operator
        .get(app, &path(&visitor, "/messages?limit=1"))
        .await
        .expect(200);
    assert_eq!(
        (&last["data"][0]["seq"], &last["nextCursor"]),
        (&json!(2), &json!("2"))
    );
    let first = operator
        .get(app, &path(&visitor, "/messages?limit=1&before=2"))
        .await
        .expect(200);
    assert_eq!(
        (&first["data"][0]["seq"], &first["nextCursor"]),
        (&json!(1), &Value::Null)
    );

    says(app, &visitor, "Thanks").await;
    let shown = operator.get(app, &path(&visitor, "")).await.expect(200);
    assert_eq!(shown["unreadCount"], 1);
    assert!(shown["eventCursor"].is_i64());
    let read = operator
        .call(app, "POST", &path(&visitor, "/read"), &json!({"seq": 3}))
        .await
        .expect(200);
    assert_eq!(read["unreadCount"], 0);
    operator
        .call(app, "POST", &path(&visitor, "/typing"), &json!({}))
        .await
        .expect(204);

    for (verb, mode) in [
        ("handback", "ai"),
        ("resolve", "closed"),
        ("reopen", "ai"),
        ("end", "closed"),
    ] {
        let after = operator
            .call(
                app,
                "POST",
                &path(&visitor, &format!("/{verb}")),
                &json!({}),
            )
            .await
            .expect(200);
        assert_eq!(after["mode"], mode, "{verb}");
    }
    let by_number = format!("/api/conversations/{}", visitor.conversation.id);
    operator.get(app, &by_number).await.expect(200);
});

#[tokio::test]
async fn a_reply_with_an_idempotency_key_is_written_once() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "Hello").await;
    let send = |text: &'static str| {
        let request = owner
            .request("POST", &path(&visitor, "/reply"))
            .header("content-type", "application/json")
            .header("idempotency-key", "1")
            .body(json!({"message": text}).to_string().into())
            .unwrap();
        owner.send(&app, request)
    };
    let first = send("Hi").await.expect(201);
    assert_eq!(send("Hi").await.expect(201), first);
    send("Something else").await.expect(400);
    let page = owner
        .get(&app, &path(&visitor, "/messages"))
        .await
        .expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 2);
}

on_both!(the_inbox_is_filtered_and_paged, |app| {
    let (owner, bot) = house(app).await;
    let other = owner
        .call(app, "POST", "/bots", &json!({"name": "Other"}))
        .await
        .expect(201);
    let mut visitors = Vec::new();
    for (number, bot) in [&bot, &bot, &other].into_iter().enumerate() {
        app.clock.advance(1_000);
        let visitor = visitor(app, bot).await;
        says(app, &visitor, &format!("Question {number}")).await;
        visitors.push(visitor);
    }
    owner
        .call(app, "POST", &path(&visitors[0], "/takeover"), &json!({}))
        .await
        .expect(200);
    owner
        .call(app, "POST", &path(&visitors[1], "/resolve"), &json!({}))
        .await
        .expect(200);
    let other_site = other["public_id"].as_str().unwrap().to_owned();
    let me = owner.operator.user_id;
    for (query, wanted) in [
        (String::new(), vec![2, 1, 0]),
        ("?status=all".into(), vec![2, 1, 0]),
        ("?status=open".into(), vec![2, 0]),
        ("?status=closed".into(), vec![1]),
        ("?mode=operator".into(), vec![0]),
        ("?mode=waiting".into(), vec![]),
        ("?assignee=me".into(), vec![0]),
        (format!("?assignee={me}"), vec![0]),
        ("?assignee=none".into(), vec![2, 1]),
        (format!("?site={other_site}"), vec![2]),
        (format!("?site={}", bot["id"]), vec![1, 0]),
        ("?q=question%201".into(), vec![1]),
        ("?q=100%25".into(), vec![]),
    ] {
        let page = owner
            .get(app, &format!("/api/conversations{query}"))
            .await
            .expect(200);
        let listed: Vec<i64> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["number"].as_i64().unwrap())
            .collect();
        let wanted: Vec<i64> = wanted
            .into_iter()
            .map(|index: usize| visitors[index].conversation.id)
            .collect();
        assert_eq!(listed, wanted, "{query}");
    }
    let mut cursor = String::new();
    let mut seen = Vec::new();
    loop {
        let page = owner
            .get(app, &format!("/api/conversations?limit=1{cursor}"))
            .await
            .expect(200);
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["number"].as_i64().unwrap()),
        );
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(
        seen,
        [2, 1, 0].map(|index: usize| visitors[index].conversation.id)
    );
});

#[tokio::test]
async fn bad_queries_and_bodies_of_the_inbox_are_refused() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "Hello").await;
    for query in [
        "status=odd",
        "mode=odd",
        "assignee=you",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "q=%00",
    ] {
        let refused = owner
            .get(&app, &format!("/api/conversations?{query}"))
            .await
            .expect(400);
        let field = query.split('=').next().unwrap();
        assert_eq!(refused["error"], "validation_failed");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{query}: {refused}"
        );
    }
    owner
        .get(&app, "/api/conversations?site=ch_nobody")
        .await
        .expect(404);
    for (rest, body) in [
        ("/reply", json!({})),
        ("/reply", json!({"message": ""})),
        ("/reply", json!({"message": "a\u{0}b"})),
        ("/reply", json!({"message": "x".repeat(10_001)})),
        ("/reply", json!({"message": 5})),
        ("/reply", json!({"message": "a", "clientId": "with space"})),
        ("/read", json!({})),
        ("/read", json!({"seq": "one"})),
    ] {
        let refused = owner
            .call(&app, "POST", &path(&visitor, rest), &body)
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed", "{rest} {body}");
    }
    let page = owner
        .get(&app, &path(&visitor, "/messages"))
        .await
        .expect(200);
    assert_eq!(
        page["data"].as_array().unwrap().len(),
        1,
        "nothing was stored"
    );
}
