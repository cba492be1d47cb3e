//! The demo site on the start page: a first start makes it, in an account nobody can sign in to, and its
//! assistant knows the project's own guides. Whoever sets the instance up becomes its owner. Once deleted it
//! stays away.

use crate::app::App;
use crate::core::knowledge::{self, New};
use crate::error::{Error, Result};
use crate::store;
use crate::store::site::Site;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use shared::site::SiteSettings;

/// Where the instance table notes that there was a demo site once.
const MADE: &str = "demo_made";
/// Which guides the demo site knows, and the version of its knowledge that came of them.
const GUIDES: &str = "demo_guides";

/// Without the two that are tables to look something up in, the two that are for those who write code, and the statement that tells of
/// tests: they fit every question a little and answer none.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../docs"]
#[include = "*.md"]
#[exclude = "accessibility.md"]
#[exclude = "benchmarks.md"]
#[exclude = "errors.md"]
#[exclude = "guides.md"]
#[exclude = "own-panel.md"]
struct Guides;

/// One guide: its first heading and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Guide {
    name: String,
    title: String,
    text: String,
}

/// Makes the demo site where there never was one, and lets it know the guides of this version. A demo site whose
/// owner has changed what it knows is left alone.
///
/// # Errors
/// `storage_unavailable`.
pub async fn prepare(app: &App) -> Result<()> {
    let guides = guides();
    let Some(site) = find_or_make(app).await? else {
        return Ok(());
    };
    let hash = hash(&guides);
    let known = {
        let mut connection = app.db.read().await?;
        store::instance::get(&mut connection, GUIDES).await?
    };
    let is_untouched = match known.as_deref().and_then(|known| known.split_once(' ')) {
        None => true,
        Some((known, version)) => known != hash && version == site.knowledge_version.to_string(),
    };
    if !is_untouched {
        return Ok(());
    }
    let news = guides.into_iter().map(|guide| New::Text {
        title: Some(guide.title),
        source: Some(format!("docs/{}", guide.name)),
        content: guide.text,
    });
    knowledge::replace_all(app, &site, news.collect()).await?;
    note_guides(app, site.id, hash).await
}

async fn find_or_make(app: &App) -> Result<Option<Site>> {
    let (slug, now) = (app.ids.slug(), app.now());
    let settings = settings();
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                if !store::instance::put_if_missing(transaction, MADE, "1").await? {
                    return store::site::demo(transaction).await;
                }
                let account_id =
                    store::account::insert(transaction, "Parlance", "free", now).await?;
                let id = store::site::insert(transaction, account_id, &slug, &settings, true, now)
                    .await?;
                store::site::by_id(transaction, id).await
            })
        })
        .await
}

async fn note_guides(app: &App, site_id: i64, hash: String) -> Result<()> {
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let site = store::site::by_id(transaction, site_id).await?;
                let site = site.ok_or_else(|| Error::internal("the demo site went away"))?;
                let known = format!("{hash} {}", site.knowledge_version);
                store::instance::put(transaction, GUIDES, &known).await
            })
        })
        .await
}

fn settings() -> SiteSettings {
    SiteSettings {
        display_name: "Parlance demo".into(),
        greeting_text: "Questions about Parlance?".into(),
        welcome_message: "Hi! I know Parlance's own guides and cite what I find there. Ask me how something is done.".into(),
        starter_questions: [
            "How do I connect a model?",
            "How do I put the chat on my website?",
            "How do I take over a conversation?",
            "What data does Parlance keep?",
        ]
        .map(str::to_owned)
        .into(),
        ..SiteSettings::default()
    }
}

/// Every guide, in the order of their names.
fn guides() -> Vec<Guide> {
    let mut guides: Vec<Guide> = Guides::iter()
        .filter_map(|name| {
            let file = Guides::get(&name)?;
            let text = String::from_utf8(file.data.into_owned()).ok()?;
            let title = text.lines().find_map(|line| line.strip_prefix("# "))?;
            Some(Guide {
                name: name.into_owned(),
                title: title.trim().to_owned(),
                text,
            })
        })
        .collect();
    guides.sort_by(|one, other| one.name.cmp(&other.name));
    guides
}

fn hash(guides: &[Guide]) -> String {
    let mut digest = Sha256::new();
    for guide in guides {
        // Lengths keep one guide's end apart from the next one's beginning.
        digest.update(guide.name.len().to_le_bytes());
        digest.update(&guide.name);
        digest.update(guide.text.len().to_le_bytes());
        digest.update(&guide.text);
    }
    hex::encode(digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::{guides, hash};
    use shared::error::ErrorCode;

    #[test]
    fn every_guide_has_a_title_of_its_own() {
        let guides = guides();
        assert!(guides.len() >= 10);
        let mut titles: Vec<_> = guides.iter().map(|guide| &guide.title).collect();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), guides.len());
    }

    #[test]
    fn a_changed_guide_changes_the_hash() {
        let mut guides = guides();
        let before = hash(&guides);
        guides[0].text.push('.');
        assert_ne!(hash(&guides), before);
    }

    #[test]
    fn the_table_of_errors_is_the_one_in_use() {
        let guide = include_str!("../../../docs/errors.md");
        for code in ErrorCode::ALL {
            let row = format!(
                "| `{}` | {} | {} |",
                code.code(),
                code.status(),
                code.message()
            );
            assert!(guide.contains(&row), "{row}");
        }
    }
}
