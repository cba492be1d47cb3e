//! Reads the text of an event stream (HTML standard, "server-sent events") piece by piece. Pure.

/// One dispatched event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSentEvent {
    /// The last id seen up to this event.
    pub id: Option<String>,
    pub data: String,
}

/// Keeps what an unfinished line or event needs between pieces.
#[derive(Debug, Default)]
pub struct EventStreamParser {
    line: String,
    data: String,
    has_data: bool,
    last_id: Option<String>,
    id_is_news: bool,
    after_carriage_return: bool,
}

impl EventStreamParser {
    /// Takes a piece of text, gives back the events it completed.
    pub fn push(&mut self, text: &str) -> Vec<ServerSentEvent> {
        let mut events = Vec::new();
        for character in text.chars() {
            let was_carriage_return =
                std::mem::replace(&mut self.after_carriage_return, character == '\r');
            match character {
                // CR LF is one line end, also where a piece ends between the two.
                '\n' if was_carriage_return => {}
                '\r' | '\n' => {
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.end_line(&line));
                }
                other => self.line.push(other),
            }
        }
        events
    }

    fn end_line(&mut self, line: &str) -> Option<ServerSentEvent> {
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                self.data.push_str(value);
            }
            "id" if !value.contains('\0') => {
                self.last_id = Some(value.to_owned());
                self.id_is_news = true;
            }
            // `retry` is for `EventSource`; this reader backs off by itself.
            _ => {}
        }
        None
    }

    /// An id without data is given on too: it tells where a fresh connection stands.
    fn dispatch(&mut self) -> Option<ServerSentEvent> {
        let data = std::mem::take(&mut self.data);
        let has_data = std::mem::take(&mut self.has_data);
        let id_is_news = std::mem::take(&mut self.id_is_news);
        (has_data || id_is_news).then(|| ServerSentEvent {
            id: self.last_id.clone(),
            data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{EventStreamParser, ServerSentEvent};

    fn event(id: Option<&str>, data: &str) -> ServerSentEvent {
        ServerSentEvent {
            id: id.map(str::to_owned),
            data: data.to_owned(),
        }
    }

    #[test]
    fn comments_and_hints_are_no_events() {
        let mut parser = EventStreamParser::default();
        assert_eq!(parser.push(": hello\n\nretry: 2000\n\n"), vec![]);
    }

    #[test]
    fn every_cut_of_the_text_reads_the_same() {
        let text = "retry: 2000\r\n: hi\n\nid: 7\r\ndata: {\"a\":\ndata: \"é😀\"}\r\n\r\ndata:x\n\nid: 9\n\n";
        let expected = vec![
            event(Some("7"), "{\"a\":\n\"é😀\"}"),
            event(Some("7"), "x"),
            event(Some("9"), ""),
        ];
        for cut in text.char_indices().map(|(index, _)| index) {
            let mut parser = EventStreamParser::default();
            let mut events = parser.push(&text[..cut]);
            events.extend(parser.push(&text[cut..]));
            assert_eq!(events, expected, "cut at {cut}");
        }
    }

    #[test]
    fn what_was_not_ended_is_not_given() {
        let mut parser = EventStreamParser::default();
        assert_eq!(parser.push("data: half\n"), vec![]);
    }
}
