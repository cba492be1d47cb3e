//! Serving over sockets: connections with bounds, and an end that loses nothing.

mod framing;

use crate::app::App;
use crate::core::{job, replicas, webhook};
use crate::error::Error;
use crate::http::client::Peer;
use crate::router;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use framing::{Heads, Watched};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use shared::error::ErrorCode;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// For the head of a request, and between two requests of one connection.
const HEAD: Duration = Duration::from_secs(10);
const HEAD_BYTES: usize = 64 << 10;
const CONNECTIONS: usize = 20_000;
/// Files the process needs beside its connections.
const OTHER_FILES: u64 = 256;
/// From the first signal to the end. Streams of answers get a little less, so that they end in order.
const DRAIN: Duration = Duration::from_secs(9);
/// Prometheus needs one, whoever looks by hand another.
const METRICS_CONNECTIONS: usize = 16;
/// For metrics that are asked for as the process ends. Nobody else waits for them.
const METRICS_DRAIN: Duration = Duration::from_millis(500);
/// For the last words to the other replicas.
const LEAVE: Duration = Duration::from_millis(500);
/// After a failed `accept`: what it fails for (too many open files) does not pass at once.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Serves until `signal` comes, then drains: no new connections, live channels end and tell their clients when to
/// come again, answers under way are finished or left to be taken up at the next start.
pub async fn serve(app: &App, listener: TcpListener, signal: impl Future<Output = ()>) {
    let _worker = app.tasks.spawn(job::work(app.clone()));
    let _deliverer = app.tasks.spawn(webhook::work(app.clone()));
    let leave = CancellationToken::new();
    let carrier = tokio::spawn(replicas::work(app.clone(), leave.clone()));
    let router = router(app.clone());
    let graceful = take_connections(listener, router, connection_limit(), signal).await;
    drain(app, graceful).await;
    // What the last work said still goes to the other replicas.
    leave.cancel();
    if timeout(LEAVE, carrier).await.is_err() {
        tracing::warn!("the other replicas were not told everything; they read the event table");
    }
    app.db.close().await;
}

/// Serves `router` on connections, at most `limit` at once, until `signal` comes. Gives what tells the open ones to end.
async fn take_connections(
    listener: TcpListener,
    router: Router,
    limit: usize,
    signal: impl Future<Output = ()>,
) -> GracefulShutdown {
    let connections = Arc::new(Semaphore::new(limit));
    let graceful = GracefulShutdown::new();
    tokio::pin!(signal);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &connections) => accepted,
            () = &mut signal => return graceful,
        };
        let Some((stream, peer, permit)) = accepted else {
            sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let connection = connection(router.clone(), stream, peer);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // How one connection ended concerns nobody else: a reset or a time-out is everyday.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
}

/// Serves `GET /metrics` on its own address until the process drains. Where the address is taken, by another
/// Parlance on this machine for one, there are none; visitors are served all the same. Gives the address.
pub async fn serve_metrics(app: &App) -> Option<SocketAddr> {
    let wanted = app.config.metrics_listen?;
    let listener = match TcpListener::bind(wanted).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%error, address = %wanted, "no metrics: their address cannot be used");
            return None;
        }
    };
    let address = listener.local_addr().ok()?;
    tracing::info!(%address, "metrics are served");
    let router = crate::surface::metrics::router(app.clone());
    let drained = app.shutdown.clone().cancelled_owned();
    app.tasks.spawn(async move {
        let graceful = take_connections(listener, router, METRICS_CONNECTIONS, drained).await;
        if timeout(METRICS_DRAIN, graceful.shutdown()).await.is_err() {
            tracing::debug!("somebody who asked for metrics is not waited for");
        }
    });
    Some(address)
}

async fn drain(app: &App, graceful: GracefulShutdown) {
    tracing::info!("draining");
    app.shutdown.cancel();
    app.tasks.close();
    let done = async {
        tokio::join!(graceful.shutdown(), app.tasks.wait());
    };
    if timeout(DRAIN, done).await.is_err() {
        tracing::warn!("some work did not end in time; it is taken up again at the next start");
    }
    if let Err(error) = job::give_back(app).await {
        tracing::warn!(%error, "jobs could not be given back; their leases run out by themselves");
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = connections.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            None
        }
    }
}

/// One connection as a future. What a response says goes out at once: with Nagle's algorithm every streamed piece
/// would wait for the acknowledgement of the last, about 40 ms.
fn connection(
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
) -> http1::Connection<
    TokioIo<Watched<TcpStream>>,
    impl hyper::service::HttpService<
        hyper::body::Incoming,
        ResBody = Body,
        Error = Infallible,
        Future: Send,
    >,
> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let heads = Heads::default();
    let io = TokioIo::new(Watched::new(stream, heads.clone()));
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let (router, sound) = (router.clone(), heads.take());
        async move { Ok::<_, Infallible>(answer(router, request.map(Body::new), peer, sound).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .keep_alive(true);
    builder.serve_connection(io, service)
}

async fn answer(router: Router, mut request: Request, peer: SocketAddr, sound: bool) -> Response {
    request.extensions_mut().insert(Peer(peer));
    if !sound {
        request.extensions_mut().insert(UnsoundFraming);
    }
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Marks a request whose head gave its length twice over; [`refuse_unsound`] turns it away.
#[derive(Debug, Clone, Copy)]
pub struct UnsoundFraming;

/// Refuses a request with both Content-Length and Transfer-Encoding and closes its connection: two servers could
/// read it as two different requests.
pub async fn refuse_unsound(request: Request, next: axum::middleware::Next) -> Response {
    use axum::response::IntoResponse;
    if request.extensions().get::<UnsoundFraming>().is_none() {
        return next.run(request).await;
    }
    let error = Error::new(ErrorCode::BadRequest)
        .with_detail("The request has both a Content-Length and a Transfer-Encoding.");
    let mut response = error.into_response();
    let close = axum::http::HeaderValue::from_static("close");
    response
        .headers_mut()
        .insert(axum::http::header::CONNECTION, close);
    response
}

/// As many as wanted, or as many as the system lets this process open.
fn connection_limit() -> usize {
    let wanted = u64::try_from(CONNECTIONS).unwrap_or(u64::MAX) + OTHER_FILES;
    let files = rlimit::increase_nofile_limit(wanted).unwrap_or(1_024);
    let room = files.saturating_sub(OTHER_FILES).max(64);
    let limit = usize::try_from(room)
        .unwrap_or(CONNECTIONS)
        .min(CONNECTIONS);
    if limit < CONNECTIONS / 2 {
        tracing::warn!(
            limit,
            "the system's limit of open files bounds the number of connections"
        );
    }
    limit
}

#[cfg(test)]
mod tests {
    use super::accept;
    use futures_util::FutureExt;
    use std::sync::Arc;
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::Semaphore;

    #[tokio::test]
    async fn a_connection_over_the_cap_waits_until_another_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Semaphore::new(1));
        let _one = TcpStream::connect(address).await.unwrap();
        let _two = TcpStream::connect(address).await.unwrap();
        let first = accept(&listener, &connections).await.unwrap();
        let mut second = std::pin::pin!(accept(&listener, &connections));
        for _ in 0..100 {
            assert!((&mut second).now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        drop(first);
        assert!(second.await.is_some());
    }
}
