//! Uploads go through `XMLHttpRequest`, the only way a browser tells how far a sent body has come.

use super::client::{Api, read};
use super::error::ApiError;
use js_sys::Promise;
use shared::knowledge::KnowledgeItem;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

impl Api {
    /// Uploads a document; `progress` is told percentages.
    pub async fn upload_knowledge(
        self,
        chatbot_id: &str,
        file: &File,
        progress: impl Fn(u8) + 'static,
    ) -> Result<KnowledgeItem, ApiError> {
        let token = self.session.token_now();
        let form = FormData::new().map_err(unreachable)?;
        form.append_with_str("chatbotId", chatbot_id)
            .map_err(unreachable)?;
        form.append_with_blob_and_filename("file", file, &file.name())
            .map_err(unreachable)?;
        let request = XmlHttpRequest::new().map_err(unreachable)?;
        request
            .open("POST", "/api/knowledge/upload")
            .map_err(unreachable)?;
        if let Some(token) = &token {
            request
                .set_request_header("Authorization", &format!("Bearer {token}"))
                .map_err(unreachable)?;
        }
        send(&request, &form, progress).await?;
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
