//! The site's own key for the developer API. It can be read again, so it is only covered, not shown once.

use crate::api::Api;
use crate::state::toast::Toasts;
use crate::ui::button::Button;
use crate::ui::card::Card;
use crate::ui::copy::CopyBox;
use crate::ui::dialog::Confirm;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn SiteKeyCard(#[prop(into)] public_id: String) -> AnyView {
    let api = expect_context::<Api>();
    let toasts = expect_context::<Toasts>();
    let id = StoredValue::new(public_id);
    let key = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let confirming = RwSignal::new(false);
    let ask = move |is_new: bool| {
        busy.set(true);
        spawn_local(async move {
            let id = id.get_value();
            let outcome = if is_new {
                api.rotate_site_key(&id).await
            } else {
                api.site_key(&id).await
            };
            match outcome {
                Ok(text) => {
                    key.set(Some(text));
                    if is_new {
                        toasts.done("The old key no longer works.");
                    }
                }
                Err(error) => toasts.error(&error),
            }
            confirming.set(false);
            busy.set(false);
        });
    };
    let toggle = move || {
        match key.get() {
        Some(_) => view! {
            <Button label="Hide the key" on_press=move |()| key.set(None) />
        }
        .into_any(),
        None => view! { <Button label="Reveal the key" icon=Icon::Key busy on_press=move |()| ask(false) /> }.into_any(),
    }
    };
    view! {
        <Card title="API key of this site" hint="Sent as X-API-Key to the developer API: it reads and changes the settings of this site, and nothing else.">
            {move || key.get().map(|text| view! { <CopyBox label="The site's key" text=text /> })}
            <div class="row wrap">
                {toggle}
                <Button label="Replace the key" icon=Icon::Refresh on_press=move |()| confirming.set(true) />
            </div>
        </Card>
        <Confirm
            title="Replace this site's key?"
            question="The old key stops working at once. Programs that use it need the new one."
            action="Replace" open=confirming busy on_confirm=move |()| ask(true)
        />
    }
    .into_any()
}
