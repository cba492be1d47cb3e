//! Request bodies that arrive too slowly are given up.

use async_stream::try_stream;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use std::io;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// Between two pieces of a body.
const PAUSE: Duration = Duration::from_secs(10);
/// For a whole body: 10 MB over a slow line fits, a trickle for ever does not.
const TOTAL: Duration = Duration::from_secs(120);

/// Bounds how long the body of a request may take.
pub async fn bound(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Body::from_stream(pieces(body));
    next.run(Request::from_parts(parts, body)).await
}

fn pieces(body: Body) -> impl Stream<Item = io::Result<Bytes>> + Send {
    try_stream! {
        let end = Instant::now() + TOTAL;
        let mut pieces = body.into_data_stream();
        loop {
            let next = timeout_at(end, timeout(PAUSE, pieces.next())).await;
            match next {
                Ok(Ok(Some(piece))) => yield piece.map_err(io::Error::other)?,
                Ok(Ok(None)) => break,
                Ok(Err(_)) | Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut))?,
            }
        }
    }
}
