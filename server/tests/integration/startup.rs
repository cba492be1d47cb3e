//! The program's command line: what keeps it from starting, where its settings come from, accounts without a browser.

use crate::process::{PATIENCE, Server, database, program};
use crate::support::Engine;
use serde_json::json;
use tokio::process::Command;
use tokio::time::timeout;

/// Runs a command line that must fail; gives what it says.
async fn fails(command: &mut Command) -> String {
    let ended = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stdout.is_empty(), "{ended:?}");
    let said = String::from_utf8(ended.stderr).unwrap();
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("parlance: "))
        .collect();
    assert_eq!(lines.len(), 1, "one clear line: {said}");
    lines[0].to_owned()
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = database(Engine::Sqlite, &folder).await;
    std::fs::write(
        folder.path().join("parlance.db"),
        "this is no database, but long enough to be taken for one",
    )
    .unwrap();
    let said = fails(&mut program(&folder, &sqlite)).await;
    assert!(said.contains("parlance.db cannot be opened"), "{said}");
    let kept = std::fs::read_to_string(folder.path().join("parlance.db")).unwrap();
    assert!(
        kept.starts_with("this is no database"),
        "nothing was touched"
    );

    let file = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
    let said = fails(
        program(&folder, &sqlite)
            .arg("--data-dir")
            .arg(file.path().join("data")),
    )
    .await;
    assert!(said.contains("data folder"), "{said}");
    let said = fails(program(&folder, &sqlite).env("PARLANCE_SIGNUP", "perhaps")).await;
    assert!(said.contains("PARLANCE_SIGNUP"), "{said}");
    for sender in ["nonsense", "chat@localhost", "Acme <chat@[1.2.3.4]>"] {
        let said = fails(program(&folder, &sqlite).env("PARLANCE_MAIL_FROM", sender)).await;
        assert!(said.contains("PARLANCE_MAIL_FROM"), "{sender}: {said}");
        let said = fails(program(&folder, &sqlite).args(["--mail-from", sender])).await;
        assert!(said.contains("--mail-from"), "{sender}: {said}");
    }
    let away = "postgres://nobody:hunter2@127.0.0.1:1/nothing";
    let said = fails(&mut program(&folder, away)).await;
    assert!(
        said.contains("cannot be opened") && !said.contains("hunter2"),
        "{said}"
    );
}

#[tokio::test]
async fn two_processes_do_not_share_one_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = database(Engine::Sqlite, &folder).await;
    let first = Server::start(&folder, &sqlite).await;
    let said = fails(&mut program(&folder, &sqlite)).await;
    assert!(said.contains("another Parlance already serves"), "{said}");
    first.kill().await;
    Server::start(&folder, &sqlite).await;
}

#[tokio::test]
async fn a_flag_wins_over_the_environment_and_the_environment_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("parlance.toml"),
        "signup = \"closed\"\nlog = \"from_the_file\"\nlisten = \"nowhere\"",
    )
    .unwrap();
    let sqlite = database(Engine::Sqlite, &folder).await;
    // Each wrong value is only met where nothing above it hides it.
    let said = fails(
        program(&folder, &sqlite)
            .args(["--listen", "flag"])
            .env("PARLANCE_LISTEN", "environment"),
    )
    .await;
    assert!(said.contains("\"flag\""), "{said}");
    let mut bare = Command::new(env!("CARGO_BIN_EXE_parlance"));
    bare.arg("serve").current_dir(folder.path()).env_clear();
    let said = fails(bare.env("PARLANCE_LISTEN", "environment")).await;
    assert!(said.contains("\"environment\""), "{said}");
    let said = fails(bare.env_remove("PARLANCE_LISTEN")).await;
    assert!(said.contains("\"nowhere\""), "{said}");
}

#[tokio::test]
async fn an_account_can_be_made_without_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(Engine::Sqlite, &folder).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlance"));
    command
        .args([
            "admin",
            "create-account",
            "--email",
            "ada@example.com",
            "--password",
            "correct horse battery",
        ])
        .args(["--database-url", &database])
        .arg("--data-dir")
        .arg(folder.path())
        .current_dir(folder.path())
        .env_clear();
    let made = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    assert!(made.status.success(), "{made:?}");
    let said = fails_without_output_check(&mut command).await;
    assert!(said.contains("already exists"), "{said}");
    let server = Server::start(&folder, &database).await;
    let login = json!({"email": "ada@example.com", "password": "correct horse battery"});
    assert_eq!(
        server.post("/auth/login", &login, None).await["token_type"],
        "bearer"
    );
}

async fn fails_without_output_check(command: &mut Command) -> String {
    let ended = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    String::from_utf8(ended.stderr).unwrap()
}
