//! Addresses of mail, as they are judged everywhere.

use email_address::{EmailAddress, Options};

/// A domain has to be a name with a dot in it: mail goes out into the world, not to a machine next door.
const BARE: Options = Options {
    minimum_sub_domains: 2,
    allow_domain_literal: false,
    allow_display_text: false,
};

/// An address and nothing beside it: `jane@example.com`.
pub fn is_address(text: &str) -> bool {
    EmailAddress::parse_with_options(text, BARE).is_ok()
}

/// An address, perhaps with the name to show before it: `Acme <chat@example.com>`.
pub fn is_sender(text: &str) -> bool {
    let has_control = text.chars().any(char::is_control);
    !has_control && EmailAddress::parse_with_options(text, BARE.with_display_text()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{is_address, is_sender};

    #[test]
    fn an_address_stands_alone_and_its_domain_has_a_dot() {
        for good in [
            "jane@example.com",
            "jane.doe+chat@mail.example.co.uk",
            "jörg@exämple.de",
        ] {
            assert!(is_address(good) && is_sender(good), "{good}");
        }
        for bad in [
            "",
            "jane",
            "Jane <jane@example.com>",
            "<jane@example.com>",
            "a.b@c",
            "a@localhost",
            "a@[1.2.3.4]",
            "a@[IPv6:::1]",
            "a@b@example.com",
            "a b@example.com",
            "@example.com",
            "a@example..com",
            "a@.com",
            "a@example.com.",
            "a@example.com, b@example.com",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_sender_may_have_a_name() {
        assert!(is_sender("Acme Support <chat@example.com>"));
        for bad in [
            "Acme",
            "Acme <chat>",
            "Acme <chat@localhost>",
            "Acme <chat@example.com",
            "Acme\r\nBcc: all@example.com <chat@example.com>",
        ] {
            assert!(!is_sender(bad), "{bad}");
        }
    }
}
