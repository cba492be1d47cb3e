//! What a site says and asks before a conversation: hours, fields, consent, other languages.

use crate::caller::Person;
use crate::guest::Guest;
use crate::support::{Engine, TestApp, on_both};
use axum::body::Body;
use http_body_util::BodyExt;
use parlance::clock::{HOUR, SECOND};
use parlance::config::AudioConfig;
use parlance::store::site::Site;
use serde_json::{Value, json};
use shared::site::SiteSettings;

/// An owner with a site, whose settings are these.
async fn house(app: &TestApp, settings: &Value) -> (Person, Site, Guest) {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, SiteSettings::default()).await;
    patch(app, &owner, &site, settings).await.expect(200);
    let guest = Guest::at(&site);
    (owner, site, guest)
}

async fn patch(
    app: &TestApp,
    owner: &Person,
    site: &Site,
    settings: &Value,
) -> crate::caller::Reply {
    let mut body = settings.clone();
    body["siteId"] = json!(site.id);
    owner.call(app, "PATCH", "/api/sites", &body).await
}

async fn config(app: &TestApp, guest: &Guest, locale: &str) -> Value {
    let query = match locale {
        "" => "config".to_owned(),
        locale => format!("config?locale={locale}"),
    };
    guest.get(app, &query).await.expect(200)
}

async fn inbox(app: &TestApp, owner: &Person) -> Value {
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    inbox["data"][0].clone()
}

on_both!(hours_say_whether_people_are_there_and_until_when, |app| {
    // The tests' clock says Monday, 10:00 UTC.
    let hours = json!({"mon": "9-17", "tue": "8:30-12", "timezone": "Europe/Berlin"});
    let settings = json!({"businessHours": hours, "offlineMessage": "Back tomorrow"});
    let (owner, site, guest) = house(app, &settings).await;
    let shown = config(app, &guest, "").await;
    assert_eq!(
        shown["hours"],
        json!({"is_open": true, "next_change_at": "2026-01-05T16:00:00.000Z"})
    );
    assert_eq!(shown["offline_message"], "Back tomorrow");
    app.clock.advance(6 * HOUR);
    let shown = config(app, &guest, "").await;
    assert_eq!(
        shown["hours"],
        json!({"is_open": false, "next_change_at": "2026-01-06T07:30:00.000Z"})
    );
    patch(
        app,
        &owner,
        &site,
        &json!({"businessHours": {}, "offlineMessage": ""}),
    )
    .await
    .expect(200);
    let shown = config(app, &guest, "").await;
    assert!(shown.get("hours").is_none() && shown.get("offline_message").is_none());
});

fn fields() -> Value {
    json!([
        {"name": "email", "label": "Your mail", "type": "email", "required": true},
        {"name": "order", "label": "Order number", "type": "text", "required": false},
        {"name": "topic", "label": "Topic", "type": "select", "required": true, "options": ["Sales", "Support"]}
    ])
}

on_both!(a_site_asks_its_own_fields, |app| {
    let (owner, site, guest) = house(app, &json!({"preChatFields": fields()})).await;
    assert_eq!(config(app, &guest, "").await["pre_chat_fields"], fields());
    let mut guest = guest;
    let begun = guest.init(app, json!({})).await.expect(200);
    guest.session = Some(begun["session_id"].as_str().unwrap().to_owned());
    let filled = json!({"email": "grace@example.com", "order": "A-1", "topic": "Sales"});
    guest.post(app, "contact", filled).await.expect(200);
    guest.say(app, "Hello").await;
    let row = inbox(app, &owner).await;
    assert_eq!(row["visitor"]["email"], "grace@example.com");
    assert_eq!(
        row["contactFields"],
        json!({"order": "A-1", "topic": "Sales"})
    );
    patch(app, &owner, &site, &json!({"preChatFields": []}))
        .await
        .expect(200);
    let shown = config(app, &guest, "").await;
    assert!(shown.get("pre_chat_fields").is_none());
});

#[tokio::test]
async fn fields_that_cannot_be_asked_are_refused() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, site, guest) = house(&app, &json!({"preChatFields": fields()})).await;
    let field = |change: Value| {
        let mut field =
            json!({"name": "order", "label": "Order", "type": "text", "required": false});
        for (part, value) in change.as_object().unwrap() {
            field[part] = value.clone();
        }
        json!([field])
    };
    let nine: Vec<Value> = (0..9)
        .map(|number| json!({"name": format!("f{number}"), "label": "L", "type": "text"}))
        .collect();
    for value in [
        json!("order"),
        json!([1]),
        json!(nine),
        field(json!({"name": ""})),
        field(json!({"name": "two words"})),
        field(json!({"name": "x".repeat(41)})),
        field(json!({"label": " "})),
        field(json!({"label": "x".repeat(201)})),
        field(json!({"label": "a\u{0}b"})),
        field(json!({"type": "colour"})),
        field(json!({"type": "select"})),
        field(json!({"type": "select", "options": []})),
        field(json!({"options": ["A"]})),
        field(json!({"required": "yes"})),
        field(json!({"name": "email", "type": "text"})),
        field(json!({"surprise": 1})),
        json!([fields()[1], fields()[1]]),
    ] {
        let refused = patch(&app, &owner, &site, &json!({"preChatFields": value}))
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed", "{value}");
        assert!(
            refused["message"]
                .as_str()
                .unwrap()
                .contains("preChatFields"),
            "{refused}"
        );
    }
    assert_eq!(config(&app, &guest, "").await["pre_chat_fields"], fields());
}

on_both!(consent_is_asked_counted_and_recorded, |app| {
    let (owner, site, mut guest) = house(app, &json!({"consent": {"text": "I agree"}})).await;
    let asked = json!({"text": "I agree", "version": 1});
    assert_eq!(config(app, &guest, "").await["consent"], asked);
    let begun = guest.init(app, json!({})).await.expect(200);
    guest.session = Some(begun["session_id"].as_str().unwrap().to_owned());
    for version in [0, 2, -1] {
        let body = json!({"message": "Hello", "consent_version": version});
        let refused = guest.post(app, "chat", body).await.expect(422);
        assert_eq!(refused["code"], "validation_failed");
    }
    let history = guest.get(app, "history").await.expect(200);
    assert_eq!(history["messages"], json!([]), "nothing was stored");

    guest
        .ask(app, json!({"message": "Hello", "consent_version": 1}))
        .await;
    let given = json!({"version": 1, "givenAt": "2026-01-05T10:00:00.000Z"});
    assert_eq!(inbox(app, &owner).await["visitor"]["consent"], given);
    app.clock.advance(SECOND);
    guest
        .ask(app, json!({"message": "Hello?", "consent_version": 1}))
        .await;
    let row = inbox(app, &owner).await;
    assert_eq!(row["visitor"]["consent"], given, "the first time counts");

    // Saved as it was: nothing to agree to anew. A version cannot be set.
    let same = json!({"consent": {"text": "I agree", "version": 9}, "greetingText": "Hi"});
    patch(app, &owner, &site, &same).await.expect(200);
    assert_eq!(config(app, &guest, "").await["consent"], asked);
    let german = json!({"translations": {"de": {"consent_text": "Einverstanden"}}});
    patch(app, &owner, &site, &german).await.expect(200);
    assert_eq!(
        config(app, &guest, "de-AT").await["consent"],
        json!({"text": "Einverstanden", "version": 2})
    );
    patch(app, &owner, &site, &json!({"consent": {"text": ""}}))
        .await
        .expect(200);
    assert!(config(app, &guest, "de").await.get("consent").is_none());
    let new = json!({"consent": {"text": "I agree to more"}});
    let stored = patch(app, &owner, &site, &new).await.expect(200);
    assert_eq!(
        stored["consent"],
        json!({"text": "I agree to more", "version": 3})
    );
    guest
        .ask(app, json!({"message": "Fine", "consent_version": 3}))
        .await;
    let path = format!("/api/conversations/{}", row["id"].as_str().unwrap());
    let details = owner.get(app, &path).await.expect(200);
    assert_eq!(
        details["visitor"]["consent"],
        json!({"version": 3, "givenAt": "2026-01-05T10:00:01.000Z"})
    );
});

#[tokio::test]
async fn a_first_message_brings_its_consent_along() {
    let app = TestApp::new(Engine::of_run()).await;
    let (owner, _, guest) = house(&app, &json!({"consent": {"text": "I agree"}})).await;
    let body = json!({"message": "Hello", "consent_version": 2});
    guest.post(&app, "chat", body).await.expect(422);
    let nothing = owner.get(&app, "/api/conversations").await.expect(200);
    assert_eq!(nothing["data"], json!([]));
    guest
        .ask(&app, json!({"message": "Hello", "consent_version": 1}))
        .await;
    assert_eq!(
        inbox(&app, &owner).await["visitor"]["consent"]["version"],
        1
    );
    guest
        .clone()
        .coming_from("192.0.2.7")
        .ask(&app, json!({"message": "Without"}))
        .await;
    let rows = owner.get(&app, "/api/conversations").await.expect(200);
    assert_eq!(rows["data"].as_array().unwrap().len(), 2);
}

/// Texts under the numbers from 1 on.
fn numbered(count: usize) -> Value {
    (1..=count)
        .map(|number| (number.to_string(), json!("x")))
        .collect()
}

on_both!(visitors_read_their_own_language, |app| {
    let settings = json!({
        "greetingText": "Hello",
        "welcomeMessage": "Ask us",
        "offlineMessage": "Closed",
        "starterQuestions": ["How much?"],
        "preChatFields": fields(),
        "translations": {
            "de": {
                "greeting_text": "Hallo",
                "offline_message": "Geschlossen",
                "starter_questions": ["Wie viel?"],
                "pre_chat_labels": {"order": "Bestellnummer"}
            },
            "pt-BR": {"greeting_text": "Olá"}
        }
    });
    let (owner, site, guest) = house(app, &settings).await;
    let german = config(app, &guest, "de-AT").await;
    assert_eq!(
        (
            &german["greeting"],
            &german["welcome_message"],
            &german["offline_message"],
            &german["starter_questions"]
        ),
        (
            &json!("Hallo"),
            &json!("Ask us"),
            &json!("Geschlossen"),
            &json!(["Wie viel?"])
        )
    );
    assert_eq!(german["pre_chat_fields"][1]["label"], "Bestellnummer");
    assert_eq!(german["pre_chat_fields"][0]["label"], "Your mail");
    assert!(
        german.get("translations").is_none(),
        "one language at a time"
    );
    assert_eq!(config(app, &guest, "pt").await["greeting"], "Olá");
    for locale in ["", "fr", "x", "%20", "en-US-u-ca-gregory"] {
        assert_eq!(
            config(app, &guest, locale).await["greeting"],
            "Hello",
            "{locale}"
        );
    }

    let long = "x".repeat(1_001);
    for value in [
        json!([]),
        json!({"german": {}}),
        json!({"de": "Hallo"}),
        json!({"de": {"greetingText": "Hallo"}}),
        json!({"de": {"greeting_text": 1}}),
        json!({"de": {"greeting_text": long}}),
        json!({"de": {"starter_questions": ["1", "2", "3", "4", "5", "6", "7"]}}),
        json!({"de": {}, "DE": {}}),
        json!({"de": {"pre_chat_labels": {"two words": "x"}}}),
        json!({"de": {"pre_chat_choices": {}}}),
        json!({"de": {"pre_chat_options": {"topic": ["Verkauf"]}}}),
        json!({"de": {"pre_chat_options": {"two words": {"Sales": "Verkauf"}}}}),
        json!({"de": {"pre_chat_options": {"topic": {"Sales": "x".repeat(201)}}}}),
        json!({"de": {"pre_chat_options": {"topic": numbered(21)}}}),
        json!({"de": {"pre_chat_options": {"topic": {"Sales": "a\nb"}}}}),
        json!({"de": {"nudge_texts": {"first": "Hilfe?"}}}),
        json!({"de": {"nudge_texts": {"0": "Hilfe?"}}}),
        json!({"de": {"nudge_texts": {"01": "Hilfe?"}}}),
        json!({"de": {"nudge_texts": {"1": "x".repeat(501)}}}),
        json!({"de": {"nudge_texts": numbered(51)}}),
        json!({"de": {"link_safety_label": "x".repeat(201)}}),
        json!({"de": {"link_safety_label": {"label": "x"}}}),
    ] {
        let refused = patch(app, &owner, &site, &json!({"translations": value}))
            .await
            .expect(400);
        assert_eq!(refused["error"], "validation_failed", "{value}");
    }
    assert_eq!(config(app, &guest, "de").await["greeting"], "Hallo");
});

on_both!(
    what_visitors_choose_from_is_read_in_their_language_and_sent_in_the_sites,
    |app| {
        let options = json!({"topic": {"Support": " Hilfe ", "Sales": " "}, "order": {}});
        let settings = json!({
            "preChatFields": fields(),
            "translations": {"de": {"pre_chat_options": options}}
        });
        let (owner, site, mut guest) = house(app, &settings).await;
        let german = config(app, &guest, "de-CH").await;
        let topic = &german["pre_chat_fields"][2];
        assert_eq!(topic["options"], json!(["Sales", "Support"]));
        assert_eq!(topic["option_labels"], json!(["Sales", "Hilfe"]));
        for locale in ["", "fr"] {
            assert_eq!(
                config(app, &guest, locale).await["pre_chat_fields"],
                fields()
            );
        }
        let begun = guest.init(app, json!({"locale": "de"})).await.expect(200);
        guest.session = Some(begun["session_id"].as_str().unwrap().to_owned());
        let chosen = json!({"topic": topic["options"][1]});
        guest.post(app, "contact", chosen).await.expect(200);
        guest.say(app, "Hallo").await;
        let row = inbox(app, &owner).await;
        assert_eq!(row["contactFields"], json!({"topic": "Support"}));

        // What goes takes its translation along; what comes back later is another.
        let mut less = fields();
        less[2]["options"] = json!(["Sales"]);
        for change in [less, fields()] {
            let stored = patch(app, &owner, &site, &json!({"preChatFields": change})).await;
            let stored = stored.expect(200);
            assert_eq!(stored["translations"]["de"].get("pre_chat_options"), None);
        }
        let german = config(app, &guest, "de").await;
        assert_eq!(german["pre_chat_fields"], fields());
    }
);

on_both!(
    the_question_before_a_link_is_asked_in_the_visitors_language,
    |app| {
        let safety =
            json!({"enabled": true, "allowed_domains": ["acme.example"], "label": "Leave?"});
        let settings = json!({
            "linkSafety": safety,
            "translations": {"de": {"link_safety_label": "Seite verlassen?"}, "fr": {}}
        });
        let (owner, site, guest) = house(app, &settings).await;
        let mut german = safety.clone();
        german["label"] = json!("Seite verlassen?");
        assert_eq!(config(app, &guest, "de-AT").await["link_safety"], german);
        for locale in ["", "fr", "it"] {
            assert_eq!(
                config(app, &guest, locale).await["link_safety"],
                safety,
                "{locale}"
            );
        }
        let unnamed = json!({"linkSafety": {"label": ""}});
        patch(app, &owner, &site, &unnamed).await.expect(200);
        assert_eq!(config(app, &guest, "de").await["link_safety"], german);
        assert_eq!(config(app, &guest, "fr").await["link_safety"]["label"], "");
    }
);

#[tokio::test]
async fn a_config_with_every_setting_filled_in_is_one_kilobyte() {
    let app = TestApp::with(Engine::of_run(), |config| {
        config.audio = Some(AudioConfig {
            base_url: "http://127.0.0.1:9/v1".into(),
            api_key: None,
            transcription_model: "hears".into(),
            speech_model: "speaks".into(),
        });
    })
    .await;
    let questions = [
        "send a bike back",
        "book an inspection",
        "track my order",
        "change my address",
        "claim the warranty",
        "choose a frame",
    ]
    .map(|words| format!("How do I {words}?"));
    let settings = json!({
        "displayName": "Acme Bikes",
        "greetingText": "Hi! How can we help you with your bike today?",
        "welcomeMessage": "Ask about repairs, deliveries and returns. A person is one click away.",
        "offlineMessage": "We are closed now. Leave your address, and we will write to you.",
        "primaryColor": "#0f766e", "bgColor": "#fdf6e3", "fontColor": "#1f2937", "buttonColor": "#b45309", "glowColor": "#f59e0b",
        "position": "bottom-left", "cornerStyle": "pill", "dropShadow": "strong", "glowSize": "medium", "glowStrength": "soft",
        "offsetX": 24, "offsetY": 32, "theme": "light", "aiMode": "delay", "language": "en",
        "allowedOrigins": "https://acme.example,https://*.acme.example,https://acme.shop",
        "contactEmail": "help@acme.example", "contactPhone": "+44 20 7946 0000", "contactUrl": "https://acme.example/contact",
        "websiteUrl": "https://acme.example", "tosUrl": "https://acme.example/terms", "privacyUrl": "https://acme.example/privacy",
        "businessHours": {"timezone": "Europe/London", "mon": "9-17", "tue": "9-17", "wed": "9-17", "thu": "9-17", "fri": "9-17"},
        "starterQuestions": questions,
        "preChatFields": [
            {"name": "name", "label": "Your name", "required": true},
            {"name": "email", "label": "Your email", "type": "email", "required": true},
            {"name": "phone", "label": "Phone", "type": "phone"},
            {"name": "topic", "label": "What is it about?", "type": "select", "required": true, "options": ["Sales", "Repairs", "Delivery", "Something else"]},
        ],
        "consent": {"text": "We keep what you write for 30 days to answer you. More stands in our privacy notice."},
        "linkSafety": {"enabled": true, "allowed_domains": ["acme.example", "acme.shop"], "label": "This link leads away from Acme Bikes."},
        "conversationLimit": 3, "sttProvider": "server", "ttsVoice": "alloy",
    });
    let (owner, site, guest) = house(&app, &settings).await;
    for (text, pattern) in [
        ("Need a hand choosing a frame?", "/frames*"),
        (
            "Questions about delivery? Ask before you pay.",
            "/checkout*",
        ),
        (
            "Book an inspection today and save ten percent.",
            "/workshop*",
        ),
    ] {
        let rule = json!({"chatbotId": format!("bot_{}", site.slug), "text": text, "urlPattern": pattern, "secondsOnPage": 20});
        owner
            .call(&app, "POST", "/api/nudges", &rule)
            .await
            .expect(201);
    }
    let shown = config(&app, &guest, "").await;
    for name in [
        "hours",
        "voice",
        "offline_message",
        "pre_chat_fields",
        "consent",
        "conversation_limit",
    ] {
        assert!(shown.get(name).is_some(), "{name} is among it");
    }
    assert_eq!(shown["nudges"].as_array().map(Vec::len), Some(3));
    let browser = guest.with("accept-encoding", "gzip, deflate, br, zstd");
    let path = browser.path("config");
    let response = browser.respond(&app, "GET", &path, Body::empty()).await;
    assert_eq!(response.headers()["content-encoding"], "br");
    assert!(
        response
            .headers()
            .get_all("vary")
            .iter()
            .any(|value| value == "accept-encoding")
    );
    let sent = response.into_body().collect().await.unwrap().to_bytes();
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut sent.as_ref(), &mut unpacked).unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&unpacked).unwrap(),
        shown,
        "packed, it is the same"
    );
    assert!(sent.len() <= 1_024, "{} bytes", sent.len());
}
