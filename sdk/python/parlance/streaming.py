"""Streamed answers: bytes of server-sent events in, pieces of text out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Iterator

from .errors import StreamError


@dataclass(frozen=True)
class Chunk:
    """A piece of an answer. The pieces joined are the whole answer."""

    text: str
    #: ``conv_…`` of the chatbots API, the number of the visitor API; none until the server has said it.
    conversation_id: str | int | None = None


class Events:
    """Cuts a stream into the data of its events. Bytes may come in any pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> Iterator[str]:
        # A carriage return at the end may be the first half of a line's end.
        text = self._rest + piece
        lines = text.replace(b"\r\n", b"\n").split(b"\n\n")
        self._rest = lines.pop()
        for block in lines:
            data = [line[5:].lstrip(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
            if data:
                yield b"\n".join(data).decode("utf-8")


class Answer:
    """Reads the events of one answer, in the form of either API."""

    def __init__(self) -> None:
        self._events = Events()
        #: The answer's end has been seen.
        self.is_over = False
        self.conversation_id: str | int | None = None

    def feed(self, piece: bytes) -> Iterator[Chunk]:
        for data in self._events.feed(piece):
            chunk = self._read(data)
            if chunk is not None:
                yield chunk

    def end(self) -> None:
        """Call it when the bytes are at their end: an answer without its own end has broken off."""
        if not self.is_over:
            raise StreamError("The answer broke off.", code="model_interrupted")

    def _read(self, data: str) -> Chunk | None:
        if data == "[DONE]":
            self.is_over = True
            return None
        fields: dict[str, Any] = json.loads(data)
        kind = fields.get("type")
        if "error" in fields or kind == "error":
            raise StreamError(
                fields.get("message") or "The answer broke off.", code=fields.get("code") or fields.get("error")
            )
        if kind == "done":
            self.is_over = True
            self.conversation_id = (fields.get("meta") or {}).get("conversation_id", self.conversation_id)
            return None
        self.conversation_id = fields.get("conversationId", self.conversation_id)
        text = fields.get("text", fields.get("content"))
        return Chunk(text, self.conversation_id) if isinstance(text, str) else None
