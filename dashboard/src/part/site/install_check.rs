//! "Check my install": the server looks at a page of the owner's and says what it finds.

use crate::api::Api;
use crate::part::submission::Submission;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, Look};
use crate::ui::card::Card;
use crate::ui::field::TextField;
use crate::ui::icon::Icon;
use crate::ui::notice::notice;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::install::{InstallCheck, InstallFinding, InstallSeverity};
use shared::limits;

#[component]
pub fn InstallCheckCard(#[prop(into)] public_id: String) -> AnyView {
    let api = expect_context::<Api>();
    let id = StoredValue::new(public_id);
    let url = RwSignal::new(String::new());
    let found = RwSignal::new(None::<InstallCheck>);
    let form = Submission::of(&["url"]);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(address) = address_of(&url.get_untracked()) else {
            return;
        };
        found.set(None);
        let request = async move { api.check_install(&id.get_value(), &address).await };
        form.send(request, move |check| found.set(Some(check)));
    };
    view! {
        <Card title="Check my install" hint="This server fetches a page of yours and looks for the tag, the site it names, and what could keep the chat out.">
            {form.error_above()}
            <form class="ask" on:submit=submit>
                <TextField
                    label="Address of your page" kind="text" placeholder="https://www.example.com/" autocomplete="url"
                    max=limits::URL_CHARS required=true error=form.error_at("url")
                    value=url on_input=move |text| url.set(text)
                />
                <Button label="Check" icon=Icon::Search look=Look::Primary submit=true busy=form.busy() />
            </form>
            <div class="stack" aria-live="polite">{move || found.get().map(outcome)}</div>
        </Card>
    }
    .into_any()
}

/// People write `example.com` and mean the page that a browser would show.
fn address_of(typed: &str) -> Option<String> {
    let typed = typed.trim();
    match typed {
        "" => None,
        _ if typed.contains("://") => Some(typed.to_owned()),
        _ => Some(format!("https://{typed}")),
    }
}

fn outcome(check: InstallCheck) -> AnyView {
    let verdict = if check.installed {
        notice(
            Tone::Success,
            format!("The chat is installed on {}", check.url),
        )
    } else {
        notice(
            Tone::Danger,
            format!("The chat does not work on {}", check.url),
        )
    };
    let findings: Vec<_> = check.findings.into_iter().map(finding).collect();
    let list = (!findings.is_empty()).then(|| view! { <ul class="findings">{findings}</ul> });
    view! { {verdict}{list} }.into_any()
}

fn finding(finding: InstallFinding) -> AnyView {
    let (tone, word) = match finding.severity {
        InstallSeverity::Error => (Tone::Danger, "To mend"),
        InstallSeverity::Warning => (Tone::Warning, "To improve"),
        InstallSeverity::Hint => (Tone::Neutral, "Good to know"),
    };
    view! { <li>{badge(tone, word)}<span>{finding.detail}</span></li> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::address_of;

    #[test]
    fn an_address_without_a_scheme_is_a_web_page() {
        assert_eq!(address_of(" "), None);
        assert_eq!(
            address_of(" acme.example/shop ").as_deref(),
            Some("https://acme.example/shop")
        );
        assert_eq!(
            address_of("http://localhost:8080").as_deref(),
            Some("http://localhost:8080")
        );
    }
}
