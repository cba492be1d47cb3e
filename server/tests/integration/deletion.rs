//! What deleting leaves behind: nothing.

use crate::caller::Person;
use crate::desk::{counts, furnish, webhook};
use crate::support::on_both;
use parlance::core::job;
use parlance::core::webhook::deliver_due;
use serde_json::{Value, json};

on_both!(deleting_a_site_deletes_all_that_was_its, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let first = owner
        .call(app, "POST", "/bots", &json!({"name": "First"}))
        .await
        .expect(201);
    webhook(app, &owner).await;
    furnish(app, &owner, first["id"].as_i64().unwrap()).await;
    deliver_due(app).await.unwrap();
    // What is due is done now, so that later only the deleted site's own work is left to do.
    while job::run_due(app).await.unwrap() > 0 {}
    let before = counts(app).await;
    let second = owner
        .call(app, "POST", "/bots", &json!({"name": "Second"}))
        .await
        .expect(201);
    furnish(app, &owner, second["id"].as_i64().unwrap()).await;
    assert!(deliver_due(app).await.unwrap() > 0);
    let between = counts(app).await;
    for (table, count) in &between {
        let is_of_sites = !matches!(
            table.as_str(),
            "accounts" | "users" | "api_keys" | "developer_keys" | "webhook_endpoints"
        );
        assert_eq!(
            *count > before[table],
            is_of_sites,
            "{table} holds something of the second site"
        );
    }
    let path = format!("/bots/{}", second["public_id"].as_str().unwrap());
    owner
        .call(app, "DELETE", &path, &Value::Null)
        .await
        .expect(204);
    // Bytes in storage are deleted behind the rows.
    while job::run_due(app).await.unwrap() > 0 {}
    assert_eq!(
        counts(app).await,
        before,
        "nothing of it is left, and nothing else is gone"
    );
});
