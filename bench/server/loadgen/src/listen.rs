//! Serving on loopback.

use anyhow::{Context, Result};
use axum::Router;
use axum::serve::ListenerExt;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpSocket;

/// Serves until the process ends. The first line of standard output says where, so that port 0 can be asked for.
///
/// # Errors
/// When the port cannot be had.
pub async fn serve(name: &str, port: u16, routes: Router) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .with_context(|| format!("{name}: port {port}"))?;
    // A deep queue: the run that holds connections opens thousands at once.
    let listener = socket.listen(4096)?;
    println!("{name} on http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        // Without it every small write waits for the one before to be acknowledged, about 40 ms. A stream
        // that refuses is about to break anyway, and its reader will say so.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, routes).await?;
    Ok(())
}
