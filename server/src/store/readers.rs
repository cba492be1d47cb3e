//! SQLite's connections for reading, lent out without asking each time whether they still live.
//!
//! sqlx's pool pings a connection when it lends it and again when it comes back. Every SQLite connection has a
//! thread of its own, so a ping is a message there and back, as dear as the query it surrounds. A connection to a
//! file does not go stale: here each is taken from the pool once and kept.

use super::LOCK_WAIT;
use crate::error::{Error, Result};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

type Held = Arc<tokio::sync::Mutex<PoolConnection<Any>>>;

#[derive(Debug, Clone)]
pub(super) struct Readers {
    pool: AnyPool,
    connections: Arc<Mutex<Vec<Held>>>,
    /// One for each connection.
    places: Arc<Semaphore>,
}

/// A lent connection. It is free again before its place is: fields are dropped in this order.
pub(super) struct Reader {
    connection: OwnedMutexGuard<PoolConnection<Any>>,
    _place: OwnedSemaphorePermit,
}

impl Readers {
    /// Opens so many connections of `pool` and keeps them.
    pub(super) async fn open(pool: AnyPool, count: u32) -> Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..count {
            let connection = pool.acquire().await?;
            connections.push(Arc::new(tokio::sync::Mutex::new(connection)));
        }
        let places = Arc::new(Semaphore::new(connections.len()));
        Ok(Self {
            pool,
            connections: Arc::new(Mutex::new(connections)),
            places,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Held>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn take(&self) -> Result<Reader> {
        let place = tokio::time::timeout(LOCK_WAIT, self.places.clone().acquire_owned())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        // Whoever holds a place finds a free connection, unless they have been closed meanwhile.
        let free = self
            .lock()
            .iter()
            .find_map(|held| held.clone().try_lock_owned().ok());
        let connection = free.ok_or_else(|| Error::from(sqlx::Error::PoolClosed))?;
        Ok(Reader {
            connection,
            _place: place,
        })
    }

    /// Waits for readers under way and closes their connections.
    pub(super) async fn close(&self) {
        self.places.close();
        self.lock().clear();
        self.pool.close().await;
    }
}

impl Reader {
    pub(super) fn raw(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}
