//! Short notices that come and go.

use crate::api::ApiError;
use leptos::prelude::*;
use std::time::Duration;

/// Long enough to read two lines; errors stay until they are closed.
const STAY: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    Done,
    Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub id: u32,
    pub kind: ToastKind,
    pub text: String,
}

#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u32>,
}

impl Toasts {
    pub fn new() -> Self {
        Self {
            list: RwSignal::new(Vec::new()),
            next_id: StoredValue::new(1),
        }
    }

    pub fn list(self) -> Vec<Toast> {
        self.list.get()
    }

    pub fn done(self, text: impl Into<String>) {
        let id = self.add(ToastKind::Done, text.into());
        set_timeout(move || self.close(id), STAY);
    }

    pub fn problem(self, text: impl Into<String>) {
        self.add(ToastKind::Problem, text.into());
    }

    /// Shows an error, except the one that leads to the sign-in page, which speaks for itself.
    pub fn error(self, error: &ApiError) {
        if error.status != 401 {
            self.problem(error.message.clone());
        }
    }

    pub fn close(self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }

    fn add(self, kind: ToastKind, text: String) -> u32 {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        self.list.update(|list| {
            // The same problem twice is one notice.
            list.retain(|toast| toast.text != text);
            list.push(Toast { id, kind, text });
        });
        id
    }
}

impl Default for Toasts {
    fn default() -> Self {
        Self::new()
    }
}
