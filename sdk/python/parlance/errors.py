"""What can go wrong, as types: every refusal knows its status, code, sentence and when to come again."""

from __future__ import annotations

import json
from typing import Any


class ParlanceError(Exception):
    """The server refused, or could not be asked."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        #: The HTTP status; none where there was no answer.
        self.status = status
        #: The machine-readable code, such as ``validation_failed``.
        self.code = code
        #: Seconds after which trying again makes sense, where the server said so.
        self.retry_after = retry_after
        #: Names the request in the server's log.
        self.request_id = request_id


class ValidationError(ParlanceError):
    """400, 413, 415 or 422: the request is not as documented."""


class AuthenticationError(ParlanceError):
    """401: the key is missing or wrong."""


class ForbiddenError(ParlanceError):
    """402 or 403: the key, role or plan does not allow it."""


class NotFoundError(ParlanceError):
    """404: not there, or not yours."""


class ConflictError(ParlanceError):
    """409: it does not fit what is there."""


class RateLimitError(ParlanceError):
    """429: too many requests; ``retry_after`` says when to come again."""


class ServerError(ParlanceError):
    """5xx: something went wrong on the server."""


class ConnectionFailed(ParlanceError):
    """There was no answer."""


class StreamError(ParlanceError):
    """A streamed answer broke off."""


_TYPES: dict[int, type[ParlanceError]] = {
    400: ValidationError,
    401: AuthenticationError,
    402: ForbiddenError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    413: ValidationError,
    415: ValidationError,
    422: ValidationError,
    429: RateLimitError,
}


def seconds(header: str | None) -> float | None:
    """A ``Retry-After`` in seconds."""
    try:
        return max(0.0, float(header)) if header is not None else None
    except ValueError:
        return None


def _words(body: bytes) -> tuple[str | None, str | None]:
    """Code and sentence of an error body, in the form of whichever surface answered."""
    try:
        fields: Any = json.loads(body)
    except ValueError:
        return None, None
    if not isinstance(fields, dict):
        return None, None
    error, message, detail = fields.get("error"), fields.get("message"), fields.get("detail")
    code = fields.get("code") or (error if isinstance(message, str) else None)
    sentence = next((words for words in (message, detail, error) if isinstance(words, str)), None)
    return (code if isinstance(code, str) else None), sentence


def refusal(status: int, headers: Any, body: bytes) -> ParlanceError:
    """The error that an answer stands for."""
    kind = _TYPES.get(status, ServerError if status >= 500 else ParlanceError)
    code, sentence = _words(body)
    return kind(
        sentence or f"The server answered with status {status}.",
        status=status,
        code=code,
        retry_after=seconds(headers.get("retry-after")),
        request_id=headers.get("x-request-id"),
    )
