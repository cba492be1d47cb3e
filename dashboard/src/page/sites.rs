//! The list of sites.

use crate::api::Api;
use crate::part::site::create::CreateSiteDialog;
use crate::part::site::delete::DeleteSiteDialog;
use crate::route::{self, SiteTab};
use crate::state::load::{Load, Loader};
use crate::state::title::set_page_title;
use crate::ui::badge::{Tone, avatar, badge};
use crate::ui::button::{Button, IconButton, Look};
use crate::ui::empty::{empty_state, error_state};
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_cards;
use crate::ui::time::date;
use leptos::prelude::*;
use shared::site::Bot;

#[component]
pub fn SitesPage() -> AnyView {
    set_page_title("Sites");
    let api = expect_context::<Api>();
    let sites = Loader::<Vec<Bot>>::new();
    sites.run(api.sites());
    let creating = RwSignal::new(false);
    let deleting = RwSignal::new(None::<Bot>);
    let deleted =
        Callback::new(move |id: i64| sites.update(|list| list.retain(|site| site.id != id)));

    let list = move || {
        match sites.get() {
        Load::Loading => skeleton_cards(3),
        Load::Failed(error) => error_state(&error, move || sites.run(api.sites())),
        Load::Ready(list) if list.is_empty() => view! {
            <div class="empty-with-action">
                {empty_state(Icon::Globe, "No site yet", "A site is a place where your chat appears. Create one, then paste its tag into your pages.")}
                <Button label="Create a site" icon=Icon::Plus look=Look::Primary on_press=move |()| creating.set(true) />
            </div>
        }
        .into_any(),
        Load::Ready(list) => view! {
            <ul class="site-grid">{list.into_iter().map(|site| site_card(site, deleting)).collect_view()}</ul>
        }
        .into_any(),
    }
    };

    view! {
        <main class="page">
            <header class="page-head">
                <div><h1>"Sites"</h1><p class="page-text">"Where your chat appears, how it looks and what it knows."</p></div>
                <Button label="New site" icon=Icon::Plus look=Look::Primary on_press=move |()| creating.set(true) />
            </header>
            {list}
            <CreateSiteDialog open=creating />
            <DeleteSiteDialog site=deleting on_deleted=deleted />
        </main>
    }
    .into_any()
}

fn site_card(site: Bot, deleting: RwSignal<Option<Bot>>) -> AnyView {
    let to = |tab| route::site(&site.public_id, tab);
    let state = if site.enabled {
        badge(Tone::Success, "Live")
    } else {
        badge(Tone::Neutral, "Switched off")
    };
    let (name, created) = (site.name.clone(), date(&site.created_at));
    let (install, settings, knowledge) = (
        to(SiteTab::Install),
        to(SiteTab::Settings),
        to(SiteTab::Knowledge),
    );
    let delete_label = format!("Delete {name}");
    let own = site.clone();
    view! {
        <li class="site-card">
            <div class="site-card-head">
                {avatar(&name, site.id)}
                <div>
                    <h2><a href=settings.clone()>{name}</a></h2>
                    <p class="faint">"Created " {created}</p>
                </div>
                {state}
            </div>
            <div class="site-card-foot">
                <a href=install>{Icon::Code.view()}"Install"</a>
                <a href=settings>{Icon::Sliders.view()}"Settings"</a>
                <a href=knowledge>{Icon::Book.view()}"Knowledge"</a>
                <IconButton label=delete_label icon=Icon::Trash class="push-right" on_press=move |()| deleting.set(Some(own.clone())) />
            </div>
        </li>
    }
    .into_any()
}
