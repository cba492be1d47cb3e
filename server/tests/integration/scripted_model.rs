//! A model's server on a real socket that does what its script says, connection by connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one connection after its request was read.
#[derive(Debug, Clone)]
pub enum Step {
    Send(Vec<u8>),
    /// Says nothing more and keeps the connection open.
    Stall,
}

/// The requests' bodies, in order.
pub type Requests = Arc<Mutex<Vec<serde_json::Value>>>;

pub struct ScriptedModel {
    pub address: SocketAddr,
    pub requests: Requests,
}

impl ScriptedModel {
    /// Plays one script for each connection; further connections get the last again.
    pub async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Requests::default();
        let seen = requests.clone();
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((socket, _)) = listener.accept().await {
                let script = scripts[usize::min(number, scripts.len() - 1)].clone();
                number += 1;
                tokio::spawn(play(socket, script, seen.clone()));
            }
        });
        Self { address, requests }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn requests(&self) -> Vec<serde_json::Value> {
        self.requests.lock().unwrap().clone()
    }
}

async fn play(mut socket: TcpStream, script: Vec<Step>, requests: Requests) {
    let Some(body) = read_request(&mut socket).await else {
        return;
    };
    requests.lock().unwrap().push(body);
    for step in script {
        match step {
            Step::Send(bytes) => {
                if socket.write_all(&bytes).await.is_err() || socket.flush().await.is_err() {
                    return;
                }
            }
            // Until the other side gives up.
            Step::Stall => {
                let _ = socket.read(&mut [0; 1]).await;
                return;
            }
        }
    }
}

/// The body of the next request on a connection; none where it was closed.
pub async fn read_request(socket: &mut TcpStream) -> Option<serde_json::Value> {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4_096];
        let read = socket
            .read(&mut chunk)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        request.extend_from_slice(&chunk[..read]);
        let Some(head) = request.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0);
        if request.len() >= head + 4 + length {
            return serde_json::from_slice(&request[head + 4..head + 4 + length]).ok();
        }
    }
}

/// The head of a stream that lasts as long as its connection.
pub fn head() -> Step {
    Step::Send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".to_vec(),
    )
}

pub fn event(text: &str) -> Vec<u8> {
    let json = serde_json::json!({
        "id": "c", "object": "chat.completion.chunk", "model": "m",
        "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }]
    });
    format!("data: {json}\n\n").into_bytes()
}

pub fn token(text: &str) -> Step {
    Step::Send(event(text))
}

pub fn done() -> Step {
    Step::Send(b"data: [DONE]\n\n".to_vec())
}

/// A whole reply without a stream.
pub fn status(line: &str, headers: &str, body: &str) -> Vec<Step> {
    let reply = format!(
        "HTTP/1.1 {line}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    vec![Step::Send(reply.into_bytes())]
}

/// A whole answer of these tokens.
pub fn answer(tokens: &[&str]) -> Vec<Step> {
    let mut script = vec![head()];
    script.extend(tokens.iter().map(|text| token(text)));
    script.push(done());
    script
}
