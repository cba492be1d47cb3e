//! The three error bodies of the server's surfaces, read into one.

use serde::Deserialize;

/// Why a request did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// 0 where no answer came.
    pub status: u16,
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// The field of the request that was refused, under its name on the wire.
    pub field: Option<String>,
}

/// One row of a `422 {"detail": [...]}`.
#[derive(Debug, Clone, Deserialize)]
pub struct ValidationDetail {
    #[serde(default)]
    pub loc: Vec<LocationPart>,
    #[serde(default)]
    pub msg: String,
}

/// Names and positions are mixed in `loc`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum LocationPart {
    Name(String),
    Position(i64),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Detail {
    Text(String),
    Rows(Vec<ValidationDetail>),
}

/// Any of `{"error","message"}`, `{"detail","code"}`, `{"detail": [...]}`, `{"error": "sentence"}`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ErrorBody {
    error: Option<String>,
    code: Option<String>,
    message: Option<String>,
    field: Option<String>,
    detail: Option<Detail>,
}

impl ApiError {
    /// No answer came: offline, refused or cut.
    pub fn unreachable() -> Self {
        Self {
            status: 0,
            code: "unreachable".into(),
            message: "The server cannot be reached. Check the connection and try again.".into(),
            field: None,
        }
    }

    /// An answer came that is not what this version of the app understands.
    pub fn unreadable(status: u16) -> Self {
        Self {
            status,
            code: "unreadable".into(),
            message: "The server's answer could not be read. Reload the page and try again.".into(),
            field: None,
        }
    }

    /// What was found before anything was sent.
    pub fn of_field(field: &str, message: String) -> Self {
        Self {
            status: 0,
            code: "validation_failed".into(),
            message,
            field: Some(field.to_owned()),
        }
    }

    /// Reads a refusal; `body` is missing where it was not JSON.
    pub fn from_body(status: u16, body: Option<ErrorBody>) -> Self {
        let body = body.unwrap_or_default();
        let mut field = body.field;
        let mut message = body.message;
        match body.detail {
            Some(Detail::Text(text)) => message = message.or(Some(text)),
            Some(Detail::Rows(rows)) => {
                if let Some(row) = rows.into_iter().next() {
                    field = field.or_else(|| last_name(&row.loc));
                    message = message.or(Some(row.msg));
                }
            }
            None => {}
        }
        let code = body
            .code
            .or_else(|| body.error.clone())
            .unwrap_or_else(|| format!("http_{status}"));
        let message = message
            .or(body.error)
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| format!("The server refused this (status {status})."));
        Self {
            status,
            code,
            message,
            field,
        }
    }

    /// The message for `field`, if it is the one refused. Surfaces that name the field only in their
    /// sentence put it first.
    pub fn for_field(&self, field: &str) -> Option<String> {
        let named = match &self.field {
            Some(name) => name == field || name.split('.').next() == Some(field),
            None => first_word(&self.message) == field,
        };
        named.then(|| about_this(field, &self.message))
    }

    /// Whether one of `fields` shows this error, so that no general notice is needed.
    pub fn is_for_any(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.for_field(field).is_some())
    }

    /// Whether sending the same again may succeed.
    pub fn is_passing(&self) -> bool {
        self.status == 0 || self.status == 429 || self.status >= 500
    }
}

/// A sentence about a field as it reads beside the field: without the name it has on the wire.
fn about_this(field: &str, message: &str) -> String {
    let sentence = match message
        .strip_prefix(field)
        .and_then(|rest| rest.strip_prefix(' '))
    {
        Some(rest) => match rest.strip_prefix("is not valid: ") {
            Some(reason) => reason.to_owned(),
            None => format!("this {rest}"),
        },
        None => message.to_owned(),
    };
    let mut characters = sentence.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

fn last_name(location: &[LocationPart]) -> Option<String> {
    location.iter().rev().find_map(|part| match part {
        LocationPart::Name(name) => Some(name.clone()),
        LocationPart::Position(_) => None,
    })
}

fn first_word(text: &str) -> &str {
    text.split([' ', ':', '.']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{ApiError, ErrorBody};

    fn read(status: u16, json: &str) -> ApiError {
        ApiError::from_body(status, serde_json::from_str::<ErrorBody>(json).ok())
    }

    #[test]
    fn camel_case_surfaces_name_the_code_and_the_field_in_the_sentence() {
        let error = read(
            400,
            r#"{"error":"validation_failed","message":"primaryColor must be #rgb or #rrggbb"}"#,
        );
        assert_eq!(error.code, "validation_failed");
        assert_eq!(
            error.for_field("primaryColor"),
            Some("This must be #rgb or #rrggbb".into())
        );
        assert_eq!(error.for_field("bgColor"), None);
        assert!(error.is_for_any(&["bgColor", "primaryColor"]));
    }

    #[test]
    fn tenant_surface_gives_a_sentence_or_rows() {
        let error = read(
            401,
            r#"{"detail":"The email address or the password is wrong.","code":"invalid_credentials"}"#,
        );
        assert_eq!(error.code, "invalid_credentials");
        assert_eq!(error.message, "The email address or the password is wrong.");
        let error = read(
            422,
            r#"{"detail":[{"loc":["body","email"],"msg":"email is not valid","type":"value_error"}]}"#,
        );
        assert_eq!(error.for_field("email"), Some("This is not valid".into()));
        assert_eq!(error.for_field("password"), None);
        let error = read(
            422,
            r#"{"detail":[{"loc":["body","starterQuestions",3],"msg":"too long","type":"x"}]}"#,
        );
        assert_eq!(error.field.as_deref(), Some("starterQuestions"));
    }

    #[test]
    fn a_nested_field_belongs_to_its_group() {
        let error = read(
            400,
            r#"{"error":"validation_failed","message":"businessHours is not valid: mon must be closed or hours"}"#,
        );
        assert_eq!(
            error.for_field("businessHours"),
            Some("Mon must be closed or hours".into())
        );
    }

    #[test]
    fn what_is_not_json_still_says_something() {
        let error = read(502, "<html>bad gateway</html>");
        assert_eq!(error.code, "http_502");
        assert_eq!(error.message, "The server refused this (status 502).");
        assert!(error.is_passing());
    }
}
