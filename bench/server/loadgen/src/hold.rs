//! Idle live channels: how many stay open, and what each costs the server.

use crate::connection::{Address, Connection};
use crate::figures::round;
use crate::processes::Watch;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;

#[derive(Debug, Clone)]
pub struct Plan {
    /// `{session}` in it becomes a session of its own for each channel.
    pub url: Address,
    pub init_url: Address,
    pub bot_id: String,
    pub channels: usize,
    /// Channels that are being opened at one time.
    pub opening: usize,
    /// Loopback addresses that the channels come from: a server may limit what one address holds open.
    pub addresses: u16,
    pub seconds: Duration,
    pub process: u32,
}

#[derive(Debug, Serialize)]
pub struct Report {
    pub channels: usize,
    pub opened: usize,
    pub open_at_end: usize,
    pub opening_seconds: f64,
    pub resident_mib_before: f64,
    pub resident_mib_open: f64,
    pub resident_kib_per_channel: Option<f64>,
    pub idle_cores: f64,
    pub failures: BTreeMap<String, u64>,
}

/// # Errors
/// When sessions cannot be begun, or the server's process is gone.
pub async fn run(plan: Plan) -> Result<Report> {
    // Sessions first, so that what is measured afterwards is the channels alone.
    let sessions = sessions(&plan).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut watch = Watch::new(plan.process);
    let before = watch.read()?;
    let open = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let failures = open_all(&plan, &sessions, &open).await?;
    let opening_seconds = began.elapsed().as_secs_f64();
    let opened = open.load(Relaxed);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let settled = watch.read()?;
    tokio::time::sleep(plan.seconds).await;
    let after = watch.read()?;
    let growth = after.resident_kib as f64 - before.resident_kib as f64;
    Ok(Report {
        channels: plan.channels,
        opened,
        open_at_end: open.load(Relaxed),
        opening_seconds: round(opening_seconds, 2),
        resident_mib_before: round(before.resident_kib as f64 / 1024.0, 1),
        resident_mib_open: round(after.resident_kib as f64 / 1024.0, 1),
        resident_kib_per_channel: (opened > 0).then(|| round(growth / opened as f64, 1)),
        idle_cores: round(
            (after.cpu_seconds - settled.cpu_seconds) / plan.seconds.as_secs_f64(),
            4,
        ),
        failures,
    })
}

async fn sessions(plan: &Plan) -> Result<Vec<String>> {
    let mut connection = Connection::open(&plan.init_url.host).await?;
    let mut sessions = Vec::with_capacity(plan.channels);
    for _ in 0..plan.channels {
        sessions.push(
            connection
                .begin_session(&plan.init_url.path, &plan.bot_id)
                .await?,
        );
    }
    Ok(sessions)
}

async fn open_all(
    plan: &Plan,
    sessions: &[String],
    open: &Arc<AtomicUsize>,
) -> Result<BTreeMap<String, u64>> {
    let places = Arc::new(Semaphore::new(plan.opening));
    let mut opening = Vec::with_capacity(sessions.len());
    for (index, session) in sessions.iter().enumerate() {
        let place = places.clone().acquire_owned().await?;
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\n\r\n",
            plan.url.path.replace("{session}", session),
            plan.url.host
        );
        let (host, open) = (plan.url.host.clone(), open.clone());
        let from = source_address(index, plan.addresses);
        opening.push(tokio::spawn(async move {
            let stream =
                tokio::time::timeout(Duration::from_secs(30), begin(&host, from, &request)).await;
            drop(place);
            let stream = stream.context("no headers within 30 s")??;
            open.fetch_add(1, Relaxed);
            tokio::spawn(hold(stream, open));
            anyhow::Ok(())
        }));
    }
    let mut failures = BTreeMap::new();
    for task in opening {
        if let Err(error) = task.await? {
            *failures.entry(format!("{error:#}")).or_default() += 1;
        }
    }
    Ok(failures)
}

/// 127.0.0.1, 127.0.0.2, … in turn; the one every system has where one is enough.
fn source_address(index: usize, addresses: u16) -> Ipv4Addr {
    let number = u16::try_from(index % usize::from(addresses.max(1))).unwrap_or(0) + 1;
    let [high, low] = number.to_be_bytes();
    Ipv4Addr::new(127, 0, high, low)
}

/// A channel whose headers have come.
async fn begin(host: &str, from: Ipv4Addr, request: &str) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0))).context("bind")?;
    let mut stream = socket.connect(host.parse()?).await.context("connect")?;
    stream
        .write_all(request.as_bytes())
        .await
        .context("write")?;
    let mut head = Vec::with_capacity(1024);
    while memchr::memmem::find(&head, b"\r\n\r\n").is_none() {
        if stream.read_buf(&mut head).await.context("read")? == 0 {
            bail!("closed before the headers");
        }
    }
    if !head.starts_with(b"HTTP/1.1 200") {
        bail!(
            "refused: {}",
            String::from_utf8_lossy(&head[..head.len().min(30)]).trim()
        );
    }
    Ok(stream)
}

async fn hold(mut stream: TcpStream, open: Arc<AtomicUsize>) {
    let mut bytes = [0u8; 256];
    while let Ok(1..) = stream.read(&mut bytes).await {}
    open.fetch_sub(1, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::source_address;
    use std::net::Ipv4Addr;

    #[test]
    fn channels_come_from_the_addresses_in_turn() {
        assert_eq!(source_address(7, 1), Ipv4Addr::LOCALHOST);
        assert_eq!(source_address(3, 20), Ipv4Addr::new(127, 0, 0, 4));
        assert_eq!(source_address(20, 20), Ipv4Addr::LOCALHOST);
        assert_eq!(source_address(299, 300), Ipv4Addr::new(127, 0, 1, 44));
    }
}
