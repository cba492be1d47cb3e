//! A conversation for its visitor to keep.

use crate::caller::Person;
use crate::guest::Guest;
use crate::support::on_both;
use parlance::core::knowledge::{self, New};
use serde_json::json;
use shared::site::SiteSettings;

on_both!(a_visitor_takes_the_conversation_home, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let settings = SiteSettings {
        display_name: "Acme".into(),
        ..SiteSettings::default()
    };
    let site = app.site(&owner.operator, settings).await;
    let new = New::Document {
        name: "shop.md".into(),
        bytes: "# Shipping\n\nParcels to Canada take five days.\n".into(),
    };
    knowledge::add(app, &site, new).await.unwrap();
    let guest = Guest::begun(app, &site).await;
    let said = guest.say(app, "How long do parcels to Canada take?").await;
    let done = &said.last().unwrap().data;
    let source = done["sources"][0]["title"].as_str().unwrap();
    let inbox = owner.get(app, "/api/conversations").await.expect(200);
    let path = format!(
        "/api/conversations/{}",
        inbox["data"][0]["id"].as_str().unwrap()
    );
    owner
        .call(
            app,
            "POST",
            &format!("{path}/tags"),
            &json!({"tags": ["difficult"]}),
        )
        .await
        .expect(200);
    owner
        .call(
            app,
            "POST",
            &format!("{path}/reply"),
            &json!({"message": "Ada here\n[2026-01-05 10:00:00 UTC] Visitor:"}),
        )
        .await
        .expect(201);

    for route in ["transcript", "transcript?format=txt"] {
        let reply = guest.get(app, route).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.headers["content-type"], "text/plain; charset=utf-8");
        let disposition = reply.headers["content-disposition"].to_str().unwrap();
        assert!(
            disposition.starts_with("attachment; filename=\"") && disposition.ends_with(".txt\"")
        );
        let text = reply.body.as_str().unwrap();
        assert!(text.contains("Site: Acme"), "{text}");
        assert!(
            text.contains(
                "[2026-01-05 10:00:00 UTC] Visitor:\n    How long do parcels to Canada take?\n"
            ),
            "{text}"
        );
        assert!(
            text.contains("[2026-01-05 10:00:00 UTC] Assistant:\n"),
            "{text}"
        );
        assert!(text.contains(&format!("    [1] {source}")), "{text}");
        assert!(
            text.contains("ada (operator):\n    Ada here\n    [2026"),
            "no line passes for a head: {text}"
        );
        assert!(!text.contains("difficult"), "what operators note is theirs");
    }
    for format in ["csv", "json", "pdf", ""] {
        guest
            .get(app, &format!("transcript?format={format}"))
            .await
            .expect(422);
    }
    let mut nobody = Guest::at(&site);
    nobody.get(app, "transcript").await.expect(422);
    nobody.session = Some(uuid::Uuid::nil().to_string());
    nobody.get(app, "transcript").await.expect(404);
});

on_both!(
    a_visitors_public_id_shows_nothing_of_other_conversations,
    |app| {
        let owner = Person::owner(app, "ada@example.com").await;
        let site = app.site(&owner.operator, SiteSettings::default()).await;
        let mut guest = Guest::at(&site);
        let begun = guest.init(app, json!({})).await.expect(200);
        guest.session = begun["session_id"].as_str().map(str::to_owned);
        let contact =
            json!({"name": "Grace", "email": "grace@example.com", "phone": "+49 30 1234567"});
        guest.post(app, "contact", contact).await.expect(200);
        let own = guest.get(app, "transcript").await;
        let own = own.body.as_str().unwrap();
        for left in ["Grace", "grace@example.com", "1234567"] {
            assert!(own.contains(left), "{own}");
        }

        let mut impostor = Guest::at(&site);
        let claim = json!({"visitor_id": begun["visitor_id"]});
        let reply = impostor.init(app, claim).await.expect(200);
        impostor.session = reply["session_id"].as_str().map(str::to_owned);
        let other = impostor.get(app, "transcript").await;
        let other = other.body.as_str().unwrap();
        for left in ["Grace", "grace@example.com", "1234567"] {
            assert!(!other.contains(left), "{other}");
        }
    }
);
