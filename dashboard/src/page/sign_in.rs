//! Signing in.

use crate::api::Api;
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
use shared::account::LoginRequest;

#[component]
pub fn SignInPage() -> AnyView {
    set_page_title("Sign in");
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let query = use_query_map();
    let navigate = use_navigate();
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let form = Submission::of(&["email", "password"]);

    // Whoever is signed in has nothing to do here, be it from the start or from this moment on.
    {
        let navigate = navigate.clone();
        Effect::new(move |_| {
            if session.is_signed_in() {
                let target = route::after_sign_in(query.read_untracked().get_str("return"));
                navigate(
                    &target,
                    NavigateOptions {
                        resolve: false,
                        replace: true,
                        ..NavigateOptions::default()
                    },
                );
            }
        });
    }
    // A fresh instance has nobody who could sign in.
    spawn_local(async move {
        if api.setup_status().await.is_ok_and(|status| status.open) {
            navigate(
                route::SET_UP,
                NavigateOptions {
                    resolve: false,
                    replace: true,
                    ..NavigateOptions::default()
                },
            );
        }
    });

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let request = LoginRequest {
            email: email.get_untracked(),
            password: password.get_untracked(),
        };
        form.send(api.log_in(request), move |reply| {
            session.sign_in(reply.access_token)
        });
    };
    let expired = move || {
        (session.has_expired() && !form.is_refused()).then(|| {
            notice(
                Tone::Neutral,
                "You were signed out. Sign in again and you are back where you were.",
            )
        })
    };

    view! {
        <AuthFrame title="Sign in" text="Answer visitors and look after your sites.">
            <form on:submit=submit>
                {expired}
                {form.error_above()}
                <TextField
                    label="Email address" kind="email" autocomplete="username" required=true autofocus=true
                    error=form.error_at("email") value=email on_input=move |text| email.set(text)
                />
                <TextField
                    label="Password" kind="password" autocomplete="current-password" required=true
                    error=form.error_at("password") value=password on_input=move |text| password.set(text)
                />
                <Button label="Sign in" look=Look::Primary submit=true busy=form.busy() />
            </form>
        </AuthFrame>
    }
    .into_any()
}
