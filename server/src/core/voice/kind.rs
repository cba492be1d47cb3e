//! Recordings are told by their bytes, not by what they are called.

/// A kind of recording: its type, and the name a file of it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) content_type: &'static str,
    pub(super) filename: &'static str,
}

const fn kind(content_type: &'static str, filename: &'static str) -> Kind {
    Kind {
        content_type,
        filename,
    }
}

/// What browsers and telephones record.
pub(super) fn of(bytes: &[u8]) -> Option<Kind> {
    let at = |from: usize, mark: &[u8]| bytes.get(from..from + mark.len()) == Some(mark);
    if at(0, b"\x1a\x45\xdf\xa3") {
        return Some(kind("audio/webm", "recording.webm"));
    }
    if at(0, b"OggS") {
        return Some(kind("audio/ogg", "recording.ogg"));
    }
    if at(0, b"RIFF") && at(8, b"WAVE") {
        return Some(kind("audio/wav", "recording.wav"));
    }
    if at(4, b"ftyp") {
        return Some(kind("audio/mp4", "recording.m4a"));
    }
    if at(0, b"fLaC") {
        return Some(kind("audio/flac", "recording.flac"));
    }
    let is_frame = matches!(bytes, [0xff, second, ..] if second & 0xe6 == 0xe2);
    (at(0, b"ID3") || is_frame).then(|| kind("audio/mpeg", "recording.mp3"))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn recordings_are_told_by_their_bytes() {
        for (bytes, content_type) in [
            (&b"\x1a\x45\xdf\xa3rest"[..], "audio/webm"),
            (b"OggS\0rest", "audio/ogg"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
            (b"\0\0\0\x20ftypM4A rest", "audio/mp4"),
            (b"fLaC\0", "audio/flac"),
            (b"ID3\x04rest", "audio/mpeg"),
            (b"\xff\xfb\x90\x44", "audio/mpeg"),
        ] {
            assert_eq!(of(bytes).unwrap().content_type, content_type);
        }
        for bytes in [
            &b""[..],
            b"RIFF",
            b"RIFF\x24\0\0\0AVI LIST",
            b"\x89PNG\r\n\x1a\n",
            b"<html>",
            b"\xff\xd8\xff\xe0",
            b"PK\x03\x04",
        ] {
            assert_eq!(of(bytes), None, "{bytes:?}");
        }
    }
}
