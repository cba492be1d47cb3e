//! How the chat comes onto the owner's pages.

use crate::browser;
use crate::part::site::install_check::InstallCheckCard;
use crate::part::site::site_key::SiteKeyCard;
use crate::ui::card::Card;
use crate::ui::copy::CopyBox;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use shared::site::Bot;

#[component]
pub fn InstallTab(site: Bot) -> AnyView {
    let origin = browser::origin();
    let policy = format!("script-src {origin}; frame-src {origin}; connect-src {origin}");
    let slug = site
        .public_id
        .strip_prefix("ch_")
        .unwrap_or(&site.public_id)
        .to_owned();
    let direct = format!("/widget/frame?bot_id={}", site.public_id);
    let ids = [
        ("site_", "developer API and this tag"),
        ("bot_", "chatbots API"),
        ("ch_", "tenant and widget API"),
        ("sk_", "site key of the helpdesk and visitor APIs"),
    ];
    let rows = ids
        .into_iter()
        .map(|(prefix, used_by)| {
            view! { <tr><td><code>{format!("{prefix}{slug}")}</code></td><td>{used_by}</td></tr> }
        })
        .collect_view();
    view! {
        <div class="column">
            <Card title="Paste this tag" hint="Just before </body>, on every page where the chat should appear.">
                <CopyBox label="Tag to paste" text=site.snippet />
                <ul class="facts">
                    <li>{Icon::Check.view()}"Loads after your page and does not slow it down."</li>
                    <li>{Icon::Check.view()}"Stores nothing before a visitor writes."</li>
                    <li>{Icon::Check.view()}"Needs no inline script or style on your page."</li>
                </ul>
                <p><a class="button" href=direct target="_blank" rel="noopener">"Open the chat by itself"</a></p>
            </Card>
            <InstallCheckCard public_id=site.public_id.clone() />
            <Card title="If your page has a content security policy" hint="Allow this origin in these three directives; nothing else is needed.">
                <CopyBox label="Directives to add" text=policy />
            </Card>
            <SiteKeyCard public_id=site.public_id.clone() />
            <Card title="Names of this site" hint="One site, spelled differently by each API. Any of them works everywhere.">
                <div class="table-scroll" tabindex="0" role="group" aria-label="Names of this site">
                    <table class="table">
                        <thead><tr><th scope="col">"Name"</th><th scope="col">"Used by"</th></tr></thead>
                        <tbody>{rows}<tr><td><code>{site.id}</code></td><td>"siteId"</td></tr></tbody>
                    </table>
                </div>
            </Card>
        </div>
    }
    .into_any()
}
