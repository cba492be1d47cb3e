//! What a site's own pages tell of a visitor: attributes, and what the visitor did there. Nobody vouches for it.

use crate::field_value::FieldValue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /widget/attributes`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttributesRequest {
    /// Set over those that are there; null takes one away. At most 50 are kept, names of 1 to 40 letters, digits, `_`, `-` and
    /// `.`, values of at most 500 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, crate::field_value::OptionalFieldValue>))]
    pub attributes: BTreeMap<String, Option<FieldValue>>,
}

/// `POST /widget/track`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrackRequest {
    /// What happened, in at most 100 characters.
    pub name: String,
    /// At most 20, with names and values as attributes have them.
    #[serde(default)]
    pub properties: BTreeMap<String, FieldValue>,
    /// Where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_url: Option<String>,
}

/// `GET /api/visitors/{id}/activity`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    pub attributes: BTreeMap<String, String>,
    /// The latest ones, newest first.
    pub events: Vec<TrackedEvent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrackedEvent {
    pub name: String,
    pub properties: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_url: Option<String>,
    pub at: String,
}
