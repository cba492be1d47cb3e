//! The program as a process: its first words, its end, and what it keeps when it is killed.

use crate::support::{Engine, postgres_schema};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

pub const PATIENCE: Duration = Duration::from_secs(30);

/// A server of its own, killed when it is dropped.
pub struct Server {
    pub child: Child,
    output: Lines<BufReader<ChildStdout>>,
    address: String,
    pub client: reqwest::Client,
}

pub fn program(folder: &TempDir, database: &str) -> Command {
    program_with(folder, database, "off")
}

/// The program with its metrics at an address.
pub fn program_with(folder: &TempDir, database: &str, metrics: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlance"));
    command
        .arg("serve")
        .args([
            "--listen",
            "127.0.0.1:0",
            "--rate-limit-scale",
            "0",
            "--metrics-listen",
            metrics,
        ])
        .args(["--database-url", database])
        .arg("--data-dir")
        .arg(folder.path())
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test is the server's client; net.rs is what it tests through"
)]
fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Server {
    pub async fn start(folder: &TempDir, database: &str) -> Self {
        Self::run(program(folder, database)).await
    }

    pub async fn run(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = timeout(PATIENCE, output.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        let address = first
            .strip_prefix("listening on http://")
            .expect("the first line names the address")
            .to_owned();
        Self {
            child,
            output,
            address,
            client: client(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Makes the first account with the token that was printed, and a site; gives its public id.
    pub async fn set_up(&mut self) -> String {
        let line = timeout(PATIENCE, self.output.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        let token = line
            .split("token=")
            .nth(1)
            .expect("the second line holds the set-up link");
        let request = json!({"token": token, "email": "ada@example.com", "password": "correct horse battery"});
        let opened = self.post("/auth/setup", &request, None).await;
        let bearer = opened["access_token"].as_str().unwrap();
        let bot = self
            .post("/bots", &json!({"name": "Acme"}), Some(bearer))
            .await;
        bot["public_id"].as_str().unwrap().to_owned()
    }

    pub async fn post(&self, path: &str, body: &Value, bearer: Option<&str>) -> Value {
        let mut request = self.client.post(self.url(path)).json(body);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        let response = request.send().await.unwrap();
        assert!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        response.json().await.unwrap()
    }

    pub async fn begin(&self, bot: &str) -> String {
        let begun = self
            .post("/widget/session/init", &json!({"bot_id": bot}), None)
            .await;
        begun["session_id"].as_str().unwrap().to_owned()
    }

    pub async fn history(&self, bot: &str, session: &str) -> Vec<Value> {
        let url = self.url(&format!(
            "/widget/history?bot_id={bot}&session_id={session}&limit=500"
        ));
        let reply: Value = self
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        reply["messages"].as_array().unwrap().clone()
    }

    pub async fn tell_to_end(&self) {
        let id = self.child.id().unwrap().to_string();
        let told = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .await
            .unwrap();
        assert!(told.success());
    }

    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

pub async fn database(engine: Engine, folder: &TempDir) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.path().join("parlance.db").display()),
        Engine::Postgres => postgres_schema().await,
    }
}

/// Sends messages one after another until the server is gone; gives those it acknowledged, and the answers whose
/// `done` arrived.
async fn send_until_gone(
    client: reqwest::Client,
    url: String,
    name: usize,
) -> (Vec<String>, Vec<i64>) {
    let (mut sent, mut answered) = (Vec::new(), Vec::new());
    for number in 0.. {
        let text = format!("visitor {name} message {number}");
        let response = client
            .post(&url)
            .json(&json!({"message": text, "message_id": text.replace(' ', "-")}))
            .send()
            .await;
        let Ok(response) = response else { break };
        assert_eq!(response.status(), 200);
        // The headers of the turn are the acknowledgement.
        sent.push(text);
        let Ok(stream) = response.text().await else {
            break;
        };
        let done = stream
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .next_back();
        let done: Value = serde_json::from_str(done.unwrap_or("null")).unwrap_or_default();
        if let Some(id) = done["message_id"].as_i64() {
            answered.push(id);
        }
    }
    (sent, answered)
}

async fn nothing_acknowledged_is_lost(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let database = database(engine, &folder).await;
    let mut server = Server::start(&folder, &database).await;
    let bot = server.set_up().await;
    let mut sessions = BTreeMap::new();
    let mut senders = Vec::new();
    for name in 0..16 {
        let session = server.begin(&bot).await;
        let url = server.url(&format!("/widget/chat?bot_id={bot}&session_id={session}"));
        senders.push(tokio::spawn(send_until_gone(
            server.client.clone(),
            url,
            name,
        )));
        sessions.insert(name, session);
    }
    // Killed under load: as soon as the first visitor has been answered a few times, all are sending.
    let watched = &sessions[&0];
    let enough = async { while server.history(&bot, watched).await.len() < 20 {} };
    timeout(PATIENCE, enough).await.unwrap();
    server.kill().await;
    let mut acknowledged = Vec::new();
    for sender in senders {
        acknowledged.push(timeout(PATIENCE, sender).await.unwrap().unwrap());
    }

    let server = Server::start(&folder, &database).await;
    for (name, (sent, answered)) in acknowledged.iter().enumerate() {
        assert!(!sent.is_empty(), "visitor {name} had sent something");
        let messages = server.history(&bot, &sessions[&name]).await;
        let from_visitor: Vec<&str> = messages
            .iter()
            .filter(|message| message["role"] == "user")
            .map(|message| message["content"].as_str().unwrap())
            .collect();
        // One more may be stored than was acknowledged: its reply was on the way.
        assert!(
            from_visitor.len() >= sent.len() && from_visitor.len() <= sent.len() + 1,
            "visitor {name}"
        );
        assert_eq!(
            from_visitor[..sent.len()],
            sent[..],
            "in order, nothing twice"
        );
        for id in answered {
            assert!(
                messages.iter().any(|message| message["id"] == *id),
                "answer {id} was acknowledged"
            );
        }
        for (position, message) in messages.iter().enumerate() {
            assert_eq!(message["seq"], position + 1, "no gap");
        }
    }
    // What was asked and not answered is answered by the next run.
    let all_answered = async {
        for session in sessions.values() {
            loop {
                let messages = server.history(&bot, session).await;
                let count = |role: &str| {
                    messages
                        .iter()
                        .filter(|message| message["role"] == role)
                        .count()
                };
                assert!(count("assistant") <= count("user"), "no answer comes twice");
                if count("assistant") == count("user") {
                    break;
                }
            }
        }
    };
    // On PostgreSQL the dead process's leases have to run out first: another replica may have held them.
    timeout(Duration::from_secs(60), all_answered)
        .await
        .expect("every question is answered");
    server.kill().await;
}

#[tokio::test]
async fn killed_under_load_nothing_acknowledged_is_lost_on_sqlite() {
    nothing_acknowledged_is_lost(Engine::Sqlite).await;
}

#[tokio::test]
async fn killed_under_load_nothing_acknowledged_is_lost_on_postgres() {
    nothing_acknowledged_is_lost(Engine::Postgres).await;
}

#[tokio::test]
async fn told_to_end_it_ends_open_streams_and_leaves_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(Engine::Sqlite, &folder).await;
    let mut server = Server::start(&folder, &database).await;
    let bot = server.set_up().await;
    let session = server.begin(&bot).await;
    let mut channels = Vec::new();
    for _ in 0..50 {
        let url = server.url(&format!("/widget/events?bot_id={bot}&session_id={session}"));
        let mut response = server.client.get(url).send().await.unwrap();
        assert!(
            response
                .chunk()
                .await
                .unwrap()
                .unwrap()
                .starts_with(b"retry: 2000")
        );
        channels.push(response);
    }
    server.tell_to_end().await;
    for mut channel in channels {
        let mut rest = Vec::new();
        while let Some(piece) = timeout(PATIENCE, channel.chunk()).await.unwrap().unwrap() {
            rest.extend_from_slice(&piece);
        }
        assert!(
            String::from_utf8(rest).unwrap().contains("retry: "),
            "a hint when to come again"
        );
    }
    let status = timeout(Duration::from_secs(10), server.child.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn told_twice_it_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(Engine::Sqlite, &folder).await;
    let mut server = Server::start(&folder, &database).await;
    // A request whose body never comes keeps the server draining. That it says "continue" shows it has begun.
    let mut stalled = TcpStream::connect(&server.address).await.unwrap();
    let head = "POST /widget/session/init HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n";
    stalled.write_all(head.as_bytes()).await.unwrap();
    let mut begun = [0; 12];
    timeout(PATIENCE, stalled.read_exact(&mut begun))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100");
    server.tell_to_end().await;
    let refused = async { while TcpStream::connect(&server.address).await.is_ok() {} };
    timeout(PATIENCE, refused)
        .await
        .expect("nothing new is taken");
    server.tell_to_end().await;
    let status = timeout(Duration::from_secs(5), server.child.wait())
        .await
        .unwrap()
        .unwrap();
    assert_ne!(status.code(), Some(0));
}

#[tokio::test]
async fn a_half_sent_head_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(Engine::Sqlite, &folder).await;
    let server = Server::start(&folder, &database).await;
    let mut half = TcpStream::connect(&server.address).await.unwrap();
    half.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, half.read_to_end(&mut rest))
        .await
        .expect("the connection is closed")
        .unwrap();
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn a_body_that_never_comes_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(Engine::Sqlite, &folder).await;
    let server = Server::start(&folder, &database).await;
    let mut stalled = TcpStream::connect(&server.address).await.unwrap();
    let head = "POST /widget/session/init HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    stalled.write_all(head.as_bytes()).await.unwrap();
    let mut reply = String::new();
    timeout(PATIENCE, stalled.read_to_string(&mut reply))
        .await
        .expect("the connection is closed")
        .unwrap();
    assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
    assert!(reply.contains("\"bad_request\""), "{reply}");
}

#[tokio::test]
async fn a_request_with_two_lengths_is_refused_and_its_connection_closed() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(Engine::Sqlite, &folder).await;
    let server = Server::start(&folder, &database).await;
    for lengths in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
    ] {
        let mut connection = TcpStream::connect(&server.address).await.unwrap();
        let smuggled = format!(
            "POST /widget/session/init HTTP/1.1\r\nHost: a\r\n{lengths}\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        connection.write_all(smuggled.as_bytes()).await.unwrap();
        let mut reply = String::new();
        timeout(PATIENCE, connection.read_to_string(&mut reply))
            .await
            .unwrap()
            .unwrap();
        assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
        assert!(reply.contains("{\"code\":\"bad_request\""), "{reply}");
        assert_eq!(
            reply.matches("HTTP/1.1").count(),
            1,
            "what followed was not served: {reply}"
        );
    }
}
