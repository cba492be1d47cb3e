//! What the developers' surface does with bodies that are none.

use crate::caller::Caller;
use crate::desk::counts;
use crate::developer::Keyed;
use crate::support::{Engine, TestApp};
use parlance::config::Signup;
use serde_json::{Value, json};

/// A route with a body, and the header that its credential comes in; a form of words alone takes none.
struct Route {
    method: &'static str,
    path: &'static str,
    credential: Option<Credential>,
}

#[derive(Clone, Copy)]
enum Credential {
    Site,
    Developer,
}

const ROUTES: [Route; 4] = [
    Route {
        method: "POST",
        path: "/api/v1/developers",
        credential: None,
    },
    Route {
        method: "POST",
        path: "/api/v1/sites",
        credential: Some(Credential::Developer),
    },
    Route {
        method: "PATCH",
        path: "/api/v1/site",
        credential: Some(Credential::Site),
    },
    Route {
        method: "POST",
        path: "/api/v1/chat",
        credential: Some(Credential::Site),
    },
];

/// Methods and paths whose bodies are tried here.
pub fn tried() -> Vec<(String, String)> {
    let routes = ROUTES.iter();
    routes
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect()
}

#[tokio::test]
async fn bodies_that_are_none_are_refused_and_nothing_is_stored() {
    let app = TestApp::with(Engine::of_run(), |config| {
        config.signup = Signup::Open;
        config.rate_limit_scale = 0.0;
    })
    .await;
    let site = Keyed::new(&app, "ada@example.com").await;
    let account = json!({"email": "dev@example.com"});
    let developer = Caller::NOBODY
        .call(&app, "POST", "/api/v1/developers", &account)
        .await
        .expect(200);
    let developer = developer["developerKey"].as_str().unwrap();
    let before = counts(&app).await;
    for Route {
        method,
        path,
        credential,
    } in ROUTES
    {
        let send = async |kind: &str, body: String| {
            let mut request = Caller::NOBODY
                .request(method, path)
                .header("content-type", kind);
            request = match credential {
                None => request,
                Some(Credential::Site) => request.header("x-api-key", &site.key),
                Some(Credential::Developer) => request.header("x-developer-key", developer),
            };
            let request = request.body(body.into()).unwrap();
            Caller::NOBODY.send(&app, request).await
        };
        let huge = json!({"message": "x".repeat(2 << 20)}).to_string();
        for (status, kind, body) in [
            (400, "application/json", "not json"),
            (400, "application/json", "{\"a\": \"\u{0}\"}"),
            (400, "application/json", "{} trailing"),
            (400, "application/json", "[]"),
            (400, "application/json", "\"text\""),
            (400, "application/json", "null"),
            (415, "text/plain", "{}"),
            (415, "application/x-www-form-urlencoded", "a=b"),
            (413, "application/json", &huge),
        ] {
            let reply = send(kind, body.to_owned()).await;
            let told = &reply.body;
            assert_eq!(reply.status, status, "{method} {path} {kind}: {told}");
            let is_documented = told["error"].is_string() && told["message"].is_string();
            assert!(is_documented, "{method} {path}: {told}");
        }
    }
    assert_eq!(counts(&app).await, before, "nothing was stored");
    let read = site.get(&app, "/api/v1/site").await;
    assert_ne!(read["displayName"], Value::Null);
}
