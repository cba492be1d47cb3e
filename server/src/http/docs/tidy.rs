//! What the routes' macros cannot say of requests and streams.

use serde_json::{Value, json};

/// Says of every operation's header, body and stream what holds for all of their kind.
pub(super) fn tidy(operation: &mut Value) {
    // An index would put a null where there is nothing.
    let parameters = operation.get_mut("parameters");
    for parameter in parameters
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if parameter["name"] == "Idempotency-Key" {
            parameter["schema"] = json!({
                "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"
            });
        }
    }
    if let Some(body) = operation.get_mut("requestBody")
        && let Some(schema) = optional(&body["content"]["application/json"]["schema"])
    {
        body["content"]["application/json"]["schema"] = schema;
        body["required"] = false.into();
    }
    let responses = operation.get_mut("responses");
    let responses = responses.and_then(Value::as_object_mut);
    for (_, response) in responses.into_iter().flatten() {
        let content = response
            .get_mut("content")
            .and_then(|content| content.get_mut("text/event-stream"));
        if let Some(content) = content {
            content["schema"] = event(&content["schema"]);
        }
    }
}

/// A body that may be left out is described as one that may be null, which it may not.
fn optional(schema: &Value) -> Option<Value> {
    let choices = schema["oneOf"].as_array()?;
    let mut others = choices.iter().filter(|choice| choice["type"] != "null");
    let other = others.next()?;
    (choices.len() == 2 && others.next().is_none()).then(|| other.clone())
}

/// An event of a stream: the document that is described is the text of its `data`.
fn event(data: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["data"],
        "properties": {
            "id": {"type": "string"},
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": data
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::tidy;
    use serde_json::json;

    #[test]
    fn bodies_that_may_be_left_out_are_not_null() {
        let site = json!({"$ref": "#/components/schemas/Site"});
        let nothing = json!({"type": "null"});
        let content = json!({"application/json": {"schema": {"oneOf": [nothing, site]}}});
        let mut operation = json!({"requestBody": {"content": content, "required": true}});
        tidy(&mut operation);
        let content = json!({"application/json": {"schema": site}});
        assert_eq!(
            operation["requestBody"],
            json!({"content": content, "required": false})
        );
    }

    #[test]
    fn what_is_described_of_a_stream_is_its_events_text() {
        let chunk = json!({"$ref": "#/components/schemas/Chunk"});
        let content = json!({"text/event-stream": {"schema": chunk}});
        let mut operation = json!({"responses": {"200": {"content": content}}});
        tidy(&mut operation);
        let schema = &operation["responses"]["200"]["content"]["text/event-stream"]["schema"];
        assert_eq!(schema["properties"]["data"]["contentSchema"], chunk);
    }
}
