"""The clients for asyncio. They say the same as those of `synchronous`."""

from __future__ import annotations

import asyncio
import os
from types import TracebackType
from typing import Any, AsyncIterator, Mapping, TypeVar

import httpx

from . import calls
from .calls import Call
from .errors import ConnectionFailed, refusal, seconds
from .streaming import Answer, Chunk

Json = dict[str, Any]
Self = TypeVar("Self", bound="AsyncClient")


class AsyncClient:
    """What all clients share: one address, one credential, retries."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float = calls.TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url.rstrip("/"), headers=dict(headers or {}), timeout=timeout, transport=transport
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _open(self, call: Call) -> httpx.Response:
        """The answer to a call, its body still to be read, after as many tries as make sense."""
        tried = 0
        while True:
            tried += 1
            try:
                request = self._http.build_request(call.method, call.path, **call.arguments())
                response = await self._http.send(request, stream=True)
            except httpx.TransportError as error:
                wait = calls.wait_before_retry(call, tried, None, None)
                if wait is None:
                    raise ConnectionFailed(f"The server did not answer: {error}") from error
            else:
                if response.is_success:
                    return response
                body = await response.aread()
                await response.aclose()
                retry_after = seconds(response.headers.get("retry-after"))
                wait = calls.wait_before_retry(call, tried, response.status_code, retry_after)
                if wait is None:
                    raise refusal(response.status_code, response.headers, body)
            await asyncio.sleep(wait)

    async def _send(self, call: Call) -> bytes:
        response = await self._open(call)
        try:
            return await response.aread()
        except httpx.TransportError as error:
            raise ConnectionFailed(f"The answer broke off: {error}") from error
        finally:
            await response.aclose()

    async def _json(self, call: Call) -> Any:
        body = await self._send(call)
        return httpx.Response(200, content=body).json() if body else None

    async def _stream(self, call: Call) -> AsyncIterator[Chunk]:
        response = await self._open(call)
        answer = Answer()
        try:
            async for piece in response.aiter_bytes():
                for chunk in answer.feed(piece):
                    yield chunk
                if answer.is_over:
                    return
            answer.end()
        except httpx.TransportError as error:
            raise ConnectionFailed(f"The answer broke off: {error}") from error
        finally:
            await response.aclose()


class AsyncSite(AsyncClient):
    """One site, by its API key (``X-API-Key``)."""

    def __init__(self, api_key: str, base_url: str, **options: Any) -> None:
        super().__init__(base_url, {"X-API-Key": api_key}, **options)

    async def get_site(self) -> Json:
        """The site's configuration."""
        site: Json = await self._json(calls.get_site())
        return site

    async def update_site(self, fields: Mapping[str, Any]) -> Json:
        """Changes the given fields, all or none; gives the site as it is then."""
        site: Json = await self._json(calls.update_site(fields))
        return site

    async def get_embed(self) -> Json:
        """``{"snippet": …}``: what to paste into every page."""
        embed: Json = await self._json(calls.get_embed())
        return embed

    async def chat(self, message: str, conversation_id: str | None = None) -> Json:
        """A test chat: ``{"reply": …, "conversationId": …}``. It reaches no inbox."""
        reply: Json = await self._json(calls.test_chat(message, conversation_id))
        return reply


class AsyncDeveloper(AsyncClient):
    """Developer accounts and the sites they make. ``base_url`` ends in ``/api/v1``."""

    def __init__(self, base_url: str, developer_key: str | None = None, **options: Any) -> None:
        headers = {"Authorization": f"Bearer {developer_key}"} if developer_key else {}
        super().__init__(base_url, headers, **options)

    async def create_account(self, email: str, password: str | None = None, name: str | None = None) -> Json:
        """Makes an account; the reply shows its developer key, this once."""
        account: Json = await self._json(calls.create_developer(email, password, name))
        return account

    async def create_site(self, **fields: Any) -> Json:
        """Makes a site; the reply holds its ``siteId`` and ``apiKey``."""
        site: Json = await self._json(calls.create_site(fields))
        return site


class AsyncChatbots(AsyncClient):
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
    ) -> AsyncIterator[Chunk]:
        """Sends a message; the answer comes in pieces."""
        return self._stream(calls.chat(chatbot_id, message, visitor_id, conversation_id, language))

    async def list_chatbots(self, *, cursor: str | None = None, limit: int | None = None) -> Json:
        page: Json = await self._json(calls.list_chatbots(cursor, limit))
        return page

    async def create_chatbot(self, name: str, website: str | None = None) -> Json:
        made: Json = await self._json(calls.create_chatbot(name, website))
        return made

    async def update_chatbot(self, chatbot_id: str, fields: Mapping[str, Any]) -> Json:
        changed: Json = await self._json(calls.update_chatbot(chatbot_id, fields))
        return changed

    async def delete_chatbot(self, chatbot_id: str) -> None:
        """Deletes the chatbot with all that was its."""
        await self._send(calls.delete_chatbot(chatbot_id))

    async def add_knowledge(
        self, chatbot_id: str, kind: str, *, source: str | None = None, content: str | None = None
    ) -> Json:
        """``kind`` is ``url``, ``qa``, ``text`` or ``document``."""
        item: Json = await self._json(calls.add_knowledge(chatbot_id, kind, source, content))
        return item

    async def upload_knowledge(
        self, chatbot_id: str, path: str | os.PathLike[str], content: bytes | None = None
    ) -> Json:
        """Uploads a PDF, DOCX, TXT or MD file; without ``content`` it is read from ``path``."""
        item: Json = await self._json(calls.upload_knowledge(chatbot_id, path, content))
        return item

    async def scrape_knowledge(self, chatbot_id: str, url: str) -> Json:
        """Reads a page or a sitemap."""
        job: Json = await self._json(calls.scrape_knowledge(chatbot_id, url))
        return job

    async def reply(self, conversation_id: str, message: str) -> Json:
        """Writes to the visitor and takes the conversation over."""
        sent: Json = await self._json(calls.reply(conversation_id, message))
        return sent

    async def tag(self, conversation_id: str, tags: list[str], *, mode: str = "add") -> Json:
        """``mode`` is ``add`` or ``replace``."""
        tagged: Json = await self._json(calls.tag(conversation_id, tags, mode))
        return tagged

    async def export(self, conversation_id: str, kind: str = "csv") -> bytes:
        """The conversation as ``csv``, ``txt`` or ``json``."""
        return await self._send(calls.export(conversation_id, kind))

    async def list_webhooks(self, *, cursor: str | None = None, limit: int | None = None) -> Json:
        page: Json = await self._json(calls.list_webhooks(cursor, limit))
        return page

    async def create_webhook(self, url: str, events: list[str], description: str | None = None) -> Json:
        """The reply holds the ``secret``, this once."""
        made: Json = await self._json(calls.create_webhook(url, events, description))
        return made

    async def update_webhook(self, webhook_id: int, fields: Mapping[str, Any]) -> Json:
        changed: Json = await self._json(calls.update_webhook(webhook_id, fields))
        return changed

    async def delete_webhook(self, webhook_id: int) -> None:
        await self._send(calls.delete_webhook(webhook_id))

    async def rotate_webhook_secret(self, webhook_id: int) -> Json:
        """The reply holds the new ``secret``; for 24 hours the old one signs along."""
        rotated: Json = await self._json(calls.rotate_webhook_secret(webhook_id))
        return rotated

    async def list_deliveries(self, webhook_id: int, *, cursor: str | None = None, limit: int | None = None) -> Json:
        page: Json = await self._json(calls.list_deliveries(webhook_id, cursor, limit))
        return page

    async def replay_delivery(self, webhook_id: int, delivery_id: int) -> Json:
        delivery: Json = await self._json(calls.replay_delivery(webhook_id, delivery_id))
        return delivery


class AsyncVisitor(AsyncClient):
    """A visitor of a site: what a widget of your own needs."""

    def __init__(self, site_key: str, session_id: str, base_url: str, **options: Any) -> None:
        super().__init__(base_url, **options)
        self._site_key, self._session_id = site_key, session_id

    def stream(self, message: str, *, lang: str | None = None, message_id: str | None = None) -> AsyncIterator[Chunk]:
        """Sends a message; the answer comes in pieces."""
        return self._stream(calls.visitor_stream(self._site_key, self._session_id, message, lang, message_id))

    async def history(self) -> Json:
        history: Json = await self._json(calls.visitor_history(self._site_key, self._session_id))
        return history
