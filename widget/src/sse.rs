//! Server-sent events out of raw bytes, however the network cut them.

/// One event: its data, and the last id the stream has named so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: Option<String>,
    pub data: String,
}

/// Keeps what is unfinished between two pieces. Lines are decoded only when they are whole, so a character
/// split between two pieces comes out intact.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    after_return: bool,
    data: String,
    has_data: bool,
    id: Option<String>,
    /// Milliseconds to wait before a new connection, as the server last asked.
    pub retry: Option<u32>,
}

impl Parser {
    /// Takes the next piece of the stream and gives back the events it completes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Record> {
        let mut records = Vec::new();
        for &byte in bytes {
            let ends_line = byte == b'\r' || (byte == b'\n' && !self.after_return);
            self.after_return = byte == b'\r';
            if ends_line {
                records.extend(self.finish_line());
            } else if byte != b'\n' {
                self.line.push(byte);
            }
        }
        records
    }

    fn finish_line(&mut self) -> Option<Record> {
        let bytes = std::mem::take(&mut self.line);
        if bytes.is_empty() {
            return self.dispatch();
        }
        let line = String::from_utf8_lossy(&bytes);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            "id" => self.id = Some(value.to_owned()),
            "retry" => self.retry = value.parse().ok().or(self.retry),
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Record> {
        if !std::mem::take(&mut self.has_data) {
            return None;
        }
        Some(Record {
            id: self.id.clone(),
            data: std::mem::take(&mut self.data),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Parser, Record};

    fn record(id: Option<&str>, data: &str) -> Record {
        Record {
            id: id.map(Into::into),
            data: data.into(),
        }
    }

    #[test]
    fn an_event_ends_with_an_empty_line() {
        let mut parser = Parser::default();
        assert_eq!(parser.push(b"id: 7\ndata: {\"a\":1}\n"), []);
        assert_eq!(parser.push(b"\n"), [record(Some("7"), "{\"a\":1}")]);
    }

    #[test]
    fn the_id_stays_until_another_is_named() {
        let mut parser = Parser::default();
        let records = parser.push(b"id: 7\ndata: a\n\ndata: b\n\nid:8\ndata:c\n\n");
        let expected = [
            record(Some("7"), "a"),
            record(Some("7"), "b"),
            record(Some("8"), "c"),
        ];
        assert_eq!(records, expected);
    }

    #[test]
    fn comments_and_unknown_fields_are_skipped() {
        let mut parser = Parser::default();
        assert_eq!(parser.push(b": ping\n\nevent: x\nfoo\n\n"), []);
        assert_eq!(parser.push(b"data\n\n"), [record(None, "")]);
    }

    #[test]
    fn several_data_lines_are_joined() {
        let mut parser = Parser::default();
        assert_eq!(
            parser.push(b"data: a\ndata:  b\n\n"),
            [record(None, "a\n b")]
        );
    }

    #[test]
    fn all_three_line_endings_count() {
        let mut parser = Parser::default();
        assert_eq!(parser.push(b"data: a\r\n\r\n"), [record(None, "a")]);
        assert_eq!(parser.push(b"data: b\r\r"), [record(None, "b")]);
    }

    #[test]
    fn every_split_of_the_bytes_gives_the_same_events() {
        let stream = "id: 1\r\ndata: {\"text\":\"Grüße 👩‍👩‍👧 你好\"}\r\n\r\nretry: 2500\ndata: b\n\n"
            .as_bytes();
        let whole = Parser::default().push(stream);
        assert_eq!(whole.len(), 2);
        for first in 0..stream.len() {
            for second in first..stream.len() {
                let mut parser = Parser::default();
                let mut records = parser.push(&stream[..first]);
                records.extend(parser.push(&stream[first..second]));
                records.extend(parser.push(&stream[second..]));
                assert_eq!(records, whole, "split at {first} and {second}");
                assert_eq!(parser.retry, Some(2500));
            }
        }
    }

    #[test]
    fn a_retry_that_is_no_number_changes_nothing() {
        let mut parser = Parser::default();
        parser.push(b"retry: 2000\nretry: soon\n");
        assert_eq!(parser.retry, Some(2000));
    }
}
