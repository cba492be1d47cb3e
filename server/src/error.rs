//! The one error of the server: a code of the shared table, an optional public detail, and the cause that is
//! only ever logged. Neither HTTP nor SQL appears here; surfaces map it to their documented bodies.

use shared::error::ErrorCode;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The part of a request that a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    #[default]
    Body,
    Query,
    Path,
    Header,
}

/// What is wrong with the field a refusal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Problem {
    #[default]
    Value,
    Missing,
    Type,
}

/// Why something was refused or failed.
#[derive(Debug)]
pub struct Error {
    pub code: ErrorCode,
    /// A public sentence more exact than the table's.
    pub detail: Option<Cow<'static, str>>,
    /// The field of the request the refusal is about.
    pub field: Option<Cow<'static, str>>,
    pub place: Place,
    pub problem: Problem,
    /// When trying again makes sense.
    pub retry_after: Option<Duration>,
    /// Logged once where the reply is made, never sent.
    pub cause: Option<Cause>,
}

impl Error {
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            detail: None,
            field: None,
            place: Place::Body,
            problem: Problem::Value,
            retry_after: None,
            cause: None,
        }
    }

    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// A bad value in a named field.
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(ErrorCode::ValidationFailed).with_detail(detail)
        }
    }

    /// A field that has to be there is not.
    pub fn missing(field: impl Into<Cow<'static, str>>) -> Self {
        let field = field.into();
        let detail = format!("{field} is required");
        Self {
            problem: Problem::Missing,
            ..Self::invalid(field, detail)
        }
    }

    /// A field holds another type than documented.
    pub fn wrong_type(field: impl Into<Cow<'static, str>>) -> Self {
        let field = field.into();
        let detail = format!("{field} has the wrong type");
        Self {
            problem: Problem::Type,
            ..Self::invalid(field, detail)
        }
    }

    /// Says that the refusal is about another part of the request than its body.
    #[must_use]
    pub const fn within(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Something that cannot happen did; the cause is for the log.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(ErrorCode::Internal).with_cause(cause)
    }

    /// The sentence to show.
    pub fn public_message(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.code.message())
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code.code(), self.public_message())?;
        match &self.cause {
            Some(cause) => write!(formatter, " ({cause})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// Refuses a text field by the shared rules, naming the field.
pub fn check(
    field: &'static str,
    outcome: std::result::Result<(), shared::text::TextProblem>,
) -> Result<()> {
    outcome.map_err(|problem| Error::invalid(field, problem.describe(field)))
}
