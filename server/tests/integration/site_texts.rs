//! The owner's texts in other languages, as doors take them and the database keeps them.

use crate::caller::{Caller, Person, Reply};
use crate::nudges::{Shop, shop};
use crate::outsider::quiet;
use crate::support::{TestApp, on_both};
use parlance::store;
use serde_json::{Value, json};
use shared::limits;

struct Stage {
    shop: Shop,
    id: Value,
}

async fn stage(app: &TestApp) -> Stage {
    let shop = shop(app, quiet()).await;
    let stored = shop.set(app, json!({})).await;
    Stage {
        id: stored["siteId"].clone(),
        shop,
    }
}

impl Stage {
    const fn owner(&self) -> &Person {
        &self.shop.owner
    }

    async fn patch(&self, app: &TestApp, mut settings: Value) -> Reply {
        settings["siteId"] = self.id.clone();
        let owner = self.owner();
        owner.call(app, "PATCH", "/api/sites", &settings).await
    }

    async fn german(&self, app: &TestApp, settings: Value) -> Value {
        let stored = self.patch(app, settings).await.expect(200);
        stored["translations"]["de"].clone()
    }
}

fn topic(options: &[&str]) -> Value {
    json!([{"name": "topic", "label": "Topic", "type": "select", "options": options}])
}

on_both!(words_for_what_is_gone_are_not_stored, |app| {
    let stage = stage(app).await;
    let rule = stage.shop.rule(app, json!({"text": "Need a hand?"})).await;
    let off = json!({"text": "Sale", "enabled": false});
    let off = stage.shop.rule(app, off).await;
    let (kept, paused) = (rule["id"].to_string(), off["id"].to_string());
    // As a tab sends it that was opened before a rule, a field and a choice went.
    let stale = json!({
        "greeting_text": "Hallo",
        "pre_chat_labels": {"topic": "Thema", "place": "Ort"},
        "pre_chat_options": {"topic": {"Sales": "Verkauf", "Rent": "Miete"}, "place": {"Here": "Hier"}},
        "nudge_texts": {&kept: "Hilfe?", &paused: "Rabatt", "987654": "Weg"},
    });
    let fields = topic(&["Sales", "Repairs"]);
    let settings = json!({"preChatFields": fields, "translations": {"de": stale}});
    let stored = stage.german(app, settings).await;
    assert_eq!(stored["greeting_text"], "Hallo");
    assert_eq!(stored["pre_chat_labels"], json!({"topic": "Thema"}));
    let choices = json!({"topic": {"Sales": "Verkauf"}});
    assert_eq!(stored["pre_chat_options"], choices);
    assert_eq!(
        stored["nudge_texts"],
        json!({&kept: "Hilfe?", &paused: "Rabatt"})
    );
    // A rule of another site is none of this one.
    let other = app.site(&stage.owner().operator, quiet()).await;
    let body =
        json!({"siteId": other.id, "translations": {"de": {"nudge_texts": {&kept: "Hilfe?"}}}});
    let owner = stage.owner();
    let stored = owner
        .call(app, "PATCH", "/api/sites", &body)
        .await
        .expect(200);
    assert_eq!(stored["translations"]["de"].get("nudge_texts"), None);
});

on_both!(
    what_a_newer_program_has_stored_is_read_and_can_be_changed,
    |app| {
        let stage = stage(app).await;
        let fields = topic(&["Sales"]);
        let settings =
            json!({"preChatFields": fields, "translations": {"de": {"greeting_text": "Hallo"}}});
        let stored = stage.german(app, settings).await;
        for part in ["pre_chat_options", "nudge_texts", "link_safety_label"] {
            assert_eq!(
                stored.get(part),
                None,
                "an older program does not know {part}"
            );
        }
        let id = stage.id.as_i64().unwrap();
        let raw = "update sites set settings = replace(replace(settings, '\"greeting_text\":\"Hallo\"',
        '\"greeting_text\":\"Hallo\",\"poem\":{\"lines\":4}'), '\"name\":\"topic\"', '\"name\":\"topic\",\"mood\":1')";
        store::execute_for_tests(&app.config.database_url, raw)
            .await
            .unwrap();
        let mut connection = app.db.read().await.unwrap();
        let site = store::site::by_id(&mut connection, id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(site.settings.translations["de"].greeting_text, "Hallo");
        drop(connection);
        let changed = stage
            .patch(app, json!({"greetingText": "Hello"}))
            .await
            .expect(200);
        assert_eq!(changed["translations"]["de"]["greeting_text"], "Hallo");
        // What is sent is judged all the same.
        for (field, bad) in [
            ("translations", json!({"de": {"poem": "Rosen"}})),
            (
                "preChatFields",
                json!([{"name": "topic", "label": "Topic", "mood": 1}]),
            ),
        ] {
            let refused = stage.patch(app, json!({field: bad})).await.expect(400);
            assert_eq!(refused["error"], "validation_failed");
            assert!(refused["message"].as_str().unwrap().starts_with(field));
        }
    }
);

/// Texts of so many characters, each of them four bytes long, in as many languages as it takes.
fn texts_of(chars: usize) -> Value {
    let text = |chars| "\u{1f6b2}".repeat(chars);
    let parts = ["greeting_text", "welcome_message", "offline_message"];
    let most = parts.len() * limits::GREETING_CHARS + limits::CONSENT_CHARS;
    let mut translations = serde_json::Map::new();
    for language in 'a'..='z' {
        let left = chars - (translations.len() * most).min(chars);
        if left < most {
            break;
        }
        let mut texts = json!({"consent_text": text(limits::CONSENT_CHARS)});
        for part in parts {
            texts[part] = json!(text(limits::GREETING_CHARS));
        }
        translations.insert(format!("{language}a"), texts);
    }
    assert_eq!(translations.len() * most, chars);
    Value::Object(translations)
}

on_both!(
    all_texts_together_have_a_bound_that_is_said_at_the_field,
    |app| {
        let stage = stage(app).await;
        let fits = texts_of(limits::TRANSLATED_CHARS);
        let settings = json!({"translations": fits});
        assert!(
            settings.to_string().len() > 256 << 10,
            "no other body is as long"
        );
        stage.patch(app, settings).await.expect(200);
        let mut texts = texts_of(limits::TRANSLATED_CHARS);
        texts["xx"] = json!({"greeting_text": "x"});
        let refused = stage
            .patch(app, json!({"translations": texts}))
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed");
        assert_eq!(
            refused["message"],
            "translations is not valid: it must not hold more than 100000 characters in all, and holds 100001"
        );
        // By the site's own key, too.
        let key = stage
            .owner()
            .get(app, &format!("/api/chatbots/{}/api-key", stage.id))
            .await
            .expect(200);
        let key = key["apiKey"].as_str().unwrap().to_owned();
        let nobody = Caller::NOBODY;
        let request = nobody.request("PATCH", "/api/v1/site");
        let request = request.header("x-api-key", key);
        let request = request.header("content-type", "application/json");
        let body = json!({"translations": texts}).to_string();
        let refused = nobody.send(app, request.body(body.into()).unwrap()).await;
        assert_eq!(refused.expect(400)["error"], "validation_failed");
    }
);
