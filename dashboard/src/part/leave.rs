//! The question before unsaved changes are left behind.

use crate::state::leave_guard::LeaveGuard;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::{Dialog, open_about};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

#[component]
pub fn LeaveDialog() -> AnyView {
    let guard = expect_context::<LeaveGuard>();
    let navigate = StoredValue::new_local(use_navigate());
    let open = open_about(guard.pending);
    let leave = Callback::new(move |()| {
        let target = guard.pending.get_untracked();
        guard.set_dirty(false);
        guard.pending.set(None);
        if let Some(target) = target {
            let options = NavigateOptions {
                resolve: false,
                ..NavigateOptions::default()
            };
            navigate.with_value(|navigate| navigate(&target, options));
        }
    });
    view! {
        <Dialog title="Leave without saving?" open>
            <div class="dialog-body"><p>"Some settings on this page are changed but not saved."</p></div>
            <footer class="dialog-foot">
                <Button label="Leave" look=Look::Danger on_press=leave />
                <Button label="Stay here" look=Look::Primary on_press=move |()| open.set(false) />
            </footer>
        </Dialog>
    }
    .into_any()
}
