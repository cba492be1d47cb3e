//! What this process is delivering at the moment.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Endpoints served at this moment, and the bell that says that there is more.
#[derive(Debug, Default)]
pub struct Webhooks {
    more: Notify,
    served: Arc<Mutex<HashSet<i64>>>,
}

/// An endpoint is served for as long as this lives.
pub(super) struct Serving {
    endpoint_id: i64,
    served: Arc<Mutex<HashSet<i64>>>,
}

impl Webhooks {
    /// Says that something is to be delivered; call it after the commit.
    pub fn wake(&self) {
        self.more.notify_one();
    }

    pub(super) async fn woken(&self) {
        self.more.notified().await;
    }

    /// None where the endpoint is served already.
    pub(super) fn serve(&self, endpoint_id: i64) -> Option<Serving> {
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.insert(endpoint_id).then(|| Serving {
            endpoint_id,
            served: self.served.clone(),
        })
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.remove(&self.endpoint_id);
    }
}
