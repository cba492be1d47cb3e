//! A form on its way to the server: whether it is under way, and what was refused.

use crate::api::ApiError;
use crate::ui::badge::Tone;
use crate::ui::notice::notice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

/// State of one form. It is sent once at a time; a new try forgets the last refusal.
#[derive(Clone, Copy)]
pub struct Submission {
    busy: RwSignal<bool>,
    refusal: RwSignal<Option<ApiError>>,
    /// Names on the wire that have an input of their own in this form.
    fields: &'static [&'static str],
}

impl Submission {
    pub fn of(fields: &'static [&'static str]) -> Self {
        Self {
            busy: RwSignal::new(false),
            refusal: RwSignal::new(None),
            fields,
        }
    }

    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    pub fn is_refused(self) -> bool {
        self.refusal.with(Option::is_some)
    }

    /// Sends the form unless it is under way; `done` gets what the server made of it.
    pub fn send<T: 'static>(
        self,
        request: impl Future<Output = Result<T, ApiError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refusal.set(None);
        spawn_local(async move {
            match request.await {
                Ok(value) => done(value),
                // The form may have gone meanwhile.
                Err(refusal) => {
                    let _gone = self.refusal.try_set(Some(refusal));
                }
            }
            let _gone = self.busy.try_set(false);
        });
    }

    /// What to say at one input.
    pub fn error_at(self, name: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.refusal
                .with(|error| error.as_ref().and_then(|error| error.for_field(name)))
        })
    }

    /// What to say above the form: whatever concerns none of its inputs.
    pub fn error_above(self) -> impl Fn() -> Option<AnyView> + Copy {
        move || {
            self.refusal.with(|error| {
                error
                    .as_ref()
                    .filter(|error| !error.is_for_any(self.fields))
                    .map(|error| notice(Tone::Danger, error.message.clone()))
            })
        }
    }
}
