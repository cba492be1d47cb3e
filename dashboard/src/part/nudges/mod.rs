//! A site's nudges: a few words that come before the visitor has asked.

mod edit;

use crate::api::Api;
use crate::state::load::{Load, Loader};
use crate::state::toast::Toasts;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, IconButton, Look};
use crate::ui::dialog::{Confirm, open_about};
use crate::ui::empty::{empty_state, error_state};
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_rows;
use edit::EditDialog;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::nudge::{NudgeHours, NudgeRequest, NudgeRule};
use shared::page::Page;

/// What is being written: a new rule, or a change of one.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    New,
    Of(Box<NudgeRule>),
}

#[derive(Clone, Copy)]
pub(super) struct Nudges {
    api: Api,
    toasts: Toasts,
    /// Its chatbot id.
    site: StoredValue<String>,
    list: Loader<Page<NudgeRule>>,
    editing: RwSignal<Option<Edit>>,
    deleting: RwSignal<Option<NudgeRule>>,
    busy: RwSignal<bool>,
}

impl Nudges {
    fn fetch(self) {
        let site = self.site.get_value();
        self.list
            .refresh(async move { self.api.nudges(&site).await });
    }

    fn put(self, rule: NudgeRule) {
        self.list.update(
            |page| match page.data.iter_mut().find(|other| other.id == rule.id) {
                Some(known) => *known = rule,
                None => page.data.insert(0, rule),
            },
        );
    }

    fn switch(self, id: i64, enabled: bool) {
        let request = NudgeRequest {
            enabled: Some(enabled),
            ..NudgeRequest::default()
        };
        spawn_local(async move {
            match self.api.update_nudge(id, request).await {
                Ok(rule) => self.put(rule),
                Err(error) => self.toasts.error(&error),
            }
        });
    }

    fn delete(self) {
        let Some(rule) = self.deleting.get_untracked() else {
            return;
        };
        self.busy.set(true);
        spawn_local(async move {
            match self.api.delete_nudge(rule.id).await {
                Ok(()) => {
                    self.list
                        .update(|page| page.data.retain(|other| other.id != rule.id));
                    self.toasts.done("Deleted. Nobody sees it any more.");
                }
                Err(error) => self.toasts.error(&error),
            }
            self.deleting.set(None);
            self.busy.set(false);
        });
    }
}

#[component]
pub fn NudgesTab(#[prop(into)] chatbot_id: String) -> AnyView {
    let nudges = Nudges {
        api: expect_context::<Api>(),
        toasts: expect_context::<Toasts>(),
        site: StoredValue::new(chatbot_id),
        list: Loader::new(),
        editing: RwSignal::new(None),
        deleting: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    nudges.fetch();
    let list = move || match nudges.list.get() {
        Load::Loading => skeleton_rows(3),
        Load::Failed(error) => error_state(&error, move || nudges.fetch()),
        Load::Ready(page) if page.data.is_empty() => empty_state(
            Icon::Bell,
            "No nudge yet",
            "Offer help where visitors hesitate: on the pricing page after half a minute, say. Each visitor gets it as often as you allow.",
        ),
        Load::Ready(page) => {
            let rows = page
                .data
                .into_iter()
                .map(|rule| rule_row(nudges, rule))
                .collect_view();
            view! { <ul class="list">{rows}</ul> }.into_any()
        }
    };
    view! {
        <div class="column">
            <div class="toolbar">
                <p class="page-text">"A few words beside the launcher, before the visitor has asked anything."</p>
                <Button label="New nudge" icon=Icon::Plus look=Look::Primary on_press=move |()| nudges.editing.set(Some(Edit::New)) />
            </div>
            {list}
        </div>
        <EditDialog nudges />
        <Confirm
            title="Delete this nudge?" question="Visitors no longer see it. This cannot be undone."
            action="Delete" open=open_about(nudges.deleting) busy=nudges.busy on_confirm=move |()| nudges.delete()
        />
    }
    .into_any()
}

/// When a rule holds, in one line.
fn conditions(rule: &NudgeRule) -> String {
    let mut parts = vec![if rule.url_pattern.is_empty() {
        "every page".to_owned()
    } else {
        rule.url_pattern.clone()
    }];
    if rule.seconds_on_page > 0 {
        parts.push(format!("after {} s", rule.seconds_on_page));
    }
    if rule.first_visit {
        parts.push("first visit".into());
    }
    match rule.business_hours {
        NudgeHours::Any => {}
        NudgeHours::Open => parts.push("while open".into()),
        NudgeHours::Closed => parts.push("while closed".into()),
    }
    parts.push(match rule.max_per_visitor {
        1 => "once per visitor".into(),
        count => format!("{count} times per visitor"),
    });
    parts.join(" · ")
}

fn rule_row(nudges: Nudges, rule: NudgeRule) -> AnyView {
    let (id, enabled) = (rule.id, rule.enabled);
    let state = if enabled {
        badge(Tone::Success, "On")
    } else {
        badge(Tone::Neutral, "Off")
    };
    let (switch_label, switch_icon) = if enabled {
        (format!("Switch off: {}", rule.text), Icon::Bell)
    } else {
        (format!("Switch on: {}", rule.text), Icon::BellOff)
    };
    let delete_label = format!("Delete: {}", rule.text);
    let (text, when) = (rule.text.clone(), conditions(&rule));
    let (to_edit, to_delete) = (rule.clone(), rule);
    view! {
        <li class="list-row wrap">
            <span class="list-icon">{Icon::Bell.view()}</span>
            <button class="list-main" type="button" on:click=move |_| nudges.editing.set(Some(Edit::Of(Box::new(to_edit.clone()))))>
                <span class="list-title">{text}</span>
                <span class="faint">{when}</span>
            </button>
            {state}
            <div class="row tight">
                <IconButton label=switch_label icon=switch_icon on_press=move |()| nudges.switch(id, !enabled) />
                <IconButton label=delete_label icon=Icon::Trash on_press=move |()| nudges.deleting.set(Some(to_delete.clone())) />
            </div>
        </li>
    }
    .into_any()
}
