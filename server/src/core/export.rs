//! A whole conversation as a file: for spreadsheets, for reading, for programs.

use crate::app::App;
use crate::core::actor::{Operator, Visitor};
use crate::core::conversation;
use crate::error::{Error, Result};
use crate::store;
use serde_json::json;
use shared::conversation::{Conversation, ConversationMessage};
use shared::message::{Message, Role, Source};
use std::fmt::Write;

/// Messages of one look at the conversation.
const PAGE: i64 = 500;
/// What a spreadsheet takes for the beginning of a formula, also in full width.
const FORMULA_BEGINNINGS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    /// A transcript for people.
    Text,
    Json,
}

impl Format {
    /// By the name that the address gives; CSV where it gives none.
    ///
    /// # Errors
    /// `validation_failed`.
    pub fn named(name: Option<&str>) -> Result<Self> {
        match name {
            None | Some("csv") => Ok(Self::Csv),
            Some("txt") => Ok(Self::Text),
            Some("json") => Ok(Self::Json),
            Some(_) => Err(Error::invalid("format", "format must be csv, txt or json")),
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Text => "txt",
            Self::Json => "json",
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A file to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Letters, digits, `-`, `_` and one dot.
    pub filename: String,
    pub content_type: &'static str,
    pub content: Vec<u8>,
}

/// The whole conversation.
///
/// # Errors
/// `not_found`, `storage_unavailable`.
pub async fn export(
    app: &App,
    operator: &Operator,
    spelling: &str,
    format: Format,
) -> Result<Export> {
    let row = conversation::find(app, operator, spelling).await?;
    let messages = messages(app, row.id).await?;
    let conversation = conversation::view(row, app.now());
    let content = match format {
        Format::Csv => csv(&messages)?,
        Format::Text => transcript(&conversation, &messages, str::to_owned).into_bytes(),
        Format::Json => {
            let messages: Vec<_> = messages
                .into_iter()
                .map(ConversationMessage::from)
                .collect();
            let whole = json!({"conversation": conversation, "messages": messages});
            serde_json::to_vec_pretty(&whole).map_err(Error::internal)?
        }
    };
    Ok(Export {
        filename: format!("{}.{}", conversation.id, format.extension()),
        content_type: format.content_type(),
        content,
    })
}

/// The visitor's own transcript: what they have seen, and nothing that operators note for themselves.
///
/// # Errors
/// `storage_unavailable`.
pub async fn for_visitor(app: &App, visitor: &Visitor) -> Result<Export> {
    let row = &visitor.conversation;
    let messages = messages(app, row.id).await?;
    let mut conversation = Conversation {
        tags: Vec::new(),
        ..conversation::view(row.clone(), app.now())
    };
    // Without a verified identity a session proves nothing of the visitor: what other conversations have left is not shown in this one.
    if row.visitor_external_id.is_none() {
        let mut connection = app.db.read().await?;
        let left = store::contact::get(&mut connection, row.account_id, row.id).await?;
        let left = left.unwrap_or_default();
        conversation.visitor.name = left.name;
        conversation.visitor.email = left.email;
        conversation.visitor.phone = left.phone;
    }
    Ok(Export {
        filename: format!("{}.{}", conversation.id, Format::Text.extension()),
        content_type: Format::Text.content_type(),
        content: transcript(&conversation, &messages, readable).into_bytes(),
    })
}

/// `2026-01-05 10:00:00 UTC`
fn readable(time: &str) -> String {
    let (date, time) = time.split_once('T').unwrap_or((time, ""));
    let seconds = time.split(['.', 'Z']).next().unwrap_or_default();
    format!("{date} {seconds} UTC")
}

/// All of a conversation, oldest first.
pub(super) async fn messages(app: &App, conversation_id: i64) -> Result<Vec<Message>> {
    let mut connection = app.db.read().await?;
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let after = messages.last().map_or(0, |last| last.seq);
        let page = store::message::after(&mut connection, conversation_id, after, PAGE).await?;
        if page.is_empty() {
            return Ok(messages);
        }
        messages.extend(page);
    }
}

fn csv(messages: &[Message]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["seq", "createdAt", "role", "author", "content", "status"];
    writer.write_record(head).map_err(Error::internal)?;
    for message in messages {
        let author = message
            .author
            .as_ref()
            .map(|author| author.name.as_str())
            .unwrap_or_default();
        writer
            .write_record([
                message.seq.to_string().as_str(),
                &message.created_at,
                message.role.as_str(),
                &harmless(author),
                &harmless(&message.content),
                message.status.as_str(),
            ])
            .map_err(Error::internal)?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::internal(error.to_string()))
}

/// A cell that a spreadsheet shows and does not run: it takes what follows an apostrophe for text.
fn harmless(cell: &str) -> String {
    let begins = cell.trim_start_matches([' ', '\n', '\u{feff}']);
    match begins.starts_with(FORMULA_BEGINNINGS) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

fn transcript(
    conversation: &Conversation,
    messages: &[Message],
    time: fn(&str) -> String,
) -> String {
    let mut text = String::new();
    let visitor = &conversation.visitor;
    let _ = writeln!(text, "Conversation {}", conversation.id);
    let _ = writeln!(text, "Site: {}", conversation.site_name);
    for (label, value) in [
        ("Visitor", &visitor.name),
        ("Email", &visitor.email),
        ("Phone", &visitor.phone),
        ("Page", &conversation.page_url),
        ("Ticket", &conversation.ticket_number),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "{label}: {value}");
        }
    }
    for (name, value) in &conversation.contact_fields {
        let _ = writeln!(text, "{name}: {value}");
    }
    if !conversation.tags.is_empty() {
        let _ = writeln!(text, "Tags: {}", conversation.tags.join(", "));
    }
    let _ = writeln!(text, "Begun: {}", time(&conversation.created_at));
    for message in messages {
        let author = message.author.as_ref().map(|author| author.name.as_str());
        let who = match (message.role, author) {
            (Role::User, _) => "Visitor".to_owned(),
            (Role::Operator, Some(name)) => format!("{name} (operator)"),
            (Role::Operator, None) => "Operator".to_owned(),
            (Role::Assistant, _) => "Assistant".to_owned(),
            (Role::System, _) => "System".to_owned(),
        };
        let _ = writeln!(text, "\n[{}] {who}:", time(&message.created_at));
        if message.removed_at.is_some() {
            let _ = writeln!(text, "    (taken back)");
        }
        // Indented, so that no message can pass for the head of another one.
        for line in message.content.lines() {
            let _ = writeln!(text, "    {line}");
        }
        for file in &message.files {
            let _ = writeln!(text, "    File: {}", file.filename);
        }
        for source in &message.sources {
            let _ = writeln!(text, "    {}", cited(source));
        }
    }
    text
}

fn cited(source: &Source) -> String {
    let Source { number, title, .. } = source;
    match &source.url {
        Some(url) => format!("[{number}] {title} – {url}"),
        None => format!("[{number}] {title}"),
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_neutralised() {
        for cell in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "\n=1",
            "＝1",
            "\u{feff}=1",
        ] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        for cell in ["", "Hello", "a=b", "1-1", "'=1", "\"=1\""] {
            assert_eq!(harmless(cell), cell);
        }
    }
}
