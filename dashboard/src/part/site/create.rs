//! Making a site.

use crate::api::{Api, ApiError};
use crate::route::{self, SiteTab};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::notice::notice;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::limits;
use shared::site::CreateBotRequest;

#[component]
pub fn CreateSiteDialog(open: RwSignal<bool>) -> AnyView {
    let navigate = StoredValue::new_local(use_navigate());
    let on_created = Callback::new(move |id: String| {
        open.set(false);
        let options = NavigateOptions {
            resolve: false,
            ..NavigateOptions::default()
        };
        navigate.with_value(|navigate| navigate(&route::site(&id, SiteTab::Install), options));
    });
    view! { <Dialog title="New site" open><CreateSiteForm open on_created /></Dialog> }.into_any()
}

#[component]
fn CreateSiteForm(open: RwSignal<bool>, on_created: Callback<String>) -> AnyView {
    let api = expect_context::<Api>();
    let name = RwSignal::new(String::new());
    let domain = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let request = CreateBotRequest {
                name: name.get_untracked().trim().to_owned(),
                domain: Some(domain.get_untracked().trim().to_owned())
                    .filter(|domain| !domain.is_empty()),
                agent_instructions: None,
            };
            match api.create_site(request).await {
                Ok(site) => {
                    // The page may have gone meanwhile.
                    let _told = on_created.try_run(site.public_id);
                }
                Err(refusal) => error.set(Some(refusal)),
            }
            busy.set(false);
        });
    };
    let field_error = move |name: &'static str| {
        Signal::derive(move || {
            error.with(|error| error.as_ref().and_then(|error| error.for_field(name)))
        })
    };
    let general = move || {
        error.with(|error| {
            error
                .as_ref()
                .filter(|error| !error.is_for_any(&["name", "domain"]))
                .map(|error| notice(Tone::Danger, error.message.clone()))
        })
    };
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {general}
                <TextField
                    label="Name" required=true autofocus=true max=limits::NAME_CHARS placeholder="Acme Support"
                    hint="Visitors see it at the head of the chat."
                    error=field_error("name") value=name on_input=move |text| name.set(text)
                />
                <TextField
                    label="Domain" max=limits::URL_CHARS placeholder="acme.com" hint="Optional. Where the chat will stand."
                    error=field_error("domain") value=domain on_input=move |text| domain.set(text)
                />
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Create" look=Look::Primary submit=true busy />
            </footer>
        </form>
    }
    .into_any()
}
