"""Verifying that a webhook's request comes from your Parlance server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any, Mapping

#: How far a request's time may be from now, in seconds.
TOLERANCE = 300


class InvalidSignature(Exception):
    """The request was not signed with this secret, or is too old."""


def _bytes(body: bytes | str) -> bytes:
    return body.encode("utf-8") if isinstance(body, str) else bytes(body)


def verify_signature(body: bytes | str, signature: str | None, secret: str) -> bool:
    """Whether ``X-Chattery-Signature`` is that of ``body``; a request without that header is not signed. Use the body exactly as it arrived."""
    if not secret:
        raise ValueError("the secret must not be empty")
    if signature is None:
        return False
    expected = hmac.new(secret.encode("utf-8"), _bytes(body), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode("ascii"), signature.encode("utf-8"))


def verify_webhook(
    body: bytes | str, headers: Mapping[str, str], secret: str, *, now: float | None = None, tolerance: int = TOLERANCE
) -> dict[str, Any]:
    """The payload of a request whose Standard Webhooks headers hold good; it also refuses old requests.

    Raises :class:`InvalidSignature` where they do not. ``webhook-id`` is the same for every try: drop what you have seen.
    """
    named = {name.lower(): value for name, value in headers.items()}
    try:
        event_id, timestamp, signatures = (
            named[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        )
        seconds = int(timestamp)
    except (KeyError, ValueError) as error:
        raise InvalidSignature("the request has no Standard Webhooks headers") from error
    if abs((time.time() if now is None else now) - seconds) > tolerance:
        raise InvalidSignature("the request is too old, or from the future")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    if not key:
        raise ValueError("the secret must not be empty")
    signed = f"{event_id}.{timestamp}.".encode("utf-8") + _bytes(body)
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # After a rotation there are several, one for each secret.
    given = [part[3:] for part in signatures.split(" ") if part.startswith("v1,")]
    if not any(hmac.compare_digest(expected, signature.encode("utf-8")) for signature in given):
        raise InvalidSignature("the request was not signed with this secret")
    payload: dict[str, Any] = json.loads(body)
    return payload
