"""Parlance's HTTP API for Python: sites, chatbots, streamed answers, webhooks."""

from .asynchronous import AsyncChatbots, AsyncDeveloper, AsyncSite, AsyncVisitor
from .errors import (
    AuthenticationError,
    ConflictError,
    ConnectionFailed,
    ForbiddenError,
    NotFoundError,
    ParlanceError,
    RateLimitError,
    ServerError,
    StreamError,
    ValidationError,
)
from .streaming import Chunk
from .synchronous import Chatbots, Developer, Site, Visitor
from .webhooks import InvalidSignature, verify_signature, verify_webhook

__all__ = [
    "AsyncChatbots",
    "AsyncDeveloper",
    "AsyncSite",
    "AsyncVisitor",
    "AuthenticationError",
    "Chatbots",
    "Chunk",
    "ConflictError",
    "ConnectionFailed",
    "Developer",
    "ForbiddenError",
    "InvalidSignature",
    "NotFoundError",
    "ParlanceError",
    "RateLimitError",
    "ServerError",
    "Site",
    "StreamError",
    "ValidationError",
    "Visitor",
    "verify_signature",
    "verify_webhook",
]
