//! The secret with which a site's back end vouches for its visitors.

use crate::api::Api;
use crate::state::load::{Load, Loader};
use crate::state::toast::Toasts;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, Look};
use crate::ui::card::Card;
use crate::ui::copy::CopyBox;
use crate::ui::dialog::Confirm;
use crate::ui::empty::error_state;
use crate::ui::icon::Icon;
use crate::ui::notice::notice;
use crate::ui::skeleton::skeleton_cards;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn IdentityTab(#[prop(into)] public_id: String) -> AnyView {
    let api = expect_context::<Api>();
    let enabled = Loader::<bool>::new();
    enabled.run(api.identity_enabled());
    // Held here: the card is drawn anew once there is a secret.
    let secret = RwSignal::new(None::<String>);
    let example = claims_example(&public_id);
    let card = move || match enabled.get() {
        Load::Loading => skeleton_cards(1),
        Load::Failed(error) => error_state(&error, move || enabled.run(api.identity_enabled())),
        Load::Ready(is_on) => view! { <SecretCard enabled is_on secret /> }.into_any(),
    };
    view! {
        <div class="column">
            {card}
            <Card title="How to use it" hint="Your back end signs a JSON Web Token (HS256) with the secret for each visitor who is signed in with you.">
                <CopyBox label="Claims of the token" text=example />
                <p class="prose">
                    "Hand the token to the chat with "<code>"Parlance.identify(token)"</code>
                    ". The visitor is then shown as verified in the inbox, and finds earlier conversations again on any device. "
                    "A token that is expired or wrongly signed leaves the visitor anonymous."
                </p>
            </Card>
        </div>
    }
    .into_any()
}

fn claims_example(public_id: &str) -> String {
    format!(
        "{{\n  \"sub\": \"customer-42\",\n  \"exp\": 1767225600,\n  \"email\": \"ada@example.com\",\n  \"name\": \"Ada Lovelace\",\n  \"aud\": \"{public_id}\"\n}}"
    )
}

#[component]
fn SecretCard(enabled: Loader<bool>, is_on: bool, secret: RwSignal<Option<String>>) -> AnyView {
    let api = expect_context::<Api>();
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let confirming = RwSignal::new(false);
    let make = Callback::new(move |()| {
        busy.set(true);
        spawn_local(async move {
            let outcome = if is_on {
                api.rotate_identity_secret().await
            } else {
                api.create_identity_secret().await
            };
            match outcome {
                Ok(text) => {
                    secret.set(Some(text));
                    enabled.set(true);
                }
                Err(error) => toasts.error(&error),
            }
            confirming.set(false);
            busy.set(false);
        });
    });
    let shown = move || {
        secret.get().map(|text| {
            view! {
                {notice(Tone::Warning, "Copy it now: it is shown this once and cannot be read again.")}
                <CopyBox label="The secret" text=text />
            }
        })
    };
    let (state, action) = if is_on {
        let replace = move |()| confirming.set(true);
        (
            badge(Tone::Success, "On"),
            view! { <Button label="Replace the secret" icon=Icon::Refresh busy on_press=replace /> }.into_any(),
        )
    } else {
        (
            badge(Tone::Neutral, "No secret yet"),
            view! { <Button label="Create the secret" icon=Icon::Key look=Look::Primary busy on_press=make /> }
                .into_any(),
        )
    };
    view! {
        <Card title="Identity secret" hint="One secret for all sites of this account.">
            <div class="row">{state}{action}</div>
            {shown}
        </Card>
        <Confirm
            title="Replace the identity secret?"
            question="Tokens signed with the old secret stay valid for 24 hours, so that you can switch over."
            action="Replace" open=confirming busy on_confirm=make
        />
    }
    .into_any()
}
