//! A visitor's list of conversations, and whose it is.

use crate::caller::Person;
use crate::guest::Guest;
use crate::support::{Engine, TestApp, on_both};
use jsonwebtoken::{EncodingKey, Header, encode};
use parlance::clock::SECOND;
use parlance::core::identity;
use parlance::store::site::Site;
use serde_json::{Value, json};
use shared::site::SiteSettings;

/// Begins a session with this body, and says something in it.
async fn begins(app: &TestApp, site: &Site, body: Value, text: &str) -> (Guest, Value) {
    let mut guest = Guest::at(site);
    let begun = guest.init(app, body).await.expect(200);
    guest.session = Some(begun["session_id"].as_str().unwrap().to_owned());
    guest.say(app, text).await;
    app.clock.advance(SECOND);
    (guest, begun)
}

async fn listed(app: &TestApp, guest: &Guest) -> Vec<String> {
    let list = guest.get(app, "conversations").await.expect(200);
    let rows = list["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row["session_id"].as_str().unwrap().to_owned())
        .collect()
}

fn session(guest: &Guest) -> String {
    guest.session.clone().unwrap()
}

on_both!(a_browser_finds_its_conversations_again, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let (first, begun) = begins(app, &site, json!({}), "About parcels").await;
    let earlier = json!({"session_id": session(&first)});
    let (second, again) = begins(app, &site, earlier, "About invoices").await;
    assert_eq!(again["visitor_id"], begun["visitor_id"], "the same visitor");
    assert!(again.get("continued").is_none(), "another conversation");
    let earlier = json!({"session_id": session(&second)});
    let (third, _) = begins(app, &site, earlier, "About returns").await;
    for guest in [&first, &second, &third] {
        assert_eq!(
            listed(app, guest).await,
            [session(&third), session(&second), session(&first)],
            "newest first, whichever key asks"
        );
    }
    // Begun, and nothing said: not worth a row.
    let earlier = json!({"session_id": session(&third)});
    Guest::at(&site).init(app, earlier).await.expect(200);
    assert_eq!(listed(app, &first).await.len(), 3);

    second
        .post(app, "read", json!({"seq": 2}))
        .await
        .expect(200);
    let escalated = third.post(app, "escalate", json!({})).await.expect(200);
    second.post(app, "end", json!({})).await.expect(200);
    let list = first.get(app, "conversations").await.expect(200);
    assert_eq!(list["nextCursor"], Value::Null);
    let [newest, middle, oldest] = &list["data"].as_array().unwrap()[..] else {
        panic!("three conversations: {list}");
    };
    assert_eq!(newest["ticket_number"], escalated["ticket_number"]);
    assert_eq!(
        (&newest["mode"], &newest["chat_ended"]),
        (&json!("waiting"), &json!(false))
    );
    assert_eq!(
        (&middle["mode"], &middle["chat_ended"], &middle["unread"]),
        (&json!("closed"), &json!(true), &json!(0))
    );
    assert!(middle.get("ticket_number").is_none());
    assert_eq!(oldest["unread"], 1, "the answer");
    assert!(!oldest["preview"].as_str().unwrap().is_empty());
    assert!(oldest["last_message_at"].as_str().unwrap().ends_with('Z'));

    let page = first.get(app, "conversations?limit=2").await.expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 2);
    let cursor = page["nextCursor"].as_str().unwrap();
    let rest = format!("conversations?limit=2&cursor={cursor}");
    let rest = first.get(app, &rest).await.expect(200);
    assert_eq!(rest["data"], json!([oldest]));
    assert_eq!(rest["nextCursor"], Value::Null);
    for query in ["limit=0", "limit=201", "limit=x", "cursor=x"] {
        first
            .get(app, &format!("conversations?{query}"))
            .await
            .expect(422);
    }
});

on_both!(a_public_id_opens_nothing, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let (victim, begun) = begins(app, &site, json!({}), "My secret").await;
    let claim = json!({"visitor_id": begun["visitor_id"]});
    let (impostor, _) = begins(app, &site, claim, "Hello").await;
    assert_eq!(listed(app, &impostor).await, [session(&impostor)]);
    assert_eq!(
        listed(app, &victim).await,
        [session(&victim)],
        "nor does it put words into somebody's list"
    );
    // What was begun with the impostor's own key is the impostor's.
    let earlier = json!({"session_id": session(&impostor), "visitor_id": begun["visitor_id"]});
    let (next, _) = begins(app, &site, earlier, "Again").await;
    assert_eq!(
        listed(app, &next).await,
        [session(&next), session(&impostor)]
    );

    let mut nobody = Guest::at(&site);
    nobody.get(app, "conversations").await.expect(422);
    let claim = format!(
        "conversations?visitor_id={}",
        begun["visitor_id"].as_str().unwrap()
    );
    nobody.get(app, &claim).await.expect(422);
    nobody.session = Some(uuid::Uuid::nil().to_string());
    nobody.get(app, "conversations").await.expect(404);

    let elsewhere = app.site(&owner.operator, SiteSettings::default()).await;
    let foreign = json!({"session_id": session(&victim)});
    let (other_site, _) = begins(app, &elsewhere, foreign, "Hello").await;
    assert_eq!(listed(app, &other_site).await, [session(&other_site)]);
    let unknown = json!({"session_id": "no such session"});
    let (fresh, _) = begins(app, &site, unknown, "Hello").await;
    assert_eq!(listed(app, &fresh).await, [session(&fresh)]);
});

on_both!(whom_a_token_vouches_for_finds_all_of_theirs, |app| {
    let owner = app.owner("ada@example.com").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    let secret = identity::replace_secret(app, &owner).await.unwrap();
    let token = |subject: &str| {
        let claims = json!({"sub": subject, "exp": app.now() / SECOND + 3_600});
        let key = EncodingKey::from_secret(secret.as_bytes());
        json!({"identity_token": encode(&Header::default(), &claims, &key).unwrap()})
    };
    let (phone, begun) = begins(app, &site, token("user-7"), "On the phone").await;
    assert_eq!(begun["mode"], "identified");
    let (laptop, _) = begins(app, &site, token("user-7"), "On the laptop").await;
    let (stranger, _) = begins(app, &site, token("user-8"), "Hello").await;
    assert_eq!(
        listed(app, &laptop).await,
        [session(&laptop), session(&phone)]
    );
    assert_eq!(listed(app, &stranger).await, [session(&stranger)]);
    // Signed out: neither the public id nor the key of a signed-in session makes anybody the user.
    let claim = json!({"visitor_id": begun["visitor_id"], "session_id": session(&phone)});
    let (anonymous, reply) = begins(app, &site, claim, "Who am I?").await;
    assert_eq!(reply["mode"], "anonymous");
    assert_ne!(reply["visitor_id"], begun["visitor_id"]);
    assert_eq!(listed(app, &anonymous).await, [session(&anonymous)]);
    assert_eq!(listed(app, &laptop).await.len(), 2);
});

on_both!(a_site_may_limit_open_conversations, |app| {
    let owner = app.owner("ada@example.com").await;
    let settings = SiteSettings {
        conversation_limit: 2,
        ..SiteSettings::default()
    };
    let site = app.site(&owner, settings).await;
    let config = Guest::at(&site).get(app, "config").await.expect(200);
    assert_eq!(config["conversation_limit"], 2);
    let (first, _) = begins(app, &site, json!({}), "One").await;
    let earlier = json!({"session_id": session(&first)});
    let (second, _) = begins(app, &site, earlier.clone(), "Two").await;
    let third = Guest::at(&site)
        .init(app, earlier.clone())
        .await
        .expect(200);
    assert_eq!(
        (&third["session_id"], &third["continued"]),
        (&json!(session(&second)), &json!(true)),
        "the latest open one goes on"
    );
    second.post(app, "end", json!({})).await.expect(200);
    let third = Guest::at(&site).init(app, earlier).await.expect(200);
    assert!(third.get("continued").is_none());
    assert_ne!(third["session_id"], json!(session(&second)));
    let (stranger, _) = begins(app, &site, json!({}), "Hello").await;
    assert_eq!(listed(app, &stranger).await, [session(&stranger)]);
});

#[tokio::test]
async fn the_limit_is_a_setting_of_the_site() {
    let app = TestApp::new(Engine::of_run()).await;
    let owner = Person::owner(&app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    let set = |value: Value| json!({"siteId": site.id, "conversationLimit": value});
    for value in [json!(-1), json!(21), json!("1"), json!(1.5)] {
        let refused = owner
            .call(&app, "PATCH", "/api/sites", &set(value))
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed");
    }
    let stored = owner
        .call(&app, "PATCH", "/api/sites", &set(json!(1)))
        .await
        .expect(200);
    assert_eq!(stored["conversationLimit"], 1);
}
