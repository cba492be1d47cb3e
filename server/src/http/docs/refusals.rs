//! How each surface refuses: the bodies, and the statuses that follow from what a route takes.

use super::tidy::tidy;
use crate::http::reply::Surface;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use shared::error::ErrorCode;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Adds to every operation the refusals it shares with others, and to every refusal the surface's own body.
pub(super) fn complete(description: &mut Value) {
    let Some(paths) = description["paths"].as_object_mut() else {
        return;
    };
    for (path, operations) in paths {
        let surface = Surface::of(path);
        let operations = operations.as_object_mut().into_iter().flatten();
        for (_, operation) in operations.filter(|(method, _)| METHODS.contains(&method.as_str())) {
            tidy(operation);
            complete_operation(surface, path, operation);
        }
    }
    if let Some(schemas) = description["components"]["schemas"].as_object_mut() {
        for (name, schema) in bodies() {
            schemas.entry(name).or_insert(schema);
        }
    }
}

fn complete_operation(surface: Surface, path: &str, operation: &mut Value) {
    let shared = shared_statuses(surface, path, operation);
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for status in shared {
        let reason = match status {
            StatusCode::FORBIDDEN if surface == Surface::Widget => "`origin_not_allowed`",
            _ => "",
        };
        responses
            .entry(status.as_str().to_owned())
            .or_insert_with(|| json!({"description": reason}));
    }
    for (status, response) in responses {
        complete_response(surface, status, response);
    }
}

/// The refusals that follow from what an operation takes.
fn shared_statuses(surface: Surface, path: &str, operation: &Value) -> Vec<StatusCode> {
    let takes = |place: &str| {
        operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|parameter| parameter["in"] == place)
    };
    let names = |name: &str| {
        operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|parameter| parameter["name"] == name)
    };
    // A visitor's session, which may also stand in a header, and is bound to the pages it is used from.
    let has_session = names("session_id");
    let has_body = operation["requestBody"].is_object();
    let has_credential = operation["security"].is_array();
    let has_input = has_body || takes("query") || takes("header");
    let mut statuses = vec![
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    if !path.starts_with("/health") {
        statuses.push(StatusCode::TOO_MANY_REQUESTS);
    }
    if has_input {
        statuses.push(surface.status(ErrorCode::ValidationFailed));
    }
    if has_body || has_credential || has_session {
        statuses.push(StatusCode::BAD_REQUEST);
    }
    if has_body {
        statuses.push(StatusCode::PAYLOAD_TOO_LARGE);
        statuses.push(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    if has_credential {
        statuses.push(StatusCode::UNAUTHORIZED);
    }
    if has_credential || has_session {
        statuses.push(StatusCode::FORBIDDEN);
    }
    // A resend while the first one still runs.
    if names("Idempotency-Key") {
        statuses.push(StatusCode::CONFLICT);
    }
    if takes("path") {
        statuses.push(StatusCode::NOT_FOUND);
    }
    statuses
}

fn complete_response(surface: Surface, status: &str, response: &mut Value) {
    let Some(code) = status
        .parse()
        .ok()
        .and_then(|code: u16| StatusCode::from_u16(code).ok())
    else {
        return;
    };
    let Some(response) = response.as_object_mut() else {
        return;
    };
    if response.get("description").is_none_or(|text| text == "") {
        let reason = code.canonical_reason().unwrap_or_default();
        response.insert("description".into(), reason.into());
    }
    if !code.is_client_error() && !code.is_server_error() {
        return;
    }
    if matches!(
        code,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    ) {
        response.entry("headers").or_insert_with(retry_after);
    }
    response
        .entry("content")
        .or_insert_with(|| json!({"application/json": {"schema": body(surface, code)}}));
}

fn retry_after() -> Value {
    json!({
        "Retry-After": {
            "description": "Seconds after which trying again makes sense.",
            "schema": {"type": "integer", "minimum": 1}
        }
    })
}

/// The schema of a refusal's body.
fn body(surface: Surface, status: StatusCode) -> Value {
    let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    match surface {
        Surface::Widget => named("WidgetError"),
        Surface::Visitor => named("VisitorError"),
        Surface::Helpdesk => named("HelpdeskError"),
        Surface::Developer | Surface::Chatbots | Surface::Page => named("ApiError"),
        Surface::Tenant if status == StatusCode::UNPROCESSABLE_ENTITY => {
            json!({"oneOf": [named("TenantValidationError"), named("TenantError")]})
        }
        Surface::Tenant => named("TenantError"),
    }
}

/// The bodies that [`Surface::body`] writes.
fn bodies() -> [(&'static str, Value); 6] {
    let sentence = || json!({"type": "string", "description": "A sentence for people."});
    let code = || json!({"type": "string", "description": "Stable, for programs."});
    let complaint = object([
        ("loc", json!({"type": "array", "items": {"type": "string"}})),
        ("msg", sentence()),
        ("type", json!({"type": "string"})),
    ]);
    [
        (
            "WidgetError",
            object([("detail", sentence()), ("code", code())]),
        ),
        (
            "VisitorError",
            object([
                ("success", json!({"type": "boolean", "enum": [false]})),
                ("message", sentence()),
                ("code", code()),
            ]),
        ),
        ("HelpdeskError", object([("error", sentence())])),
        (
            "ApiError",
            object([("error", code()), ("message", sentence())]),
        ),
        ("TenantError", object([("detail", sentence())])),
        (
            "TenantValidationError",
            object([("detail", json!({"type": "array", "items": complaint}))]),
        ),
    ]
}

/// An object whose properties are all there.
fn object<const N: usize>(properties: [(&str, Value); N]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let required = json!(required);
    let properties: Map<String, Value> = properties
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({"type": "object", "required": required, "properties": properties})
}
