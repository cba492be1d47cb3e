//! An address that leads nowhere.

use crate::route;
use crate::state::title::set_page_title;
use crate::ui::empty::empty_state;
use crate::ui::icon::Icon;
use leptos::prelude::*;

#[component]
pub fn NotFound() -> AnyView {
    set_page_title("Not found");
    view! {
        <main class="lonely">
            <h1 class="visually-hidden">"Not found"</h1>
            {empty_state(Icon::Question, "This page does not exist", "The address may be mistyped, or what it led to was deleted.")}
            <a class="button" href=route::INBOX>"To the inbox"</a>
        </main>
    }
    .into_any()
}
