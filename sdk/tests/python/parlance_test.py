"""The chatbots API and webhooks, synchronously and asynchronously, and how streams are read."""

import asyncio
import json
import os
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from parlance import (
    AsyncChatbots,
    AsyncSite,
    AsyncVisitor,
    Chatbots,
    Developer,
    InvalidSignature,
    NotFoundError,
    StreamError,
    Visitor,
    verify_signature,
    verify_webhook,
)
from parlance.streaming import Answer, Events

URL, KEY, CHATBOT = os.environ["PARLANCE_URL"], os.environ["API_KEY"], os.environ["CHATBOT_ID"]
HOURS = "We're open Monday to Friday, 9am to 5pm."


class TheChatbotsApi(unittest.TestCase):
    def test_an_answer_streams(self) -> None:
        with Chatbots(KEY, URL) as client:
            pieces = list(client.chat(CHATBOT, "What are your hours?", visitor_id="vis_abc123", language="en"))
            self.assertEqual("".join(piece.text for piece in pieces), HOURS)
            conversation = pieces[0].conversation_id
            self.assertRegex(str(conversation), "^conv_")
            again = list(client.chat(CHATBOT, "What are your hours?", conversation_id=str(conversation)))
            self.assertEqual(again[0].conversation_id, conversation)

    def test_chatbots_knowledge_and_conversations(self) -> None:
        with Chatbots(KEY, URL) as client:
            made = client.create_chatbot("Support Bot", "https://example.com")
            self.assertEqual(client.update_chatbot(made["id"], {"name": "Helper"})["name"], "Helper")
            self.assertIn(made["id"], [row["id"] for row in client.list_chatbots(limit=200)["data"]])
            item = client.add_knowledge(made["id"], "text", content="We ship to Canada in three days.")
            self.assertEqual(item["type"], "text")
            uploaded = client.upload_knowledge(made["id"], "terms.md", "# Terms\n\nReturns within 30 days.".encode())
            self.assertEqual((uploaded["type"], uploaded["title"]), ("document", "terms.md"))
            conversation = list(client.chat(made["id"], "Do you ship to Canada?"))[0].conversation_id
            self.assertEqual(client.reply(str(conversation), "Yes, we do!")["content"], "Yes, we do!")
            self.assertIn("shipping", json.dumps(client.tag(str(conversation), ["shipping"])))
            self.assertIn(b"Yes, we do!", client.export(str(conversation)))
            client.delete_chatbot(made["id"])
            with self.assertRaises(NotFoundError) as caught:
                client.update_chatbot(made["id"], {"name": "Gone"})
            self.assertEqual(caught.exception.code, "not_found")

    def test_the_asynchronous_client_says_the_same(self) -> None:
        async def talk() -> None:
            async with AsyncChatbots(KEY, URL) as client:
                pieces = [piece.text async for piece in client.chat(CHATBOT, "What are your hours?")]
                self.assertEqual("".join(pieces), HOURS)
                with self.assertRaises(NotFoundError):
                    await client.update_chatbot("bot_nobody", {"name": "x"})
            async with AsyncSite(os.environ["SITE_API_KEY"], f"{URL}/api/v1") as site:
                self.assertEqual((await site.get_site())["displayName"], "Acme Support")
            async with AsyncSite("twice.async", os.environ["REFUSING_URL"]) as site:
                self.assertEqual((await site.get_site())["tries"], 3)

        asyncio.run(talk())

    def test_a_developer_account_with_its_site(self) -> None:
        with Developer(f"{URL}/api/v1") as nobody:
            account = nobody.create_account("ada@example.com", name="Ada")
        with Developer(f"{URL}/api/v1", account["developerKey"]) as developer:
            site = developer.create_site(domain="acme.com", displayName="Acme Support")
        self.assertEqual(site["domain"], "acme.com")
        self.assertRegex(site["apiKey"], "^[0-9a-f]{32}$")


class TheVisitorApi(unittest.TestCase):
    def test_an_answer_streams_and_is_kept(self) -> None:
        with Visitor(os.environ["SITE_KEY"], "sess_python", URL) as visitor:
            pieces = list(visitor.stream("What are your hours?", lang="en", message_id="m_abc"))
            self.assertEqual("".join(piece.text for piece in pieces), HOURS)
            again = list(visitor.stream("What are your hours?", message_id="m_abc"))
            self.assertEqual("".join(piece.text for piece in again), HOURS)
            messages = visitor.history()["messages"]
            self.assertEqual(len(messages), 2, "the resend is the same message")

        async def talk() -> None:
            async with AsyncVisitor(os.environ["SITE_KEY"], "sess_asyncio", URL) as visitor:
                texts = [piece.text async for piece in visitor.stream("What are your hours?")]
                self.assertEqual("".join(texts), HOURS)

        asyncio.run(talk())


class Streams(unittest.TestCase):
    def read(self, *pieces: bytes) -> list[tuple[str, Any]]:
        answer = Answer()
        chunks = [chunk for piece in pieces for chunk in answer.feed(piece)]
        answer.end()
        return [(chunk.text, chunk.conversation_id) for chunk in chunks]

    def test_the_documents_own_streams(self) -> None:
        s1 = (
            b'data: {"text": "You can reset your ", "conversationId": "conv_xyz789"}\n\n'
            b'data: {"text": "password", "conversationId": "conv_xyz789"}\n\ndata: [DONE]\n\n'
        )
        expected = [("You can reset your ", "conv_xyz789"), ("password", "conv_xyz789")]
        self.assertEqual(self.read(s1), expected)
        self.assertEqual(self.read(*[bytes([byte]) for byte in s1]), expected)
        self.assertEqual(self.read(s1.replace(b"\n", b"\r\n")), expected)
        s4 = (
            b'retry: 2000\n\n: still here\n\nid: 1\ndata: {"type":"chunk","content":"Yes, "}\n\n'
            b'data: {"type":"chunk","content":"we do."}\n\ndata: {"type":"done","meta":{"conversation_id":50}}\n\n'
        )
        answer = Answer()
        self.assertEqual([chunk.text for chunk in answer.feed(s4)], ["Yes, ", "we do."])
        self.assertEqual(answer.conversation_id, 50)

    def test_characters_may_be_cut_anywhere(self) -> None:
        text = 'data: {"text":"Grüße 🎉 漢字"}\n\ndata: [DONE]\n\n'.encode()
        self.assertEqual(self.read(*[bytes([byte]) for byte in text]), [("Grüße 🎉 漢字", None)])
        self.assertEqual(list(Events().feed(b"data: a\ndata: b\n\n")), ["a\nb"])

    def test_an_answer_that_breaks_off_is_an_error(self) -> None:
        with self.assertRaises(StreamError) as caught:
            self.read(b'data: {"text":"half"}\n\n')
        self.assertEqual(caught.exception.code, "model_interrupted")
        for event in [
            {"error": "model_unavailable", "message": "Not now.", "conversationId": "conv_a"},
            {"type": "error", "success": False, "code": "model_unavailable", "message": "Not now."},
        ]:
            with self.assertRaises(StreamError) as caught:
                self.read(f"data: {json.dumps(event)}\n\n".encode())
            self.assertEqual((caught.exception.code, str(caught.exception)), ("model_unavailable", "Not now."))


class Hooks(BaseHTTPRequestHandler):
    received: list[tuple[dict[str, str], bytes]] = []
    more = threading.Semaphore(0)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((dict(self.headers), body))
        self.send_response(204)
        self.end_headers()
        self.more.release()

    def log_message(self, *_: Any) -> None:
        pass


class Webhooks(unittest.TestCase):
    def test_what_the_server_sends_is_verified(self) -> None:
        receiver = ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        self.addCleanup(receiver.server_close)
        self.addCleanup(receiver.shutdown)
        with Chatbots(KEY, URL) as client:
            url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
            hook = client.create_webhook(url, ["new_message"])
            list(client.chat(CHATBOT, "What are your hours?"))
            self.assertTrue(Hooks.more.acquire(timeout=30) and Hooks.more.acquire(timeout=30))
            headers, body = Hooks.received[0]
            secret = hook["secret"]
            payload = verify_webhook(body, headers, secret)
            self.assertEqual((payload["event"], payload["data"]["message"]), ("new_message", "What are your hours?"))
            self.assertTrue(verify_signature(body, headers["x-chattery-signature"], secret))
            for wrong in [None, "", "0" * 64, headers["x-chattery-signature"][:-1]]:
                self.assertFalse(verify_signature(body, wrong, secret))
            self.assertFalse(verify_signature(body + b" ", headers["x-chattery-signature"], secret))
            with self.assertRaises(ValueError):
                verify_signature(body, headers["x-chattery-signature"], "")
            moment = int(headers["webhook-timestamp"])
            for changed, at in [
                (body + b" ", moment),
                (body, moment + 301),
                (body, moment - 301),
            ]:
                with self.assertRaises(InvalidSignature):
                    verify_webhook(changed, headers, secret, now=at)
            with self.assertRaises(InvalidSignature):
                verify_webhook(body, {}, secret)
            rotated = client.rotate_webhook_secret(hook["id"])
            with self.assertRaises(InvalidSignature):
                verify_webhook(body, headers, rotated["secret"])
            client.delete_webhook(hook["id"])

    def test_the_standards_own_example(self) -> None:
        headers = {
            "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "Webhook-Timestamp": "1614265330",
            "Webhook-Signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,x",
        }
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        payload = verify_webhook('{"test": 2432232314}', headers, secret, now=1614265330)
        self.assertEqual(payload, {"test": 2432232314})


if __name__ == "__main__":
    unittest.main()
