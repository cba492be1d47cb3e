//! A site's configuration under this surface's names.

use crate::app::App;
use crate::clock::iso;
use crate::core::actor::Site;
use crate::core::site::{self, key};
use crate::error::{Error, Result};
use serde::Serialize;
use serde_json::{Map, Value};
use shared::site::SiteSettings;
use utoipa::ToSchema;

/// What a site's key may see.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SiteView {
    /// `site_…`
    id: String,
    site_id: i64,
    /// `sk_…`, the public key of the visitors' surfaces.
    site_key: String,
    /// `bot_…`
    chatbot_id: String,
    /// `ch_…`
    bot_id: String,
    /// Whether the widget is live.
    enabled: bool,
    /// The prompt in use; `customPrompt` is empty while that is the default one.
    starter_prompt: String,
    /// The tag to paste.
    snippet: String,
    #[serde(flatten)]
    #[schema(value_type = SiteSettings)]
    settings: Map<String, Value>,
}

/// What its owner sees beside that.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnedSiteView {
    #[serde(flatten)]
    site: SiteView,
    /// The key of this surface. Only for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<String>,
    /// The account that owns the site. Only for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<i64>,
    /// Only for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
}

pub(super) fn view(app: &App, site: &Site) -> Result<SiteView> {
    let Value::Object(mut settings) =
        serde_json::to_value(&site.settings).map_err(Error::internal)?
    else {
        return Err(Error::internal("settings are an object"));
    };
    let hours = match site.settings.business_hours.as_str() {
        "" => Value::Object(Map::new()),
        text => serde_json::from_str(text).map_err(Error::internal)?,
    };
    settings.insert("businessHours".into(), hours);
    Ok(SiteView {
        id: format!("site_{}", site.slug),
        site_id: site.id,
        site_key: format!("sk_{}", site.slug),
        chatbot_id: format!("bot_{}", site.slug),
        bot_id: format!("ch_{}", site.slug),
        enabled: site.enabled,
        starter_prompt: site::prompt(&site.settings),
        snippet: site::snippet(&app.config.public_url, site),
        settings,
    })
}

/// For the site's key.
pub(super) fn keyed(app: &App, site: &Site) -> Result<OwnedSiteView> {
    Ok(OwnedSiteView {
        site: view(app, site)?,
        api_key: None,
        user_id: None,
        created_at: None,
    })
}

/// For the site's owner.
pub(super) async fn owned(app: &App, site: &Site) -> Result<OwnedSiteView> {
    Ok(OwnedSiteView {
        site: view(app, site)?,
        api_key: Some(key::show(app, site).await?),
        user_id: Some(site.account_id),
        created_at: Some(iso(site.created_at)),
    })
}
