//! Pages of the owner's website: one of them at once, or the whole site, and how far that is.

use super::Knowledge;
use crate::api::ApiError;
use crate::part::submission::Submission;
use crate::state::load::Loader;
use crate::state::toast::Toasts;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, IconButton, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::icon::Icon;
use crate::ui::switch::Segmented;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::knowledge::{AddKnowledgeRequest, KnowledgeKind, Scrape, ScrapeRequest, ScrapeStatus};
use shared::limits;
use shared::page::Page;
use std::time::Duration;

/// Pages come in every few moments; often enough to see it go on.
const LOOK_AGAIN: Duration = Duration::from_millis(1_500);
/// Readings that are shown: what goes on, and how the last ones ended.
const SHOWN: usize = 3;

/// The readings of a site: fetched anew while one of them goes on.
#[derive(Clone, Copy)]
pub struct Readings {
    knowledge: Knowledge,
    list: Loader<Page<Scrape>>,
    /// Those that ended and were put away.
    closed: RwSignal<Vec<i64>>,
}

impl Readings {
    pub fn of(knowledge: Knowledge) -> Self {
        let readings = Self {
            knowledge,
            list: Loader::new(),
            closed: RwSignal::new(Vec::new()),
        };
        let looking = set_interval_with_handle(
            move || {
                if readings.goes_on() {
                    readings.fetch();
                }
            },
            LOOK_AGAIN,
        );
        if let Ok(handle) = looking {
            on_cleanup(move || handle.clear());
        }
        readings.fetch();
        // What was read meanwhile belongs into the list of what is known.
        let read = Memo::new(move |_| readings.pages_read());
        Effect::new(move |before: Option<Option<i64>>| {
            let now = read.get();
            if before.flatten().is_some_and(|before| Some(before) != now) {
                knowledge.fetch();
            }
            now
        });
        readings
    }

    fn fetch(self) {
        let Self {
            knowledge, list, ..
        } = self;
        list.refresh(async move { knowledge.api.scrapes(&knowledge.site()).await });
    }

    fn goes_on(self) -> bool {
        self.list
            .ready()
            .is_some_and(|page| page.data.iter().any(|scrape| !is_over(scrape.status)))
    }

    /// None until the list is there.
    fn pages_read(self) -> Option<i64> {
        let page = self.list.get();
        let page = page.ready()?;
        Some(page.data.iter().map(|scrape| scrape.pages_read).sum())
    }

    fn shown(self) -> Vec<Scrape> {
        let closed = self.closed.get();
        let page = self.list.get();
        let scrapes = page.ready().map(|page| page.data.as_slice());
        scrapes
            .unwrap_or_default()
            .iter()
            .take(SHOWN)
            .filter(|scrape| !closed.contains(&scrape.id))
            .cloned()
            .collect()
    }
}

fn is_over(status: ScrapeStatus) -> bool {
    !matches!(status, ScrapeStatus::Queued | ScrapeStatus::Running)
}

#[component]
pub fn WebDialog(readings: Readings, open: RwSignal<bool>) -> AnyView {
    let form = move || open.get().then(|| view! { <WebForm readings open /> });
    view! { <Dialog title="Web pages" open>{form}</Dialog> }.into_any()
}

#[component]
fn WebForm(readings: Readings, open: RwSignal<bool>) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let knowledge = readings.knowledge;
    let address = RwSignal::new(String::new());
    let reach = RwSignal::new("page".to_owned());
    let form = Submission::of(&["source", "url"]);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let url = with_scheme(address.get_untracked().trim());
        if reach.with_untracked(|reach| reach == "site") {
            form.send(start(knowledge, url), move |scrape| {
                readings.list.update(|page| page.data.insert(0, scrape));
                readings.fetch();
                open.set(false);
            });
            return;
        }
        form.send(add(knowledge, url), move |item| {
            // Read again, it takes the place of what was known from the same address.
            knowledge.fetch();
            toasts.done(format!("“{}” is known from now on.", item.title));
            open.set(false);
        });
    };
    let error = Signal::derive(move || {
        let names = ["source", "url"];
        names.into_iter().find_map(|name| form.error_at(name).get())
    });
    let hint = move || {
        if reach.with(|reach| reach == "site") {
            "The page, and up to 500 of the same site that it leads to; or the address of a sitemap. What robots.txt asks is obeyed."
        } else {
            "What the page says now. Add it again when it has changed."
        }
    };
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {form.error_above()}
                <TextField
                    label="Address" placeholder="https://acme.com/help" max=limits::URL_CHARS required=true autofocus=true
                    error value=address on_input=move |text| address.set(text)
                />
                <div>
                    <Segmented
                        label="How much of it" options=vec![("page", "This page"), ("site", "The whole site")]
                        value=reach on_change=move |choice| reach.set(choice)
                    />
                    <p class="hint" aria-live="polite">{hint}</p>
                </div>
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Read it" look=Look::Primary submit=true busy=form.busy() />
            </footer>
        </form>
    }
    .into_any()
}

async fn add(
    knowledge: Knowledge,
    url: String,
) -> Result<shared::knowledge::KnowledgeItem, ApiError> {
    let request = AddKnowledgeRequest {
        chatbot_id: knowledge.site(),
        kind: KnowledgeKind::Url,
        title: None,
        question: None,
        source: Some(url),
        content: None,
    };
    knowledge.api.add_knowledge(request).await
}

async fn start(knowledge: Knowledge, url: String) -> Result<Scrape, ApiError> {
    let request = ScrapeRequest {
        chatbot_id: knowledge.site(),
        url,
        max_pages: None,
    };
    knowledge.api.start_scrape(request).await
}

/// People write addresses as they say them.
fn with_scheme(address: &str) -> String {
    if address.is_empty() || address.contains("://") {
        return address.to_owned();
    }
    format!("https://{address}")
}

/// What is being read, and how the last readings ended.
#[component]
pub fn ReadingList(readings: Readings) -> AnyView {
    let rows = move || {
        readings
            .shown()
            .into_iter()
            .map(|scrape| reading_row(readings, scrape))
            .collect_view()
    };
    view! { <ul class="uploads readings" aria-live="polite">{rows}</ul> }.into_any()
}

fn reading_row(readings: Readings, scrape: Scrape) -> AnyView {
    let Scrape {
        id,
        url,
        status,
        reason,
        pages_read,
        pages_failed,
        ..
    } = scrape;
    let close = is_over(status).then(|| {
        view! {
            <IconButton
                label=format!("Dismiss {url}") icon=Icon::Close
                on_press=move |()| readings.closed.update(|closed| closed.push(id))
            />
        }
    });
    let (tone, word) = told(status);
    let detail = progress(status, reason.as_deref(), pages_read, pages_failed);
    view! {
        <li>
            {Icon::Globe.view()}
            <span class="upload-name">{url}<span class="faint reading-detail">{detail}</span></span>
            {badge(tone, word)}
            {close}
        </li>
    }
    .into_any()
}

const fn told(status: ScrapeStatus) -> (Tone, &'static str) {
    match status {
        ScrapeStatus::Queued => (Tone::Neutral, "Waiting"),
        ScrapeStatus::Running => (Tone::Accent, "Reading"),
        ScrapeStatus::Done => (Tone::Success, "Done"),
        ScrapeStatus::Partial => (Tone::Warning, "In part"),
        ScrapeStatus::Failed => (Tone::Danger, "Failed"),
    }
}

/// How far it is, and why it ended where it did not reach the end.
fn progress(status: ScrapeStatus, reason: Option<&str>, read: i64, failed: i64) -> String {
    let pages = |count: i64| match count {
        1 => "1 page".to_owned(),
        count => format!("{count} pages"),
    };
    let mut words = vec![format!("{} read", pages(read))];
    if failed > 0 {
        words.push(format!("{} could not be read", pages(failed)));
    }
    if is_over(status) {
        words.extend(reason.map(|reason| in_words(reason).to_owned()));
    }
    words.join(" · ")
}

fn in_words(reason: &str) -> &str {
    match reason {
        "page_limit" => "the limit of pages was reached",
        "depth_limit" => "what lies deeper was left out",
        "time_limit" => "it took too long",
        "forbidden_address" => "this address cannot be reached from here",
        "robots_disallowed" => "robots.txt asks programs to stay away",
        "unreachable" => "the site could not be reached",
        "nothing_found" => "there was nothing to read",
        "interrupted" => "it was interrupted; read it again",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{progress, with_scheme};
    use shared::knowledge::ScrapeStatus;

    #[test]
    fn an_address_may_be_written_as_it_is_said() {
        assert_eq!(with_scheme("acme.com/help"), "https://acme.com/help");
        assert_eq!(with_scheme("http://acme.com"), "http://acme.com");
        assert_eq!(with_scheme(""), "");
    }

    #[test]
    fn a_reading_says_how_far_it_is_and_why_it_ended() {
        let running = progress(ScrapeStatus::Running, None, 1, 0);
        assert_eq!(running, "1 page read");
        let ended = progress(ScrapeStatus::Partial, Some("page_limit"), 500, 2);
        assert_eq!(
            ended,
            "500 pages read · 2 pages could not be read · the limit of pages was reached"
        );
    }
}
