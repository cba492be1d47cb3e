//! What a file is, by its bytes. The name only decides between kinds of plain text.

use crate::error::{Error, Result};
use image::ImageFormat;
use shared::error::ErrorCode;
use shared::limits;

/// The kinds that may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Png,
    Jpeg,
    Gif,
    Webp,
    Pdf,
    Docx,
    Text,
    Markdown,
    Csv,
}

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Which kinds a door takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Images,
    /// Images, PDF, DOCX, TXT, MD and CSV.
    Documents,
}

impl Takes {
    /// What a file is, where this door takes it.
    ///
    /// # Errors
    /// `unsupported_media_type`, saying what may be sent instead.
    pub(super) fn judge(self, filename: &str, bytes: &[u8]) -> Result<Kind> {
        Kind::of(filename, bytes)
            .filter(|kind| kind.is_image() || self == Self::Documents)
            .ok_or_else(|| {
                unsupported(match self {
                    Self::Images => "Only PNG, JPEG, GIF and WebP images can be sent.",
                    Self::Documents => "Images, PDF, DOCX, TXT, MD and CSV can be sent.",
                })
            })
    }
}

impl Kind {
    /// None for anything that is none of the kinds.
    fn of(filename: &str, bytes: &[u8]) -> Option<Self> {
        match image::guess_format(bytes) {
            Ok(ImageFormat::Png) => return Some(Self::Png),
            Ok(ImageFormat::Jpeg) => return Some(Self::Jpeg),
            Ok(ImageFormat::Gif) => return Some(Self::Gif),
            Ok(ImageFormat::WebP) => return Some(Self::Webp),
            _ => {}
        }
        if bytes.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        if is_word(bytes) {
            return Some(Self::Docx);
        }
        text(filename).filter(|_| is_text(bytes))
    }

    pub const fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp)
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Docx => WORD,
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Csv => "text/csv",
        }
    }

    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Csv => "csv",
        }
    }

    fn has_ending(self, ending: &str) -> bool {
        ending.eq_ignore_ascii_case(self.ending())
            || match self {
                Self::Jpeg => ending.eq_ignore_ascii_case("jpeg"),
                Self::Markdown => ending.eq_ignore_ascii_case("markdown"),
                _ => false,
            }
    }

    /// The name to show: without folders, control characters and marks that turn the reading direction, and with
    /// the ending of what the file really is.
    pub fn filename(self, given: &str) -> String {
        let base = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let clean: String = base
            .chars()
            .filter(|character| !character.is_control() && !turns_direction(*character))
            .collect();
        let clean = clean.trim().trim_start_matches('.');
        let (stem, ending) = clean.rsplit_once('.').unwrap_or((clean, ""));
        let is_right = self.has_ending(ending);
        let stem = if is_right { stem } else { clean };
        let room = limits::NAME_CHARS - 10;
        let stem: String = stem.trim().chars().take(room).collect();
        let stem = if stem.is_empty() { "file" } else { &stem };
        let ending = if is_right { ending } else { self.ending() };
        format!("{stem}.{ending}")
    }
}

pub(super) fn unsupported(detail: &'static str) -> Error {
    Error::new(ErrorCode::UnsupportedMediaType).with_detail(detail)
}

/// Bidirectional controls make `gpj.exe` of `exe.jpg`.
const fn turns_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A ZIP archive with the parts of a Word document. The names of an archive's entries are never compressed.
fn is_word(bytes: &[u8]) -> bool {
    let holds = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    bytes.starts_with(b"PK\x03\x04") && holds(b"[Content_Types].xml") && holds(b"word/document.xml")
}

fn text(filename: &str) -> Option<Kind> {
    let (_, ending) = filename.rsplit_once('.')?;
    [Kind::Text, Kind::Markdown, Kind::Csv]
        .into_iter()
        .find(|kind| kind.has_ending(ending))
}

/// UTF-8 without control characters, or UTF-16 where a byte order mark says so.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return bytes.len().is_multiple_of(2);
    }
    std::str::from_utf8(bytes).is_ok_and(|text| {
        !text.trim().is_empty()
            && text
                .chars()
                .all(|character| !character.is_control() || "\t\n\r\u{c}".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::{Kind, Takes};

    #[test]
    fn the_bytes_decide_and_not_the_name() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        assert_eq!(Kind::of("a.exe", png), Some(Kind::Png));
        assert_eq!(Kind::of("a.png", b"%PDF-1.7"), Some(Kind::Pdf));
        assert_eq!(Kind::of("a.csv", b"a,b\n1,2"), Some(Kind::Csv));
        assert_eq!(Kind::of("a.MD", "# Grüße".as_bytes()), Some(Kind::Markdown));
        let word = b"PK\x03\x04..[Content_Types].xml..word/document.xml..";
        assert_eq!(Kind::of("a.txt", word), Some(Kind::Docx));
        for (name, bytes) in [
            ("a.svg", &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..]),
            ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("a.html", b"<script>alert(1)</script>"),
            ("a.png", b"not an image"),
            ("a.txt", b"a\0b"),
            ("a.txt", b""),
            ("a.txt", b"\xff\xfea"),
            ("a.docx", b"PK\x03\x04 only an archive"),
            ("a.exe", b"MZ\x90\0"),
            ("noending", b"text"),
            ("a.bmp", b"BM\0\0\0\0"),
        ] {
            assert_eq!(Kind::of(name, bytes), None, "{name}");
        }
    }

    #[test]
    fn a_refusal_says_what_its_door_takes() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
        let images = "Only PNG, JPEG, GIF and WebP images can be sent.";
        for (takes, name, bytes, sentence) in [
            (Takes::Images, "a.svg", &svg[..], images),
            (Takes::Images, "a.bmp", b"BM\0\0\0\0", images),
            (Takes::Images, "a.pdf", b"%PDF-1.7", images),
            (Takes::Images, "a.txt", b"text", images),
            (
                Takes::Documents,
                "a.svg",
                &svg[..],
                "Images, PDF, DOCX, TXT, MD and CSV can be sent.",
            ),
        ] {
            let refused = takes.judge(name, bytes).unwrap_err();
            assert_eq!(refused.public_message(), sentence, "{name}");
        }
        assert_eq!(
            Takes::Documents.judge("a.txt", b"text").unwrap(),
            Kind::Text
        );
    }

    #[test]
    fn names_are_made_harmless() {
        for (given, shown) in [
            ("photo.png", "photo.png"),
            ("photo.PNG", "photo.PNG"),
            ("photo.exe", "photo.exe.png"),
            ("../../etc/passwd", "passwd.png"),
            ("C:\\pictures\\cat.png", "cat.png"),
            ("\u{202e}gnp.exe", "gnp.exe.png"),
            ("a\r\nSet-Cookie: b.png", "aSet-Cookie: b.png"),
            ("", "file.png"),
            (".png", "png.png"),
            ("..", "file.png"),
            ("Grüße 😀.png", "Grüße 😀.png"),
        ] {
            assert_eq!(Kind::Png.filename(given), shown, "{given:?}");
        }
        let long = Kind::Jpeg.filename(&format!("{}.jpeg", "x".repeat(500)));
        assert_eq!(long.chars().count(), 195);
    }
}
