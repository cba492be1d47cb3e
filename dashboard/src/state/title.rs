//! The document's title: the page's own, with what is unread before it on every page.

use crate::browser;
use crate::state::inbox::Inbox;
use crate::state::inbox_store::InboxStore;
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Title(RwSignal<String>);

impl Title {
    pub fn start(store: InboxStore) -> Self {
        let title = Self(RwSignal::new(String::new()));
        let unread = Memo::new(move |_| store.inbox.with(Inbox::unread));
        Effect::new(move |_| browser::set_title(&document_title(&title.0.get(), unread.get())));
        title
    }

    pub fn set(self, page: impl Into<String>) {
        self.0.set(page.into());
    }
}

/// Names the page that is shown.
pub fn set_page_title(page: impl Into<String>) {
    expect_context::<Title>().set(page);
}

fn document_title(page: &str, unread: usize) -> String {
    let count = if unread > 0 {
        format!("({unread}) ")
    } else {
        String::new()
    };
    if page.is_empty() {
        format!("{count}Parlance")
    } else {
        format!("{count}{page} · Parlance")
    }
}

#[cfg(test)]
mod tests {
    use super::document_title;

    #[test]
    fn what_is_unread_comes_first() {
        assert_eq!(document_title("Inbox", 3), "(3) Inbox · Parlance");
        assert_eq!(document_title("Sites", 0), "Sites · Parlance");
        assert_eq!(document_title("", 0), "Parlance");
    }
}
