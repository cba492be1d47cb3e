//! The credentials that routes name in their `security`.

use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, HttpBuilder, SecurityScheme,
};

pub(super) struct Credentials;

impl Modify for Credentials {
    fn modify(&self, description: &mut OpenApi) {
        let mut dashboard = bearer("The access token of `POST /auth/login`.");
        dashboard.bearer_format = Some("JWT".to_owned());
        let components = description.components.get_or_insert_default();
        for (name, scheme) in [
            ("dashboard", SecurityScheme::Http(dashboard)),
            (
                "key",
                SecurityScheme::Http(bearer("A key of `POST /api/keys`: `ck_live_…`.")),
            ),
            (
                "siteKey",
                header("X-API-Key", "The site's key, which the dashboard shows."),
            ),
            (
                "developerKey",
                SecurityScheme::Http(bearer("The key of `POST /api/v1/developers`.")),
            ),
            (
                "developerKeyHeader",
                header("X-Developer-Key", "The same key in a header of its own."),
            ),
        ] {
            components.add_security_scheme(name, scheme);
        }
    }
}

fn bearer(description: &str) -> Http {
    HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(description))
        .build()
}

fn header(name: &str, description: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        name,
        description,
    )))
}
