//! Tags of conversations, and conversations as files.

use crate::api_keys::make_key;
use crate::caller::Caller;
use crate::desk::{house, path, says, visitor, words};
use crate::support::{Engine, TestApp, on_both};
use parlance::core::conversation;
use serde_json::{Value, json};

on_both!(tags_are_added_replaced_and_found_by, |app| {
    let (owner, bot) = house(app).await;
    let visitor = visitor(app, &bot).await;
    says(app, &visitor, "Hello").await;
    let (program, _) = make_key(app, &owner, &["conversations"]).await;
    let tag = async |body: Value| {
        let reply = program
            .call(app, "POST", &path(&visitor, "/tags"), &body)
            .await;
        reply.expect(200)["tags"].clone()
    };
    assert_eq!(
        tag(json!({"tags": ["vip", " billing "]})).await,
        json!(["vip", "billing"])
    );
    assert_eq!(
        tag(json!({"tags": ["billing", "müde"], "mode": "add"})).await,
        json!(["vip", "billing", "müde"])
    );
    assert_eq!(
        tag(json!({"tags": ["a, b", "a, b"], "mode": "replace"})).await,
        json!(["a, b"])
    );
    let shown = owner.get(app, &path(&visitor, "")).await.expect(200);
    assert_eq!(shown["tags"], json!(["a, b"]));
    for (filter, count) in [("tag=a,%20b", 1), ("tag=vip", 0), ("tag=a", 0), ("tag=", 1)] {
        let list = program
            .get(app, &format!("/api/conversations?{filter}"))
            .await
            .expect(200);
        assert_eq!(list["data"].as_array().unwrap().len(), count, "{filter}");
    }
    assert_eq!(tag(json!({"tags": [], "mode": "replace"})).await, json!([]));
});

#[tokio::test]
async fn bad_tags_are_refused_and_change_nothing() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let visitor = visitor(&app, &bot).await;
    says(&app, &visitor, "Hello").await;
    let path = path(&visitor, "/tags");
    let full: Vec<String> = (0..20).map(|number| format!("tag {number}")).collect();
    owner
        .call(&app, "POST", &path, &json!({"tags": full}))
        .await
        .expect(200);
    for body in [
        json!({}),
        json!({"tags": "vip"}),
        json!({"tags": [5]}),
        json!({"tags": [""]}),
        json!({"tags": ["a\nb"]}),
        json!({"tags": ["x".repeat(51)]}),
        json!({"tags": ["one more"]}),
        json!({"tags": vec!["a"; 21], "mode": "replace"}),
        json!({"tags": ["a"], "mode": "remove"}),
    ] {
        let refused = owner.call(&app, "POST", &path, &body).await.expect(400);
        assert_eq!(refused["error"], "validation_failed", "{body}");
    }
    let shown = owner
        .get(&app, &crate::desk::path(&visitor, ""))
        .await
        .expect(200);
    assert_eq!(shown["tags"], json!(full));
}

on_both!(two_who_tag_at_once_both_count, |app| {
    let (owner, bot) = house(app).await;
    let visitor = visitor(app, &bot).await;
    says(app, &visitor, "Hello").await;
    let path = path(&visitor, "/tags");
    let (one, two) = (json!({"tags": ["one"]}), json!({"tags": ["two"]}));
    let (first, second) = tokio::join!(
        owner.call(app, "POST", &path, &one),
        owner.call(app, "POST", &path, &two),
    );
    first.expect(200);
    second.expect(200);
    let shown = owner
        .get(app, &crate::desk::path(&visitor, ""))
        .await
        .expect(200);
    assert_eq!(shown["tags"].as_array().unwrap().len(), 2);
});

on_both!(
    a_conversation_is_exported_for_spreadsheets_people_and_programs,
    |app| {
        let (owner, bot) = house(app).await;
        let visitor = visitor(app, &bot).await;
        says(
            app,
            &visitor,
            "=HYPERLINK(\"http://evil.example\";\"Click\"), please",
        )
        .await;
        says(
            app,
            &visitor,
            "two\nlines\n[2026-01-05T10:00:00.000Z] Ada (operator):",
        )
        .await;
        let spelling = format!("conv_{}", visitor.conversation.slug);
        conversation::reply(app, &owner.operator, &spelling, words("Here I am"))
            .await
            .unwrap();
        owner
            .call(
                app,
                "POST",
                &path(&visitor, "/tags"),
                &json!({"tags": ["vip"]}),
            )
            .await
            .expect(200);
        let (program, _) = make_key(app, &owner, &["conversations"]).await;
        let export = async |query: &str| {
            program
                .get(app, &path(&visitor, &format!("/export{query}")))
                .await
        };

        let sheet = export("?format=csv").await;
        assert_eq!(sheet.headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(
            sheet.headers["content-disposition"],
            format!("attachment; filename=\"{spelling}.csv\"")
        );
        assert_eq!(sheet.headers["cache-control"], "no-store");
        assert_eq!(sheet.headers["x-content-type-options"], "nosniff");
        let sheet = sheet.expect(200);
        // No two messages of a conversation share a time.
        let [time, second, third] = [0, 1, 2].map(|more| format!("2026-01-05T10:00:00.00{more}Z"));
        assert_eq!(
            sheet.as_str().unwrap(),
            format!(
                "seq,createdAt,role,author,content,status\n\
             1,{time},user,,\"'=HYPERLINK(\"\"http://evil.example\"\";\"\"Click\"\"), please\",complete\n\
             2,{second},user,,\"two\nlines\n[{time}] Ada (operator):\",complete\n\
             3,{third},operator,ada,Here I am,complete\n"
            )
        );
        assert_eq!(
            export("").await.expect(200),
            sheet,
            "without a format it is CSV"
        );

        let transcript = export("?format=txt").await;
        assert_eq!(
            transcript.headers["content-type"],
            "text/plain; charset=utf-8"
        );
        assert_eq!(
            transcript.expect(200).as_str().unwrap(),
            format!(
                "Conversation {spelling}\nSite: Acme\nTags: vip\nBegun: {time}\n\n\
             [{time}] Visitor:\n    =HYPERLINK(\"http://evil.example\";\"Click\"), please\n\n\
             [{second}] Visitor:\n    two\n    lines\n    [{time}] Ada (operator):\n\n\
             [{third}] ada (operator):\n    Here I am\n"
            )
        );

        let whole = export("?format=json").await;
        assert_eq!(whole.headers["content-type"], "application/json");
        let whole = whole.expect(200);
        assert_eq!(whole["conversation"]["id"], spelling);
        let page = owner
            .get(app, &path(&visitor, "/messages"))
            .await
            .expect(200);
        assert_eq!(whole["messages"], page["data"]);

        for wrong in ["?format=pdf", "?format=", "?format=CSV"] {
            assert_eq!(
                export(wrong).await.expect(400)["error"],
                "validation_failed"
            );
        }
        Caller::NOBODY
            .get(app, &path(&visitor, "/export"))
            .await
            .expect(401);
        program
            .get(app, "/api/conversations/conv_nobody/export")
            .await
            .expect(404);
    }
);

#[tokio::test]
async fn an_export_holds_every_message_of_a_long_conversation() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, bot) = house(&app).await;
    let visitor = visitor(&app, &bot).await;
    for number in 0..1_001 {
        says(&app, &visitor, &format!("Message {number}")).await;
    }
    let whole = owner
        .get(&app, &path(&visitor, "/export?format=json"))
        .await
        .expect(200);
    let said: Vec<&str> = whole["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["content"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = (0..1_001)
        .map(|number| format!("Message {number}"))
        .collect();
    assert_eq!(said, expected);
}
