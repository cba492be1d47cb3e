//! Addresses of the app's pages, in one place.

use crate::state::inbox::Filter;

/// The prefix the server serves the app under.
pub const BASE: &str = "/dashboard";

pub const SIGN_IN: &str = "/dashboard/sign-in";
pub const SET_UP: &str = "/dashboard/setup";
pub const INBOX: &str = "/dashboard/inbox";
pub const SITES: &str = "/dashboard/sites";
pub const DEVELOPERS: &str = "/dashboard/developers";

/// The inbox with a filter, and a conversation open or not.
pub fn inbox(conversation: Option<&str>, filter: &Filter) -> String {
    let mut address = INBOX.to_owned();
    if let Some(id) = conversation {
        address.push('/');
        address.push_str(id);
    }
    address.push_str(&query(&filter.to_url()));
    address
}

/// The parts of a site's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteTab {
    Install,
    Settings,
    Knowledge,
    Nudges,
    Identity,
}

impl SiteTab {
    pub const ALL: [Self; 5] = [
        Self::Install,
        Self::Settings,
        Self::Knowledge,
        Self::Nudges,
        Self::Identity,
    ];

    pub const fn path(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Settings => "settings",
            Self::Knowledge => "knowledge",
            Self::Nudges => "nudges",
            Self::Identity => "identity",
        }
    }

    pub fn parse(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.path() == path)
    }
}

/// The parts of the developers' page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DevelopersTab {
    Keys,
    Webhooks,
}

impl DevelopersTab {
    pub const ALL: [Self; 2] = [Self::Keys, Self::Webhooks];

    const fn path(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Webhooks => "webhooks",
        }
    }

    /// Which part an address means, and which of its webhooks if it names one.
    pub fn of_path(path: &str) -> (Self, Option<i64>) {
        let mut parts = path
            .trim_start_matches(DEVELOPERS)
            .split('/')
            .filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some("webhooks"), id) => (Self::Webhooks, id.and_then(|id| id.parse().ok())),
            _ => (Self::Keys, None),
        }
    }
}

pub fn developers(tab: DevelopersTab) -> String {
    format!("{DEVELOPERS}/{}", tab.path())
}

/// What one webhook was told.
pub fn webhook(id: i64) -> String {
    format!("{DEVELOPERS}/webhooks/{id}")
}

pub fn site(public_id: &str, tab: SiteTab) -> String {
    format!("{SITES}/{public_id}/{}", tab.path())
}

/// The sign-in page that leads back to `path` afterwards.
pub fn sign_in_for(path: &str) -> String {
    if path.is_empty() || path == BASE || path.starts_with(SIGN_IN) || path.starts_with(SET_UP) {
        return SIGN_IN.to_owned();
    }
    format!("{SIGN_IN}{}", query(&[("return", path.to_owned())]))
}

/// Where to go after signing in: only ever a page of this app, whatever the address says.
pub fn after_sign_in(wanted: Option<&str>) -> String {
    wanted
        .filter(|path| {
            path.starts_with("/dashboard/") && !path.contains('\\') && !path.contains("//")
        })
        .filter(|path| !path.starts_with(SIGN_IN) && !path.starts_with(SET_UP))
        .unwrap_or(INBOX)
        .to_owned()
}

fn query(pairs: &[(&'static str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        percent_encode(value, &mut text);
    }
    text
}

fn percent_encode(value: &str, text: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{after_sign_in, inbox, sign_in_for};
    use crate::state::inbox::{Filter, View};

    #[test]
    fn the_inbox_address_holds_what_is_open_and_filtered() {
        let filter = Filter {
            view: View::Waiting,
            search: "a&b ü".into(),
            site: None,
        };
        assert_eq!(
            inbox(Some("conv_1"), &filter),
            "/dashboard/inbox/conv_1?view=waiting&q=a%26b%20%C3%BC"
        );
        assert_eq!(inbox(None, &Filter::default()), "/dashboard/inbox");
    }

    #[test]
    fn signing_in_leads_back_but_never_elsewhere() {
        assert_eq!(
            sign_in_for("/dashboard/sites?x=1"),
            "/dashboard/sign-in?return=/dashboard/sites%3Fx%3D1"
        );
        assert_eq!(sign_in_for("/dashboard/sign-in"), "/dashboard/sign-in");
        assert_eq!(
            after_sign_in(Some("/dashboard/sites/ch_1/install")),
            "/dashboard/sites/ch_1/install"
        );
        for foreign in [
            "https://evil.example/",
            "//evil.example",
            "/dashboard//evil",
            "/dashboard/\\evil",
            "/x",
        ] {
            assert_eq!(
                after_sign_in(Some(foreign)),
                "/dashboard/inbox",
                "{foreign}"
            );
        }
        assert_eq!(after_sign_in(None), "/dashboard/inbox");
    }
}
