//! The API's description is committed as it is served.

use crate::openapi::served;
use crate::support::{Engine, TestApp};
use std::fs;
use std::path::{Path, PathBuf};

const WRITE: &str = "make openapi";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one who runs the tests says by the environment that the files are to be written"
)]
fn is_to_be_written() -> bool {
    std::env::var_os("PARLANCE_WRITE_OPENAPI").is_some()
}

#[tokio::test]
async fn the_committed_descriptions_are_those_of_the_code() {
    let app = TestApp::new(Engine::Sqlite).await;
    for (name, description) in served(&app).await {
        let path = folder().join(&name);
        let text = format!("{description:#}\n");
        if is_to_be_written() {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "server/openapi/{name} is stale; run: {WRITE}"
        );
    }
}
