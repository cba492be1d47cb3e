//! Listeners by topic, within this process.

use super::Live;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Events one listener may lag behind.
pub(super) const QUEUE: usize = 256;

#[derive(Debug)]
pub(super) struct Topics<K>(Mutex<Listeners<K>>);

#[derive(Debug)]
pub(super) struct Listeners<K> {
    pub(super) by_topic: HashMap<K, Vec<mpsc::Sender<Live>>>,
    /// At so many topics those that nobody listens to any more are forgotten. Nothing else does that for a topic
    /// on which nothing happens again.
    sweep_at: usize,
}

pub(super) const SWEEP_AT_LEAST: usize = 1_024;

impl<K: Eq + Hash + Copy> Topics<K> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Listeners {
            by_topic: HashMap::new(),
            sweep_at: SWEEP_AT_LEAST,
        }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Listeners<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn subscribe(&self, topic: K) -> mpsc::Receiver<Live> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let mut topics = self.lock();
        if topics.by_topic.len() >= topics.sweep_at {
            topics.by_topic.retain(|_, listeners| {
                listeners.retain(|listener| !listener.is_closed());
                !listeners.is_empty()
            });
            // Twice what is in use: each sweep is paid for by as many new topics.
            topics.sweep_at = (2 * topics.by_topic.len()).max(SWEEP_AT_LEAST);
        }
        let listeners = topics.by_topic.entry(topic).or_default();
        listeners.retain(|listener| !listener.is_closed());
        listeners.push(sender);
        receiver
    }

    pub(super) fn publish(&self, topic: K, live: &Live) {
        let mut topics = self.lock();
        let Some(listeners) = topics.by_topic.get_mut(&topic) else {
            return;
        };
        listeners.retain(|listener| listener.try_send(live.clone()).is_ok());
        if listeners.is_empty() {
            topics.by_topic.remove(&topic);
        }
    }

    pub(super) fn close(&self, topic: K) {
        self.lock().by_topic.remove(&topic);
    }

    pub(super) fn has_listeners(&self, topic: K) -> bool {
        self.lock()
            .by_topic
            .get(&topic)
            .is_some_and(|listeners| listeners.iter().any(|listener| !listener.is_closed()))
    }
}
