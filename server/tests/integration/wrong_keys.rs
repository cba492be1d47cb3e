//! A key of one surface opens no door of another.

use crate::api_keys::make_key;
use crate::caller::{Caller, Person};
use crate::developer::{open_instance, sign_up};
use crate::support::Engine;
use serde_json::json;

/// Doors of visitors and of nobody take no such key.
const WITHOUT: [&str; 3] = ["/widget/", "/api/v1/chat/", "/files/"];

#[tokio::test]
async fn a_key_opens_no_door_of_another_surface() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = open_instance(engine).await;
        let owner = Person::owner(&app, "ada@example.com").await;
        let bot = json!({"name": "Acme"});
        let bot = owner.call(&app, "POST", "/bots", &bot).await.expect(201);
        let chatbot = bot["public_id"].as_str().unwrap().replace("ch_", "bot_");
        let path = format!("/api/chatbots/{chatbot}/api-key");
        let site_key = owner.get(&app, &path).await.expect(200)["apiKey"].clone();
        let (program, _) = make_key(&app, &owner, &[]).await;
        let developer = json!({"email": "dev@example.com"});
        let developer = sign_up(&app, "192.0.2.7", &developer).await.expect(200);
        let caller = |token: &str| Caller {
            token: Some(token.to_owned()),
        };
        let keys = [
            ("dashboard", caller(owner.token.as_deref().unwrap())),
            ("key", program),
            ("siteKey", caller(site_key.as_str().unwrap())),
            (
                "developerKey",
                caller(developer["developerKey"].as_str().unwrap()),
            ),
        ];

        let description = Caller::NOBODY.get(&app, "/openapi.json").await.expect(200);
        let mut refused = [0; 4];
        for (path, methods) in description["paths"].as_object().unwrap() {
            if WITHOUT.iter().any(|start| path.starts_with(start)) {
                continue;
            }
            for (method, operation) in methods.as_object().unwrap() {
                let Some(taken) = operation["security"].as_array() else {
                    continue;
                };
                let takes = |name: &str| taken.iter().any(|one| one.get(name).is_some());
                let address = path.replace("{id}", "1").replace("{bot_id}", "1");
                for (at, (name, caller)) in keys.iter().enumerate() {
                    if takes(name) {
                        continue;
                    }
                    let method = method.to_uppercase();
                    let reply = caller.call(&app, &method, &address, &json!({})).await;
                    let is_refused = matches!(reply.status, 401 | 403);
                    assert!(is_refused, "{name} at {method} {path}: {}", reply.status);
                    refused[at] += 1;
                }
            }
        }
        assert!(refused.iter().all(|count| *count >= 5), "{refused:?}");
    }
}
