//! Everything in which SQLite and PostgreSQL differ.

use crate::error::{Error, Result};
use shared::error::ErrorCode;
use sqlx::AnyPool;
use sqlx::migrate::Migrator;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/postgres");

/// `synchronous=FULL` makes a commit survive a loss of power; `secure_delete` overwrites what is deleted.
pub(super) const SQLITE_PRAGMAS: &[&str] = &[
    "pragma busy_timeout = 5000",
    "pragma journal_mode = wal",
    "pragma synchronous = full",
    "pragma foreign_keys = on",
    "pragma secure_delete = on",
    "pragma temp_store = memory",
    "pragma cache_size = -8000",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(super) fn of(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            return Ok(Self::Sqlite);
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Ok(Self::Postgres);
        }
        Err(Error::invalid(
            "database_url",
            "the database URL must begin with sqlite: or postgres:",
        ))
    }

    /// SQLite files are created when they are missing.
    pub(super) fn connect_url(self, url: &str) -> String {
        match self {
            Self::Sqlite if url.contains("mode=") => url.to_owned(),
            Self::Sqlite if url.contains('?') => format!("{url}&mode=rwc"),
            Self::Sqlite => format!("{url}?mode=rwc"),
            Self::Postgres => url.to_owned(),
        }
    }

    pub(super) async fn migrate(self, pool: &AnyPool) -> Result<()> {
        let migrations = match self {
            Self::Sqlite => &SQLITE_MIGRATIONS,
            Self::Postgres => &POSTGRES_MIGRATIONS,
        };
        migrations.run(pool).await.map_err(|error| {
            Error::new(ErrorCode::Internal)
                .with_detail(explain(&error))
                .with_cause(error)
        })
    }
}

fn explain(error: &sqlx::migrate::MigrateError) -> &'static str {
    use sqlx::migrate::MigrateError::{VersionMismatch, VersionMissing};
    match error {
        VersionMissing(_) | VersionMismatch(_) => {
            "the database was written by a newer or changed version of Parlance"
        }
        _ => "the database's schema could not be brought up to date",
    }
}

/// Errors after which trying again makes sense: the database is away, locked or full.
pub(super) fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database
            .code()
            .is_some_and(|code| is_unavailable_code(&code)),
        _ => false,
    }
}

/// SQLite's primary and extended result codes (busy 5, locked 6, I/O error 10, full 13, cannot open 14) and
/// PostgreSQL's classes 08 (connection), 53 (resources) and 57 (operator intervention, shutdown).
fn is_unavailable_code(code: &str) -> bool {
    if let Ok(number) = code.parse::<u32>()
        && code.len() < 5
    {
        return matches!(number & 0xff, 5 | 6 | 10 | 13 | 14);
    }
    ["08", "53", "57"]
        .iter()
        .any(|class| code.starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::is_unavailable_code;

    #[test]
    fn codes_of_both_databases() {
        for code in ["5", "6", "261", "13", "778", "57P01", "08006", "53100"] {
            assert!(is_unavailable_code(code), "{code}");
        }
        for code in ["1", "2067", "23505", "42P01"] {
            assert!(!is_unavailable_code(code), "{code}");
        }
    }
}
