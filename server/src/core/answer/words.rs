//! What a visitor writes, before it is sent.

use crate::core::contact::Contact;
use crate::core::file::Attached;
use crate::core::session;
use crate::error::{Error, Result, check};
use crate::store::site::Site;
use shared::limits;
use shared::text::{check_key, check_required_text};

/// A message to the assistant or to people.
#[derive(Debug, Clone)]
pub struct Words {
    pub text: String,
    /// Characters at most: each door's document names its own.
    pub longest: usize,
    /// The client's own id: a second message with the same one is the first.
    pub client_id: Option<String>,
    pub files: Attached,
    /// These words have to be the conversation's first, and this is how their sender can be reached.
    pub opening: Option<Contact>,
    /// The version of the consent text that the visitor has agreed to.
    pub consent_version: Option<i64>,
}

impl Words {
    /// As the widget's own surface limits them.
    pub fn new(text: String, client_id: Option<String>) -> Self {
        Self {
            text,
            longest: limits::VISITOR_MESSAGE_CHARS,
            client_id,
            files: Attached::default(),
            opening: None,
            consent_version: None,
        }
    }

    /// Refuses what cannot be asked, before anything is stored for it.
    ///
    /// # Errors
    /// `site_disabled`, `tenant_inactive`, `validation_failed` naming the field.
    pub fn check(&self, site: &Site) -> Result<()> {
        session::check_open(site)?;
        self.check_consent(site)?;
        self.check_form()
    }

    /// Refuses an agreement to what the site has never asked.
    ///
    /// # Errors
    /// `validation_failed` on `consent_version`.
    pub fn check_consent(&self, site: &Site) -> Result<()> {
        let asked = 1..=site.settings.consent.version;
        match self.consent_version {
            Some(version) if !asked.contains(&version) => Err(Error::invalid(
                "consent_version",
                "consent_version is no version of this site's consent text",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses words that cannot be a message.
    ///
    /// # Errors
    /// `validation_failed` naming the field.
    pub fn check_form(&self) -> Result<()> {
        check("message", check_required_text(&self.text, self.longest))?;
        if let Some(client_id) = &self.client_id {
            check("message_id", check_key(client_id, limits::CLIENT_ID_CHARS))?;
        }
        Ok(())
    }
}
