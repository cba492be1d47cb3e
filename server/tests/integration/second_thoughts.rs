//! Messages that visitors change or take back: for ten seconds, for everybody who sees them, and no further.

use crate::caller::Person;
use crate::guest::Guest;
use crate::outsider::{Field, form, png};
use crate::scripted_model::{Step, answer, head, token};
use crate::support::{Engine, TestApp, on_both};
use crate::widget_stop::{asks, hears, jobs_left, on_each, said, scripted, thread};
use axum::body::Body;
use parlance::clock::SECOND;
use serde_json::{Value, json};
use shared::site::SiteSettings;

async fn edit(app: &TestApp, guest: &Guest, id: i64, text: &str) -> crate::caller::Reply {
    let path = guest.path(&format!("messages/{id}"));
    let body = json!({"message": text}).to_string();
    guest.send(app, "PATCH", &path, body.into()).await
}

async fn unsend(app: &TestApp, guest: &Guest, id: i64) -> crate::caller::Reply {
    let path = guest.path(&format!("messages/{id}"));
    guest.send(app, "DELETE", &path, Body::empty()).await
}

async fn ids(app: &TestApp, guest: &Guest) -> Vec<i64> {
    let history = guest.get(app, "history").await.expect(200);
    let messages = history["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|message| message["id"].as_i64().unwrap())
        .collect()
}

/// The visitor's site is the first of the account.
async fn inbox(app: &TestApp, owner: &Person) -> Value {
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    inbox["data"][0].clone()
}

on_both!(changed_words_stand_everywhere, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    let mut other_tab = guest.listen(app, "?after=0").await;
    guest.say(app, "Where is my parcl?").await;
    let id = ids(app, &guest).await[0];
    app.clock.advance(10 * SECOND);

    let changed = edit(app, &guest, id, "Where is my parcel?")
        .await
        .expect(200);
    assert_eq!(
        (&changed["id"], &changed["seq"], &changed["content"]),
        (&json!(id), &json!(1), &json!("Where is my parcel?"))
    );
    assert!(changed["edited_at"].as_str().unwrap().ends_with('Z'));
    let told = other_tab.until("edited").await;
    assert_eq!(told.data["message"], changed);

    let after = thread(app, &guest).await;
    assert_eq!(
        after.len(),
        2,
        "a whole answer stays, and there is no other"
    );
    assert_eq!(after[0].2, "Where is my parcel?");
    let row = inbox(app, &owner).await;
    let path = format!(
        "/api/conversations/{}/messages",
        row["id"].as_str().unwrap()
    );
    let seen = owner.get(app, &path).await.expect(200);
    assert_eq!(seen["data"][0]["content"], "Where is my parcel?");
    assert!(seen["data"][0]["editedAt"].is_string());

    let again = edit(app, &guest, id, "Where is my parcel?")
        .await
        .expect(200);
    assert_eq!(again, changed, "the same words change nothing");
    app.clock.advance(1);
    let late = edit(app, &guest, id, "Never mind").await.expect(409);
    assert_eq!(late["code"], "too_late");
    let late = unsend(app, &guest, id).await.expect(409);
    assert_eq!(late["code"], "too_late");
    assert_eq!(thread(app, &guest).await, after);
});

on_both!(what_was_taken_back_keeps_its_place_and_no_words, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest.post(app, "escalate", json!({})).await.expect(200);
    guest.say(app, "Hello there").await;
    guest.say(app, "My password is swordfish").await;
    let before = ids(app, &guest).await;
    let id = *before.last().unwrap();
    let mut other_tab = guest.listen(app, "?after=0").await;
    assert_eq!(inbox(app, &owner).await["unreadCount"], 2);

    let reply = unsend(app, &guest, id).await.expect(200);
    assert_eq!(reply, json!({"ok": true}));
    let told = other_tab.until("removed").await;
    assert_eq!(
        told.data,
        json!({"type": "removed", "id": id, "seq": before.len()})
    );

    assert_eq!(ids(app, &guest).await, before, "no place is lost");
    let row = inbox(app, &owner).await;
    assert_eq!(
        (&row["preview"], &row["unreadCount"]),
        (&json!("Hello there"), &json!(1))
    );
    let conversation = row["id"].as_str().unwrap().to_owned();
    let messages = format!("/api/conversations/{conversation}/messages");
    let seen = owner.get(app, &messages).await.expect(200);
    let last = seen["data"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["content"], "");
    assert!(last["removedAt"].as_str().unwrap().ends_with('Z'));
    for format in ["csv", "txt", "json"] {
        let path = format!("/api/conversations/{conversation}/export?format={format}");
        let reply = owner.get(app, &path).await;
        assert_eq!(reply.status, 200);
        assert!(!reply.body.to_string().contains("swordfish"), "{format}");
    }
    let found = owner
        .get(app, "/api/conversations?q=swordfish")
        .await
        .expect(200);
    assert_eq!(found["data"], json!([]));

    unsend(app, &guest, id).await.expect(200);
    app.clock.advance(60 * SECOND);
    unsend(app, &guest, id).await.expect(200);
    edit(app, &guest, id, "Something else").await.expect(404);
    guest.say(app, "Anybody?").await;
    assert_eq!(
        thread(app, &guest).await.last().unwrap().0,
        i64::try_from(before.len()).unwrap() + 1
    );
});

on_both!(only_ones_own_words_can_be_changed, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest.say(app, "Hello?").await;
    let before = thread(app, &guest).await;
    let [own, reply] = ids(app, &guest).await[..] else {
        panic!("a question and its answer");
    };
    let stranger = Guest::begun(app, &site).await;
    for (who, id) in [
        (&guest, reply),
        (&guest, own + 1_000),
        (&guest, -1),
        (&stranger, own),
        (&stranger, reply),
    ] {
        edit(app, who, id, "Hacked").await.expect(404);
        unsend(app, who, id).await.expect(404);
    }
    for text in ["", "  ", &"x".repeat(1_001), "a\u{0}b"] {
        edit(app, &guest, own, text).await.expect(422);
    }
    let path = guest.path("messages/abc");
    let odd = guest.send(app, "DELETE", &path, Body::empty()).await;
    assert!((400..500).contains(&odd.status), "{}", odd.status);
    assert_eq!(thread(app, &guest).await, before);
});

on_both!(the_files_of_a_message_go_with_it, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    let field: Field<'_> = ("file", Some("cat.png"), &png());
    let upload = guest
        .clone()
        .with("content-type", "multipart/form-data; boundary=a-boundary");
    let path = upload.path("upload");
    let file = upload
        .send(app, "POST", &path, form(&[field]).into())
        .await
        .expect(200);
    guest
        .ask(app, json!({"message": "Look", "files": [file["id"]]}))
        .await;
    let url = file["url"].as_str().unwrap();
    let path = url.strip_prefix("http://chat.example").unwrap();
    assert_eq!(
        guest.send(app, "GET", path, Body::empty()).await.status,
        200
    );
    unsend(app, &guest, ids(app, &guest).await[0])
        .await
        .expect(200);
    guest
        .send(app, "GET", path, Body::empty())
        .await
        .expect(404);
    let history = guest.get(app, "history").await.expect(200);
    assert!(history["messages"][0].get("files").is_none());
});

fn half() -> Vec<Step> {
    vec![head(), token("So far "), token("so good"), Step::Stall]
}

on_each!(
    a_question_taken_back_takes_its_half_answer_along,
    |engine| {
        let scripts = vec![half(), answer(&["Fine."])];
        let (app, model, guest) = scripted(engine, scripts).await;
        let mut stream = asks(&app, &guest, "My secret?").await;
        hears(&mut stream, "So far so good").await;
        unsend(&app, &guest, ids(&app, &guest).await[0])
            .await
            .expect(200);
        assert_eq!(stream.rest().await.last().unwrap().kind(), "done");
        let expected = [
            said(1, "user", "", "complete"),
            said(2, "assistant", "", "interrupted"),
        ];
        assert_eq!(thread(&app, &guest).await, expected);
        assert_eq!(jobs_left(&app).await, 0);

        guest.say(&app, "Something else?").await;
        assert_eq!(thread(&app, &guest).await[3].2, "Fine.");
        let asked = model.requests()[1].to_string();
        assert!(
            !asked.contains("secret") && !asked.contains("So far"),
            "{asked}"
        );
    }
);

on_each!(words_changed_under_an_answer_are_answered_anew, |engine| {
    let scripts = vec![half(), answer(&["To the new words."])];
    let (app, model, guest) = scripted(engine, scripts).await;
    let mut stream = asks(&app, &guest, "Old words?").await;
    hears(&mut stream, "So far so good").await;
    let mut other_tab = guest.listen(&app, "?after=0").await;
    let id = ids(&app, &guest).await[0];
    edit(&app, &guest, id, "New words?").await.expect(200);
    assert_eq!(stream.rest().await.last().unwrap().kind(), "done");
    let new = loop {
        let message = other_tab.until("message").await.data["message"].clone();
        if message["seq"] == 3 {
            break message;
        }
    };
    assert_eq!(new["content"], "To the new words.");
    assert_eq!(
        thread(&app, &guest).await,
        [
            said(1, "user", "New words?", "complete"),
            said(2, "assistant", "So far so good", "interrupted"),
            said(3, "assistant", "To the new words.", "complete"),
        ]
    );
    let asked = model.requests()[1].to_string();
    assert!(
        asked.contains("New words?") && !asked.contains("Old words?"),
        "{asked}"
    );
    assert_eq!(jobs_left(&app).await, 0);
});

on_each!(an_answer_that_was_put_off_is_called_off, |engine| {
    let app = TestApp::new(engine).await;
    let owner = app.owner("ada@example.com").await;
    let settings = SiteSettings {
        ai_mode: "delay".into(),
        ai_reply_delay_sec: 5,
        ..SiteSettings::default()
    };
    let site = app.site(&owner, settings).await;
    let guest = Guest::begun(&app, &site).await;
    guest.say(&app, "Hello?").await;
    assert_eq!(jobs_left(&app).await, 1);
    unsend(&app, &guest, ids(&app, &guest).await[0])
        .await
        .expect(200);
    assert_eq!(jobs_left(&app).await, 0);
});

#[tokio::test]
async fn a_blocked_visitor_changes_nothing_but_may_take_back() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(&app, &site).await;
    guest.say(&app, "Rude words").await;
    let id = ids(&app, &guest).await[0];
    let visitor = inbox(&app, &owner).await["visitor"]["id"].clone();
    let path = format!("/api/visitors/{visitor}/block");
    owner
        .call(&app, "POST", &path, &json!({}))
        .await
        .expect(200);
    let refused = edit(&app, &guest, id, "Ruder words").await.expect(403);
    assert_eq!(refused["code"], "visitor_blocked");
    unsend(&app, &guest, id).await.expect(200);
}
