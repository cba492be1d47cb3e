//! Forms with a file in them (`multipart/form-data`).

use super::input;
use crate::core::file::Incoming;
use crate::error::{Error, Result};
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;
use shared::error::ErrorCode;
use shared::limits;
use std::collections::HashMap;

/// What surrounds the file in its request.
const ENVELOPE_BYTES: usize = 64 << 10;

/// Bytes of a request that brings a file along.
pub fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(limits::UPLOAD_BYTES + ENVELOPE_BYTES)
}

/// Bytes of a text field at most.
const FIELD_BYTES: usize = input::BODY_BYTES / 16;

/// A form as it came in.
#[derive(Debug)]
pub struct Form {
    texts: HashMap<String, String>,
    file: Option<Incoming>,
}

impl Form {
    /// Reads a form; its file stands in the field `name`.
    ///
    /// # Errors
    /// `unsupported_media_type`, `payload_too_large`, `validation_failed`.
    pub async fn read(request: Request, name: &'static str) -> Result<Self> {
        let form = Multipart::from_request(request, &()).await.map_err(|_| {
            Error::new(ErrorCode::UnsupportedMediaType)
                .with_detail("Send the file as multipart/form-data.")
        })?;
        read_fields(form, name).await
    }

    /// A text field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// The file; `name` is what a refusal calls it.
    ///
    /// # Errors
    /// `validation_failed` where there is none.
    pub fn into_file(self, name: &'static str) -> Result<Incoming> {
        self.file.ok_or_else(|| Error::missing(name))
    }
}

async fn read_fields(mut form: Multipart, name: &'static str) -> Result<Form> {
    let (mut texts, mut file) = (HashMap::new(), None);
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|error| unreadable(name, &error))?
    {
        let Some(field_name) = field.name().map(str::to_owned) else {
            continue;
        };
        if field_name == name {
            let filename = field.file_name().unwrap_or_default().to_owned();
            let bytes = field
                .bytes()
                .await
                .map_err(|error| unreadable(name, &error))?;
            if file.replace(Incoming { filename, bytes }).is_some() {
                return Err(twice(name));
            }
            continue;
        }
        let text = field
            .text()
            .await
            .map_err(|error| unreadable(name, &error))?;
        if text.len() > FIELD_BYTES {
            return Err(ErrorCode::PayloadTooLarge.into());
        }
        if texts.insert(field_name.clone(), text).is_some() {
            return Err(twice(field_name));
        }
    }
    Ok(Form { texts, file })
}

fn twice(name: impl Into<String>) -> Error {
    let name = name.into();
    let shown: String = name
        .chars()
        .filter(|one| !one.is_control())
        .take(60)
        .collect();
    let detail = format!("{shown} is given twice");
    Error::invalid(shown, detail)
}

fn unreadable(name: &'static str, error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Error::new(ErrorCode::PayloadTooLarge)
            .with_detail("The file is larger than 10 MB.");
    }
    Error::invalid(name, "the form cannot be read")
}
