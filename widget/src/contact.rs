//! How else the site can be reached, as its settings say.

use crate::config::Config;
use crate::i18n::Text;
use crate::markdown::safe_address;

/// One way to the site.
#[derive(Debug, PartialEq, Eq)]
pub struct Way<'a> {
    pub name: Text,
    pub address: String,
    /// What people may want to read or copy where the link cannot help them.
    pub shown: Option<&'a str>,
}

/// Those that are given, the quickest first.
pub fn ways(config: &Config) -> Vec<Way<'_>> {
    let phone = config.contact_phone.as_deref();
    let mail = config.contact_email.as_deref();
    let page =
        |address: &Option<String>| address.as_deref().and_then(safe_address).map(String::from);
    [
        (Text::Phone, phone.and_then(dialled), phone),
        (Text::Email, mail.and_then(written), mail),
        (Text::ContactPage, page(&config.contact_url), None),
        (Text::Website, page(&config.website_url), None),
    ]
    .into_iter()
    .filter_map(|(name, address, shown)| {
        Some(Way {
            name,
            address: address?,
            shown,
        })
    })
    .collect()
}

fn written(mail: &str) -> Option<String> {
    let address = ["mailto:", mail].concat();
    safe_address(&address).is_some().then_some(address)
}

/// The digits to dial: without an extension, and without the `(0)` that is not dialled from abroad.
fn dialled(phone: &str) -> Option<String> {
    let number = phone.split('x').next()?.trim();
    let (plus, number) = match number.strip_prefix('+') {
        Some(abroad) => ("+", abroad.replace("(0)", "")),
        None => ("", number.into()),
    };
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| ["tel:", plus, &digits].concat())
}

#[cfg(test)]
mod tests {
    use super::{Way, dialled, ways};
    use crate::config::Config;
    use crate::i18n::Text;

    #[test]
    fn a_number_is_dialled_as_a_telephone_needs_it() {
        for (phone, address) in [
            ("+49 (0) 30 / 123-45", Some("tel:+493012345")),
            ("+1 (555) 010.9999 x12", Some("tel:+15550109999")),
            ("(030) 12345", Some("tel:03012345")),
            ("call us", None),
            ("x12", None),
        ] {
            assert_eq!(dialled(phone).as_deref(), address, "{phone}");
        }
    }

    #[test]
    fn every_way_that_is_given_is_offered() {
        let config = Config {
            contact_phone: Some("+49 30 12345".into()),
            contact_email: Some("help@acme.example".into()),
            contact_url: Some("https://acme.example/contact".into()),
            website_url: Some("https://acme.example".into()),
            ..Config::default()
        };
        let way = |name, address: &str, shown| Way {
            name,
            address: address.into(),
            shown,
        };
        assert_eq!(
            ways(&config),
            [
                way(Text::Phone, "tel:+493012345", Some("+49 30 12345")),
                way(
                    Text::Email,
                    "mailto:help@acme.example",
                    Some("help@acme.example")
                ),
                way(Text::ContactPage, "https://acme.example/contact", None),
                way(Text::Website, "https://acme.example", None),
            ]
        );
    }

    #[test]
    fn what_is_absent_or_leads_astray_is_not() {
        let config = Config {
            contact_phone: Some(" ".into()),
            contact_email: Some("a b@acme.example".into()),
            contact_url: Some("javascript:alert(1)".into()),
            website_url: Some("acme.example".into()),
            ..Config::default()
        };
        assert_eq!(ways(&config), []);
    }
}
