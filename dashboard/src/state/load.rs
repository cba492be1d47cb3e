//! Something that is fetched: loading, there, or failed, with the latest request winning.

use crate::api::ApiError;
use leptos::prelude::*;
use std::future::Future;

#[derive(Debug, Clone, PartialEq)]
pub enum Load<T> {
    Loading,
    Ready(T),
    Failed(ApiError),
}

impl<T> Load<T> {
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }
}

/// Holds the state of a fetch and drops answers that a newer fetch has overtaken.
pub struct Loader<T: Send + Sync + 'static> {
    state: RwSignal<Load<T>>,
    generation: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loader<T> {}

impl<T: Clone + Send + Sync + 'static> Loader<T> {
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(Load::Loading),
            generation: StoredValue::new(0),
        }
    }

    pub fn get(self) -> Load<T> {
        self.state.get()
    }

    pub fn with<U>(self, read: impl FnOnce(&Load<T>) -> U) -> U {
        self.state.with(read)
    }

    pub fn ready(self) -> Option<T> {
        self.state.with(|state| state.ready().cloned())
    }

    /// Shows the loading state, then what the future brings.
    pub fn run(self, future: impl Future<Output = Result<T, ApiError>> + 'static) {
        self.state.set(Load::Loading);
        self.refresh(future);
    }

    /// Replaces the value when the future brings one; what is shown stays until then.
    pub fn refresh(self, future: impl Future<Output = Result<T, ApiError>> + 'static) {
        let generation = self.generation.get_value().wrapping_add(1);
        self.generation.set_value(generation);
        leptos::task::spawn_local(async move {
            let outcome = future.await;
            if self.generation.try_get_value() != Some(generation) {
                return;
            }
            self.state.set(match outcome {
                Ok(value) => Load::Ready(value),
                Err(error) => Load::Failed(error),
            });
        });
    }

    /// Changes what is there without asking the server.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.state.update(|state| {
            if let Load::Ready(value) = state {
                change(value);
            }
        });
    }

    pub fn set(self, value: T) {
        self.generation
            .update_value(|generation| *generation = generation.wrapping_add(1));
        self.state.set(Load::Ready(value));
    }
}

impl<T: Clone + Send + Sync + 'static> Default for Loader<T> {
    fn default() -> Self {
        Self::new()
    }
}
