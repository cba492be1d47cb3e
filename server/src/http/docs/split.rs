//! One surface's part of the whole description: its paths, and the components they lead to.

use crate::http::reply::Surface;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A surface with a description of its own.
pub(super) struct Part {
    pub name: &'static str,
    pub title: &'static str,
    surface: Surface,
}

const fn surface(name: &'static str, title: &'static str, surface: Surface) -> Part {
    Part {
        name,
        title,
        surface,
    }
}

pub(super) const SURFACES: [Part; 6] = [
    surface("developer", "Developer API", Surface::Developer),
    surface("chatbots", "Chatbots API", Surface::Chatbots),
    surface("helpdesk", "Helpdesk API", Surface::Helpdesk),
    surface("tenant", "Tenant API", Surface::Tenant),
    surface("visitor", "Visitor API", Surface::Visitor),
    surface("widget", "Widget API", Surface::Widget),
];

pub(super) fn part(whole: &Value, part: &Part) -> Value {
    let mut description = whole.clone();
    description["info"]["title"] = format!("Parlance: {}", part.title).into();
    retain(&mut description["paths"], |path| {
        Surface::of(path) == part.surface
    });
    let schemas = reachable(whole, &description["paths"]);
    retain(&mut description["components"]["schemas"], |name| {
        schemas.contains(name)
    });
    let credentials = credentials(&description["paths"]);
    retain(&mut description["components"]["securitySchemes"], |name| {
        credentials.contains(name)
    });
    description
}

fn retain(object: &mut Value, keep: impl Fn(&str) -> bool) {
    if let Some(object) = object.as_object_mut() {
        object.retain(|name, _| keep(name));
    }
}

/// The schemas that something refers to, directly or through others.
fn reachable(whole: &Value, from: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = references(from);
    while let Some(name) = waiting.pop() {
        let schema = &whole["components"]["schemas"][&name];
        if found.insert(name) {
            waiting.extend(references(schema));
        }
    }
    found
}

fn references(value: &Value) -> Vec<String> {
    let inside =
        |values: &mut dyn Iterator<Item = &Value>| values.flat_map(references).collect::<Vec<_>>();
    match value {
        Value::Array(entries) => inside(&mut entries.iter()),
        Value::Object(fields) => {
            let mut found = inside(&mut fields.values());
            found.extend(reference(fields));
            found
        }
        _ => Vec::new(),
    }
}

fn reference(fields: &Map<String, Value>) -> Option<String> {
    let name = fields
        .get("$ref")?
        .as_str()?
        .strip_prefix("#/components/schemas/")?;
    Some(name.to_owned())
}

/// The names of the credentials that operations ask for.
fn credentials(paths: &Value) -> BTreeSet<String> {
    let operations = paths
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values())
        .filter_map(Value::as_object)
        .flat_map(|operations| operations.values());
    operations
        .filter_map(|operation| operation["security"].as_array())
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|credential| credential.keys().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{SURFACES, part};
    use serde_json::json;

    #[test]
    fn a_part_holds_its_paths_and_what_they_lead_to() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let whole = json!({
            "info": {"title": "Parlance"},
            "paths": {
                "/api/v1/site": {"get": {"security": [{"siteKey": []}], "schema": to("Site")}},
                "/widget/chat": {"post": {"schema": to("Chat")}}
            },
            "components": {
                "schemas": {"Site": {"items": to("Hours")}, "Hours": to("Site"), "Chat": {}},
                "securitySchemes": {"siteKey": {}, "dashboard": {}}
            }
        });
        let developer = part(&whole, &SURFACES[0]);
        let names = |value: &serde_json::Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&developer["paths"]), ["/api/v1/site"]);
        assert_eq!(
            names(&developer["components"]["schemas"]),
            ["Hours", "Site"]
        );
        assert_eq!(
            names(&developer["components"]["securitySchemes"]),
            ["siteKey"]
        );
        assert_eq!(developer["info"]["title"], "Parlance: Developer API");
    }
}
