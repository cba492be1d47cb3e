//! A web site on a real socket: fixed answers by path, and a log of what was asked for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A whole response: status line, headers, body.
type Page = (String, String, String);

pub struct WebServer {
    pub address: SocketAddr,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl WebServer {
    /// What has no page is not found, robots.txt among it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            pages: Arc::default(),
            asked: Arc::default(),
        };
        let (pages, asked) = (server.pages.clone(), server.asked.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(socket, pages.clone(), asked.clone()));
            }
        });
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// An HTML page whose body this is.
    pub fn page(&self, path: &str, title: &str, body: &str) {
        let html = format!("<!doctype html><title>{title}</title><body>{body}</body>");
        self.serve(
            path,
            "200 OK",
            "Content-Type: text/html; charset=utf-8",
            &html,
        );
    }

    pub fn serve(&self, path: &str, status: &str, headers: &str, body: &str) {
        let page = (status.to_owned(), headers.to_owned(), body.to_owned());
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    /// The paths asked for so far, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(
    mut socket: TcpStream,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match socket.read(&mut byte).await {
            Ok(1) => request.push(byte[0]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(path.clone());
    let found = pages.lock().unwrap().get(&path).cloned();
    let (status, headers, body) = found.unwrap_or_else(|| {
        let missing = "Content-Type: text/plain".to_owned();
        (
            "404 Not Found".to_owned(),
            missing,
            "nothing here".to_owned(),
        )
    });
    let response = format!(
        "HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = socket.write_all(response.as_bytes()).await;
}
