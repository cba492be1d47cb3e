"""Every call of the API as data, so that the synchronous and the asynchronous client say the same."""

from __future__ import annotations

import os
import random
import uuid
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Mapping
from urllib.parse import quote

#: Tries of one call, the first included.
TRIES = 4
#: A server that wants a longer wait than this gets an error instead. Limits are counted by the minute.
LONGEST_WAIT = 60.0
#: Seconds for connecting and for each wait for bytes. A whole answer may take the server 120.
TIMEOUT = 150.0


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    json: Any = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    file: tuple[str, tuple[str, bytes]] | None = None

    def arguments(self) -> dict[str, Any]:
        """As httpx takes it."""
        arguments: dict[str, Any] = {"headers": dict(self.headers)}
        if self.params:
            arguments["params"] = dict(self.params)
        if self.json is not None:
            arguments["json"] = self.json
        if self.form is not None:
            arguments["data"] = dict(self.form)
        if self.file is not None:
            arguments["files"] = dict([self.file])
        return arguments

    @property
    def repeats_safely(self) -> bool:
        """Whether sending it twice does no harm even if the first one was carried out."""
        return self.method in ("GET", "PATCH", "DELETE")


def wait_before_retry(call: Call, tried: int, status: int | None, retry_after: float | None) -> float | None:
    """Seconds to wait before the next try; none where there is none.

    429 means that the request was turned away before anything was done, so every call may be repeated after it. After 503 and
    after a connection that failed only those are repeated that do no harm twice.
    """
    if tried >= TRIES:
        return None
    if status != 429 and not (status in (None, 503) and call.repeats_safely):
        return None
    backing_off: float = 0.5 * 2 ** (tried - 1) * (1 + random.random() / 4)
    wait = backing_off if retry_after is None else retry_after
    return wait if wait <= LONGEST_WAIT else None


def _segment(text: str | int) -> str:
    return quote(str(text), safe="")


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _post(path: str, body: Any, **more: Any) -> Call:
    """A creating call carries a key of its own, so that a repeated one creates nothing twice."""
    return Call("POST", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())}, **more)


# --- The developer API: one site, by its key -------------------------------------------------------------------------


def get_site() -> Call:
    return Call("GET", "/site")


def update_site(fields: Mapping[str, Any]) -> Call:
    return Call("PATCH", "/site", json=dict(fields))


def get_embed() -> Call:
    return Call("GET", "/embed")


def test_chat(message: str, conversation_id: str | None) -> Call:
    return _post("/chat", _given(message=message, conversationId=conversation_id))


def create_developer(email: str, password: str | None, name: str | None) -> Call:
    return Call("POST", "/developers", json=_given(email=email, password=password, name=name))


def create_site(fields: Mapping[str, Any]) -> Call:
    return _post("/sites", dict(fields))


# --- The chatbots API -------------------------------------------------------------------------------------------------


def chat(
    chatbot_id: str, message: str, visitor_id: str | None, conversation_id: str | None, language: str | None
) -> Call:
    body = _given(message=message, visitorId=visitor_id, conversationId=conversation_id, language=language)
    return _post(f"/api/chat/{_segment(chatbot_id)}", body)


def list_chatbots(cursor: str | None, limit: int | None) -> Call:
    return Call("GET", "/api/chatbots", params=_paging(cursor, limit))


def create_chatbot(name: str, website: str | None) -> Call:
    return _post("/api/chatbots", _given(name=name, website=website))


def update_chatbot(chatbot_id: str, fields: Mapping[str, Any]) -> Call:
    return Call("PATCH", f"/api/chatbots/{_segment(chatbot_id)}", json=dict(fields))


def delete_chatbot(chatbot_id: str) -> Call:
    return Call("DELETE", f"/api/chatbots/{_segment(chatbot_id)}")


def add_knowledge(chatbot_id: str, kind: str, source: str | None, content: str | None) -> Call:
    body = {"chatbotId": chatbot_id, "type": kind, "source": source, "content": content}
    return _post("/api/knowledge", {name: value for name, value in body.items() if value is not None})


def upload_knowledge(chatbot_id: str, path: str | os.PathLike[str], content: bytes | None) -> Call:
    if content is None:
        with open(path, "rb") as file:
            content = file.read()
    name = PurePath(path).name
    return Call("POST", "/api/knowledge/upload", form={"chatbotId": chatbot_id}, file=("file", (name, content)))


def scrape_knowledge(chatbot_id: str, url: str) -> Call:
    return _post("/api/knowledge/scrape", {"chatbotId": chatbot_id, "url": url})


def reply(conversation_id: str, message: str) -> Call:
    return _post(f"/api/conversations/{_segment(conversation_id)}/reply", {"message": message})


def tag(conversation_id: str, tags: list[str], mode: str) -> Call:
    path = f"/api/conversations/{_segment(conversation_id)}/tags"
    return Call("POST", path, json={"tags": tags, "mode": mode})


def export(conversation_id: str, kind: str) -> Call:
    return Call("GET", f"/api/conversations/{_segment(conversation_id)}/export", params={"format": kind})


def list_webhooks(cursor: str | None, limit: int | None) -> Call:
    return Call("GET", "/api/webhooks", params=_paging(cursor, limit))


def create_webhook(url: str, events: list[str], description: str | None) -> Call:
    return _post("/api/webhooks", _given(url=url, events=events, description=description))


def update_webhook(webhook_id: int, fields: Mapping[str, Any]) -> Call:
    return Call("PATCH", f"/api/webhooks/{webhook_id}", json=dict(fields))


def delete_webhook(webhook_id: int) -> Call:
    return Call("DELETE", f"/api/webhooks/{webhook_id}")


def rotate_webhook_secret(webhook_id: int) -> Call:
    return Call("POST", f"/api/webhooks/{webhook_id}/rotate", json={})


def list_deliveries(webhook_id: int, cursor: str | None, limit: int | None) -> Call:
    return Call("GET", f"/api/webhooks/{webhook_id}/deliveries", params=_paging(cursor, limit))


def replay_delivery(webhook_id: int, delivery_id: int) -> Call:
    return Call("POST", f"/api/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", json={})


def _paging(cursor: str | None, limit: int | None) -> dict[str, str]:
    return {name: str(value) for name, value in _given(cursor=cursor, limit=limit).items()}


# --- The visitor API ---------------------------------------------------------------------------------------------------


def visitor_stream(site_key: str, session_id: str, message: str, lang: str | None, message_id: str | None) -> Call:
    # The message's id makes a repeated one the same message.
    body = _given(
        site_key=site_key, session_id=session_id, message=message, lang=lang, message_id=message_id or str(uuid.uuid4())
    )
    return Call("POST", "/api/v1/chat/stream", json=body)


def visitor_history(site_key: str, session_id: str) -> Call:
    return Call("GET", "/api/v1/chat/history", params={"site_key": site_key, "session_id": session_id})
