//! The only folder that names sqlx. Plain async functions beside their SQL constants, the tenant first.
//!
//! Reads take a [`Connection`] from [`Db::read`]; writes happen only inside [`Db::write`], which hands out a
//! [`Transaction`]. On SQLite all writes go through one writer that commits waiting ones together.

mod dialect;
mod readers;
mod writer;

pub mod account;
pub mod activity;
pub mod api_key;
pub mod contact;
pub mod conversation;
pub mod delivery;
pub mod developer_key;
pub mod event;
pub mod file;
pub mod idempotency;
pub mod instance;
pub mod job;
pub mod knowledge;
pub mod message;
pub mod nudge;
pub mod own_conversation;
pub mod rating;
pub mod read_mark;
pub mod scrape;
pub mod site;
pub mod site_key;
pub mod tag;
pub mod ticket;
pub mod transcript_letter;
pub mod user;
pub mod visitor;
pub mod webhook;

use crate::error::{Error, Result};
use dialect::Dialect;
use futures_util::future::BoxFuture;
use readers::{Reader, Readers};
use shared::error::ErrorCode;
use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Executor};
use std::ops::{Deref, DerefMut};
use std::time::Duration;
use writer::Writer;

/// How long a locked database or an exhausted pool is waited for before the caller gets `storage_unavailable`.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// What a caller is told to wait after `storage_unavailable`.
const RETRY_AFTER: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// The database: SQLite or PostgreSQL behind one set of SQL texts.
#[derive(Debug, Clone)]
pub struct Db {
    pool: AnyPool,
    dialect: Dialect,
    sqlite: Option<Sqlite>,
}

/// SQLite's connections: many that read, one that writes.
#[derive(Debug, Clone)]
struct Sqlite {
    readers: Readers,
    writer: Writer,
}

impl Sqlite {
    async fn open(readers: AnyPool, url: &str) -> Result<Self> {
        let writer = sqlite_options(1).connect(url).await?;
        Ok(Self {
            readers: Readers::open(readers, SQLITE_READERS).await?,
            writer: Writer::start(writer).await?,
        })
    }
}

/// A connection that only reads.
pub struct Connection(Held);

enum Held {
    Lent(Reader),
    Pooled(PoolConnection<Any>),
    Transaction(sqlx::Transaction<'static, Any>),
}

impl Connection {
    pub(in crate::store) fn raw(&mut self) -> &mut AnyConnection {
        match &mut self.0 {
            Held::Lent(reader) => reader.raw(),
            Held::Pooled(connection) => connection,
            Held::Transaction(transaction) => transaction,
        }
    }
}

/// An open write transaction. It is only handed to the closure of [`Db::write`].
pub struct Transaction(Connection);

impl Transaction {
    const fn new(transaction: sqlx::Transaction<'static, Any>) -> Self {
        Self(Connection(Held::Transaction(transaction)))
    }

    /// For who begins and ends transactions on one connection by statements of their own.
    const fn on(connection: PoolConnection<Any>) -> Self {
        Self(Connection(Held::Pooled(connection)))
    }

    async fn commit(self) -> Result<()> {
        match self.0.0 {
            Held::Transaction(transaction) => Ok(transaction.commit().await?),
            Held::Lent(_) | Held::Pooled(_) => Ok(()),
        }
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

/// What [`Db::write`] runs: `db.write(move |tx| Box::pin(async move { … }))`.
pub trait Work<T>:
    for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T>> + Send + 'static
{
}

impl<T, F> Work<T> for F where
    F: for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T>> + Send + 'static
{
}

impl Db {
    /// Opens the database at `url` (`sqlite:…` or `postgres://…`) and brings its schema up to date.
    ///
    /// # Errors
    /// `storage_unavailable` when it cannot be reached, `internal_error` when it cannot be migrated.
    pub async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url)?;
        let pool = pool_options(dialect)
            .connect(&dialect.connect_url(url))
            .await?;
        dialect.migrate(&pool).await?;
        let sqlite = match dialect {
            Dialect::Sqlite => Some(Sqlite::open(pool.clone(), &dialect.connect_url(url)).await?),
            Dialect::Postgres => None,
        };
        Ok(Self {
            pool,
            dialect,
            sqlite,
        })
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Connection> {
        let held = match &self.sqlite {
            Some(sqlite) => Held::Lent(sqlite.readers.take().await?),
            None => Held::Pooled(self.pool.acquire().await?),
        };
        Ok(Connection(held))
    }

    /// Runs `work` in one write transaction and returns once it is durable. An error of `work` leaves nothing
    /// behind. The work goes on when the caller goes away.
    pub async fn write<T: Send + 'static>(&self, work: impl Work<T>) -> Result<T> {
        if let Some(sqlite) = &self.sqlite {
            return sqlite.writer.run(work).await;
        }
        let pool = self.pool.clone();
        let task = tokio::spawn(async move {
            let mut transaction = Transaction::new(pool.begin().await?);
            let value = work(&mut transaction).await?;
            transaction.commit().await?;
            Ok(value)
        });
        task.await.map_err(Error::internal)?
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        let mut connection = self.read().await?;
        connection.raw().execute("select 1").await?;
        Ok(())
    }

    /// Waits for writes under way and closes every connection.
    pub async fn close(&self) {
        match &self.sqlite {
            Some(sqlite) => {
                sqlite.writer.close().await;
                sqlite.readers.close().await;
            }
            None => self.pool.close().await,
        }
    }

    /// `sqlite` or `postgres`, for logs and health reports.
    pub const fn engine(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
        }
    }
}

fn pool_options(dialect: Dialect) -> AnyPoolOptions {
    match dialect {
        Dialect::Sqlite => sqlite_options(SQLITE_READERS),
        Dialect::Postgres => AnyPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(LOCK_WAIT),
    }
}

fn sqlite_options(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(LOCK_WAIT)
        // A closed and reopened SQLite connection only costs; nothing times out on the other side.
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| {
            Box::pin(async move {
                for pragma in dialect::SQLITE_PRAGMAS {
                    connection.execute(*pragma).await?;
                }
                Ok(())
            })
        })
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if dialect::is_unavailable(&error) {
            return Self::new(ErrorCode::StorageUnavailable)
                .retry_after(RETRY_AFTER)
                .with_cause(error);
        }
        if error
            .as_database_error()
            .is_some_and(|database| database.is_unique_violation())
        {
            return Self::new(ErrorCode::Conflict).with_cause(error);
        }
        Self::internal(error)
    }
}

/// One more row than asked for tells whether there is another page.
pub(in crate::store) const fn one_more(limit: i64) -> i64 {
    limit + 1
}

/// Runs one statement on a server of the test run, such as making a schema for one test.
#[doc(hidden)]
pub async fn execute_for_tests(url: &str, statement: &str) -> Result<()> {
    use sqlx::{AssertSqlSafe, Connection as _};
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(url).await?;
    connection
        .execute(AssertSqlSafe(statement.to_owned()))
        .await?;
    Ok(connection.close().await?)
}
