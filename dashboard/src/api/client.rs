//! The one client: adds the token, turns every refusal into `ApiError`, and signs out on 401.

use super::error::{ApiError, ErrorBody};
use crate::state::session::Session;
use gloo_net::http::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// Calls to the server on behalf of whoever is signed in.
#[derive(Clone, Copy)]
pub struct Api {
    pub(super) session: Session,
}

impl Api {
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    pub(super) async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, ApiError> {
        read(self.send(Method::GET, path, None).await?)
    }

    pub(super) async fn post<T: DeserializeOwned>(
        self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        read(self.send(Method::POST, path, Some(to_json(body)?)).await?)
    }

    pub(super) async fn post_for_nothing(self, path: &str) -> Result<(), ApiError> {
        self.send(Method::POST, path, Some("{}".into()))
            .await
            .map(drop)
    }

    pub(super) async fn patch_json<T: DeserializeOwned>(
        self,
        path: &str,
        body: String,
    ) -> Result<T, ApiError> {
        read(self.send(Method::PATCH, path, Some(body)).await?)
    }

    pub(super) async fn patch_for_nothing(self, path: &str, body: String) -> Result<(), ApiError> {
        self.send(Method::PATCH, path, Some(body)).await.map(drop)
    }

    pub(super) async fn delete(self, path: &str) -> Result<(), ApiError> {
        self.send(Method::DELETE, path, None).await.map(drop)
    }

    /// A file's text as it came.
    pub(super) async fn get_text(self, path: &str) -> Result<String, ApiError> {
        let (status, text, token) = self.fetch(Method::GET, path, None).await?;
        if (200..300).contains(&status) {
            return Ok(text);
        }
        self.judge(status, &text, token.as_deref())
            .and_then(|answer| Err(ApiError::unreadable(answer.status)))
    }

    /// The answer's JSON, or `undefined` where it has no body.
    pub(super) async fn send(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, ApiError> {
        let (status, text, token) = self.fetch(method, path, body).await?;
        self.judge(status, &text, token.as_deref())
    }

    /// Status and body of a reply, and the token the request went out with.
    async fn fetch(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<(u16, String, Option<String>), ApiError> {
        let token = self.session.token_now();
        let mut builder = RequestBuilder::new(path)
            .method(method)
            .header("Accept", "application/json");
        if let Some(token) = &token {
            builder = builder.header("Authorization", &format!("Bearer {token}"));
        }
        let request = match body {
            Some(body) => builder
                .header("Content-Type", "application/json")
                .body(body),
            None => builder.build(),
        };
        let response = request
            .map_err(|_| ApiError::unreachable())?
            .send()
            .await
            .map_err(|_| ApiError::unreachable())?;
        let status = response.status();
        let text = response.text().await.map_err(|_| ApiError::unreachable())?;
        Ok((status, text, token))
    }

    /// Turns status and body into a value or an error; a refused token ends the session.
    pub(super) fn judge(
        self,
        status: u16,
        text: &str,
        token: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let value = if text.is_empty() {
            None
        } else {
            js_sys::JSON::parse(text).ok()
        };
        if (200..300).contains(&status) {
            return Ok(Answer {
                status,
                value: value.unwrap_or(JsValue::UNDEFINED),
            });
        }
        let body = value.and_then(|value| serde_wasm_bindgen::from_value::<ErrorBody>(value).ok());
        if status == 401
            && let Some(token) = token
        {
            self.session.expire(token);
        }
        Err(ApiError::from_body(status, body))
    }
}

/// A success: its status and its JSON.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) value: JsValue,
}

pub(super) fn read<T: DeserializeOwned>(answer: Answer) -> Result<T, ApiError> {
    serde_wasm_bindgen::from_value(answer.value).map_err(|_| ApiError::unreadable(answer.status))
}

/// A value as a plain JavaScript object: numbers as numbers, maps as objects, none as null.
pub fn to_value(body: &impl Serialize) -> Result<JsValue, ApiError> {
    body.serialize(&Serializer::json_compatible())
        .map_err(|_| ApiError::unreadable(0))
}

pub(super) fn to_json(body: &impl Serialize) -> Result<String, ApiError> {
    stringify(&to_value(body)?)
}

pub(super) fn stringify(value: &JsValue) -> Result<String, ApiError> {
    js_sys::JSON::stringify(value)
        .map(String::from)
        .map_err(|_| ApiError::unreadable(0))
}

/// A part of a path or query, escaped.
pub fn escape(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// Builds `path?name=value&…` from the pairs that have a value.
pub(super) fn with_query(path: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (name, value) in pairs {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            address.push(separator);
            address.push_str(name);
            address.push('=');
            address.push_str(&escape(value));
            separator = '&';
        }
    }
    address
}
