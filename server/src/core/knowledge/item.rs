//! Adding, listing, showing and removing what a site's assistant knows.

use super::{cut, upload};
use crate::app::App;
use crate::clock::{Millis, iso};
use crate::core::actor::Operator;
use crate::error::{Error, Result, check};
use crate::store;
use crate::store::Transaction;
use crate::store::knowledge::{Item, NewItem};
use crate::store::site::Site;
use cut::Cut;
use shared::error::ErrorCode;
use shared::knowledge::{KnowledgeItem, KnowledgeKind};
use shared::limits;
use shared::page::Page;
use shared::text::{check_line, check_required_text, check_text};

/// Characters of a title taken from the text itself.
const TITLE_CHARS: usize = 80;

/// Something to know, as it was given.
#[derive(Debug, Clone)]
pub enum New {
    Qa {
        question: String,
        answer: String,
    },
    /// Markdown or plain text. Without a title it gets its first heading or line.
    Text {
        title: Option<String>,
        /// Where it comes from: an address or a name.
        source: Option<String>,
        content: String,
    },
    /// A file: PDF or Word by what is in it, else `.md` or `.txt`; text without an extension is read as Markdown.
    Document {
        name: String,
        bytes: Vec<u8>,
    },
    /// The text of a document, under the document's name, whatever that ends in.
    DocumentText {
        name: String,
        text: String,
    },
    /// A page of the web, read. It takes the place of what the site knew from the same address.
    Page {
        url: String,
        title: Option<String>,
        text: String,
    },
}

/// Which part of the list is wanted.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    pub limit: Option<i64>,
    /// Words to look for in title and text, as written.
    pub q: Option<String>,
}

/// Judged and cut, ready to be stored.
struct Prepared {
    kind: KnowledgeKind,
    title: String,
    source: Option<String>,
    content: String,
    characters: i64,
    cuts: Vec<Cut>,
}

/// Adds something to what a site's assistant knows; the next question finds it.
///
/// # Errors
/// `validation_failed` naming the field, `payload_too_large`, `storage_unavailable`.
pub async fn add(app: &App, site: &Site, new: New) -> Result<KnowledgeItem> {
    let prepared = prepare_aside(app, new).await?;
    let (account_id, site_id, now) = (site.account_id, site.id, app.now());
    let item = app
        .db
        .write(move |transaction| {
            Box::pin(async move {
                let item = insert(transaction, account_id, site_id, prepared, now).await?;
                store::site::bump_knowledge(transaction, account_id, site_id).await?;
                Ok(item)
            })
        })
        .await?;
    Ok(shown(item, &site.slug, false))
}

/// Puts these in the place of everything a site's assistant knows, all or nothing.
///
/// # Errors
/// As [`add`].
pub async fn replace_all(app: &App, site: &Site, news: Vec<New>) -> Result<()> {
    let mut prepared = Vec::with_capacity(news.len());
    for new in news {
        prepared.push(prepare_aside(app, new).await?);
    }
    let (account_id, site_id, now) = (site.account_id, site.id, app.now());
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                store::knowledge::delete_of_site(transaction, account_id, site_id).await?;
                for item in prepared {
                    insert(transaction, account_id, site_id, item, now).await?;
                }
                store::site::bump_knowledge(transaction, account_id, site_id).await
            })
        })
        .await
}

/// One page of a site's knowledge, newest first, without the texts.
///
/// # Errors
/// `validation_failed` for a cursor or limit that cannot be, `storage_unavailable`.
pub async fn list(app: &App, site: &Site, listing: &Listing) -> Result<Page<KnowledgeItem>> {
    let limit = listing.limit.unwrap_or(limits::PAGE_DEFAULT);
    if !(1..=limits::PAGE_MAX).contains(&limit) {
        return Err(Error::invalid(
            "limit",
            format!("limit must be 1 to {}", limits::PAGE_MAX),
        ));
    }
    let before = match &listing.cursor {
        Some(cursor) => Some(
            cursor
                .parse::<i64>()
                .map_err(|_| Error::invalid("cursor", "cursor is not valid"))?,
        ),
        None => None,
    };
    let pattern = pattern(listing.q.as_deref())?;
    let mut items = {
        let mut connection = app.db.read().await?;
        store::knowledge::list(
            &mut connection,
            site.account_id,
            site.id,
            before,
            pattern.as_deref(),
            limit,
        )
        .await?
    };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > wanted;
    items.truncate(wanted);
    let next_cursor = items
        .last()
        .filter(|_| more)
        .map(|item| item.id.to_string());
    let data = items
        .into_iter()
        .map(|item| shown(item, &site.slug, false))
        .collect();
    Ok(Page { data, next_cursor })
}

/// A `like` pattern that finds the text anywhere.
fn pattern(q: Option<&str>) -> Result<Option<String>> {
    let Some(q) = q.map(str::trim).filter(|q| !q.is_empty()) else {
        return Ok(None);
    };
    check("q", check_line(q, limits::NAME_CHARS))?;
    let mut pattern = String::from("%");
    for character in q.to_lowercase().chars() {
        if matches!(character, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Ok(Some(pattern))
}

/// One item with its whole text.
///
/// # Errors
/// `not_found`, also for what belongs to somebody else.
pub async fn show(app: &App, operator: &Operator, id: i64) -> Result<KnowledgeItem> {
    let mut connection = app.db.read().await?;
    let item = store::knowledge::get(&mut connection, operator.account_id, id).await?;
    let item = item.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    let site = store::site::by_id(&mut connection, item.site_id).await?;
    let site = site.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    Ok(shown(item, &site.slug, true))
}

/// Removes an item and its passages; the next question no longer finds it.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn remove(app: &App, operator: &Operator, id: i64) -> Result<()> {
    operator.may_manage()?;
    let account_id = operator.account_id;
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let item = store::knowledge::get(transaction, account_id, id).await?;
                let item = item.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
                store::knowledge::delete(transaction, account_id, id).await?;
                store::site::bump_knowledge(transaction, account_id, item.site_id).await
            })
        })
        .await
}

/// Reading and cutting take a while and must not hold up the asynchronous threads.
async fn prepare_aside(app: &App, new: New) -> Result<Prepared> {
    let new = match new {
        New::Document { name, bytes } => {
            let name = file_name(&name)?;
            Unpacked::File(upload::unpack(app, &name, bytes).await?, name)
        }
        New::DocumentText { name, text } => {
            let name = file_name(&name)?;
            Unpacked::File(upload::of_text(&name, &text), name)
        }
        New::Qa { question, answer } => Unpacked::Qa { question, answer },
        New::Text {
            title,
            source,
            content,
        } => Unpacked::Text {
            kind: KnowledgeKind::Text,
            title,
            source,
            content,
        },
        New::Page { url, title, text } => Unpacked::Text {
            kind: KnowledgeKind::Url,
            title: title.map(|title| one_line(&title)),
            source: Some(url),
            content: text,
        },
    };
    tokio::task::spawn_blocking(move || prepare(new))
        .await
        .map_err(Error::internal)?
}

/// Nothing but text any more.
enum Unpacked {
    Qa {
        question: String,
        answer: String,
    },
    Text {
        kind: KnowledgeKind,
        title: Option<String>,
        source: Option<String>,
        content: String,
    },
    File(upload::Unpacked, String),
}

fn prepare(new: Unpacked) -> Result<Prepared> {
    match new {
        Unpacked::Qa { question, answer } => prepare_qa(question, answer),
        Unpacked::Text {
            kind,
            title,
            source,
            content,
        } => Ok(Prepared {
            kind,
            ..prepare_text(title, source, content)?
        }),
        Unpacked::File(file, name) => {
            let (content, cuts) = upload::read(file)?;
            Ok(Prepared {
                kind: KnowledgeKind::Document,
                characters: count(&content),
                title: name.clone(),
                source: Some(name),
                content,
                cuts,
            })
        }
    }
}

/// A title as a page may write it, on one line and not too long.
fn one_line(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    words.join(" ").chars().take(limits::NAME_CHARS).collect()
}

fn prepare_qa(question: String, answer: String) -> Result<Prepared> {
    check(
        "question",
        check_required_text(&question, limits::QUESTION_CHARS),
    )?;
    check(
        "content",
        check_required_text(&answer, limits::ANSWER_CHARS),
    )?;
    let cut = Cut {
        heading: String::new(),
        content: answer.trim().to_owned(),
    };
    Ok(Prepared {
        kind: KnowledgeKind::Qa,
        characters: count(&answer),
        // Lists show it on one line.
        title: question.split_whitespace().collect::<Vec<_>>().join(" "),
        source: None,
        content: answer,
        cuts: vec![cut],
    })
}

fn prepare_text(
    title: Option<String>,
    source: Option<String>,
    content: String,
) -> Result<Prepared> {
    let title = title
        .map(|title| title.trim().to_owned())
        .filter(|title| !title.is_empty());
    if let Some(title) = &title {
        check("title", check_line(title, limits::NAME_CHARS))?;
    }
    let source = source
        .map(|source| source.trim().to_owned())
        .filter(|source| !source.is_empty());
    if let Some(source) = &source {
        check("source", check_line(source, limits::URL_CHARS))?;
    }
    check(
        "content",
        check_required_text(&content, limits::KNOWLEDGE_TEXT_CHARS),
    )?;
    let content = content.replace("\r\n", "\n");
    let cuts = cut::markdown(&content);
    let Some(first) = cuts.first() else {
        return Err(Error::invalid("content", "content has no text in it"));
    };
    let title = title.unwrap_or_else(|| first_line(first));
    Ok(Prepared {
        kind: KnowledgeKind::Text,
        characters: count(&content),
        title,
        source,
        content,
        cuts,
    })
}

fn first_line(cut: &Cut) -> String {
    let heading = cut.heading.split(" › ").next().unwrap_or_default();
    let line = if heading.is_empty() {
        cut.content.lines().next().unwrap_or_default()
    } else {
        heading
    };
    let line: String = line
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    match line.char_indices().nth(TITLE_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// The last part of the path a client may have sent, as one line.
fn file_name(name: &str) -> Result<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    check("file", check_text(name, limits::NAME_CHARS))?;
    check("file", check_line(name, limits::NAME_CHARS))?;
    if name.is_empty() {
        return Err(Error::invalid("file", "the file needs a name"));
    }
    Ok(name.to_owned())
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

async fn insert(
    transaction: &mut Transaction,
    account_id: i64,
    site_id: i64,
    prepared: Prepared,
    now: Millis,
) -> Result<Item> {
    let passages = i64::try_from(prepared.cuts.len()).unwrap_or(i64::MAX);
    let new = NewItem {
        account_id,
        site_id,
        kind: prepared.kind,
        title: &prepared.title,
        source: prepared.source.as_deref(),
        content: &prepared.content,
        characters: prepared.characters,
        passages,
    };
    if let (KnowledgeKind::Url, Some(address)) = (new.kind, new.source) {
        // What was known from this address is no longer so.
        store::knowledge::delete_page(transaction, account_id, site_id, address).await?;
    }
    let id = store::knowledge::insert(transaction, &new, now).await?;
    for (position, cut) in (0_i64..).zip(&prepared.cuts) {
        store::knowledge::insert_passage(
            transaction,
            id,
            site_id,
            position,
            &cut.heading,
            &cut.content,
        )
        .await?;
    }
    Ok(Item {
        id,
        site_id,
        kind: prepared.kind,
        title: prepared.title,
        source: prepared.source,
        content: String::new(),
        characters: prepared.characters,
        passages,
        created_at: now,
    })
}

fn shown(item: Item, slug: &str, whole: bool) -> KnowledgeItem {
    KnowledgeItem {
        id: item.id,
        chatbot_id: format!("bot_{slug}"),
        kind: item.kind,
        title: item.title,
        source: item.source,
        content: whole.then_some(item.content),
        characters: item.characters,
        passages: item.passages,
        created_at: iso(item.created_at),
    }
}
