//! Making a site.

use crate::api::Api;
use crate::part::submission::Submission;
use crate::route::{self, SiteTab};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
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
    let form = Submission::of(&["name", "domain"]);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let request = CreateBotRequest {
            name: name.get_untracked().trim().to_owned(),
            domain: Some(domain.get_untracked().trim().to_owned())
                .filter(|domain| !domain.is_empty()),
            agent_instructions: None,
        };
        form.send(api.create_site(request), move |site| {
            // The page may have gone meanwhile.
            let _told = on_created.try_run(site.public_id);
        });
    };
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {form.error_above()}
                <TextField
                    label="Name" required=true autofocus=true max=limits::NAME_CHARS placeholder="Acme Support"
                    hint="Visitors see it at the head of the chat."
                    error=form.error_at("name") value=name on_input=move |text| name.set(text)
                />
                <TextField
                    label="Domain" max=limits::URL_CHARS placeholder="acme.com" hint="Optional. Where the chat will stand."
                    error=form.error_at("domain") value=domain on_input=move |text| domain.set(text)
                />
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Create" look=Look::Primary submit=true busy=form.busy() />
            </footer>
        </form>
    }
    .into_any()
}
