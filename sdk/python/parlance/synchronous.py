"""The clients that wait."""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import Any, Iterator, Mapping, TypeVar

import httpx

from . import calls
from .calls import Call
from .errors import ConnectionFailed, refusal, seconds
from .streaming import Answer, Chunk

Json = dict[str, Any]
Self = TypeVar("Self", bound="Client")


class Client:
    """What all clients share: one address, one credential, retries."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float = calls.TIMEOUT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"), headers=dict(headers or {}), timeout=timeout, transport=transport
        )

    def close(self) -> None:
        self._http.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, call: Call) -> httpx.Response:
        """The answer to a call, its body still to be read, after as many tries as make sense."""
        tried = 0
        while True:
            tried += 1
            try:
                request = self._http.build_request(call.method, call.path, **call.arguments())
                response = self._http.send(request, stream=True)
            except httpx.TransportError as error:
                wait = calls.wait_before_retry(call, tried, None, None)
                if wait is None:
                    raise ConnectionFailed(f"The server did not answer: {error}") from error
            else:
                if response.is_success:
                    return response
                body = response.read()
                response.close()
                retry_after = seconds(response.headers.get("retry-after"))
                wait = calls.wait_before_retry(call, tried, response.status_code, retry_after)
                if wait is None:
                    raise refusal(response.status_code, response.headers, body)
            time.sleep(wait)

    def _send(self, call: Call) -> bytes:
        response = self._open(call)
        try:
            return response.read()
        except httpx.TransportError as error:
            raise ConnectionFailed(f"The answer broke off: {error}") from error
        finally:
            response.close()

    def _json(self, call: Call) -> Any:
        body = self._send(call)
        return httpx.Response(200, content=body).json() if body else None

    def _stream(self, call: Call) -> Iterator[Chunk]:
        response = self._open(call)
        answer = Answer()
        try:
            for piece in response.iter_bytes():
                yield from answer.feed(piece)
                if answer.is_over:
                    return
            answer.end()
        except httpx.TransportError as error:
            raise ConnectionFailed(f"The answer broke off: {error}") from error
        finally:
            response.close()


class Site(Client):
    """One site, by its API key (``X-API-Key``)."""

    def __init__(self, api_key: str, base_url: str, **options: Any) -> None:
        super().__init__(base_url, {"X-API-Key": api_key}, **options)

    def get_site(self) -> Json:
        """The site's configuration."""
        site: Json = self._json(calls.get_site())
        return site

    def update_site(self, fields: Mapping[str, Any]) -> Json:
        """Changes the given fields, all or none; gives the site as it is then."""
        site: Json = self._json(calls.update_site(fields))
        return site

    def get_embed(self) -> Json:
        """``{"snippet": …}``: what to paste into every page."""
        embed: Json = self._json(calls.get_embed())
        return embed

    def chat(self, message: str, conversation_id: str | None = None) -> Json:
        """A test chat: ``{"reply": …, "conversationId": …}``. It reaches no inbox."""
        reply: Json = self._json(calls.test_chat(message, conversation_id))
        return reply


class Developer(Client):
    """Developer accounts and the sites they make. ``base_url`` ends in ``/api/v1``."""

    def __init__(self, base_url: str, developer_key: str | None = None, **options: Any) -> None:
        headers = {"Authorization": f"Bearer {developer_key}"} if developer_key else {}
        super().__init__(base_url, headers, **options)

    def create_account(self, email: str, password: str | None = None, name: str | None = None) -> Json:
        """Makes an account; the reply shows its developer key, this once."""
        account: Json = self._json(calls.create_developer(email, password, name))
        return account

    def create_site(self, **fields: Any) -> Json:
        """Makes a site; the reply holds its ``siteId`` and ``apiKey``."""
        site: Json = self._json(calls.create_site(fields))
        return site


class Chatbots(Client):
    """The chatbots API, by an API key of the account (``ck_live_…``)."""

    def __init__(self, api_key: str, base_url: str, **options: Any) -> None:
        super().__init__(base_url, {"Authorization": f"Bearer {api_key}"}, **options)

    def chat(
        self,
        chatbot_id: str,
        message: str,
        *,
        visitor_id: str | None = None,
        conversation_id: str | None = None,
        language: str | None = None,
    ) -> Iterator[Chunk]:
        """Sends a message; the answer comes in pieces."""
        return self._stream(calls.chat(chatbot_id, message, visitor_id, conversation_id, language))

    def list_chatbots(self, *, cursor: str | None = None, limit: int | None = None) -> Json:
        page: Json = self._json(calls.list_chatbots(cursor, limit))
        return page

    def create_chatbot(self, name: str, website: str | None = None) -> Json:
        made: Json = self._json(calls.create_chatbot(name, website))
        return made

    def update_chatbot(self, chatbot_id: str, fields: Mapping[str, Any]) -> Json:
        changed: Json = self._json(calls.update_chatbot(chatbot_id, fields))
        return changed

    def delete_chatbot(self, chatbot_id: str) -> None:
        """Deletes the chatbot with all that was its."""
        self._send(calls.delete_chatbot(chatbot_id))

    def add_knowledge(
        self, chatbot_id: str, kind: str, *, source: str | None = None, content: str | None = None
    ) -> Json:
        """``kind`` is ``url``, ``qa``, ``text`` or ``document``."""
        item: Json = self._json(calls.add_knowledge(chatbot_id, kind, source, content))
        return item

    def upload_knowledge(
        self, chatbot_id: str, path: str | os.PathLike[str], content: bytes | None = None
    ) -> Json:
        """Uploads a PDF, DOCX, TXT or MD file; without ``content`` it is read from ``path``."""
        item: Json = self._json(calls.upload_knowledge(chatbot_id, path, content))
        return item

    def scrape_knowledge(self, chatbot_id: str, url: str) -> Json:
        """Reads a page or a sitemap."""
        job: Json = self._json(calls.scrape_knowledge(chatbot_id, url))
        return job

    def reply(self, conversation_id: str, message: str) -> Json:
        """Writes to the visitor and takes the conversation over."""
        sent: Json = self._json(calls.reply(conversation_id, message))
        return sent

    def tag(self, conversation_id: str, tags: list[str], *, mode: str = "add") -> Json:
        """``mode`` is ``add`` or ``replace``."""
        tagged: Json = self._json(calls.tag(conversation_id, tags, mode))
        return tagged

    def export(self, conversation_id: str, kind: str = "csv") -> bytes:
        """The conversation as ``csv``, ``txt`` or ``json``."""
        return self._send(calls.export(conversation_id, kind))

    def list_webhooks(self, *, cursor: str | None = None, limit: int | None = None) -> Json:
        page: Json = self._json(calls.list_webhooks(cursor, limit))
        return page

    def create_webhook(self, url: str, events: list[str], description: str | None = None) -> Json:
        """The reply holds the ``secret``, this once."""
        made: Json = self._json(calls.create_webhook(url, events, description))
        return made

    def update_webhook(self, webhook_id: int, fields: Mapping[str, Any]) -> Json:
        changed: Json = self._json(calls.update_webhook(webhook_id, fields))
        return changed

    def delete_webhook(self, webhook_id: int) -> None:
        self._send(calls.delete_webhook(webhook_id))

    def rotate_webhook_secret(self, webhook_id: int) -> Json:
        """The reply holds the new ``secret``; for 24 hours the old one signs along."""
        rotated: Json = self._json(calls.rotate_webhook_secret(webhook_id))
        return rotated

    def list_deliveries(self, webhook_id: int, *, cursor: str | None = None, limit: int | None = None) -> Json:
        page: Json = self._json(calls.list_deliveries(webhook_id, cursor, limit))
        return page

    def replay_delivery(self, webhook_id: int, delivery_id: int) -> Json:
        delivery: Json = self._json(calls.replay_delivery(webhook_id, delivery_id))
        return delivery


class Visitor(Client):
    """A visitor of a site: what a widget of your own needs."""

    def __init__(self, site_key: str, session_id: str, base_url: str, **options: Any) -> None:
        super().__init__(base_url, **options)
        self._site_key, self._session_id = site_key, session_id

    def stream(self, message: str, *, lang: str | None = None, message_id: str | None = None) -> Iterator[Chunk]:
        """Sends a message; the answer comes in pieces."""
        return self._stream(calls.visitor_stream(self._site_key, self._session_id, message, lang, message_id))

    def history(self) -> Json:
        history: Json = self._json(calls.visitor_history(self._site_key, self._session_id))
        return history
