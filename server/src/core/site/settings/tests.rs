//! The editable fields of the developer surface, one by one.

use super::Change;
use serde_json::{Map, Value, json};
use shared::error::ErrorCode;
use shared::site::SiteSettings;

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is not an object"),
    }
}

/// The settings as JSON after a change of the default ones, and whether the site is enabled.
fn change(fields: Value) -> (Value, bool) {
    let (mut settings, mut enabled) = (SiteSettings::default(), true);
    Change::read(object(fields))
        .unwrap()
        .apply(&mut settings, &mut enabled);
    (serde_json::to_value(settings).unwrap(), enabled)
}

fn refusal(fields: Value) -> (ErrorCode, String) {
    let error = Change::read(object(fields)).unwrap_err();
    let field = error.field.clone().unwrap_or_default().into_owned();
    assert!(
        error.public_message().contains(&field),
        "the sentence names the field"
    );
    (error.code, field)
}

#[test]
fn every_documented_field_is_kept_as_sent() {
    for (field, value) in [
        ("displayName", json!("Acme Support")),
        ("primaryColor", json!("#4338ca")),
        ("bgColor", json!("#fff")),
        ("fontColor", json!("#000000")),
        ("buttonColor", json!("#ABC")),
        ("glowColor", json!("#abe300")),
        ("glowColor", json!(null)),
        ("greetingText", json!("Welcome back!")),
        ("position", json!("top-left")),
        ("welcomeMessage", json!("Ask me anything.\nReally.")),
        ("allowedOrigins", json!("https://acme.com")),
        ("contactPhone", json!("555-0100")),
        ("contactEmail", json!("support@acme.com")),
        ("websiteUrl", json!("https://acme.com/")),
        ("tosUrl", json!("https://acme.com/terms")),
        ("privacyUrl", json!("https://acme.com/privacy")),
        ("contactUrl", json!("https://acme.com/contact")),
        ("contactUrl", json!("")),
        ("sttProvider", json!("whisper")),
        ("ttsVoice", json!("alloy")),
        ("ttsSpeed", json!("1.25")),
        ("cornerStyle", json!("pill")),
        ("offsetX", json!(0)),
        ("offsetY", json!(400)),
        ("dropShadow", json!("strong")),
        ("glowSize", json!("large")),
        ("glowStrength", json!("soft")),
        ("aiMode", json!("delay")),
        ("aiReplyDelaySec", json!(600)),
        ("agentInstructions", json!("Be brief.")),
        ("theme", json!("dark")),
        ("language", json!("pt-BR")),
        ("starterQuestions", json!(["How much?", "Where?"])),
        ("strictSessionKeys", json!(true)),
        ("domain", json!("acme.com")),
    ] {
        let mut fields = Map::new();
        fields.insert(field.into(), value.clone());
        assert_eq!(change(Value::Object(fields)).0[field], value, "{field}");
    }
}

#[test]
fn aliases_set_the_same_field() {
    assert_eq!(change(json!({"title": "A"})).0["displayName"], "A");
    assert_eq!(
        change(json!({"brandColor": "#abc"})).0["primaryColor"],
        "#abc"
    );
    assert_eq!(
        refusal(json!({"title": "A", "displayName": "B"})),
        (ErrorCode::ValidationFailed, "title".into())
    );
    change(json!({"title": "A", "displayName": "A"}));
}

#[test]
fn prompts_are_set_and_reset() {
    let (settings, _) = change(json!({"starterPrompt": "You are Acme's concierge."}));
    assert_eq!(settings["customPrompt"], "You are Acme's concierge.");
    let mut settings = SiteSettings {
        custom_prompt: "mine".into(),
        ..SiteSettings::default()
    };
    let mut reset = |fields| {
        Change::read(object(fields))
            .unwrap()
            .apply(&mut settings, &mut true);
        settings.custom_prompt.clone()
    };
    assert_eq!(reset(json!({"resetStarterPrompt": false})), "mine");
    assert_eq!(reset(json!({"resetStarterPrompt": true})), "");
    assert_eq!(
        refusal(json!({"resetStarterPrompt": true, "starterPrompt": "x"})),
        (ErrorCode::ValidationFailed, "resetStarterPrompt".into())
    );
}

#[test]
fn business_hours_are_an_object_or_a_text_that_parses() {
    let kept = r#"{"mon":"9-17","tue":"9-17"}"#;
    for hours in [json!({"mon": "9-17", "tue": "9-17"}), json!(kept)] {
        assert_eq!(
            change(json!({"businessHours": hours})).0["businessHours"],
            kept
        );
    }
    assert_eq!(change(json!({"businessHours": {}})).0["businessHours"], "");
}

#[test]
fn switching_off_is_a_setting() {
    assert!(!change(json!({"enabled": false})).1);
    assert!(change(json!({"enabled": true})).1);
}

#[test]
fn parts_of_compound_settings_are_laid_over_the_rest() {
    let mut settings = SiteSettings::default();
    for fields in [
        json!({"linkSafety": {"enabled": true, "allowed_domains": ["https://Docs.acme.com/x"]}}),
        json!({"linkSafety": {"label": "Leave?"}, "disclosure": {"sources": "titles"}}),
        json!({"disclosure": {"allowed_documents": [4, 5]}}),
    ] {
        Change::read(object(fields))
            .unwrap()
            .apply(&mut settings, &mut true);
    }
    assert_eq!(
        serde_json::to_value(&settings.link_safety).unwrap(),
        json!({"enabled": true, "allowed_domains": ["docs.acme.com"], "label": "Leave?"})
    );
    assert_eq!(
        serde_json::to_value(&settings.disclosure).unwrap(),
        json!({"sources": "titles", "allowed_documents": [4, 5]})
    );
}

#[test]
fn bad_values_are_refused_naming_the_field() {
    for (field, values) in [
        (
            "displayName",
            vec![
                json!(""),
                json!("  "),
                json!(5),
                json!(null),
                json!("a\nb"),
                json!("a\u{0}b"),
                json!("x".repeat(201)),
            ],
        ),
        ("title", vec![json!([])]),
        (
            "starterPrompt",
            vec![json!(true), json!("x".repeat(20_001)), json!("a\u{0}")],
        ),
        ("resetStarterPrompt", vec![json!("true"), json!(1)]),
        (
            "primaryColor",
            vec![
                json!("red"),
                json!("#ab"),
                json!("#abcd"),
                json!("#ggg"),
                json!("#fff;x:y"),
                json!(""),
                json!(null),
            ],
        ),
        ("brandColor", vec![json!("4338ca")]),
        ("bgColor", vec![json!("url(x)")]),
        ("glowColor", vec![json!("blue"), json!(7)]),
        ("greetingText", vec![json!("x".repeat(1_001)), json!({})]),
        (
            "position",
            vec![json!("middle"), json!("Bottom-Right"), json!(null)],
        ),
        (
            "businessHours",
            vec![
                json!("not json"),
                json!({"mon": "17-9"}),
                json!({"moon": "9-17"}),
                json!([1]),
            ],
        ),
        (
            "allowedOrigins",
            vec![json!("*"), json!("acme.com"), json!(["https://acme.com"])],
        ),
        (
            "contactPhone",
            vec![json!("call me"), json!("1"), json!(5550100)],
        ),
        (
            "contactEmail",
            vec![json!("support"), json!("a@b"), json!("a@b.c\r\nBcc: x@y.z")],
        ),
        (
            "websiteUrl",
            vec![
                json!("javascript:alert(1)"),
                json!("acme.com"),
                json!("ftp://acme.com"),
            ],
        ),
        ("tosUrl", vec![json!("/terms")]),
        ("ttsSpeed", vec![json!("fast"), json!("9"), json!("NaN")]),
        ("cornerStyle", vec![json!("wavy")]),
        (
            "offsetX",
            vec![json!(-1), json!(401), json!(2.5), json!("20"), json!(null)],
        ),
        ("dropShadow", vec![json!(true)]),
        ("aiMode", vec![json!("maybe"), json!(true)]),
        (
            "aiReplyDelaySec",
            vec![json!(0), json!(601), json!("30"), json!(1.5), json!(-1)],
        ),
        ("enabled", vec![json!("no"), json!(0), json!(null)]),
        (
            "language",
            vec![json!("english!"), json!("e"), json!("en_US")],
        ),
        (
            "starterQuestions",
            vec![
                json!("one"),
                json!([1]),
                json!(["1", "2", "3", "4", "5", "6", "7"]),
            ],
        ),
        (
            "linkSafety",
            vec![
                json!(true),
                json!({"enabled": "yes"}),
                json!({"allowed_domains": ["not a domain"]}),
            ],
        ),
        (
            "disclosure",
            vec![
                json!("full"),
                json!({"sources": "some"}),
                json!({"allowed_documents": ["x"]}),
            ],
        ),
    ] {
        for value in values {
            let mut fields = Map::new();
            fields.insert(field.into(), value.clone());
            assert_eq!(
                refusal(Value::Object(fields)),
                (ErrorCode::ValidationFailed, field.to_owned()),
                "{field}: {value}"
            );
        }
    }
}

#[test]
fn unknown_and_forbidden_fields_are_told_apart() {
    for field in ["colour", "display_name", "Enabled", "x"] {
        assert_eq!(
            refusal(json!({field: 1})).0,
            ErrorCode::UnknownField,
            "{field}"
        );
    }
    for field in [
        "userId",
        "plan",
        "apiKey",
        "id",
        "siteId",
        "slug",
        "createdAt",
        "ownerId",
        "payment",
        "paymentMethod",
        "planExpiresAt",
        "billingEmail",
        "stripeCustomerId",
    ] {
        assert_eq!(
            refusal(json!({field: 1})).0,
            ErrorCode::ForbiddenField,
            "{field}"
        );
    }
    let (code, _) = refusal(json!({"greetingText": "fine", "plan": "pro"}));
    assert_eq!(code, ErrorCode::ForbiddenField, "one bad field refuses all");
}
