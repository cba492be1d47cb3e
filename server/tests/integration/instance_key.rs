//! The instance key and the data folder at start.

use crate::support::config;
use parlance::app::App;
use parlance::clock::{Clock, Ids};
use parlance::config::Config;
use parlance::error::Result;
use std::fs;
use tempfile::TempDir;

async fn start(config: &Config) -> Result<App> {
    App::open(
        config.clone(),
        Clock::fixed(crate::support::NOW),
        Ids::System,
    )
    .await
}

/// Starts, and stops again.
async fn visit(config: &Config) -> Result<()> {
    start(config).await?.db.close().await;
    Ok(())
}

async fn fresh() -> (TempDir, Config) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        secret_key: None,
        ..config(crate::support::Engine::Sqlite, &folder).await
    };
    (folder, config)
}

#[tokio::test]
async fn a_first_start_makes_a_private_key_and_later_ones_use_it() {
    let (folder, config) = fresh().await;
    visit(&config).await.unwrap();
    let path = folder.path().join("instance.key");
    let first = fs::read_to_string(&path).unwrap();
    assert_eq!(first.trim().len(), 64);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    visit(&config).await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
}

#[tokio::test]
async fn another_key_is_refused_and_nothing_is_touched() {
    let (folder, config) = fresh().await;
    visit(&config).await.unwrap();
    let path = folder.path().join("instance.key");
    let original = fs::read_to_string(&path).unwrap();

    let other = Config {
        secret_key: Some([5; 32]),
        ..config.clone()
    };
    let error = visit(&other).await.unwrap_err();
    assert!(error.public_message().contains("PARLANCE_SECRET_KEY"));

    fs::write(&path, "ab".repeat(32)).unwrap();
    assert!(visit(&config).await.is_err());
    fs::write(&path, "not a key").unwrap();
    let error = visit(&config).await.unwrap_err();
    assert!(error.public_message().contains("cannot be understood"));

    fs::remove_file(&path).unwrap();
    let error = visit(&config).await.unwrap_err();
    assert!(error.public_message().contains("is missing"));
    assert!(!path.exists(), "no new key is made over an old database");

    fs::write(&path, original).unwrap();
    visit(&config).await.unwrap();
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_named() {
    let (folder, config) = fresh().await;
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    let config = Config {
        data_dir: file.join("data"),
        ..config
    };
    let error = visit(&config).await.unwrap_err();
    assert!(error.public_message().contains("a-file"));
}
