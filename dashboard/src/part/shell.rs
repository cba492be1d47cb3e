//! What stands around every page of somebody who is signed in: navigation, account, the live connection.

use crate::api::Api;
use crate::browser;
use crate::part::auth::BrandMark;
use crate::route;
use crate::state::inbox::Filter;
use crate::state::inbox_store::InboxStore;
use crate::state::live::Live;
use crate::state::session::Session;
use crate::state::theme::{Theme, ThemeChoice};
use crate::state::toast::Toasts;
use crate::ui::badge::avatar;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate};
use wasm_bindgen::JsCast;

/// Shows its page while somebody is signed in; else leads to the sign-in page and back.
#[component]
pub fn Shell() -> AnyView {
    let session = expect_context::<Session>();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if !session.is_signed_in() {
            let target = route::sign_in_for(&browser::current_path());
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
    let signed_in = Memo::new(move |_| session.is_signed_in());
    view! { {move || signed_in.get().then(|| view! { <SignedIn /> })} }.into_any()
}

#[component]
fn SignedIn() -> AnyView {
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let store = expect_context::<InboxStore>();
    let live = expect_context::<Live>();
    let toasts = expect_context::<Toasts>();
    spawn_local(async move {
        match api.me().await {
            Ok(me) => session.set_me(me),
            Err(error) => toasts.error(&error),
        }
    });
    // The counts in navigation and title need the open conversations, whichever page is shown.
    store.load_list(Filter::default());
    live.start(api, store);
    on_cleanup(move || {
        live.stop();
        store.clear();
    });

    view! {
        <div class="shell">
            <a class="skip-link" href="#content">"Skip to the content"</a>
            <Navigation />
            <div class="stage">
                <ConnectionNotice />
                <div id="content" class="content" tabindex="-1"><Outlet /></div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Navigation() -> AnyView {
    let store = expect_context::<InboxStore>();
    let unread = Memo::new(move |_| store.inbox.with(crate::state::inbox::Inbox::unread));
    view! {
        <nav class="navigation" aria-label="Main">
            <a class="brand" href=route::INBOX aria-label="Parlance: to the inbox"><BrandMark /><span>"Parlance"</span></a>
            <div class="navigation-links">
                {link(route::INBOX, Icon::Inbox, "Inbox", Some(unread))}
                {link(route::SITES, Icon::Globe, "Sites", None)}
                {link(route::DEVELOPERS, Icon::Code, "Developers", None)}
            </div>
            <AccountMenu />
        </nav>
    }
    .into_any()
}

fn link(
    href: &'static str,
    icon: Icon,
    label: &'static str,
    count: Option<Memo<usize>>,
) -> AnyView {
    let path = use_location().pathname;
    let current = move || path.with(|path| path.starts_with(href)).then_some("page");
    let badge = move || {
        let unread = count
            .map(|count| count.get())
            .filter(|unread| *unread > 0)?;
        let shown = if unread > 99 {
            "99+".to_owned()
        } else {
            unread.to_string()
        };
        Some(
            view! { <span class="count">{shown}<span class="visually-hidden">" unread"</span></span> },
        )
    };
    view! { <a class="navigation-link" href=href aria-current=current>{icon.view()}<span>{label}</span>{badge}</a> }
        .into_any()
}

#[component]
fn AccountMenu() -> AnyView {
    let session = expect_context::<Session>();
    let api = expect_context::<Api>();
    let menu = NodeRef::<leptos::html::Details>::new();
    let close = move || {
        if let Some(menu) = menu.try_get_untracked().flatten() {
            let _closed = menu.remove_attribute("open");
        }
    };
    let sign_out = move |_| {
        spawn_local(async move {
            // Whatever the server says, this browser forgets the token.
            let _ended = api.log_out().await;
            session.sign_out();
        });
    };
    view! {
        <details
            class="account"
            node_ref=menu
            on:keydown=move |event| if event.key() == "Escape" {
                event.stop_propagation();
                close();
            }
            on:focusout=move |event| {
                let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                let stays = menu.try_get_untracked().flatten().is_some_and(|menu| menu.contains(next.as_ref()));
                if !stays && next.is_some() {
                    close();
                }
            }
        >
            <summary>
                <span class="visually-hidden">"Account: "</span>
                {move || session.me().map(|me| avatar(&me.name, me.id))}
                <span class="account-name">{move || session.me().map(|me| me.name)}</span>
            </summary>
            <div class="account-menu">
                {move || session.me().map(|me| view! {
                    <p class="account-who"><strong>{me.name}</strong><span>{me.email}</span></p>
                })}
                <ThemeSwitch />
                <button class="menu-item" type="button" on:click=sign_out>
                    {Icon::SignOut.view()}<span>"Sign out"</span>
                </button>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn ThemeSwitch() -> AnyView {
    let theme = expect_context::<Theme>();
    let choices = ThemeChoice::ALL.map(|choice| {
        let icon = match choice {
            ThemeChoice::System => Icon::Monitor,
            ThemeChoice::Light => Icon::Sun,
            ThemeChoice::Dark => Icon::Moon,
        };
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="theme"
                    prop:checked=move || theme.choice() == choice
                    on:change=move |_| theme.choose(choice)
                />
                <span title=choice.label()>{icon.view()}<span class="visually-hidden">{choice.label()}</span></span>
            </label>
        }
    });
    view! { <div class="segmented theme-switch" role="radiogroup" aria-label="Looks">{choices.into_iter().collect_view()}</div> }
        .into_any()
}

#[component]
fn ConnectionNotice() -> AnyView {
    let live = expect_context::<Live>();
    view! {
        <div class="connection" role="status">
            {move || live.is_away.get().then(|| view! {
                <p>
                    {Icon::Refresh.view()}
                    <span>"Connection lost. Reconnecting; nothing you write is lost."</span>
                    <button type="button" class="link-button" on:click=move |_| live.hurry()>"Try now"</button>
                </p>
            })}
        </div>
    }
    .into_any()
}
