//! Watches the bytes of a connection for requests that give their length twice.
//!
//! hyper takes a request with both Content-Length and Transfer-Encoding, drops the former and reads the latter,
//! so a handler cannot see that anything was wrong; a proxy in front may have read it the other way. This watcher
//! follows the requests of a connection beside hyper and notes for each head whether it was sound.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const HEADERS: usize = 128;
const HEAD_BYTES: usize = 64 << 10;

/// What was seen of the heads of one connection, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Heads(Arc<Mutex<VecDeque<bool>>>);

impl Heads {
    fn note(&self, sound: bool) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(sound);
    }

    /// Whether the next request's head was sound. A head that was not seen is not.
    pub(super) fn take(&self) -> bool {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heads.pop_front().unwrap_or(false)
    }
}

/// A connection whose reads are watched.
#[derive(Debug)]
pub(super) struct Watched<T> {
    inner: T,
    watcher: Watcher,
}

impl<T> Watched<T> {
    pub(super) fn new(inner: T, heads: Heads) -> Self {
        Self {
            inner,
            watcher: Watcher {
                heads,
                state: State::Head(Vec::new()),
            },
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.inner).poll_read(context, buffer);
        if matches!(outcome, Poll::Ready(Ok(()))) {
            self.watcher.see(&buffer.filled()[before..]);
        }
        outcome
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[derive(Debug)]
struct Watcher {
    heads: Heads,
    state: State,
}

/// Where in the stream of requests the next byte stands.
#[derive(Debug)]
enum State {
    /// The head so far.
    Head(Vec<u8>),
    /// Bytes of a body still to come.
    Body(u64),
    /// The line that tells the size of a chunk, so far.
    ChunkSize(Vec<u8>),
    /// Bytes of a chunk still to come, its line break included.
    Chunk(u64),
    /// The line of a trailer, so far.
    Trailer(Vec<u8>),
    /// Nothing that follows is a request to be served.
    Lost,
}

/// What a head says about the body that follows it.
#[derive(Debug, PartialEq, Eq)]
enum Length {
    Bytes(u64),
    Chunked,
    /// Given in both ways.
    Twice,
    Unreadable,
}

impl Watcher {
    fn see(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = self.step(bytes);
        }
    }

    /// Takes some bytes and gives the rest.
    fn step<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        match &mut self.state {
            State::Lost => &[],
            State::Head(head) => {
                let (taken, rest) = up_to_line_end(bytes);
                head.extend_from_slice(taken);
                let complete = head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n");
                // Empty lines before a request are skipped, as hyper does.
                if matches!(head.as_slice(), b"\r\n" | b"\n") {
                    head.clear();
                } else if complete {
                    let length = length(head);
                    self.begin_body(&length);
                } else if head.len() > HEAD_BYTES {
                    self.state = State::Lost;
                }
                rest
            }
            State::Body(left) => {
                let rest = skip(bytes, left);
                if *left == 0 {
                    self.state = State::Head(Vec::new());
                }
                rest
            }
            State::Chunk(left) => {
                let rest = skip(bytes, left);
                if *left == 0 {
                    self.state = State::ChunkSize(Vec::new());
                }
                rest
            }
            State::ChunkSize(line) => {
                let (taken, rest) = up_to_line_end(bytes);
                line.extend_from_slice(taken);
                if line.ends_with(b"\n") {
                    self.state = match chunk_size(line) {
                        Some(0) => State::Trailer(Vec::new()),
                        Some(size) => State::Chunk(size.saturating_add(2)),
                        None => State::Lost,
                    };
                } else if line.len() > HEAD_BYTES {
                    self.state = State::Lost;
                }
                rest
            }
            State::Trailer(line) => {
                let (taken, rest) = up_to_line_end(bytes);
                line.extend_from_slice(taken);
                if matches!(line.as_slice(), b"\r\n" | b"\n") {
                    self.state = State::Head(Vec::new());
                } else if line.ends_with(b"\n") {
                    line.clear();
                } else if line.len() > HEAD_BYTES {
                    self.state = State::Lost;
                }
                rest
            }
        }
    }

    fn begin_body(&mut self, length: &Length) {
        self.state = match length {
            Length::Bytes(0) => State::Head(Vec::new()),
            Length::Bytes(bytes) => State::Body(*bytes),
            Length::Chunked => State::ChunkSize(Vec::new()),
            Length::Twice | Length::Unreadable => State::Lost,
        };
        self.heads
            .note(matches!(length, Length::Bytes(_) | Length::Chunked));
    }
}

fn up_to_line_end(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => bytes.split_at(end + 1),
        None => (bytes, &[]),
    }
}

fn skip<'a>(bytes: &'a [u8], left: &mut u64) -> &'a [u8] {
    let taken = usize::try_from(*left)
        .unwrap_or(usize::MAX)
        .min(bytes.len());
    *left -= u64::try_from(taken).unwrap_or(*left);
    &bytes[taken..]
}

fn length(head: &[u8]) -> Length {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    if !request.parse(head).is_ok_and(|status| status.is_complete()) {
        return Length::Unreadable;
    }
    let mut bytes = None;
    let mut coded = false;
    for header in request.headers.iter() {
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            coded = true;
        } else if header.name.eq_ignore_ascii_case("content-length") {
            let value = std::str::from_utf8(header.value).ok();
            let Some(length) = value.and_then(|value| value.trim().parse::<u64>().ok()) else {
                return Length::Unreadable;
            };
            bytes = Some(length);
        }
    }
    match (bytes, coded) {
        (Some(_), true) => Length::Twice,
        (None, true) => Length::Chunked,
        (bytes, false) => Length::Bytes(bytes.unwrap_or(0)),
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    let size = text.split(';').next()?.trim();
    u64::from_str_radix(size, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{Heads, State, Watcher};

    /// What is noted of the requests in `text`, whatever the pieces they arrive in.
    fn noted(text: &str) -> Vec<bool> {
        let whole = noted_in_pieces(text, text.len());
        for size in 1..20 {
            assert_eq!(noted_in_pieces(text, size), whole, "in pieces of {size}");
        }
        whole
    }

    fn noted_in_pieces(text: &str, size: usize) -> Vec<bool> {
        let heads = Heads::default();
        let mut watcher = Watcher {
            heads: heads.clone(),
            state: State::Head(Vec::new()),
        };
        for piece in text.as_bytes().chunks(size) {
            watcher.see(piece);
        }
        heads.0.lock().unwrap().iter().copied().collect()
    }

    #[test]
    fn ordinary_requests_are_followed_one_after_another() {
        let text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n\
            POST /x HTTP/1.1\r\ncontent-length: 34\r\n\r\nTransfer-Encoding: chunked\r\n\r\nabcd\
            POST /y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1a;x=y\r\nContent-Length: 3\r\nabcdefg\r\n0\r\nT: v\r\n\r\n\
            \r\nGET /z HTTP/1.1\r\n\r\n";
        assert_eq!(noted(text), [true, true, true, true]);
    }

    #[test]
    fn both_lengths_are_noted_in_either_order_and_nothing_after_them_counts() {
        let first = "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
        let second = "POST / HTTP/1.1\r\nTRANSFER-ENCODING: chunked\r\nContent-length: 4\r\n\r\n";
        assert_eq!(noted(first), [false]);
        assert_eq!(noted(second), [false]);
    }

    #[test]
    fn a_head_that_was_not_seen_is_not_sound() {
        assert!(!Heads::default().take());
    }
}
