//! Lists that go on: every list of ours answers in this form.

use serde::{Deserialize, Serialize};

/// One page of a list. `next_cursor` is passed back as `cursor`; none means the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub data: Vec<T>,
    pub next_cursor: Option<String>,
}
