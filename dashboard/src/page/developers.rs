//! What the owner's programmers need: keys, and the endpoints of their own.

use crate::part::api_keys::ApiKeysTab;
use crate::part::webhooks::WebhooksTab;
use crate::part::webhooks::deliveries::DeliveriesTab;
use crate::route::{self, DevelopersTab};
use crate::state::title::Title;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn DevelopersPage() -> AnyView {
    let title = expect_context::<Title>();
    let path = use_location().pathname;
    let place = Memo::new(move |_| path.with(|path| DevelopersTab::of_path(path)));
    Effect::new(move |_| title.set(format!("Developers · {}", label(place.get().0))));
    let content = move || match place.get() {
        (DevelopersTab::Keys, _) => view! { <ApiKeysTab /> }.into_any(),
        (DevelopersTab::Webhooks, None) => view! { <WebhooksTab /> }.into_any(),
        (DevelopersTab::Webhooks, Some(id)) => view! { <DeliveriesTab webhook=id /> }.into_any(),
    };
    view! {
        <main class="page">
            <header class="page-head">
                <div>
                    <h1>"Developers"</h1>
                    <p class="page-text">"Drive Parlance from your own programs, and be told of what happens in it."</p>
                </div>
                <a class="button" href="/docs" rel="external" target="_blank">{Icon::Book.view()}<span>"API reference"</span></a>
            </header>
            <nav class="tabs" aria-label="Parts of this page">
                {DevelopersTab::ALL.map(|own| view! {
                    <a
                        class="tab" href=route::developers(own)
                        aria-current=move || (place.get().0 == own).then_some("page")
                    >{label(own)}</a>
                }).into_iter().collect_view()}
            </nav>
            {content}
        </main>
    }
    .into_any()
}

const fn label(tab: DevelopersTab) -> &'static str {
    match tab {
        DevelopersTab::Keys => "API keys",
        DevelopersTab::Webhooks => "Webhooks",
    }
}
