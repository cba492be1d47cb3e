//! Letters: into the outbox, to a server, and again where a server refused.

use crate::support::{Engine, TestApp, on_both};
use parlance::clock::MINUTE;
use parlance::core::{job, mail};
use shared::account::UserRole;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The letters in an instance's outbox, oldest first.
pub fn outbox(app: &TestApp) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(app.config.data_dir.join("outbox")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .inspect(|path| assert_eq!(path.extension().unwrap(), "eml", "{path:?}"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

async fn tell(app: &TestApp, account_id: i64) {
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let text = "It is so.\nSee for yourself.\n";
                mail::tell_owners(transaction, account_id, "Änderung", text, 1_767_607_200_000)
                    .await
            })
        })
        .await
        .unwrap();
}

on_both!(
    each_owner_of_the_account_gets_a_letter_and_nobody_else,
    |app| {
        let owner = app.owner("ada@example.com").await;
        let account = Some(owner.account_id);
        app.member(account, "bea@example.com", UserRole::Owner)
            .await;
        app.member(account, "cyd@example.com", UserRole::Admin)
            .await;
        app.owner("eve@elsewhere.example").await;
        tell(app, owner.account_id).await;
        assert_eq!(outbox(app), Vec::<String>::new(), "jobs send them");
        while job::run_due(app).await.unwrap() > 0 {}
        let letters = outbox(app);
        assert_eq!(letters.len(), 2);
        for (letter, to) in letters.iter().zip(["ada@example.com", "bea@example.com"]) {
            for line in [
                &format!("To: {to}"),
                "From: Parlance <noreply@chat.example>",
                "Date: Mon, 05 Jan 2026 10:00:00 +0000",
                "It is so.",
            ] {
                assert!(
                    letter.lines().any(|written| written == line),
                    "{line}: {letter}"
                );
            }
            assert!(letter.contains("Subject: =?utf-8?"), "{letter}");
        }
    }
);

/// A mail server: refuses the first letters for a while, takes the others.
pub struct Server {
    pub address: String,
    letters: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn refusing(mut refusals: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("smtp://{}", listener.local_addr().unwrap());
        let letters = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&letters);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let refuses = refusals > 0;
                refusals = refusals.saturating_sub(1);
                let letter = talk(socket, refuses).await;
                taken.lock().unwrap().extend(letter);
            }
        });
        Self { address, letters }
    }

    /// What it has taken, each with its envelope before it.
    pub fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }
}

/// The commands of RFC 5321 that a letter needs.
async fn talk(mut socket: TcpStream, refuses: bool) -> Option<String> {
    let (reader, mut writer) = socket.split();
    let mut lines = BufReader::new(reader).lines();
    writer
        .write_all(b"220 mail.example ready\r\n")
        .await
        .unwrap();
    let (mut envelope, mut letter) = (Vec::new(), None);
    while let Ok(Some(line)) = lines.next_line().await {
        let command = line.split([' ', ':']).next().unwrap_or_default();
        let reply = match command.to_ascii_uppercase().as_str() {
            "EHLO" => "250 mail.example",
            "MAIL" if refuses => "451 try again later",
            "MAIL" | "RCPT" => {
                envelope.push(line.clone());
                "250 fine"
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.unwrap();
                let mut body = envelope.clone();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    body.push(line);
                }
                letter = Some(body.join("\n"));
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "502 unknown",
        };
        writer
            .write_all(format!("{reply}\r\n").as_bytes())
            .await
            .unwrap();
        if command.eq_ignore_ascii_case("QUIT") {
            break;
        }
    }
    letter
}

#[tokio::test]
async fn a_letter_that_the_server_refuses_goes_out_later_once_under_the_configured_sender() {
    let server = Server::refusing(1).await;
    let app = TestApp::with(Engine::Sqlite, |config| {
        config.smtp_url = Some(server.address.clone());
        config.mail_from = Some("Acme Chat <chat@acme.example>".into());
    })
    .await;
    let owner = app.owner("ada@example.com").await;
    tell(&app, owner.account_id).await;
    while job::run_due(&app).await.unwrap() > 0 {}
    assert_eq!(server.letters().len(), 0, "refused");
    app.clock.advance(MINUTE);
    while job::run_due(&app).await.unwrap() > 0 {}
    app.clock.advance(MINUTE);
    while job::run_due(&app).await.unwrap() > 0 {}
    let letters = loop {
        let letters = server.letters();
        if !letters.is_empty() {
            break letters;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(letters.len(), 1);
    for part in [
        "MAIL FROM:<chat@acme.example>",
        "RCPT TO:<ada@example.com>",
        "From: \"Acme Chat\" <chat@acme.example>",
        "Message-ID: <1767607200000.",
        "See for yourself.",
    ] {
        assert!(letters[0].contains(part), "{part}: {}", letters[0]);
    }
    assert_eq!(outbox(&app), Vec::<String>::new());
}

#[tokio::test]
async fn a_mail_server_that_cannot_be_one_stops_the_start() {
    for address in ["smtp://", "smtps://user:p%zz@mail.example:99999"] {
        let folder = tempfile::tempdir().unwrap();
        let mut config = crate::support::config(Engine::Sqlite, &folder).await;
        config.smtp_url = Some(address.into());
        let refused = parlance::mail::Mailer::open(&config);
        let error = refused.err().map(|error| error.to_string());
        assert!(
            error
                .as_deref()
                .is_some_and(|error| error.contains("PARLANCE_SMTP_URL")),
            "{address}: {error:?}"
        );
    }
}
