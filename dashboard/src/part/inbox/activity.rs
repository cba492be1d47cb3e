//! What the site's own pages told of the visitor: attributes, and what they did there.

use crate::api::Api;
use crate::ui::icon::Icon;
use crate::ui::time::full_time;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::activity::{Activity, TrackedEvent};
use std::collections::BTreeMap;

/// Things done that are shown; the rest can be read by the API.
const SHOWN: usize = 10;

/// `changed` is read for its changes alone: then there may be news.
#[component]
pub fn VisitorActivity(visitor: i64, #[prop(into)] changed: Signal<String>) -> AnyView {
    let api = expect_context::<Api>();
    let activity = RwSignal::new(Activity::default());
    Effect::new(move |_| {
        changed.track();
        spawn_local(async move {
            // Without it the rest of the pane is as useful; the next change asks again.
            if let Ok(told) = api.visitor_activity(visitor).await {
                let _gone = activity.try_set(told);
            }
        });
    });
    (move || view_of(&activity.get())).into_any()
}

fn view_of(activity: &Activity) -> AnyView {
    let attributes: Vec<AnyView> = activity
        .attributes
        .iter()
        .map(|(name, value)| told_fact(name.replace('_', " "), value.clone()))
        .collect();
    let attributes = (!attributes.is_empty()).then(|| {
        view! { <h3>"Told by the page"</h3><dl class="facts-list">{attributes}</dl> }
    });
    let events: Vec<AnyView> = activity.events.iter().take(SHOWN).map(event_fact).collect();
    let events = (!events.is_empty())
        .then(|| view! { <h3>"Done on the site"</h3><dl class="facts-list">{events}</dl> });
    view! { {attributes}{events} }.into_any()
}

fn event_fact(event: &TrackedEvent) -> AnyView {
    let properties = words(&event.properties);
    let when = full_time(&event.at);
    let value = if properties.is_empty() {
        when
    } else {
        format!("{properties} · {when}")
    };
    told_fact(event.name.clone(), value)
}

fn words(properties: &BTreeMap<String, String>) -> String {
    let pairs = properties
        .iter()
        .map(|(name, value)| format!("{}: {value}", name.replace('_', " ")));
    pairs.collect::<Vec<_>>().join(", ")
}

fn told_fact(name: String, value: String) -> AnyView {
    view! { <div class="fact">{Icon::Lines.view()}<dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::words;
    use std::collections::BTreeMap;

    #[test]
    fn properties_are_words() {
        let properties = [("total_price", "12"), ("currency", "EUR")];
        let properties: BTreeMap<String, String> = properties
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert_eq!(words(&properties), "currency: EUR, total price: 12");
        assert_eq!(words(&BTreeMap::new()), "");
    }
}
