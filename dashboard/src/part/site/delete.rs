//! Deleting a site, which takes its conversations and knowledge along: the name has to be typed.

use crate::api::Api;
use crate::state::toast::Toasts;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::{Dialog, open_about};
use crate::ui::field::TextField;
use crate::ui::notice::notice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::site::Bot;

#[component]
pub fn DeleteSiteDialog(site: RwSignal<Option<Bot>>, on_deleted: Callback<i64>) -> AnyView {
    let open = open_about(site);
    let form = move || {
        site.get()
            .map(|site| view! { <DeleteSiteForm site open on_deleted /> })
    };
    view! { <Dialog title="Delete this site?" open>{form}</Dialog> }.into_any()
}

#[component]
fn DeleteSiteForm(site: Bot, open: RwSignal<bool>, on_deleted: Callback<i64>) -> AnyView {
    let api = expect_context::<Api>();
    let toasts = expect_context::<Toasts>();
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let name = StoredValue::new(site.name.clone());
    let matches = Signal::derive(move || {
        typed.with(|typed| name.with_value(|name| typed.trim() == name.trim()))
    });
    let label = format!("Type “{}” to confirm", site.name);
    let delete = Callback::new(move |()| {
        let (id, public_id, name) = (site.id, site.public_id.clone(), site.name.clone());
        busy.set(true);
        spawn_local(async move {
            match api.delete_site(&public_id).await {
                Ok(()) => {
                    toasts.done(format!("{name} was deleted."));
                    // The page may have gone meanwhile.
                    let _told = on_deleted.try_run(id);
                    open.set(false);
                }
                Err(error) => {
                    toasts.error(&error);
                    busy.set(false);
                }
            }
        });
    });
    view! {
        <div class="dialog-body">
            {notice(Tone::Danger, "Its conversations, contacts and knowledge are deleted with it. This cannot be undone.")}
            <TextField label autofocus=true autocomplete="off" value=typed on_input=move |text| typed.set(text) />
        </div>
        <footer class="dialog-foot">
            <Button label="Cancel" on_press=move |()| open.set(false) />
            <Button
                label="Delete the site" look=Look::Danger busy
                disabled=Signal::derive(move || !matches.get()) on_press=delete
            />
        </footer>
    }
    .into_any()
}
