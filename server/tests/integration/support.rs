//! An application for tests: fixed clock, seeded ids, a database of its own.

use parlance::app::App;
use parlance::clock::{Clock, Ids};
use parlance::config::{Config, ModelConfig};
use parlance::core::actor::{Operator, Visitor};
use parlance::core::session::{self, Arrival};
use parlance::store;
use parlance::store::site::Site;
use parlance::store::user::NewUser;
use shared::account::UserRole;
use shared::site::SiteSettings;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// 2026-01-05, a Monday, 10:00 UTC.
pub const NOW: i64 = 1_767_607_200_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The database of tests that name none: SQLite, or PostgreSQL where `PARLANCE_TEST_DATABASE` says `postgres`. `tools/test.sh`
    /// runs them on both.
    #[expect(
        clippy::disallowed_methods,
        reason = "the harness says which database a run is for"
    )]
    pub fn of_run() -> Self {
        match std::env::var("PARLANCE_TEST_DATABASE").as_deref() {
            Ok("postgres") => Self::Postgres,
            _ => Self::Sqlite,
        }
    }
}

/// Makes one test for each database from one body: `on_both!(name, |app| { … })`.
macro_rules! on_both {
    ($name:ident, |$app:ident| $body:block) => {
        mod $name {
            use super::*;

            async fn body($app: &$crate::support::TestApp) $body

            #[tokio::test]
            async fn sqlite() {
                body(&$crate::support::TestApp::new($crate::support::Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                body(&$crate::support::TestApp::new($crate::support::Engine::Postgres).await).await;
            }
        }
    };
}
pub(crate) use on_both;

pub struct TestApp {
    pub app: App,
    /// The data folder; it goes with the test.
    _folder: TempDir,
}

impl std::ops::Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl TestApp {
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    /// One whose configuration differs.
    pub async fn with(engine: Engine, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(engine, &folder).await;
        change(&mut config);
        Self::open(config, folder).await
    }

    /// Another replica: a process of its own on the same database, with the same key.
    pub async fn replica(&self, seed: u64, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.config.clone();
        change(&mut config);
        let app = App::open(config, Clock::fixed(self.now()), Ids::seeded(seed));
        Self {
            app: app.await.unwrap(),
            _folder: tempfile::tempdir().unwrap(),
        }
    }

    /// On SQLite, with a model.
    pub async fn with_model(model: ModelConfig) -> Self {
        Self::with(Engine::Sqlite, |config| config.model = Some(model)).await
    }

    async fn open(config: Config, folder: TempDir) -> Self {
        let app = App::open(config, Clock::fixed(NOW), Ids::seeded(1))
            .await
            .unwrap();
        Self {
            app,
            _folder: folder,
        }
    }

    /// An account with its owner.
    pub async fn owner(&self, email: &'static str) -> Operator {
        self.member(None, email, UserRole::Owner).await
    }

    /// Somebody of an account; of a new one with none.
    pub async fn member(
        &self,
        account: Option<i64>,
        email: &'static str,
        role: UserRole,
    ) -> Operator {
        self.app
            .db
            .write(move |transaction| {
                Box::pin(async move {
                    let account_id = match account {
                        Some(account_id) => account_id,
                        None => store::account::insert(transaction, email, "pro", NOW).await?,
                    };
                    let user = NewUser {
                        account_id,
                        email,
                        password_hash: "not a hash",
                        name: email.split('@').next().unwrap(),
                        role,
                        verified_at: Some(NOW),
                    };
                    let user_id = store::user::insert(transaction, &user, NOW).await?;
                    Ok(Operator {
                        account_id,
                        user_id,
                        name: user.name.to_owned(),
                        role,
                        key: None,
                    })
                })
            })
            .await
            .unwrap()
    }

    pub async fn site(&self, owner: &Operator, settings: SiteSettings) -> Site {
        let (account_id, slug) = (owner.account_id, self.app.ids.slug());
        self.app
            .db
            .write(move |transaction| {
                Box::pin(async move {
                    let id =
                        store::site::insert(transaction, account_id, &slug, &settings, false, NOW)
                            .await?;
                    Ok(store::site::by_id(transaction, id).await?.unwrap())
                })
            })
            .await
            .unwrap()
    }

    pub async fn visitor(&self, site: &Site) -> Visitor {
        session::begin(&self.app, site.clone(), Arrival::default())
            .await
            .unwrap()
    }

    /// The visitor with the conversation as it is now.
    pub async fn fresh(&self, visitor: &Visitor) -> Visitor {
        let mut connection = self.app.db.read().await.unwrap();
        session::find(
            &mut connection,
            visitor.site.clone(),
            &visitor.conversation.session_key,
        )
        .await
        .unwrap()
    }
}

pub async fn config(engine: Engine, folder: &TempDir) -> Config {
    let mut config = Config::new(folder.path());
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.public_url = "http://chat.example".into();
    config.secret_key = Some([7; 32]);
    config.program = env!("CARGO_BIN_EXE_parlance").into();
    if engine == Engine::Postgres {
        config.database_url = postgres_schema().await;
    }
    config
}

/// A schema of its own on the test server, as a URL.
pub async fn postgres_schema() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    #[expect(
        clippy::disallowed_methods,
        reason = "the test run tells its own server's address by the environment"
    )]
    let server = std::env::var("PARLANCE_TEST_POSTGRES_URL")
        .expect("PARLANCE_TEST_POSTGRES_URL names a PostgreSQL server; `make test` starts one");
    let schema = format!(
        "test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::SeqCst)
    );
    store::execute_for_tests(&server, &format!("create schema {schema}"))
        .await
        .unwrap();
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options=-csearch_path%3D{schema}")
}
