"""The developer API under the names of its document: ``from chat247 import Chat247``."""

from __future__ import annotations

import os
from typing import Any

from parlance import ParlanceError, RateLimitError
from parlance.synchronous import Site

__all__ = ["Chat247", "ParlanceError", "RateLimitError"]

#: A server on this machine; set CHAT247_BASE_URL, or give ``baseUrl``, for any other.
DEFAULT_BASE_URL = "http://127.0.0.1:8080/api/v1"


class Chat247(Site):
    """A client bound to one site's key."""

    def __init__(self, apiKey: str, baseUrl: str | None = None, **options: Any) -> None:
        base_url = baseUrl or os.environ.get("CHAT247_BASE_URL") or DEFAULT_BASE_URL
        super().__init__(apiKey, base_url, **options)

    def chat(self, message: str, conversationId: str | None = None) -> Any:  # type: ignore[override]
        """A test chat: ``{"reply": …, "conversationId": …}``. It reaches no inbox."""
        return super().chat(message, conversationId)

    # The document's reference spells the methods this way too.
    getSite = Site.get_site
    updateSite = Site.update_site
    getEmbed = Site.get_embed
