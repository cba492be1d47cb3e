//! Whether the chat stands on a page as it should: what a look at the page from outside tells.

use serde::{Deserialize, Serialize};

/// `POST /bots/{bot_id}/install-check`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstallCheckRequest {
    /// A page that the chat should be on.
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstallCheck {
    /// Where the redirects led.
    pub url: String,
    /// No finding keeps the chat from working on this page.
    pub installed: bool,
    /// This server's tags on the page, in their order.
    pub tags: Vec<InstallTag>,
    pub findings: Vec<InstallFinding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstallTag {
    pub src: String,
    /// As the tag spells it.
    pub site: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstallFinding {
    pub code: InstallCode,
    pub severity: InstallSeverity,
    /// What was found and what to do, in English.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InstallSeverity {
    /// The chat does not work on this page.
    Error,
    /// It works, and something should be put right.
    Warning,
    /// What cannot be told from outside.
    Hint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InstallCode {
    /// No answer, or one that is no page.
    PageUnreachable,
    TagMissing,
    /// The tag names no site.
    SiteMissing,
    /// The tag names another site.
    WrongSite,
    /// The tag loads another server's chat.
    OtherServer,
    DoubleTag,
    /// The site does not allow pages of this origin.
    OriginNotAllowed,
    /// The page's content security policy keeps a part of the chat out.
    ContentSecurityPolicy,
    /// A page over HTTPS does not load a chat over HTTP.
    InsecureTag,
    SiteDisabled,
    /// The page waits for the tag.
    BlockingTag,
    /// Something on the page may add the tag later.
    TagManager,
}
