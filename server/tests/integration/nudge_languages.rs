//! The words of nudge rules in the visitor's language.

use crate::nudges::{Shop, shop, texts};
use crate::outsider::quiet;
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

/// A rule with words in German, and one without.
async fn bilingual(app: &TestApp) -> (Shop, Value, Value) {
    let shop = shop(app, quiet()).await;
    let help = shop.rule(app, json!({"text": "Need a hand?"})).await;
    let offer = shop.rule(app, json!({"text": "Sale today"})).await;
    let german =
        json!({help["id"].to_string(): "Brauchen Sie Hilfe?", offer["id"].to_string(): " "});
    let translations = json!({"de": {"nudge_texts": german}});
    shop.set(app, json!({"translations": translations})).await;
    (shop, help, offer)
}

on_both!(a_page_gets_its_rules_in_its_language, |app| {
    let (shop, ..) = bilingual(app).await;
    let guest = &shop.outsider.guest;
    let texts = async |query: &str| {
        let config = guest.get(app, &format!("config?{query}")).await.expect(200);
        let nudges = config["nudges"].as_array().unwrap().iter();
        nudges
            .map(|nudge| nudge["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let german = ["Brauchen Sie Hilfe?", "Sale today"];
    let own = ["Need a hand?", "Sale today"];
    for query in ["locale=de", "locale=de-AT", "browser=de-CH"] {
        assert_eq!(texts(query).await, german, "{query}");
    }
    for query in ["", "locale=fr", "locale=en&browser=de"] {
        assert_eq!(texts(query).await, own, "{query}");
    }
    shop.set(app, json!({"language": "de"})).await;
    assert_eq!(texts("browser=fr").await, german, "the site's own language");
});

on_both!(
    a_poll_brings_rules_in_the_language_that_the_session_named,
    |app| {
        let (shop, ..) = bilingual(app).await;
        shop.outsider
            .ask(app, json!({"message": "Hallo", "lang": "de-AT"}))
            .await;
        let mut guest = shop.outsider.guest.clone();
        guest.session = Some(shop.outsider.session.clone());
        assert_eq!(
            shop.poll(app, "").await,
            ["Brauchen Sie Hilfe?", "Sale today"]
        );
        let mut channel = guest.listen(app, "?after=0").await;
        let event = channel.until("nudge").await;
        assert_eq!(event.data["nudge"]["text"], "Brauchen Sie Hilfe?");

        let mut nameless = shop.outsider.clone();
        nameless.session = "sess_2".into();
        assert_eq!(
            texts(&nameless, app, "").await,
            ["Need a hand?", "Sale today"]
        );
        shop.set(app, json!({"language": "de"})).await;
        nameless.session = "sess_3".into();
        assert_eq!(
            texts(&nameless, app, "").await,
            ["Brauchen Sie Hilfe?", "Sale today"]
        );
    }
);

on_both!(
    a_rule_that_is_deleted_takes_its_words_in_other_languages_along,
    |app| {
        let (shop, help, offer) = bilingual(app).await;
        let key = help["id"].to_string();
        let nudge_texts = async || {
            let kept = shop.set(app, json!({"enabled": true})).await;
            kept["translations"]["de"]["nudge_texts"].clone()
        };
        let delete = async |id: &Value| {
            let path = format!("/api/nudges/{id}");
            let gone = shop.owner.call(app, "DELETE", &path, &Value::Null).await;
            gone.expect(204);
        };
        delete(&offer["id"]).await;
        assert_eq!(nudge_texts().await, json!({key: "Brauchen Sie Hilfe?"}));
        delete(&help["id"]).await;
        assert_eq!(nudge_texts().await, Value::Null);
    }
);
