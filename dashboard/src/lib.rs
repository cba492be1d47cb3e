//! The operators' and owners' app: `page → part → ui`; only `api` fetches; the URL holds what is selected.

pub mod api;
pub mod app;
pub mod browser;
pub mod page;
pub mod part;
pub mod route;
pub mod state;
pub mod ui;

/// Mounts the app in the page's body.
pub fn run() {
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    leptos::mount::mount_to_body(app::App);
}
