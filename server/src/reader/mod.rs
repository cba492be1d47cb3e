//! Reads what others made: PDF files, Word documents, web pages. Parsers of such formats are large and their input
//! is hostile, so they run in a process of their own: one that may use so much memory and time and no more, that has
//! neither configuration nor database, and whose end by any fault ends nothing else.

mod docx;
mod page;
mod pdf;

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// Name of the program's command that reads one document.
const COMMAND: &str = "read-document";
/// Documents read at one time.
const AT_ONCE: usize = 2;
/// Wall time of one document, waiting for a place not counted.
const PATIENCE: Duration = Duration::from_secs(30);
/// Time on the processor, in seconds.
const PROCESSOR_SECONDS: u64 = 20;
const MEMORY_BYTES: u64 = 1 << 30;
const INPUT_BYTES: u64 = 16 << 20;
const OUTPUT_BYTES: u64 = 32 << 20;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Docx,
    /// HTML in UTF-8.
    Page,
}

impl Kind {
    pub const NAMES: [&str; 3] = ["pdf", "docx", "page"];

    const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Page => "page",
        }
    }

    /// What the first bytes of a file say; none for what is neither PDF nor a Word document.
    pub fn of_file(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(1_024)];
        if head.windows(5).any(|window| window == b"%PDF-") {
            return Some(Self::Pdf);
        }
        head.starts_with(b"PK\x03\x04").then_some(Self::Docx)
    }
}

/// What was found in a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Markdown, or plain text from a PDF.
    pub text: String,
    pub title: Option<String>,
    /// As they stand in a page.
    pub links: Vec<String>,
    /// What a page's links are relative to, where it says so itself.
    pub base: Option<String>,
    /// The page asks not to be kept.
    pub no_index: bool,
    /// The page asks that its links be left alone.
    pub no_follow: bool,
    /// The scripts that a page fetches.
    pub scripts: Vec<Script>,
    /// The content security policies that a page gives itself.
    pub policies: Vec<String>,
}

/// A script element with an address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Script {
    /// As it stands in the page.
    pub src: String,
    /// What the tag of a chat names as its site.
    pub site: Option<String>,
    pub nonce: String,
    pub integrity: String,
    /// The page does not wait for it.
    pub is_deferred: bool,
}

/// Why there is nothing to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Refusal {
    Damaged,
    Protected,
    /// Pictures of text.
    Scanned,
    TooLarge,
}

impl Refusal {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Damaged => "the file is damaged, or not what it says it is",
            Self::Protected => "the file is protected by a password",
            Self::Scanned => {
                "the file holds no text: it seems to be scanned; run text recognition over it first"
            }
            Self::TooLarge => "the file is too large once it is unpacked",
        }
    }
}

/// Starts the processes that read.
#[derive(Debug, Clone)]
pub struct Reader {
    program: PathBuf,
    places: Arc<Semaphore>,
}

impl Reader {
    /// `program` is this program.
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// `validation_failed` on `file` for what cannot be read, or not within the limits.
    pub async fn read(&self, kind: Kind, bytes: Vec<u8>) -> Result<Reading> {
        let _place = self.places.acquire().await.map_err(Error::internal)?;
        let output = match tokio::time::timeout(PATIENCE, self.ask(kind, bytes)).await {
            Ok(output) => output?,
            Err(_) => return Err(unreadable("the file takes too long to read")),
        };
        // A process that ran out of memory or time, or was brought down by its input, has said nothing.
        let Ok(outcome) = serde_json::from_slice::<std::result::Result<Reading, Refusal>>(&output)
        else {
            return Err(unreadable(Refusal::Damaged.sentence()));
        };
        outcome.map_err(|refusal| unreadable(refusal.sentence()))
    }

    async fn ask(&self, kind: Kind, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let mut process = Command::new(&self.program)
            .args([COMMAND, kind.name()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::internal)?;
        let (Some(mut input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Error::internal("a reading process has no pipes"));
        };
        let tell = async move {
            // It may have refused or failed before it has heard everything.
            let _ = input.write_all(&bytes).await;
        };
        let mut heard = Vec::new();
        let mut output = output.take(OUTPUT_BYTES);
        let (_, read) = tokio::join!(tell, output.read_to_end(&mut heard));
        read.map_err(Error::internal)?;
        process.wait().await.map_err(Error::internal)?;
        Ok(heard)
    }
}

fn unreadable(detail: &'static str) -> Error {
    Error::invalid("file", detail)
}

/// The work of the reading process: a document from standard input, what was found in it to standard output.
///
/// # Errors
/// With a sentence where it cannot be bounded, or where the pipes break.
pub fn serve(kind: &str) -> std::result::Result<(), String> {
    bound()?;
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(INPUT_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    let outcome = match kind {
        "pdf" => pdf::read(&bytes),
        "docx" => docx::read(&bytes),
        "page" => Ok(page::read(&String::from_utf8_lossy(&bytes))),
        other => return Err(format!("documents of kind {other} cannot be read")),
    };
    let outcome = serde_json::to_vec(&outcome).map_err(|error| error.to_string())?;
    std::io::stdout()
        .write_all(&outcome)
        .map_err(|error| error.to_string())
}

#[cfg(unix)]
fn bound() -> std::result::Result<(), String> {
    use rlimit::{Resource, setrlimit};
    for (resource, limit) in [
        (Resource::CPU, PROCESSOR_SECONDS),
        (Resource::AS, MEMORY_BYTES),
        (Resource::CORE, 0),
        (Resource::FSIZE, OUTPUT_BYTES),
    ] {
        setrlimit(resource, limit, limit).map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn bound() -> std::result::Result<(), String> {
    Ok(())
}

/// Text without the control characters that no text of ours may hold.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control() || matches!(character, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn files_are_told_by_what_is_in_them() {
        assert_eq!(Kind::of_file(b"%PDF-1.7\n"), Some(Kind::Pdf));
        assert_eq!(Kind::of_file(b"\n\njunk %PDF-1.4"), Some(Kind::Pdf));
        assert_eq!(Kind::of_file(b"PK\x03\x04rest"), Some(Kind::Docx));
        for other in [&b""[..], b"# Text", b"PK", b"%PD", b"\x7fELF"] {
            assert_eq!(Kind::of_file(other), None);
        }
    }
}
