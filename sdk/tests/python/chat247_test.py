"""The developer document's own calls, as they stand there but for the key."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from chat247 import Chat247
from parlance import (
    AuthenticationError,
    ConnectionFailed,
    ForbiddenError,
    ParlanceError,
    RateLimitError,
    ServerError,
    ValidationError,
)

YOUR_API_KEY = os.environ["SITE_API_KEY"]
REFUSING = os.environ["REFUSING_URL"]
HOOK = str(Path(__file__).parents[2] / "python" / "chat247_hook.py")


class Documented(unittest.TestCase):
    def test_quickstart(self) -> None:
        client = Chat247(YOUR_API_KEY)
        site = client.get_site()
        self.assertEqual(site["displayName"], "Acme Support")
        self.assertIs(site["enabled"], True)
        self.assertIsInstance(site["domain"], str)

    def test_update(self) -> None:
        client = Chat247(YOUR_API_KEY)
        updated = client.update_site({
            "greetingText": "Welcome back!",
            "brandColor": "#4338ca",
        })
        self.assertEqual(updated["greetingText"], "Welcome back!")
        self.assertEqual(updated["primaryColor"], "#4338ca")

    def test_embed(self) -> None:
        client = Chat247(YOUR_API_KEY)
        site = client.get_site()
        snippet = client.get_embed()["snippet"]
        self.assertRegex(snippet, rf'^<script src="http://[^"]+/widget.js" data-site="{site["id"]}" async></script>$')

    def test_chat(self) -> None:
        client = Chat247(YOUR_API_KEY)
        res = client.chat("What are your hours?")
        self.assertEqual(res["reply"], "We're open Monday to Friday, 9am to 5pm.")
        res2 = client.chat("And on weekends?", res["conversationId"])
        self.assertTrue(res2["reply"])
        self.assertEqual(res2["conversationId"], res["conversationId"])

    def test_the_end_to_end_example(self) -> None:
        client = Chat247(YOUR_API_KEY)
        client.update_site({"starterPrompt": "You are a concise, friendly concierge."})
        turn1 = client.chat("Do you offer refunds?")
        turn2 = client.chat("How long does it take?", turn1["conversationId"])
        self.assertTrue(turn1["reply"] and turn2["reply"])

    def test_the_reference_names_its_members_this_way(self) -> None:
        client = Chat247(apiKey=YOUR_API_KEY, baseUrl=os.environ["CHAT247_BASE_URL"])
        self.assertEqual(client.getSite()["displayName"], "Acme Support")
        self.assertEqual(client.updateSite({"displayName": "Acme Support"})["displayName"], "Acme Support")
        self.assertIn("snippet", client.getEmbed())
        self.assertIn("reply", client.chat("Hello", conversationId=None))


class Refusals(unittest.TestCase):
    def refused(self, kind: type[ParlanceError], call) -> ParlanceError:
        with self.assertRaises(kind) as caught:
            call()
        return caught.exception

    def test_a_wrong_key(self) -> None:
        error = self.refused(AuthenticationError, lambda: Chat247("0" * 32).get_site())
        self.assertEqual((error.status, error.code), (401, "invalid_api_key"))
        self.assertEqual(str(error), "The X-API-Key header is missing or invalid.")
        self.assertTrue(error.request_id)

    def test_a_bad_value_and_an_unknown_field(self) -> None:
        client = Chat247(YOUR_API_KEY)
        error = self.refused(ValidationError, lambda: client.update_site({"brandColor": "red"}))
        self.assertEqual((error.status, error.code), (400, "validation_failed"))
        error = self.refused(ValidationError, lambda: client.update_site({"colour": "#fff"}))
        self.assertEqual((error.status, error.code), (400, "unknown_field"))

    def test_a_field_that_is_not_ones_own(self) -> None:
        error = self.refused(ForbiddenError, lambda: Chat247(YOUR_API_KEY).update_site({"plan": "pro"}))
        self.assertEqual((error.status, error.code), (403, "forbidden_field"))

    def test_too_many_requests_are_sent_again_as_told(self) -> None:
        with Chat247("twice.python", REFUSING) as client:
            self.assertEqual(client.chat("Hello"), {"tries": 3, "names": 1, "reply": "3"})

    def test_a_long_wait_is_left_to_the_caller(self) -> None:
        began = time.monotonic()
        error = self.refused(RateLimitError, lambda: Chat247("later.python", REFUSING).get_site())
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual((error.status, error.code, error.retry_after), (429, "rate_limited", 3600.0))
        self.assertEqual(error.message, "Try 1.")

    def test_after_503_only_what_is_safe_is_sent_again(self) -> None:
        with Chat247("down.get.python", REFUSING) as client:
            self.assertEqual(client.get_site()["tries"], 2)
        with Chat247("down.post.python", REFUSING) as client:
            error = self.refused(ServerError, lambda: client.chat("Hello"))
            self.assertEqual((error.status, error.code), (503, "storage_unavailable"))

    def test_what_is_not_the_servers_own_answer(self) -> None:
        error = self.refused(ServerError, lambda: Chat247("garbage.python", REFUSING).get_site())
        self.assertEqual((error.status, error.code), (502, None))
        with mock.patch("time.sleep"):
            error = self.refused(ConnectionFailed, lambda: Chat247("x", "http://127.0.0.1:9").get_site())
        self.assertIsNone(error.status)


class Hook(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.config = Path(folder.name) / "config.ini"
        lines = ["[chat247]", f"base_url = {os.environ['CHAT247_BASE_URL']}", f"moneyfornoth.in = {YOUR_API_KEY}"]
        self.config.write_text("\n".join(lines), encoding="utf-8")

    def run_hook(self, *arguments: str, config: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"CHAT247_CONFIG": config or str(self.config)}
        command = [sys.executable, HOOK, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def test_the_documented_calls(self) -> None:
        with mock.patch.dict(os.environ, {"CHAT247_CONFIG": str(self.config)}):
            from chat247_hook import get_site, update_site

            self.assertEqual(get_site("moneyfornoth.in")["displayName"], "Acme Support")
            updated = update_site("moneyfornoth.in", primaryColor="#abe300",
                        starterPrompt="You are the MoneyForNoth concierge.")
            self.assertEqual(updated["primaryColor"], "#abe300")
            self.assertEqual(updated["starterPrompt"], "You are the MoneyForNoth concierge.")

    def test_the_documented_command_line(self) -> None:
        done = self.run_hook("set", "moneyfornoth.in", "primaryColor=#abe301", "aiReplyDelaySec=45", "displayName=Acme Support")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.run_hook("get", "moneyfornoth.in")
        site = json.loads(done.stdout)
        self.assertEqual((site["primaryColor"], site["aiReplyDelaySec"]), ("#abe301", 45))

    def test_what_the_command_line_refuses(self) -> None:
        for arguments, status, words in [
            ((), 2, "usage:"),
            (("get",), 2, "usage:"),
            (("set", "moneyfornoth.in"), 2, "usage:"),
            (("set", "moneyfornoth.in", "primaryColor"), 1, "field=value"),
            (("get", "other.example"), 1, "no key for other.example"),
            (("set", "moneyfornoth.in", "plan=pro"), 1, "forbidden_field:"),
        ]:
            done = self.run_hook(*arguments)
            self.assertEqual(done.returncode, status, arguments)
            self.assertIn(words, done.stderr)
        # A key that names no domain is for the site's own.
        Chat247(YOUR_API_KEY, os.environ["CHAT247_BASE_URL"]).update_site({"domain": "moneyfornoth.in"})
        self.config.write_text(self.config.read_text(encoding="utf-8").replace("moneyfornoth.in =", "api_key ="), encoding="utf-8")
        self.assertEqual(self.run_hook("get", "moneyfornoth.in").returncode, 0)
        done = self.run_hook("set", "other.example", "greetingText=Oops")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not of other.example", done.stderr)
        done = self.run_hook("get", "moneyfornoth.in", config="/nowhere/config.ini")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("cannot be read", done.stderr)


if __name__ == "__main__":
    unittest.main()
