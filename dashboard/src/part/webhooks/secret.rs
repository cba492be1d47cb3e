//! A signing secret, shown this once.

use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::copy::CopyBox;
use crate::ui::dialog::{Dialog, open_about};
use crate::ui::notice::notice;
use leptos::prelude::*;

#[component]
pub fn SecretDialog(secret: RwSignal<Option<String>>) -> AnyView {
    let open = open_about(secret);
    let content = move || {
        secret.get().map(|text| {
            view! {
                <div class="dialog-body">
                    {notice(Tone::Warning, "Copy it now: it is shown this once and cannot be read again.")}
                    <CopyBox label="The signing secret" text=text />
                    <p class="prose">
                        "Every request carries "<code>"X-Chattery-Signature"</code>" (hex HMAC-SHA256 of the body with this secret) and the Standard Webhooks headers. "
                        "Verify one of them before you trust a request."
                    </p>
                </div>
                <footer class="dialog-foot">
                    <Button label="Done" look=Look::Primary on_press=move |()| open.set(false) />
                </footer>
            }
        })
    };
    view! { <Dialog title="Signing secret" open>{content}</Dialog> }.into_any()
}
