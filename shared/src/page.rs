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

impl<T> Page<T> {
    /// The same page of what each entry becomes.
    pub fn map<U>(self, become_other: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(become_other).collect(),
            next_cursor: self.next_cursor,
        }
    }
}
