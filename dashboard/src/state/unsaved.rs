//! Settings that were changed and not saved when their page went, by the browser's Back for example, which
//! cannot be asked about: they are there again when the page is.

use crate::api::sites::SiteDocument;
use leptos::prelude::*;
use std::collections::HashMap;

#[derive(Clone, Copy)]
pub struct UnsavedSettings(StoredValue<HashMap<i64, SiteDocument>>);

impl UnsavedSettings {
    pub fn new() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }

    pub fn keep(self, site_id: i64, draft: SiteDocument) {
        self.0.update_value(|drafts| {
            drafts.insert(site_id, draft);
        });
    }

    pub fn take(self, site_id: i64) -> Option<SiteDocument> {
        self.0
            .try_update_value(|drafts| drafts.remove(&site_id))
            .flatten()
    }
}

impl Default for UnsavedSettings {
    fn default() -> Self {
        Self::new()
    }
}
