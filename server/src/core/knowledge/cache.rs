//! Search indexes of the sites that are being asked, kept while there is room.

use super::index::SiteIndex;
use super::language::Language;
use crate::app::App;
use crate::error::{Error, Result};
use crate::store;
use crate::store::knowledge::Passage;
use crate::store::site::Site;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::fmt;
use std::sync::Arc;

/// Memory that indexes may take together.
const BYTES: u64 = 96 << 20;
/// One index counts as no more than this, so that even the largest stays cached.
const HEAVIEST: u64 = BYTES / 4;
/// So few that the cache makes at most two shards: an index heavier than its shard would not be kept.
const LIKELY_SITES: usize = 64;
/// Passages read from the database at a time.
const PAGE: i64 = 1_000;
/// From this many passages on an index is built off the asynchronous threads.
const LARGE: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    site_id: i64,
    version: i64,
}

#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Key, Arc<SiteIndex>> for ByBytes {
    fn weight(&self, _: &Key, index: &Arc<SiteIndex>) -> u64 {
        (index.bytes() as u64).clamp(1, HEAVIEST)
    }
}

/// One index per site and version of its knowledge. A change of knowledge moves the version, in the database, so
/// every replica notices.
pub struct Indexes(Cache<Key, Arc<SiteIndex>, ByBytes>);

impl Default for Indexes {
    fn default() -> Self {
        Self(Cache::with_weighter(LIKELY_SITES, BYTES, ByBytes))
    }
}

impl fmt::Debug for Indexes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Indexes({})", self.0.len())
    }
}

impl Indexes {
    /// The index of a site as it is now; built where it is not there yet, by one caller for all who wait.
    ///
    /// # Errors
    /// `storage_unavailable`.
    pub async fn of(&self, app: &App, site: &Site) -> Result<Arc<SiteIndex>> {
        let key = Key {
            site_id: site.id,
            version: site.knowledge_version,
        };
        if let Some(index) = self.0.get(&key) {
            return Ok(index);
        }
        let index = self.0.get_or_insert_async(&key, load(app, site)).await?;
        self.0
            .retain(|other, _| other.site_id != key.site_id || other.version >= key.version);
        Ok(index)
    }
}

async fn load(app: &App, site: &Site) -> Result<Arc<SiteIndex>> {
    let passages = read(app, site.id).await?;
    let language = Language::from_tag(&site.settings.language);
    if passages.len() < LARGE {
        return Ok(Arc::new(SiteIndex::build(passages, language)));
    }
    tokio::task::spawn_blocking(move || Arc::new(SiteIndex::build(passages, language)))
        .await
        .map_err(Error::internal)
}

async fn read(app: &App, site_id: i64) -> Result<Vec<Passage>> {
    let mut connection = app.db.read().await?;
    let mut passages: Vec<Passage> = Vec::new();
    loop {
        let after = passages.last().map_or(0, |passage| passage.id);
        let page = store::knowledge::passages(&mut connection, site_id, after, PAGE).await?;
        let last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        passages.extend(page);
        if last {
            return Ok(passages);
        }
    }
}
