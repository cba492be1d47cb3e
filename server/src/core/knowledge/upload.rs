//! The text of an uploaded file.

use super::cut::{self, Cut};
use crate::error::{Error, Result, check};
use shared::error::ErrorCode;
use shared::limits;
use shared::text::check_required_text;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Markdown,
    Plain,
}

/// Judged by the name alone: what is in it must be text either way.
fn format(name: &str) -> Result<Format> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    match extension.map(str::to_ascii_lowercase).as_deref() {
        None | Some("md" | "markdown") => Ok(Format::Markdown),
        Some("txt" | "text") => Ok(Format::Plain),
        Some(_) => Err(Error::invalid(
            "file",
            "only .md and .txt files can be read here",
        )),
    }
}

/// The text of a file and its passages.
///
/// # Errors
/// `payload_too_large`; `validation_failed` for other kinds of files, for what is not text, and for too much of it.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<(String, Vec<Cut>)> {
    let format = format(name)?;
    if bytes.len() > limits::DOCUMENT_BYTES {
        return Err(ErrorCode::PayloadTooLarge.into());
    }
    let text = decode(bytes)
        .ok_or_else(|| Error::invalid("file", "the file is not text in UTF-8"))?
        .replace("\r\n", "\n");
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
    use super::read;
    use shared::error::ErrorCode;
    use shared::limits;

    fn code(name: &str, bytes: &[u8]) -> ErrorCode {
        read(name, bytes).expect_err("must be refused").code
    }

    #[test]
    fn byte_order_marks_are_understood_and_left_out() {
        assert_eq!(read("a.txt", b"\xef\xbb\xbfHi").unwrap().0, "Hi");
        assert_eq!(read("a.txt", b"\xff\xfeH\0i\0").unwrap().0, "Hi");
        assert_eq!(read("a.TXT", b"\xfe\xff\0H\0i").unwrap().0, "Hi");
        assert_eq!(read("a.md", b"one\r\ntwo").unwrap().0, "one\ntwo");
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
        assert_eq!(code("a.exe", b"text"), ErrorCode::ValidationFailed);
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let many = vec![b'a'; limits::DOCUMENT_BYTES + 1];
        assert_eq!(code("a.txt", &many), ErrorCode::PayloadTooLarge);
        let many = vec![b'a'; limits::KNOWLEDGE_TEXT_CHARS + 1];
        assert_eq!(code("a.txt", &many), ErrorCode::ValidationFailed);
    }
}
