//! `Parlance.setAttributes` and `Parlance.track`: what a page tells of a visitor reaches the operators.

use crate::caller::{Caller, Person};
use crate::guest::Guest;
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};
use shared::site::SiteSettings;

async fn activity(app: &TestApp, owner: &Person) -> Value {
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    let visitor = &inbox["data"][0]["visitor"]["id"];
    owner
        .get(app, &format!("/api/visitors/{visitor}/activity"))
        .await
        .expect(200)
}

async fn begun(app: &TestApp) -> (Person, Guest) {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let guest = Guest::begun(app, &site).await;
    guest.say(app, "Hello").await;
    (owner, guest)
}

on_both!(attributes_are_set_over_and_taken_away, |app| {
    let (owner, guest) = begun(app).await;
    let nothing = json!({"attributes": {}, "events": []});
    assert_eq!(activity(app, &owner).await, nothing);
    let set = json!({"attributes": {"plan": "pro", "seats": 12, "trial": false, "score": 1.5}});
    guest.post(app, "attributes", set).await.expect(200);
    let set = json!({"attributes": {"plan": "team", "trial": null}});
    guest.post(app, "attributes", set).await.expect(200);
    assert_eq!(
        activity(app, &owner).await["attributes"],
        json!({"plan": "team", "score": "1.5", "seats": "12"})
    );
});

on_both!(the_latest_fifty_things_done_are_kept_newest_first, |app| {
    let (owner, guest) = begun(app).await;
    // Each address may tell sixty a minute.
    for number in 1..=52 {
        let event = json!({"name": format!("step {number}"), "properties": {"number": number}, "page_url": "https://shop.example/cart"});
        guest.post(app, "track", event).await.expect(200);
    }
    let events = activity(app, &owner).await["events"].clone();
    let events = events.as_array().unwrap();
    assert_eq!(events.len(), 50);
    assert_eq!(
        (
            &events[0]["name"],
            &events[0]["properties"],
            &events[0]["pageUrl"]
        ),
        (
            &json!("step 52"),
            &json!({"number": "52"}),
            &json!("https://shop.example/cart")
        )
    );
    assert_eq!(events[49]["name"], "step 3");
});

on_both!(rubbish_is_refused_and_nothing_of_it_is_kept, |app| {
    let (owner, guest) = begun(app).await;
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("a{n}"), json!(n))).collect();
    for body in [
        json!({}),
        json!({"attributes": []}),
        json!({"attributes": {"": "x"}}),
        json!({"attributes": {"a b": "x"}}),
        json!({"attributes": {"plan": {"deep": 1}}}),
        json!({"attributes": {"plan": "x".repeat(501)}}),
        json!({"attributes": {"good": "x", "plan": "two\nlines"}}),
        json!({ "attributes": many }),
    ] {
        guest.post(app, "attributes", body).await.expect(422);
    }
    let few: serde_json::Map<_, _> = (0..21).map(|n| (format!("a{n}"), json!(n))).collect();
    for body in [
        json!({}),
        json!({"name": " "}),
        json!({"name": "x".repeat(101)}),
        json!({"name": "bought", "properties": {"a b": 1}}),
        json!({"name": "bought", "properties": few}),
        json!({"name": "bought", "page_url": "x".repeat(2_049)}),
    ] {
        guest.post(app, "track", body).await.expect(422);
    }
    assert_eq!(
        activity(app, &owner).await,
        json!({"attributes": {}, "events": []})
    );
});

on_both!(only_the_accounts_own_operators_see_it, |app| {
    let (owner, guest) = begun(app).await;
    guest
        .post(app, "attributes", json!({"attributes": {"plan": "pro"}}))
        .await
        .expect(200);
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    let path = format!(
        "/api/visitors/{}/activity",
        inbox["data"][0]["visitor"]["id"]
    );
    Caller::NOBODY.get(app, &path).await.expect(401);
    let stranger = Person::owner(app, "eve@example.com").await;
    stranger.get(app, &path).await.expect(404);
    // Without a session of theirs nobody tells anything.
    let body = json!({"attributes": {"plan": "free"}});
    let path = format!("/widget/attributes?bot_id={}&session_id=nobodys", guest.bot);
    Caller::NOBODY
        .call(app, "POST", &path, &body)
        .await
        .expect(422);
    assert_eq!(
        activity(app, &owner).await["attributes"],
        json!({"plan": "pro"})
    );
});
