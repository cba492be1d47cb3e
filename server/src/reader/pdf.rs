//! The text of a PDF file.

use super::{Reading, Refusal, clean};

pub(super) fn read(bytes: &[u8]) -> Result<Reading, Refusal> {
    let text = pdf_extract::extract_text_from_mem(bytes).map_err(|error| {
        // The parser has no word of its own for it.
        match error.to_string().to_lowercase().contains("crypt") {
            true => Refusal::Protected,
            false => Refusal::Damaged,
        }
    })?;
    let text = clean(&text);
    if text.trim().is_empty() {
        return Err(Refusal::Scanned);
    }
    Ok(Reading {
        text,
        ..Reading::default()
    })
}
