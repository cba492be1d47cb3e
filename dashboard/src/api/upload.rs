//! Uploads go through `XMLHttpRequest`, the only way a browser tells how far a sent body has come.

use super::client::{Api, escape, read};
use super::error::ApiError;
use js_sys::Promise;
use serde::de::DeserializeOwned;
use shared::conversation::UploadedFile;
use shared::knowledge::KnowledgeItem;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

/// An upload under way.
#[derive(Debug, Clone)]
pub struct Upload(XmlHttpRequest);

impl Upload {
    /// None where the browser has no such requests.
    pub fn new() -> Option<Self> {
        XmlHttpRequest::new().ok().map(Self)
    }

    /// Calls it off.
    pub fn end(&self) {
        // One that is over already has nothing to end.
        let _over = self.0.abort();
    }
}

impl Api {
    /// Uploads a document; `progress` is told percentages.
    pub async fn upload_knowledge(
        self,
        chatbot_id: &str,
        file: &File,
        progress: impl Fn(u8) + 'static,
    ) -> Result<KnowledgeItem, ApiError> {
        let form = FormData::new().map_err(unreachable)?;
        form.append_with_str("chatbotId", chatbot_id)
            .map_err(unreachable)?;
        let request = XmlHttpRequest::new().map_err(unreachable)?;
        request
            .open("POST", "/api/knowledge/upload")
            .map_err(unreachable)?;
        self.upload(&request, &form, file, progress).await
    }

    /// Uploads a file to go with a reply. Whoever has `upload` can end it; `key` names the file, so that a second try of one
    /// that did arrive is answered with the first.
    pub async fn upload_for_reply(
        self,
        conversation: &str,
        upload: &Upload,
        key: &str,
        file: &File,
        progress: impl Fn(u8) + 'static,
    ) -> Result<UploadedFile, ApiError> {
        let Upload(request) = upload;
        let form = FormData::new().map_err(unreachable)?;
        let path = format!("/api/conversations/{}/upload", escape(conversation));
        request.open("POST", &path).map_err(unreachable)?;
        request
            .set_request_header("Idempotency-Key", key)
            .map_err(unreachable)?;
        self.upload(request, &form, file, progress).await
    }

    /// Sends a file with the fields of a form, by a request that is open.
    async fn upload<T: DeserializeOwned>(
        self,
        request: &XmlHttpRequest,
        form: &FormData,
        file: &File,
        progress: impl Fn(u8) + 'static,
    ) -> Result<T, ApiError> {
        form.append_with_blob_and_filename("file", file, &file.name())
            .map_err(unreachable)?;
        let token = self.session.token_now();
        if let Some(token) = &token {
            request
                .set_request_header("Authorization", &format!("Bearer {token}"))
                .map_err(unreachable)?;
        }
        send(request, form, progress).await?;
        let status = request.status().map_err(unreachable)?;
        let text = request
            .response_text()
            .map_err(unreachable)?
            .unwrap_or_default();
        read(self.judge(status, &text, token.as_deref())?)
    }
}

async fn send(
    request: &XmlHttpRequest,
    form: &FormData,
    progress: impl Fn(u8) + 'static,
) -> Result<(), ApiError> {
    let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            progress((event.loaded() / event.total() * 100.0) as u8);
        }
    });
    let upload = request.upload().map_err(unreachable)?;
    upload.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
    let finished = Promise::new(&mut |resolve, reject| {
        request.set_onload(Some(&resolve));
        request.set_onerror(Some(&reject));
        request.set_onabort(Some(&reject));
    });
    request
        .send_with_opt_form_data(Some(form))
        .map_err(unreachable)?;
    let outcome = JsFuture::from(finished).await;
    upload.set_onprogress(None);
    outcome.map(drop).map_err(unreachable)
}

fn unreachable(_: JsValue) -> ApiError {
    ApiError::unreachable()
}
