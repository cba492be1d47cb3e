//! The surfaces seen through each other: one conversation, whoever begins it and whoever reads it.

use crate::api_keys::make_key;
use crate::caller::Person;
use crate::outsider::{Outsider, quiet};
use crate::support::on_both;
use serde_json::{Value, json};

on_both!(a_conversation_of_one_surface_is_that_of_all, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let (program, _) = make_key(app, &owner, &["conversations"]).await;

    // Begun by a third-party widget.
    let widget = Outsider::at(&site, "visitor-of-all-doors");
    let events = widget.say(app, "Do you ship to Canada?").await;
    let number = events.last().unwrap().data["meta"]["conversation_id"].clone();
    let contact = json!({"email": "jane@example.com", "name": "Jane Doe"});
    widget.post(app, "contact", contact).await.expect(200);

    // Answered by a back end.
    let path = format!("/api/conversations/{number}");
    let reply = program
        .call(
            app,
            "POST",
            &format!("{path}/reply"),
            &json!({"message": "Yes, we do."}),
        )
        .await
        .expect(201);

    // Polled by the same widget, and by a contact form under the same key.
    let polled = widget.get(app, "operator-messages").await.expect(200);
    assert_eq!(polled["mode"], "operator");
    assert_eq!(polled["messages"][0]["id"], reply["id"]);
    let form = widget
        .help(
            app,
            "GET",
            "conversations/visitor-of-all-doors/messages",
            &Value::Null,
        )
        .await
        .expect(200);
    let said: Vec<(&str, &str)> = form
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            (
                message["direction"].as_str().unwrap(),
                message["body"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("inbound", "Do you ship to Canada?"),
            ("outbound", "Yes, we do.")
        ]
    );

    // Read again by our own panel.
    let mut guest = widget.guest.clone();
    guest.session = Some("visitor-of-all-doors".into());
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["mode"], "operator");
    assert_eq!(history["messages"][1]["role"], "operator");
    assert_eq!(history["messages"][1]["content"], "Yes, we do.");

    // Rated by the widget, seen in the inbox, and kept as a file.
    widget
        .post(app, "rate", json!({"score": 5}))
        .await
        .expect(200);
    widget
        .post(app, "rate/comment", json!({"comment": "Great!"}))
        .await
        .expect(200);
    let row = owner.get(app, &path).await.expect(200);
    assert_eq!(row["rating"], json!({"score": 5, "comment": "Great!"}));
    assert_eq!(row["visitor"]["email"], "jane@example.com");
    let sheet = program
        .get(app, &format!("{path}/export?format=csv"))
        .await
        .expect(200);
    let sheet = sheet.as_str().unwrap();
    assert!(sheet.contains("Do you ship to Canada?") && sheet.contains("Yes, we do."));
});

on_both!(a_session_of_one_site_is_nobody_at_another, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let other = app.site(&owner.operator, quiet()).await;
    let widget = Outsider::at(&site, "visitor-of-one-site");
    widget.say(app, "Hello").await;
    let stranger = Outsider::at(&other, "visitor-of-one-site");
    let history = stranger.get(app, "history").await.expect(200);
    assert_eq!(history["messages"], json!([]));
    stranger
        .help(
            app,
            "GET",
            "conversations/visitor-of-one-site/messages",
            &Value::Null,
        )
        .await
        .expect(404);
    let mut guest = stranger.guest.clone();
    guest.session = Some("visitor-of-one-site".into());
    guest.get(app, "history").await.expect(422);
});
