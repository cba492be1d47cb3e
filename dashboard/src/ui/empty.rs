//! What stands where there is nothing yet, or where something failed.

use super::button::Button;
use super::icon::Icon;
use crate::api::ApiError;
use leptos::prelude::*;

pub fn empty_state(icon: Icon, title: impl Into<String>, text: impl Into<String>) -> AnyView {
    let (title, text): (String, String) = (title.into(), text.into());
    view! {
        <div class="empty">
            <span class="empty-icon">{icon.view()}</span>
            <p class="empty-title">{title}</p>
            <p class="empty-text">{text}</p>
        </div>
    }
    .into_any()
}

pub fn error_state(error: &ApiError, retry: impl Fn() + Send + Sync + 'static) -> AnyView {
    let message = error.message.clone();
    view! {
        <div class="empty" role="alert">
            <span class="empty-icon problem">{Icon::Alert.view()}</span>
            <p class="empty-title">"This could not be loaded"</p>
            <p class="empty-text">{message}</p>
            <Button label="Try again" icon=Icon::Refresh on_press=move |()| retry() />
        </div>
    }
    .into_any()
}
