//! Nudges: rules that fire by themselves, and words an operator sends to one visitor.

use crate::caller::Person;
use crate::guest::Guest;
use crate::outsider::{Outsider, quiet};
use crate::support::{Engine, TestApp, on_both};
use parlance::clock::{HOUR, MINUTE, SECOND};
use serde_json::{Value, json};
use shared::account::UserRole;
use shared::site::SiteSettings;

pub struct Shop {
    pub owner: Person,
    chatbot_id: String,
    pub outsider: Outsider,
}

pub async fn shop(app: &TestApp, settings: SiteSettings) -> Shop {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, settings).await;
    Shop {
        owner,
        chatbot_id: format!("bot_{}", site.slug),
        outsider: Outsider::at(&site, "sess_1"),
    }
}

impl Shop {
    pub async fn rule(&self, app: &TestApp, mut rule: Value) -> Value {
        rule["chatbotId"] = json!(self.chatbot_id);
        self.owner
            .call(app, "POST", "/api/nudges", &rule)
            .await
            .expect(201)
    }

    /// Changes the site's settings.
    pub async fn set(&self, app: &TestApp, mut settings: Value) -> Value {
        let bot = format!("/bots/{}", self.chatbot_id);
        settings["siteId"] = self.owner.get(app, &bot).await.expect(200)["id"].clone();
        let changed = self.owner.call(app, "PATCH", "/api/sites", &settings).await;
        changed.expect(200)
    }

    /// What a poll brings.
    pub async fn poll(&self, app: &TestApp, query: &str) -> Vec<String> {
        texts(&self.outsider, app, query).await
    }
}

pub async fn texts(outsider: &Outsider, app: &TestApp, query: &str) -> Vec<String> {
    let reply = outsider
        .get(app, &format!("pending-proactive{query}"))
        .await
        .expect(200);
    assert_eq!(reply["success"], true);
    let messages = reply["messages"].as_array().unwrap().iter();
    messages
        .map(|message| {
            assert!(message["id"].is_i64() && message["created_at"].is_string());
            message["content"].as_str().unwrap().to_owned()
        })
        .collect()
}

on_both!(a_rule_is_made_listed_changed_and_deleted, |app| {
    let shop = shop(app, quiet()).await;
    let made = shop.rule(app, json!({"text": "Need a hand?"})).await;
    assert_eq!(
        made,
        json!({
            "id": made["id"],
            "chatbotId": shop.chatbot_id,
            "text": "Need a hand?",
            "enabled": true,
            "urlPattern": "",
            "secondsOnPage": 0,
            "firstVisit": false,
            "businessHours": "any",
            "maxPerVisitor": 1,
            "pauseHours": 24,
            "createdAt": "2026-01-05T10:00:00.000Z",
            "updatedAt": "2026-01-05T10:00:00.000Z",
        })
    );
    app.clock.advance(MINUTE);
    let path = format!("/api/nudges/{}", made["id"]);
    let change = json!({"enabled": false, "urlPattern": "/pricing*", "businessHours": "open"});
    let changed = shop
        .owner
        .call(app, "PATCH", &path, &change)
        .await
        .expect(200);
    assert_eq!(
        (&changed["enabled"], &changed["urlPattern"]),
        (&json!(false), &json!("/pricing*"))
    );
    assert_eq!(changed["text"], "Need a hand?");
    assert_eq!(changed["updatedAt"], "2026-01-05T10:01:00.000Z");
    let second = shop.rule(app, json!({"text": "Second"})).await;
    let listed = shop.owner.get(app, "/api/nudges?limit=1").await.expect(200);
    assert_eq!(listed["data"], json!([second]));
    let next = format!(
        "/api/nudges?limit=1&cursor={}",
        listed["nextCursor"].as_str().unwrap()
    );
    let listed = shop.owner.get(app, &next).await.expect(200);
    assert_eq!(
        (&listed["data"], &listed["nextCursor"]),
        (&json!([changed]), &Value::Null)
    );
    let other = app.site(&shop.owner.operator, quiet()).await;
    let listed = shop
        .owner
        .get(app, &format!("/api/nudges?chatbotId=bot_{}", other.slug))
        .await;
    assert_eq!(listed.expect(200)["data"], json!([]));
    shop.owner
        .call(app, "DELETE", &path, &Value::Null)
        .await
        .expect(204);
    shop.owner
        .call(app, "DELETE", &path, &Value::Null)
        .await
        .expect(404);
    shop.owner
        .call(app, "PATCH", &path, &json!({"text": "Gone"}))
        .await
        .expect(404);
});

on_both!(bad_rules_are_refused, |app| {
    let shop = shop(app, quiet()).await;
    for (bad, field) in [
        (json!({}), "text"),
        (json!({"text": ""}), "text"),
        (json!({"text": "x".repeat(501)}), "text"),
        (json!({"text": "a\u{0}"}), "text"),
        (json!({"text": 5}), "text"),
        (
            json!({"text": "a", "urlPattern": "x".repeat(2_049)}),
            "urlPattern",
        ),
        (json!({"text": "a", "urlPattern": "a\nb"}), "urlPattern"),
        (json!({"text": "a", "secondsOnPage": -1}), "secondsOnPage"),
        (
            json!({"text": "a", "secondsOnPage": 3_601}),
            "secondsOnPage",
        ),
        (
            json!({"text": "a", "businessHours": "sometimes"}),
            "businessHours",
        ),
        (json!({"text": "a", "maxPerVisitor": 0}), "maxPerVisitor"),
        (json!({"text": "a", "pauseHours": 8_761}), "pauseHours"),
        (json!({"text": "a", "firstVisit": "yes"}), "firstVisit"),
    ] {
        let mut rule = bad.clone();
        rule["chatbotId"] = json!(shop.chatbot_id);
        let refused = shop
            .owner
            .call(app, "POST", "/api/nudges", &rule)
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed");
        assert!(
            refused["message"].as_str().unwrap().contains(field),
            "{bad}: {refused}"
        );
    }
    let nameless = shop
        .owner
        .call(app, "POST", "/api/nudges", &json!({"text": "a"}))
        .await;
    assert_eq!(nameless.expect(400)["message"], "chatbotId is required");
    let listed = shop.owner.get(app, "/api/nudges").await.expect(200);
    assert_eq!(listed["data"], json!([]));
    for query in ["limit=0", "cursor=x"] {
        shop.owner
            .get(app, &format!("/api/nudges?{query}"))
            .await
            .expect(400);
    }
});

on_both!(only_those_who_manage_make_rules, |app| {
    let shop = shop(app, quiet()).await;
    let rule = shop.rule(app, json!({"text": "Hi"})).await;
    let account = Some(shop.owner.operator.account_id);
    let helper = Person::new(app, account, "bob@example.com", UserRole::Operator).await;
    let body = json!({"chatbotId": shop.chatbot_id, "text": "Hi"});
    let path = format!("/api/nudges/{}", rule["id"]);
    helper
        .call(app, "POST", "/api/nudges", &body)
        .await
        .expect(403);
    helper.call(app, "PATCH", &path, &body).await.expect(403);
    helper
        .call(app, "DELETE", &path, &Value::Null)
        .await
        .expect(403);
    helper.get(app, "/api/nudges").await.expect(200);
});

on_both!(
    a_rule_fires_once_in_the_poll_and_once_on_the_channel,
    |app| {
        let shop = shop(app, quiet()).await;
        shop.outsider.say(app, "Hello").await;
        shop.rule(app, json!({"text": "Need a hand?"})).await;
        let mut guest = shop.outsider.guest.clone();
        guest.session = Some(shop.outsider.session.clone());
        let mut channel = guest.listen(app, "").await;
        // Once something has come, the channel is known to listen.
        shop.outsider
            .clone()
            .coming_from("192.0.2.9")
            .say(app, "Still here")
            .await;
        channel.until("message").await;
        assert_eq!(shop.poll(app, "").await, ["Need a hand?"]);
        assert_eq!(shop.poll(app, "").await, [""; 0]);
        let event = channel.until("nudge").await;
        assert_eq!(event.data["nudge"]["text"], "Need a hand?");
        // Whoever resumes after it does not get it again; whoever resumes before it does.
        let mut resumed = guest.listen(app, &format!("?after={}", event.id)).await;
        shop.outsider
            .clone()
            .coming_from("192.0.2.9")
            .say(app, "Bye")
            .await;
        assert_eq!(resumed.next().await.unwrap().kind(), "message");
    }
);

on_both!(a_rule_knows_the_page, |app| {
    let shop = shop(app, quiet()).await;
    shop.rule(app, json!({"text": "Prices", "urlPattern": "/pricing*"}))
        .await;
    for page in ["", "?page_url=https://acme.example/", "?page_url=nonsense"] {
        assert_eq!(shop.poll(app, page).await, [""; 0], "{page}");
    }
    let browser = shop
        .outsider
        .clone()
        .with("referer", "https://acme.example/pricing/pro");
    assert_eq!(texts(&browser, app, "").await, ["Prices"]);
    let mut other = shop.outsider.clone();
    other.session = "sess_2".into();
    let page = "?page_url=https%3A%2F%2Facme.example%2Fpricing";
    assert_eq!(texts(&other, app, page).await, ["Prices"]);
});

on_both!(a_rule_waits_its_seconds, |app| {
    let shop = shop(app, quiet()).await;
    shop.rule(app, json!({"text": "Still looking?", "secondsOnPage": 30}))
        .await;
    assert_eq!(shop.poll(app, "").await, [""; 0]);
    app.clock.advance(29 * SECOND);
    assert_eq!(shop.poll(app, "").await, [""; 0]);
    assert_eq!(shop.poll(app, "?seconds_on_page=29").await, [""; 0]);
    app.clock.advance(SECOND);
    assert_eq!(shop.poll(app, "").await, ["Still looking?"]);
    let mut other = shop.outsider.clone();
    other.session = "sess_2".into();
    assert_eq!(
        texts(&other, app, "?seconds_on_page=30").await,
        ["Still looking?"]
    );
});

on_both!(a_rule_may_be_for_first_visits_only, |app| {
    let shop = shop(app, quiet()).await;
    shop.rule(app, json!({"text": "Welcome!", "firstVisit": true}))
        .await;
    let mut known = shop.outsider.clone();
    known.session = "sess_2".into();
    assert_eq!(texts(&known, app, "?first_visit=false").await, [""; 0]);
    app.clock.advance(31 * MINUTE);
    assert_eq!(
        texts(&known, app, "").await,
        [""; 0],
        "an old session is no first visit"
    );
    assert_eq!(texts(&known, app, "?first_visit=true").await, ["Welcome!"]);
    assert_eq!(
        shop.poll(app, "").await,
        ["Welcome!"],
        "a new session is one"
    );
});

on_both!(a_rule_knows_the_business_hours, |app| {
    // It is Monday, 10:00 UTC.
    let settings = SiteSettings {
        business_hours: r#"{"mon":"9-11"}"#.into(),
        ..quiet()
    };
    let shop = shop(app, settings).await;
    shop.rule(app, json!({"text": "We are here", "businessHours": "open"}))
        .await;
    shop.rule(
        app,
        json!({"text": "Leave a note", "businessHours": "closed"}),
    )
    .await;
    let page = shop.outsider.guest.get(app, "config").await.expect(200);
    assert_eq!(page["nudges"].as_array().unwrap().len(), 1);
    assert_eq!(shop.poll(app, "").await, ["We are here"]);
    app.clock.advance(HOUR);
    assert_eq!(shop.poll(app, "").await, ["Leave a note"]);
});

on_both!(a_visitor_is_not_shown_a_rule_too_often, |app| {
    let shop = shop(app, quiet()).await;
    shop.rule(
        app,
        json!({"text": "Hello again", "maxPerVisitor": 2, "pauseHours": 1}),
    )
    .await;
    assert_eq!(shop.poll(app, "").await, ["Hello again"]);
    app.clock.advance(HOUR - 1);
    assert_eq!(shop.poll(app, "").await, [""; 0]);
    app.clock.advance(1);
    assert_eq!(shop.poll(app, "").await, ["Hello again"]);
    app.clock.advance(2 * HOUR);
    assert_eq!(shop.poll(app, "").await, [""; 0]);
});

on_both!(of_two_polls_at_once_one_brings_it, |app| {
    let shop = shop(app, quiet()).await;
    shop.outsider.say(app, "Hello").await;
    shop.rule(app, json!({"text": "Need a hand?"})).await;
    let (one, other) = tokio::join!(shop.poll(app, ""), shop.poll(app, ""));
    assert_eq!(one.len() + other.len(), 1);
});

on_both!(
    rules_that_are_off_and_sites_that_are_off_say_nothing,
    |app| {
        let shop = shop(app, quiet()).await;
        shop.rule(app, json!({"text": "Off", "enabled": false}))
            .await;
        assert_eq!(shop.poll(app, "").await, [""; 0]);
        shop.rule(app, json!({"text": "On"})).await;
        shop.set(app, json!({"enabled": false})).await;
        assert_eq!(shop.poll(app, "").await, [""; 0]);
    }
);

on_both!(
    an_operators_own_nudge_reaches_the_poll_and_the_channel,
    |app| {
        let shop = shop(app, quiet()).await;
        shop.outsider.say(app, "Hello").await;
        let row = shop.owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone();
        let path = format!("/api/visitors/{}/nudge", row["visitor"]["id"]);
        let mut guest = shop.outsider.guest.clone();
        guest.session = Some(shop.outsider.session.clone());
        let mut channel = guest.listen(app, "").await;
        shop.outsider
            .clone()
            .coming_from("192.0.2.9")
            .say(app, "Still here")
            .await;
        channel.until("message").await;
        let sent = shop
            .owner
            .call(app, "POST", &path, &json!({"text": "Free shipping today"}))
            .await;
        assert_eq!(
            sent.expect(201),
            json!({"text": "Free shipping today", "conversations": 1, "createdAt": "2026-01-05T10:00:00.000Z"})
        );
        assert_eq!(
            channel.until("nudge").await.data["nudge"]["text"],
            "Free shipping today"
        );
        assert_eq!(shop.poll(app, "").await, ["Free shipping today"]);
        assert_eq!(shop.poll(app, "").await, [""; 0]);
        for bad in [
            json!({"text": ""}),
            json!({"text": "x".repeat(501)}),
            json!({}),
            json!({"text": 1}),
        ] {
            shop.owner.call(app, "POST", &path, &bad).await.expect(400);
        }
        let close = format!("/api/conversations/{}/resolve", row["number"]);
        shop.owner
            .call(app, "POST", &close, &json!({}))
            .await
            .expect(200);
        let sent = shop
            .owner
            .call(app, "POST", &path, &json!({"text": "Too late"}))
            .await;
        assert_eq!(
            sent.expect(201)["conversations"],
            0,
            "the conversation is over"
        );
        assert_eq!(shop.poll(app, "").await, [""; 0]);
    }
);

#[tokio::test]
async fn the_widgets_configuration_brings_the_rules_it_judges_itself() {
    let app = TestApp::new(Engine::of_run()).await;
    let shop = shop(&app, quiet()).await;
    let guest: &Guest = &shop.outsider.guest;
    let config = guest.get(&app, "config").await.expect(200);
    assert_eq!(config.get("nudges"), None);
    let rule = json!({"text": "Need a hand?", "urlPattern": "/pricing*", "secondsOnPage": 10, "firstVisit": true});
    let rule = shop.rule(&app, rule).await;
    let config = guest.get(&app, "config").await.expect(200);
    assert_eq!(
        config["nudges"],
        json!([{
            "id": rule["id"],
            "text": "Need a hand?",
            "url_pattern": "/pricing*",
            "seconds_on_page": 10,
            "first_visit": true,
            "max_per_visitor": 1,
            "pause_hours": 24,
        }])
    );
}
