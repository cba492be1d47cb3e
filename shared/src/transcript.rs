//! The conversation by mail, on the visitor's native surface.

use serde::{Deserialize, Serialize};

/// `POST /widget/transcript`: the conversation as a letter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TranscriptRequest {
    /// Where to. A conversation goes to at most 3 addresses, and 5 times a day.
    pub email: String,
    /// The language to write in, a tag such as `de-AT`. Without it that of the session counts, then that of the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The reader's time zone, such as `Europe/Vienna`; one that is not known is UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// `GET /widget/transcript/address`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TranscriptAddress {
    /// Left in this conversation, or vouched for by a verified identity; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}
