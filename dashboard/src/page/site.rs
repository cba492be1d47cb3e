//! One site, in tabs.

use crate::api::Api;
use crate::part::knowledge::KnowledgeTab;
use crate::part::nudges::NudgesTab;
use crate::part::settings::SettingsTab;
use crate::part::site::identity::IdentityTab;
use crate::part::site::install::InstallTab;
use crate::route::{self, SiteTab};
use crate::state::load::{Load, Loader};
use crate::state::title::Title;
use crate::ui::empty::error_state;
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_cards;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use shared::site::Bot;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

#[component]
pub fn SitePage() -> AnyView {
    let api = expect_context::<Api>();
    let page_title = expect_context::<Title>();
    let params = use_params_map();
    let path = use_location().pathname;
    let id = Memo::new(move |_| params.with(|params| params.get("site").unwrap_or_default()));
    let tab = Memo::new(move |_| {
        path.with(|path| {
            path.rsplit('/')
                .find(|part| !part.is_empty())
                .and_then(SiteTab::parse)
        })
        .unwrap_or(SiteTab::Install)
    });
    let site = Loader::<Bot>::new();
    // A new name is only for the heading: the tab in which it was saved stays as it is.
    let renamed = RwSignal::new(None::<String>);
    let fetch = move || {
        let id = id.get_untracked();
        site.run(async move { api.site(&id).await });
    };
    Effect::new(move |_| {
        id.track();
        renamed.set(None);
        fetch();
    });
    let title = move || {
        renamed
            .get()
            .or_else(|| site.with(|site| site.ready().map(|site| site.name.clone())))
    };
    Effect::new(move |_| {
        let name = title().unwrap_or_else(|| "Site".into());
        page_title.set(format!("{name} · {}", label(tab.get())));
    });
    let content = move || match site.get() {
        Load::Loading => skeleton_cards(2),
        Load::Failed(error) => error_state(&error, fetch),
        Load::Ready(bot) => match tab.get() {
            SiteTab::Install => view! { <InstallTab site=bot /> }.into_any(),
            SiteTab::Settings => {
                view! { <SettingsTab bot on_renamed=move |name| renamed.set(Some(name)) /> }
                    .into_any()
            }
            SiteTab::Knowledge => view! { <KnowledgeTab site=bot /> }.into_any(),
            SiteTab::Nudges => view! { <NudgesTab chatbot_id=bot.public_id /> }.into_any(),
            SiteTab::Identity => view! { <IdentityTab public_id=bot.public_id /> }.into_any(),
        },
    };
    view! {
        <main class="page site-page">
            <header class="page-head">
                <div>
                    <p class="crumbs"><a href=route::SITES>{Icon::Back.view()}"Sites"</a></p>
                    <h1>{move || title().unwrap_or_else(|| "…".into())}</h1>
                </div>
            </header>
            <nav class="tabs" aria-label="Parts of this site">
                {SiteTab::ALL.map(|own| tab_link(id, tab, own)).into_iter().collect_view()}
            </nav>
            {content}
        </main>
    }
    .into_any()
}

const fn label(tab: SiteTab) -> &'static str {
    match tab {
        SiteTab::Install => "Install",
        SiteTab::Settings => "Appearance & behaviour",
        SiteTab::Knowledge => "Knowledge",
        SiteTab::Nudges => "Nudges",
        SiteTab::Identity => "Identity",
    }
}

fn tab_link(id: Memo<String>, current: Memo<SiteTab>, own: SiteTab) -> AnyView {
    let link = NodeRef::<html::A>::new();
    // On a narrow screen the row of tabs is longer than the screen.
    Effect::new(move |_| {
        if let (true, Some(link)) = (current.get() == own, link.get()) {
            let options = ScrollIntoViewOptions::new();
            options.set_inline(ScrollLogicalPosition::Center);
            options.set_block(ScrollLogicalPosition::Nearest);
            link.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    view! {
        <a
            node_ref=link
            class="tab"
            href=move || id.with(|id| route::site(id, own))
            aria-current=move || (current.get() == own).then_some("page")
        >
            {label(own)}
        </a>
    }
    .into_any()
}
