//! The first account of an instance. The token is printed by the server when it starts.

use crate::api::Api;
use crate::browser;
use crate::part::auth::AuthFrame;
use crate::part::submission::Submission;
use crate::route;
use crate::state::session::Session;
use crate::state::title::set_page_title;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::notice::notice;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use shared::account::SetupRequest;
use shared::limits;

#[component]
pub fn SetUpPage() -> AnyView {
    set_page_title("Set up");
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let navigate = use_navigate();
    let given_token = use_query_map()
        .read_untracked()
        .get("token")
        .unwrap_or_default();
    let token_is_given = !given_token.is_empty();
    forget_token_in_address();
    let token = RwSignal::new(given_token);
    let name = RwSignal::new(String::new());
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let closed = RwSignal::new(false);
    let sending = Submission::of(&["token", "name", "email", "password"]);

    spawn_local(async move {
        closed.set(api.setup_status().await.is_ok_and(|status| !status.open));
    });

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let navigate = navigate.clone();
        let request = SetupRequest {
            token: token.get_untracked().trim().to_owned(),
            email: email.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
            name: Some(name.get_untracked().trim().to_owned()).filter(|name| !name.is_empty()),
        };
        sending.send(api.set_up(request), move |reply| {
            session.sign_in(reply.access_token);
            let options = NavigateOptions {
                resolve: false,
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(route::SITES, options);
        });
    };
    let form = move || {
        let submit = submit.clone();
        view! {
            <form on:submit=submit>
                {sending.error_above()}
                <TextField
                    label="Set-up token" required=true autofocus=!token_is_given autocomplete="off"
                    hint="The server printed it when it started. It proves that this machine is yours."
                    error=sending.error_at("token") value=token on_input=move |text| token.set(text)
                />
                <TextField
                    label="Your name" autocomplete="name" max=limits::NAME_CHARS autofocus=token_is_given
                    hint="Visitors see it beside your answers."
                    error=sending.error_at("name") value=name on_input=move |text| name.set(text)
                />
                <TextField
                    label="Email address" kind="email" autocomplete="username" required=true max=limits::EMAIL_CHARS
                    error=sending.error_at("email") value=email on_input=move |text| email.set(text)
                />
                <TextField
                    label="Password" kind="password" autocomplete="new-password" required=true max=limits::PASSWORD_MAX_CHARS
                    hint=format!("At least {} characters.", limits::PASSWORD_MIN_CHARS)
                    error=sending.error_at("password") value=password on_input=move |text| password.set(text)
                />
                <Button label="Create the account" look=Look::Primary submit=true busy=sending.busy() />
            </form>
        }
        .into_any()
    };
    let done = || {
        view! {
            {notice(Tone::Neutral, "This instance is set up already.")}
            <a class="button primary" href=route::SIGN_IN>"Sign in"</a>
        }
        .into_any()
    };

    view! {
        <AuthFrame title="Welcome to Parlance" text="Create the owner's account. It takes a minute.">
            {move || if closed.get() { done() } else { form() }}
        </AuthFrame>
    }
    .into_any()
}

/// The token is a secret: it leaves the address bar and the history at once.
fn forget_token_in_address() {
    let Some(history) = browser::window().and_then(|window| window.history().ok()) else {
        return;
    };
    let _replaced =
        history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(route::SET_UP));
}
