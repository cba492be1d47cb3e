//! The text of an uploaded file.

use super::cut::{self, Cut};
use crate::app::App;
use crate::error::{Error, Result, check};
use crate::reader::Kind;
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_required_text;

/// How a file's text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Markdown,
    Plain,
}

/// A file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unpacked {
    format: Format,
    text: String,
}

/// Of a file that is neither PDF nor a Word document: judged by the name, for what is in it must be text either way.
fn format(name: &str) -> Result<Format> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    match extension.map(str::to_ascii_lowercase).as_deref() {
        None | Some("md" | "markdown") => Ok(Format::Markdown),
        Some("txt" | "text") => Ok(Format::Plain),
        Some("pdf" | "docx") => Err(Error::invalid(
            "file",
            "the file is not what its name says it is",
        )),
        Some(_) => Err(Error::invalid(
            "file",
            "only PDF, DOCX, Markdown and text files can be read here",
        )),
    }
}

/// Takes the text out of a file. What it is, is told by what is in it.
///
/// # Errors
/// `payload_too_large`; `validation_failed` for what cannot be read and for other kinds of files.
pub(super) async fn unpack(app: &App, name: &str, bytes: Vec<u8>) -> Result<Unpacked> {
    if bytes.len() > limits::DOCUMENT_BYTES {
        return Err(ErrorCode::PayloadTooLarge.into());
    }
    let Some(kind) = Kind::of_file(&bytes) else {
        return unpack_text(name, &bytes);
    };
    let format = match kind {
        Kind::Pdf => Format::Plain,
        Kind::Docx | Kind::Page => Format::Markdown,
    };
    let text = app.reader.read(kind, bytes).await?.text;
    Ok(Unpacked { format, text })
}

fn unpack_text(name: &str, bytes: &[u8]) -> Result<Unpacked> {
    let format = format(name)?;
    let text = decode(bytes)
        .ok_or_else(|| Error::invalid("file", "the file is not text in UTF-8"))?
        .replace("\r\n", "\n");
    Ok(Unpacked { format, text })
}

/// Of a document whose text came without its file: of plain text where the name says so, else read as Markdown.
pub(super) fn of_text(name: &str, text: &str) -> Unpacked {
    Unpacked {
        format: format(name).unwrap_or(Format::Markdown),
        text: text.replace("\r\n", "\n"),
    }
}

/// A file's text and its passages.
///
/// # Errors
/// `validation_failed` for nothing, for too much, and for what no text may hold.
pub(super) fn read(file: Unpacked) -> Result<(String, Vec<Cut>)> {
    let Unpacked { format, text } = file;
    check(
        "file",
        check_required_text(&text, limits::KNOWLEDGE_TEXT_CHARS),
    )?;
    let cuts = match format {
        Format::Markdown => cut::markdown(&text),
        Format::Plain => cut::plain(&text),
    };
    if cuts.is_empty() {
        return Err(Error::invalid("file", "the file has no text in it"));
    }
    Ok((text, cuts))
}

/// UTF-8, or UTF-16 where a byte order mark says so.
fn decode(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8(text.to_vec()).ok(),
        [0xff, 0xfe, text @ ..] => decode_utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => decode_utf16(text, u16::from_be_bytes),
        text => String::from_utf8(text.to_vec()).ok(),
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::{read, unpack_text};
    use crate::error::Result;
    use shared::error::ErrorCode;
    use shared::limits;

    fn text(name: &str, bytes: &[u8]) -> Result<String> {
        read(unpack_text(name, bytes)?).map(|(text, _)| text)
    }

    fn code(name: &str, bytes: &[u8]) -> ErrorCode {
        text(name, bytes).expect_err("must be refused").code
    }

    #[test]
    fn byte_order_marks_are_understood_and_left_out() {
        assert_eq!(text("a.txt", b"\xef\xbb\xbfHi").unwrap(), "Hi");
        assert_eq!(text("a.txt", b"\xff\xfeH\0i\0").unwrap(), "Hi");
        assert_eq!(text("a.TXT", b"\xfe\xff\0H\0i").unwrap(), "Hi");
        assert_eq!(text("a.md", b"one\r\ntwo").unwrap(), "one\ntwo");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [
            &b"\xff\xfeH"[..],
            b"caf\xe9",
            b"a\0b",
            b"a\x1bb",
            b"",
            b" \n",
        ] {
            assert_eq!(
                code("a.txt", bytes),
                ErrorCode::ValidationFailed,
                "{bytes:?}"
            );
        }
        assert_eq!(
            code("a.md", b"<!-- nothing -->"),
            ErrorCode::ValidationFailed
        );
        for name in ["a.exe", "a.pdf", "a.docx"] {
            assert_eq!(code(name, b"text"), ErrorCode::ValidationFailed);
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let many = vec![b'a'; limits::KNOWLEDGE_TEXT_CHARS + 1];
        assert_eq!(code("a.txt", &many), ErrorCode::ValidationFailed);
    }
}
