//! Who writes, from where, and what came of it.

use super::activity::VisitorActivity;
use super::export::Export;
use super::tags::Tags;
use super::visitor_acts::VisitorActs;
use super::{Selection, visitor_name};
use crate::browser;
use crate::state::clock::Clock;
use crate::state::inbox_store::InboxStore;
use crate::ui::badge::{Tone, avatar, badge};
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_rows;
use crate::ui::time::full_time;
use leptos::prelude::*;
use shared::conversation::{Conversation, GivenConsent, Rating, Visitor};

#[component]
pub fn DetailsPane(id: String) -> AnyView {
    let store = expect_context::<InboxStore>();
    let selection = expect_context::<Selection>();
    let id = StoredValue::new(id);
    let row = Memo::new(move |_| {
        store
            .inbox
            .with(|inbox| id.with_value(|id| inbox.conversation(id)))
    });
    let content = move || {
        row.get()
            .map_or_else(|| skeleton_rows(3), |row| details(&row))
    };
    let visitor = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.visitor.id)));
    let changed = Signal::derive(move || {
        row.with(|row| row.as_ref().and_then(|row| row.activity_at.clone()))
            .unwrap_or_default()
    });
    let activity = move || {
        let visitor = visitor.get()?;
        Some(view! { <VisitorActivity visitor changed /> })
    };
    view! {
        <aside class="details" aria-label="Contact and page">
            <div class="details-head">
                <h2>"Contact"</h2>
                <IconButton label="Close" icon=Icon::Close class="only-middle" on_press=move |()| selection.show_details.set(false) />
            </div>
            {content}
            {activity}
        </aside>
    }
    .into_any()
}

/// Whether a block holds: one that has an end is over then, without another word from the server.
fn is_blocked(visitor: &Visitor) -> Memo<bool> {
    let clock = expect_context::<Clock>();
    let until = visitor.blocked_until.as_deref();
    let until = until.and_then(browser::parse_time);
    let is_blocked = visitor.blocked;
    Memo::new(move |_| is_blocked && until.is_none_or(|until| until > clock.now()))
}

fn details(row: &Conversation) -> AnyView {
    let visitor = &row.visitor;
    let name = visitor_name(visitor);
    let trust = if visitor.identified {
        badge(Tone::Success, "Verified")
    } else {
        badge(Tone::Neutral, "Not verified")
    };
    let is_blocked = is_blocked(visitor);
    let until = visitor.blocked_until.clone();
    let blocked = move || {
        let words = match &until {
            Some(until) => format!("Blocked until {}", full_time(until)),
            None => "Blocked".to_owned(),
        };
        is_blocked.get().then(|| badge(Tone::Danger, words))
    };
    let mail = visitor
        .email
        .clone()
        .map(|email| link_fact(Icon::Mail, "Email", format!("mailto:{email}"), email));
    let phone = visitor
        .phone
        .clone()
        .map(|phone| link_fact(Icon::Phone, "Phone", format!("tel:{phone}"), phone));
    let external = visitor
        .external_id
        .clone()
        .map(|id| fact(Icon::Key, "Your id", id));
    let asked: Vec<AnyView> = row
        .contact_fields
        .iter()
        .map(|(name, value)| asked_fact(name, value))
        .collect();
    view! {
        <div class="contact-card">
            {avatar(&name, visitor.id)}
            <div><p class="contact-name">{name}</p><div class="row">{trust}{blocked}</div></div>
        </div>
        <dl class="facts-list">{mail}{phone}{external}{asked}</dl>
        <VisitorActs conversation=row.id.clone() visitor=visitor.id is_blocked />
        <h3>"Tags"</h3>
        <Tags conversation=row.id.clone() tags=row.tags.clone() />
        {place(row)}
        <h3>"Conversation"</h3>
        <dl class="facts-list">
            {fact(Icon::Monitor, "Site", row.site_name.clone())}
            {fact(Icon::Inbox, "Began", full_time(&row.created_at))}
            {row.ticket_number.clone().map(|number| fact(Icon::Ticket, "Ticket", number))}
            {row.rating.as_ref().map(rating_fact)}
            {visitor.consent.as_ref().map(consent_fact)}
        </dl>
        <h3>"Export"</h3>
        <Export conversation=row.id.clone() />
    }
    .into_any()
}

/// Which version of the site's consent text the visitor agreed to, and when.
fn consent_fact(consent: &GivenConsent) -> AnyView {
    let given = format!(
        "version {}, {}",
        consent.version,
        full_time(&consent.given_at)
    );
    fact(Icon::Check, "Consent", given)
}

/// From where the visitor writes; nothing where their widget did not tell.
fn place(row: &Conversation) -> Option<AnyView> {
    let facts: Vec<AnyView> = [
        page_fact("Page", row.page_url.as_deref()),
        page_fact("Came from", row.referrer.as_deref()),
        row.locale
            .clone()
            .map(|locale| fact(Icon::Globe, "Language", locale)),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!facts.is_empty())
        .then(|| view! { <h3>"Where"</h3><dl class="facts-list">{facts}</dl> }.into_any())
}

fn fact(icon: Icon, label: &'static str, value: String) -> AnyView {
    view! { <div class="fact">{icon.view()}<dt>{label}</dt><dd>{value}</dd></div> }.into_any()
}

/// What the site's own form asked, under the name the form gave it.
fn asked_fact(name: &str, value: &str) -> AnyView {
    let (name, value) = (name.replace('_', " "), value.to_owned());
    view! { <div class="fact">{Icon::Lines.view()}<dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

fn link_fact(icon: Icon, label: &'static str, href: String, value: String) -> AnyView {
    view! { <div class="fact">{icon.view()}<dt>{label}</dt><dd><a href=href rel="external">{value}</a></dd></div> }.into_any()
}

/// An address a visitor's browser told: a link only where it is a page's.
fn page_fact(label: &'static str, address: Option<&str>) -> Option<AnyView> {
    let address = address.filter(|address| !address.is_empty())?.to_owned();
    let is_page = address.starts_with("https://") || address.starts_with("http://");
    let short = address
        .split_once("://")
        .map_or(address.clone(), |(_, rest)| rest.to_owned());
    let value = if is_page {
        view! { <a href=address target="_blank" rel="noopener noreferrer">{short}</a> }.into_any()
    } else {
        view! { <span>{short}</span> }.into_any()
    };
    Some(
        view! { <div class="fact">{Icon::Pin.view()}<dt>{label}</dt><dd>{value}</dd></div> }
            .into_any(),
    )
}

fn rating_fact(rating: &Rating) -> AnyView {
    let stars: String = (1..=5)
        .map(|star| if star <= rating.score { '★' } else { '☆' })
        .collect();
    let words = format!("{} of 5", rating.score);
    let comment = rating
        .comment
        .clone()
        .map(|comment| view! { <p class="quote">{comment}</p> });
    view! {
        <div class="fact">
            {Icon::Star.view()}
            <dt>"Rating"</dt>
            <dd><span class="stars" role="img" aria-label=words>{stars}</span>{comment}</dd>
        </div>
    }
    .into_any()
}
