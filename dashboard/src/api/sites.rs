//! Sites and their settings.

use super::client::{Api, escape, stringify, to_value};
use super::error::ApiError;
use gloo_net::http::Method;
use js_sys::{Object, Reflect};
use serde::Deserialize;
use shared::install::{InstallCheck, InstallCheckRequest};
use shared::site::{Bot, CreateBotRequest, SiteSettings};
use shared::widget::WidgetConfig;
use wasm_bindgen::JsValue;

/// A site's settings with what the server adds to them.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteDocument {
    pub enabled: bool,
    /// The default prompt, for the owner to see what an empty prompt means.
    pub starter_prompt: String,
    pub settings: SiteSettings,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SiteHead {
    enabled: bool,
    starter_prompt: String,
}

impl Default for SiteHead {
    fn default() -> Self {
        Self {
            enabled: true,
            starter_prompt: String::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SiteKey {
    api_key: String,
}

impl Api {
    /// The site's key for the developer API.
    pub async fn site_key(self, id: &str) -> Result<String, ApiError> {
        self.get::<SiteKey>(&format!("/api/chatbots/{}/api-key", escape(id)))
            .await
            .map(|reply| reply.api_key)
    }

    /// Replaces it; the old one stops working at once.
    pub async fn rotate_site_key(self, id: &str) -> Result<String, ApiError> {
        let empty = std::collections::BTreeMap::<String, String>::new();
        self.post::<SiteKey>(
            &format!("/api/chatbots/{}/api-key/rotate", escape(id)),
            &empty,
        )
        .await
        .map(|reply| reply.api_key)
    }

    pub async fn sites(self) -> Result<Vec<Bot>, ApiError> {
        self.get("/bots").await
    }

    /// One site by any spelling of its id.
    pub async fn site(self, id: &str) -> Result<Bot, ApiError> {
        self.get(&format!("/bots/{}", escape(id))).await
    }

    pub async fn create_site(self, request: CreateBotRequest) -> Result<Bot, ApiError> {
        self.post("/bots", &request).await
    }

    pub async fn delete_site(self, id: &str) -> Result<(), ApiError> {
        self.delete(&format!("/bots/{}", escape(id))).await
    }

    pub async fn rename_site(self, id: &str, name: &str) -> Result<Bot, ApiError> {
        let body = to_value(&std::collections::BTreeMap::from([("name", name)]))?;
        self.patch_json(&format!("/bots/{}", escape(id)), stringify(&body)?)
            .await
    }

    pub async fn site_settings(self, site_id: i64) -> Result<SiteDocument, ApiError> {
        let answer = self
            .send(Method::GET, &format!("/api/site?siteId={site_id}"), None)
            .await?;
        read_document(&answer.value).ok_or_else(|| ApiError::unreadable(answer.status))
    }

    /// Sends only what differs between `saved` and `draft`, and answers with what is stored now.
    pub async fn save_site_settings(
        self,
        site_id: i64,
        saved: &SiteDocument,
        draft: &SiteDocument,
    ) -> Result<SiteDocument, ApiError> {
        let changes = changed_fields(saved, draft)?;
        Reflect::set(
            &changes,
            &"siteId".into(),
            &JsValue::from_f64(site_id as f64),
        )
        .map_err(|_| ApiError::unreadable(0))?;
        self.patch_for_nothing("/api/sites", stringify(&changes)?)
            .await?;
        self.site_settings(site_id).await
    }

    /// What the server finds of the site's chat on a page.
    pub async fn check_install(self, id: &str, url: &str) -> Result<InstallCheck, ApiError> {
        let request = InstallCheckRequest { url: url.into() };
        self.post(&format!("/bots/{}/install-check", escape(id)), &request)
            .await
    }

    /// What the loader and the panel of a site see.
    pub async fn widget_config(self, bot_id: &str) -> Result<WidgetConfig, ApiError> {
        self.get(&format!("/widget/config?bot_id={}", escape(bot_id)))
            .await
    }
}

/// Business hours travel as an object and are kept as its text, as the shared type has them.
fn read_document(value: &JsValue) -> Option<SiteDocument> {
    let hours = Reflect::get(value, &"businessHours".into()).ok()?;
    let text = match hours.as_string() {
        Some(text) => text,
        None if hours.is_object() && Object::keys(&Object::from(hours.clone())).length() > 0 => {
            js_sys::JSON::stringify(&hours).ok()?.into()
        }
        None => String::new(),
    };
    Reflect::set(value, &"businessHours".into(), &text.into()).ok()?;
    let head: SiteHead = serde_wasm_bindgen::from_value(value.clone()).ok()?;
    let settings: SiteSettings = serde_wasm_bindgen::from_value(value.clone()).ok()?;
    Some(SiteDocument {
        enabled: head.enabled,
        starter_prompt: head.starter_prompt,
        settings,
    })
}

/// The object of all fields of `draft` whose JSON differs from that of `saved`.
pub fn changed_fields(saved: &SiteDocument, draft: &SiteDocument) -> Result<JsValue, ApiError> {
    let before = to_value(&saved.settings)?;
    let after = to_value(&draft.settings)?;
    let changes = Object::new();
    for key in Object::keys(&Object::from(after.clone())).iter() {
        let old = Reflect::get(&before, &key).map_err(|_| ApiError::unreadable(0))?;
        let new = Reflect::get(&after, &key).map_err(|_| ApiError::unreadable(0))?;
        if stringify(&old)? == stringify(&new)? {
            continue;
        }
        let (key, new) = match key.as_string().as_deref() {
            Some("businessHours") => (key, hours_object(&new)),
            Some("customPrompt") => prompt_change(&new),
            _ => (key, new),
        };
        Reflect::set(&changes, &key, &new).map_err(|_| ApiError::unreadable(0))?;
    }
    if saved.enabled != draft.enabled {
        Reflect::set(&changes, &"enabled".into(), &draft.enabled.into())
            .map_err(|_| ApiError::unreadable(0))?;
    }
    Ok(changes.into())
}

/// The object the text stands for; an empty text is an empty object: always open.
fn hours_object(text: &JsValue) -> JsValue {
    text.as_string()
        .filter(|text| !text.is_empty())
        .and_then(|text| js_sys::JSON::parse(&text).ok())
        .unwrap_or_else(|| Object::new().into())
}

/// The prompt is written under another name than it is read, and is taken back by a field of its own.
fn prompt_change(prompt: &JsValue) -> (JsValue, JsValue) {
    match prompt.as_string() {
        Some(text) if !text.trim().is_empty() => ("starterPrompt".into(), text.into()),
        _ => ("resetStarterPrompt".into(), JsValue::TRUE),
    }
}
