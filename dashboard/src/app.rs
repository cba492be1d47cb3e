//! The app's frame: what every page shares, and which address leads to which page.

use crate::api::Api;
use crate::page::{
    developers::DevelopersPage, inbox::InboxPage, not_found::NotFound, set_up::SetUpPage,
    sign_in::SignInPage, site::SitePage, sites::SitesPage,
};
use crate::part::leave::LeaveDialog;
use crate::part::shell::Shell;
use crate::route;
use crate::state::clock::Clock;
use crate::state::inbox_store::InboxStore;
use crate::state::leave_guard::LeaveGuard;
use crate::state::live::Live;
use crate::state::session::Session;
use crate::state::sound::Sound;
use crate::state::theme::Theme;
use crate::state::title::Title;
use crate::state::toast::Toasts;
use crate::state::unsaved::UnsavedSettings;
use crate::ui::toasts::ToastCorner;
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::path;

#[component]
pub fn App() -> AnyView {
    let session = Session::from_storage();
    let api = Api::new(session);
    let toasts = Toasts::new();
    let sound = Sound::from_storage();
    provide_context(session);
    provide_context(api);
    provide_context(toasts);
    provide_context(sound);
    provide_context(Theme::from_storage());
    provide_context(Clock::start());
    provide_context(LeaveGuard::install());
    let store = InboxStore::new(api, session, toasts, sound);
    provide_context(store);
    provide_context(Title::start(store));
    provide_context(UnsavedSettings::new());
    provide_context(Live::new());
    view! {
        <Router base=route::BASE>
            <Pages />
            <LeaveDialog />
        </Router>
        <ToastCorner />
    }
    .into_any()
}

/// Pages that need somebody signed in are children of the shell. The inbox, a site and the developers' page are one
/// route each, whatever stands behind their name: the page reads that itself and stays as it is while the selection
/// moves. Routes within them would need an `Outlet`: without one the router waits for a view that nobody shows, and
/// never writes the address.
#[component]
fn Pages() -> AnyView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/setup") view=SetUpPage />
            <Route path=path!("/sign-in") view=SignInPage />
            <ParentRoute path=path!("") view=Shell>
                <Route path=path!("") view=|| view! { <Redirect path="/inbox" /> } />
                <Route path=path!("/inbox/:conversation?") view=InboxPage />
                <Route path=path!("/developers/:tab?/:item?") view=DevelopersPage />
                <Route path=path!("/sites") view=SitesPage />
                <Route path=path!("/sites/:site/:tab?") view=SitePage />
            </ParentRoute>
        </Routes>
    }
    .into_any()
}
