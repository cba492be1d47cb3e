//! The one error table: every refusal any surface gives has its code, HTTP status and public text here.

/// Why a request was refused or an answer broke off. The text is safe to show to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    AccountExists,
    BadRequest,
    BotNotFound,
    ConflictingCredentials,
    Conflict,
    ForbiddenAddress,
    ForbiddenField,
    ForbiddenRole,
    Internal,
    InvalidApiKey,
    InvalidCredentials,
    InvalidJson,
    InvalidSession,
    MailUnavailable,
    MethodNotAllowed,
    ModelInterrupted,
    ModelUnavailable,
    NotFound,
    OriginNotAllowed,
    PayloadTooLarge,
    RateLimited,
    SetupClosed,
    ShuttingDown,
    SignupClosed,
    SiteDisabled,
    StorageUnavailable,
    TenantInactive,
    TooLate,
    TooManyStreams,
    Unauthenticated,
    UnknownField,
    UnsupportedMediaType,
    UpgradeRequired,
    ValidationFailed,
    VisitorBlocked,
    VoiceFailed,
    VoiceUnavailable,
}

impl ErrorCode {
    /// Every code, for tables in documentation and for tests.
    pub const ALL: [Self; 37] = [
        Self::AccountExists,
        Self::BadRequest,
        Self::BotNotFound,
        Self::ConflictingCredentials,
        Self::Conflict,
        Self::ForbiddenAddress,
        Self::ForbiddenField,
        Self::ForbiddenRole,
        Self::Internal,
        Self::InvalidApiKey,
        Self::InvalidCredentials,
        Self::InvalidJson,
        Self::InvalidSession,
        Self::MailUnavailable,
        Self::MethodNotAllowed,
        Self::ModelInterrupted,
        Self::ModelUnavailable,
        Self::NotFound,
        Self::OriginNotAllowed,
        Self::PayloadTooLarge,
        Self::RateLimited,
        Self::SetupClosed,
        Self::ShuttingDown,
        Self::SignupClosed,
        Self::SiteDisabled,
        Self::StorageUnavailable,
        Self::TenantInactive,
        Self::TooLate,
        Self::TooManyStreams,
        Self::Unauthenticated,
        Self::UnknownField,
        Self::UnsupportedMediaType,
        Self::UpgradeRequired,
        Self::ValidationFailed,
        Self::VisitorBlocked,
        Self::VoiceFailed,
        Self::VoiceUnavailable,
    ];

    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::AccountExists => (
                "account_exists",
                409,
                "An account with this address already exists.",
            ),
            Self::BadRequest => ("bad_request", 400, "The request cannot be read."),
            Self::BotNotFound => ("bot_not_found", 404, "Bot not found."),
            Self::ConflictingCredentials => (
                "conflicting_credentials",
                400,
                "The credentials of this request name different callers.",
            ),
            Self::Conflict => (
                "conflict",
                409,
                "This no longer fits the current state. Reload and try again.",
            ),
            Self::ForbiddenAddress => (
                "forbidden_address",
                400,
                "This address cannot be reached from here.",
            ),
            Self::ForbiddenField => ("forbidden_field", 403, "This field cannot be changed here."),
            Self::ForbiddenRole => ("forbidden", 403, "Your role does not allow this."),
            Self::Internal => (
                "internal_error",
                500,
                "Something went wrong on our side. It has been recorded.",
            ),
            Self::InvalidApiKey => (
                "invalid_api_key",
                401,
                "The X-API-Key header is missing or invalid.",
            ),
            Self::InvalidCredentials => (
                "invalid_credentials",
                401,
                "The email address or the password is wrong.",
            ),
            Self::InvalidJson => ("invalid_json", 400, "The body is not valid JSON."),
            Self::InvalidSession => ("invalid_session", 422, "The session_id is not valid."),
            Self::MailUnavailable => ("mail_unavailable", 409, "This server sends no mail."),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                405,
                "This method is not allowed here.",
            ),
            Self::ModelInterrupted => (
                "model_interrupted",
                502,
                "The answer broke off. You can ask again or talk to a human.",
            ),
            Self::ModelUnavailable => (
                "model_unavailable",
                502,
                "The assistant cannot answer right now. You can try again or talk to a human.",
            ),
            Self::NotFound => ("not_found", 404, "Not found."),
            Self::OriginNotAllowed => (
                "origin_not_allowed",
                403,
                "This chat may not be used from this page.",
            ),
            Self::PayloadTooLarge => ("payload_too_large", 413, "The request is too large."),
            Self::RateLimited => (
                "rate_limited",
                429,
                "Too many requests. Please wait a moment.",
            ),
            Self::SetupClosed => (
                "setup_closed",
                403,
                "Set-up is closed, or the set-up token is wrong.",
            ),
            Self::ShuttingDown => (
                "shutting_down",
                503,
                "The server is restarting. Please try again.",
            ),
            Self::SignupClosed => (
                "signup_closed",
                403,
                "This instance does not let new accounts sign themselves up.",
            ),
            Self::SiteDisabled => (
                "site_disabled",
                403,
                "This chat is switched off at the moment.",
            ),
            Self::StorageUnavailable => (
                "storage_unavailable",
                503,
                "Storage is not available right now. Please try again.",
            ),
            Self::TenantInactive => ("tenant_inactive", 403, "This account is not active."),
            Self::TooLate => ("too_late", 409, "This can no longer be changed."),
            Self::TooManyStreams => (
                "too_many_streams",
                429,
                "Too many live connections from this address.",
            ),
            Self::Unauthenticated => (
                "unauthenticated",
                401,
                "Please sign in: a valid credential is required.",
            ),
            Self::UnknownField => (
                "unknown_field",
                400,
                "The request has a field that is not known.",
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                415,
                "Send the body as application/json.",
            ),
            Self::UpgradeRequired => (
                "upgrade_required",
                402,
                "The account's plan does not allow another site.",
            ),
            Self::ValidationFailed => ("validation_failed", 422, "The request is not valid."),
            Self::VisitorBlocked => ("visitor_blocked", 403, "You cannot send messages here."),
            Self::VoiceFailed => (
                "voice_failed",
                502,
                "Speech does not work right now. Please try again.",
            ),
            Self::VoiceUnavailable => (
                "voice_unavailable",
                409,
                "Speech is not set up for this chat.",
            ),
        }
    }

    /// The code with this machine-readable name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }

    /// The machine-readable code, stable across releases.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status where the surface's document names no other.
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// One sentence for people, without internals.
    pub const fn message(self) -> &'static str {
        self.row().2
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_statuses_are_errors() {
        let codes: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        assert!(
            ErrorCode::ALL
                .iter()
                .all(|code| (400..600).contains(&code.status()))
        );
    }
}
